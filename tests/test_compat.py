"""What differs from one Python to the next."""
from __future__ import absolute_import, division, print_function, unicode_literals

import pytest

from rayvision_sync import compat


@pytest.mark.skipif(compat.WINDOWS, reason="its clock counts in ticks of 15 ms on old Pythons")
def test_the_clock_is_finer_than_the_ticks_of_a_system_and_never_goes_back():
    seen = [compat.monotonic() for _ in range(2000)]
    assert seen == sorted(seen) and len(set(seen)) > 100
