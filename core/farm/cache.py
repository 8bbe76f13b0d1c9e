"""Copies of stored files on the farm's disk, for the programs that render: bounded, and never another version."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os
import shutil
import stat
import threading
import zlib

from .. import compat

#: A time for a file of which the storage knows none: made of its checksum, so that another version has another one.
_FIRST_S = 946684800


class Cache(object):
    """A folder that looks like the storage.

    A copy counts only if its size and time are the stored file's.

    Args:
        folder (str): Made on first use.
        most_bytes (int): What is kept when nothing is rendered. What the frame in hand needs is never removed.
    """

    def __init__(self, folder, most_bytes):
        self._folder = folder
        self._most = most_bytes
        self._held = {}  # Path -> turn of its last use.
        self._now = set()
        self._turn = 0
        self._lock = threading.Lock()

    def path(self, name):
        """Return where the copy of a file lies; its name was checked."""
        return os.path.join(self._folder, "files", *name[1:].split("/"))

    def scratch(self):
        """Return the beginning of a path for what is thrown away at once."""
        folder = os.path.join(self._folder, "work")
        compat.make_folder(folder)
        return os.path.join(folder, "read")

    def clear_work(self):
        """Remove what a killed farm left unfinished."""
        shutil.rmtree(compat.fs(os.path.join(self._folder, "work")), ignore_errors=True)
        for path, _ in _files(os.path.join(self._folder, "files")):
            if path.endswith(".part"):
                compat.remove_file(path)

    def hold(self, names):
        """Take note of what the frame in hand needs."""
        with self._lock:
            self._turn += 1
            self._now = set(self.path(name) for name in names)
            self._held.update((path, self._turn) for path in self._now)

    def has(self, stored):
        """Tell whether the copy of a stored file is here, in this version."""
        try:
            found = os.stat(compat.fs(self.path(stored.name)))
        except (OSError, ValueError):
            return False
        mtime = _time_of(stored)
        return (stat.S_ISREG(found.st_mode) and found.st_size == stored.size and mtime is not None
                and compat.same_time(compat.mtime_ns(found), mtime))

    def take(self, stored, part):
        """Give a finished copy its place, and the stored file's time."""
        mtime = _time_of(stored)
        if mtime is not None:
            compat.set_mtime_ns(part, mtime)
        compat.replace(part, self.path(stored.name))

    def trim(self):
        """Remove the copies that were used longest ago, until the others have room."""
        with self._lock:
            held, now = dict(self._held), self._now
        found = [(held.get(path, 0), path, size) for path, size in _files(os.path.join(self._folder, "files"))]
        total = sum(size for _, _, size in found)
        for _, path, size in sorted(found):
            if total <= self._most:
                break
            if path not in now:
                compat.remove_file(path)
                total -= size


def _time_of(stored):
    if stored.mtime is not None:
        return stored.mtime
    if stored.checksum is None:
        return None  # Nothing tells versions apart: it is fetched each time.
    return (_FIRST_S + zlib.crc32(stored.checksum.encode("utf-8")) % 10 ** 8) * 10 ** 9


def _files(folder):
    """Yield ``(path, size)`` of every file below a folder."""
    try:
        entries = compat.scan_folder(folder)
    except OSError:
        return
    for entry in entries:
        path = os.path.join(folder, compat.from_fs(entry.name))
        if entry.is_dir(follow_symlinks=False):
            for found in _files(path):
                yield found
        else:
            yield path, entry.stat(follow_symlinks=False).st_size
