"""Frames: what of a task is here, what is on its way, what failed and why."""
from __future__ import absolute_import, division, print_function, unicode_literals

from ..jobs.schema import LIVE
from . import fields, job_texts, orders
from .binding import QtCore, QtGui, QtWidgets, restyle
from .frame_grid import SIZES, FrameGrid, describe
from .frame_strips import FrameStrips, Legend, count_states
from .texts import number_of, sentence, tr
from .theme import GAP

#: Frames that are read from the store at once: a task of thousands comes in slices of a few milliseconds.
_SLICE = 400

_SIZE_NAMES = (("small", "Small cells"), ("medium", "Medium cells"), ("large", "Large cells"))


class FramesTab(QtWidgets.QWidget):
    """The frames of one task.

    Args:
        desk (window.Desk): What all tabs share.
    """

    def __init__(self, desk):
        super(FramesTab, self).__init__()
        self._desk = desk
        self._link = desk.link
        self._task = None
        self._since = 0
        self._is_reading = self._is_new_look = False
        self._frames = []  # In the order of their keys.
        self._places = {}
        self._tasks = None
        self._only = ""
        self._build()
        self._link.polled.connect(self._poll)
        self._link.beat.connect(self._beat)

    # -- build

    def _build(self):
        color = self._desk.color
        self.tasks = QtWidgets.QComboBox()
        self.tasks.setAccessibleName(tr("Task"))
        self.tasks.setToolTip(tr("Which task is shown"))
        self.tasks.setSizeAdjustPolicy(QtWidgets.QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.tasks.setMinimumContentsLength(8)
        self.tasks.currentIndexChanged.connect(self._choose_task)
        self.state = fields.label("", "muted")
        self.find = QtWidgets.QLineEdit()
        self.find.setPlaceholderText(tr("Go to frame"))
        self.find.setAccessibleName(tr("Go to frame"))
        self.find.setToolTip(tr("Go to a frame by its number (Ctrl+F)"))
        self.find.setMaximumWidth(110)
        self.find.setMinimumWidth(40)
        self.find.textChanged.connect(self._go_to)
        self.size = QtWidgets.QComboBox()
        self.size.setAccessibleName(tr("Size of cells"))
        self.size.setToolTip(tr("Size of cells (Ctrl and the mouse wheel)"))
        for name, text in _SIZE_NAMES:
            self.size.addItem(tr(text), name)
        self.size.currentIndexChanged.connect(self._set_size)
        self.folder = fields.icon_button("folder", tr("Open folder"), self.open_folder, color,
                                         tr("Open the folder of the frames"), "frames_folder")
        self.refetch = fields.button(tr("Re-fetch"), self.refetch_picked, name="refetch",
                                     tip=tr("Fetch the frames that are picked again (F5)"))
        self.strips = FrameStrips()
        self.strips.chosen.connect(self._show_frame)
        self.legend = Legend()
        self.legend.chosen.connect(self._show_only)
        self.grid = FrameGrid()
        self.grid.picked.connect(self._show_picked)
        self.grid.picked.connect(lambda: self.answer.setText(""))
        self.grid.opened.connect(self.open_frame)
        self.grid.menu.connect(self._show_menu)
        self.info = fields.ElidedLabel()
        self.reason = fields.label("", "bad", wrap=True, name="frame_reason")
        self.restart = fields.button(tr("Restart on the farm"), self.restart_picked, name="restart",
                                     tip=tr("Let the farm render these frames again"))
        self.open = fields.button(tr("Open"), lambda: self.open_frame(self.grid.current_frame()), name="open_frame",
                                  tip=tr("Open the picture (Enter)"))
        self.answer = fields.label("", "muted", wrap=True)
        self.empty = fields.Empty("frames", tr("No frames yet"), tr(
            "The frames of a task appear here as soon as it was submitted, or when it is downloaded by its number."),
            fields.button(tr("Download a task"), self._desk.ask_download))
        self._lay_out()
        place = self.size.findData(self._desk.memory.get("frames_size", "medium"))
        self.size.setCurrentIndex(place if place >= 0 else 1)
        self._set_size(self.size.currentIndex())
        self._show_picked()

    def _lay_out(self):
        page = QtWidgets.QWidget()
        box = QtWidgets.QVBoxLayout(page)
        box.setContentsMargins(GAP, GAP + 2, GAP, GAP)
        box.setSpacing(GAP)
        head = fields.row(self.tasks, self.folder)
        head.setStretch(0, 1)
        box.addLayout(head)
        box.addWidget(self.state)
        box.addWidget(self.strips)
        box.addWidget(self.legend)
        tools = fields.row(self.find, self.size, None, self.refetch)
        box.addLayout(tools)
        box.addWidget(self.grid, 1)
        foot, inner = fields.card(margin=8)
        line = fields.row(self.info, self.open)
        line.setStretch(0, 1)
        inner.addLayout(line)
        inner.addWidget(self.reason)
        below = fields.row(self.restart, self.answer)
        below.setStretch(1, 1)
        inner.addLayout(below)
        self.foot = foot
        box.addWidget(foot)
        self.pages = QtWidgets.QStackedLayout(self)
        self.pages.addWidget(self.empty)
        self.pages.addWidget(page)

    # -- look

    def showEvent(self, event):
        """See QWidget."""
        super(FramesTab, self).showEvent(event)
        self._is_new_look = True
        self._poll()

    def _poll(self):
        if not self.isVisible():
            return
        self._list_tasks()
        if self._task is None:
            return
        rows = None if self._is_reading else self._link.act_quietly("frames", self._task, self._since)
        if not rows:
            return
        self._since = max([self._since] + [frame.changed for frame in rows])
        self._show_frames(self._take(rows))

    def _take(self, rows):
        """Bring the frames up to date. Returns True if they are the same ones as before, whatever their states."""
        if all(frame[:3] in self._places for frame in rows):
            for frame in rows:
                self._frames[self._places[frame[:3]]] = frame
            return True
        known = dict((frame[:3], frame) for frame in self._frames)
        known.update((frame[:3], frame) for frame in rows)
        self._frames = [known[key] for key in sorted(known)]
        self._places = dict((frame[:3], place) for place, frame in enumerate(self._frames))
        return False

    def _list_tasks(self):
        tasks = self._link.act_quietly("tasks") or []
        entries = [(number, self._label(number)) for number in tasks]
        if entries == self._tasks:
            self._is_new_look = False
            return
        before, self._tasks = self._tasks, entries
        wanted = self._task if self._task in tasks else self._desk.memory.get("frames_task", 0)
        if before is not None and self._is_new_look and tasks and tasks[0] > max([row[0] for row in before] or [0]):
            wanted = tasks[0]  # Submitted since somebody looked here last: that is the one to see.
        self._is_new_look = False
        self.tasks.blockSignals(True)
        self.tasks.clear()
        for number, text in entries:
            self.tasks.addItem(text, number)
        self.tasks.setCurrentIndex(max(0, self.tasks.findData(wanted)) if entries else -1)
        self.tasks.blockSignals(False)
        self.pages.setCurrentIndex(1 if entries else 0)
        self._choose_task()

    def _label(self, task):
        names = [job.title for job in self._link.jobs.values()
                 if job.kind == "submit" and job.task_id == task]
        return "%d   %s" % (task, names[-1]) if names else "%d" % task

    def show_task(self, task):
        """Show a task's frames, if it has any."""
        self._desk.memory.set("frames_task", task)
        self._list_tasks()
        place = self.tasks.findData(task)
        if place >= 0:
            self.tasks.setCurrentIndex(place)

    def _choose_task(self, *_):
        task = self.tasks.itemData(self.tasks.currentIndex()) if self.tasks.count() else None
        if task == self._task:
            return
        self._task, self._frames, self._places = task, [], {}
        # Frames that change while they are read have changed after this.
        self._since = self._link.changed
        self._is_reading = task is not None
        self.answer.setText("")
        if task is None:
            self._show_frames()
            return
        self._desk.memory.set("frames_task", task)
        self._read_some()

    def _read_some(self):
        """Read the next slice of a task's frames."""
        last = self._frames[-1] if self._frames else None
        rows = self._link.act_quietly("frames_after", self._task, last and (last.layer, last.number), _SLICE)
        if rows is None:  # It did not work, and the link said so: the next beat tries again.
            return
        self._is_reading = len(rows) == _SLICE
        for frame in rows:
            self._places[frame[:3]] = len(self._frames)
            self._frames.append(frame)
        self._show_frames()

    def _show_frames(self, is_same=False):
        frames = self._frames
        counts = count_states(frames)
        self.strips.show_frames(frames, is_same)
        self.legend.show_counts(counts)
        shown = [frame for frame in frames if frame.state == self._only] if self._only else frames
        self.grid.show_frames(shown, is_same and not self._only)
        here, failed = counts.get("here", 0) + counts.get("kept", 0), counts.get("failed", 0)
        text = tr("{done} of {frames} here", done=here, frames=number_of(len(frames), "frame"))
        if failed:
            text += ", " + tr("{n} failed", n=failed)
        self.state.setText(text if frames else "")
        self._show_picked()
        self._set_busy()

    def _set_busy(self):
        self._link.set_busy(self, self._is_reading or self.grid.thumbnails.is_waiting)

    def _show_only(self, state):
        self._only = state
        self.legend.set_only(state)
        self._show_frames()

    def _show_frame(self, layer, number):
        if self._only:
            self._show_only("")
        for place, frame in enumerate(self.grid.frames()):
            if frame.layer == layer and frame.number == number:
                self.grid.pick(place)
                return

    def _go_to(self, text):
        text = text.strip()
        if text.lstrip("-").isdigit():
            self.grid.pick_number(int(text))

    def _set_size(self, place):
        name = self.size.itemData(place)
        if name in SIZES:
            self.grid.set_size(name)
            self._desk.memory.set("frames_size", name)
            self._set_busy()

    def _beat(self):
        if not self.isVisible():
            self._link.set_busy(self, False)
            return
        if self._is_reading:
            self._read_some()
        elif self.grid.thumbnails.is_waiting:
            self.grid.load_some()
        self._set_busy()

    # -- what is picked

    def _show_picked(self):
        picked = self.grid.picked_frames()
        one = picked[0] if len(picked) == 1 else None
        if one is not None:
            self.info.setText(describe(one))
        elif picked:
            self.info.setText(tr("{frames} picked", frames=number_of(len(picked), "frame")))
        else:
            self.info.setText(tr("Pick a frame to see what there is to know of it."))
        note = sentence(one.note) if one is not None else ""
        if one is not None and one.flag and not note:
            note = tr(one.flag)
        self.reason.setText(note)
        restyle(self.reason, look="bad" if one is not None and one.state == "failed" else "warn")
        self.reason.setVisible(bool(note))
        self.restart.setVisible(any(frame.state == "failed" for frame in picked) or (
            one is not None and bool(one.flag) and one.state == "here"))
        self.open.setVisible(one is not None and bool(one.path) and one.state in ("here", "kept"))
        self.refetch.setEnabled(any(frame.path for frame in picked))

    def _origin(self):
        """Return the job that fetches this task's frames, None where it is unknown."""
        found = [job for job in self._link.jobs.values() if job.kind in ("watch", "download") and (
            job.task_id == self._task or self._task in (orders.params(job).get("task_ids") or ()))]
        return max(found, key=lambda job: (job.state in LIVE, job.id)) if found else None

    def refetch_picked(self):
        """Fetch what is picked again."""
        frames = [frame for frame in self.grid.picked_frames() if frame.path]
        if frames and self._link.add(orders.refetch(self._task, frames, self._origin())) is not None:
            self.answer.setText(tr("{frames} will be fetched again.", frames=number_of(len(frames), "frame")))

    def restart_picked(self):
        """Let the farm render what is picked again."""
        frames = [frame for frame in self.grid.picked_frames() if frame.state == "failed" or frame.flag]
        if frames:
            self.answer.setText(tr("Asking the farm ..."))
            self._link.ask(orders.restart(self._task, frames), self._restarted)

    def _restarted(self, job):
        if job.state not in LIVE:
            self.answer.setText(job_texts.said(job))
            restyle(self.answer, look="muted" if job.state == "done" else "bad")

    def open_frame(self, frame):
        """Open a picture that is here."""
        if frame is None or not frame.path or frame.state not in ("here", "kept"):
            return
        if QtCore.QFileInfo(frame.path).exists():
            self._desk.open_path(frame.path)
        else:
            self.answer.setText(tr("{name} is not there any more. Re-fetch it.", name=frame.name))

    def open_folder(self):
        """Open the folder of the frame that is picked, or of the first one that is here."""
        frames = self.grid.picked_frames() or self.grid.frames()
        for frame in frames:
            if frame.path:
                self._desk.open_path(frame.path.replace("\\", "/").rpartition("/")[0])
                return
        origin = self._origin()
        if origin is not None and job_texts.folder(origin):
            self._desk.open_path(job_texts.folder(origin))

    def _show_menu(self, frames, point):
        menu = QtWidgets.QMenu(self)
        menu.setAttribute(QtCore.Qt.WidgetAttribute.WA_DeleteOnClose, True)
        for text, action, fits in (
                (tr("Open"), lambda: self.open_frame(frames[0]), len(frames) == 1 and frames[0].path),
                (tr("Open folder"), self.open_folder, True),
                (tr("Re-fetch"), self.refetch_picked, any(frame.path for frame in frames)),
                (tr("Restart on the farm"), self.restart_picked,
                 any(frame.state == "failed" or frame.flag for frame in frames)),
                (tr("Copy paths"), lambda: QtWidgets.QApplication.clipboard().setText(
                    "\n".join(frame.path or frame.name for frame in frames)), True)):
            if fits:
                menu.addAction(text).triggered.connect(lambda _=False, act=action: act())
        menu.popup(point)

    def keyPressEvent(self, event):
        """See QWidget."""
        if event.matches(QtGui.QKeySequence.StandardKey.Find):
            self.find.setFocus()
            self.find.selectAll()
        elif event.key() == QtCore.Qt.Key.Key_F5:
            self.refetch_picked()
        elif event.key() == QtCore.Qt.Key.Key_Escape and self._only:
            self._show_only("")
        else:
            super(FramesTab, self).keyPressEvent(event)
