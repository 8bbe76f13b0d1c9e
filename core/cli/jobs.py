"""The command about transfers that run by themselves: list, follow, pause, resume, cancel, retry, remove, clean."""
from __future__ import absolute_import, division, print_function, unicode_literals

import datetime
from collections import namedtuple

from .. import compat, settings as settings_module, words
from ..errors import Cancelled, SettingsError, SyncError
from ..jobs import cleaning
from ..jobs.client import Client
from ..jobs.schema import DONE, FAILED, INTERRUPTED, LIVE, PAUSED, QUEUED, RUNNING

#: What shows the transfers with their numbers.
_LIST = "python -m rayvision_sync jobs list"

_LOOK_S = 0.5
_TELL_S = 1.0
_TITLE_COLUMNS = 36

#: States that nobody wanted.
_WRONG = (FAILED, INTERRUPTED)

#: What an action is: ``done`` is said of a job that it changed, ``idle`` of one that it does not concern;
#: with --all it takes the jobs whose state is among ``states`` (None: each), and ``none`` is said where there are none.
_Act = namedtuple("_Act", "done idle states none")

_ACTS = {
    "pause": _Act("paused", "does not run", (QUEUED, RUNNING), "No transfer runs or waits"),
    "resume": _Act("goes on", "is not paused or interrupted", (PAUSED, INTERRUPTED),
                   "No transfer is paused or interrupted"),
    "cancel": _Act("cancelled", "has ended", LIVE + (INTERRUPTED,), "No transfer runs, waits or is paused"),
    "retry": _Act("tried again", "has not ended", _WRONG, "No transfer has failed"),
    "remove": _Act("removed from the list", "does not exist", None, "There are no transfers"),
}


class TransfersFailed(SyncError):
    """Transfers that were followed did not reach their end."""


def jobs(run):
    """Look at transfers or steer them."""
    options = run.options
    given = settings_module.load(path=options.settings) if options.settings else None
    with Client(settings=given) as client:
        client.sweep()
        damage = client.damage()
        if damage:
            run.screen.problem(damage)
            run.screen.tell("note", message=damage)
        _CALLS.get(options.action, _act)(run, client)


def _of_people(client):
    """Return the jobs that are transfers: the others answer questions of a panel, and nobody sees them.

    One that was removed while it ran needs some seconds to end: it is off the list already.
    """
    return [job for job in client.jobs() if job.lane != "quick" and job.want != "remove"]


def _chosen(run, client):
    """Return the jobs that are named, or all.

    Raises:
        SettingsError: One of them does not exist.
    """
    found, wanted = _of_people(client), run.options.job_id
    if not wanted:
        return found
    lost = sorted(set(wanted) - set(job.id for job in found))
    if lost:
        raise SettingsError("There is no transfer %s. See them all: %s" % (
            ", ".join("%d" % job for job in lost), _LIST))
    return [job for job in found if job.id in wanted]


def _clean(run, client):
    count = cleaning.clean(client.store, client.settings, everything=True)
    run.screen.say("%s removed from the list." % words.plural(count, "ended transfer") if count else
                   "No transfer has ended: nothing was removed.")
    run.screen.tell("clean", removed=count)


# ---------------------------------------------------------------- look

def _list(run, client):
    rows = _chosen(run, client)
    if not rows:
        run.screen.say("There are no transfers.")
    else:
        run.screen.say("%4s  %-8s %-11s %5s  %-*s  %s" % ("JOB", "KIND", "STATE", "", _TITLE_COLUMNS, "TITLE", ""))
    for job in rows:
        say = run.screen.problem if job.state in _WRONG else run.screen.say
        title = words.fit(words.printable(job.title), _TITLE_COLUMNS)
        title += " " * (_TITLE_COLUMNS - words.columns(title))
        say(("%4d  %-8s %-11s %5s  %s  %s" % (job.id, job.kind, job.state, _percent(job), title, _rest(job))).rstrip())
        _tell(run, job)


def _percent(job):
    if job.state == DONE:
        return "100 %"
    share = _share(job)
    return "%d %%" % int(share * 100) if share is not None else ""


def _share(job):
    if job.bytes_total:
        return min(job.bytes / job.bytes_total, 1.0)
    return job.files / job.files_total if job.files_total else None


def _rest(job):
    if job.state == RUNNING and job.bytes_total:
        parts = [words.part(job.bytes, job.bytes_total), words.size(job.rate) + "/s"]
        if job.left_s is not None:
            parts.append(words.clock(job.left_s))
        return "  ".join(parts)
    if job.ended and job.state not in LIVE:
        when = datetime.datetime.fromtimestamp(job.ended).strftime(str("%Y-%m-%d %H:%M"))
        return "%s  %s" % (when, words.printable(job.message))
    return words.printable(job.message)


