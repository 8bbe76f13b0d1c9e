"""Fetch one list of files from the storage into a folder of our own, and hand them on from there."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import logging
import os
from collections import namedtuple

from ... import compat, paths
from ...errors import Cancelled, FarmError, NameRefused, StorageError, SyncError
from . import command
from .errand import Errand

log = logging.getLogger(__name__)

#: What all collections of a run share. ``route_of`` takes a name and returns its `command.Route`; ``look`` takes
#: names and returns those that are there now (`Listing.look`); ``hideout_of`` takes a job and returns the `Hideout`
#: of its download folder; ``lander`` is a `landing.Lander`.
Ground = namedtuple("Ground", "route_of look hideout_of lander")

#: What has come is handed on at the latest after so many seconds: each time, the farm is asked once.
_HAND_ON_S = 5.0


class Collection(Errand):
    """Fetch files of one remote folder; see `Errand`. A result is what the lander makes of a file.

    Args:
        ground (Ground): What all share.
        clock (callable): Seconds of a monotonic clock.
    """

    happens = "fetched"

    def __init__(self, ground, *args, **options):
        super(Collection, self).__init__(*args)
        self._ground = ground
        self._clock = options.pop("clock", compat.monotonic)
        self._folder = None
        self._came = []
        self._handed_at = 0.0
        self._moved = {}

    @property
    def done(self):
        """int: Bytes that have come so far, for the room on the disk."""
        return sum(self._moved.copy().values())

    def _accept(self):
        refused = []
        for job in self._items:
            try:
                paths.check_server(job.source)
            except NameRefused as error:
                refused.append((job, None, error))
            else:
                # The program keeps the last part of a name only, so all are of one folder.
                self._left.setdefault(_last(job.source), []).append(job)
        if refused:
            self._tell(refused)
        if self._left:
            self._folder = self._ground.hideout_of(self._first()).empty(self._number)

    def _first(self):
        return next(iter(self._left.values()))[0]

    def _go(self):
        jobs = [job for jobs in self._left.values() for job in jobs]
        self._moved = {}
        with self._ground.lander.room(jobs[0], sum(job.size for job in jobs)) as room:
            room.take()
            room.follow(self)
            self._handed_at = self._clock()
            outcome = self._run_program(jobs)
            if outcome.code == 0 and outcome.summary == "success":
                # A file that is whole needs no word of its own.
                self._came += [key for key in self._left if key not in self._reasons and key not in self._came
                               and os.path.isfile(compat.fs(self._path(key)))]
            self._hand_on()
        return outcome

    def _run_program(self, jobs):
        path = os.path.join(self._setup.folder, "list_%d.txt" % self._number)
        with io.open(compat.fs(path), "w", encoding="utf-8", newline="\n") as target:
            target.write("".join("%s\n" % job.source for job in jobs))
        order = command.Order("download_list", self._folder, path, speed_kb=self._speed_kb)
        try:
            return self._start(order, self._ground.route_of(jobs[0].source))
        finally:
            compat.remove_file(path)

    def _path(self, key):
        return os.path.join(self._folder, key)

    # -- in the reading thread, and at the end of a run

    def _hear(self, said):
        for event in said:
            key = _last(event.path.replace("\\", "/") if compat.WINDOWS else event.path) if event.path else None
            jobs = self._left.get(key)
            if not jobs:
                continue
            if event.kind == "progress":
                self._moved[key] = int(jobs[0].size * event.done / 100.0)
                self._setup.progress.moved(jobs[0].target, self._moved[key])
            elif event.kind == "done":
                self._moved[key] = jobs[0].size
                if key not in self._came:
                    self._came.append(key)
            elif event.kind != "begin":
                self._reasons[key] = event
        if self._came and self._clock() - self._handed_at >= _HAND_ON_S:
            self._hand_on()

    def _hand_on(self):
        """Let what has come take its place."""
        came, self._came = self._came, []
        if not came:
            return
        now = self._look([job.source for key in came for job in self._left[key]])
        results = []
        for key in came:
            for job in self._left[key]:
                result = self._land(key, job, now)
                if result is None:
                    break
                results.append(result)
            else:
                del self._left[key]
        self._handed_at = self._clock()
        if results:
            self._tell(results)

    def _look(self, names):
        try:
            return self._ground.look(names)
        except FarmError as error:
            # A frame that was rendered again meanwhile is noticed by the next look.
            log.info("What was fetched cannot be compared with the farm's list: %s", error.message)
            return {}

    def _land(self, key, job, now):
        """Return what becomes of a file; None where it is fetched again."""
        try:
            return job, self._ground.lander.land(job, self._path(key), now), None
        except Cancelled:
            raise
        except SyncError as error:
            if not error.retryable:
                return job, None, error
            self._reasons[key] = error
            compat.remove_file(self._path(key))  # Else the program would take it for whole.
            return None

    def _verdict(self, outcome):
        errors = [error for error in self._reasons.values() if isinstance(error, SyncError)]
        return errors[0] if errors and outcome.code == 0 else super(Collection, self)._verdict(outcome)

    def _error(self, key, item, error):
        reason = self._reasons.get(key)
        if isinstance(reason, SyncError):
            return reason
        if reason is not None and reason.kind == "unreadable":
            return StorageError("%s was not fetched: the storage has no such file, or does not give it away."
                                % item.source)
        return self._blame(key, item.source, error)


def _last(name):
    return name.rpartition("/")[2]
