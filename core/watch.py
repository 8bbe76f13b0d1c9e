"""Auto-download: poll tasks, fetch what is new, end after a last sweep."""
from __future__ import absolute_import, division, print_function, unicode_literals

import logging
from collections import namedtuple

from . import compat, outputs, shortfall, tasks
from .errors import DownloadFailed, SettingsError, SyncError
from .model import Problem, add_reports, empty_report
from .tally import History

log = logging.getLogger(__name__)

#: How a watch behaves. ``poll_s`` seconds between polls; ``keep`` the task
#: folder in local names; ``only_ended`` fetches nothing before a task has ended;
#: ``stop_after_test`` takes finished test frames for an end.
Options = namedtuple("Options", "folder keep poll_s max_speed only_ended stop_after_test threads")
Options.__new__.__defaults__ = (10.0, None, False, False, None)

#: Polls in a row in which the farm does not know a task, before that is believed.
_UNKNOWN_POLLS = 2

#: Polls for which a task's change counts as news, and how often its folder is listed without any.
_NEWS_POLLS, _LISTING_POLLS = 3, 30

#: However short a pause is asked for: the farm is not ours alone.
_SHORTEST_POLL_S = 0.1

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
    return max(seconds, _SHORTEST_POLL_S)


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
        self._sweeps = {}
        self._lost = []
        self._history = History()
        self._quiet = {}
        self._told = None
        self._is_away = False
        self._began = None
        self._moved = self._given_up = empty_report()

    def run(self):
        """Poll until every task has ended.

        Returns:
            Report: ``sent`` counts the files that landed, ``skipped`` those that were here before,
            ``failed`` and ``missing`` what was still so at the end, frames that the farm did not render included.

        Raises:
            DownloadFailed: The farm does not know some of the tasks; the others were followed to their end.
            FarmError: The farm refuses the account.
            Cancelled: The run was cancelled.

        Each of them has what was done so far as its ``report``.
        """
        self._began = compat.monotonic()
        try:
            while self._open:
                self._look()
                if self._open:
                    self._session.cancel.wait(self._options.poll_s)
            if self._lost:
                raise DownloadFailed("The farm does not know task %s: check the number, or whether it was deleted."
                                     % ", ".join("%d" % number for number in self._lost))
        except SyncError as error:
            if error.report is not None:  # Of a sweep that was cancelled.
                self._add(error.report)
            error.report = self._report()
            raise
        return self._report()

    def _report(self):
        return add_reports(self._moved, self._given_up)._replace(seconds=compat.monotonic() - self._began)

    def _look(self):
        try:
            self._poll()
        except SyncError as error:
            if not error.retryable:
                raise
            if self._history.is_news("farm", error.message):
                self._note("%s The download goes on as soon as it answers." % error.message)
            self._is_away = True
            return
        if self._is_away:
            self._is_away = False
            self._history.said.pop("farm", None)
            self._note("The farm answers again: the download goes on.")

    def _note(self, message):
        log.warning("%s", message)
        self._session.tell("note", message)

    def _poll(self):
        # "Ended" is read before the folders are listed, so that the last sweep sees every file.
        states = self._session.ask(lambda: tasks.read_tasks(self._session.api, self._open,
                                                            self._options.stop_after_test))
        for number in [number for number in self._open if states.get(number) is None]:
            self._unknown[number] = self._unknown.get(number, 0) + 1
            if self._unknown[number] >= _UNKNOWN_POLLS:
                self._open.remove(number)
                self._lost.append(number)
        known = [states[number] for number in self._open if states.get(number) is not None]
        for state in known:
            self._unknown.pop(state.id, None)
        if known != self._told:
            self._told = known
            self._session.tell("tasks", known)
        ready = [state for state in known if state.is_ended or not self._options.only_ended]
        report = self._sweep(ready)
        for state in ready:
            if state.is_ended:
                # What fails may be another task's.
                self._end(state, report if report.ok or len(ready) == 1 else self._sweep([state]))

    def _end(self, state, report):
        """Let go of an ended task, once its sweep was clean or has failed often enough."""
        self._sweeps[state.id] = self._sweeps.get(state.id, 0) + 1
        if not report.ok and self._sweeps[state.id] < _LAST_SWEEPS:
            return
        lacking, problem = shortfall.of_task(self._session.ask, self._session.api, state)
        self._open.remove(state.id)
        self._give_up(report.missing, report.failed, report.problems)
        if problem:
            self._session.tell("problem", problem)
            self._give_up(0, lacking, (problem,))

    def _give_up(self, missing, failed, problems):
        self._given_up = add_reports(self._given_up, empty_report()._replace(
            missing=missing, failed=failed, problems=tuple(problems)))

    def _sweep(self, states):
        """Fetch what tasks have put out so far. Returns the `Report` of this sweep alone."""
        if not any(state.outputs or state.done for state in states):
            return empty_report()
        options = self._options
        is_ok = False
        try:
            report = self._session.download(
                lambda engine: self._wanted(engine, self._with_news(engine, states)),
                options.max_speed, patience_s=None, threads=options.threads, history=self._history)
            is_ok = report.ok
        finally:
            self._history.looks += 1
            if not is_ok:
                self._quiet = {}  # The next poll looks at all of them again.
        self._add(report)
        return report

    def _wanted(self, engine, states):
        """Yield what tasks have put out and is due; all of it when a task has ended."""
        for state in states:
            for item in outputs.of_tasks(engine, [state], self._options.folder, self._options.keep):
                if state.is_ended or isinstance(item, Problem) or self._history.is_due(item.stored):
                    yield item

    def _with_news(self, engine, states):
        """Leave out the tasks in which nothing has changed, where the engine's listings cost a question each."""
        if not getattr(engine, "is_dear", False):
            return states
        wanted = []
        for state in states:
            seen, times = self._quiet.get(state.id, (None, 0))
            times = times + 1 if state == seen else 0
            self._quiet[state.id] = state, times
            # A frame's file may come a little after its frame is said to be done.
            if state.is_ended or times < _NEWS_POLLS or times % _LISTING_POLLS == 0:
                wanted.append(state)
        return wanted

    def _add(self, report):
        """Count what moved; what fails now may land later."""
        new = tuple(path for path in report.kept if path not in self._moved.kept)
        beside = tuple(pair for pair in report.beside if pair not in self._moved.beside)
        self._moved = add_reports(self._moved, report._replace(missing=0, failed=0, problems=(), kept=new,
                                                                 beside=beside))
