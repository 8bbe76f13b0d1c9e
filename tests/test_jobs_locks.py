"""What one store of a process does to the locks of another one."""
from __future__ import absolute_import, division, print_function, unicode_literals

import subprocess
import sys

from rayvision_sync.jobs.store import Store

_OTHER = """
import sys
from rayvision_sync import compat
from rayvision_sync.jobs.store import Store
with Store() as store:
    store.set_meta(sys.argv[1], "written")
    print(store.meta(sys.argv[2]))
"""


def other(write, read):
    """Write and read by keys in a process of its own, which then ends; returns what it read."""
    return subprocess.check_output([sys.executable, "-c", _OTHER, write, read]).decode("ascii").strip()


def test_a_second_store_in_a_process_does_not_take_the_log_from_the_first(home):
    with Store() as first:
        with Store():
            other("a", "nothing")
            # The last to leave removes the log: it must not take this process for gone.
            first.set_meta("b", "written here")
            assert other("c", "b") == "written here"
            assert first.meta("c") == "written"
