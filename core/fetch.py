"""Bring files from a storage into local folders, with threads. Sole writer of what the record says of them."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os
from collections import namedtuple

from . import compat, landing, paths, stream
from .crew import LARGE_BYTES, Crew, Tuner
from .errors import Cancelled, Outdated, RecordError, SyncError
from .model import Problem, Report
from .plan import MOST_PROBLEMS
from .retry import retry

#: A remote file and where it should land: ``folder`` is the user's, ``name`` the server's.
Wanted = namedtuple("Wanted", "stored folder name")

#: What a thread gets: an item as `Crew` wants it (``source``, ``target``, ``size``), and the decision.
_Job = namedtuple("_Job", "source target size wanted origin place state")

_BATCH = 500

#: How often a file is decided on that changes here or there while it is fetched.
_ROUNDS = 3


class Download(object):
    """Fetch what is not here yet.

    Args:
        engine: An open engine.
        gear (stream.Gear): Of the run.
        record (Record): Open.
        threads (int or None): None adapts.
        patience_s (float or None): How long to wait for room on the disk; None for ever.
        attempts (int): For errors that may pass.
        claims (dict, optional): Local names that are given away already.
    """

    def __init__(self, engine, gear, record, threads=None, patience_s=3600.0, attempts=5, claims=None):
        self._engine = engine
        self._gear = gear
        self._record = record
        self._threads = threads
        self._patience_s = patience_s
        self._attempts = attempts
        self._spaces = {}
        self._claims = {} if claims is None else claims
        self._insensitive = {}

    def run(self, wanted):
        """Fetch files.

        Args:
            wanted (iterable of Wanted): Remote files; their names are hostile.

        Returns:
            Report: Of the run.

        Raises:
            Cancelled: With what landed so far recorded.
        """
        began = compat.monotonic()
        tally = _Tally(self._gear.progress)
        for _ in range(_ROUNDS):
            outdated = self._round(wanted, tally, began)
            if not outdated:
                break
            wanted = self._look_again(outdated)
        for item, error in outdated:
            tally.problem("failed", item.stored.name, item.name, error.message)
        self._gear.progress.tick(force=True)
        return tally.report(began)

    def _round(self, wanted, tally, began):
        """Decide and fetch; return ``(Wanted, error)`` of what changed meanwhile."""
        small, large = [], []
        for batch in _batches(wanted):
            self._gear.cancel.check()
            for job in self._decide(batch, tally):
                (large if job.size >= LARGE_BYTES else small).append(job)
        self._gear.progress.expect(len(small) + len(large), sum(job.size for job in small + large))
        return self._fetch(small, large, tally, began) if small or large else []

    def _look_again(self, outdated):
        """Return the files as they are now: rendered again, or changed here."""
        items = [item for item, _ in outdated]
        now = self._engine.ask([item.stored.name for item in items])
        return [item._replace(stored=now.get(item.stored.name, item.stored)) for item in items]

    def _decide(self, batch, tally):
        """Yield the jobs of a batch; count what is here already."""
        placed = []
        for item in batch:
            try:
                path = paths.land(item.folder, item.name)
                self._claim(path, item)
            except SyncError as error:
                tally.problem("refused", item.stored.name, item.name, error.message)
                continue
            placed.append((item, path))
        rows = self._record.landed([path for _, path in placed])
        adopted = []
        for item, path in placed:
            origin = self._engine.identity + item.stored.name
            try:
                place = landing.choose(path, origin, item.stored, landing.file_state, lambda at: self._row(rows, at))
                if place.verdict == "compare":
                    place = self._compare(item, path, place)
                state = landing.file_state(place.path)
            except SyncError as error:
                tally.problem("failed", item.stored.name, path, error.message)
                continue
            if place.kept:
                tally.keep(place.kept)
            if place.verdict == "adopt":
                adopted.append(landing.Landed(place.path, state[0], state[1], origin, item.stored.size,
                                              item.stored.mtime, item.stored.checksum))
            if place.verdict != "fetch":
                tally.skipped += 1
                continue
            yield _Job(item.stored.name, place.path, item.stored.size or 0, item, origin, place, state)
        if adopted:
            self._write(adopted)

    def _claim(self, path, item):
        """Refuse a second remote file for one local name: they would replace each other for ever."""
        key = path
        if item.folder not in self._insensitive:
            self._insensitive[item.folder] = compat.is_insensitive(item.folder)
        if self._insensitive[item.folder]:
            key = path.lower()
        first = self._claims.setdefault(key, item.stored.name)
        if first != item.stored.name:
            raise SyncError("%s and %s would both land on %s. The first one stays: download them into "
                            "different folders." % (first, item.stored.name, path))

    def _row(self, rows, path):
        if path not in rows:
            rows[path] = self._record.landed([path]).get(path)
        return rows[path]

    def _compare(self, item, path, place):
        """Look into two files of one size: the same bytes are no conflict."""
        checksum = getattr(self._engine, "checksum", None)
        try:
            if checksum and checksum(item.stored.name, self._gear.cancel) == stream.file_checksum(
                    place.path, self._gear.cancel):
                return place._replace(verdict="adopt")
        except (IOError, OSError):
            pass  # Then it is the user's: the frame lands beside it.
        return landing.choose(path, self._engine.identity + item.stored.name, item.stored,
                              landing.file_state, lambda at: self._row({}, at), differs=True)

    def _fetch(self, small, large, tally, began):
        tuner = Tuner(self._engine.first_threads, self._engine.most_threads, self._threads)
        results = Crew(self._fetch_one, tuner, self._gear.cancel, self._gear.progress).run(small, large)
        rows, outdated = [], []
        try:
            for job, row, error in results:
                if isinstance(error, Outdated):
                    outdated.append((job.wanted, error))
                    self._gear.progress.restart(job.target)
                elif error is None:
                    tally.done(job)
                    rows.append(row)
                    self._gear.progress.finish("done", job)
                else:
                    tally.problem("failed", job.source, job.target, error.message)
                    self._gear.progress.finish("failed", job, error.message)
                if len(rows) >= _BATCH:
                    self._write(rows)
                    rows = []
        except Cancelled as error:
            error.report = tally.report(began)
            raise
        finally:
            results.close()
            self._write(rows)
        return outdated

    def _write(self, rows):
        try:
            if rows:
                self._record.write_landed(rows)
        except RecordError as error:
            self._gear.progress.say("note", note=error.message)

    # -- in the threads

    def _fetch_one(self, job):
        place = landing.Landing(self._engine, self._gear, self._space(job.place.path))
        return retry(lambda: place.fetch(job.wanted.stored, job.origin, job.place, job.state), attempts=self._attempts,
                     wait=self._gear.cancel.wait, on_retry=lambda *_: self._gear.progress.restart(job.target))

    def _space(self, path):
        folder = path
        while not os.path.isdir(compat.fs(folder)):
            folder = os.path.dirname(folder)
        disk = os.stat(compat.fs(folder)).st_dev
        if disk not in self._spaces:
            self._spaces[disk] = landing.Space(folder, self._gear, self._patience_s)
        return self._spaces[disk]


class _Tally(object):
    """Count as it goes."""

    def __init__(self, progress):
        self._progress = progress
        self.skipped = 0
        self._sent = self._failed = self._bytes = 0
        self._problems, self._kept = [], []

    def done(self, job):
        self._sent += 1
        self._bytes += job.size

    def keep(self, path):
        if path not in self._kept and len(self._kept) < MOST_PROBLEMS:
            self._kept.append(path)
            self._progress.say("kept", note=path)

    def problem(self, kind, source, target, reason):
        self._failed += 1
        problem = Problem(kind, source, target, reason)
        if len(self._problems) < MOST_PROBLEMS:
            self._problems.append(problem)
        if kind == "refused":
            self._progress.say("refused", note=problem)

    def report(self, began):
        return Report(self._sent, self.skipped, 0, self._failed, self._bytes, compat.monotonic() - began,
                      tuple(self._problems), tuple(self._kept))


def _batches(items):
    batch = []
    for item in items:
        batch.append(item)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
