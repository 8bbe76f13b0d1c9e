"""Look at every asset before anything is sent: is it here, is it there already?

The order of questions is the order of their price: the local disk, the
record, the storage.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import itertools
import logging
import os
import random
import stat

from . import compat, paths, stream
from .crew import LARGE_BYTES
from .errors import NameRefused, RecordError, SourceMissing, StorageError
from .plan import Candidate, Claims, Plan, find_duplicates, is_rounded, is_same, is_still_there
from .record import DOUBTED

log = logging.getLogger(__name__)

#: How many recorded assets a storage is asked about in each run, unless it says so itself.
_SAMPLE = 32

#: So many of them are the oldest.
_OLDEST = 16

#: Those of a batch among which they are chosen, once there are enough.
_SAMPLE_OF_BATCH = 16


class Survey(object):
    """Make the `Plan` of an upload.

    Args:
        engine: An open engine.
        record (Record or None): None neither reads nor writes it.
        cancel (Cancel): Of the run.
        progress (Progress): Hears ``("note", done=assets seen)`` as it goes.
    """

    def __init__(self, engine, record, cancel, progress):
        self._engine = engine
        self._record = record
        self._cancel = cancel
        self._progress = progress
        self._storage = record.storage(engine.identity) if record else None
        self._trust = record is not None

    def make(self, read):
        """Look at all assets.

        Args:
            read (callable): Returns, each time anew, an iterator over batches
                (lists) of ``(local, server)``.

        Returns:
            Plan: Nothing has been sent; what the storage had and the record
            did not is recorded.
        """
        plan = Plan(LARGE_BYTES)
        try:
            witnesses = self._look(read, plan)
            # No answer is no purge: a storage that cannot be asked is taken at the record's word.
            if getattr(self._engine, "answers", True) and not self._is_true(witnesses.rows()):
                log.warning("The storage no longer has what the record says: it was purged. Every asset is asked for.")
                self._progress.say("note", note="The storage no longer has everything that was sent earlier: "
                                                "each file is checked again.")
                self._forget()
                plan.close()
                plan = Plan(LARGE_BYTES)
                self._look(read, plan)
            return plan
        except BaseException:
            plan.close()
            raise

    def _forget(self):
        try:
            self._record.forget(self._storage)
        except RecordError as error:
            self._trust = False
            self._progress.say("note", note=error.message)

    def _look(self, read, plan):
        claims, witnesses = Claims(), _Witnesses(getattr(self._engine, "sample", _SAMPLE))
        fold = self._engine.fold
        seen = 0
        for batch in read():
            self._cancel.check()
            targets = [asset[1] for asset in batch]
            claims.add(fold(targets))
            rows = self._record.rows(self._storage, targets) if self._trust else {}
            self._sort(batch, rows, plan, witnesses)
            seen += len(batch)
            self._progress.say("survey", done=seen)
        suspects = claims.suspects()
        if suspects:
            plan.duplicates = find_duplicates(itertools.chain.from_iterable(read()), suspects, fold)
        return witnesses

    def _sort(self, batch, rows, plan, witnesses):
        """Look at one batch. This loop runs for every asset of every run: it is kept bare."""
        fs, mtime_ns, os_stat = compat.fs, compat.mtime_ns, os.stat
        unknown, here = [], []
        here_bytes = 0
        for asset in batch:
            local, server = asset
            try:
                status = os_stat(fs(local))
            except (OSError, ValueError, TypeError) as error:  # The last two: a NUL in the name.
                problem = stream.source_error(local, error)
                plan.refuse("missing" if isinstance(problem, SourceMissing) else "failed", local, server,
                            problem.message)
                continue
            row = rows.get(server)
            if row is not None and row[1] == status.st_size and -1500 <= row[2] - mtime_ns(status) <= 1500:
                here_bytes += row[1]
                here.append(asset)
            else:
                unknown.append((local, server, status, row is not None and row[1] == DOUBTED))
        plan.skip(len(here), here_bytes, (local for local, _ in here))
        if here:
            some = random.sample(here, min(len(here), max(_SAMPLE_OF_BATCH, witnesses.lacking)))
            witnesses.add(self._record.sent(self._storage, [server for _, server in some]))
        if unknown:
            self._compare(unknown, plan)

    def _compare(self, unknown, plan):
        """Compare files that have no row with what the storage holds."""
        candidates = []
        for local, server, status, doubted in unknown:
            try:
                paths.check_server(server)
            except NameRefused as error:
                plan.refuse("refused", local, server, error.message)
                continue
            if not stat.S_ISREG(status.st_mode):
                what = "a folder" if stat.S_ISDIR(status.st_mode) else "not a regular file"
                plan.refuse("refused", local, server, "%s is %s: list the files to send." % (local, what))
                continue
            candidate = Candidate(local, server, status.st_size, compat.mtime_ns(status))
            if doubted:
                plan.send(candidate)  # `verify` found other bytes there: size and time prove nothing.
            else:
                candidates.append(candidate)
        # A name that the storage does not tell of is sent: that will say why, or work.
        stored, _ = self._ask([candidate.target for candidate in candidates])
        there = []
        for candidate in candidates:
            found = stored.get(candidate.target)
            if self._is_there(candidate, found):
                there.append((candidate.target, candidate.size, candidate.mtime, found.checksum))
                plan.skip(1, candidate.size, [candidate.source])
            else:
                plan.send(candidate)
        if there and self._record:
            try:
                self._record.write(self._storage, there)
            except RecordError as error:
                # The files are there; the next run asks again.
                self._progress.say("note", note=error.message)

    def _ask(self, targets):
        """Return ``({target: Stored}, {target: error})``; raise where the storage as a whole does not answer."""
        ask_each = getattr(self._engine, "ask_each", None)
        found, failed = ask_each(targets) if ask_each else (self._engine.ask(targets), {})
        for error in failed.values():
            log.warning("%s", error.message)
        return found, failed

    def _is_there(self, candidate, found):
        if is_same(candidate.size, candidate.mtime, found):
            return True
        if not is_rounded(candidate.size, candidate.mtime, found):
            return False
        try:
            return self._engine.checksum(candidate.target, self._cancel) == stream.file_checksum(
                candidate.source, self._cancel)
        except (StorageError, IOError, OSError):
            return False  # It cannot be compared: sending it will say why.

    def _is_true(self, rows):
        """Ask the storage whether it has what rows of the record claim: dict of target to `Row`."""
        found, failed = self._ask(sorted(rows)) if rows else ({}, {})
        return all(is_still_there(row, found.get(name)) for name, row in rows.items() if name not in failed)


class _Witnesses(object):
    """Recorded assets that the storage is asked about: the oldest, and others by chance. No more are kept.

    Args:
        most (int): How many.
    """

    def __init__(self, most=_SAMPLE):
        self._most_others = most - _OLDEST
        self._oldest, self._others = [], []
        self._seen = 0

    @property
    def lacking(self):
        """int: How many more are wanted."""
        return self._most_others + _OLDEST - len(self._oldest) - len(self._others)

    def add(self, rows):
        """Take those of a batch into account: dict of target to `Row`."""
        # Farms purge by age: the oldest are the best witnesses.
        ranked = sorted(self._oldest + list(rows.items()), key=lambda pair: pair[1].at)
        self._oldest = ranked[:_OLDEST]
        for pair in ranked[_OLDEST:]:
            self._seen += 1
            place = random.randrange(self._seen)
            if len(self._others) < self._most_others:
                self._others.append(pair)
            elif place < len(self._others):
                self._others[place] = pair

    def rows(self):
        """Return all of them: dict of target to `Row`."""
        return dict(self._oldest + self._others)
