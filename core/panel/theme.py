"""Colours, marks and spacing: they follow the host's palette, light or dark.

A state has a colour and a shape of its own, for those who cannot tell the colours apart.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

from collections import namedtuple

from .binding import QtCore, QtGui

#: Space between things that belong together, and between groups, in pixels of a plain display.
GAP, WIDE_GAP = 6, 12

#: State of a frame or job -> (on light, on dark).
_STATES = {
    "here": ("#1c8a4e", "#46c281"), "done": ("#1c8a4e", "#46c281"),
    "fetching": ("#1f6fc4", "#5aa9f0"), "running": ("#1f6fc4", "#5aa9f0"),
    "rendering": ("#b87700", "#e9ae3c"), "paused": ("#b87700", "#e9ae3c"),
    "rendered": ("#0f8c93", "#4cc4cb"),
    "waiting": ("#8b939c", "#7f8790"), "queued": ("#737b84", "#98a0a9"), "cancelled": ("#8b939c", "#7f8790"),
    "failed": ("#c8322d", "#f0716b"), "missing": ("#c8322d", "#f0716b"), "refused": ("#c8322d", "#f0716b"),
    "kept": ("#7a4bc2", "#b08cf0"), "interrupted": ("#7a4bc2", "#b08cf0"),
    "active": ("#1f6fc4", "#5aa9f0"), "skipped": ("#8b939c", "#7f8790"),
    "warning": ("#b87700", "#e9ae3c"),
}

#: Colours of a palette: text and lines by weight, fields, and what is picked.
Theme = namedtuple("Theme", "is_dark window base text muted faint line hover picked go go_hover go_text")


def mix(a, b, share):
    """Return the colour that lies `share` (0-1) of the way from a to b."""
    return QtGui.QColor(*[int(round(x + (y - x) * share)) for x, y in (
        (a.red(), b.red()), (a.green(), b.green()), (a.blue(), b.blue()))])


#: Cache key of a palette -> Theme, and (state, dark?) -> QColor: rows and cells ask all the time.
_themes = {}
_inks = {}


def read(palette):
    """Return the `Theme` of a QPalette."""
    key = palette.cacheKey()
    if key not in _themes:
        if len(_themes) > 20:
            _themes.clear()
        _themes[key] = _read(palette)
    return _themes[key]


def _read(palette):
    role = QtGui.QPalette.ColorRole
    window, text, base = palette.color(role.Window), palette.color(role.WindowText), palette.color(role.Base)
    is_dark = window.lightness() < 128
    accent = palette.color(role.Highlight)
    return Theme(
        is_dark=is_dark, window=window, base=base, text=text,
        muted=mix(text, window, 0.34), faint=mix(text, window, 0.62),
        line=mix(window, text, 0.16), hover=mix(base, text, 0.06), picked=mix(base, accent, 0.26 if is_dark else 0.16),
        go=QtGui.QColor("#2c9a5e" if is_dark else "#1c8a4e"),
        go_hover=QtGui.QColor("#35ad6c" if is_dark else "#177a44"),
        go_text=QtGui.QColor("#ffffff"))


def state_color(state, is_dark):
    """Return the QColor of a state; it is shared: change a copy only."""
    if (state, is_dark) not in _inks:
        _inks[state, is_dark] = QtGui.QColor(_STATES.get(state, _STATES["waiting"])[1 if is_dark else 0])
    return _inks[state, is_dark]


def sheet(theme):
    """Return the style sheet of the panel's own parts; fields and lists stay the host's."""
    names = dict((name, value.name()) for name, value in theme._asdict().items() if name != "is_dark")
    names.update(warn=state_color("warning", theme.is_dark).name(), bad=state_color("failed", theme.is_dark).name(),
                 good=state_color("done", theme.is_dark).name(), blue=state_color("running", theme.is_dark).name(),
                 card=mix(theme.window, theme.text, 0.04).name(), press=mix(theme.window, theme.text, 0.18).name(),
                 over=mix(theme.window, theme.text, 0.10).name(),
                 warn_back=mix(theme.window, state_color("warning", theme.is_dark), 0.14).name(),
                 bad_back=mix(theme.window, state_color("failed", theme.is_dark), 0.14).name(),
                 good_back=mix(theme.window, state_color("done", theme.is_dark), 0.14).name())
    return _SHEET % names


_SHEET = """
QTabWidget#tabs::pane { border: 0; border-top: 1px solid %(line)s; top: -1px; }
QTabWidget#tabs::tab-bar { left: 4px; }
QTabWidget#tabs > QTabBar::tab { background: transparent; color: %(muted)s; padding: 8px 9px 7px 9px;
    margin-right: 2px; border: 0; border-bottom: 2px solid transparent; }
