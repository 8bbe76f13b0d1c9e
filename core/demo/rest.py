"""What goes on when the demo's window is closed, and its end."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os
import signal
import threading

from .. import compat, words
from ..jobs import lanes, process
from ..jobs.client import Client
from ..jobs.schema import INTERRUPTED, LIVE, PAUSED, QUEUED, RUNNING

_END_S = 5.0
_LOOK_S = 0.5
_STEP_S = 0.05

#: A worker may have started another one just before it was ended.
_ROUNDS = 3

_KILL = getattr(signal, "SIGKILL", signal.SIGTERM)


class Rest(object):
    """Follows the transfers of the demo's store until none moves by itself any more.

    Args:
        client (Client): Open.
        screen: Has ``say(line)`` and ``line.show(label, share, rest, name)``.
        cancel (Cancel): Ends it.
    """

    def __init__(self, client, screen, cancel):
        self._client = client
        self._screen = screen
        self._cancel = cancel

    def moving(self):
        """Return the transfers that run or wait; a paused one waits for somebody."""
        return [job for job in _transfers(self._client) if job.state in (QUEUED, RUNNING)]

    def follow(self):
        """Show them until they have ended.

        Raises:
            Cancelled: By Ctrl-C.
        """
        known = {}
        while True:
            self._client.sweep()
            jobs = dict((job.id, job) for job in _transfers(self._client))
            moving = [job for job in jobs.values() if job.state in (QUEUED, RUNNING)]
            for number in sorted(known):
                if number in jobs and jobs[number].state not in (QUEUED, RUNNING):
                    self._say(jobs[number])
            known = dict((job.id, job) for job in moving)
            if not moving:
                return
            self._show(moving)
            self._cancel.wait(_LOOK_S)

    def _say(self, job):
        self._screen.say("%s: %s%s" % (title_of(job), job.state, ", " + job.message if job.message else ""))

    def _show(self, moving):
        total, done = sum(job.bytes_total for job in moving), sum(job.bytes for job in moving)
        rest = [words.part(min(done, total), total),
                words.size(sum(job.rate for job in moving)) + "/s"] if total else []
        rest.append("%d left" % len(moving))
        self._screen.line.show("Transfers", done / total if total else None, "  ".join(rest),
                               moving[0].title if len(moving) == 1 else "")


def title_of(job):
    """Return what a transfer is called in a sentence, e.g. "upload city.ma"."""
    return "%s %s" % (job.kind, words.printable(job.title))


def _transfers(client):
    return [job for job in client.jobs() if job.lane != "quick"]


def stop_workers(client):
    """End the processes that work on jobs; the jobs can go on later.

    Args:
        client (Client): Open.

    Returns:
        int: Transfers that were interrupted.
    """
    ended = {}
    for _ in range(_ROUNDS):
        busy = [job for job in client.jobs() if job.state in LIVE and job.worker and process.is_alive(job.worker)]
        if not busy:
            break
        ended.update((job.id, job) for job in busy)
        _end(busy)
    lanes.bury(client.store)
    with client.store.write() as db:
        for job in ended.values():
            if job.lane == "quick":  # Nobody waits for the answer any more.
                lanes.forget(db, job.id)
    return sum(job.state == INTERRUPTED for job in _transfers(client) if job.id in ended)


def _end(busy):
    for job in busy:
        # One that is paused moves nothing and is to stay paused: one that is asked to end would be "interrupted".
        _signal(job, _KILL if job.state == PAUSED else signal.SIGTERM)
    pause, until = threading.Event(), compat.monotonic() + _END_S
    while any(process.is_alive(job.worker) for job in busy) and compat.monotonic() < until:
        pause.wait(_STEP_S)
    for job in busy:
        if process.is_alive(job.worker):
            _signal(job, _KILL)


def _signal(job, number):
    try:
        os.kill(compat.parse_json(job.worker)["pid"], number)
    except OSError:
        pass  # It has ended by itself.


def stop_leftovers(store_path, settings):
    """End what a demo that was killed left working on a store.

    Args:
        store_path (str): The store; nothing happens where there is none.
        settings (Settings): Of whoever looks.
    """
    if os.path.isfile(compat.fs(store_path)):
        with Client(path=store_path, settings=settings) as client:
            stop_workers(client)
