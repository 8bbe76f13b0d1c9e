"""Auto-download: poll tasks, fetch what is new, end after a last sweep."""
from __future__ import absolute_import, division, print_function, unicode_literals

import logging
from collections import namedtuple

from . import compat, outputs, tasks
from .errors import Cancelled, DownloadFailed, SettingsError, SyncError
from .model import add_reports, empty_report

log = logging.getLogger(__name__)

#: How a watch behaves. ``poll_s`` seconds between polls; ``keep`` the task
#: folder in local names; ``only_ended`` fetches nothing before a task has ended;
#: ``stop_after_test`` takes finished test frames for an end.
Options = namedtuple("Options", "folder keep poll_s max_speed only_ended stop_after_test threads")
Options.__new__.__defaults__ = (10.0, None, False, False, None)

#: Polls in a row in which the farm does not know a task, before that is believed.
_UNKNOWN_POLLS = 2

#: Last sweeps in which files may fail before the watch gives up on them.
_LAST_SWEEPS = 3


def parse_poll(value):
    """Return seconds between polls.

    Raises:
        SettingsError: No number of 0 or more.
    """
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        seconds = -1.0
    if not 0 <= seconds < 1e6:
        raise SettingsError("The time between two looks is a number of seconds, not %s." % compat.text(value))
    return seconds


class Watch(object):
    """Follow tasks until they have ended and all their frames are here.

    Args:
        session (Session): Of the account.
        task_ids (iterable of int or str): Copied; the caller's list is never changed.
        options (Options): How.
    """

    def __init__(self, session, task_ids, options):
        self._session = session
        self._options = options
        self._open = sorted(set(tasks.task_number(task_id) for task_id in task_ids))
        self._unknown = {}
        self._last = {}
        self._lost = []
        self._claims = {}
        self._total = empty_report()

    def run(self):
        """Poll until every task has ended.

        Returns:
            Report: ``failed`` counts the files that were still failing at the end.

        Raises:
            DownloadFailed: The farm does not know some of the tasks; the others were followed to their end.
            FarmError: The farm refuses the account.
            Cancelled: The run was cancelled.
        """
        began = compat.monotonic()
        while self._open:
            try:
                self._poll()
            except Cancelled as error:
                error.report = add_reports(self._total, getattr(error, "report", empty_report()))
                raise
            except SyncError as error:
                if not error.retryable:
                    raise
                self._note("%s The download goes on as soon as it answers." % error.message)
            if self._open:
                self._pause()
        if self._lost:
            error = DownloadFailed("The farm does not know task %s: check the number, or whether it was deleted."
                                   % ", ".join("%d" % number for number in self._lost))
            error.report = self._total
            raise error
        return self._total._replace(seconds=compat.monotonic() - began)

    def _pause(self):
        try:
            self._session.cancel.wait(self._options.poll_s)
        except Cancelled as error:
            error.report = self._total
            raise

    def _note(self, message):
        log.warning("%s", message)
        self._session.tell("note", message)

    def _poll(self):
        # "Ended" is read before the folders are listed, so that the last sweep sees every file.
        states = tasks.read_tasks(self._session.api, self._open, self._options.stop_after_test)
        for number in [number for number in self._open if states.get(number) is None]:
            self._unknown[number] = self._unknown.get(number, 0) + 1
            if self._unknown[number] >= _UNKNOWN_POLLS:
                self._open.remove(number)
                self._lost.append(number)
        known = [states[number] for number in self._open if states.get(number) is not None]
        for state in known:
            self._unknown.pop(state.id, None)
        self._session.tell("tasks", known)
        ready = [state for state in known if state.is_ended or not self._options.only_ended]
        report = self._sweep(ready)
        self._total = add_reports(self._total._replace(failed=0, problems=(), skipped=0), report)
        for state in ready:
            if state.is_ended:
                self._end(state, report)

    def _end(self, state, report):
        """Let go of an ended task, once its sweep was clean or has failed often enough."""
        self._last[state.id] = self._last.get(state.id, 0) + 1
        if report.ok or self._last[state.id] >= _LAST_SWEEPS:
            self._open.remove(state.id)

    def _sweep(self, states):
        if not any(state.outputs for state in states):
            return empty_report()
        options = self._options
        return self._session.download(
            lambda engine: outputs.of_tasks(engine, states, options.folder, options.keep),
            options.max_speed, patience_s=None, threads=options.threads, claims=self._claims)
