"""Submit: the scene, what will be sent, one button."""
from __future__ import absolute_import, division, print_function, unicode_literals

from .. import compat
from ..errors import SyncError
from ..jobs.schema import LIVE
from . import fields, formats, orders, scene as scene_module
from .binding import QtCore, QtWidgets
from .estimate_card import EstimateCard
from .file_picker import FilePicker
from .reading import Reading
from .render_form import RenderForm, add_row, frames_are_readable
from .texts import number_of, tr
from .theme import GAP, WIDE_GAP
from .troubles_card import TroublesCard
from .unsaved_card import SAVE, UnsavedCard

_SETTLE_S = 0.5
_MOST_WIDTH = 940

_SCENES = "Scenes (*.ma *.mb *.hip *.hiplc *.hipnc *.max *.blend);;All files (*)"


class SubmitTab(QtWidgets.QWidget):
    """The scene of the host, or one that is chosen here.

    Args:
        desk (window.Desk): What all tabs share.
    """

    def __init__(self, desk):
        super(SubmitTab, self).__init__()
        self._desk = desk
        self._link = desk.link
        self._host = desk.host
        self._told = scene_module.NOTHING
        self._scan = None
        self._estimate = self._lacking = self._checked = None
        self._changed_at = None
        self._agreed = None  # A submission waits, for as few missing files as these.
        self._asked = 0
        self._answer = ""
        self._is_stale = True
        self._build()
        self._reading = Reading(self)
        self._reading.moved.connect(self._count)
        self._reading.ended.connect(self._scanned)
        self._link.beat.connect(self._beat)
        if self._host.chooses_scene:
            self.form.show_told(self._told, True)
            self._touch(soon=False)

    # -- build

    def _build(self):
        color = self._desk.color
        form = QtWidgets.QWidget()
        grid = QtWidgets.QGridLayout(form)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(WIDE_GAP)
        grid.setVerticalSpacing(GAP + 2)
        grid.setColumnStretch(1, 1)
        self.rescan_button = fields.icon_button("retry", tr("Check again"), self.rescan, color,
                                                tr("Look at the scene and its files again (F5)"), "rescan")
        self.rescan_button.setText(tr("Check again"))
        if self._host.chooses_scene:
            self.scene = fields.PathField(tr("Scene"), color, "file", _SCENES, tr("Choose or drop a scene file"))
            self.scene.changed.connect(self._scene_chosen)
        else:
            self.scene = fields.ElidedLabel(look="head")
        add_row(grid, tr("Scene"), self.scene, self.rescan_button)
        self.scene_note = fields.label("", "warn", wrap=True, name="scene_note")
        self.scene_note.hide()
        grid.addWidget(self.scene_note, grid.rowCount(), 1)
        self.files = FilePicker(color) if self._host.chooses_scene else None
        if self.files is not None:
            self.files.changed.connect(self._touch)
            add_row(grid, tr("Files"), self.files, top=True)
        self.form = RenderForm(grid, color, self._desk.memory)
        self.form.setParent(self)
        self.frames, self.output, self.layer_names = self.form.frames, self.form.output, self.form.layer_names
        self.form.changed.connect(self._show_buttons)
        self.frames.textChanged.connect(self._frames_typed)
        self.troubles_card = TroublesCard()
        self.estimate_card = EstimateCard(color)
        self.unsaved_card = UnsavedCard()
        self.unsaved_card.answered.connect(self._answered)
        self._lay_out(form)

    def _lay_out(self, form):
        inner = QtWidgets.QWidget()
        inner.setMaximumWidth(_MOST_WIDTH)
        column = QtWidgets.QVBoxLayout(inner)
        column.setContentsMargins(WIDE_GAP, WIDE_GAP, WIDE_GAP, WIDE_GAP)
        column.setSpacing(WIDE_GAP)
        for part in (form, self.troubles_card, self.estimate_card):
            column.addWidget(part)
        column.addStretch(1)
        area = fields.scrolled(inner)
        self.hint = fields.label("", "muted", wrap=True, name="submit_hint")
        self.anyway = fields.button(tr("Send anyway"), lambda: self._submit(self._lacking), look="warn",
                                    name="send_anyway", tip=tr("Submit without the missing files"))
        self.go = fields.button(tr("Submit and upload"), lambda: self._submit(0), look="go", name="submit")
        asked = fields.row(self.unsaved_card)
        asked.setContentsMargins(WIDE_GAP, GAP, WIDE_GAP, GAP + 2)
        whole = QtWidgets.QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(area, 1)
        whole.addLayout(asked)  # Beside the button that asks, whatever is scrolled to.
        whole.addWidget(fields.line())
        whole.addWidget(fields.Foot(self.hint, [self.anyway, self.go]))

    def resizeEvent(self, event):
        """See QWidget."""
        super(SubmitTab, self).resizeEvent(event)
        styles = QtCore.Qt.ToolButtonStyle
        self.rescan_button.setToolButtonStyle(
            styles.ToolButtonTextBesideIcon if self.width() >= 420 else styles.ToolButtonIconOnly)

    # -- the scene

    def rescan(self):
        """Ask the host for its scene again, and estimate."""
        self._checked = None
        if self._host.chooses_scene:
            self._touch(soon=False)
        else:
            self._read()

    def look_again(self):
        """Somebody asks for this tab anew: the scene may be another one by now."""
        if not self._host.chooses_scene and not self._reading.is_active and self._agreed is None:
            self.rescan()

    def _read(self):
        """Begin to read the host's scene."""
        self._is_stale = False
        self._forget()
        self._changed_at = None
        try:
            told, is_changed = scene_module.read(self._host), self._host.is_changed()
            is_new, self._told = told.path != self._told.path, told
            self.form.show_told(told, is_new)
            self.scene.setText(told.path or tr("The scene was never saved: save it first."))
            self.scene_note.setText(tr("It has changes that are not saved: you are asked what to send."))
            self.scene_note.setVisible(bool(told.path) and is_changed)
            self._scan = None if is_new else self._scan
            if told.path:
                self._reading.start(self._host.assets())
                self._count(0)
            else:
                self._reading.cancel()
                self.troubles_card.show_troubles(())
                self.estimate_card.say(tr("Save the scene, then check again."))
        except SyncError as error:
            self._reading.cancel()
            self._disarm()
            self.estimate_card.say(error.message, "bad")
        self._show_buttons()

    def _count(self, number):
        self.estimate_card.say(tr("Looking at the scene: {files} found", files=number_of(number, "file")) if number
                               else tr("Looking at the scene ..."))

    def _scanned(self, scan):
        self._scan = scan
        self.troubles_card.show_troubles(scan.troubles)
        if self._checked is not None and self._checked[:2] == (self._told, scan.files):
            # Nothing has changed since the files were looked at.
            self._lacking = self._checked[2]
            self.estimate_card.show_result(*self._checked[3:])
            self._go_on()
        else:
            self._ask()

    def stop(self):
        """Stop looking at the scene, and do not submit it. Returns whether there was anything to stop."""
        stopped = self._reading.cancel()
        if stopped:
            self._is_stale = True
            self.estimate_card.say(tr("Stopped. \"Check again\" looks at the scene anew."))
        return self._disarm() or stopped

    def choose_scene(self, path):
        """Take a scene file, as if the artist had chosen it."""
        self.scene.choose_path(path)

    def _scene_chosen(self, path):
        if path and not self.output.text():
            folder = path.replace("\\", "/").rpartition("/")[0]
            self.output.setText(folder + "/images" if folder else "")
        self._touch()

    def scene_path(self):
        """Return the path of the scene, "" where there is none."""
        return self.scene.text() if self._host.chooses_scene else self._told.path

    def _scene(self):
        """Return the `orders.Scene` as it stands in the fields."""
        common = {"path": self.scene_path(), "frames": self.form.range(), "layers": tuple(self.form.chosen_layers()),
                  "output_folder": self.output.text()}
        if self.files is None:
            return scene_module.as_order(self._host, self._told, self._scan, common, self.form.cameras.chosen())
        paths, folders, manifests = self.files.files()
        return orders.Scene(files=tuple({"path": path} for path in paths), folders=tuple(folders),
                            manifests=tuple(manifests), **common)

    # -- estimate

    def _touch(self, *_, **options):
        """What will be sent has changed."""
        self._forget()
        self._changed_at = compat.monotonic() - (0 if options.get("soon", True) else _SETTLE_S)
        if self.scene_path():
            self.estimate_card.say(tr("Looking at the files ..."))
        else:
            self._changed_at = None
            self.estimate_card.say(tr("Choose a scene: what will be sent is shown here before anything happens."))
        self._show_buttons()

    def _frames_typed(self, *_):
        # Only the files of sequences depend on it, and only a host names those.
        if self._scan is not None and not self._reading.is_active and any(
                found.kind == "frames" for found in self._scan.files):
            self._checked = None
            self._touch()

    def _forget(self):
        if self._estimate is not None:
            self._link.forget(self._estimate)
        self._estimate = self._lacking = None

    def _beat(self):
        if self._changed_at is None or compat.monotonic() - self._changed_at < _SETTLE_S:
            return
        if self.isVisible() or self._agreed is not None:
            self._ask()

    def _ask(self):
        self._changed_at = None
        self._forget()
        found = self._scene()
        try:
            order = orders.estimate(found if frames_are_readable(found.frames) else found._replace(frames="1"))
        except SyncError as error:
            self._disarm()
            self.estimate_card.say(error.message, "bad")
            return
        self.estimate_card.say(tr("Looking at the files ..."))
        self._estimate = self._link.ask(order, self._take_answer)
        if self._estimate is None:
            self._disarm()
            self.estimate_card.say(tr("The files could not be looked at."), "bad")

    def _take_answer(self, job):
        if self._estimate is not None and job.id != self._estimate:
            return
        self._lacking = self.estimate_card.show_job(job)
        if self._lacking is not None:
            self._checked = (self._told, self._scan.files if self._scan else [], self._lacking, job)
            self._go_on()
        elif job.state not in LIVE:
            self._disarm()
        self._show_buttons()

    # -- the buttons

    def _wrong(self):
        """Return what keeps the scene from being sent, "" where nothing does."""
        if not self.scene_path():
            return tr("Choose a scene first.") if self._host.chooses_scene else tr("Save the scene first.")
        return self.form.wrong()

    def _show_buttons(self, *_):
        wrong = self._wrong()
        waits = self._lacking is None and bool(self.scene_path())
        is_armed = self._agreed is not None
        self.go.setEnabled(not wrong and self.unsaved_card.isHidden())
        self.anyway.setVisible(bool(self._lacking) and not wrong and not is_armed and self.unsaved_card.isHidden())
        self.go.setText(tr("Waits for the check ...") if is_armed else tr("Submit and upload"))
        if is_armed:
            hint = tr("It is sent as soon as the files were looked at. Click again to stop that.")
        elif wrong or not self.unsaved_card.isHidden():
            hint = wrong
        elif self._lacking:
            hint = tr("Restore what is missing and submit: it is checked again before.")
        else:
            hint = "" if waits else tr("Transfers go on when this window is closed.")
        self.hint.setText(hint)
        self.go.setToolTip(hint)
        self.go.setAccessibleName(self.go.text())

    def _disarm(self):
        """Send nothing. Returns whether something would have been sent."""
        was_armed, self._agreed, self._answer = self._agreed is not None, None, ""
        self._show_buttons()
        return was_armed

    def _submit(self, agreed):
        """Send the scene as soon as it is known that no more files are missing than the artist has seen."""
        if self._agreed is not None:
            self._disarm()
        elif (self._lacking or 0) <= agreed and self._needs_answer():
            self._ask_answer(agreed)
        else:
            self._arm(agreed)

    def _needs_answer(self):
        try:
            return not self._host.chooses_scene and not self._answer and self._host.is_changed()
        except SyncError as error:
            self._desk.tell(error.message, "bad")
            return False

    def _ask_answer(self, agreed):
        self._asked, self._agreed = agreed, None
        self.unsaved_card.ask(formats.base_name(self.scene_path()))
        self._show_buttons()

    def _answered(self, answer):
        self._answer = answer
        if answer:
            self._arm(self._asked)
        else:
            self._show_buttons()

    def _arm(self, agreed):
        self._agreed = agreed
        if not self._host.chooses_scene:
            if not agreed and self._lacking:
                self._checked = None  # The artist may have restored what was missing.
            if not self._reading.is_active and (self._estimate is None or self._is_over()):
                self._read()  # Something may have been added to the scene since.
        elif self._lacking is not None and self._lacking <= agreed:
            self._go_on()
        elif self._lacking or (self._estimate is not None and self._is_over()) or self._estimate is None:
            self._touch(soon=False)
        self._show_buttons()

    def _is_over(self):
        job = self._link.jobs.get(self._estimate)
        return job is None or job.state not in LIVE

    def _go_on(self):
        """The files were looked at: send the scene, if that is wanted and nothing is in the way."""
        if self._agreed is not None:
            if self._wrong() or self._lacking > self._agreed:
                if not self.isVisible():
                    self._host.notify(tr("Not sent"), self._wrong() or number_of(self._lacking, "missing file"))
                self._disarm()
            elif self._needs_answer():
                self._ask_answer(self._agreed)
            else:
                self._send()
        self._show_buttons()

    def _send(self):
        anyway, answer, self._agreed, self._answer = bool(self._lacking), self._answer, None, ""
        try:
            copy = self._save(answer)
            order = orders.submit(self._scene()._replace(copy=copy), send_anyway=anyway)
        except SyncError as error:
            self._desk.tell(error.message, "bad", stays=True)
            return
        if self._link.add(order) is None:
            return
        self.form.keep()
        self._desk.tell(tr("{scene} is on its way. You can go on working, or close everything.",
                           scene=formats.base_name(self.scene_path())), "good")
        self._checked = None
        self._is_stale = True
        self._touch()
        self._desk.show_tab("transfers")

    def _save(self, answer):
        """Do with unsaved changes what the artist wants; returns the path of a copy, "" where there is none."""
        if not answer or not self._host.is_changed():
            return ""
        if answer == SAVE:
            self._host.save()
            self.scene_note.hide()
            return ""
        copy = scene_module.copy_path(self.scene_path())
        self._host.save_copy(copy)
        return copy

    # -- come and go

    def showEvent(self, event):
        """See QWidget: a scene is read when somebody looks, and again when it is another one."""
        super(SubmitTab, self).showEvent(event)
        if not self._host.chooses_scene and not event.spontaneous() and not self._reading.is_active and (
                self._is_stale or self._is_another()):
            self.rescan()

    def _is_another(self):
        try:
            return (self._host.scene() or "") != self._told.path
        except SyncError:
            return True

    def hideEvent(self, event):
        """See QWidget: nobody waits for a scan any more, unless its end sends the scene."""
        super(SubmitTab, self).hideEvent(event)
        if not event.spontaneous() and self._agreed is None:
            self.stop()

    def keyPressEvent(self, event):
        """See QWidget."""
        if event.key() == QtCore.Qt.Key.Key_F5:
            self.rescan()
        elif event.key() != QtCore.Qt.Key.Key_Escape or not self.stop():
            super(SubmitTab, self).keyPressEvent(event)

    # -- a panel that is built anew

    def typed(self):
        """Return what the artist has typed, for `take`."""
        return {"form": self.form.typed(), "told": self._told, "agreed": self._agreed, "answer": self._answer,
                "scene": self.scene.text(), "files": self.files.rows() if self.files is not None else []}

    def take(self, typed):
        """Show what another tab had."""
        if self.files is not None:
            self.scene.setText(typed["scene"])
            for path, kind in typed["files"]:
                self.files.add(path, kind)
        self._told = typed["told"]
        self.form.show_told(self._told, True)
        self.form.take(typed["form"])
        self._agreed, self._answer = typed["agreed"], typed["answer"]
        if self.files is not None:
            self._touch(soon=False)

    def leave(self):
        """Let go of what goes on: this tab is about to be deleted."""
        self._reading.cancel()
        self._agreed = self._changed_at = None
        self._forget()
