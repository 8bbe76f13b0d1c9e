"""Small widgets that several tabs use: buttons, elided labels, a path with its chooser, lines, cards."""
from __future__ import absolute_import, division, print_function, unicode_literals

from .. import compat
from . import drawing, formats
from .binding import QtCore, QtGui, QtWidgets, Signal, restyle, text_width
from .texts import tr
from .theme import GAP, WIDE_GAP

_Policy = QtWidgets.QSizePolicy.Policy


def button(text, clicked, look="plain", tip="", name=""):
    """Return a QPushButton.

    Args:
        text (str): On it.
        clicked (callable): Called without arguments.
        look (str): "plain", "go" or "warn".
        tip (str): Shown when the mouse rests on it.
        name (str): For tests and helpers.
    """
    found = QtWidgets.QPushButton(text)
    found.setProperty("look", look)
    found.setToolTip(tip)
    found.setAccessibleName(text)
    found.setObjectName(name)
    found.setAutoDefault(look == "go")
    found.clicked.connect(lambda *_: clicked())
    return found


def icon_button(icon_name, text, clicked, color, tip="", name=""):
    """Return a QToolButton that bears an icon only; its text is for those who hear it, and its tip."""
    found = QtWidgets.QToolButton()
    found.setProperty("look", "icon")
    found.setProperty("icon_name", icon_name)
    found.setIcon(drawing.icon(icon_name, color))
    found.setIconSize(QtCore.QSize(18, 18))
    found.setToolTip(tip or text)
    found.setAccessibleName(text)
    found.setObjectName(name)
    found.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)
    found.clicked.connect(lambda *_: clicked())
    return found


def label(text="", look="", wrap=False, name=""):
    """Return a QLabel of plain text."""
    found = QtWidgets.QLabel(text)
    found.setTextFormat(QtCore.Qt.TextFormat.PlainText)
    found.setProperty("look", look)
    found.setWordWrap(wrap)
    found.setObjectName(name)
    if wrap:
        found.setMinimumWidth(60)
    return found


def line():
    """Return a thin horizontal line."""
    found = QtWidgets.QFrame()
    found.setProperty("box", "line")
    return found


def card(look="card", margin=10):
    """Return ``(QFrame, QVBoxLayout)`` of a block with a border."""
    frame = QtWidgets.QFrame()
    frame.setProperty("box", look)
    box = QtWidgets.QVBoxLayout(frame)
    box.setContentsMargins(margin, margin - 2, margin, margin - 2)
    box.setSpacing(GAP)
    return frame, box


def row(*parts, **options):
    """Return a QHBoxLayout of widgets; None is the space that grows.

    Args:
        *parts (QWidget or None): From left to right.
        **options: ``gap`` in pixels.
    """
    box = QtWidgets.QHBoxLayout()
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(options.get("gap", GAP))
    for part in parts:
        if part is None:
            box.addStretch(1)
        elif isinstance(part, QtWidgets.QLayout):
            box.addLayout(part)
        else:
            box.addWidget(part)
    return box


