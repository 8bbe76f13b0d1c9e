"""Fetch what comes to folders of a storage, without a farm that says what is rendered or when that ends."""
from __future__ import absolute_import, division, print_function, unicode_literals

import logging
from collections import namedtuple

from . import compat, outputs, paths
from .errors import StorageBusy, StorageError, StorageLost, SyncError
from .model import Problem, add_reports, empty_report
from .tally import History

log = logging.getLogger(__name__)

#: ``folder`` where files land; ``keep`` the storage's folders in local names; ``poll_s`` seconds between two looks;
#: ``idle_s`` seconds without a new file that end it, None never does.
Options = namedtuple("Options", "folder keep poll_s idle_s")


class Follow(object):
    """Look into folders of a storage again and again.

    Args:
        session (Session): Of the storage.
        names (list of str): Folders, from `outputs.server_names`.
        options (Options): How.
    """

    def __init__(self, session, names, options):
        self._session = session
        self._names = names
        self._options = options
        self._history = History()
        self._seen = {}
        self._is_away = False
        self._moved = self._last = empty_report()
        self._began = self._news = None

    def run(self):
        """Fetch what is new until nothing is for long enough, or until a cancel.

        Returns:
            Report: ``sent`` counts the files that landed, ``failed`` what still failed in the last look.

        Raises:
            StorageError: The storage refuses, or is still away when nothing has come for ``idle_s``. Without that,
                a storage that is away is waited for; a folder that was never there is not.
            Cancelled: With what was done so far as its ``report``.
        """
        self._began = self._news = compat.monotonic()
        try:
            while True:
                self._look()
                if self._is_over():
                    return self._report()
                self._session.cancel.wait(self._options.poll_s)
        except SyncError as error:
            if error.report is not None:  # Of a look that was cancelled.
                self._add(error.report)
            error.report = self._report()
            raise

    def _is_over(self):
        idle_s = self._options.idle_s
        is_over = idle_s is not None and compat.monotonic() - self._news >= idle_s
        if is_over and self._is_away:
            raise StorageError(self._history.said["storage"])
        return is_over

    def _look(self):
        try:
            report = self._session.download(self._wanted, patience_s=None, history=self._history)
            self._history.looks += 1
        except SyncError as error:
            if not error.retryable:
                raise
            if self._history.is_news("storage", error.message):
                self._note("%s The download goes on as soon as it answers." % error.message)
            self._is_away = True
            return
        if self._is_away:
            self._is_away = False
            self._news = compat.monotonic()  # What came meanwhile could not be seen.
            self._history.said.pop("storage", None)
            self._note("The storage answers again: the download goes on.")
        self._add(report)

    def _note(self, message):
        log.warning("%s", message)
        self._session.tell("note", message)

    def _wanted(self, engine):
        """Yield what is to be fetched; a folder of a storage that is not there yet is no problem."""
        away, seen = outputs.absence(engine), {}
        if away:
            # A share that was there may come back; a storage that never was is a slip of the hand.
            raise StorageBusy(away) if self._history.looks else StorageLost(away)
        for item in outputs.of_paths(engine, self._names, self._options.folder, self._options.keep):
            if isinstance(item, Problem):
                if item.kind == "failed":  # Of a whole folder: it would be refused for ever.
                    raise StorageError(item.reason)
                if item.kind != "missing":
                    yield item
                elif self._history.is_news("nothing under " + item.source, ""):
                    self._note("There is nothing under %s of the storage yet: it is waited for." % (
                        "/" if item.source == "/" else paths.quoted(item.source[1:])))
            elif engine.name == "folder" and not self._is_settled(item.stored, seen):
                self._news = compat.monotonic()
            elif self._history.is_due(item.stored):
                yield item
        self._seen = seen

    def _is_settled(self, stored, seen):
        """Tell whether a file of a folder looks as it did in the last look: a renderer may still write into it."""
        seen[stored.name] = stored.size, stored.mtime
        return self._seen.get(stored.name) == seen[stored.name]

    def _add(self, report):
        """Count what moved; what fails now may land in the next look."""
        if report.sent:
            self._news = compat.monotonic()
        self._last = empty_report()._replace(missing=report.missing, failed=report.failed, problems=report.problems)
        new = tuple(path for path in report.kept if path not in self._moved.kept)
        beside = tuple(pair for pair in report.beside if pair not in self._moved.beside)
        self._moved = add_reports(self._moved, report._replace(missing=0, failed=0, problems=(), kept=new,
                                                                 beside=beside))

    def _report(self):
        return add_reports(self._moved, self._last)._replace(seconds=compat.monotonic() - self._began)
