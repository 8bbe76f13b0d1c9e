"""The panel in 3ds Max's main window: a dock that is found again by its name."""
from __future__ import absolute_import, division, print_function, unicode_literals

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
    def changed(before, now):
        if not QtCompat.isValid(widget):
            application.focusChanged.disconnect(changed)
            return
        inside = now is not None and widget.isAncestorOf(now)
        if inside or (before is not None and widget.isAncestorOf(before)):
            runtime.mxs().enableAccelerators = not inside

    application = QtWidgets.QApplication.instance()
    application.focusChanged.connect(changed)
