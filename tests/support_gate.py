"""Farms and workers that come no further than a test lets them: what they have not done yet is no matter of luck."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os
import sys
import threading

import pytest
from support_farm import write

from rayvision_sync import compat


class Gate(object):
    """Hold a farm after some frames. Use it as ``with``: in the end the farm renders as before.

    Args:
        farm (LocalFarm): Its next frames are counted.
        frames (int): So many go through; the next one waits until the gate is opened, or the frame is unwanted.
    """

    def __init__(self, farm, frames):
        self._loop = farm.loop
        self._renderer = farm.loop._renderer
        self._left = frames
        self._opened = threading.Event()

    def __enter__(self):
        self._loop._renderer = self
        return self

    def __exit__(self, *_):
        self.open()
        self._loop._renderer = self._renderer

    def open(self):
        """Let all frames through."""
        self._opened.set()

    def __getattr__(self, name):
        return getattr(self._renderer, name)

    def render(self, job, scene, folder, name, log_path, cancel):
        """See `farm.render.BuiltinRenderer`."""
        self._left -= 1
        while self._left < 0 and not self._opened.is_set() and not cancel.wait(0.05):
            pass
        return self._renderer.render(job, scene, folder, name, log_path, cancel)


class HeldPython(object):
    """An interpreter for the settings that begins only when it is let go. Use it as ``with``.

    Args:
        folder (str): For it.

    Attributes:
        path (str): For the setting "interpreter".
    """

    def __init__(self, folder):
        if os.name == "nt":
            pytest.skip("the interpreter that waits is a program of POSIX")
        self.path, self._pipe = os.path.join(folder, "held", "python"), os.path.join(folder, "held", "pipe")
        self._opened = None

    def __enter__(self):
        script = "#!/bin/sh\nread turn < '%s' && exec '%s' \"$@\"\n" % (self._pipe, compat.text(sys.executable))
        write(self.path, script.encode("utf-8"))
        os.chmod(compat.fs(self.path), 0o700)
        os.mkfifo(compat.fs(self._pipe))
        return self

    def __exit__(self, *_):
        # Whoever still waits finds an end instead of a turn, whoever comes later nothing: both end.
        os.close(self._open() if self._opened is None else self._opened)
        os.remove(compat.fs(self._pipe))

    def _open(self):
        # For both: like that it waits for nobody, and a turn stays there until somebody takes it.
        return os.open(compat.fs(self._pipe), os.O_RDWR)

    def let_go(self):
        """Let all begin that wait, and those that come."""
        self._opened = self._open()
        os.write(self._opened, b"\n" * 100)
