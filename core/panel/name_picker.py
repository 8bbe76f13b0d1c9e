"""Some names of several: ticks side by side, or a list with a filter where there are many."""
from __future__ import absolute_import, division, print_function, unicode_literals

from .. import compat
from . import fields
from .binding import QtCore, QtWidgets, Signal
from .texts import tr
from .theme import GAP, WIDE_GAP

#: More names than this stand in a list.
_MOST_TICKS = 6
_ROWS = 6


class NamePicker(QtWidgets.QWidget):
    """Layers, or cameras.

    Args:
        title (str): What the names are.
    """

    changed = Signal()

    def __init__(self, title):
        super(NamePicker, self).__init__()
        self._title = title
        self._names = ()
        self._columns = 0
        self.checks = []
        self.setAccessibleName(title)
        self.setMinimumWidth(60)
        self._ticks = QtWidgets.QWidget()
        self._grid = QtWidgets.QGridLayout(self._ticks)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(WIDE_GAP)
        self._grid.setVerticalSpacing(GAP)
        self._build_list()
        box = QtWidgets.QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(GAP)
        box.addWidget(self._ticks)
        box.addWidget(self._long)

    def _build_list(self):
        self.filter = QtWidgets.QLineEdit()
        self.filter.setPlaceholderText(tr("Filter"))
        self.filter.setAccessibleName(tr("Filter"))
        self.filter.setClearButtonEnabled(True)
        self.filter.setMinimumWidth(60)
        self.filter.textChanged.connect(self._hide_others)
        self.all = fields.button(tr("All"), lambda: self._tick_shown(True), tip=tr("Tick all that are shown"))
        self.none = fields.button(tr("None"), lambda: self._tick_shown(False), tip=tr("Untick all that are shown"))
        self.list = QtWidgets.QListWidget()
        self.list.setProperty("look", "list")
        self.list.setAccessibleName(self._title)
        self.list.setUniformItemSizes(True)
        self.list.setTextElideMode(QtCore.Qt.TextElideMode.ElideMiddle)
        self.list.setHorizontalScrollBarPolicy(QtCore.Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemChanged.connect(self._tell)
        self.count = fields.label("", "muted")
        self._long = QtWidgets.QWidget()
        head = fields.row(self.filter, self.all, self.none)
        head.setStretch(0, 1)
        box = QtWidgets.QVBoxLayout(self._long)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(GAP)
        box.addLayout(head)
        box.addWidget(self.list)
        box.addWidget(self.count)

    # -- names

    def show_names(self, names, chosen):
        """Offer other names.

        Args:
            names (iterable of str): In their order.
            chosen (iterable of str): The ticked ones.
        """
        names, chosen = tuple(names), set(chosen)
        if names == self._names:
            self.choose(chosen)
            return
        self._names = names
        is_long = len(names) > _MOST_TICKS
        for check in self.checks:
            self._grid.removeWidget(check)
            check.hide()
            check.deleteLater()
        self.checks = [] if is_long else [self._check(name, name in chosen) for name in names]
        self._columns = 0
        self._arrange()
        self.list.blockSignals(True)
        self.list.clear()
        for name in names if is_long else ():
            item = QtWidgets.QListWidgetItem(name, self.list)
            item.setFlags(QtCore.Qt.ItemFlag.ItemIsEnabled | QtCore.Qt.ItemFlag.ItemIsSelectable
                          | QtCore.Qt.ItemFlag.ItemIsUserCheckable)
            item.setToolTip(name)
            item.setSizeHint(QtCore.QSize(40, self.fontMetrics().height() + 6))
            item.setCheckState(_state(name in chosen))
        self.list.blockSignals(False)
        if is_long:
            self.list.setFixedHeight(max(20, self.list.sizeHintForRow(0)) * _ROWS + 6)
        self.filter.clear()
        self._ticks.setVisible(not is_long)
        self._long.setVisible(is_long)
        self._count()

    def _check(self, name, is_chosen):
        check = QtWidgets.QCheckBox(name.replace("&", "&&"))
        check.setAccessibleName(name)
        check.setToolTip(name)
        check.setMinimumWidth(20)  # Less than it needs: in a narrower panel they stand in fewer columns.
        check.setChecked(is_chosen)
        check.toggled.connect(self._tell)
        return check

    def names(self):
        """Return all that are offered."""
        return list(self._names)

    def chosen(self):
        """Return the ticked names, in their order."""
        if self.checks:
            return [name for name, check in zip(self._names, self.checks) if check.isChecked()]
        return [compat.text(item.text()) for item in self._items() if item.checkState() == _state(True)]

    def choose(self, names):
        """Tick these, and no others."""
        for name, check in zip(self._names, self.checks):
            check.setChecked(name in names)
        for item in self._items():
            item.setCheckState(_state(compat.text(item.text()) in names))

    def _items(self):
        return [self.list.item(row) for row in range(self.list.count())]

    def _tick_shown(self, is_chosen):
        self.list.blockSignals(True)
        for item in self._items():
            if not item.isHidden():
                item.setCheckState(_state(is_chosen))
        self.list.blockSignals(False)
        self._tell()

    def _hide_others(self, text):
        wanted = compat.text(text).strip().lower()
        for item in self._items():
            item.setHidden(wanted not in compat.text(item.text()).lower())

    def _tell(self, *_):
        self._count()
        self.changed.emit()

    def _count(self):
        self.count.setText(tr("{n} of {all} chosen", n=len(self.chosen()), all=len(self._names)))

    # -- room

    def resizeEvent(self, event):
        """See QWidget."""
        super(NamePicker, self).resizeEvent(event)
        self._arrange()

    def _arrange(self):
        """Put the ticks into as many columns as fit."""
        if not self.checks:
            return
        widest = max(check.sizeHint().width() for check in self.checks) + WIDE_GAP
        columns = max(1, min(len(self.checks), (self.width() + WIDE_GAP) // widest))
        if columns != self._columns:
            for column in range(self._columns + 1):
                self._grid.setColumnStretch(column, 0)
            self._columns = columns
            for place, check in enumerate(self.checks):
                self._grid.addWidget(check, place // columns, place % columns)
            self._grid.setColumnStretch(columns, 1)
            self.updateGeometry()


def _state(is_chosen):
    states = QtCore.Qt.CheckState
    return states.Checked if is_chosen else states.Unchecked
