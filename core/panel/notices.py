"""Tells the artist that a task is done or has failed, by the host's means, the system's, or the panel's own."""
from __future__ import absolute_import, division, print_function, unicode_literals

from . import drawing
from .binding import QtCompat, QtCore, QtGui, QtWidgets, later
from .texts import sentence, tr

#: Kinds of events that interrupt somebody's work.
_TOLD = {"done": "Done", "failed": "Failed", "interrupted": "Interrupted"}
_SHOWN_MS = 8000

#: Kept here, not in a panel: panels come and go.
_trays = []
_boxes = []


class Notices(QtCore.QObject):
    """Hears of the link's events.

    Args:
        link (Link): Of the store.
        host: See `panel.make_panel`.
        banner (callable): ``banner(text, look)`` shows a line in the panel.
        is_seen (callable): Tells whether the panel is in front.
    """

    def __init__(self, link, host, banner, is_seen, parent):
        super(Notices, self).__init__(parent)
        self._link = link
        self._host = host
        self._banner = banner
        self._is_seen = is_seen
        link.happened.connect(self.hear)

    def hear(self, event):
        """Tell of an event, if it is worth it."""
        job = self._link.jobs.get(event.job)
        if event.kind not in _TOLD or (job is not None and job.lane == "quick"):
            return
        title, text = tr(_TOLD[event.kind]), sentence(event.text)
        if self._is_seen() or not (self._host.notify(title, text) or _by_system(title, text)):
            self._banner(text, "good" if event.kind == "done" else "bad")


def show_message(title, text, parent=None):
    """Show a sentence in a small window of its own; nothing waits for it.

    Args:
        title (str): Of the window.
        text (str): For the artist.
        parent (QWidget, optional): Stands below it.
    """
    if QtWidgets.QApplication.instance() is None:
        return
    box = QtWidgets.QMessageBox(parent)
    box.setIcon(QtWidgets.QMessageBox.Icon.Warning)
    box.setWindowTitle(title)
    box.setText(text)
    box.setTextFormat(QtCore.Qt.TextFormat.PlainText)
    box.setAttribute(QtCore.Qt.WidgetAttribute.WA_DeleteOnClose, True)
    box.setModal(False)
    _boxes[:] = [other for other in _boxes if QtCompat.isValid(other)] + [box]
    box.show()


def _by_system(title, text):
    tray = QtWidgets.QSystemTrayIcon
    if not (tray.isSystemTrayAvailable() and tray.supportsMessages()):
        return False
    if not _trays:
        _trays.append(tray(drawing.icon("submit", QtGui.QColor("#4a97dc"))))
        _trays[0].setToolTip("rayvision_sync")
    _trays[0].show()
    _trays[0].showMessage(title, text, tray.MessageIcon.Information, _SHOWN_MS)
    later(_trays[0].hide, _SHOWN_MS + 2000)
    return True
