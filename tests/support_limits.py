"""How long tests wait for what is quick, on machines that are busy with other suites."""
from __future__ import absolute_import, division, print_function, unicode_literals

#: Seconds within which what is promised "within a second" must have happened in a test: what hangs, hangs for longer.
#: The second itself is measured in benchmarks/s3.py (its "cancel"), where nothing else runs.
SOON_S = 10.0
