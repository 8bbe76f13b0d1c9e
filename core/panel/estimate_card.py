"""What would be sent: numbers, and missing files first."""
from __future__ import absolute_import, division, print_function, unicode_literals

from .. import words
from ..jobs.schema import DONE, LIVE, JobFile
from . import fields, formats, orders
from .binding import QtWidgets, restyle
from .file_list import FileList
from .texts import number_of, sentence, tr
from .theme import GAP


class Tile(QtWidgets.QWidget):
    """A number and what it counts."""

    def __init__(self, caption):
        super(Tile, self).__init__()
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
        self.message = fields.label(wrap=True, name="estimate_message")
        self.tiles = [Tile("") for _ in range(3)]
        self._tiles_box = QtWidgets.QWidget()
        self._grid = QtWidgets.QGridLayout(self._tiles_box)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(28)
        self._grid.setVerticalSpacing(GAP)
        self._columns = 0
        self.warning = QtWidgets.QFrame()
        self.warning.setProperty("box", "bad")
        self.warning_text = fields.label("", "bad", wrap=True, name="missing_text")
        self.toggle = fields.button(tr("Show"), self._toggle, name="show_missing")
        self.missing = FileList()
        self.missing.setAccessibleName(tr("Missing files"))
        self.missing.setMinimumHeight(96)
        self.missing.setMaximumHeight(220)
        box = QtWidgets.QVBoxLayout(self.warning)
        box.setContentsMargins(10, 6, 6, 6)
        font = self.warning_text.font()
        font.setBold(True)
        self.warning_text.setFont(font)
        head = fields.row(self.warning_text, self.toggle)
        head.setStretch(0, 1)
        box.addLayout(head)
        box.addWidget(self.missing)
        whole = QtWidgets.QVBoxLayout(self)
        whole.setContentsMargins(12, 10, 12, 10)
        whole.setSpacing(GAP + 2)
        whole.addWidget(self.warning)
        whole.addWidget(self._tiles_box)
        whole.addWidget(self.message)
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

    def _toggle(self):
        self.missing.setVisible(not self.missing.isVisible())
        self.toggle.setText(tr("Hide") if self.missing.isVisible() else tr("Show"))

    def say(self, text, look="muted"):
        """Show a sentence alone."""
        self.message.setText(text)
        restyle(self.message, look=look)
        self.message.show()
        self._tiles_box.hide()
        self.warning.hide()

    def show_job(self, job):
        """Show an estimate as it goes, and at its end."""
        if job.state in LIVE:
            self.say(sentence(job.message) or tr("Looking at the files ..."))
        elif job.state != DONE:
            self.say(sentence(job.message) or tr("The files could not be looked at."), "bad")
        else:
            found = orders.result(job)
            self._show_numbers(found)
            self._show_missing(found, orders.lacking(job))

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
        self.warning.setVisible(bool(lacking))
        if not lacking:
            return
        self.warning_text.setText(number_of(lacking, "missing file"))
        rows = [JobFile(None, row.get("path", ""), row.get("kind") or "missing", 0, 0, _owner(row))
                for row in found.get("missing", ()) if isinstance(row, dict)]
        self.missing.model().show_files(None, rows)
        height = self.missing.sizeHintForRow(0) * min(len(rows), 6) + 6 if rows else 0
        self.missing.setFixedHeight(max(40, min(240, height)))
        self.missing.show()
        self.toggle.setText(tr("Hide"))
        self.setAccessibleName("%s %s" % (words.count(lacking), tr("Missing files")))


def _owner(row):
    """Return what names a file: "file12.fileTextureName, and 3 more", or why it cannot be sent."""
    name = ".".join(part for part in (row.get("node"), row.get("attribute")) if part)
    if name and row.get("count", 1) > 1:
        name = tr("{name}, and {n} more", name=name, n=row["count"] - 1)
    if row.get("kind") == "refused" or not name:
        return "%s%s" % (name + ": " if name else "", sentence(row.get("reason") or ""))
    return name


