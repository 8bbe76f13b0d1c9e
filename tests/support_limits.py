"""How long tests wait for what is quick, on machines that are busy with other suites."""
from __future__ import absolute_import, division, print_function, unicode_literals

#: Seconds within which what is promised "within a second" must have happened in a test: what hangs, hangs for longer.
#: The second itself is measured in benchmarks/s3.py (its "cancel"), where nothing else runs.
SOON_S = 25.0

#: Seconds that a test waits for what comes about by itself. Where suites share two cores that are not wholly theirs, a
#: process may get no turn for twenty, and what a test started begins later still; it costs time only in a failure.
WAIT_S = 180.0
