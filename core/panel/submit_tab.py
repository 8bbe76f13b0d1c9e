"""Submit: the scene, what will be sent, one button."""
from __future__ import absolute_import, division, print_function, unicode_literals

import re

from .. import compat
from ..errors import SyncError
from . import fields, formats, orders
from .binding import QtCore, QtWidgets
from .estimate_card import EstimateCard
from .file_picker import FilePicker
from .texts import tr
from .theme import GAP, WIDE_GAP

_SETTLE_S = 0.5
_MOST_WIDTH = 940
_RANGE = r"-?\d+(?:--?\d+)?(?:\[\d+\])?"
_FRAMES = re.compile("%s(?:,%s)*\\Z" % (_RANGE, _RANGE))

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
        self._estimate = self._lacking = None
        self._changed_at = None
        self._is_armed = False
        self._assets = []
        self._build()
        self._link.beat.connect(self._beat)
        self.rescan()

    # -- build

    def _build(self):
        color = self._desk.color
        form = QtWidgets.QWidget()
        grid = QtWidgets.QGridLayout(form)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(WIDE_GAP)
        grid.setVerticalSpacing(GAP + 2)
        grid.setColumnStretch(1, 1)
        self._grid = grid
        self.rescan_button = fields.icon_button("retry", tr("Check again"), self.rescan, color,
                                                tr("Look at the scene and its files again (F5)"), "rescan")
        self.rescan_button.setText(tr("Check again"))
        if self._host.chooses_scene:
            self.scene = fields.PathField(tr("Scene"), color, "file", _SCENES, tr("Choose or drop a scene file"))
            self.scene.changed.connect(self._scene_chosen)
        else:
            self.scene = fields.ElidedLabel(look="head")
        self.scene_note = fields.label("", "warn", wrap=True)
        self.scene_note.hide()
        self._add(tr("Scene"), self.scene, self.rescan_button)
        grid.addWidget(self.scene_note, grid.rowCount(), 1)
        self.files = FilePicker(color) if self._host.chooses_scene else None
        if self.files is not None:
            self.files.changed.connect(self._touch)
            self._add(tr("Files"), self.files, top=True)
        self._build_render(color)
        self.estimate_card = EstimateCard(color)
        self._lay_out(form)
        self.frames.textChanged.connect(self._show_buttons)
        for check in self.layers:
            check.toggled.connect(self._show_buttons)

    def _build_render(self, color):
        settings = self._host.render_settings()
        self.frames = QtWidgets.QLineEdit()
        self.frames.setPlaceholderText("1001-1120")
        self.frames.setAccessibleName(tr("Frames"))
        self.frames.setToolTip(tr("A range, e.g. 1001-1120, every second one 1001-1120[2], or single ones 1,3,5-9"))
        self._add(tr("Frames"), self.frames)
        self.layers = []
        self.layer_names = QtWidgets.QLineEdit()
        self.layer_names.setAccessibleName(tr("Layers"))
        self.layer_names.setPlaceholderText(tr("all; or names with commas between"))
        self.layer_names.setToolTip(tr("Render layers, e.g. beauty, shadow; empty is the whole scene"))
        if settings.get("layers"):
            box = QtWidgets.QWidget()
            flow = fields.row(gap=WIDE_GAP)
            for name in settings["layers"]:
                check = QtWidgets.QCheckBox(name)
                check.setChecked(True)
                check.setAccessibleName(name)
                self.layers.append(check)
                flow.addWidget(check)
            flow.addStretch(1)
            box.setLayout(flow)
            self._add(tr("Layers"), box)
        else:
            self._add(tr("Layers"), self.layer_names)
        self.camera = QtWidgets.QComboBox()
        self.camera.setAccessibleName(tr("Camera"))
        self.camera.addItems([""] + list(settings.get("cameras") or ()))
        if settings.get("cameras"):
            self.camera.setCurrentIndex(1)
            self._add(tr("Camera"), self.camera)
        renderer = " ".join(part for part in (settings.get("renderer"), settings.get("renderer_version")) if part)
        self.renderer = fields.label(renderer, "muted")
        if renderer:
            self._add(tr("Renderer"), self.renderer)
        self.output = fields.PathField(tr("Output"), color, placeholder=tr("Folder that finished frames land in"))
        self.output.edit.setToolTip(tr("Finished frames land here one by one, also when this window is closed"))
        self._add(tr("Output"), self.output)
        self.frames.setText(compat.text(settings.get("frames") or self._desk.memory.get("submit_frames", "")))
        self.output.setText(self._host.output_folder() or self._desk.memory.get("submit_output", ""))

    def _add(self, text, field, beside=None, top=False):
        row = self._grid.rowCount()
        name = fields.label(text, "muted")
        side = QtCore.Qt.AlignmentFlag
        name.setBuddy(field)
        self._grid.addWidget(name, row, 0, side.AlignRight | (side.AlignTop if top else side.AlignVCenter))
        if beside is None:
            self._grid.addWidget(field, row, 1)
        else:
            box = fields.row(field, beside)
            box.setStretch(0, 1)
            self._grid.addLayout(box, row, 1)

    def _lay_out(self, form):
        inner = QtWidgets.QWidget()
        inner.setMaximumWidth(_MOST_WIDTH)
        column = QtWidgets.QVBoxLayout(inner)
        column.setContentsMargins(WIDE_GAP, WIDE_GAP, WIDE_GAP, WIDE_GAP)
        column.setSpacing(WIDE_GAP)
        column.addWidget(form)
        column.addWidget(self.estimate_card)
        column.addStretch(1)
        holder = QtWidgets.QWidget()
        box = fields.row(inner)
        box.setAlignment(QtCore.Qt.AlignmentFlag.AlignHCenter)
        holder.setLayout(box)
        box.setStretch(0, 1)
        area = QtWidgets.QScrollArea()
        area.setProperty("look", "bare")
        area.setFrameShape(QtWidgets.QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(QtCore.Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(holder)
        area.viewport().setAutoFillBackground(False)
        holder.setAutoFillBackground(False)
        self.hint = fields.label("", "muted", wrap=True, name="submit_hint")
        self.anyway = fields.button(tr("Send anyway"), lambda: self._send(True), look="warn", name="send_anyway",
                                    tip=tr("Submit without the missing files"))
        self.go = fields.button(tr("Submit and upload"), self._go, look="go", name="submit")
        foot = fields.Foot(self.hint, [self.anyway, self.go])
        whole = QtWidgets.QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(area, 1)
        whole.addWidget(fields.line())
        whole.addWidget(foot)

    def resizeEvent(self, event):
        """See QWidget."""
        super(SubmitTab, self).resizeEvent(event)
        styles = QtCore.Qt.ToolButtonStyle
        self.rescan_button.setToolButtonStyle(
            styles.ToolButtonTextBesideIcon if self.width() >= 420 else styles.ToolButtonIconOnly)

    # -- the scene

    def rescan(self):
        """Ask the host for its scene again, and estimate."""
        if not self._host.chooses_scene:
            path = self._host.scene() or ""
            self.scene.setText(path or tr("The scene was never saved: save it first."))
            self._assets = self._host.assets() if path else []
            self.scene_note.setVisible(bool(path) and self._host.is_changed())
            self.scene_note.setText(tr("Changes that are not saved are not sent: save the scene."))
        self._touch(soon=False)

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
        return self.scene.text() if self._host.chooses_scene else (self._host.scene() or "")

    def _range(self):
        return compat.text(self.frames.text()).replace(" ", "")

    def _scene(self):
        """Return the `orders.Scene` as it stands in the fields."""
        settings = self._host.render_settings()
        if self.layers:
            chosen = [check.text() for check in self.layers if check.isChecked()]
        else:
            chosen = [part.strip() for part in compat.text(self.layer_names.text()).split(",") if part.strip()]
        files, folders, manifests = self._assets, (), ()
        if self.files is not None:
            paths, folders, manifests = self.files.files()
            files = [{"path": path, "node": "", "attribute": ""} for path in paths]
        return orders.Scene(
            path=self.scene_path(), files=tuple(files), folders=tuple(folders), manifests=tuple(manifests),
            frames=self._range(), layers=tuple(chosen),
            camera=compat.text(self.camera.currentText()), output_folder=self.output.text(),
            renderer=settings.get("renderer") or "", renderer_version=settings.get("renderer_version") or "",
            host="" if self._host.chooses_scene else self._host.name,
            host_version="" if self._host.chooses_scene else self._host.version)

    # -- estimate

    def _touch(self, *_, **options):
        """What will be sent has changed."""
        self._forget()
        self._lacking = None
        self._changed_at = compat.monotonic() - (0 if options.get("soon", True) else _SETTLE_S)
        if self.scene_path():
            self.estimate_card.say(tr("Looking at the files ..."))
        else:
            self._changed_at = None
            self.estimate_card.say(tr("Choose a scene: what will be sent is shown here before anything happens.")
                                   if self._host.chooses_scene else tr("Save the scene, then check again."))
        self._show_buttons()

    def _forget(self):
        if self._estimate is not None:
            self._link.forget(self._estimate)
        self._estimate = None

    def _beat(self):
        if self._changed_at is None or not self.isVisible() or compat.monotonic() - self._changed_at < _SETTLE_S:
            return
        self._changed_at = None
        try:
            order = orders.estimate(self._scene()._replace(frames="1"))
        except SyncError as error:
            self.estimate_card.say(error.message, "bad")
            return
        self._estimate = self._link.ask(order, self._answer)
        if self._estimate is None:
            self.estimate_card.say(tr("The files could not be looked at."), "bad")

    def _answer(self, job):
        if self._estimate is not None and job.id != self._estimate:
            return
        self._lacking = self.estimate_card.show_job(job)
        if job.state in ("failed", "cancelled", "interrupted"):
            self._is_armed = False
        if self._lacking is not None and self._is_armed:
            self._is_armed = False
            if self._lacking == 0:
                self._send(False)
        self._show_buttons()

    # -- the buttons

    def _wrong(self):
        """Return what keeps the scene from being sent, "" where nothing does."""
        if not self.scene_path():
            return tr("Choose a scene first.") if self._host.chooses_scene else tr("Save the scene first.")
        if not _FRAMES.match(self._range()):
            return tr("Say which frames to render, e.g. 1001-1120.")
        if self.layers and not any(check.isChecked() for check in self.layers):
            return tr("Choose a layer.")
        return ""

    def _show_buttons(self, *_):
        wrong = self._wrong()
        waits = self._lacking is None and bool(self.scene_path())
        self.go.setEnabled(not wrong)
        self.anyway.setVisible(bool(self._lacking) and not wrong)
        self.go.setText(tr("Waits for the check ...") if self._is_armed else tr("Submit and upload"))
        if self._is_armed:
            hint = tr("It is sent as soon as the files were looked at. Click again to stop that.")
        elif wrong:
            hint = wrong
        elif self._lacking:
            hint = tr("Restore what is missing and submit: it is checked again before.")
        else:
            hint = "" if waits else tr("Transfers go on when this window is closed.")
        self.hint.setText(hint)
        self.go.setToolTip(hint)
        self.go.setAccessibleName(self.go.text())

    def _go(self):
        if self._is_armed:
            self._is_armed = False
            self._show_buttons()
        elif self._lacking == 0:
            self._send(False)
        else:
            # Looked at again: the artist may have restored what was missing.
            if self._lacking or (self._estimate is not None and self._is_over()):
                self.rescan()
            self._is_armed = True
            self._show_buttons()

    def _is_over(self):
        job = self._link.jobs.get(self._estimate)
        return job is None or job.state not in ("queued", "running", "paused")

    def _send(self, anyway):
        try:
            order = orders.submit(self._scene(), send_anyway=anyway)
        except SyncError as error:
            self._desk.tell(error.message, "bad")
            return
        number = self._link.add(order)
        if number is None:
            return
        self._desk.memory.set("submit_frames", compat.text(self.frames.text()))
        self._desk.memory.set("submit_output", self.output.text())
        self._forget()
        self._lacking = None
        self._desk.tell(tr("{scene} is on its way. You can go on working, or close everything.",
                           scene=formats.base_name(self.scene_path())), "good")
        self._desk.show_tab("transfers")
        self._touch()

    def keyPressEvent(self, event):
        """See QWidget."""
        if event.key() == QtCore.Qt.Key.Key_F5:
            self.rescan()
        else:
            super(SubmitTab, self).keyPressEvent(event)
