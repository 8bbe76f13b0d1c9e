"""The list of transfers: a model of rows, painted one by one, with buttons that are painted too."""
from __future__ import absolute_import, division, print_function, unicode_literals

from ..jobs.schema import CANCELLED, DONE, FAILED, INTERRUPTED, LIVE, PAUSED, QUEUED, RUNNING
from . import drawing, formats, job_texts, theme
from .binding import QtCore, QtGui, QtWidgets, Signal, point_of, text_width, to_int
from .link import TRANSFERS
from .row_list import RowList
from .texts import tr

JOB = to_int(QtCore.Qt.ItemDataRole.UserRole) + 1

_BUTTON = 28
_PAD = 10
_BADGE = 26

#: What stands first.
_RANK = {RUNNING: 0, PAUSED: 1, QUEUED: 2, INTERRUPTED: 3, FAILED: 4, DONE: 5, CANCELLED: 5}

#: Filter -> states.
FILTERS = (("all", "All", ()), ("active", "Active", LIVE), ("problems", "With problems", (FAILED, INTERRUPTED)),
           ("ended", "Ended", (DONE, CANCELLED)))


def order(job):
    """Return what sorts jobs: those that need an eye first, then the latest."""
    rank = _RANK.get(job.state, 5)
    return rank, job.id if rank in (0, 2) else -(job.ended or job.created), -job.id


class JobModel(QtCore.QAbstractListModel):
    """Jobs as rows; an index's `JOB` is a `schema.Job`."""

    def __init__(self, parent=None):
        super(JobModel, self).__init__(parent)
        self._rows = []
        self._filter = ()
        self._words = ""

    def rowCount(self, parent=None):
        """See QAbstractItemModel."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def data(self, index, role=QtCore.Qt.ItemDataRole.DisplayRole):
        """See QAbstractItemModel."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        job = self._rows[index.row()]
        role = to_int(role)
        if role == JOB:
            return job
        if role == to_int(QtCore.Qt.ItemDataRole.DisplayRole):
            return job_texts.title(job)
        if role == to_int(QtCore.Qt.ItemDataRole.ToolTipRole):
            return "\n".join(text for text in (
                job_texts.title(job), job_texts.detail(job), job_texts.warning(job)) if text)
        if role == to_int(QtCore.Qt.ItemDataRole.AccessibleTextRole):
            return job_texts.spoken(job)
        return None

    def jobs(self):
        """Return the rows."""
        return list(self._rows)

    def row_of(self, number):
        """Return the row of a job, -1 where it is not shown."""
        for row, job in enumerate(self._rows):
            if job.id == number:
                return row
        return -1

    def set_filter(self, name, words):
        """Show only some; `update` follows."""
        self._filter = dict((key, states) for key, _, states in FILTERS).get(name, ())
        self._words = words.strip().lower()

    def _is_shown(self, job):
        if job.kind not in TRANSFERS or (self._filter and job.state not in self._filter):
            return False
        text = "%s %s %s" % (job_texts.title(job), job.task_id or "", job.id)
        return not self._words or self._words in text.lower()

    def update(self, jobs):
        """Bring the rows up to date.

        Args:
            jobs (dict): Number -> job.

        Returns:
            bool: Rows came, went or moved; what was picked must be picked again.
        """
        rows = sorted((job for job in jobs.values() if self._is_shown(job)), key=order)
        if [job.id for job in rows] == [job.id for job in self._rows]:
            changed = [row for row, (old, new) in enumerate(zip(self._rows, rows)) if old is not new]
            self._rows = rows
            for row in changed:
                self.dataChanged.emit(self.index(row, 0), self.index(row, 0))
            return False
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()
        return True


