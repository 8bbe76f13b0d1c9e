"""A scene is written for a job in slices: the host's window stays alive meanwhile."""
from __future__ import absolute_import, division, print_function, unicode_literals

from .. import compat
from ..errors import SyncError
from . import orders
from .binding import QtCore
from .scan import BUDGET_S, PAUSE_MS


class Saving(QtCore.QObject):
    """At most one scene at a time; a small one is written at once.

    Args:
        parent (QObject): Of this one.
        clock (callable, optional): Seconds of a clock that nobody sets back.
    """

    def __init__(self, parent, clock=compat.monotonic):
        super(Saving, self).__init__(parent)
        self._steps = self._then = self._failed = None
        self.longest_s = 0.0
        self._clock = clock
        self._timer = QtCore.QTimer(self)
        self._timer.setInterval(PAUSE_MS)
        self._timer.timeout.connect(self._turn)

    @property
    def is_active(self):
        """bool: A scene is being written."""
        return self._steps is not None

    def start(self, scene, then, failed):
        """Begin; what was being written is dropped.

        Args:
            scene (orders.Scene): What to write.
            then (callable): Takes the path.
            failed (callable): Takes the `SyncError` where it cannot be written.
        """
        self.cancel()
        self._steps, self._then, self._failed = orders.keep(scene), then, failed
        self._turn()
        if self.is_active:
            self._timer.start()

    def cancel(self):
        """Stop: nothing is left behind."""
        steps, self._steps = self._steps, None
        self._timer.stop()
        if steps is not None:
            steps.close()

    def _turn(self):
        steps = self._steps
        if steps is None:
            return
        began = self._clock()
        try:
            path = next(steps)
            while not path and self._clock() - began < BUDGET_S:
                path = next(steps)
        except SyncError as error:
            self.cancel()
            self._failed(error)
            return
        self.longest_s = max(self.longest_s, self._clock() - began)
        if path:
            self.cancel()
            self._then(path)
