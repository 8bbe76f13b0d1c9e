"""Transfers: one row a job, and the files of the one that is open."""
from __future__ import absolute_import, division, print_function, unicode_literals

from ..jobs.schema import PAUSED, QUEUED, RUNNING
from . import fields, job_list, job_texts, orders, speeds
from .binding import QtCore, QtGui, QtWidgets
from .job_details import JobDetails
from .job_list import JobList
from .texts import tr
from .theme import GAP

_WIDE = 860


class TransfersTab(QtWidgets.QWidget):
    """The list of transfers.

    Args:
        desk (window.Desk): What all tabs share.
    """

    def __init__(self, desk):
        super(TransfersTab, self).__init__()
        self._desk = desk
        self._link = desk.link
        self._build()
        self._link.jobs_changed.connect(self._update)
        self.list.asked.connect(self.act)
        self.list.picked.connect(self._pick)
        self.details.asked.connect(self.act)
        self.details.closed.connect(self.close_details)
        self._update([], True)

    # -- build

    def _build(self):
        color = self._desk.color
        self.pause_all = fields.button(tr("Pause all"), self._toggle_all, name="pause_all",
                                       tip=tr("Pause or go on with all transfers"))
        self.limit = speeds.SpeedBox(tr("Speed limit of all transfers together"))
        self.limit.chosen.connect(self._set_limit)
        self.limit_label = fields.label(tr("Limit"), "muted")
        self.add = fields.icon_button("download", tr("Download a task"), self._toggle_form, color,
                                      tr("Fetch the frames of a task by its number"), "download_task")
        self.add.setCheckable(True)
        self.filter = QtWidgets.QComboBox()
        self.filter.setAccessibleName(tr("Which transfers are shown"))
        self.filter.setToolTip(tr("Which transfers are shown"))
        for name, text, _ in job_list.FILTERS:
            self.filter.addItem(tr(text), name)
        self.search = QtWidgets.QLineEdit()
        self.search.setPlaceholderText(tr("Find a scene or task"))
        self.search.setAccessibleName(tr("Find a scene or task"))
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(50)
        self.list = JobList()
        self.details = JobDetails(self._link, color)
        self.details.hide()
        self.form = _DownloadForm(self._desk)
        self.form.hide()
        self.form.done.connect(lambda: self.add.setChecked(False))
        self.empty = fields.Empty("transfers", tr("No transfers yet"), tr(
            "Submit a scene, or fetch the frames of a task by its number. Transfers go on when this window is closed."),
            fields.button(tr("Submit a scene"), lambda: self._desk.show_tab("submit"), look="plain"))
        self._lay_out()
        self.filter.setCurrentIndex(max(0, self.filter.findData(self._desk.memory.get("transfers_filter", "all"))))
        self.filter.currentIndexChanged.connect(self._filter)
        self.search.textChanged.connect(self._filter)
        self._filter()

    def _lay_out(self):
        box = QtWidgets.QVBoxLayout(self)
        box.setContentsMargins(GAP, GAP + 2, GAP, GAP)
        box.setSpacing(GAP)
        head = fields.row(self.filter, self.search, self.add)
        head.setStretch(1, 1)
        box.addLayout(head)
        box.addWidget(self.form)
        self.splitter = QtWidgets.QSplitter(QtCore.Qt.Orientation.Vertical)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(7)
        self.pages = QtWidgets.QStackedWidget()
        self.pages.addWidget(self.empty)
        self.pages.addWidget(self.list)
        self.splitter.addWidget(self.pages)
        self.splitter.addWidget(self.details)
        box.addWidget(self.splitter, 1)
        box.addLayout(fields.row(self.limit_label, self.limit, None, self.pause_all))

    # -- show

    def showEvent(self, event):
        """See QWidget."""
        super(TransfersTab, self).showEvent(event)
        self.refresh_limit()

    def refresh_limit(self):
        """Show the limit of the settings."""
        settings = self._desk.settings()
        if settings is not None:
            self.limit.show_speed(settings.get("max_speed"))
            locked = settings.is_locked("max_speed")
            self.limit.setEnabled(not locked)
            self.limit.setToolTip(tr("Set by your studio") if locked else tr("Speed limit of all transfers together"))

    def _update(self, _numbers, _moved):
        jobs = self._link.jobs
        self.list.show_jobs(jobs)
        transfers = [job for job in jobs.values() if job.kind in job_list.TRANSFERS]
        self.pages.setCurrentWidget(self.list if transfers else self.empty)
        moving = any(job.state in (RUNNING, QUEUED) and job.want != "pause" for job in transfers)
        held = any(job.state == PAUSED for job in transfers)
        self.pause_all.setText(tr("Pause all") if moving or not held else tr("Resume all"))
        self.pause_all.setAccessibleName(self.pause_all.text())
        self.pause_all.setEnabled(moving or held)
        if self.details.isVisible():
            self.details.refresh()

    def _filter(self, *_):
        name = self.filter.itemData(self.filter.currentIndex())
        self.list.model().set_filter(name, self.search.text())
        self.list.show_jobs(self._link.jobs)
        self._desk.memory.set("transfers_filter", name)

    def _pick(self, number):
        if self.details.isVisible():
            self._show_details(number)

    def _show_details(self, number):
        job = self._link.jobs.get(number)
        if job is None:
            self.details.hide()
            return
        self._turn()
        is_new = not self.details.isVisible()
        self.details.show()
        self.details.show_job(job)
        if is_new:
            whole = self.splitter.height() if self.splitter.orientation() == QtCore.Qt.Orientation.Vertical else (
                self.splitter.width())
            share = self._desk.memory.get("transfers_share", 0.5)
            self.splitter.setSizes([int(whole * share), int(whole * (1 - share))])

    def close_details(self):
        """Show the list alone."""
        if self.details.isVisible():
            sizes = self.splitter.sizes()
            if sum(sizes):
                self._desk.memory.set("transfers_share", round(min(0.85, max(0.15, sizes[0] / float(sum(sizes)))), 2))
        self.details.hide()
        self.list.setFocus()

    def _turn(self):
        wide = self.width() >= _WIDE
        self.splitter.setOrientation(QtCore.Qt.Orientation.Horizontal if wide else QtCore.Qt.Orientation.Vertical)

    def resizeEvent(self, event):
        """See QWidget."""
        super(TransfersTab, self).resizeEvent(event)
        self._turn()

    def keyPressEvent(self, event):
        """See QWidget."""
        if event.matches(QtGui.QKeySequence.StandardKey.Find):
            self.search.setFocus()
            self.search.selectAll()
        elif event.key() == QtCore.Qt.Key.Key_Escape and self.form.isVisible():
            self.form.hide()
            self.add.setChecked(False)
        elif event.key() == QtCore.Qt.Key.Key_Escape and self.details.isVisible():
            self.close_details()
        else:
            super(TransfersTab, self).keyPressEvent(event)

    # -- act

    def act(self, number, action):
        """Do what a row, its details or a key ask for."""
        job = self._link.jobs.get(number)
        if job is None:
            return
        if action == "open":
            self.list.pick(number)
            self._show_details(number)
        elif action == "folder":
            self._desk.open_path(job_texts.folder(job))
        else:
            self._link.act(action, number)

    def _toggle_all(self):
        transfers = [job for job in self._link.jobs.values() if job.kind in job_list.TRANSFERS]
        moving = any(job.state in (RUNNING, QUEUED) and job.want != "pause" for job in transfers)
        self._link.act("pause_all" if moving else "resume_all")

    def _set_limit(self, value):
        self._desk.save_settings({"max_speed": value})
        self.refresh_limit()

    def _toggle_form(self):
        self.form.setVisible(self.add.isChecked())
        if self.form.isVisible():
            self.form.begin()

    def ask_download(self):
        """Show the fields for a task's number."""
        self.add.setChecked(True)
        self._toggle_form()


