"""Where a fetched file may land, and how it takes its place.

A file that our record does not explain is the user's own: it stays, and the
farm's version lands beside it. Files appear whole: bytes go to ``.part``,
are checked, then renamed.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import errno
import os
import stat
import threading
from collections import namedtuple

from . import compat, paths, stream
from .errors import Busy, LandingError, NoSpace, Outdated
from .model import Item
from .record import Landed

#: What to do with a remote file. ``verdict`` is "fetch", "skip", "adopt" (it is
#: here, only the record does not know) or "compare" (same size, other time).
Place = namedtuple("Place", "verdict path kept")

PART = ".part"
_SPARE_BYTES = 64 << 10
_LOOK_S = 1.0
_FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", -1))
_MOST_VERSIONS = 1000


def file_state(path):
    """Return ``(size, mtime)`` of a local file, or None.

    Raises:
        LandingError: Something that is no file stands there.
    """
    try:
        found = os.stat(compat.fs(path))
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ENOTDIR):
            return None
        raise LandingError("%s cannot be looked at (%s). Check its permissions." % (path, error.strerror))
    if not stat.S_ISREG(found.st_mode):
        raise LandingError("%s is a folder: a frame of that name cannot land. Rename the folder." % path)
    return found.st_size, compat.mtime_ns(found)


def is_ours(state, row):
    """Tell whether a local file is as we left it."""
    return row is not None and row.size == state[0] and compat.same_time(row.mtime, state[1])


def is_same_source(row, stored):
    """Tell whether a remote file is the one that a row was written for."""
    if row.source_size != stored.size:
        return False
    if row.checksum and stored.checksum and row.checksum.split(":")[0] == stored.checksum.split(":")[0]:
        return row.checksum == stored.checksum
    return row.source_mtime == stored.mtime or compat.same_time(row.source_mtime, stored.mtime)


def choose(path, source, stored, state_of, row_of, differs=False):
    """Decide where a remote file lands. Pure, but for what it is told.

    Args:
        path (str): Where it would land.
        source (str): Name of the storage and the file.
        stored (Stored): The remote file.
        state_of (callable): path -> ``(size, mtime)`` or None.
        row_of (callable): path -> `Landed` or None.
        differs (bool): The local file was compared: its bytes are others.

    Returns:
        Place: ``kept`` is the user's own file that was left alone, or None.
    """
    kept = None
    for number in range(_MOST_VERSIONS):
        here = path if number == 0 else paths.versioned(path, number)
        state, row = state_of(here), row_of(here)
        if state is None:
            return Place("fetch", here, kept)
        known = row is not None and row.source == source and is_same_source(row, stored)
        if is_ours(state, row):
            return Place("skip" if known else "fetch", here, kept)
        if known:
            return Place("skip", here, here)  # Changed by the user since; the farm has nothing newer.
        if state[0] == stored.size and row is None and not (differs and number == 0):
            if compat.same_time(state[1], stored.mtime):
                return Place("adopt", here, kept)
            return Place("compare", here, kept)
        kept = kept or here
    raise LandingError("%s: there are too many versions beside it. Move some away." % path)


class Space(object):
    """The room on a disk, shared by all threads of a run.

    Args:
        folder (str): Where files land.
        gear (Gear): Of the run.
        patience_s (float or None): How long a file waits for room; None for ever.
        free (callable): folder -> bytes.
    """

    def __init__(self, folder, gear, patience_s=None, free=compat.free_space):
        self._folder = folder
        self._gear = gear
        self._patience_s = patience_s
        self._free = free
        self._lock = threading.Lock()
        self._reserved = 0
        self._waiting = {}

    def take(self, name, size):
        """Reserve room for a file, waiting for it where there is none.

        Raises:
            NoSpace: The patience has ended.
            Cancelled: The run was cancelled.
        """
        until = None if self._patience_s is None else compat.monotonic() + self._patience_s
        while not self._try(name, size):
            if until is not None and compat.monotonic() >= until:
                raise NoSpace("No space left on %s: %s did not land (%s needed). Free some space and "
                              "download again." % (self._folder, name, megabytes(size)))
            self._gear.cancel.wait(_LOOK_S)

    def _try(self, name, size):
        with self._lock:
            fits = self._free(self._folder) - self._reserved >= size + _SPARE_BYTES
            if fits:
                self._reserved += size
                self._waiting.pop(name, None)
            elif name not in self._waiting:
                self._waiting[name] = size
                self._gear.progress.later("note", "No space left on %s: %d file%s wait%s (%s needed). Free some "
                                          "space: the download goes on by itself." % (
                                              self._folder, len(self._waiting),
                                              "" if len(self._waiting) == 1 else "s",
                                              "s" if len(self._waiting) == 1 else "",
                                              megabytes(sum(self._waiting.values()))))
            return fits

    def give(self, size):
        """Return room that was reserved."""
        with self._lock:
            self._reserved -= size


def megabytes(size):
    """Return bytes as people read them: "41 MB"."""
    return "%.0f MB" % (size / 1e6) if size >= 1e6 else "%.0f KB" % max(size / 1e3, 1)


class Landing(object):
    """Fetch one file and put it in its place; safe to use from many threads.

    Args:
        engine: Open engine.
        gear (Gear): Of the run.
        space (Space): Of the disk.
    """

    def __init__(self, engine, gear, space):
        self._engine = engine
        self._gear = gear
        self._space = space

    def fetch(self, stored, source, place, state):
        """Fetch a file.

        Args:
            stored (Stored): The remote file, as it was listed.
            source (str): Its name in the record.
            place (Place): From `choose`.
            state (tuple or None): The local file that `choose` saw there.

        Returns:
            Landed: For the record.

        Raises:
            LandingError: The local disk refuses, or the user's file came in the way.
        """
        part = place.path + PART
        size = stored.size or 0
        self._space.take(place.path, size)
        try:
            compat.make_folder(os.path.dirname(place.path))
            with stream.Sink(part, Item(stored.name, place.path, size, stored.mtime), self._gear) as sink:
                self._engine.fetch(stored, sink)
                sink.check_complete(stored)
                if compat.RENAMES_OPEN_FILES:
                    self._publish(part, stored, place, state)  # While the lock is ours.
            if not compat.RENAMES_OPEN_FILES:
                self._publish(part, stored, place, state)
            here = file_state(place.path)
        except (IOError, OSError) as error:
            self._drop(part)
            raise self._error(place.path, size, error)
        except Busy:
            raise  # The part file is the other program's.
        except Exception:
            self._drop(part)
            raise
        finally:
            self._space.give(size)
        return Landed(place.path, here[0], here[1], source, stored.size, stored.mtime, sink.checksum)

    def _publish(self, part, stored, place, state):
        """Give a complete file its name, if here and there all is as it was when this was decided."""
        now = self._engine.ask([stored.name]).get(stored.name)
        if now is not None and (now.size != stored.size or (
                now.mtime != stored.mtime and not compat.same_time(now.mtime, stored.mtime))):
            raise Outdated("%s was rendered again while it was fetched. Download it again." % stored.name)
        if file_state(place.path) != state:
            raise Outdated("%s was changed here while its frame was fetched. Your file was kept: download the "
                           "frame again, it lands beside it." % place.path)
        if stored.mtime is not None:
            compat.set_mtime_ns(part, stored.mtime)
        compat.replace(part, place.path)

    @staticmethod
    def _drop(part):
        try:
            compat.remove_file(part)
        except OSError:
            pass  # The error that brought us here says more.

    def _error(self, path, size, error):
        if error.errno in _FULL:
            return NoSpace("No space left on %s: %s did not land (%s needed). Free some space and download again."
                           % (os.path.dirname(path), os.path.basename(path), megabytes(size)), retryable=True)
        return LandingError("%s cannot be written (%s). Check the folder's permissions, or choose another one."
                            % (path, compat.text(error.strerror)))