def scrolled(inner):
    """Return a QScrollArea around a widget, which stands in the middle where there is more room than it takes."""
    holder = QtWidgets.QWidget()
    box = row(inner)
    box.setAlignment(QtCore.Qt.AlignmentFlag.AlignHCenter)
    box.setStretch(0, 1)
    holder.setLayout(box)
    area = QtWidgets.QScrollArea()
    area.setProperty("look", "bare")
    area.setFrameShape(QtWidgets.QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(QtCore.Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(holder)
    area.viewport().setAutoFillBackground(False)
    holder.setAutoFillBackground(False)
    return area


class Foot(QtWidgets.QWidget):
    """The buttons at a tab's foot, and a sentence beside them; above them where there is no room.

    Args:
        hint (QLabel): The sentence.
        buttons (list of QPushButton): From left to right.
    """

    _WIDE = 470

    def __init__(self, hint, buttons):
        super(Foot, self).__init__()
        self._hint = hint
        self._grid = QtWidgets.QGridLayout(self)
        self._grid.setContentsMargins(WIDE_GAP, GAP + 2, WIDE_GAP, GAP + 4)
        self._grid.setSpacing(GAP + 2)
        for place, found in enumerate(buttons):
            self._grid.addWidget(found, 1, place + 1)
        self._buttons = buttons
        self._form = None
        self._arrange("wide")

    def resizeEvent(self, event):
        """See QWidget."""
        super(Foot, self).resizeEvent(event)
        self._fit()

    def event(self, event):
        """See QWidget: buttons come, go and get other texts."""
        if event.type() == QtCore.QEvent.Type.LayoutRequest:
            self._fit()
        return super(Foot, self).event(event)

    def _fit(self):
        if self.width() >= self._WIDE:
            self._arrange("wide")
            return
        if self._form == "wide":
            self._arrange("narrow")  # Only then they say how much they need.
        shown = [found for found in self._buttons if not found.isHidden()]
        needed = sum(found.sizeHint().width() for found in shown) + (GAP + 2) * len(shown) + 2 * WIDE_GAP
        self._arrange("narrow" if needed <= self.width() else "stacked")

    def _arrange(self, form):
        if form == self._form:
            return
        self._form = form
        is_wide, number = form == "wide", len(self._buttons)
        self._grid.addWidget(self._hint, 1 if is_wide else 0, 0, 1, 1 if is_wide else number + 1)
        for place, found in enumerate(self._buttons):
            restyle(found, narrow=not is_wide)
            if form == "stacked":
                self._grid.addWidget(found, 1 + place, 0, 1, number + 1)
            else:
                self._grid.addWidget(found, 1, place + 1)
        self._grid.setColumnStretch(0, 1)


class ElidedLabel(QtWidgets.QWidget):
    """One line of text whose middle is left out where it does not fit; the tip has all of it."""

    def __init__(self, text="", look="", parent=None):
        super(ElidedLabel, self).__init__(parent)
        self._text = text
        self._look = look
        self._color = None
        self.setSizePolicy(_Policy.Expanding, _Policy.Fixed)
        self.setText(text)

    def text(self):
        """Return all of the text."""
        return self._text

    def setText(self, text):
        """Show another text."""
        self._text = text
        self.setToolTip(text)
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def set_color(self, color):
        """Use another colour than the look's; None goes back."""
        self._color = color
        self.update()

    def sizeHint(self):
        """See QWidget."""
        metrics = self._metrics()
        return QtCore.QSize(min(text_width(metrics, self._text), 480) + 2, metrics.height() + 2)

    def minimumSizeHint(self):
        """See QWidget."""
        return QtCore.QSize(40, self._metrics().height() + 2)

    def _metrics(self):
        return QtGui.QFontMetrics(self._font())

    def _font(self):
        font = QtGui.QFont(self.font())
        font.setBold(self._look == "head")
        return font

    def paintEvent(self, event):
        """See QWidget."""
        painter = QtGui.QPainter(self)
        painter.setFont(self._font())
        role = QtGui.QPalette.ColorRole
        color = self._color
        if color is None:
            color = QtGui.QColor(self.palette().color(role.WindowText))
            if self._look == "muted":
                color.setAlphaF(0.66)
        painter.setPen(color)
        text = formats.elide(painter.fontMetrics(), self._text, self.width(), text_width)
        painter.drawText(self.rect(), int(QtCore.Qt.AlignmentFlag.AlignVCenter), text)
        painter.end()


class PathField(QtWidgets.QWidget):
    """A path that is typed, dropped or chosen; nothing modal."""

    changed = Signal(str)

    def __init__(self, title, color, kind="folder", filters="", placeholder=""):
        super(PathField, self).__init__()
        self._kind = kind
        self._title = title
        self._filters = filters
        self._dialog = None
        self.edit = QtWidgets.QLineEdit()
        self.edit.setAccessibleName(title)
        self.edit.setPlaceholderText(placeholder)
        self.edit.setClearButtonEnabled(True)
        self.edit.setMinimumWidth(60)
        self.edit.editingFinished.connect(self._tell)
        self.choose = icon_button("folder", tr("Choose: {what}", what=title), self.open_dialog, color)
        layout = row(self.edit, self.choose)
        self.setLayout(layout)
        self.setFocusProxy(self.edit)
        self.setAcceptDrops(True)
        self._told = ""

    def text(self):
        """Return the path."""
        return compat.text(self.edit.text()).strip()

    def setText(self, text):
        """Show another path, without telling."""
        self._told = text
        self.edit.setText(text)
        self.edit.setToolTip(text)

    def choose_path(self, path):
        """Take a path as if the artist had typed it."""
        self.edit.setText(path)
        self._tell()

    def _tell(self):
        text = self.text()
        if text != self._told:
            self._told = text
            self.edit.setToolTip(text)
            self.changed.emit(text)

    def open_dialog(self):
        """Show the chooser."""
        mode = QtWidgets.QFileDialog.FileMode
        dialog = QtWidgets.QFileDialog(self.window(), self._title, self.text(), self._filters)
        dialog.setFileMode(mode.Directory if self._kind == "folder" else mode.ExistingFile)
        dialog.setAttribute(QtCore.Qt.WidgetAttribute.WA_DeleteOnClose, True)
        dialog.setModal(False)
        dialog.fileSelected.connect(self._chosen)
        self._dialog = dialog
        dialog.show()

    def _chosen(self, path):
        self._dialog = None
        self.choose_path(compat.text(path))

    def dragEnterEvent(self, event):
        """See QWidget."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event):
        """See QWidget."""
        for url in event.mimeData().urls()[:1]:
            if url.isLocalFile():
                self.choose_path(compat.text(url.toLocalFile()))


class Empty(QtWidgets.QWidget):
    """What stands where there is nothing yet: an icon, what this is, what to do next."""

    def __init__(self, icon_name, title, text, action=None):
        super(Empty, self).__init__()
        self._icon = icon_name
        box = QtWidgets.QVBoxLayout(self)
        box.setContentsMargins(24, 24, 24, 24)
        box.setSpacing(GAP)
        box.addStretch(2)
        self._picture = QtWidgets.QWidget()
        self._picture.setFixedHeight(52)
        box.addWidget(self._picture)
        centre = QtCore.Qt.AlignmentFlag.AlignHCenter
        self.title = label(title, "head", wrap=True)
        self.text = label(text, "muted", wrap=True)
        for part in (self.title, self.text):
            part.setAlignment(centre)
            box.addWidget(part)
        if action is not None:
            box.addSpacing(GAP)
            box.addWidget(action, 0, centre)
        box.addStretch(3)

    def paintEvent(self, event):
        """See QWidget."""
        painter = QtGui.QPainter(self)
        color = QtGui.QColor(self.palette().color(QtGui.QPalette.ColorRole.WindowText))
        color.setAlphaF(0.32)
        area = self._picture.geometry()
        drawing.paint(painter, QtCore.QRectF(area.center().x() - 22, area.top(), 44, 44), self._icon, color, faint=True)
        painter.end()
