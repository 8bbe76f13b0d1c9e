"""Marks: how far an unfinished download is proven, so that the next attempt goes on from there.

A mark lies in our own folder, never beside the frames. It names what a part
file is a part of, and the CRC-32 of its first bytes: after a crash, whatever
the disk made of the file, only bytes that have this checksum are gone on with.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import hashlib
import os
import time

import six

from . import compat, jsonfile, places
from .errors import SyncError

#: Smaller files are fetched anew: that is quicker than a look at what is there.
LEAST_BYTES = 8 << 20

#: After so many bytes the mark is written again: what a kill costs at most.
STEP_BYTES = 8 << 20

#: Afterwards nobody comes back for it.
_KEPT_S = 3 * 86400


class Mark(object):
    """The mark of one part file.

    Args:
        part (str): Path of the part file.
        source (str): The remote file, with the identity of its storage.
        version (str): Of the remote file.
        size (int): Bytes of the whole.
    """

    def __init__(self, part, source, version, size):
        self._part = part
        self._what = {"part": part, "source": source, "version": version, "size": size}
        self.size = size

    def read(self):
        """Return ``(bytes, CRC-32)`` that were written of just this version; ``(0, 0)`` without."""
        found = _read(_path(self._part))
        if any(found.get(name) != value for name, value in self._what.items()):
            return 0, 0
        done, crc = found.get("done"), found.get("crc")
        are_numbers = isinstance(done, six.integer_types) and isinstance(crc, six.integer_types)
        return (done, crc) if are_numbers and 0 < done < self.size else (0, 0)

    def there(self):
        """Return how many bytes need no more room on the disk."""
        try:
            return min(self.read()[0], os.stat(compat.fs(self._part)).st_size)
        except OSError:
            return 0

    def write(self, done, crc):
        """Note how far the part file has got; return whether that could be written."""
        try:
            path = _path(self._part)
            compat.make_folder(os.path.dirname(path))
            jsonfile.write(path, dict(self._what, done=done, crc=crc & 0xFFFFFFFF))
            return True
        except (SyncError, EnvironmentError, UnicodeError):
            return False  # Then the next attempt begins anew, as without marks.

    def drop(self):
        """Remove the mark."""
        drop(self._part)


def is_marked(part):
    """Tell whether somebody may still go on with a part file."""
    path = _path(part)
    return _read(path).get("part") == part and _is_young(path)


def drop(part):
    """Remove the mark of a part file, if there is one."""
    _remove(_path(part))


def sweep():
    """Remove the marks that are too old."""
    folder = _folder()
    try:
        names = [compat.from_fs(name) for name in os.listdir(compat.fs(folder))]
    except OSError:
        return
    for path in (os.path.join(folder, name) for name in names):
        if not _is_young(path):
            _remove(path)


def _folder():
    return os.path.join(places.database_folder(), "unfinished")


def _path(part):
    return os.path.join(_folder(), hashlib.sha256(part.encode("utf-8", "replace")).hexdigest()[:40] + ".json")


def _read(path):
    try:
        found = jsonfile.read(path)
    except (SyncError, EnvironmentError):
        return {}
    return found if isinstance(found, dict) else {}


def _is_young(path):
    try:
        return abs(time.time() - os.stat(compat.fs(path)).st_mtime) < _KEPT_S
    except OSError:
        return False


def _remove(path):
    try:
        compat.remove_file(path)
    except OSError:
        pass
