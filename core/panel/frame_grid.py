"""Frames as cells: painted, so that thousands of them draw and scroll at once."""
from __future__ import absolute_import, division, print_function, unicode_literals

import itertools
import operator

from . import formats, theme
from .binding import QtCore, QtGui, QtWidgets, Signal, point_of, text_width
from .texts import tr
from .thumbnails import Thumbnails

#: Names of sizes -> width of a cell in pixels of a plain display.
SIZES = {"small": 26, "medium": 84, "large": 150}

_HEAD = 24
_GAP = 3

#: State -> its name.
STATE_NAMES = {"waiting": "waiting", "rendering": "rendering", "rendered": "rendered", "fetching": "fetching",
               "here": "here", "failed": "failed", "kept": "kept"}
STATES = ("here", "fetching", "rendered", "rendering", "waiting", "failed", "kept")


class FrameGrid(QtWidgets.QAbstractScrollArea):
    """Cells in sections, one a layer. Arrow keys, Shift and Ctrl pick; Enter opens."""

    #: Frames that are picked have changed.
    picked = Signal()
    #: A `schema.Frame` was double-clicked, or Enter was pressed.
    opened = Signal(object)
    #: Frames and a global position: what may be done with them is asked for.
    menu = Signal(object, object)

    def __init__(self, parent=None):
        super(FrameGrid, self).__init__(parent)
        self.thumbnails = Thumbnails()
        self._frames = []
        self._keys = []
        self._sections = []  # (layer, first index, count, top)
        self._size = "medium"
        self._columns = 1
        self._cell = QtCore.QSize(84, 66)
        self._height = 0
        self._picked = set()
        self._current = self._anchor = None
        self.setProperty("look", "list")
        self.setFrameShape(QtWidgets.QFrame.Shape.NoFrame)
        self.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Frames"))
        self.viewport().setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(QtCore.Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalScrollBar().valueChanged.connect(lambda *_: self._want())

    # -- what is shown

    def show_frames(self, frames, is_same=False):
        """Show frames in this order: sorted by layer and number.

        Args:
            frames (list of schema.Frame): The list is kept, not copied.
            is_same (bool): They are the ones that are shown, with other states.
        """
        keys = None if is_same else [frame[:3] for frame in frames]
        if is_same or keys == self._keys:
            self._frames = frames
            self._want()
            self.viewport().update()
            return
        kept = set(self._keys[place] for place in self._picked)
        current = self._keys[self._current] if self._current is not None else None
        self._frames, self._keys = frames, keys
        places = dict((key, place) for place, key in enumerate(keys))
        self._picked = set(places[key] for key in kept if key in places)
        self._current = self._anchor = places.get(current)
        self._lay_out()
        self.picked.emit()

    def set_size(self, name):
        """Show cells as "small", "medium" or "large"."""
        if name != self._size:
            self._size = name
            self._lay_out()

    def frames(self):
        """Return the frames that are shown."""
        return self._frames

    def picked_frames(self):
        """Return the frames that are picked, in order."""
        return [self._frames[place] for place in sorted(self._picked) if place < len(self._frames)]

    def current_frame(self):
        """Return the frame that has the keyboard, None where none has."""
        return self._frames[self._current] if self._current is not None else None

    def pick(self, place, extend=False, toggle=False):
        """Pick a cell and show it."""
        if not 0 <= place < len(self._frames):
            return
        if extend and self._anchor is not None:
            low, high = sorted((self._anchor, place))
            self._picked = set(range(low, high + 1))
        elif toggle:
            self._picked ^= {place}
            self._anchor = place
        else:
            self._picked = {place}
            self._anchor = place
        self._current = place
        self._show(place)
        self.viewport().update()
        self.picked.emit()

    def pick_number(self, number):
        """Pick the first cell of a frame number. Returns False if there is none."""
        for place, frame in enumerate(self._frames):
            if frame.number == number:
                self.pick(place)
                return True
        return False

    # -- where the cells are

    def _lay_out(self):
        width = max(40, self.viewport().width() - 2 * _GAP)
        wanted = SIZES[self._size]
        metrics = QtGui.QFontMetrics(self.font())
        if self._size == "small":
            widest = max([text_width(metrics, "%d" % frame.number) for frame in self._frames[-1:]] or [0])
            wanted = max(wanted, widest + 14)
        self._columns = max(1, (width + _GAP) // (wanted + _GAP))
        cell = (width + _GAP) // self._columns - _GAP
        height = metrics.height() + 6
        if self._size != "small":
            height += int(cell * 9 / 16.0)
        self._cell = QtCore.QSize(cell, height)
        self._sections, top = [], _GAP
        for layer, first, count in layers_of(self._frames):
            top += _HEAD if layer else 0
            self._sections.append((layer, first, count, top))
            rows = (count + self._columns - 1) // self._columns
            top += rows * (height + _GAP) + _GAP
        self._height = top
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, top - self.viewport().height()))
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(height + _GAP)
        self._want()
        self.viewport().update()

    def rect_of(self, place):
        """Return a cell's QRect in the viewport."""
        for _, first, count, top in self._sections:
            if first <= place < first + count:
                row, column = divmod(place - first, self._columns)
                return QtCore.QRect(_GAP + column * (self._cell.width() + _GAP),
                                    top + row * (self._cell.height() + _GAP) - self.verticalScrollBar().value(),
                                    self._cell.width(), self._cell.height())
        return QtCore.QRect()

    def _visible(self):
        """Yield the places of cells in view."""
        upper = self.verticalScrollBar().value()
        lower = upper + self.viewport().height()
        step = self._cell.height() + _GAP
        for _, first, count, top in self._sections:
            rows = (count + self._columns - 1) // self._columns
            for row in range(max(0, (upper - top) // step), min(rows, (lower - top) // step + 1)):
                start = row * self._columns
                for place in range(start, min(start + self._columns, count)):
                    yield first + place

    def place_at(self, point):
        """Return the place of the cell at a point of the viewport, None where there is none."""
        y = point.y() + self.verticalScrollBar().value()
        for _, first, count, top in self._sections:
            row = (y - top) // (self._cell.height() + _GAP)
            column = (point.x() - _GAP) // (self._cell.width() + _GAP)
            place = row * self._columns + column
            is_cell = y >= top and 0 <= column < self._columns and place < count
            if is_cell and self.rect_of(first + place).contains(point):
                return first + place
        return None

    def _show(self, place):
        rect, bar = self.rect_of(place), self.verticalScrollBar()
        if rect.top() < 0:
            bar.setValue(bar.value() + rect.top() - _GAP)
        elif rect.bottom() > self.viewport().height():
            bar.setValue(bar.value() + rect.bottom() - self.viewport().height() + _GAP)

    # -- pictures

    def _want(self):
        if self._size == "small" or not self.isVisible():
            self.thumbnails.want([])
            return
        self.thumbnails.want([_key(self._frames[place]) for place in self._visible() if self._frames[place].thumb])

    def load_some(self):
        """Load a few pictures. Returns True while there are more."""
        if self.thumbnails.is_waiting and self.thumbnails.load():
            self.viewport().update()
        return self.thumbnails.is_waiting

    # -- painting

    def paintEvent(self, event):
        """See QWidget."""
        painter = QtGui.QPainter(self.viewport())
        colors = theme.read(self.palette())
        painter.fillRect(event.rect(), colors.base)
        self._paint_heads(painter, colors)
        inks = dict((state, theme.state_color(state, colors.is_dark)) for state in STATES)
        backs = dict((state, theme.mix(colors.base, ink, 0.20)) for state, ink in inks.items())
        for place in self._visible():
            rect = self.rect_of(place)
            if rect.intersects(event.rect()):
                self._paint_cell(painter, rect, place, colors, inks, backs)
        painter.end()

    def _paint_heads(self, painter, colors):
        font = QtGui.QFont(self.font())
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(colors.muted)
        for layer, _, count, top in self._sections:
            y = top - _HEAD - self.verticalScrollBar().value()
            if layer and -_HEAD < y < self.viewport().height():
                painter.drawText(QtCore.QRect(_GAP + 3, y, self.viewport().width() - 12, _HEAD),
                                 int(QtCore.Qt.AlignmentFlag.AlignVCenter), "%s  (%d)" % (layer, count))
        painter.setFont(self.font())

    def _paint_cell(self, painter, rect, place, colors, inks, backs):
        frame = self._frames[place]
        state = frame.state if frame.state in inks else "waiting"
        ink = inks[state]
        painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing, False)
        painter.fillRect(rect, backs[state])
        strip = QtCore.QRect(rect.left(), rect.bottom() - painter.fontMetrics().height() - 5, rect.width(),
                             painter.fontMetrics().height() + 6)
        if self._size != "small":
            self._paint_picture(painter, rect.adjusted(0, 0, 0, -strip.height()), frame, state, ink)
        painter.fillRect(QtCore.QRect(rect.left(), rect.bottom() - 1, rect.width(), 2), ink)
        mark = QtCore.QRectF(strip.right() - 13, strip.center().y() - 5, 9, 9)
        if rect.width() >= 34:
            theme.paint_mark(painter, mark, state, ink)
        painter.setPen(colors.text)
        painter.drawText(strip.adjusted(5, 0, -2, -2), int(QtCore.Qt.AlignmentFlag.AlignVCenter), "%d" % frame.number)
        if frame.flag:
            flag = theme.state_color("warning", colors.is_dark)
            right, top = rect.right() + 1, rect.top()
            corner = QtGui.QPolygonF([QtCore.QPointF(*point) for point in (
                (right - 11, top), (right, top), (right, top + 11))])
            painter.setPen(QtCore.Qt.PenStyle.NoPen)
            painter.setBrush(flag)
            painter.drawPolygon(corner)
        if place in self._picked or place == self._current:
            pen = QtGui.QPen(colors.text if place in self._picked else colors.muted, 2 if place in self._picked else 1)
            painter.setPen(pen)
            painter.setBrush(QtCore.Qt.BrushStyle.NoBrush)
            painter.drawRect(rect.adjusted(0, 0, -1, -1))

    def _paint_picture(self, painter, area, frame, state, ink):
        picture = self.thumbnails.get(_key(frame)) if frame.thumb else None
        if picture is None:
            side = min(area.height() * 0.42, 22.0)
            centre = QtCore.QPointF(area.center())
            soft = QtGui.QColor(ink)
            soft.setAlphaF(0.75)
            square = QtCore.QRectF(centre.x() - side / 2, centre.y() - side / 2 + 1, side, side)
            theme.paint_mark(painter, square, state, soft)
            return
        size = QtCore.QSize(picture.size()).scaled(area.size(), QtCore.Qt.AspectRatioMode.KeepAspectRatioByExpanding)
        share_x, share_y = area.width() / float(size.width()), area.height() / float(size.height())
        source = QtCore.QRectF(picture.width() * (1 - share_x) / 2, picture.height() * (1 - share_y) / 2,
                               picture.width() * share_x, picture.height() * share_y)
        painter.setRenderHint(QtGui.QPainter.RenderHint.SmoothPixmapTransform, True)
        painter.drawPixmap(QtCore.QRectF(area), picture, source)

    # -- events

    def resizeEvent(self, event):
        """See QWidget."""
        super(FrameGrid, self).resizeEvent(event)
        self._lay_out()

    def showEvent(self, event):
        """See QWidget."""
        super(FrameGrid, self).showEvent(event)
        self._lay_out()

    def mousePressEvent(self, event):
        """See QWidget."""
        place = self.place_at(point_of(event))
        keys = event.modifiers()
        if place is not None and (event.button() == QtCore.Qt.MouseButton.LeftButton or place not in self._picked):
            self.pick(place, bool(keys & QtCore.Qt.KeyboardModifier.ShiftModifier),
                      bool(keys & QtCore.Qt.KeyboardModifier.ControlModifier))

    def mouseDoubleClickEvent(self, event):
        """See QWidget."""
        place = self.place_at(point_of(event))
        if place is not None:
            self.opened.emit(self._frames[place])

    def contextMenuEvent(self, event):
        """See QWidget."""
        if self._picked:
            self.menu.emit(self.picked_frames(), event.globalPos())

    def wheelEvent(self, event):
        """See QWidget: Ctrl and the wheel make cells larger or smaller."""
        if event.modifiers() & QtCore.Qt.KeyboardModifier.ControlModifier:
            names = ("small", "medium", "large")
            step = 1 if event.angleDelta().y() > 0 else -1
            self.set_size(names[max(0, min(2, names.index(self._size) + step))])
        else:
            super(FrameGrid, self).wheelEvent(event)

    def keyPressEvent(self, event):
        """See QWidget."""
        keys = QtCore.Qt.Key
        page = max(1, self.viewport().height() // (self._cell.height() + _GAP)) * self._columns
        steps = {keys.Key_Left: -1, keys.Key_Right: 1, keys.Key_Up: -self._columns, keys.Key_Down: self._columns,
                 keys.Key_PageUp: -page, keys.Key_PageDown: page, keys.Key_Home: -len(self._frames),
                 keys.Key_End: len(self._frames)}
        extend = bool(event.modifiers() & QtCore.Qt.KeyboardModifier.ShiftModifier)
        if event.key() in steps and self._frames:
            place = (self._current if self._current is not None else -1) + steps[event.key()]
            self.pick(max(0, min(len(self._frames) - 1, place)), extend)
        elif event.key() in (keys.Key_Return, keys.Key_Enter) and self._current is not None:
            self.opened.emit(self._frames[self._current])
        elif event.matches(QtGui.QKeySequence.StandardKey.SelectAll):
            self._picked = set(range(len(self._frames)))
            self.viewport().update()
            self.picked.emit()
        else:
            super(FrameGrid, self).keyPressEvent(event)

    def viewportEvent(self, event):
        """See QWidget: a cell's tip."""
        if event.type() == QtCore.QEvent.Type.ToolTip:
            place = self.place_at(event.pos())
            text = describe(self._frames[place]) if place is not None else ""
            QtWidgets.QToolTip.showText(event.globalPos(), text, self)
            return True
        return super(FrameGrid, self).viewportEvent(event)


def layers_of(frames):
    """Return ``[(layer, place of its first frame, how many)]`` of frames that are sorted by layer."""
    found, first = [], 0
    for layer, group in itertools.groupby(frames, key=operator.itemgetter(1)):
        count = sum(1 for _ in group)
        found.append((layer, first, count))
        first += count
    return found


def _key(frame):
    return frame.thumb, frame.landed


def describe(frame):
    """Return "1034  beauty  city.1034.exr  12.4 MB  rendered 14:02:11, here 14:02:13"."""
    parts = ["%d" % frame.number, frame.layer, formats.base_name(frame.name or frame.path or "") if (
        frame.name or frame.path) else "", formats.size(frame.size) if frame.size else ""]
    ended = tr("failed {at}") if frame.state == "failed" else tr("rendered {at}")
    times = [ended.format(at=formats.clock(frame.rendered)) if frame.rendered else "",
             tr("here {at}", at=formats.clock(frame.landed)) if frame.landed else ""]
    parts.append(", ".join(part for part in times if part) or tr(STATE_NAMES.get(frame.state, "waiting")))
    parts.append(tr(frame.flag) if frame.flag else "")
    return "   ".join(part for part in parts if part)
