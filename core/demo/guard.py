"""Run a program that must not outlive the one which started this.

``python -m rayvision_sync.demo.guard LOG FILE... -- COMMAND...`` ends when its input closes, however
that comes about, and takes the program and the files with it.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import os
import signal
import subprocess
import sys
import threading

from .. import compat

_LOOK_S = 0.1


def main(arguments):
    """Run the program. Returns its exit code, 0 where it was ended from here."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # The input tells when it is over.
    place = arguments.index("--")
    try:
        return _run(arguments[0], arguments[place + 1:])
    finally:
        for path in arguments[1:place]:
            compat.remove_file(path)


def _run(log_path, command):
    with open(os.devnull, "rb") as nothing, io.open(compat.fs(log_path), "wb") as log:
        program = subprocess.Popen([compat.fs(part) for part in command], stdin=nothing, stdout=log, stderr=log,
                                   **compat.group_options())
    closed = threading.Event()
    reader = threading.Thread(target=_read, args=(closed,), name=str("guard-input"))
    reader.daemon = True
    reader.start()
    while program.poll() is None:
        if closed.wait(_LOOK_S):
            # At once: what it keeps is on the disk, and it would take half a minute to say goodbye.
            compat.signal_group(program, force=True)
            program.wait()
            return 0
    return program.returncode


def _read(closed):
    # Not by sys.stdin: a thread that waits in it when the program ends by itself would end Python with an abort.
    while os.read(0, 1):
        pass
    closed.set()


if __name__ == "__main__":
    sys.exit(main([compat.text(argument) for argument in sys.argv[1:]]))
