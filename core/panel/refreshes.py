"""Tells the host that pictures have landed in a folder, for hosts that show folders."""
from __future__ import absolute_import, division, print_function, unicode_literals

import logging

from ..errors import SyncError
from . import orders
from .binding import QtCore

log = logging.getLogger(__name__)

#: A host reads the whole folder each time.
_EVERY_S = 2.0

_KINDS = ("watch", "download", "refetch")


class Refreshes(QtCore.QObject):
    """Hears of downloads.

    Args:
        desk (window.Desk): What all tabs share.
        parent (QObject): Of this one.
    """

    def __init__(self, desk, parent):
        super(Refreshes, self).__init__(parent)
        self._desk = desk
        self._files = {}  # Job -> files that had landed when it was last looked at.
        self._due = set()
        self._told_at = None
        desk.link.jobs_changed.connect(self._hear)
        desk.link.beat.connect(self._tell)

    def _hear(self, numbers, _):
        jobs = self._desk.link.jobs
        for number in numbers:
            job = jobs.get(number)
            if job is None or job.kind not in _KINDS:
                continue
            before = self._files.get(number, job.files)
            self._files[number] = job.files
            folder = self._folder(job) if job.files > before else ""
            if folder:
                self._due.add(folder)
        self._tell()

    def _folder(self, job):
        settings = self._desk.settings()
        return orders.params(job).get("local_path") or orders.result(job).get("folder") or (
            settings.get("local_path") if settings is not None else "")

    def _tell(self):
        now = self._desk.link.now()
        if not self._due or (self._told_at is not None and now - self._told_at < _EVERY_S):
            return
        self._told_at = now
        due, self._due = self._due, set()
        for folder in sorted(due):
            try:
                self._desk.host.refresh(folder)
            except SyncError as error:
                log.warning("The host was not told of %s: %s", folder, error.message)
