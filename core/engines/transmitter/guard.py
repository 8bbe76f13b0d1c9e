"""What ends a program if this process is killed and can no longer do so itself."""
from __future__ import absolute_import, division, print_function, unicode_literals

import logging
import os
import subprocess

from ... import compat

log = logging.getLogger(__name__)

_SHELL = "/bin/sh"

#: Reads from a pipe that only this process holds: a line is a farewell, its end without one is our death. The text is
#: fixed, and all that it is given is a number.
_SCRIPT = 'read farewell || kill -9 "-$1"'  # dash takes no "--" here.


class Guard(object):
    """Stands by the process group of a child; use it as ``with``. POSIX only: elsewhere it does nothing.

    Args:
        process (subprocess.Popen): Started with `compat.group_options`.
    """

    def __init__(self, process):
        self._pid = process.pid
        self._process = None

    def __enter__(self):
        if compat.WINDOWS:
            return self
        try:
            with open(os.devnull, "r+b") as nothing:
                # A group of its own: Ctrl-C in a terminal is not for it.
                self._process = subprocess.Popen(
                    [_SHELL, "-c", _SCRIPT, _SHELL, "%d" % self._pid], stdin=subprocess.PIPE, stdout=nothing,
                    stderr=nothing, cwd="/", **dict(compat.group_options(), close_fds=True))
        except (IOError, OSError) as error:
            log.warning("Nothing would end the transfer program if this process was killed: %s", error)
        return self

    def __exit__(self, *_):
        process, self._process = self._process, None
        if process is None:
            return
        try:
            process.stdin.write(b"farewell\n")
            process.stdin.close()
        except (IOError, OSError):
            pass  # It was killed itself.
        process.wait()
