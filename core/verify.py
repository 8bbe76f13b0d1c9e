"""Compare manifest, sources, record and storage in full. Changes nothing, unless told to."""
from __future__ import absolute_import, division, print_function, unicode_literals

import logging
import os
import stat
from collections import namedtuple

from . import compat, manifest, outputs, paths, stream
from .crew import Crew
from .errors import NameRefused, SettingsError, StorageError, StorageLost, SyncError
from .leftovers import Leftovers
from .model import Item, Problem, Report
from .plan import MOST_PROBLEMS, is_rounded, is_same, is_still_there
from .record import DOUBTED, Record
from .tuner import Tuner

log = logging.getLogger(__name__)

#: ``report``: "skipped" counts the assets that are the same on both sides, "missing" those
#: whose source or copy is not there, "failed" those that differ. ``stale`` rows of the record
#: say what is not true, ``unrecorded`` assets are there without a row, ``mended`` rows were corrected. ``to_send``
#: assets are here and have no true copy: an upload sends them, once no row hides it.
#: ``unfinished`` uploads in parts were left by runs that broke off over a day ago, the oldest ``oldest_s`` seconds ago;
#: ``ended`` of them were ended, whose parts had ``freed`` bytes.
Result = namedtuple("Result", "report stale unrecorded mended unfinished oldest_s ended freed to_send")


def verify(session, manifests, quick=False, mend=False, clean=False):
    """Verify an upload.

    Args:
        session (Session): Of the account.
        manifests (list of str): Paths of upload.json files.
        quick (bool): Compare sizes and times only; else every byte. Where the storage rounds times and the record
            does not have this version of a file, its bytes are compared all the same.
        mend (bool): Correct the rows of the record that are not true, so that
            the next upload sends those assets.
        clean (bool): End the uploads in parts of these manifests' assets, and of those in the record, that
            nobody has gone on with for a day.

    Returns:
        Result: What was found; the listener hears every problem as it is found.

    Raises:
        ManifestError: A manifest cannot be read; nothing was compared.
    """
    for path in manifests:
        manifest.count(path, "Nothing was verified.")
    engine = session.engine("input")
    if not getattr(engine, "answers", True):
        raise SettingsError("The storage of this farm cannot be asked what it has, so nothing can be verified: its "
                            "transfer program only sends and fetches. Upload again with is_db=False (--no-record) "
                            "to be sure.")
    session.reach(engine)
    absence = outputs.absence(engine)
    if absence:
        raise StorageLost(absence)
    try:
        with Record(session.record_path) as record:
            return _Verification(session, engine, record, quick, mend).run(manifests, clean)
    finally:
        engine.close()


