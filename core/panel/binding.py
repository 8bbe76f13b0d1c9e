"""Qt, through Qt.py, and the few calls whose names differ between its versions."""
from __future__ import absolute_import, division, print_function, unicode_literals

import importlib

from .. import compat
from ..errors import SettingsError
from . import libraries

#: What to install, by hand.
ADVICE = ("python -m pip install \"PySide6-Essentials<6.12\" Qt.py (Python 3.10 and older: "
          "PySide2==5.15.2.1 Qt.py)")


def _why(error):
    """Return why there is no Qt: it is not installed, or the system lacks a library that it needs."""
    for name in ("PySide6", "PySide2"):
        try:
            importlib.import_module(str(name + ".QtWidgets"))
        except ImportError as reason:
            missing = libraries.missing(compat.text_type(reason))
            if missing:
                return libraries.complaint(missing)
    return "This Python cannot show windows (%s). Install a Qt for it: %s." % (error, ADVICE)


def complaint(binding, version, is_lasting=compat.NONE_IS_IMMORTAL):
    """Return why a Qt that can be loaded must not be used, "" if it may.

    Args:
        binding (str): e.g. "PySide6".
        version (str): Of the binding.
        is_lasting (bool): None and its like cannot be lost.
    """
    if binding == "PySide6" and version.split(".")[:2] == ["6", "12"] and not is_lasting:
        # With every call it drops a reference to None, True or False that it never had.
        return ("PySide6 %s ends a Python before 3.12 after some minutes, so the panel does not open with it. "
                "Install another one: python -m pip install \"PySide6-Essentials<6.12\"." % version)
    return ""


try:
    from Qt import QtCore, QtGui, QtWidgets, QtCompat, __binding__ as BINDING, __binding_version__ as BINDING_VERSION
except ImportError as _error:
    raise SettingsError(_why(_error))

if complaint(BINDING, BINDING_VERSION):
    raise SettingsError(complaint(BINDING, BINDING_VERSION))

__all__ = ["QtCore", "QtGui", "QtWidgets", "QtCompat", "Signal", "point_of", "text_width", "restyle", "to_int", "later",
           "NEEDS_SCALING", "BINDING"]

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
