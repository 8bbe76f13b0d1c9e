"""Keep a server running for as long as somebody wants it, and no longer.

Runs on POSIX:

    python keeper.py FOLDER [LEFTOVER ...] -- PROGRAM [ARGUMENT ...]

Reads one word a line: "start", "kill" (SIGKILL), "freeze" (SIGSTOP), "thaw",
"look"; answers each with the server's process number. When its input ends, or whoever
started it is gone, however that came about, it kills the server, removes
FOLDER and what the patterns LEFTOVER find, and ends.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import glob
import io
import os
import select
import shutil
import signal
import subprocess
import sys

_LOOK_S = 1.0


class Server(object):
    """The process that is kept.

    Args:
        folder (str): Where it works, and writes its ``log``.
        command (list of str): Program and arguments.
    """

    def __init__(self, folder, command):
        self._folder = folder
        self._command = command
        self._process = None

    def start(self):
        """Start it, if it does not run."""
        if self._process is not None and self._process.poll() is None:
            return
        # Its Python is another one than that of the tests.
        environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        environ.update(HOME=self._folder, TMPDIR=self._folder)
        with io.open(os.path.join(self._folder, "log"), "ab") as log, io.open(os.devnull, "rb") as nothing:
            self._process = subprocess.Popen(self._command, stdin=nothing, stdout=log, stderr=log, close_fds=True,
                                             cwd=self._folder, env=environ)

    def kill(self):
        """End it at once."""
        if self._process is not None:
            if self._process.poll() is None:
                self._process.kill()
            self._process.wait()

    def freeze(self):
        """Let it stand still."""
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self):
        """Let it go on."""
        self._process.send_signal(signal.SIGCONT)

    def look(self):
        """Do nothing."""

    def number(self):
        """Return its process number, 0 where it does not run."""
        return self._process.pid if self._process is not None and self._process.poll() is None else 0


def keep(server, parent):
    """Do what is asked until there is nobody any more."""
    asked = {b"start": server.start, b"kill": server.kill, b"freeze": server.freeze, b"thaw": server.thaw,
             b"look": server.look}
    left = b""
    while os.getppid() == parent:
        if not select.select([0], [], [], _LOOK_S)[0]:
            continue
        block = os.read(0, 4096)
        if not block:
            return
        lines = (left + block).split(b"\n")
        left = lines.pop()
        for line in lines:
            asked[line.strip()]()
            os.write(1, ("%d\n" % server.number()).encode("ascii"))


def main():
    """Run until the input ends."""
    # Whatever ends a whole group of processes is not meant for the one that cleans up.
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)
    end = sys.argv.index("--")
    parent, folder, leftovers = os.getppid(), sys.argv[1], sys.argv[2:end]
    server = Server(folder, sys.argv[end + 1:])
    try:
        keep(server, parent)
    finally:
        server.kill()
        for path in [path for pattern in leftovers for path in glob.glob(pattern)]:
            os.remove(path)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