class JobDelegate(QtWidgets.QStyledItemDelegate):
    """Paints a row: badge, title, numbers, bar, a second line, buttons."""

    def __init__(self, parent=None):
        super(JobDelegate, self).__init__(parent)
        self.hovered = None  # (job number, action)

    def sizeHint(self, option, index):
        """See QStyledItemDelegate."""
        height = option.fontMetrics.height()
        return QtCore.QSize(200, 2 * height + 9 + 2 * _PAD + 4)

    def buttons(self, rect, job):
        """Return ``[(action, QRect)]`` of a row."""
        names = job_texts.actions(job)
        left = rect.right() - 6 - _BUTTON * len(names)
        top = rect.top() + (rect.height() - _BUTTON) // 2
        return [(name, QtCore.QRect(left + place * _BUTTON, top, _BUTTON, _BUTTON)) for place, name in enumerate(names)]

    def paint(self, painter, option, index):
        """See QStyledItemDelegate."""
        job = index.data(JOB)
        if job is None:
            return
        colors = theme.read(option.palette)
        painter.save()
        painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing, True)
        rect = option.rect
        self._paint_back(painter, option, colors)
        ink = theme.state_color(job.state, colors.is_dark)
        self._paint_badge(painter, rect, job, ink)
        buttons = self.buttons(rect, job)
        left = rect.left() + _PAD + _BADGE + _PAD
        right = (buttons[0][1].left() if buttons else rect.right()) - _PAD
        area = QtCore.QRect(left, rect.top() + _PAD, max(20, right - left), rect.height() - 2 * _PAD)
        self._paint_text(painter, area, job, colors, ink, option.font)
        for name, place in buttons:
            self._paint_button(painter, place, job, name, colors)
        painter.restore()

    def _paint_back(self, painter, option, colors):
        rect = option.rect
        state = QtWidgets.QStyle.StateFlag
        if option.state & state.State_Selected:
            painter.fillRect(rect, colors.picked)
            painter.fillRect(QtCore.QRect(rect.left(), rect.top(), 3, rect.height()),
                             theme.state_color("running", colors.is_dark))
        elif option.state & state.State_MouseOver:
            painter.fillRect(rect, colors.hover)
        painter.fillRect(QtCore.QRect(rect.left(), rect.bottom(), rect.width(), 1), colors.line)

    @staticmethod
    def _paint_badge(painter, rect, job, ink):
        disc = QtCore.QRectF(rect.left() + _PAD, rect.top() + (rect.height() - _BADGE) / 2.0, _BADGE, _BADGE)
        back = QtGui.QColor(ink)
        back.setAlphaF(0.16)
        painter.setPen(QtCore.Qt.PenStyle.NoPen)
        painter.setBrush(back)
        painter.drawEllipse(disc)
        if job.state == RUNNING:
            drawing.paint(painter, disc.adjusted(5, 5, -5, -5), job_texts.ICONS.get(job.kind, "upload"), ink)
        else:
            theme.paint_mark(painter, disc.adjusted(7, 7, -7, -7), job.state, ink)

    @staticmethod
    def _paint_text(painter, area, job, colors, ink, font):
        middle = int(QtCore.Qt.AlignmentFlag.AlignVCenter)
        bold = QtGui.QFont(font)
        bold.setBold(True)
        metrics, wide = QtGui.QFontMetrics(bold), area.width() >= 300
        height = metrics.height() + 2
        share = job_texts.share(job) if job.state != DONE else None
        bar = 9 if share is not None else 0
        top = area.top() + (area.height() - 2 * height - bar) // 2
        first = QtCore.QRect(area.left(), top, area.width(), height)
        second = QtCore.QRect(area.left(), top + height + bar, area.width(), height)
        numbers = "   ".join(job_texts.numbers(job))
        plain = QtGui.QFontMetrics(font)
        room = first.width()
        if wide and numbers:
            room -= text_width(plain, numbers) + 16
            painter.setFont(font)
            painter.setPen(colors.text)
            painter.drawText(first, middle | int(QtCore.Qt.AlignmentFlag.AlignRight), numbers)
        painter.setFont(bold)
        painter.setPen(colors.text)
        painter.drawText(first, middle, formats.elide(metrics, job_texts.title(job), room, text_width))
        if share is not None:
            _paint_bar(painter, QtCore.QRectF(area.left(), first.bottom() + 3, area.width(), 5), share, colors, ink)
        painter.setFont(font)
        text = job_texts.detail(job)
        if not wide and numbers:
            text = " \u00b7 ".join(job_texts.numbers(job))
        red = theme.state_color("failed", colors.is_dark)
        warning = job_texts.warning(job)
        room = second.width() - (text_width(plain, warning) + 14 if warning else 0)
        text = plain.elidedText(text, QtCore.Qt.TextElideMode.ElideRight, room)
        painter.setPen(red if job.state == FAILED else colors.muted)
        painter.drawText(second, middle, text)
        painter.setPen(red)
        painter.drawText(second.adjusted(text_width(plain, text) + 14, 0, 0, 0), middle, warning)

    def _paint_button(self, painter, rect, job, name, colors):
        is_hovered = self.hovered == (job.id, name)
        if is_hovered:
            painter.setPen(QtCore.Qt.PenStyle.NoPen)
            painter.setBrush(theme.mix(colors.base, colors.text, 0.16))
            painter.drawRoundedRect(QtCore.QRectF(rect).adjusted(1, 1, -1, -1), 4, 4)
        ink = colors.text if is_hovered else colors.muted
        drawing.paint(painter, QtCore.QRectF(rect).adjusted(5, 5, -5, -5), job_texts.LABELS[name][0], ink)


