"""A farm of this process that renders no further than a test lets it: what it has not done yet needs no luck."""
from __future__ import absolute_import, division, print_function, unicode_literals

import threading


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
