"""Where a fetched file may land, and how it takes its place.

A file that our record does not explain is the user's own: it stays, and the
farm's version lands beside it. Files appear whole: bytes go to a part file,
are checked, then renamed.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import errno
import io
import os
import stat
import zlib
from collections import namedtuple

from . import compat, marks, mosaic, paths, stream
from .errors import FULL, Incomplete, LandingError, Outdated, crowded
from .model import Item
from .record import Landed
from .throttle import Throttle

#: What to do with a remote file. ``verdict`` is "fetch", "skip" or "adopt" (it is here, only
#: the record does not know). ``state`` is the local file that was seen at ``path``, as
#: `file_state` gives it; ``kept`` a file of the user's own that was left alone, or None.
Place = namedtuple("Place", "verdict path state kept")

#: An unfinished file of ours. Not just ".part": browsers and renderers name their own so.
PART = ".rvsync.part"

#: The `file_state` of what no frame may replace, whatever it is.
TAKEN = (-1, 0)

_LONGEST_NAME = 255
_MOST_VERSIONS = 1000


def part_path(path):
    """Return the name under which a file is written until it is whole."""
    folder, name = os.path.split(path)
    if len(name.encode("utf-8", "replace")) + len(PART) > _LONGEST_NAME:
        name = "%08x" % (zlib.crc32(name.encode("utf-8", "replace")) & 0xFFFFFFFF)
    return os.path.join(folder, name + PART)


def file_state(path):
    """Return ``(size, mtime)`` of a local file, or None where there is none.

    Raises:
        LandingError: Something that is no file stands there.
    """
    is_link = False
    try:
        found = os.lstat(compat.fs(path))  # One look, where mostly nothing is.
        is_link = stat.S_ISLNK(found.st_mode)
        if is_link:
            found = os.stat(compat.fs(path))
    except OSError as error:
        if error.errno not in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP):
            raise LandingError("%s cannot be looked at (%s). Check its permissions."
                               % (path, compat.text(error.strerror)))
        # A link that leads nowhere, now: the user's own, e.g. to a disk that is not mounted.
        return TAKEN if is_link else None
    if not stat.S_ISREG(found.st_mode):
        raise LandingError("%s is a %s: a frame of that name cannot land. Rename it."
                           % (path, "folder" if stat.S_ISDIR(found.st_mode) else "device"))
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


def choose(path, source, stored, state_of, row_of, is_same):
    """Decide where a remote file lands. Pure, but for what it is told.

    Args:
        path (str): Where it would land.
        source (str): Name of the storage and the file.
        stored (Stored): The remote file.
        state_of (callable): path -> ``(size, mtime)`` or None.
        row_of (callable): path -> `Landed` or None.
        is_same (callable): path -> whether that file, of the same size, has the same bytes.
            It reads both: asked only where nothing else tells.

    Returns:
        Place: The decision.

    Raises:
        LandingError: It can land nowhere.
    """
    theirs = []
    for number in range(_MOST_VERSIONS):
        here = path if number == 0 else paths.versioned(path, number)
        state, row = state_of(here), row_of(here)
        kept = theirs[0][0] if theirs else None
        if state is None:
            break
        if row is not None and row.source == source and is_same_source(row, stored):
            # It may have been changed by the user since: then it stays, the farm has nothing newer.
            return Place("skip", here, state, kept or (None if is_ours(state, row) else here))
        if is_ours(state, row):
            break
        theirs.append((here, state))
    else:
        raise LandingError("%s: there are too many versions beside it. Move some away." % path)
    for number, (other, seen) in enumerate(theirs):
        if seen[0] == stored.size and (compat.same_time(seen[1], stored.mtime) or is_same(other)):
            return Place("adopt", other, seen, theirs[0][0] if number else None)
    return Place("fetch", here, state, kept)


def mark_of(engine, stored, source, place, least=marks.LEAST_BYTES):
    """Return the `marks.Mark` of a file that an engine goes on with, None of others; arguments as for `Landing.fetch`.

    Args:
        least (int): Bytes of the smallest file that has one.
    """
    if not getattr(engine, "resumes", False) or not stored.version or (stored.size or 0) < least:
        return None
    return marks.Mark(part_path(place.path), source, stored.version, stored.size)


class Landing(object):
    """Fetch one file and put it in its place; safe to use from many threads.

    Args:
        engine: Open engine.
        gear (Gear): Of the run.
        space (Space): Of the disk.
        inspect (callable, optional): Takes the path of the whole part file and the final one, before the
            file gets its name. What it raises keeps the file from landing; a retryable error has it
            fetched again.
    """

    def __init__(self, engine, gear, space, inspect=None):
        self._engine = engine
        self._gear = gear
        self._space = space
        self._inspect = inspect

    def fetch(self, stored, source, place):
        """Fetch a file, waiting for room on the disk where there is none.

        Args:
            stored (Stored): The remote file, as it was listed.
            source (str): Its name in the record.
            place (Place): From `choose`.

        Returns:
            Landed: For the record.

        Raises:
            LandingError: The local disk refuses.
            Outdated: The file changed here or there meanwhile, or another program is landing it.
        """
        mark, size = self._look(stored, source, place)
        with self._space.wait_for(place.path, size) as room:
            while True:
                room.take()
                try:
                    return self._fetch(stored, source, place, room, mark)
                except (IOError, OSError) as error:
                    if not is_full(error):
                        raise unwritable(place.path, error)
                room.refused()

    def prepare(self, stored, source, place, range_bytes):
        """Look at what is there of a file that is fetched in ranges.

        Args:
            stored, source, place: As for `fetch`; the file has a version and a size.
            range_bytes (int): Of each range but the last one.

        Returns:
            tuple: Its closed `Mosaic`, and the `Room` that it needs, which is to be taken first.
        """
        mark, size = self._look(stored, source, place, least=0)
        item = Item(stored.name, place.path, stored.size, stored.mtime)
        return (mosaic.Mosaic(part_path(place.path), item, self._gear, mark, range_bytes),
                self._space.wait_for(place.path, size))

    def _look(self, stored, source, place, least=marks.LEAST_BYTES):
        """Return the mark of a file, or None, and how many bytes it needs."""
        try:
            compat.make_folder(os.path.dirname(place.path))
        except (IOError, OSError) as error:
            if not is_full(error):
                raise unwritable(place.path, error)  # No room would help.
        mark = mark_of(self._engine, stored, source, place, least)
        return mark, (stored.size or 0) - (mark.there() if mark else 0)

    def adopt(self, path, stored, source, place):
        """Give a whole file its place, which lies on the same disk; see `fetch`.

        Args:
            path (str): The file; it is moved. Where its place is on another disk, the engine is asked for its bytes.
            stored, source, place: As for `fetch`.
        """
        try:
            # An empty part file, for its lock: other programs of this user may be landing the same frame.
            with stream.Sink(part_path(place.path), Item(stored.name, place.path, 0, None), self._gear):
                if self._inspect is not None:
                    self._inspect(path, place.path)
                left = self._publish(path, stored, place)
        except (IOError, OSError) as error:
            if error.errno == errno.EXDEV:
                return self.fetch(stored, source, place)
            raise unwritable(place.path, error)
        here = _seen(place.path)
        size, mtime = here if here is not None and here[0] == left[0] else left
        return Landed(place.path, size, mtime, source, stored.size, stored.mtime, stored.checksum)

    def _fetch(self, stored, source, place, room, mark):
        item = Item(stored.name, place.path, stored.size or 0, stored.mtime)
        with stream.Sink(part_path(place.path), item, self._gear, mark) as sink:
            room.follow(sink)
            left = self.complete(sink, stored, self._engine.fetch(stored, sink), place)
        return self.landed(sink, stored, source, place, left)

    def complete(self, sink, stored, described, place):
        """Compare what came with what was promised; give it its name, where an open file can get one.

        Args:
            sink (stream.Sink): Still open.
            stored, place: As for `fetch`.
            described (Stored or None): As the answer itself told of it: a listing knows no checksum.

        Returns:
            tuple or None: The `file_state` that it got; None where `landed` is to name it.
        """
        sink.check_complete(stored)
        if described is not None:
            sink.check_complete(described)
        if self._inspect is not None:
            self._inspect(sink.path, place.path)
        left = self._publish(sink.path, stored, place) if compat.RENAMES_OPEN_FILES else None  # While the lock is ours.
        sink.keep()
        return left

    def landed(self, sink, stored, source, place, left):
        """Return the `Landed` of a file whose sink is closed; `left` is what `complete` returned."""
        if left is None:
            try:
                left = self._publish(sink.path, stored, place)
            except Exception:
                stream.drop(sink.path)
                raise
        here = _seen(place.path)
        # Some network disks set the time anew when a file is closed.
        size, mtime = here if here is not None and here[0] == left[0] else left
        return Landed(place.path, size, mtime, source, stored.size, stored.mtime, sink.checksum)

    def _publish(self, part, stored, place):
        """Give a complete file its name, if here and there all is as it was when this was decided.

        Returns:
            tuple: The `file_state` that it got.
        """
        is_whole = getattr(self._engine, "fetches_versions", False) and stored.version
        now = None if is_whole else self._engine.ask([stored.name]).get(stored.name)
        if now is not None and (now.size != stored.size or (
                now.mtime != stored.mtime and not compat.same_time(now.mtime, stored.mtime))):
            raise Outdated("%s was rendered again while it was fetched. Download it again." % stored.name)
        if file_state(place.path) != place.state:
            raise Outdated("%s was changed here while its frame was fetched. Your file was kept: download the "
                           "frame again, it lands beside it." % place.path)
        left = None
        if stored.mtime is not None:
            try:
                compat.set_mtime_ns(part, stored.mtime)
                left = stored.size, stored.mtime
            except (OverflowError, ValueError):
                pass  # A time that no disk can hold: the file keeps its own.
        if left is None or stored.size is None:
            left = file_state(part)
        compat.replace(part, place.path)
        return left


class Lander(object):
    """Land files that an engine has fetched by itself; see `rayvision_sync.engines`.

    Args:
        gear (Gear): Of the run.
        space_of (callable): Path -> the `Space` of its disk.
        inspect (callable, optional): See `Landing`.
    """

    def __init__(self, gear, space_of, inspect=None):
        # What is here was let through by the program's own limit.
        self._gear = gear._replace(throttle=Throttle())
        self._space_of = space_of
        self._inspect = inspect

    def room(self, job, size):
        """Return the `Room` for bytes that come into a job's download folder."""
        return self._space_of(job.target).wait_for(job.target, size)

    def land(self, job, path, now):
        """Give a fetched file its place.

        Args:
            job: Of `fetch.Download`.
            path (str): The file; it is moved.
            now (dict): Name -> `Stored`, as the storage lists it now.

        Returns:
            Landed: For the record.

        Raises:
            Incomplete: It is not whole.
            LandingError, Outdated: As `Landing.fetch`.
        """
        stored = job.wanted.stored
        size = (file_state(path) or (-1, 0))[0]
        if size < 0 or stored.size not in (None, size):
            raise Incomplete("%s came with %d of %s bytes. It was not kept; it will be fetched again."
                             % (stored.name, max(size, 0), "?" if stored.size is None else stored.size))
        landing = Landing(_Fetched(path, now), self._gear, self._space_of(job.target), self._inspect)
        return landing.adopt(path, stored, job.origin, job.place)