def _paint_bar(painter, rect, share, colors, ink):
    painter.setPen(QtCore.Qt.PenStyle.NoPen)
    painter.setBrush(theme.mix(colors.base, colors.text, 0.13))
    painter.drawRoundedRect(rect, 2.5, 2.5)
    if share > 0:
        painter.setBrush(ink)
        done = QtCore.QRectF(rect.left(), rect.top(), max(5.0, rect.width() * share), rect.height())
        painter.drawRoundedRect(done, 2.5, 2.5)


class JobList(RowList):
    """The list; its painted buttons and keys become `asked`."""

    #: The number of a job, and what is asked of it: an action's name or "open".
    asked = Signal(object, object)
    #: The number of the job that is picked, or None.
    picked = Signal(object)

    def __init__(self, parent=None):
        super(JobList, self).__init__(parent)
        self.setModel(JobModel(self))
        self._delegate = JobDelegate(self)
        self.setItemDelegate(self._delegate)
        self.setMouseTracking(True)
        self.setAccessibleName(tr("Transfers"))
        self.setResizeMode(QtWidgets.QListView.ResizeMode.Adjust)
        self.setContextMenuPolicy(QtCore.Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._show_menu)

    def show_jobs(self, jobs):
        """Bring the rows up to date; what was picked stays picked."""
        number = self.current()
        bar = self.verticalScrollBar()
        at = bar.value()
        if self.model().update(jobs):
            self.pick(number)
            bar.setValue(at)
            if self.current() != number:
                self.picked.emit(self.current())

    def current(self):
        """Return the number of the job that is picked, None where none is."""
        job = self.currentIndex().data(JOB)
        return job.id if job is not None else None

    def pick(self, number):
        """Pick a job's row, if it is shown."""
        row = self.model().row_of(number) if number is not None else -1
        if row >= 0:
            self.setCurrentIndex(self.model().index(row, 0))

    def rect_of(self, number, action):
        """Return the QRect of a button in the viewport, None where there is none."""
        row = self.model().row_of(number)
        index = self.model().index(row, 0)
        job = index.data(JOB)
        found = dict(self._delegate.buttons(self.visualRect(index), job)) if job is not None else {}
        return found.get(action)

    def _at(self, point):
        index = self.indexAt(point)
        job = index.data(JOB)
        if job is None:
            return None
        for name, rect in self._delegate.buttons(self.visualRect(index), job):
            if rect.contains(point):
                return job.id, name
        return None

    def currentChanged(self, current, previous):
        """See QAbstractItemView."""
        super(JobList, self).currentChanged(current, previous)
        self.picked.emit(self.current())

    def mouseMoveEvent(self, event):
        """See QWidget."""
        hovered = self._at(point_of(event))
        if hovered != self._delegate.hovered:
            self._delegate.hovered = hovered
            self.viewport().update()
        super(JobList, self).mouseMoveEvent(event)

    def viewportEvent(self, event):
        """See QAbstractScrollArea: over a button the tip is the button's, not the row's."""
        if event.type() == QtCore.QEvent.Type.ToolTip:
            found = self._at(event.pos())
            if found:
                QtWidgets.QToolTip.showText(event.globalPos(), tr(job_texts.LABELS[found[1]][2]), self)
                return True
        return super(JobList, self).viewportEvent(event)

    def leaveEvent(self, event):
        """See QWidget."""
        self._delegate.hovered = None
        self.viewport().update()
        super(JobList, self).leaveEvent(event)

    def mousePressEvent(self, event):
        """See QWidget."""
        if event.button() == QtCore.Qt.MouseButton.LeftButton and self._at(point_of(event)):
            return  # A button is no row: what is picked stays.
        super(JobList, self).mousePressEvent(event)

    def mouseReleaseEvent(self, event):
        """See QWidget."""
        found = self._at(point_of(event)) if event.button() == QtCore.Qt.MouseButton.LeftButton else None
        if found:
            self.asked.emit(*found)
            return
        super(JobList, self).mouseReleaseEvent(event)
        clicked = self.indexAt(point_of(event)).data(JOB)
        if clicked is not None and event.button() == QtCore.Qt.MouseButton.LeftButton:
            self.asked.emit(clicked.id, "open")

    def paintEvent(self, event):
        """See QWidget: an empty list says that it is."""
        super(JobList, self).paintEvent(event)
        if not self.model().rowCount():
            painter = QtGui.QPainter(self.viewport())
            painter.setPen(theme.read(self.palette()).muted)
            painter.drawText(self.viewport().rect().adjusted(_PAD, 2 * _PAD, -_PAD, 0),
                             int(QtCore.Qt.AlignmentFlag.AlignTop | QtCore.Qt.AlignmentFlag.AlignHCenter),
                             tr("Nothing found."))
            painter.end()

    def keyPressEvent(self, event):
        """See QWidget."""
        job = self.currentIndex().data(JOB)
        action = _key_action(event.key(), job_texts.actions(job)) if job is not None else None
        if action:
            self.asked.emit(job.id, action)
        else:
            super(JobList, self).keyPressEvent(event)

    def _show_menu(self, point):
        job = self.indexAt(point).data(JOB)
        if job is None:
            return
        menu = QtWidgets.QMenu(self)
        for name in job_texts.actions(job):
            action = menu.addAction(tr(job_texts.LABELS[name][1]))
            action.setProperty("asks", name)
        menu.addSeparator()
        menu.addAction(tr("Show files and reasons")).setProperty("asks", "open")
        menu.setAttribute(QtCore.Qt.WidgetAttribute.WA_DeleteOnClose, True)
        menu.triggered.connect(lambda action: self.asked.emit(job.id, action.property("asks")))
        menu.popup(self.viewport().mapToGlobal(point))


def _key_action(key, offered):
    keys = QtCore.Qt.Key
    wanted = {keys.Key_Space: ("pause", "resume"), keys.Key_Delete: ("cancel", "remove"), keys.Key_R: ("retry",),
              keys.Key_O: ("folder",), keys.Key_Backspace: ("cancel", "remove")}
    if key in (keys.Key_Return, keys.Key_Enter):
        return "open"
    for name in wanted.get(key, ()):
        if name in offered:
            return name
    return None
