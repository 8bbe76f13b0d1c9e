"""The demo's farm as a process of its own: its rendering would hold up a window. One that was left over is used."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import os
import signal
import subprocess
import sys
import threading

from .. import compat, login
from ..errors import SettingsError
from ..farm import identity
from ..jobs import process

_START_S = 60.0
_END_S = 30.0
_LOOK_S = 0.05
_MARK = "farm.process"


class Keeper(object):
    """Keeps one farm.

    Args:
        root (str): The demo's folder.

    Attributes:
        folder (str): The farm's.
        is_ours (bool): A demo started the farm, so a demo ends it.
    """

    def __init__(self, root):
        self.folder = os.path.join(root, "farm")
        self.is_ours = True
        self._mark = os.path.join(root, "state", _MARK)
        self._log = os.path.join(root, "state", "farm.log")
        self._child = None

    def is_running(self):
        """Tell whether a farm runs on the folder, whoever started it."""
        if not os.path.isfile(compat.fs(os.path.join(self.folder, "farm.lock"))):
            return False  # To try the lock would make it, and a folder of somebody's would be taken for a farm's.
        try:
            identity.lock(self.folder).close()
            return False
        except SettingsError:
            return True

    def open(self, cancel, store=None):
        """Find the farm that runs, or start one.

        Args:
            cancel (Cancel): Ends the wait for it.
            store (SeaweedFS, optional): Where it keeps its files. It is new, so a farm that is left over is ended.

        Returns:
            dict: What leads to it, as `login.local_farm` gives it.

        Raises:
            SettingsError: It does not start.
        """
        if store is not None:
            self.close()
        if self.is_running():
            self.is_ours = process.is_alive(self._marked()) is not False
        else:
            self._start(store)
        until = compat.monotonic() + _START_S
        while True:
            try:
                return login.local_farm(self.folder)
            except SettingsError:
                if self._child is not None and self._child.poll() is not None:
                    raise SettingsError("The demo's farm did not start. %s" % self._said())
                if compat.monotonic() > until:
                    raise
            cancel.wait(_LOOK_S)

    def _start(self, store):
        compat.make_folder(self.folder)
        known = identity.read(self.folder)
        if known.get("pid"):
            identity.write(self.folder, dict(known, pid=None))  # Of a farm that was killed: it would seem to be there.
        command = [sys.executable, "-m", __name__.split(".")[0], "farm", "--root", self.folder, "--quiet"]
        environ = dict(os.environ)
        if store is not None:
            command += ["--s3", store.url]
            environ.update(store.environ())
            environ.pop(str("AWS_PROFILE"), None)  # The user's own keys are not for this.
        # Neither the terminal nor a pipe of ours: it may outlive this program.
        with open(os.devnull, "rb") as nothing, io.open(compat.fs(self._log), "wb") as log:
            self._child = subprocess.Popen([compat.fs(part) for part in command], stdin=nothing, stdout=log, stderr=log,
                                           env=environ, **compat.group_options())
        with compat.open_private(self._mark) as mark:
            mark.write(process.token(self._child.pid))

    def _said(self):
        with io.open(compat.fs(self._log), encoding="utf-8", errors="replace") as log:
            return (log.read().strip().splitlines() or ["It said nothing."])[-1]

    def _marked(self):
        try:
            with io.open(compat.fs(self._mark), encoding="utf-8") as mark:
                return mark.read(4096)
        except EnvironmentError:
            return ""

    def close(self):
        """End the farm, unless somebody else started it in a terminal of his."""
        if self._child is not None:
            self._child.terminate()
            self._child.wait()
        elif self.is_running() and process.is_alive(self._marked()):
            self._end(compat.parse_json(self._marked())["pid"])

    def _end(self, pid):
        """End a farm that is no child of this process."""
        pause, until = threading.Event(), compat.monotonic() + _END_S
        os.kill(pid, signal.SIGTERM)
        while self.is_running() and compat.monotonic() < until:
            pause.wait(_LOOK_S)
