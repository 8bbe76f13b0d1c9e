"""3ds Max's main window, as Qt sees it."""
from __future__ import absolute_import, division, print_function, unicode_literals

from ...panel.binding import QtCompat


def main_window():
    """Return 3ds Max's QMainWindow, None while there is none."""
    # Not looked for among all windows: PySide2 dies of a list of them when Python collects one of the listed meanwhile.
    try:
        import qtmax  # Only in 3ds Max, since 2018.
        found = qtmax.GetQMaxMainWindow()
    except (ImportError, AttributeError, RuntimeError):
        return None
    return found if found is not None and QtCompat.isValid(found) else None


def find(kind, name):
    """Return our widget in the main window, None where it is not there.

    Args:
        kind (type): Of the widget.
        name (str): Its object name: 3ds Max keeps the place of a widget by it.
    """
    window = main_window()
    return window.findChild(kind, name) if window is not None else None