def _tell(run, job):
    run.screen.tell("job", job=job.id, kind=job.kind, title=job.title, state=job.state, stage=job.stage,
                    files=job.files, files_total=job.files_total, bytes=job.bytes, bytes_total=job.bytes_total,
                    skipped=job.skipped, missing=job.missing, failed=job.failed,
                    bytes_per_second=int(job.rate), message=job.message, task_id=job.task_id)


def _follow(run, client):
    rows = _chosen(run, client)
    if not rows:
        run.screen.say("There are no transfers.")
    elif not run.options.job_id and not any(job.state in LIVE for job in rows):
        run.screen.say("No transfer runs or waits: there is nothing to follow. See them all: %s" % _LIST)
    else:
        _Follower(run, client).run()


class _Follower(object):
    """Shows transfers until all of them have ended.

    Args:
        run (Run): Of the command.
        client (Client): Open.
    """

    def __init__(self, run, client):
        self._run = run
        self._client = client
        self._said = {}
        self._told = {}
        self._told_at = None
        self._failed = []

    def run(self):
        """Follow.

        Raises:
            TransfersFailed: Some have failed.
        """
        try:
            while self._look():
                self._run.cancel.wait(_LOOK_S)
        except Cancelled:
            self._run.screen.line.clear()
            self._run.screen.say("The transfers go on. Look again: jobs follow")
            return
        if self._failed:
            raise TransfersFailed("%s did not reach the end: %s. Go on with: jobs retry %s" % (
                words.plural(len(self._failed), "transfer"), ", ".join("%d" % job for job in self._failed),
                " ".join("%d" % job for job in self._failed)))

    def _look(self):
        """Show what is new; tell whether there is more to come."""
        self._client.sweep()
        # Not by `_chosen`: one that is removed meanwhile is no mistake.
        wanted = self._run.options.job_id
        rows = [job for job in (self._client.jobs() if wanted else _of_people(self._client))
                if not wanted or job.id in wanted]
        for job in rows:
            self._say(job)
        live = [job for job in rows if job.state in LIVE]
        now = compat.monotonic()
        if self._told_at is None or now - self._told_at >= _TELL_S:
            self._told_at = now
            for job in live:
                self._tell(job)
        if live:
            self._show(live)
        return bool(live)

    def _say(self, job):
        """Say it where a transfer entered another state; what had ended before is news to nobody, unless named."""
        now = (job.state, job.message if job.state not in LIVE else "")
        before = self._said.get(job.id)
        self._said[job.id] = now
        if before == now or not (before or job.state in LIVE or self._run.options.job_id):
            return
        wrong = job.state in _WRONG
        if wrong:
            self._failed.append(job.id)
        elif job.id in self._failed:
            self._failed.remove(job.id)  # Somebody let it go on.
        (self._run.screen.problem if wrong else self._run.screen.say)("%d %s: %s%s" % (
            job.id, words.printable(job.title), job.state, ", " + _rest(job) if job.state not in LIVE else ""))
        self._tell(job)

    def _tell(self, job):
        if self._told.get(job.id) != job.changed:
            self._told[job.id] = job.changed
            _tell(self._run, job)

    def _show(self, live):
        running = [job for job in live if job.state == RUNNING]
        total, done = sum(job.bytes_total for job in running), sum(job.bytes for job in running)
        rest = [words.part(min(done, total), total),
                words.size(sum(job.rate for job in running)) + "/s"] if total else []
        rest.append("%d running, %d waiting or paused" % (len(running), len(live) - len(running)))
        self._run.screen.line.show("Transfers", done / total if total else None, "  ".join(rest),
                                   running[0].title if len(running) == 1 else "")


# ---------------------------------------------------------------- act

def _act(run, client):
    options, act = run.options, _ACTS[run.options.action]
    if options.job_id:
        rows = _chosen(run, client)
    else:
        rows = [job for job in _of_people(client) if act.states is None or job.state in act.states]
    changed = 0
    for job in rows:
        if getattr(client, options.action)(job.id):
            changed += 1
            run.screen.say("%d %s: %s" % (job.id, words.printable(job.title), act.done))
            _tell_act(run, client.job(job.id), job.id)
        elif options.job_id:
            raise SettingsError("Transfer %d %s: nothing was changed." % (job.id, act.idle))
    if not changed:
        run.screen.say("%s: nothing was changed." % act.none)


def _tell_act(run, job, job_id):
    if job is None or run.options.action == "remove":
        run.screen.tell("removed", job=job_id)
    else:
        _tell(run, job)


_CALLS = {"list": _list, "follow": _follow, "clean": _clean}
