"""Submit: the scene, what will be sent, one button."""
from __future__ import absolute_import, division, print_function, unicode_literals

from .. import words
from ..errors import SyncError
from . import fields, formats, orders, scene as scene_module
from .binding import QtCore, QtWidgets, restyle
from .estimate_card import EstimateCard
from .file_picker import FilePicker
from .preparation import Preparation
from .render_form import RenderForm, add_row
from .texts import tr
from .theme import GAP, WIDE_GAP
from .troubles_card import TroublesCard
from .unsaved_card import UnsavedCard

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
        self._own_output = ""  # What was filled in for the scene that was chosen.
        self._build()
        self.work = Preparation(desk, self._scene, self._wrong, self)
        self._connect()
        if self._host.chooses_scene:
            self.form.show_told(self.work.told, True)
            self.work.touch(soon=False)

    def _connect(self):
        work = self.work
        work.changed.connect(self._show_buttons)
        work.told_scene.connect(self._show_scene)
        work.said.connect(self.estimate_card.say)
        work.troubled.connect(self.troubles_card.show_troubles)
        work.looked.connect(self.estimate_card.show_job)
        work.asks.connect(lambda: self.unsaved_card.ask(formats.base_name(self.scene_path())))
        work.sent.connect(self._sent)
        self.unsaved_card.answered.connect(work.answer)
        self.form.changed.connect(self._show_buttons)
        self.frames.textChanged.connect(lambda *_: work.touch_frames())
        if self.files is not None:
            self.files.changed.connect(work.touch)

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
        self.scene_note = fields.label(tr("It has changes that are not saved: you are asked what to send."), "warn",
                                       wrap=True, name="scene_note")
        self.scene_note.hide()
        grid.addWidget(self.scene_note, grid.rowCount(), 1)
        self.files = FilePicker(color) if self._host.chooses_scene else None
        if self.files is not None:
            add_row(grid, tr("Files"), self.files, top=True)
        self.form = RenderForm(grid, color, self._desk.memory)
        self.form.setParent(self)
        self.frames, self.output, self.layer_names = self.form.frames, self.form.output, self.form.layer_names
        self.troubles_card = TroublesCard()
        self.estimate_card = EstimateCard(color)
        self.unsaved_card = UnsavedCard()
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
        self.anyway = fields.button(tr("Send anyway"), lambda: self._submit(self.work.lacking), look="warn",
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
        if self._host.chooses_scene:
            self.work.touch(soon=False)
        else:
            self.work.read()

    def look_again(self):
        """Somebody asks for this tab anew: the scene may be another one by now."""
        if not (self._host.chooses_scene or self.work.is_reading or self.work.is_armed):
            self.rescan()

    def _show_scene(self, told, is_new):
        self.form.show_told(told, is_new)
        self.scene.setText(told.path or tr("The scene was never saved: save it first."))
        self._show_note()

    def _show_note(self):
        try:
            is_changed = bool(self.work.told.path) and self._host.is_changed()
        except SyncError:
            is_changed = False
        self.scene_note.setVisible(is_changed)

    def choose_scene(self, path):
        """Take a scene file, as if the artist had chosen it."""
        self.scene.choose_path(path)

    def _scene_chosen(self, path):
        if path and self.output.text() in ("", self._own_output):
            self._own_output = scene_module.default_output(path)
            self.output.setText(self._own_output)
        self.estimate_card.tell_looked(scene_module.looked_at(path))
        self.work.touch()

    def scene_path(self):
        """Return the path of the scene, "" where there is none."""
        return self.scene.text() if self._host.chooses_scene else self.work.told.path

    def _scene(self):
        """Return the `orders.Scene` as it stands in the fields."""
        common = {"path": self.scene_path(), "frames": self.form.range(), "layers": tuple(self.form.chosen_layers()),
                  "output_folder": self.output.text()}
        if not self.form.is_readable():
            common["frames"] = "1"  # Until they are: the files are looked at all the same.
        if self.files is None:
            return scene_module.as_order(self._host, self.work.told, self.work.scan, common, self.form.cameras.chosen())
        paths, folders, manifests = self.files.files()
        return orders.Scene(files=tuple({"path": path} for path in paths), folders=tuple(folders),
                            manifests=tuple(manifests), project=scene_module.project_of(common["path"]), **common)

    # -- the buttons

    def _wrong(self):
        """Return what keeps the scene from being sent, "" where nothing does."""
        if not self.scene_path():
            return tr("Choose a scene first.") if self._host.chooses_scene else tr("Save the scene first.")
        return self.form.wrong()

    def _show_buttons(self, *_):
        wrong = self._wrong()
        lacking, is_armed, is_asked = self.work.lacking, self.work.is_armed, not self.unsaved_card.isHidden()
        self.go.setEnabled(not wrong and not is_asked)
        self.anyway.setVisible(bool(lacking) and not wrong and not is_armed and not is_asked)
        self.go.setText(tr("Waits for the check ...") if is_armed else tr("Submit and upload"))
        if is_armed:
            hint = tr("It is sent as soon as the files were looked at. Click again to stop that.")
        elif wrong or is_asked:
            hint = wrong
        elif self.work.was_in_vain:
            hint = tr("Checked again: still {n} missing.", n=words.count(lacking))
        elif lacking:
            hint = tr("Restore what is missing and submit: it is checked again before.")
        else:
            hint = "" if lacking is None else tr("Transfers go on when this window is closed.")
        self.hint.setText(hint)
        is_bad = (self.work.was_in_vain or self.form.is_nonsense()) and not is_armed
        restyle(self.hint, look="bad" if is_bad else "muted")
        self.go.setToolTip(hint)
        self.go.setAccessibleName(self.go.text())

    def _submit(self, agreed):
        if self.work.is_armed:
            self.work.disarm()
        else:
            self.work.submit(agreed)

    def _sent(self):
        self.form.keep()
        self._show_note()
        self._desk.tell(tr("{scene} is on its way. You can go on working, or close everything.",
                           scene=formats.base_name(self.scene_path())), "good")
        self.work.touch()
        self._desk.show_tab("transfers")

    # -- come and go

    def showEvent(self, event):
        """See QWidget: a scene is read when somebody looks, and again when it is another one."""
        super(SubmitTab, self).showEvent(event)
        if not (self._host.chooses_scene or event.spontaneous() or self.work.is_reading) and self.work.is_stale:
            self.rescan()

    def hideEvent(self, event):
        """See QWidget: nobody waits for a scan any more, unless its end sends the scene."""
        super(SubmitTab, self).hideEvent(event)
        if not event.spontaneous() and not self.work.is_armed:
            self.work.stop()

    def keyPressEvent(self, event):
        """See QWidget."""
        if event.key() == QtCore.Qt.Key.Key_F5:
            self.rescan()
        elif event.key() != QtCore.Qt.Key.Key_Escape or not self.work.stop():
            super(SubmitTab, self).keyPressEvent(event)

    # -- a panel that is built anew

    def typed(self):
        """Return what the artist has typed, for `take`."""
        return {"form": self.form.typed(), "work": self.work.state(), "scene": self.scene.text(),
                "files": self.files.rows() if self.files is not None else []}

    def take(self, typed):
        """Show what another tab had."""
        if self.files is not None:
            self.scene.setText(typed["scene"])
            self.estimate_card.tell_looked(scene_module.looked_at(typed["scene"]))
            for path, kind in typed["files"]:
                self.files.add(path, kind)
        self.work.take(typed["work"])
        self.form.show_told(self.work.told, True)
        self.form.take(typed["form"])
        if self.files is not None:
            self.work.touch(soon=False)

    def leave(self):
        """Let go of what goes on: this tab is about to be deleted."""
        self.work.leave()