class _Fetched(object):
    """A file that lies on this computer, as `Landing` takes an engine."""

    def __init__(self, path, now):
        self._path = path
        self._now = now

    def ask(self, targets):
        return dict((name, self._now[name]) for name in targets if name in self._now)

    def fetch(self, _, sink):
        with io.open(compat.fs(self._path), "rb") as source:
            block = source.read(sink.block_size)
            while block:
                sink.write(block)
                block = source.read(sink.block_size)


def is_full(error):
    """Tell whether a disk refused for want of room."""
    return error.errno in FULL


def unwritable(path, error):
    """Return the error for what a disk refused."""
    return crowded(error, path) or LandingError("%s cannot be written (%s). Check the folder's permissions, or choose "
                                                "another one." % (path, compat.text(error.strerror)))


def _seen(path):
    try:
        return file_state(path)
    except LandingError:
        return None  # It landed; what came after is not ours.


def remove_leftovers(folders):
    """Remove the part files of programs that ended before their files were whole.

    Those stay for some days that a download can go on with: see `marks`.
    """
    if folders:
        marks.sweep()
    for folder in folders:
        try:
            names = [compat.from_fs(name) for name in os.listdir(compat.fs(folder))]
        except OSError:
            continue
        for path in [os.path.join(folder, name) for name in names if name.endswith(PART)]:
            if not marks.is_marked(path):
                _remove_leftover(path)


def _remove_leftover(path):
    try:
        if os.path.islink(compat.fs(path)):
            return compat.remove_file(path)
        with io.open(compat.fs(path), "ab") as first:
            with io.open(compat.fs(path), "ab") as second:
                # Where a disk knows no locks, both get one: then somebody may be writing this file.
                is_left = compat.lock_file(first.fileno()) and not compat.lock_file(second.fileno())
            if is_left and compat.RENAMES_OPEN_FILES and stream.is_at_path(first.fileno(), path):
                compat.remove_file(path)
        if is_left and not compat.RENAMES_OPEN_FILES:
            compat.remove_file(path)
    except (IOError, OSError):
        pass  # Somebody else's; it does no harm.
