"""One job: what it does, its speed and threads, and its files."""
from __future__ import absolute_import, division, print_function, unicode_literals

from ..jobs.schema import LIVE, QUEUED
from . import fields, formats, job_texts, orders, speeds
from .binding import QtCore, QtWidgets, Signal, restyle
from .file_list import FileList
from .texts import tr
from .theme import GAP

_THREADS = ("auto", "1", "2", "4", "8", "16", "32")


class JobDetails(QtWidgets.QFrame):
    """Shows a job of the link; it changes nothing but by `asked`.

    Args:
        link (Link): Of the store.
        color (QColor): Of icons.
    """

    #: The number of a job and an action's name.
    asked = Signal(object, object)
    #: The pane was closed.
    closed = Signal()

    def __init__(self, link, color):
        super(JobDetails, self).__init__()
        self._link = link
        self._job = None
        self._seen = None
        self.setProperty("box", "card")
        self.title = fields.ElidedLabel(look="head")
        self.kind = fields.label(look="muted")
        self.close_button = fields.icon_button("cancel", tr("Close"), self.closed.emit, color, tr("Close (Esc)"))
        self.message = fields.label(wrap=True, name="job_message")
        self.message.setTextInteractionFlags(QtCore.Qt.TextInteractionFlag.TextSelectableByMouse)
        self.where = fields.ElidedLabel(look="muted")
        self.files = FileList()
        self.nothing = fields.label("", "muted", wrap=True)
        self.buttons = dict((name, fields.button(tr(text), self._asker(name), tip=tr(tip), name="details_" + name))
                            for name, (_, text, tip) in sorted(job_texts.LABELS.items()))
        self.first = fields.button(tr("Do this first"), self._rush, tip=tr("Begin before the others that wait"))
        self._build(color)

    def _asker(self, name):
        return lambda: self._job is not None and self.asked.emit(self._job.id, name)

    def _build(self, color):
        box = QtWidgets.QVBoxLayout(self)
        box.setContentsMargins(10, 8, 8, 10)
        box.setSpacing(GAP)
        head = fields.row(self.title, self.kind, self.close_button)
        head.setStretch(0, 1)
        box.addLayout(head)
        box.addWidget(self.message)
        box.addWidget(self.where)
        self._acts = fields.row(*([self.buttons[name] for name in (
            "resume", "pause", "retry", "folder", "cancel", "remove")] + [self.first, None]))
        box.addLayout(self._acts)
        self.tuning = QtWidgets.QWidget()
        self.threads = QtWidgets.QComboBox()
        self.threads.addItems([tr("auto")] + list(_THREADS[1:]))
        self.threads.setAccessibleName(tr("Threads"))
        self.threads.setToolTip(tr("Files at a time, for this transfer"))
        self.threads.activated.connect(self._set_threads)
        self.speed = speeds.SpeedBox(tr("Limit of this transfer"))
        self.speed.chosen.connect(self._set_speed)
        tuning = fields.row(fields.label(tr("Threads"), "muted"), self.threads, fields.label(tr("Limit"), "muted"),
                            self.speed, None)
        self.tuning.setLayout(tuning)
        box.addWidget(self.tuning)
        box.addWidget(self.files, 1)
        box.addWidget(self.nothing, 1, QtCore.Qt.AlignmentFlag.AlignTop)
        self.setMinimumHeight(120)

    # -- show

    def show_job(self, job):
        """Show a job; None shows nothing."""
        self._job = job
        self.refresh()

    def refresh(self):
        """Show what has changed."""
        job = self._job = self._link.jobs.get(self._job.id) if self._job is not None else None
        if job is None:
            self._seen = None
            return
        if self._seen == (job.id, job.changed):
            return
        is_other = self._seen is None or self._seen[0] != job.id
        self._seen = job.id, job.changed
        self.title.setText(job_texts.title(job))
        self.kind.setText(job_texts.kind(job) + (" \u00b7 %d" % job.task_id if job.task_id else ""))
        self.message.setText(self._sentence(job))
        restyle(self.message, look="bad" if job.state == "failed" else "")
        self.where.setText(job_texts.folder(job))
        self.where.setVisible(bool(self.where.text()))
        offered = job_texts.actions(job)
        for name, button in self.buttons.items():
            button.setVisible(name in offered)
        self.first.setVisible(job.state == QUEUED and job.priority == 0)
        self.tuning.setVisible(job.state in LIVE and job.lane in ("transfer", "watch"))
        if is_other:
            self.threads.setCurrentIndex(_THREADS.index(job.threads) if job.threads in _THREADS else 0)
            self.speed.show_speed(job.max_speed)
        self._show_files(job)

    @staticmethod
    def _sentence(job):
        detail = ". ".join(part for part in (job_texts.detail(job), job_texts.warning(job)) if part)
        parts = [" \u00b7 ".join(job_texts.numbers(job)), detail]
        message = job_texts.said(job)
        if message and message.rstrip(".") not in parts[1]:
            parts.append(message)
        speed = orders.result(job).get("seconds")
        if speed and job.bytes and job.state == "done":
            parts.append(formats.rate(job.bytes / float(speed)))
        return "\n".join(part for part in parts if part)

    def _show_files(self, job):
        rows = self._link.act_quietly("files", job.id) or []
        self.files.model().show_files(job.id, rows)
        self.files.setVisible(bool(rows))
        self.nothing.setVisible(not rows)
        self.nothing.setText(tr("No file is moving, and none has a problem.") if job.state in LIVE
                             else tr("No file had a problem."))

    # -- act

    def _set_threads(self, index):
        if self._job is not None:
            self._link.act("set_threads", self._job.id, _THREADS[index])

    def _set_speed(self, speed):
        if self._job is not None:
            self._link.act("set_speed", self._job.id, speed)

    def _rush(self):
        if self._job is not None:
            self._link.act("set_priority", self._job.id, 10)
