"""Log: what happened, and a text for support without any secret."""
from __future__ import absolute_import, division, print_function, unicode_literals

import platform

from .. import __version__, compat, settings as settings_module
from ..jobs import schema
from . import fields, formats
from .binding import QtCore, QtGui, QtWidgets
from .texts import sentence, tr
from .theme import GAP, read, state_color

_BAD = ("failed", "interrupted")
_MOST_JOBS = 30
_SETTINGS = ("domain", "platform", "protocol", "threads", "max_speed", "max_jobs", "interpreter", "local_path")


class LogTab(QtWidgets.QWidget):
    """The store's events, the last one at the bottom.

    Args:
        desk (window.Desk): What all tabs share.
    """

    def __init__(self, desk):
        super(LogTab, self).__init__()
        self._desk = desk
        self._events = []
        self.filter = QtWidgets.QComboBox()
        self.filter.setAccessibleName(tr("What is shown"))
        self.filter.setToolTip(tr("What is shown"))
        self.filter.addItem(tr("Everything"), "all")
        self.filter.addItem(tr("Only problems"), "problems")
        self.filter.currentIndexChanged.connect(self._rewrite)
        self.filter.setMinimumWidth(60)
        self.copy_button = fields.button(tr("Copy for support"), self.copy, name="copy_log", tip=tr(
            "Copy this log with versions and settings; the access key is not among them"))
        self.folder_button = fields.icon_button("folder", tr("Open the folder of log files"), self._open_folder,
                                                desk.color)
        self.text = QtWidgets.QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setProperty("look", "log")
        self.text.setAccessibleName(tr("Log"))
        self.text.setMaximumBlockCount(schema.MOST_EVENTS)
        self.text.setFrameShape(QtWidgets.QFrame.Shape.NoFrame)
        self.text.setTabChangesFocus(True)
        self.empty = fields.Empty("log", tr("Nothing has happened yet"), tr("What transfers do is told here."))
        box = QtWidgets.QVBoxLayout(self)
        box.setContentsMargins(GAP, GAP + 2, GAP, GAP)
        box.setSpacing(GAP)
        box.addLayout(fields.row(self.filter, None, self.folder_button, self.copy_button))
        self.pages = QtWidgets.QStackedWidget()
        self.pages.addWidget(self.empty)
        self.pages.addWidget(self.text)
        box.addWidget(self.pages, 1)
        desk.link.happened.connect(self._add)
        self._events = desk.link.act_quietly("events", 0) or []
        self._rewrite()

    def _add(self, event):
        self._events.append(event)
        del self._events[:-schema.MOST_EVENTS]
        self._write(event)
        self.pages.setCurrentWidget(self.text)

    def _rewrite(self, *_):
        self.text.clear()
        for event in self._events:
            self._write(event)
        self.pages.setCurrentWidget(self.text if self._events else self.empty)

    def _write(self, event):
        is_bad = event.kind in _BAD
        if self.filter.itemData(self.filter.currentIndex()) == "problems" and not is_bad:
            return
        colors = read(self.palette())
        ink = QtGui.QTextCharFormat()
        ink.setForeground(colors.muted)
        cursor = QtGui.QTextCursor(self.text.document())
        cursor.movePosition(QtGui.QTextCursor.MoveOperation.End)
        if not self.text.document().isEmpty():
            cursor.insertBlock()
        cursor.insertText("%s   " % formats.moment(event.at), ink)
        ink.setForeground(state_color("failed", colors.is_dark) if is_bad else
                          state_color("done", colors.is_dark) if event.kind == "done" else colors.text)
        cursor.insertText(sentence(event.text), ink)
        bar = self.text.verticalScrollBar()
        bar.setValue(bar.maximum())

    def _open_folder(self):
        self._desk.open_path(compat.text(self._desk.link.client.log_path(0)).replace("\\", "/").rpartition("/")[0])

    def report(self):
        """Return the text for support."""
        host = self._desk.host
        lines = ["rayvision_sync %s" % __version__, "%s %s" % (host.name, host.version),
                 "Python %s, %s" % (compat.text(platform.python_version()), compat.text(platform.platform())),
                 "Qt %s" % compat.text(QtCore.qVersion())]
        settings = self._desk.settings()
        if settings is not None:
            lines += ["%s: %s (%s)" % (name, settings.get(name), settings.origin(name)[0]) for name in _SETTINGS]
            lines.append("access_key: %s" % ("is set" if settings.get("access_key") else "is not set"))
        lines += ["", "Transfers:"]
        jobs = sorted(self._desk.link.jobs.values(), key=lambda job: job.id)[-_MOST_JOBS:]
        lines += ["%d %s %s %s %s" % (job.id, job.kind, job.state, job.title, job.message) for job in jobs]
        lines += ["log: %s" % compat.text(self._desk.link.client.log_path(job.id)) for job in jobs[-3:]]
        lines += ["", "Events:"]
        lines += ["%s %s %s %s" % (formats.moment(event.at), event.job or "-", event.kind, event.text)
                  for event in self._events]
        text = "\n".join(lines) + "\n"
        for secret in settings_module.secrets(settings) if settings is not None else ():
            text = text.replace(secret, "********")
        return text

    def copy(self):
        """Put the text for support on the clipboard."""
        QtWidgets.QApplication.clipboard().setText(self.report())
        self._desk.tell(tr("Copied. Paste it into your message to support: the access key is not in it."), "good")

