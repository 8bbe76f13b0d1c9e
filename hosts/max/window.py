"""3ds Max's main window, as Qt sees it."""
from __future__ import absolute_import, division, print_function, unicode_literals

from ...panel.binding import QtCompat, QtWidgets

_CLASS = "QmaxApplicationWindow"


def main_window():
    """Return 3ds Max's QMainWindow, None while there is none."""
    try:
        import qtmax  # Only in 3ds Max.
        found = qtmax.GetQMaxMainWindow()
    except (ImportError, AttributeError, RuntimeError):
        found = None
    if found is not None and QtCompat.isValid(found):
        return found
    for widget in QtWidgets.QApplication.topLevelWidgets():
        if widget.metaObject().className() == _CLASS:
            return widget
    return None


def find(kind, name):
    """Return our widget in the main window, None where it is not there.

    Args:
        kind (type): Of the widget.
        name (str): Its object name: 3ds Max keeps the place of a widget by it.
    """
    window = main_window()
    return window.findChild(kind, name) if window is not None else None
