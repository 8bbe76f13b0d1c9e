"""Decide what becomes of each asset: send it, skip it, report it.

Pure: it reads neither the disk nor a database. `survey` looks, this decides.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import itertools
from array import array
from collections import namedtuple

from . import compat
from .errors import SourceChanged
from .model import Problem
from .spool import Spool

#: Problems that a report lists; beyond, they are counted.
MOST_PROBLEMS = 1000

#: Files that were there already and are named; beyond, they are counted.
MOST_SKIPPED = 200

#: An asset with its source's size and mtime, still to be compared with the storage.
Candidate = namedtuple("Candidate", "source target size mtime")

#: Copies whose times differ by less may lie on a disk that rounds times (FAT: 2 s): their bytes are compared.
_ROUNDED_NS = 2100000000

#: Hashes lie in so many heaps, of which one is looked through at a time: that takes memory, too.
_HEAPS = 256

#: So many hashes are not worth heaps.
_MOST_FRESH = 65536


def is_same(size, mtime, stored):
    """Tell whether the storage holds this very version of a file.

    Args:
        size (int): Bytes of the source.
        mtime (int): Nanoseconds of the source.
        stored (Stored or None): What the storage says.

    Returns:
        bool: Size and source time are equal.
    """
    return stored is not None and stored.size == size and compat.same_time(stored.mtime, mtime)


def is_rounded(size, mtime, stored):
    """Tell whether the storage may have this version, and rounded its time. Arguments as for `is_same`."""
    return (stored is not None and stored.size == size and stored.mtime is not None
            and abs(stored.mtime - mtime) <= _ROUNDED_NS and not stored.mtime % 10000000)


def is_still_there(row, stored):
    """Tell whether the storage has what a row of the record claims, as far as it keeps times.

    Args:
        row (record.Row): Of a sent asset.
        stored (Stored or None): What the storage says.
    """
    if stored is None or stored.size != row.size:
        return False
    return stored.mtime is None or compat.same_time(stored.mtime, row.mtime) or is_rounded(
        row.size, row.mtime, stored)


class Plan(object):
    """What a run will do. Lists lie in spools, so that half a million assets fit.

    Attributes:
        small, large (Spool): What to send, in two lanes.
        skipped, missing, failed (int): Assets that will not be sent.
        skipped_bytes (int): Bytes of the skipped assets.
        problems (list of Problem): The first thousand.
        skipped_some (list of str): The first two hundred of the files that are there already.
    """

    def __init__(self, large_bytes):
        self._large_bytes = large_bytes
        self.small, self.large = Spool(), Spool()
        self.skipped = self.missing = self.failed = 0
        self.skipped_bytes = 0
        self.problems = []
        self.skipped_some = []
        self._known = set()
        self.duplicates = {}

    @property
    def files(self):
        """int: Files to send."""
        return self.small.files + self.large.files

    @property
    def bytes(self):
        """int: Bytes to send."""
        return self.small.bytes + self.large.bytes

    def send(self, candidate):
        """Plan to send a file."""
        spool = self.large if candidate.size >= self._large_bytes else self.small
        spool.append(*candidate)

    def skip(self, files, size, names=()):
        """Count files that are there already; some are named.

        Args:
            files (int): How many.
            size (int): Bytes of them all.
            names (iterable of str): Their sources. It is not read where enough are known.
        """
        self.skipped += files
        self.skipped_bytes += size
        room = MOST_SKIPPED - len(self.skipped_some)
        if room > 0:
            self.skipped_some.extend(itertools.islice(names, room))

    def refuse(self, kind, source, target, reason):
        """Count a file that cannot be sent: "missing", "refused" or "failed".

        Returns:
            Problem: None for one that is listed twice: it counts once.
        """
        problem = Problem(kind, source, target, reason)
        if problem in self._known:
            return None
        if kind == "missing":
            self.missing += 1
        else:
            self.failed += 1
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(problem)
            self._known.add(problem)
        return problem

    def close(self):
        """Free the spools."""
        self.small.close()
        self.large.close()


class Claims(object):
    """Find server names that two assets claim, in eight bytes an asset."""

    def __init__(self):
        self._fresh = array(compat.HASH_TYPE)
        self._heaps = []

    def add(self, targets):
        """Take note of a batch of server names."""
        self._fresh.extend(map(hash, targets))
        if len(self._fresh) > _MOST_FRESH:
            self._spread()

    def _spread(self):
        """Sort the hashes into heaps, each of which makes a small set."""
        if not self._heaps:
            self._heaps = [array(compat.HASH_TYPE) for _ in range(_HEAPS)]
        heaps = self._heaps
        for value in self._fresh:
            heaps[value % _HEAPS].append(value)
        self._fresh = array(compat.HASH_TYPE)

    def suspects(self):
        """Return the hashes that occur twice or more; an empty set for a clean manifest."""
        if self._heaps:
            self._spread()
        doubles = set()
        for some in self._heaps or [self._fresh]:
            if len(set(some)) != len(some):
                seen = set()
                doubles.update(value for value in some if value in seen or seen.add(value))
        return doubles


def find_duplicates(pairs, suspects, fold=list):
    """Sort out the server names whose hashes occur twice. Each of them takes some 400 bytes.

    Args:
        pairs (iterable): ``(local, server)`` of all assets, a second time.
        suspects (set): From `Claims.suspects`.
        fold (callable): Takes a list of server names, returns what the storage makes of them.

    Returns:
        dict: server name -> tuple of the different local paths that claim it
        (one path: it is only listed twice). Names that the storage takes for
        one share one tuple.
    """
    owners, spellings = {}, {}
    for local, server in pairs:
        key = fold([server])[0]
        if hash(key) not in suspects:
            continue
        known = owners.setdefault(key, local)
        if isinstance(known, set):
            known.add(local)
        elif known != local:
            owners[key] = set([known, local])
        if server != key:
            spellings.setdefault(key, set()).add(server)
    for key, known in owners.items():
        owners[key] = tuple(sorted(known)) if isinstance(known, set) else (known,)
    for key, names in spellings.items():
        owners.update(dict.fromkeys(names, owners[key]))
    return owners


def give_up_changing(error, times):
    """Return the last word on a file that changes whenever it is sent."""
    return SourceChanged(error.message.replace(" while it was being sent.", " while it was being sent (%d times)."
                                               % times))
