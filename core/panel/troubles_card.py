"""What of the scene could not be read: it stops nothing, but it is said."""
from __future__ import absolute_import, division, print_function, unicode_literals

from ..jobs.schema import JobFile
from . import fields
from .binding import QtWidgets, later
from .file_list import FileList
from .texts import number_of, tr
from .theme import GAP

#: Beyond these, they are only counted.
_MOST_LISTED = 1000


class TroublesCard(QtWidgets.QFrame):
    """A sentence, and the list of nodes and reasons behind a button."""

    def __init__(self):
        super(TroublesCard, self).__init__()
        self.setProperty("box", "warn")
        self.text = fields.label("", "warn", wrap=True, name="troubles_text")
        font = self.text.font()
        font.setBold(True)
        self.text.setFont(font)
        self.toggle = fields.button(tr("Show"), self._toggle, name="show_troubles",
                                    tip=tr("What these nodes name is not sent, unless it is added in another way"))
        self.list = FileList()
        self.list.setAccessibleName(tr("Nodes that could not be read"))
        self.list.hide()
        box = QtWidgets.QVBoxLayout(self)
        box.setContentsMargins(10, 6, 6, 6)
        box.setSpacing(GAP)
        head = fields.row(self.text, self.toggle)
        head.setStretch(0, 1)
        box.addLayout(head)
        box.addWidget(self.list)
        self.hide()

    def show_troubles(self, troubles):
        """Show some `snapshot.Trouble`s; none hides the card."""
        text = number_of(len(troubles), "unread node")
        self.text.setText(text)
        self.setAccessibleName(text)
        rows = [JobFile(None, trouble.node or tr("The scene"), "warning", 0, 0, trouble.reason)
                for trouble in troubles[:_MOST_LISTED]]
        self.list.model().show_files(None, rows)
        self.setVisible(bool(troubles))
        self._fit()

    def resizeEvent(self, event):
        """See QWidget: rows have two lines where the list is narrow."""
        super(TroublesCard, self).resizeEvent(event)
        self._fit()

    def _fit(self):
        rows = min(self.list.model().rowCount(), 5)
        height = self.list.sizeHintForRow(0) * rows + 6 if rows else 0
        if self.list.maximumHeight() != max(40, min(220, height)):
            self.list.setFixedHeight(max(40, min(220, height)))

    def _toggle(self):
        self.list.setVisible(not self.list.isVisible())
        later(self._fit)  # When it has got its width.
        self.toggle.setText(tr("Hide") if self.list.isVisible() else tr("Show"))
