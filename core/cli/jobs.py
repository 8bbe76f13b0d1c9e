"""The command about transfers that run by themselves: list, follow, pause, resume, cancel, retry, remove, clean."""
from __future__ import absolute_import, division, print_function, unicode_literals

import datetime

from .. import words
from ..errors import Cancelled, SettingsError
from ..jobs import cleaning
from ..jobs.client import Client
from ..jobs.schema import DONE, LIVE

_LOOK_S = 0.5
_TITLE_COLUMNS = 36

#: Said of a job on which an action has no effect.
_NOTHING = {"pause": "does not run", "resume": "is not paused or interrupted", "cancel": "has ended",
            "retry": "has not ended", "remove": "does not exist"}


def jobs(run):
    """Look at transfers or steer them."""
    options = run.options
    with Client() as client:
        client.sweep()
        damage = client.damage()
        if damage:
            run.screen.say(damage)
        if options.action == "clean":
            count = cleaning.clean(client.store, run.settings, everything=True)
            run.screen.say("%s removed from the list." % words.plural(count, "ended transfer"))
        elif options.action in ("list", "follow"):
            _follow(run, client) if options.action == "follow" else _list(run, client)
        else:
            _act(run, client)


def _chosen(run, client):
    """Return the jobs that are named, or all.

    Raises:
        SettingsError: One of them does not exist.
    """
    found = client.jobs()
    wanted = run.options.job_id
    if not wanted:
        return [job for job in found if job.lane != "quick"]
    lost = sorted(set(wanted) - set(job.id for job in found))
    if lost:
        raise SettingsError("There is no transfer %s. See them all: jobs list" % ", ".join("%d" % job for job in lost))
    return [job for job in found if job.id in wanted]


def _list(run, client):
    rows = _chosen(run, client)
    if not rows:
        run.screen.say("There are no transfers.")
    else:
        run.screen.say("%4s  %-8s %-11s %5s  %-*s  %s" % ("JOB", "KIND", "STATE", "", _TITLE_COLUMNS, "TITLE", ""))
    for job in rows:
        run.screen.say("%4d  %-8s %-11s %5s  %-*s  %s" % (
            job.id, job.kind, job.state, _percent(job), _TITLE_COLUMNS,
            words.fit(words.printable(job.title), _TITLE_COLUMNS), _rest(job)))
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
    if job.state == "running" and job.bytes_total:
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


def _act(run, client):
    options = run.options
    act = getattr(client, options.action)
    if options.all:
        rows = client.jobs()
    else:
        rows = _chosen(run, client) if options.job_id else []
    if not rows and not options.all:
        raise SettingsError("Which transfer? Name its number, or --all. See them: jobs list")
    for job in rows:
        if act(job.id):
            run.screen.say("%d %s: %s" % (job.id, words.printable(job.title), options.action))
        elif not options.all:
            raise SettingsError("Transfer %d %s: nothing was changed." % (job.id, _NOTHING[options.action]))


def _follow(run, client):
    told = {}
    try:
        while True:
            client.sweep()
            rows = _chosen(run, client)
            for job in rows:
                now = (job.state, job.message if job.state not in LIVE else "")
                if told.get(job.id) != now and (job.id in told or job.state in LIVE or run.options.job_id):
                    run.screen.say("%d %s: %s%s" % (job.id, words.printable(job.title), job.state,
                                                    ", " + _rest(job) if job.state not in LIVE else ""))
                    _tell(run, job)
                told[job.id] = now
            live = [job for job in rows if job.state in LIVE]
            if not live:
                break
            _show(run, live)
            run.cancel.wait(_LOOK_S)
    except Cancelled:
        run.screen.line.clear()
        run.screen.say("The transfers go on. Look again: jobs follow")


def _show(run, live):
    running = [job for job in live if job.state == "running"]
    total, done = sum(job.bytes_total for job in running), sum(job.bytes for job in running)
    rest = [words.part(min(done, total), total), words.size(sum(job.rate for job in running)) + "/s"] if total else []
    rest.append("%d running, %d waiting or paused" % (len(running), len(live) - len(running)))
    run.screen.line.show("Transfers", done / total if total else None, "  ".join(rest),
                         running[0].title if len(running) == 1 else "")