QTabWidget#tabs[narrow="true"] > QTabBar::tab { padding: 8px 5px 7px 5px; margin-right: 0; }
QTabWidget#tabs[tight="true"] > QTabBar::tab { padding: 8px 4px 7px 4px; margin-right: 0; }
QTabWidget#tabs > QTabBar::tab:hover { color: %(text)s; border-bottom-color: %(line)s; }
QTabWidget#tabs > QTabBar::tab:selected { color: %(text)s; border-bottom-color: %(blue)s; }
QTabWidget#tabs > QTabBar::tab:focus { color: %(blue)s; }
QPushButton[look="go"] { background: %(go)s; color: %(go_text)s; border: 1px solid %(go)s; border-radius: 4px;
    padding: 7px 18px; font-weight: bold; }
QPushButton[narrow="true"] { padding-left: 8px; padding-right: 8px; }
QPushButton[look="go"]:hover { background: %(go_hover)s; }
QPushButton[look="go"]:focus { border: 1px solid %(text)s; }
QPushButton[look="go"]:disabled { background: %(over)s; border-color: %(line)s; color: %(faint)s; }
QPushButton[look="plain"] { background: %(card)s; color: %(text)s; border: 1px solid %(line)s; border-radius: 4px;
    padding: 5px 10px; }
QPushButton[look="plain"]:hover { background: %(over)s; }
QPushButton[look="plain"]:pressed, QPushButton[look="plain"]:checked { background: %(press)s; }
QPushButton[look="plain"]:focus { border: 1px solid %(blue)s; }
QPushButton[look="plain"]:disabled { color: %(faint)s; }
QPushButton[look="warn"] { background: transparent; color: %(warn)s; border: 1px solid %(warn)s; border-radius: 4px;
    padding: 7px 14px; }
