"""One bar a layer: where its frames are, at a glance."""
from __future__ import absolute_import, division, print_function, unicode_literals

import itertools

from . import formats, theme
from .binding import QtCore, QtGui, QtWidgets, Signal, text_width
from .frame_grid import STATE_NAMES, STATES, layers_of
from .texts import number_of, tr

_BAR = 12
_MOST_LAYERS = 8

#: State -> what is shown of several.
_URGENT = dict((state, place) for place, state in enumerate((
    "failed", "fetching", "rendering", "kept", "rendered", "waiting", "here")))


class FrameStrips(QtWidgets.QWidget):
    """Bars of layers; a click goes to the frame there."""

    #: ``(layer, number)`` of the frame under the mouse.
    chosen = Signal(object, object)

    def __init__(self):
        super(FrameStrips, self).__init__()
        self._frames = []
        self._layers = []  # (layer, place of its first frame, how many)
        self.setCursor(QtCore.Qt.CursorShape.PointingHandCursor)
        self.setToolTip(tr("Click to go to a frame"))

    def show_frames(self, frames, is_same=False):
        """Show frames that are sorted by layer and number.

        Args:
            frames (list of schema.Frame): The list is kept, not copied.
            is_same (bool): They are the ones that are shown, with other states.
        """
        self._frames = frames
        self.update()
        if is_same:
            return
        self._layers = layers_of(frames)[:_MOST_LAYERS]
        self.setAccessibleName(", ".join(
            "%s: %s" % (layer or tr("Frames"), number_of(count, "frame")) for layer, _, count in self._layers))
        height = len(self._layers) * self._step() + 2
        self.setFixedHeight(max(2, height))

    def _step(self):
        return max(_BAR, self.fontMetrics().height()) + 4

    def _left(self):
        widest = max([text_width(self.fontMetrics(), layer) for layer, _, _ in self._layers] or [0])
        return min(widest + 10, self.width() // 3) if widest else 0

    def paintEvent(self, event):
        """See QWidget."""
        painter = QtGui.QPainter(self)
        colors = theme.read(self.palette())
        left = self._left()
        for row, (layer, first, count) in enumerate(self._layers):
            top = row * self._step()
            painter.setPen(colors.muted)
            painter.drawText(QtCore.QRect(0, top, left - 6, self._step()), int(QtCore.Qt.AlignmentFlag.AlignVCenter),
                             formats.elide(painter.fontMetrics(), layer, left - 6, text_width))
            bar = QtCore.QRectF(left, top + (self._step() - _BAR) / 2.0, self.width() - left, _BAR)
            self._paint_bar(painter, bar, first, count, colors)
        painter.end()

    def _paint_bar(self, painter, bar, first, count, colors):
        path = QtGui.QPainterPath()
        path.addRoundedRect(bar, 3, 3)
        painter.save()
        painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing, True)
        painter.setClipPath(path)
        states = [frame.state for frame in itertools.islice(self._frames, first, first + count)]
        cells = max(1, int(bar.width() / 2))
        if count > cells:
            # Two pixels for several frames: what went wrong among them must not disappear.
            states = [min(states[cell * count // cells:max((cell + 1) * count // cells, cell * count // cells + 1)],
                          key=_URGENT.get) for cell in range(cells)]
        start, whole = 0, len(states)
        for state, group in itertools.groupby(states):
            end = start + sum(1 for _ in group)
            ink = theme.state_color(state, colors.is_dark)
            if state == "waiting":
                ink = theme.mix(colors.window, colors.text, 0.16)
            x = bar.left() + bar.width() * start / whole
            painter.fillRect(QtCore.QRectF(x, bar.top(), bar.width() * (end - start) / whole + 0.6, bar.height()), ink)
            start = end
        painter.restore()

    def mousePressEvent(self, event):
        """See QWidget."""
        place = getattr(event, "position", None)
        point = place() if place else event.pos()
        row, left = int(point.y() // self._step()), self._left()
        if 0 <= row < len(self._layers) and point.x() >= left:
            layer, first, count = self._layers[row]
            share = (point.x() - left) / float(max(1, self.width() - left))
            self.chosen.emit(layer, self._frames[first + min(count - 1, int(share * count))].number)


def count_states(frames):
    """Return how many frames are in each state."""
    counts = {}
    for frame in frames:
        counts[frame.state] = counts.get(frame.state, 0) + 1
    return counts


def _spoken(counts):
    return ", ".join("%d %s" % (counts[state], tr(STATE_NAMES[state])) for state in STATES if counts.get(state))


class Legend(QtWidgets.QWidget):
    """What colours and shapes mean, with how many there are; a click shows only those."""

    #: A state, or "" for all.
    chosen = Signal(object)

    def __init__(self):
        super(Legend, self).__init__()
        self._counts = {}
        self._places = []
        self._only = ""
        self.setCursor(QtCore.Qt.CursorShape.PointingHandCursor)
        self.setToolTip(tr("Click a state to show only its frames, once more for all"))
        policy = QtWidgets.QSizePolicy(QtWidgets.QSizePolicy.Policy.Expanding, QtWidgets.QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_counts(self, counts):
        """Show how many frames are in each state."""
        if counts != self._counts:
            self._counts = counts
            self.setAccessibleName(_spoken(counts))
            self._place()
            self.update()

    def set_only(self, state):
        """Show which state is shown alone."""
        self._only = state
        self.update()

    def _place(self):
        metrics = self.fontMetrics()
        step, x, y = metrics.height() + 6, 0, 0
        self._places = []
        for state in STATES:
            text = "%s %d" % (tr(STATE_NAMES[state]), self._counts.get(state, 0))
            width = text_width(metrics, text) + 31
            if x and x + width > self.width():
                x, y = 0, y + step
            self._places.append((state, text, QtCore.QRect(x, y, width, step)))
            x += width
        self.setFixedHeight(y + step)

    def resizeEvent(self, event):
        """See QWidget."""
        super(Legend, self).resizeEvent(event)
        self._place()

    def paintEvent(self, event):
        """See QWidget."""
        painter = QtGui.QPainter(self)
        colors = theme.read(self.palette())
        for state, text, rect in self._places:
            ink = theme.state_color(state, colors.is_dark)
            if state == self._only:
                painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing, True)
                painter.setPen(QtCore.Qt.PenStyle.NoPen)
                painter.setBrush(theme.mix(colors.window, ink, 0.25))
                painter.drawRoundedRect(QtCore.QRectF(rect).adjusted(0, 1, -4, -1), 4, 4)
            theme.paint_mark(painter, QtCore.QRectF(rect.left() + 6, rect.center().y() - 5, 10, 10), state, ink)
            painter.setPen(colors.text if self._counts.get(state) else colors.faint)
            painter.drawText(rect.adjusted(21, 0, 0, 0), int(QtCore.Qt.AlignmentFlag.AlignVCenter), text)
        painter.end()

    def mousePressEvent(self, event):
        """See QWidget."""
        place = getattr(event, "position", None)
        point = place().toPoint() if place else event.pos()
        for state, _, rect in self._places:
            if rect.contains(point):
                self.chosen.emit("" if state == self._only else state)
