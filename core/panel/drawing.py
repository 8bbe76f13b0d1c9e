"""Our icons: small SVG files of lines, painted by this module, since QtSvg is missing in many a DCC.

What is understood: ``path`` with absolute M, L, H, V, C and Z, ``circle`` and ``rect``; ``currentColor`` is the
colour of the host's text.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import os
import re
from xml.etree import ElementTree

from .. import compat
from .binding import QtCore, QtGui

_FOLDER = os.path.join(os.path.dirname(compat.absolute(compat.text(__file__))), "icons")
_SIDE = 24.0
_SIZES = (16, 24, 32, 48)
_WORD = re.compile(r"[MLHVCZ]|-?[\d.]+")

#: Name -> [(path, fill, stroke, width)], and (name, colour) -> QIcon.
_shapes = {}
_icons = {}


def path_of(name):
    """Return the file of an icon, for a host's shelf."""
    return os.path.join(_FOLDER, name + ".svg")


def names():
    """Return the names of all icons."""
    return sorted(name[:-4] for name in os.listdir(_FOLDER) if name.endswith(".svg"))


def icon(name, color):
    """Return a QIcon.

    Args:
        name (str): Of a file in ``icons``.
        color (QColor): Instead of ``currentColor``.
    """
    key = name, color.name()
    if key not in _icons:
        found = QtGui.QIcon()
        faint = QtGui.QColor(color)
        faint.setAlpha(90)
        for size in _SIZES:
            found.addPixmap(pixmap(name, color, size), QtGui.QIcon.Mode.Normal)
            found.addPixmap(pixmap(name, faint, size, faint=True), QtGui.QIcon.Mode.Disabled)
        _icons[key] = found
    return _icons[key]


def pixmap(name, color, size, ratio=1.0, faint=False):
    """Return a QPixmap of `size` pixels of a plain display."""
    found = QtGui.QPixmap(int(size * ratio), int(size * ratio))
    found.setDevicePixelRatio(ratio)
    found.fill(QtCore.Qt.GlobalColor.transparent)
    painter = QtGui.QPainter(found)
    paint(painter, QtCore.QRectF(0, 0, size, size), name, color, faint)
    painter.end()
    return found


def paint(painter, rect, name, color, faint=False):
    """Paint an icon into a square."""
    painter.save()
    painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing, True)
    painter.translate(rect.topLeft())
    painter.scale(rect.width() / _SIDE, rect.height() / _SIDE)
    for path, fill, stroke, width in _read(name):
        painter.setBrush(_ink(fill, color, faint) or QtCore.Qt.BrushStyle.NoBrush)
        ink = _ink(stroke, color, faint)
        if ink is None:
            painter.setPen(QtCore.Qt.PenStyle.NoPen)
        else:
            pen = QtGui.QPen(ink, width)
            pen.setCapStyle(QtCore.Qt.PenCapStyle.RoundCap)
            pen.setJoinStyle(QtCore.Qt.PenJoinStyle.RoundJoin)
            painter.setPen(pen)
        painter.drawPath(path)
    painter.restore()


def _ink(value, color, faint):
    if value == "none":
        return None
    return color if value == "currentColor" or faint else QtGui.QColor(value)


def _read(name):
    if name not in _shapes:
        with io.open(compat.fs(path_of(name)), "rb") as source:
            root = ElementTree.fromstring(source.read())
        _shapes[name] = [_shape(element, root) for element in root]
    return _shapes[name]


def _shape(element, root):
    def value(key, default):
        return compat.text(element.get(key) or root.get(key) or default)
    path = QtGui.QPainterPath()
    kind = element.tag.rpartition("}")[2]
    if kind == "path":
        _trace(path, element.get("d"))
    elif kind == "circle":
        x, y, radius = (float(element.get(key)) for key in ("cx", "cy", "r"))
        path.addEllipse(QtCore.QPointF(x, y), radius, radius)
    else:
        x, y, width, height, radius = (float(element.get(key)) for key in ("x", "y", "width", "height", "rx"))
        path.addRoundedRect(QtCore.QRectF(x, y, width, height), radius, radius)
    return path, value("fill", "none"), value("stroke", "none"), float(value("stroke-width", "1.8"))


def _trace(path, description):
    todo = _WORD.findall(description)[::-1]
    command = "M"
    while todo:
        if todo[-1].isalpha():
            command = todo.pop()
        if command == "Z":
            path.closeSubpath()
            continue
        at = path.currentPosition()
        numbers = [float(todo.pop()) for _ in range(_TAKES[command])]
        if command == "M":
            path.moveTo(*numbers)
            command = "L"
        elif command == "C":
            path.cubicTo(*numbers)
        else:
            path.lineTo(at.x() if command == "V" else numbers[0], at.y() if command == "H" else numbers[-1])


_TAKES = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6}
