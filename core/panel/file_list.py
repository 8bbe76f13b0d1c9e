"""The files of a job: those that move now, those with a problem and why, some that were there already."""
from __future__ import absolute_import, division, print_function, unicode_literals

from . import formats, job_texts, theme
from .binding import QtCore, QtGui, QtWidgets, text_width, to_int
from .row_list import RowList
from .texts import sentence, tr

_ROW = to_int(QtCore.Qt.ItemDataRole.UserRole) + 1
_ORDER = ("missing", "failed", "refused", "active", "kept", "skipped")


class FileModel(QtCore.QAbstractListModel):
    """`schema.JobFile` rows, what is wrong first."""

    def __init__(self, parent=None):
        super(FileModel, self).__init__(parent)
        self._rows = []
        self._key = None

    def rowCount(self, parent=None):
        """See QAbstractItemModel."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def data(self, index, role=QtCore.Qt.ItemDataRole.DisplayRole):
        """See QAbstractItemModel."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        found = self._rows[index.row()]
        role = to_int(role)
        if role == _ROW:
            return found
        if role == to_int(QtCore.Qt.ItemDataRole.DisplayRole):
            return found.name
        if role in (to_int(QtCore.Qt.ItemDataRole.ToolTipRole), to_int(QtCore.Qt.ItemDataRole.AccessibleTextRole)):
            return "%s\n%s" % (found.name, reason(found))
        return None

    def show_files(self, job, rows):
        """Show the files of a job."""
        rows = sorted(rows, key=lambda row: _ORDER.index(row.state) if row.state in _ORDER else 9)
        key = job, [(row.name, row.state) for row in rows]
        if key == self._key:
            changed = [row for row, (old, new) in enumerate(zip(self._rows, rows)) if old != new]
            self._rows = rows
            for row in changed:
                self.dataChanged.emit(self.index(row, 0), self.index(row, 0))
            return
        self._key = key
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()


def brief(row):
    """Return what a line has room for: that a file is missing says its mark and one word."""
    if row.state == "missing" and row.reason.startswith(row.name + " is missing."):
        return tr(job_texts.FILE_STATES["missing"])
    return reason(row)


def reason(row):
    """Return what there is to say of a file."""
    if row.state == "active":
        if row.size:
            return "%s, %s" % (formats.percent(row.done, row.size), formats.size(row.size))
        return formats.size(row.done) if row.done else tr("moving now")
    text = tr(job_texts.FILE_STATES.get(row.state, "failed"))
    if not row.reason:
        return text
    # The path stands beside it.
    known = sentence(row.reason).replace(row.name, formats.base_name(row.name))
    return known if row.state in ("missing", "warning", "kept") else "%s: %s" % (text, known)


class FileDelegate(QtWidgets.QStyledItemDelegate):
    """Paints a mark, the path with its middle left out, and the reason below or beside it."""

    def sizeHint(self, option, index):
        """See QStyledItemDelegate."""
        lines = 1 if self._is_wide(option.widget) else 2
        return QtCore.QSize(120, lines * (option.fontMetrics.height() + 1) + 8)

    @staticmethod
    def _is_wide(widget):
        return widget is not None and widget.viewport().width() >= 620

    def paint(self, painter, option, index):
        """See QStyledItemDelegate."""
        found = index.data(_ROW)
        if found is None:
            return
        colors = theme.read(option.palette)
        ink = theme.state_color(found.state, colors.is_dark)
        painter.save()
        rect, height = option.rect, option.fontMetrics.height() + 1
        if option.state & QtWidgets.QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, colors.picked)
        theme.paint_mark(painter, QtCore.QRectF(rect.left() + 8, rect.top() + 4 + (height - 10) / 2.0, 10, 10),
                         found.state, ink)
        first = QtCore.QRect(rect.left() + 26, rect.top() + 4, rect.width() - 34, height)
        second = first.translated(0, height)
        if self._is_wide(option.widget):
            first.setWidth(int(first.width() * 0.56))
            second = QtCore.QRect(first.right() + 12, first.top(), rect.right() - first.right() - 20, height)
        painter.setFont(option.font)
        middle = int(QtCore.Qt.AlignmentFlag.AlignVCenter)
        painter.setPen(colors.text)
        painter.drawText(first, middle, formats.elide(option.fontMetrics, found.name, first.width(), text_width))
        painter.setPen(colors.muted if found.state in ("active", "skipped") else ink)
        painter.drawText(second, middle, option.fontMetrics.elidedText(
            brief(found), QtCore.Qt.TextElideMode.ElideRight, second.width()))
        painter.restore()


class FileList(RowList):
    """The list; what is picked is copied by Ctrl+C."""

    def __init__(self, parent=None):
        super(FileList, self).__init__(parent)
        self.setModel(FileModel(self))
        self.setItemDelegate(FileDelegate(self))
        self.setAccessibleName(tr("Files of this transfer"))
        self.setSelectionMode(QtWidgets.QAbstractItemView.SelectionMode.ExtendedSelection)

    def resizeEvent(self, event):
        """See QWidget: rows have one line where the list is wide."""
        super(FileList, self).resizeEvent(event)
        self.scheduleDelayedItemsLayout()

    def keyPressEvent(self, event):
        """See QWidget."""
        if event.matches(QtGui.QKeySequence.StandardKey.Copy):
            rows = [index.data(_ROW) for index in self.selectionModel().selectedIndexes()]
            QtWidgets.QApplication.clipboard().setText("\n".join("%s\t%s" % (row.name, reason(row)) for row in rows))
        else:
            super(FileList, self).keyPressEvent(event)
