"""The one question before a scene with unsaved changes is sent; nothing is modal."""
from __future__ import absolute_import, division, print_function, unicode_literals

from . import fields
from .binding import QtWidgets, Signal
from .texts import tr
from .theme import GAP

SAVE, COPY = "save", "copy"


class UnsavedCard(QtWidgets.QFrame):
    """Asks, and is gone with the answer."""

    #: `SAVE`, `COPY`, or "" where nothing is to be sent.
    answered = Signal(str)

    def __init__(self):
        super(UnsavedCard, self).__init__()
        self.setProperty("box", "warn")
        self.setObjectName("unsaved_card")
        self.text = fields.label("", wrap=True, name="unsaved_text")
        self.save = fields.button(tr("Save and submit"), lambda: self._answer(SAVE), look="go", name="unsaved_save",
                                  tip=tr("Save the scene where it is, then send it"))
        self.copy = fields.button(tr("Submit a copy"), lambda: self._answer(COPY), name="unsaved_copy",
                                  tip=tr("Send the scene as it is now; your own file stays as it was saved"))
        self.cancel = fields.button(tr("Cancel"), lambda: self._answer(""), name="unsaved_cancel")
        self._grid = QtWidgets.QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(GAP)
        self._columns = 0
        box = QtWidgets.QVBoxLayout(self)
        box.setContentsMargins(12, 10, 12, 12)
        box.setSpacing(GAP + 4)
        box.addWidget(self.text)
        box.addLayout(self._grid)
        self._arrange(3)
        self.hide()

    def ask(self, name):
        """Show the question.

        Args:
            name (str): Of the scene.
        """
        text = tr("{scene} has changes that are not saved. What shall be sent?", scene=name)
        self.text.setText(text)
        self.setAccessibleName(text)
        self.show()
        self.save.setFocus()

    def _answer(self, answer):
        self.hide()
        self.answered.emit(answer)

    def resizeEvent(self, event):
        """See QWidget."""
        super(UnsavedCard, self).resizeEvent(event)
        wanted = sum(button.sizeHint().width() + GAP for button in (self.save, self.copy, self.cancel)) + 24
        self._arrange(3 if self.width() >= wanted else 1)

    def _arrange(self, columns):
        if columns == self._columns:
            return
        self._columns = columns
        for place, button in enumerate((self.save, self.copy, self.cancel)):
            self._grid.addWidget(button, place // columns, place % columns)
        self._grid.setColumnStretch(3, 1 if columns == 3 else 0)
        self.updateGeometry()
