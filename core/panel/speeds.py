"""A box to choose a speed limit: none, usual ones, or a timetable."""
from __future__ import absolute_import, division, print_function, unicode_literals

from .. import timetable
from ..errors import SyncError
from .binding import QtCore, QtWidgets, Signal, to_int
from .texts import tr

#: KB/s.
USUAL = (512, 1024, 2048, 5120, 10240, 20480, 51200, 102400)

_VALUE = to_int(QtCore.Qt.ItemDataRole.UserRole)


def describe(value):
    """Return "none", "2 MB/s", "timetable"; `value` as in the settings."""
    if value in (None, "", 0, "0"):
        return tr("none")
    try:
        table = timetable.parse(value)
    except SyncError:
        return "%s" % value
    if not table.is_constant:
        return tr("timetable")
    speed = table.speed()
    return limit(speed) if speed else tr("none")


def limit(speed):
    """Return "512 KB/s", "2 MB/s": in the unit that settings are in, 1 MB is 1024 KB."""
    return "%d KB/s" % speed if speed < 1024 else "%s MB/s" % ("%.1f" % (speed / 1024.0)).replace(".0", "")


def is_readable(value):
    """Tell whether a limit or a timetable can be read."""
    try:
        timetable.parse(value or None)
    except SyncError:
        return False
    return True


class SpeedBox(QtWidgets.QComboBox):
    """Usual limits; one that is none of them is shown as it is."""

    #: The limit in KB/s that somebody chose; None is none.
    chosen = Signal(object)

    def __init__(self, name):
        super(SpeedBox, self).__init__()
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.activated.connect(self._tell)
        self.show_speed(None)

    def show_speed(self, value):
        """Show a limit, without telling."""
        self.clear()
        self.addItem(tr("none"), 0)
        for speed in USUAL:
            self.addItem(limit(speed), speed)
        number = int(value) if "%s" % value == "%s" % (value or 0) and ("%s" % value).isdigit() else None
        place = 0 if not value else self.findData(number) if number else -1
        if place < 0:
            self.addItem(describe(value), "%s" % value)
            place = self.count() - 1
        self.setCurrentIndex(place)

    def _tell(self, index):
        value = self.itemData(index, _VALUE)
        self.chosen.emit(value or None)
