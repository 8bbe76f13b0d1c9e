"""Bring files from a storage into local folders, with threads. Sole writer of what the record says of them."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os
import unicodedata
from collections import namedtuple

from . import barrier, compat, landing, marks, paths, stream, words
from .crew import LARGE_BYTES, Crew
from .errors import Busy, Cancelled, NameRefused, Outdated, RecordError, StorageBusy, SyncError
from .model import Problem
from .ranged import Ranged
from .retry import retry
from .space import Space
from .tally import History, Tally
from .tuner import Tuner

#: A remote file and where it should land: ``folder`` is the user's, ``name`` the server's.
Wanted = namedtuple("Wanted", "stored folder name")

#: What a thread gets: an item as `Crew` wants it (``source``, ``target``, ``size``), and the decision.
class _Job(namedtuple("_Job", "source target size wanted origin place")):
    __slots__ = ()

    @property
    def folder(self):
        """str: The user's download folder."""
        return self.wanted.folder


_BATCH = 500
_ROWS_EVERY_S = 1.0

#: How often a file is decided on that changes here or there while it is fetched.
_ROUNDS = 3

#: How often to look whether another program has landed a file, and how long if its part file does not grow.
_BUSY_LOOK_S = 0.2
_BUSY_S = 30.0


class Download(object):
    """Fetch what is not here yet.

    Args:
        engine: An open engine.
        gear (stream.Gear): Of the run.
        record (Record): Open.
        threads (int or None): None adapts.
        patience_s (float or None): How long to wait for room on the disk; None for ever.
        attempts (int): For errors that may pass.
        history (History, optional): Of the earlier runs of a watch.
        free (callable): folder -> bytes that may be written there.
        is_insensitive (callable): folder -> whether ``A`` and ``a`` are one name there.
        inspect (callable, optional): See `landing.Landing`; called in the threads.
    """

    def __init__(self, engine, gear, record, threads=None, patience_s=3600.0, attempts=5, history=None,
                 free=compat.free_space, is_insensitive=compat.is_insensitive, inspect=None):
        self._engine = engine
        self._gear = gear
        self._record = record
        self._threads = threads
        self._tuner = None
        self._patience_s = patience_s
        self._attempts = attempts
        self._history = history or History()
        self._is_watch = history is not None
        self._free = free
        self._is_insensitive = is_insensitive
        self._inspect = inspect
        self._insensitive = {}
        self._spaces = {}
        self._folders = set()
        self._taken = set()
        self._has_told_resumed = False
        self._ranged = Ranged(engine, gear, attempts, self._hear)
        self._tally = Tally(gear.progress, self._history)

    def run(self, wanted):
        """Fetch files.

        Args:
            wanted (iterable of Wanted or Problem): Remote files, whose names are hostile; and what
                cannot be fetched at all.

        Returns:
            Report: Of the run.

        Raises:
            Cancelled: With what landed so far recorded; its ``report`` says what.
        """
        tally = self._tally
        try:
            outdated, changes, others = self._round(wanted), {}, _Others()
            while outdated:
                again, lost = [], []
                for job, error in outdated:
                    if not isinstance(error, Busy):
                        changes[job.target] = changes.get(job.target, 0) + 1
                    (lost if changes.get(job.target, 0) >= _ROUNDS else again).append((job, error))
                busy = [job.target for job, error in again if isinstance(error, Busy)]
                if busy and len(busy) == len(again):
                    if others.are_stuck(busy):
                        lost, again = lost + again, []
                    else:
                        self._gear.cancel.wait(_BUSY_LOOK_S)
                for job, error in lost:
                    self._gear.progress.expect(1, job.size)
                    tally.fail(job, error.message)
                outdated = self._round(self._look_again([job.wanted for job, _ in again]))
            landing.remove_leftovers(self._folders)
        except Cancelled as error:
            error.report = tally.report()
            raise
        self._gear.progress.tick(force=True)
        return tally.report()

    def _round(self, wanted):
        """Decide and fetch; return ``(job, error)`` of what changed meanwhile."""
        small, large = [], []
        self._taken = set()
        for batch in _batches(wanted):
            self._gear.cancel.check()
            for job in self._decide(batch):
                (large if job.size >= LARGE_BYTES else small).append(job)
        small, large = self._without_barred(small), self._without_barred(large)
        self._gear.progress.expect(len(small) + len(large), sum(job.size for job in small + large))
        self._tell_resumed(small + large)
        return self._fetch(small, large) if small or large else []

    def _without_barred(self, jobs):
        """Return the jobs whose download folder takes something; each one that does not is said once."""
        kept, barred = barrier.part_barred(jobs)
        for found in barred:
            self._tally.bar(found, self._is_watch)
        return kept

    def _tell_resumed(self, jobs):
        """Say how much of large files is here of a download that broke off."""
        if self._has_told_resumed:
            return
        self._has_told_resumed = True
        files = there = size = 0
        for job in jobs:
            stored = job.wanted.stored
            least = 0 if self._ranged.range_bytes(stored) else marks.LEAST_BYTES
            mark = landing.mark_of(self._engine, stored, job.origin, job.place, least)
            done = mark.there() if mark else 0
            if done:
                self._gear.progress.resume(job.target, done)
                files, there, size = files + 1, there + done, size + job.size
        if files:
            self._gear.progress.say("note", note=words.going_on(files, there, size, "here"))

    def _look_again(self, items):
        """Return the files as they are now: rendered again, or changed here."""
        now = self._engine.ask([item.stored.name for item in items]) if items else {}
        return [item._replace(stored=now.get(item.stored.name, item.stored)) for item in items]

    # -- deciding

    def _decide(self, batch):
        """Yield the jobs of a batch; count what is here already."""
        placed, adopted, real = [], [], _remember(paths.real_path)
        for item in batch:
            if isinstance(item, Problem):
                self._tally.problem(item)
                continue
            try:
                path = paths.land(item.folder, item.name, real=real)
                if not self._claim(path, item):
                    continue
            except SyncError as error:
                self._tally.problem(Problem("refused", item.stored.name, item.name, error.message))
                continue
            placed.append((item, path))
            self._folders.add(os.path.dirname(path))
        rows = self._record.landed([path for _, path in placed])
        identity = self._engine.identity  # It looks at the disk.
        for item, path in placed:
            origin = identity + item.stored.name
            try:
                place = self._choose(item, path, origin, rows)
            except Cancelled:
                raise
            except SyncError as error:
                self._tally.problem(Problem("failed", item.stored.name, path, error.message))
                continue
            self._history.claims[self._key(item.folder, place.path)] = item.stored.name
            if place.kept:
                self._tally.keep(place.kept, place.path)
            if place.verdict == "fetch":
                yield _Job(item.stored.name, place.path, item.stored.size or 0, item, origin, place)
                continue
            self._tally.skip(item.stored, place)
            if place.verdict == "adopt":
                adopted.append(landing.Landed(place.path, place.state[0], place.state[1], origin, item.stored.size,
                                              item.stored.mtime, item.stored.checksum))
        self._write(adopted)

    def _choose(self, item, path, origin, rows):
        return landing.choose(path, origin, item.stored, lambda at: self._state(item, at),
                              lambda at: self._row(rows, at), lambda at: self._is_same(item.stored, at))

    def _claim(self, path, item):
        """Refuse a second remote file for one local name: they would replace each other for ever.

        Returns:
            bool: False where this very file has come by already: folders may be named twice.
        """
        if path.endswith(landing.PART):
            raise NameRefused("%s was refused: unfinished downloads are named so. Rename it on the farm."
                              % paths.quoted(item.name))
        key = self._key(item.folder, path)
        first = self._history.claims.setdefault(key, item.stored.name)
        if first != item.stored.name:
            raise NameRefused("%s and %s would both land on %s. The first one stays: download them into "
                              "different folders." % (first, item.stored.name, path))
        is_first = key not in self._taken
        self._taken.add(key)
        return is_first

    def _key(self, folder, path):
        """Return what tells local names apart on the disk of a folder."""
        if folder not in self._insensitive:
            self._insensitive[folder] = self._is_insensitive(folder)
        return unicodedata.normalize("NFC", path).lower() if self._insensitive[folder] else path

    def _state(self, item, path):
        """Return the `landing.file_state` of a path; one that is another frame's is never free."""
        if self._history.claims.get(self._key(item.folder, path), item.stored.name) != item.stored.name:
            return landing.TAKEN
        return landing.file_state(path)

    def _row(self, rows, path):
        if path not in rows:
            rows[path] = self._record.landed([path]).get(path)
        return rows[path]

    def _is_same(self, stored, path):
        """Tell whether a local file of a remote one's size has its bytes, too."""
        try:
            here = stream.file_checksum(path, self._gear.cancel)
        except (IOError, OSError):
            return False  # It is the user's, whatever it holds.
        remote = stored.checksum
        if not (remote or "").startswith("crc32:"):
            checksum = getattr(self._engine, "checksum", None)
            remote = checksum(stored.name, self._gear.cancel) if checksum else None
        return here == remote

    # -- fetching

    def _fetch(self, small, large):
        progress = self._gear.progress
        results = self._results(small, large)
        rows, outdated, written = [], [], compat.monotonic()
        try:
            for job, row, error in results:
                if isinstance(error, Outdated):
                    outdated.append((job, error))
                    progress.expect(-1, -job.size)
                    progress.restart(job.target)
                elif error is not None:
                    self._tally.fail(job, error.message)
                else:
                    self._tally.done(job)
                    rows.append(row)
                if len(rows) >= _BATCH or compat.monotonic() - written > _ROWS_EVERY_S:
                    self._write(rows)
                    rows, written = [], compat.monotonic()
        finally:
            results.close()
            self._ranged.close()
            self._write(rows)
        return outdated

    def _results(self, small, large):
        fetch_all = getattr(self._engine, "fetch_all", None)
        if fetch_all is not None:
            lander = landing.Lander(self._gear, self._space, self._inspect)
            return fetch_all(large + small, self._gear, self._threads, lander)
        tuner = Tuner(self._engine.first_threads, self._engine.most_threads, self._threads)
        self._tuner = tuner
        return Crew(self._fetch_one, tuner, self._gear.cancel, self._gear.progress).run(small, large)

    def _write(self, rows):
        try:
            if rows:
                self._record.write_landed(rows)
        except RecordError as error:
            self._tally.note(error.message)

    # -- in the threads

    def _fetch_one(self, job):
        place = landing.Landing(self._engine, self._gear, self._space(job.target), self._inspect)
        if self._ranged.range_bytes(job.wanted.stored):
            return self._ranged.start(place, job.wanted.stored, job.origin, job.place)
        return retry(lambda: place.fetch(job.wanted.stored, job.origin, job.place), attempts=self._attempts,
                     wait=self._gear.cancel.wait,
                     on_retry=lambda error, *_: (self._hear(error), self._gear.progress.restart(job.target)))

    def _hear(self, error):
        """Tell the tuner of an error that fewer threads may avoid."""
        if isinstance(error, StorageBusy):
            self._tuner.hear_busy()

    def _space(self, path):
        folder = os.path.dirname(path)
        known = self._spaces.get(folder)
        return known if known is not None else self._find_space(folder)

    def _find_space(self, folder):
        wanted = folder
        while not os.path.isdir(compat.fs(folder)) and os.path.dirname(folder) != folder:
            folder = os.path.dirname(folder)
        try:
            disk = os.stat(compat.fs(folder)).st_dev, os.path.splitdrive(folder)[0]
        except OSError:
            disk = folder
        found = self._spaces.setdefault(disk, Space(folder, self._gear, self._patience_s, self._free))
        if wanted == folder:  # Where it is still to be made, a link may yet lead to another disk.
            self._spaces[folder] = found
        return found


class _Others(object):
    """Other programs that land the same files: wait for them as long as they move."""

    def __init__(self):
        self._seen = None
        self._since = 0.0

    def are_stuck(self, targets):
        """Tell whether nothing has moved for a long time."""
        now = compat.monotonic()
        seen = [(target, self._state(target)) for target in sorted(targets)]
        if seen != self._seen:
            self._seen, self._since = seen, now
        return now - self._since > _BUSY_S

    @staticmethod
    def _state(target):
        try:
            return landing.file_state(landing.part_path(target))
        except SyncError:
            return None


def _remember(call):
    """Return a function that asks `call` once for each argument."""
    known = {}

    def ask(value):
        if value not in known:
            known[value] = call(value)
        return known[value]
    return ask


def _batches(items):
    batch = []
    for item in items:
        batch.append(item)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
