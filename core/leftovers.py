"""Uploads in parts that no run goes on with: found on a storage, and ended where that is wanted."""
from __future__ import absolute_import, division, print_function, unicode_literals

import time

from .errors import NotStored

#: An upload that was begun, or gone on with, less than so long ago may still be under way.
FRESH_S = 86400.0


class Leftovers(object):
    """Look for the unfinished uploads of some names.

    Args:
        engine: Open, with the calls for parts of `rayvision_sync.engines`.
        record (Record): Open.
        storage (int): From `Record.storage`.
        clock (callable): Epoch seconds.

    Attributes:
        freed (int): Bytes of the parts that were ended.
    """

    def __init__(self, engine, record, storage, clock=time.time):
        self._engine = engine
        self._record = record
        self._storage = storage
        self._now = clock()
        self._before = self._now - FRESH_S
        self._old, self._fresh = {}, set()
        self._found = []
        self.freed = 0

    def read(self):
        """Read what is open on the storage, and in the record.

        Raises:
            StorageError: The storage does not say.
        """
        rows = self._record.opened(self._storage)
        # Another run may be going on with what was begun long ago: its row is new.
        self._fresh = set(row.upload for row in rows if row.at >= self._before)
        for target, upload, at in self._engine.open_parts("/"):
            # Whoever does not say when is not known to be old.
            if 0 < at < self._before and upload not in self._fresh:
                self._old.setdefault(target, []).append((upload, at))
        self.match([row.target for row in rows])
        return self

    def match(self, targets):
        """Take note of the old uploads of some names: those of all others are not ours to end."""
        for target in targets if self._old else ():
            self._found.extend((target, upload, at) for upload, at in self._old.pop(target, ()))

    @property
    def found(self):
        """int: Uploads that nobody goes on with."""
        return len(self._found)

    @property
    def oldest_s(self):
        """float: Seconds since the oldest of them was begun; 0 where there is none."""
        return max([self._now - at for _, _, at in self._found] or [0.0])

    def end(self):
        """End them, and forget the record's old rows; return how many were ended.

        Raises:
            StorageError: The storage refuses; the rows are kept.
        """
        for target, upload, _ in self._found:
            try:
                self.freed += sum(size for size, _ in self._engine.parts_there(target, upload).values())
            except NotStored:
                pass  # Somebody else was first.
            self._engine.drop_parts(target, upload)
        self._record.forget_opened(self._storage, [
            row.target for row in self._record.opened(self._storage) if row.at < self._before])
        return len(self._found)
