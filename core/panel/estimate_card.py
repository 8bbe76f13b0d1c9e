"""What would be sent: numbers, and missing files first."""
from __future__ import absolute_import, division, print_function, unicode_literals

from ..jobs.schema import DONE, LIVE, JobFile
from . import fields, formats, job_texts, orders
from .binding import QtCore, QtWidgets, restyle
from .list_card import ListCard
from .texts import number_of, sentence, tr
from .theme import GAP

#: So many are shown at once; more stand behind a button.
_FEW_NOTES = 3


class Tile(QtWidgets.QWidget):
    """A number and what it counts."""

    def __init__(self, caption, parent):
        super(Tile, self).__init__(parent)
        self.value = fields.label("", "head")
        font = self.value.font()
        font.setPointSizeF(font.pointSizeF() * 1.45 if font.pointSizeF() > 0 else 14)
        self.value.setFont(font)
        self.caption = fields.label(caption, "muted")
        for part in (self.value, self.caption):
            part.setMinimumWidth(20)  # Less than it needs: in a narrower panel tiles stand in fewer columns.
        box = QtWidgets.QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.value)
        box.addWidget(self.caption)

    def show_value(self, value, caption, look="head"):
        """Show a number."""
        self.value.setText(value)
        self.caption.setText(caption)
        self.setAccessibleName("%s %s" % (value, caption))
        restyle(self.value, look=look)


class EstimateCard(QtWidgets.QFrame):
    """Shows an estimate job, or what keeps it from being asked."""

    def __init__(self, color):
        super(EstimateCard, self).__init__()
        self.setProperty("box", "card")
        self._reasons = {}  # Path -> why it cannot be sent, all of it.
        self.message = fields.label(wrap=True, name="estimate_message")
        self._tiles_box = QtWidgets.QWidget(self)
        self.tiles = [Tile("", self._tiles_box) for _ in range(3)]
        self._grid = QtWidgets.QGridLayout(self._tiles_box)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(28)
        self._grid.setVerticalSpacing(GAP)
        self._columns = 0
        self.warning = ListCard("bad", tr("Missing files"), most_rows=6)
        self.warning_text, self.missing, self.toggle = self.warning.text, self.warning.list, self.warning.toggle
        self.warning_text.setObjectName("missing_text")
        self.toggle.setObjectName("show_missing")
        self.reason = fields.label("", wrap=True, name="missing_reason")
        self.reason.setTextInteractionFlags(QtCore.Qt.TextInteractionFlag.TextSelectableByMouse)
        self.reason.hide()
        self.warning.layout().addWidget(self.reason)
        self.missing.selectionModel().currentChanged.connect(self._show_reason)
        self.toggle.clicked.connect(lambda *_: self._show_reason())
        self.notes = ListCard("warn", tr("Worth a look"))
        self.notes.text.setObjectName("notes_text")
        self.looked = fields.label("", "muted", wrap=True, name="looked_at")
        self.looked.hide()
        whole = QtWidgets.QVBoxLayout(self)
        whole.setContentsMargins(12, 10, 12, 10)
        whole.setSpacing(GAP + 2)
        whole.addWidget(self.warning)
        whole.addWidget(self._tiles_box)
        whole.addWidget(self.message)
        whole.addWidget(self.notes)
        whole.addWidget(self.looked)
        self._arrange()
        self.say(tr("Choose a scene: what will be sent is shown here before anything happens."))

    def resizeEvent(self, event):
        """See QWidget."""
        super(EstimateCard, self).resizeEvent(event)
        self._arrange()

    def _arrange(self):
        widest = max(tile.sizeHint().width() for tile in self.tiles) + self._grid.horizontalSpacing()
        columns = max(1, min(3, (self.width() - 24 + self._grid.horizontalSpacing()) // widest))
        if columns != self._columns:
            self._columns = columns
            for place, tile in enumerate(self.tiles):
                self._grid.addWidget(tile, place // columns, place % columns)
            for place in range(4):
                self._grid.setColumnStretch(place, 1 if place == columns - 1 else 0)

    def say(self, text, look="muted"):
        """Show a sentence alone."""
        self.message.setText(text)
        restyle(self.message, look=look)
        self.message.show()
        self._tiles_box.hide()
        self.warning.hide()
        self.notes.hide()

    def show_job(self, job):
        """Show an estimate as it goes, and at its end."""
        if job.state in LIVE:
            self.say(sentence(job.message) or tr("Looking at the files ..."))
        elif job.state != DONE:
            self.say(job_texts.said(job) or tr("The files could not be looked at."), "bad")
        else:
            found = orders.result(job)
            self._show_numbers(found)
            self._show_missing(found, orders.lacking(job))
            self._show_notes(found)

    def _show_numbers(self, found):
        files, there = found.get("files", 0), found.get("there_files", 0)
        seconds = found.get("seconds")
        to_send, present, duration = self.tiles
        to_send.show_value(formats.size(found.get("bytes", 0)), tr("to send, {files}", files=formats.files(files)))
        present.show_value(formats.size(found.get("there_bytes", 0)),
                           tr("already there, {files}", files=formats.files(there)))
        if seconds is not None and files:
            duration.show_value(formats.left(max(1, seconds)), tr("at your last rate"))
        duration.setVisible(seconds is not None and bool(files))
        self._arrange()
        self._tiles_box.show()
        self.message.setVisible(not files and not found.get("missing_files"))
        self.message.setText(tr("Everything is on the farm already: only the scene is submitted."))
        restyle(self.message, look="good")

    def _show_missing(self, found, lacking):
        rows = [JobFile(None, row.get("path", ""), row.get("kind") or "missing", 0, 0, _owner(row))
                for row in _rows(found, "missing")]
        self.warning.show_rows(number_of(lacking, "missing file"), rows, is_open=True)
        self.warning.setVisible(bool(lacking))
        self._reasons = dict((row.get("path", ""), sentence(row.get("reason") or ""))
                             for row in _rows(found, "missing"))
        self._show_reason()

    def _show_reason(self, *_):
        """Tell all of the file that is picked: a line of the list has not room for each frame."""
        model, index = self.missing.model(), self.missing.currentIndex()
        if not index.isValid() and model.rowCount() == 1:
            index = model.index(0, 0)
        text = self._reasons.get(index.data(), "") if index.isValid() else ""
        self.reason.setText(text)
        self.reason.setVisible(bool(text) and not self.missing.isHidden())

    def _show_notes(self, found):
        rows = [JobFile(None, row.get("path", ""), "warning", 0, 0, sentence(row.get("reason") or ""))
                for row in _rows(found, "notes")]
        self.notes.show_rows(number_of(len(rows), "note"), rows, is_open=len(rows) <= _FEW_NOTES)

    def tell_looked(self, text):
        """Say what of the scene was looked at; "" where the host has told its files."""
        self.looked.setText(text)
        self.looked.setVisible(bool(text))


def _rows(found, name):
    return [row for row in found.get(name) or () if isinstance(row, dict)]


def _owner(row):
    """Return what names a file, and why it cannot be sent: "file12.fileTextureName, and 3 more: Frames 7-9 ..."."""
    name = ".".join(part for part in (row.get("node"), row.get("attribute")) if part)
    if name and row.get("count", 1) > 1:
        name = tr("{name}, and {n} more", name=name, n=row["count"] - 1)
    reason = row.get("reason") or ""
    # That it is missing says its mark already.
    if name and row.get("kind") != "refused" and reason.startswith("%s is missing" % row.get("path")):
        return name
    return "%s%s" % (name + ": " if name else "", sentence(reason))
