"""Qt, through Qt.py, and the few calls whose names differ between its versions."""
from __future__ import absolute_import, division, print_function, unicode_literals

from ..errors import SettingsError

try:
    from Qt import QtCore, QtGui, QtWidgets, QtCompat
except ImportError as _error:
    raise SettingsError(
        "This Python cannot show windows (%s). Install a Qt for it: python -m pip install "
        "\"PySide6-Essentials<6.12\" Qt.py (Python 3.10 and older: PySide2==5.15.2.1 Qt.py)." % _error)

__all__ = ["QtCore", "QtGui", "QtWidgets", "QtCompat", "Signal", "point_of", "text_width", "restyle", "to_int", "later",
           "NEEDS_SCALING"]

Signal = QtCore.Signal

#: Qt 6 draws for scaled displays by itself, Qt 5 wants to be told.
NEEDS_SCALING = QtCore.qVersion().startswith(str("5"))


def point_of(event):
    """Return the QPoint of a mouse event: Qt 6 has it in halves of pixels."""
    position = getattr(event, "position", None)
    return position().toPoint() if position else event.pos()


def text_width(metrics, text):
    """Return the width of a text in pixels; ``horizontalAdvance`` came with Qt 5.11."""
    measure = getattr(metrics, "horizontalAdvance", None) or metrics.width
    return measure(text)


def later(func, wait_ms=0):
    """Call `func` in the main thread when it is idle. (``singleShot`` costs PySide2 a reference to None each time.)"""
    timer = QtCore.QTimer(QtCore.QCoreApplication.instance())
    timer.setSingleShot(True)
    timer.timeout.connect(func)
    timer.timeout.connect(timer.deleteLater)
    timer.start(wait_ms)


def to_int(value):
    """Return the number of an enum's value."""
    return int(getattr(value, "value", value))


def restyle(widget, **properties):
    """Set dynamic properties that the style sheet asks for, and let it look again."""
    changed = False
    for name, value in properties.items():
        if widget.property(name) != value:
            widget.setProperty(name, value)
            changed = True
    if changed:
        widget.style().unpolish(widget)
        widget.style().polish(widget)
