"""The panel in 3ds Max's main window: a dock that is found again by its name."""
from __future__ import absolute_import, division, print_function, unicode_literals

import sys

from ...panel.binding import QtCompat, QtCore, QtWidgets
from . import runtime, window

NAME = "rayvision_sync_dock"
TITLE = "Render Farm"


def show(widget):
    """Show the panel in its dock, made if there is none; where it stood before, it stands again.

    Args:
        widget (QWidget): The panel.
    """
    main = window.main_window()
    if main is None:
        widget.show()
        widget.raise_()
        return
    dock = window.find(QtWidgets.QDockWidget, NAME)
    if dock is None:
        dock = QtWidgets.QDockWidget(TITLE, main)
        dock.setObjectName(NAME)
        # A workspace that knows the dock has kept its place.
        if not main.restoreDockWidget(dock):
            main.addDockWidget(QtCore.Qt.DockWidgetArea.RightDockWidgetArea, dock)
    before = dock.widget()
    if before is not widget:
        dock.setWidget(widget)
        if before is not None:  # Of a module that was loaded anew since.
            before.deleteLater()
        _leave_keys(widget)
    dock.show()
    dock.raise_()
    widget.show()


def remove():
    """Remove the dock, and with it what stands in it."""
    dock = window.find(QtWidgets.QDockWidget, NAME)
    if dock is not None and QtCompat.isValid(dock):
        dock.parent().removeDockWidget(dock)
        dock.setParent(None)
        dock.close()
        dock.deleteLater()


def _leave_keys(widget):
    """Keep 3ds Max's shortcuts out of the panel's fields: else typing "m" opens the material editor."""
    try:
        from qtmax import DisableMaxAcceleratorsOnFocus as disable  # Not in all releases.
    except ImportError:
        _watch_focus(widget)
    else:
        disable(widget, True)


def _watch_focus(widget):
    QtWidgets.QApplication.instance().focusChanged.connect(_Focus(widget).changed)


class _Focus(QtCore.QObject):
    """Tells 3ds Max to leave the keys alone while the panel has them; it goes with the panel.

    Args:
        panel (QWidget): Its parent.
    """

    def __init__(self, panel):
        super(_Focus, self).__init__(panel)
        self._panel = panel
        # On 2.7 a module that nobody holds any more, for it was loaded anew, leaves its functions without globals.
        self._module = sys.modules[__name__]

    def changed(self, before, now):
        """Hear of `QApplication.focusChanged`."""
        inside = now is not None and self._panel.isAncestorOf(now)
        if inside or (before is not None and self._panel.isAncestorOf(before)):
            runtime.mxs().enableAccelerators = not inside
