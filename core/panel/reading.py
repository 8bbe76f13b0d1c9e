"""Drives a `Scan` by a timer, and hears of it."""
from __future__ import absolute_import, division, print_function, unicode_literals

from .. import compat
from .binding import QtCore, Signal
from .scan import PAUSE_MS, Scan

#: Numbers that change more often are not read by anybody.
_TELL_S = 0.1


class Reading(QtCore.QObject):
    """At most one scan at a time."""

    #: How many files were found so far.
    moved = Signal(int)
    #: The `Scan` that came to its end.
    ended = Signal(object)

    def __init__(self, parent):
        super(Reading, self).__init__(parent)
        self._scan = None
        self._told_at = 0.0
        self._timer = QtCore.QTimer(self)
        self._timer.setInterval(PAUSE_MS)
        self._timer.timeout.connect(self._turn)

    @property
    def is_active(self):
        """bool: A scan is going on."""
        return self._scan is not None

    def start(self, found):
        """Begin; a scan before it is dropped.

        Args:
            found (iterable): From ``host.assets()``.
        """
        self.cancel()
        self._scan = Scan(found)
        self._told_at = 0.0
        self._timer.start()

    def cancel(self):
        """Stop. Returns whether there was anything to stop."""
        scan, self._scan = self._scan, None
        self._timer.stop()
        if scan is not None:
            scan.cancel()
        return scan is not None

    def _turn(self):
        scan = self._scan
        if scan is None:
            return
        if scan.step():
            now = compat.monotonic()
            if now - self._told_at >= _TELL_S:
                self._told_at = now
                self.moved.emit(len(scan.files))
        elif scan is self._scan:  # The host may have begun another one meanwhile.
            self._scan = None
            self._timer.stop()
            self.ended.emit(scan)
