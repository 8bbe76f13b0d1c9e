"""The peak memory of a test's child process."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os

import pytest

#: Code for a child: ``peak_mb()``. Not ``ru_maxrss``: on Linux a child begins with its parent's peak.
PEAK = """
def peak_mb():
    with open("/proc/self/status") as status:
        return [int(line.split()[1]) // 1024 for line in status if line.startswith("VmHWM")][0]
"""

needs_peak = pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="the system does not tell a peak")
