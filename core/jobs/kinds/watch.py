"""Auto-download: every frame lands as soon as it is rendered."""
from __future__ import absolute_import, division, print_function, unicode_literals

from ... import compat, tasks, watch as watch_module, words
from ...errors import DownloadFailed, SyncError
from ..board import Board
from ..schema import DONE, FAILED
from ..work import Outcome
from .transfers import counts, folder_of, keep, lacking, note_rate, tell_landed


#: Seconds between two looks at a farm; one on this computer is asked at no cost to anybody.
_POLL_S, _LOCAL_POLL_S = 10, 2


class _Session(object):
    """A session whose downloads are noted on a board, and which asks for frames when a task has news."""

    def __init__(self, session, board, work, folder):
        self._folder = folder
        self._session = session
        self._board = board
        self._work = work

    def __getattr__(self, name):
        return getattr(self._session, name)

    def ask(self, call):
        """See `Session.ask`."""
        self._work.desk.wait_while_paused()
        return self._session.ask(call)

    def tell(self, kind, note):
        """See `Session.tell`."""
        if kind == "tasks":
            self._ask(lambda: self._board.ask_farm(self._session, note))
            self._show(note)
        self._session.tell(kind, note)

    @staticmethod
    def _ask(call):
        try:
            call()
        except SyncError as error:
            if not error.retryable:
                raise

    def download(self, wanted_of, max_speed=None, **options):
        """See `Session.download`."""
        self._ask(lambda: self._board.ask_again(self._session))
        try:
            report = self._board.download(self._session, wanted_of, max_speed=max_speed, **options)
            tell_landed(self._work, report, self._folder)
            return report
        finally:
            self._show(None)

    def _show(self, states):
        if states is not None:
            self._numbers = [state.id for state in states]
        here, total = self._board.counts(self._numbers)
        if total:
            self._work.desk.set(message="%s of %s here" % (words.count(here), words.plural(total, "frame")),
                                result=compat.dump_json({"frames": here, "frames_total": total,
                                                         "folder": self._folder}))
        self._work.desk.flush()

    _numbers = ()


def watch(work):
    """Follow tasks until they have ended and all their frames are here.

    Parameters: ``task_ids``, ``local_path`` (default: the setting's), ``keep`` (False: the folder of the task is
    dropped from local names), ``poll_s`` (10, or 2 where the farm is on this computer), ``only_ended`` (False),
    ``stop_after_test`` (False).
    """
    numbers = work.need("task_ids")
    folder = folder_of(work)
    session = work.session()
    work.desk.adds_up = True
    work.desk.stage("frames", task_id=tasks.task_number(numbers[0]))
    poll_s = work.param("poll_s", _LOCAL_POLL_S if session.api.connect.is_local else _POLL_S)
    options = watch_module.Options(
        folder, work.param("keep", False), watch_module.parse_poll(poll_s), None,
        work.param("only_ended", False), work.param("stop_after_test", False), None)
    board = Board(work)
    try:
        report = watch_module.Watch(_Session(session, board, work, folder), numbers, options).run()
    except DownloadFailed as error:
        if error.report is not None:
            keep(work, error.report)
        raise
    keep(work, report)
    note_rate(work, "rate_down", report)
    here, total = board.counts(numbers)
    text = "%s of %s here" % (words.count(here), words.plural(total, "frame")) if total else (
        "%s here" % words.plural(report.sent + report.skipped, "file"))
    not_rendered = total - here if total and report.ok else 0
    if not_rendered > 0:
        text += ", the others were not rendered"
    if report.kept:
        text += ", %s of yours kept with the farm's beside" % words.plural(len(report.kept), "file")
    return Outcome(DONE if report.ok else FAILED, "%s, in %s%s." % (text, folder, lacking(report)),
                   dict(counts(report), folder=folder, frames=here, frames_total=total))
