"""Marks: how far an unfinished download is proven, so that the next attempt goes on from there.

A mark lies in our own folder, never beside the frames. Its first line names
what a part file is a part of; every further one a run of bytes that was
written, with its CRC-32: after a crash, whatever the disk made of the file,
only bytes that have this checksum are gone on with. Lines are added, nothing
is renamed: beside gigabytes that are being written, that would wait for them.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import hashlib
import io
import os
import threading
import time

import six

from . import compat, places

#: Smaller files are fetched anew: that is quicker than a look at what is there.
LEAST_BYTES = 8 << 20

#: After so many bytes the mark is written again: what a kill costs at most.
STEP_BYTES = 8 << 20

_MOST_BYTES = 64 << 20

_WRITE = (os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND | getattr(os, "O_BINARY", 0)
          | getattr(os, "O_NOINHERIT", 0))

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
        self._file = None
        self._lock = threading.Lock()
        self.size = size

    def read(self):
        """Return ``{first byte: (bytes, CRC-32)}`` of the runs that were written of just this version."""
        lines = _read(_path(self._part))
        if not lines or any(lines[0].get(name) != value for name, value in self._what.items()):
            return {}
        runs = {}
        for line in lines[1:]:
            run = [line.get(name) for name in ("first", "done", "crc")]
            if all(isinstance(value, six.integer_types) for value in run) and (
                    run[0] >= 0 and 0 < run[1] <= self.size - run[0]):
                runs[run[0]] = run[1], run[2]
        return runs

    def there(self):
        """Return how many bytes need no more room on the disk."""
        try:
            return min(sum(done for done, _ in self.read().values()), os.stat(compat.fs(self._part)).st_size)
        except OSError:
            return 0

    def write(self, done, crc, first=0):
        """Note how far a run of bytes has got (any thread); return whether that could be written.

        The last note of each run holds.
        """
        with self._lock:
            try:
                if self._file is None:
                    self._file = self._open()
                os.write(self._file, _line({"first": first, "done": done, "crc": crc & 0xFFFFFFFF}))
                return True
            except (EnvironmentError, UnicodeError):
                return False  # Then the next attempt begins anew, as without marks.

    def _open(self):
        """Return the mark, open to be added to; what is there is written anew, which drops a line that broke off."""
        path, runs = _path(self._part), self.read()
        compat.make_folder(os.path.dirname(path))
        opened = os.open(compat.fs(path), _WRITE, 0o600)
        lines = [_line(self._what)] + [_line({"first": first, "done": done, "crc": crc})
                                       for first, (done, crc) in sorted(runs.items())]
        os.write(opened, b"".join(lines))
        return opened

    def close(self):
        """Leave it as it is for whoever goes on; closing twice is fine."""
        with self._lock:
            opened, self._file = self._file, None
            if opened is not None:
                os.close(opened)

    def drop(self):
        """Remove the mark."""
        self.close()
        drop(self._part)


def is_marked(part):
    """Tell whether somebody may still go on with a part file."""
    path = _path(part)
    lines = _read(path)
    return bool(lines) and lines[0].get("part") == part and _is_young(path)


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


def _line(value):
    return compat.dump_json(value).encode("utf-8") + b"\n"


def _read(path):
    """Return the lines of a mark, each a dict; one that broke off, and what is none, is left out."""
    found = []
    try:
        with io.open(compat.fs(path), "rb") as lines:
            for line in lines.read(_MOST_BYTES).split(b"\n")[:-1]:
                found.append(compat.parse_json(line.decode("utf-8")))
    except (EnvironmentError, ValueError):
        pass
    return [line for line in found if isinstance(line, dict)]


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
