"""Run a plan on an engine with threads. The sole writer of the record."""
from __future__ import absolute_import, division, print_function, unicode_literals

import itertools
import os

from . import compat, stream, words
from .crew import LARGE_BYTES, Crew
from .errors import Cancelled, RecordError, SourceChanged, SourceMissing, StorageBusy, StorageLost
from .model import Report, empty_report
from .parts import Book, Parts
from .plan import give_up_changing
from .retry import retry
from .survey import Survey
from .tuner import Tuner

#: How often a file is sent that changes while it is sent.
CHANGES = 3

_SETTLE_S = 0.3
_ROWS_AT_ONCE = 1000
_ROWS_EVERY_S = 1.0


class Upload(object):
    """Send what a storage does not have.

    Args:
        engine: An open engine.
        gear (stream.Gear): Cancel, throttle and progress of the run.
        record (Record or None): Open; None neither reads nor writes it.
        threads (int or None): None adapts.
        attempts (int): For errors that may pass.
    """

    def __init__(self, engine, gear, record=None, threads=None, attempts=5):
        self._engine = engine
        self._gear = gear
        self._record = record
        self._threads = threads
        self._attempts = attempts
        self._parts = self._tuner = None
        self._rows = []
        self._written = compat.monotonic()

    def run(self, read):
        """Survey all assets, then send.

        Args:
            read (callable): As `Survey.make` takes it.

        Returns:
            Report: Of the run. On a cancel it is on the error as ``report``.

        Raises:
            Cancelled: With what was done so far recorded.
            StorageLost: Likewise: every further file would fail as this one did.
        """
        began = compat.monotonic()
        try:
            plan = Survey(self._engine, self._record, self._gear.cancel, self._gear.progress).make(read)
        except Cancelled as error:
            error.report = empty_report()._replace(seconds=compat.monotonic() - began)
            raise
        try:
            return self._send(plan, began)
        finally:
            plan.close()

    def _send(self, plan, began):
        progress = self._gear.progress
        progress.expect(plan.files, plan.bytes)
        progress.say("plan", note=plan)
        for problem in plan.problems:
            progress.say(problem.kind, note=problem)
        results = self._results(plan)
        sent = size = 0
        try:
            for item, row, error in results:
                if error is None:
                    sent += 1
                    size += row[1]
                    self._note(row)
                    progress.finish("done", item)
                elif isinstance(error, StorageLost):
                    raise error
                else:
                    kind = "missing" if isinstance(error, SourceMissing) else "failed"
                    plan.refuse(kind, item.source, item.target, error.message)
                    progress.finish("failed", item, error.message)
        except (Cancelled, StorageLost) as error:
            error.report = self._report(plan, sent, size, began)
            error.waiting = self._parts.waiting() if self._parts else 0
            raise
        finally:
            results.close()
            self._flush()
        progress.tick(force=True)
        return self._report(plan, sent, size, began)

    def _results(self, plan):
        """Yield ``(item, row, error)`` of every file, as `Crew.run` does."""
        seen = set()
        small, large = self._wanted(plan, plan.small, seen), self._wanted(plan, plan.large, seen)
        send_all = getattr(self._engine, "send_all", None)
        if send_all is not None:
            # Large files first: what comes last should be quick.
            return _as_rows(send_all(itertools.chain(large, small), self._gear, self._threads))
        tuner = Tuner(self._engine.first_threads, self._engine.most_threads, self._threads)
        self._tuner = tuner
        crew = Crew(self._send_one, tuner, self._gear.cancel, self._gear.progress)
        book = self._record and Book(self._record, self._record.storage(self._engine.identity), crew.ask)
        self._parts = Parts(self._engine, self._gear, book, self._attempts, self._hear)
        self._tell_resumed(*self._parts.resume(plan.large))
        return crew.run(small, large)

    def _tell_resumed(self, files, there, size):
        if files:
            self._gear.progress.say("note", note=words.going_on(files, there, size, "there"))

    @staticmethod
    def _report(plan, sent, size, began):
        return Report(sent, plan.skipped, plan.missing, plan.failed, size, compat.monotonic() - began,
                      tuple(plan.problems), ())

    def _wanted(self, plan, items, seen):
        """Yield the items, without those that are listed twice or that two files claim."""
        progress = self._gear.progress
        for item in items:
            owners = plan.duplicates.get(item.target) if plan.duplicates else None
            if not owners:
                yield item
                continue
            is_one = len(owners) == 1 or _is_one_file(owners)
            if is_one and id(owners) not in seen:
                seen.add(id(owners))
                yield item
            else:
                progress.expect(-1, -item.size)
                if is_one:
                    plan.skip(1, item.size)
                    continue
                problem = plan.refuse("refused", item.source, item.target,
                                      "%s is claimed by %s. It was not sent: give each a server name of its own, "
                                      "not with other capitals only." % (
                                          item.target, " and ".join(owners[:3])))
                if problem:
                    progress.say("refused", note=problem)

    def _note(self, row):
        if self._record is None:
            return
        self._rows.append(row)
        if len(self._rows) >= _ROWS_AT_ONCE or compat.monotonic() - self._written > _ROWS_EVERY_S:
            self._flush()

    def _flush(self):
        rows, self._rows = self._rows, []
        self._written = compat.monotonic()
        if rows and self._record is not None:
            try:
                self._record.write(self._record.storage(self._engine.identity), rows)
            except RecordError as error:
                # The files are there; the next run asks the storage.
                self._gear.progress.say("note", note=error.message)

    # -- in the threads

    def _send_one(self, item):
        """Send one file; return its row for the record, or the `Split` of a large one."""
        if item.size >= LARGE_BYTES and self._parts.takes(item.size):
            return self._parts.start(item)
        return retry(lambda: self._send_unchanged(item), attempts=self._attempts, wait=self._gear.cancel.wait,
                     on_retry=lambda error, *_: (self._hear(error), self._gear.progress.restart(item.target)))

    def _hear(self, error):
        """Tell the tuner of an error that fewer threads may avoid."""
        if isinstance(error, StorageBusy):
            self._tuner.hear_busy()

    def _send_unchanged(self, item):
        for change in range(1, CHANGES + 1):
            try:
                return self._attempt(item)
            except SourceChanged as error:
                if change == CHANGES:
                    raise give_up_changing(error, CHANGES)
                self._gear.progress.restart(item.target)
                self._gear.cancel.wait(_SETTLE_S * change)  # Whoever writes it may be about to finish.

    def _attempt(self, item):
        with stream.Source(item, self._gear) as source:
            stored = self._engine.send(source, item.target)
            # What was published is whole; if the file has changed since, the row must not be written.
            source.check_unchanged()
            return item.target, source.size, source.mtime, stored.checksum


def _as_rows(results):
    """Yield ``(item, row, error)`` of ``(item, Stored or None, error or None)``."""
    try:
        for item, stored, error in results:
            yield item, stored and (stored.name, stored.size, stored.mtime, stored.checksum), error
    finally:
        results.close()


def _is_one_file(paths):
    """Tell whether all paths lead to one file, as "Wall.exr" and "wall.exr" do on Windows."""
    try:
        first = os.stat(compat.fs(paths[0]))
        return all(os.path.samestat(first, os.stat(compat.fs(path))) for path in paths[1:])
    except (OSError, AttributeError):
        return False
