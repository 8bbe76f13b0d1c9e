"""Settings: account, farm, transfers, folders. What the studio has locked is shown as such."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import os

from .. import compat, settings as settings_module
from ..jobs.schema import DONE, LIVE
from . import drawing, fields, mapped, orders, speeds
from .binding import QtCore, QtWidgets, restyle
from .texts import LANGUAGES, sentence, tr
from .theme import GAP, WIDE_GAP

_MOST_WIDTH = 760
_MOST_FARM_BYTES = 1 << 16

#: What a local farm's farm.json tells of an account.
_OF_FARM = ("domain", "protocol", "access_id", "access_key")

#: Fields in which something wrong can be typed.
_CHECKED = ("max_speed", "keep_jobs_days", "path_mapping")


class SettingsTab(QtWidgets.QWidget):
    """Fields for the user's own settings file.

    Args:
        desk (window.Desk): What all tabs share.
    """

    def __init__(self, desk):
        super(SettingsTab, self).__init__()
        self._desk = desk
        self._fields = {}  # Name -> (read, show, widget)
        self._notes = {}
        self._said = {}  # Name -> what stands below the field while nothing is wrong, and its look.
        self._shown = {}
        self._asked = None
        self._build()
        self.show_settings()

    # -- build

    def _build(self):
        inner = QtWidgets.QWidget()
        inner.setMaximumWidth(_MOST_WIDTH)
        self._column = QtWidgets.QVBoxLayout(inner)
        self._column.setContentsMargins(WIDE_GAP, WIDE_GAP, WIDE_GAP, WIDE_GAP)
        self._column.setSpacing(WIDE_GAP)
        self._build_account()
        self._build_transfers()
        self._build_folders()
        self._build_panel()
        self._column.addStretch(1)
        area = fields.scrolled(inner)
        self.hint = fields.label("", "muted", wrap=True, name="settings_hint")
        self.revert = fields.button(tr("Revert"), self._revert, tip=tr("Forget what was changed here"))
        self.save_button = fields.button(tr("Save"), self.save, look="go", name="save_settings")
        foot = fields.Foot(self.hint, [self.revert, self.save_button])
        whole = QtWidgets.QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(area, 1)
        whole.addWidget(fields.line())
        whole.addWidget(foot)

    def _group(self, title):
        frame, box = fields.card(margin=12)
        box.addWidget(fields.label(title, "head"))
        grid = QtWidgets.QGridLayout()
        grid.setHorizontalSpacing(WIDE_GAP)
        grid.setVerticalSpacing(GAP)
        grid.setColumnStretch(1, 1)
        box.addLayout(grid)
        self._column.addWidget(frame)
        return grid, box

    def _add(self, grid, name, text, widget, read, show, note=""):
        row = grid.rowCount()
        label = fields.label(text, "muted")
        label.setBuddy(widget)
        label.setMinimumWidth(70)
        grid.addWidget(label, row, 0, QtCore.Qt.AlignmentFlag.AlignLeft | QtCore.Qt.AlignmentFlag.AlignVCenter)
        grid.addWidget(widget, row, 1)
        said = fields.label(note, "muted", wrap=True)
        said.setVisible(bool(note))
        grid.addWidget(said, row + 1, 1)
        self._fields[name] = read, show, widget
        self._notes[name] = said, note

    def _line(self, grid, name, text, note="", placeholder="", hidden=False):
        edit = QtWidgets.QLineEdit()
        edit.setAccessibleName(text)
        edit.setObjectName("setting_" + name)
        edit.setPlaceholderText(placeholder)
        edit.setMinimumWidth(60)
        edit.setToolTip(note)
        if hidden:
            edit.setEchoMode(QtWidgets.QLineEdit.EchoMode.Password)
        edit.textChanged.connect(self._touch)
        self._add(grid, name, text, edit, lambda: compat.text(edit.text()).strip() or None,
                  lambda value: edit.setText("" if value is None else "%s" % value), note)
        return edit

    def _choice(self, grid, name, text, choices, note=""):
        box = QtWidgets.QComboBox()
        box.setAccessibleName(text)
        box.setObjectName("setting_" + name)
        box.setToolTip(note or text)
        box.setSizeAdjustPolicy(QtWidgets.QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(6)
        for value, shown in choices:
            box.addItem(shown, value)
        box.currentIndexChanged.connect(self._touch)

        def show(value):
            place = box.findData("%s" % value)
            if place < 0:
                box.addItem("%s" % value, "%s" % value)
                place = box.count() - 1
            box.setCurrentIndex(place)
        self._add(grid, name, text, box, lambda: box.itemData(box.currentIndex()), show, note)
        return box

    def _lines(self, grid, name, text, note, placeholder):
        edit = QtWidgets.QPlainTextEdit()
        edit.setAccessibleName(text)
        edit.setObjectName("setting_" + name)
        edit.setPlaceholderText(placeholder)
        edit.setToolTip(note)
        edit.setTabChangesFocus(True)
        edit.setLineWrapMode(QtWidgets.QPlainTextEdit.LineWrapMode.NoWrap)
        edit.setFixedHeight(edit.fontMetrics().lineSpacing() * 3 + 14)
        edit.textChanged.connect(self._touch)
        self._add(grid, name, text, edit, lambda: mapped.pairs_of(compat.text(edit.toPlainText())) or None,
                  lambda value: edit.setPlainText(mapped.text_of(value)), note)

    def _path(self, grid, name, text, kind, note="", placeholder=""):
        field = fields.PathField(text, self._desk.color, kind, placeholder=placeholder)
        field.edit.setObjectName("setting_" + name)
        field.edit.textChanged.connect(self._touch)
        self._add(grid, name, text, field, lambda: field.text() or None, lambda value: field.setText(value or ""), note)
        return field

    def _build_account(self):
        grid, box = self._group(tr("Account and farm"))
        self._line(grid, "domain", tr("Farm"), placeholder="task.renderbus.com")
        self._line(grid, "access_id", tr("Access id"))
        self.key = self._line(grid, "access_key", tr("Access key"), hidden=True)
        self._choice(grid, "protocol", tr("Protocol"), (
            ("https", "https"), ("http", tr("http (only a farm on this computer)"))))
        self._line(grid, "platform", tr("Zone"), placeholder="2")
        self._line(grid, "proxy", tr("Proxy"), placeholder="http://proxy:3128")
        row = grid.rowCount()
        grid.addWidget(fields.label(tr("Local farm"), "muted"), row, 0)
        self.test_button = fields.button(tr("Test"), self.test, name="test_account",
                                         tip=tr("Save, and try to log in with this account"))
        self.test_result = fields.label("", "muted", wrap=True, name="test_result")
        tested = fields.row(self.test_button, self.test_result)
        tested.setStretch(1, 1)
        box.addLayout(tested)
        self.local = fields.PathField(tr("Farm on this computer"), self._desk.color,
                                      placeholder=tr("Folder of a local farm"))
        self.local.changed.connect(self.use_local_farm)
        self.local.edit.textChanged.connect(self._touch)
        self.local.edit.setToolTip(tr("A farm that runs on this computer: its folder fills in the fields above"))
        grid.addWidget(self.local, row, 1)

    def _build_transfers(self):
        grid, _ = self._group(tr("Transfers"))
        self._choice(grid, "threads", tr("Threads"), [("auto", tr("auto"))] + [("%d" % n, "%d" % n) for n in (
            1, 2, 4, 8, 16, 32, 64)], tr("Files at a time in each transfer; auto adapts to the line."))
        self._line(grid, "max_speed", tr("Speed limit"), tr(
            "KB/s for all transfers together, or a timetable: 09:00-19:00 2048, else 0 (0 is no limit)."), tr("none"))
        self._choice(grid, "max_jobs", tr("At a time"), [("%d" % n, "%d" % n) for n in (1, 2, 3, 4, 6, 8)],
                     tr("Transfers that run at a time; the others wait."))
        self._check(grid, "resume_on_open", tr("Interrupted"), tr("Resume"),
                    tr("Interrupted transfers go on when this panel is opened."))

    def _check(self, grid, name, text, shown, note):
        box = QtWidgets.QCheckBox(shown)
        box.setObjectName("setting_" + name)
        box.setAccessibleName(note)
        box.setToolTip(note)
        box.toggled.connect(self._touch)
        self._add(grid, name, text, box, lambda: bool(box.isChecked()), lambda value: box.setChecked(bool(value)),
                  note)

    def _build_folders(self):
        grid, _ = self._group(tr("Folders and interpreter"))
        self._path(grid, "local_path", tr("Downloads"), "folder", tr("Where frames land if a scene names no folder."))
        self._path(grid, "interpreter", tr("Interpreter"), "file", tr(
            "A Python that does the transfers, where this program's own cannot."), tr("This program's own"))
        self._line(grid, "keep_jobs_days", tr("Keep (days)"),
                   tr("Transfers that have ended are forgotten after so many days."))
        self._lines(grid, "path_mapping", tr("Path mapping"), tr(
            "One folder a line, on Windows and elsewhere: P:/ = /mnt/projects. The output folder of a scene of "
            "another system is found by it."), "P:/ = /mnt/projects")
        row = grid.rowCount()
        self.storage = fields.label("", wrap=True, name="setting_storage")
        self.storage.setTextInteractionFlags(QtCore.Qt.TextInteractionFlag.TextSelectableByMouse)
        top = QtCore.Qt.AlignmentFlag.AlignTop
        grid.addWidget(fields.label(tr("Storage"), "muted"), row, 0, top)
        grid.addWidget(self.storage, row, 1)

    def _build_panel(self):
        grid, _ = self._group(tr("This panel"))
        self.language = QtWidgets.QComboBox()
        self.language.setAccessibleName(tr("Language"))
        self.language.setToolTip(tr("Language"))
        self.language.setSizeAdjustPolicy(QtWidgets.QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.language.setMinimumContentsLength(6)
        for name, text in LANGUAGES:
            self.language.addItem(tr(text), name)
        self.language.setCurrentIndex(max(0, self.language.findData(self._desk.memory.get("language", "auto"))))
        self.language.activated.connect(self._set_language)
        row = grid.rowCount()
        grid.addWidget(fields.label(tr("Language"), "muted"), row, 0)
        grid.addWidget(self.language, row, 1)

    # -- show and save

    def show_settings(self):
        """Show what holds now."""
        settings = self._desk.settings()
        if settings is None:
            self.hint.setText(tr("The settings file cannot be read."))
            return
        for name, (_, show, widget) in self._fields.items():
            origin, value = settings.origin(name)
            if name == "access_key":
                self.key.setPlaceholderText(tr("kept; type to replace it") if value
                                            else tr("secret half of the account"))
                value = None
            show(value)
            self._show_origin(name, origin, widget)
        self._shown = self._read()
        self._show_storage(settings)
        self._touch()

    def _show_storage(self, settings):
        origin, value = settings.origin("storage")
        text = mapped.storage_text(value) or tr("As the farm says")
        if value:
            text += "\n" + (tr("Set by your studio") if origin.startswith("site") else tr(
                "Set in {file}", file=settings_module.default_path()))
        self.storage.setText(text)

    def _show_origin(self, name, origin, widget):
        said, note = self._notes[name]
        is_locked, is_variable = origin == "site (locked)", origin == "environment"
        widget.setEnabled(not (is_locked or is_variable))
        text = tr("Set by your studio") if is_locked else tr("Set by an environment variable of this computer") if (
            is_variable) else note
        self._said[name] = text, "warn" if is_locked or is_variable else "muted"
        self._mark(name, "")
        edit = widget if isinstance(widget, QtWidgets.QLineEdit) else getattr(widget, "edit", None)
        if edit is not None and is_locked and not edit.property("has_lock"):
            edit.setProperty("has_lock", True)
            edit.addAction(drawing.icon("lock", self._desk.color), QtWidgets.QLineEdit.ActionPosition.TrailingPosition)

    def _read(self):
        return dict((name, read()) for name, (read, _, widget) in self._fields.items() if widget.isEnabled())

    def changes(self):
        """Return what differs from what was shown, as it goes into the file."""
        found = dict((name, value) for name, value in self._read().items() if value != self._shown.get(name))
        for name in ("max_jobs", "keep_jobs_days"):
            if "%s" % found.get(name, "") != "" and ("%s" % found.get(name)).isdigit():
                found[name] = int(found[name])
        return found

    @staticmethod
    def _wrong(changes):
        """Return what cannot be saved: ``(name, sentence)``, from the top down."""
        found = []
        if changes.get("max_speed") and not speeds.is_readable(changes["max_speed"]):
            found.append(("max_speed", tr(
                "The speed limit is KB/s, e.g. 2048, or a timetable: 09:00-19:00 2048, else 0.")))
        days = changes.get("keep_jobs_days")
        if days is not None and not isinstance(days, int):
            found.append(("keep_jobs_days", tr("Days are a whole number.")))
        if changes.get("path_mapping") and not mapped.is_usable(changes["path_mapping"]):
            found.append(("path_mapping", tr(
                "Each line of the path mapping is a path of Windows and one of Linux or macOS, with = between: "
                "P:/ = /mnt/projects.")))
        return found

    def _mark(self, name, wrong):
        """Say below a field what is wrong with it, and what it is for where nothing is."""
        text, look = (wrong, "bad") if wrong else self._said[name]
        said = self._notes[name][0]
        said.setText(text)
        said.setVisible(bool(text))
        restyle(said, look=look)
        restyle(self._fields[name][2], is_wrong=bool(wrong))

    def _revert(self):
        self.local.setText("")
        self._say("", "muted")
        self.show_settings()

    def _touch(self, *_):
        if not self._shown:
            return
        changes = self.changes()
        wrong = self._wrong(changes)
        for name in _CHECKED:
            self._mark(name, dict(wrong).get(name, ""))
        self.save_button.setEnabled(bool(changes) and not wrong)
        self.revert.setEnabled(bool(changes or self.local.text()))
        text = tr("Not saved yet.") if changes else ""
        if wrong:
            text = wrong[0][1] if len(wrong) == 1 else tr("{n} fields cannot be saved: they are marked.", n=len(wrong))
        self.hint.setText(text)
        restyle(self.hint, look="bad" if wrong else "muted")

    def save(self):
        """Write what was changed. Returns False where that did not work."""
        changes = self.changes()
        wrong = self._wrong(changes)
        if wrong:
            self._touch()
            return False
        if changes and not self._desk.save_settings(changes):
            return False
        self.key.clear()
        self.show_settings()
        self.hint.setText(tr("Saved.") if changes else "")
        return True

    # -- act

    def test(self):
        """Save, and try the account."""
        if not self.save():
            return
        self._say(tr("Logging in ..."), "muted")
        self.test_button.setEnabled(False)
        self._asked = self._desk.link.ask(orders.login(), self._answer)
        if self._asked is None:
            self._say("", "muted")
            self.test_button.setEnabled(True)

    def _answer(self, job):
        if job.state in LIVE:
            if job.message:
                self._say(sentence(job.message), "muted")
            return
        self.test_button.setEnabled(True)
        if job.state != DONE and orders.result(job).get("is_without_account"):
            self._say(tr("Fill in Access id and Access key, or choose a local farm."), "bad")
        else:
            self._say(sentence(job.message), "good" if job.state == DONE else "bad")

    def _say(self, text, look):
        self.test_result.setText(text)
        restyle(self.test_result, look=look)

    def use_local_farm(self, folder):
        """Fill in the account of a farm that runs on this computer."""
        try:
            with io.open(compat.fs(os.path.join(folder, "farm.json")), encoding="utf-8") as source:
                found = compat.parse_json(source.read(_MOST_FARM_BYTES))
            values = dict((name, compat.text(found[name])) for name in _OF_FARM)
        except (IOError, OSError, ValueError, KeyError, TypeError):
            self._say(tr("There is no local farm in {folder}.", folder=folder), "bad")
            return
        for name, value in values.items():
            if self._fields[name][2].isEnabled():
                self._fields[name][1](value)
        self._say(tr("Found. Test it: that saves it as well."), "muted")

    # -- a panel that is built anew

    def typed(self):
        """Return what was typed and not saved, for `take`."""
        return self.local.text(), dict(
            (name, value) for name, value in self._read().items() if value != self._shown.get(name))

    def take(self, typed):
        """Show what another tab had."""
        self.local.setText(typed[0])
        for name, value in typed[1].items():
            if self._fields[name][2].isEnabled():
                self._fields[name][1](value)

    def leave(self):
        """Let go of what goes on: this tab is about to be deleted."""
        if self._asked is not None:
            self._desk.link.forget(self._asked)

    def _set_language(self, place):
        self._desk.set_language(self.language.itemData(place))
