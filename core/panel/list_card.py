"""A sentence in a box, with a list of files or nodes behind a button."""
from __future__ import absolute_import, division, print_function, unicode_literals

from . import fields
from .binding import QtWidgets, later
from .file_list import FileList
from .texts import tr
from .theme import GAP

#: Beyond these, they are only counted.
MOST_LISTED = 1000


class ListCard(QtWidgets.QFrame):
    """Hidden while there is nothing in it.

    Args:
        look (str): "warn" or "bad".
        name (str): Of what is listed, for those who hear it.
        tip (str, optional): Of the button.
        most_rows (int, optional): Higher lists are scrolled.
    """

    def __init__(self, look, name, tip="", most_rows=5):
        super(ListCard, self).__init__()
        self._most_rows = most_rows
        self.setProperty("box", look)
        self.text = fields.label("", look, wrap=True)
        font = self.text.font()
        font.setBold(True)
        self.text.setFont(font)
        self.toggle = fields.button(tr("Show"), self._toggle, tip=tip)
        self.list = FileList(self)
        self.list.setAccessibleName(name)
        self.list.hide()
        box = QtWidgets.QVBoxLayout(self)
        box.setContentsMargins(10, 6, 6, 6)
        box.setSpacing(GAP)
        head = fields.row(self.text, self.toggle)
        head.setStretch(0, 1)
        box.addLayout(head)
        box.addWidget(self.list)
        self.hide()

    def show_rows(self, text, rows, is_open=None):
        """Show some `schema.JobFile`s; none hides the card.

        Args:
            text (str): The sentence.
            rows (list of JobFile): What is listed.
            is_open (bool, optional): Whether the list is to be seen; as it was by default.
        """
        self.text.setText(text)
        self.setAccessibleName(text)
        self.list.model().show_files(None, rows)
        self.setVisible(bool(rows))
        if is_open is not None:
            self._open(is_open)
        self._fit()

    def resizeEvent(self, event):
        """See QWidget: rows have two lines where the list is narrow."""
        super(ListCard, self).resizeEvent(event)
        self._fit()

    def _fit(self):
        rows = min(self.list.model().rowCount(), self._most_rows)
        height = max(28, min(240, self.list.sizeHintForRow(0) * rows + 6)) if rows else 28
        if self.list.maximumHeight() != height:
            self.list.setFixedHeight(height)

    def _toggle(self):
        self._open(self.list.isHidden())

    def _open(self, is_open):
        self.list.setVisible(is_open)
        later(self._fit)  # When it has got its width.
        self.toggle.setText(tr("Hide") if is_open else tr("Show"))