class _Verification(object):
    def __init__(self, session, engine, record, quick, mend):
        self._gear = session.gear(0)
        self._engine = engine
        self._record = record
        self._storage = record.storage(engine.identity)
        self._quick = quick
        self._mend = mend
        self._same = self._missing = self._differing = self._bytes = 0
        self._unrecorded = self._to_send = 0
        # Sets: of one asset, the time and the bytes may be wrong, and two lists may name it.
        self._stale, self._other_bytes, self._doubted = set(), set(), set()
        self._unsure = set()
        self._problems = []
        self._leftovers = None

    def run(self, manifests, clean):
        began = compat.monotonic()
        self._leftovers = self._left(clean)
        tuner = Tuner(self._engine.first_threads, self._engine.most_threads)
        results = Crew(self._compare, tuner, self._gear.cancel, self._gear.progress).run(self._items(manifests))
        try:
            for item, _, error in results:
                if error is None:
                    self._same += 1
                    self._bytes += item.size
                    self._gear.progress.finish("done", item)
                else:
                    self._differing += 1
                    self._keep(Problem("failed", item.source, item.target, error.message))
                    self._gear.progress.finish("failed", item, error.message)  # Tells it, too.
        finally:
            results.close()
        self._to_send += len(self._other_bytes)
        # A doubted row hides nothing: the next upload sends its asset.
        other_bytes = self._other_bytes - self._doubted
        false = len(self._stale | other_bytes)
        if self._mend:
            self._record.forget(self._storage, self._stale)
            self._record.doubt(self._storage, other_bytes)
        left = self._leftovers
        ended = left.end() if clean and left else 0
        self._gear.progress.tick(force=True)
        report = Report(0, self._same, self._missing, self._differing, self._bytes, compat.monotonic() - began,
                        tuple(self._problems), ())
        return Result(report, false, self._unrecorded, false if self._mend else 0,
                      left.found if left else 0, left.oldest_s if left else 0.0, ended, left.freed if left else 0,
                      self._to_send)

    def _left(self, clean):
        """Return the `Leftovers`; None where the storage has none, or does not say and need not."""
        if not hasattr(self._engine, "open_parts"):
            return None
        try:
            return Leftovers(self._engine, self._record, self._storage).read()
        except StorageError as error:
            if clean:
                raise
            log.warning("Unfinished uploads were not looked for: %s", error.message)
            return None

    def _items(self, manifests):
        """Yield what has to be compared byte by byte; settle the rest at once."""
        for path in manifests:
            for batch in manifest.read_assets(path, ending="The rest was not verified."):
                targets = [server for _, server in batch]
                if self._leftovers:
                    self._leftovers.match(targets)
                rows = self._record.sent(self._storage, targets)
                found = self._engine.ask(targets)
                for local, server in batch:
                    item = self._look(local, server, rows.get(server), found.get(server))
                    if item is not None:
                        self._gear.progress.expect(1, item.size)
                        yield item

    def _look(self, local, server, row, stored):
        if row is not None and row.size == DOUBTED:
            self._doubted.add(server)
        elif row is not None and not is_still_there(row, stored):
            self._stale.add(server)
        try:
            status = os.stat(compat.fs(local))
        except (OSError, ValueError):
            return self._absent(local, server, "%s is missing here. Restore it." % local)
        try:
            paths.check_server(server)
            if not stat.S_ISREG(status.st_mode):
                raise SyncError("%s is not a file: list the files to send." % local)
        except (NameRefused, SyncError) as error:
            return self._differs(local, server, error)
        if stored is None:
            self._to_send += 1
            return self._absent(local, server, "%s is not on the storage." % server)
        mtime = compat.mtime_ns(status)
        if stored.size != status.st_size:
            self._to_send += 1
            return self._differs(local, server, StorageError(
                "%s has %d bytes here and %d on the storage." % (local, status.st_size, stored.size)))
        if row is None:
            self._unrecorded += 1
        if self._quick and not is_same(status.st_size, mtime, stored) and stored.mtime is not None:
            if not is_rounded(status.st_size, mtime, stored):
                self._to_send += 1
                return self._differs(local, server, StorageError(
                    "%s has another time than its copy on the storage. Its bytes were not compared." % local))
            if row is None or not compat.same_time(row.mtime, mtime):
                self._unsure.add(server)  # Neither times nor record tell: an upload compares its bytes, too.
        return Item(local, server, status.st_size, mtime)

    def _absent(self, local, server, reason):
        self._missing += 1
        self._tell(Problem("missing", local, server, reason))

    def _differs(self, local, server, error):
        self._differing += 1
        self._tell(Problem("failed", local, server, error.message))

    def _tell(self, problem):
        if self._keep(problem):
            self._gear.progress.say("problem", note=problem)

    def _keep(self, problem):
        """Keep a problem for the report; tell whether there was room."""
        has_room = len(self._problems) < MOST_PROBLEMS
        if has_room:
            self._problems.append(problem)
        return has_room

    # -- in the threads

    def _compare(self, item):
        if self._quick and item.target not in self._unsure:
            return
        there = self._engine.checksum(item.target, self._gear.cancel)
        try:
            here = stream.file_checksum(item.source, self._gear.cancel)
        except (IOError, OSError) as error:
            raise stream.source_error(item.source, error)
        if here != there:
            self._other_bytes.add(item.target)
            raise StorageError("%s has other bytes than its copy on the storage." % item.source)
        self._gear.progress.moved(item.target, item.size)