class _DownloadForm(QtWidgets.QFrame):
    """A task's number and a folder."""

    done = fields.Signal()

    def __init__(self, desk):
        super(_DownloadForm, self).__init__()
        self._desk = desk
        self.setProperty("box", "card")
        self.number = QtWidgets.QLineEdit()
        self.number.setPlaceholderText(tr("Number of the task"))
        self.number.setAccessibleName(tr("Number of the task"))
        self.number.setObjectName("task_number")
        self.number.returnPressed.connect(self.send)
        self.folder = fields.PathField(tr("Folder for its frames"), desk.color, placeholder=tr("Folder for its frames"))
        self.follow = QtWidgets.QCheckBox(tr("Fetch each frame as soon as it is rendered"))
        self.follow.setAccessibleName(self.follow.text())
        self.follow.setChecked(True)
        self.send_button = fields.button(tr("Download"), self.send, look="go", name="send_download")
        box = QtWidgets.QVBoxLayout(self)
        box.setContentsMargins(10, 8, 10, 8)
        box.setSpacing(GAP)
        box.addLayout(fields.row(self.number))
        box.addWidget(self.folder)
        box.addWidget(self.follow)
        box.addLayout(fields.row(None, self.send_button))

    def begin(self):
        """Take the keyboard, and the usual folder."""
        settings = self._desk.settings()
        if settings is not None and not self.folder.text():
            self.folder.setText(settings.get("local_path") or "")
        self.number.setFocus()

    def send(self):
        """Add the job."""
        text = self.number.text().strip()
        if not text.isdigit():
            self._desk.tell(tr("A task's number has digits only, e.g. 18164087."), "warn")
            self.number.setFocus()
            return
        if self._desk.link.add(orders.download(text, self.folder.text(), self.follow.isChecked())) is not None:
            self.number.clear()
            self.hide()
            self.done.emit()