QPushButton[look="warn"]:hover, QPushButton[look="warn"]:focus { background: %(warn_back)s; }
QToolButton[look="icon"] { background: transparent; border: 1px solid transparent; border-radius: 4px; padding: 3px; }
QToolButton[look="icon"]:hover { background: %(over)s; }
QToolButton[look="icon"]:pressed, QToolButton[look="icon"]:checked { background: %(press)s; }
QToolButton[look="icon"]:focus { border-color: %(blue)s; }
QLabel[look="muted"] { color: %(muted)s; }
QLabel[look="bad"] { color: %(bad)s; }
QLabel[look="good"] { color: %(good)s; }
QLabel[look="warn"] { color: %(warn)s; }
QLabel[look="head"] { font-weight: bold; }
QFrame[box="card"] { background: %(card)s; border: 1px solid %(line)s; border-radius: 6px; }
QFrame[box="warn"] { background: %(warn_back)s; border: 1px solid %(warn)s; border-radius: 6px; }
QFrame[box="bad"] { background: %(bad_back)s; border: 1px solid %(bad)s; border-radius: 6px; }
QFrame[box="good"] { background: %(good_back)s; border: 1px solid %(good)s; border-radius: 6px; }
QFrame[box="line"] { background: %(line)s; border: 0; max-height: 1px; min-height: 1px; }
QAbstractItemView[look="list"] { background: %(base)s; border: 1px solid %(line)s; border-radius: 4px; }
QAbstractScrollArea[look="bare"] { background: transparent; border: 0; }
QPlainTextEdit[look="log"] { border: 1px solid %(line)s; border-radius: 4px; }
QLineEdit[is_wrong="true"], QPlainTextEdit[is_wrong="true"] { border: 1px solid %(bad)s; border-radius: 3px; }
QSplitter::handle { background: transparent; }
QSplitter::handle:hover { background: %(line)s; }
"""


# ---------------------------------------------------------------- marks

def paint_mark(painter, rect, state, color):
    """Paint the shape of a state into a square.

    Args:
        painter (QPainter): Its pen and brush are changed.
        rect (QRectF): The square.
        state (str): Of a frame or a job.
        color (QColor): Of the shape.
    """
    painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing, True)
    side = min(rect.width(), rect.height())
    pen = QtGui.QPen(color, max(1.4, side / 6.5))
    pen.setCapStyle(QtCore.Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(QtCore.Qt.PenJoinStyle.RoundJoin)
    lines, filled = _MARKS.get(state, _MARKS["waiting"])
    centre = rect.center()
    path = QtGui.QPainterPath()
    for line in lines:
        for place, (x, y) in enumerate(line):
            point = QtCore.QPointF(centre.x() + x * side / 2, centre.y() + y * side / 2)
            path.lineTo(point) if place else path.moveTo(point)
        if filled:
            path.closeSubpath()
    if filled == "dot":
        path = QtGui.QPainterPath()
        radius = lines[0][0][0] * side / 2
        path.addEllipse(centre, radius, radius)
    painter.setBrush(color if filled else QtCore.Qt.BrushStyle.NoBrush)
    painter.setPen(QtCore.Qt.PenStyle.NoPen if filled == "dot" else pen)
    painter.drawPath(path)


_CHECK = (((-0.65, 0.05), (-0.15, 0.55), (0.7, -0.5)),)
_CROSS = (((-0.55, -0.55), (0.55, 0.55)), ((0.55, -0.55), (-0.55, 0.55)))
_DOWN = (((0, -0.7), (0, 0.65)), ((-0.5, 0.15), (0, 0.65), (0.5, 0.15)))
_PLAY = (((-0.4, -0.6), (0.6, 0), (-0.4, 0.6)),)
_BARS = (((-0.35, -0.55), (-0.35, 0.55)), ((0.35, -0.55), (0.35, 0.55)))
_K = (((-0.4, -0.65), (-0.4, 0.65)), ((0.5, -0.65), (-0.35, 0.05), (0.5, 0.65)))
_BANG = (((0, -0.7), (0, 0.2)), ((0, 0.65), (0, 0.66)))
_SLASH = (((-0.55, 0), (0.55, 0)),)
_CLOCK = (((0, -0.6), (0, 0.05), (0.45, 0.35)),)
_DOT = (((0.22, 0),),)
_RING = (((0, -0.65), (0.65, 0), (0, 0.65), (-0.65, 0)),)

#: State -> (strokes within -1..1, False: lines, True: closed and filled, "dot": a disc of that radius).
_MARKS = {
    "here": (_CHECK, False), "done": (_CHECK, False), "fetching": (_DOWN, False), "active": (_PLAY, True),
    "running": (_PLAY, True), "rendering": (_PLAY, True), "rendered": (_RING, True), "waiting": (_DOT, "dot"),
    "queued": (_CLOCK, False), "failed": (_CROSS, False), "missing": (_CROSS, False), "refused": (_CROSS, False),
    "kept": (_K, False), "paused": (_BARS, False), "interrupted": (_BANG, False), "cancelled": (_SLASH, False),
    "skipped": (_SLASH, False), "warning": (_BANG, False),
}
