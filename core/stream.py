"""The streams through which every byte passes: here bytes are counted, throttled and cancelled."""
from __future__ import absolute_import, division, print_function, unicode_literals

import errno
import hashlib
import os
import stat
import zlib
from collections import namedtuple

from . import compat, marks
from .errors import Busy, Cancelled, Incomplete, SourceChanged, SourceError, SourceMissing, StorageBusy, crowded

#: Without a wait: a pipe that has taken a file's place must not hold the run up.
READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOINHERIT", 0)
WRITE = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOINHERIT", 0)

#: A file is read so many bytes at a time for its checksum.
_LOOKED_BYTES = 1 << 20

#: How often a part file is opened that another program renames meanwhile.
_OPENINGS = 100

#: What a stream needs of its run: the `Cancel`, the `Throttle`, the `Progress`.
Gear = namedtuple("Gear", "cancel throttle progress")


def checksum_text(crc):
    """Return a CRC-32 as the record writes it."""
    return "crc32:%08x" % (crc & 0xFFFFFFFF)


def file_checksum(path, cancel=None):
    """Return the checksum of a local file, e.g. "crc32:0a1b2c3d"."""
    crc = 0
    descriptor = os.open(compat.fs(path), READ)
    try:
        while True:
            block = os.read(descriptor, 1 << 20)
            if not block:
                return checksum_text(crc)
            crc = zlib.crc32(block, crc)
            if cancel is not None:
                cancel.check()
    finally:
        os.close(descriptor)


def checksums_at(descriptor, offset, count, cancel, wants_md5=False, path=""):
    """Return the CRC-32 and the md5 (a hash object, or None) of a stretch of an open file.

    Raises:
        SourceError: It cannot be read.
    """
    crc, md5 = 0, hashlib.md5() if wants_md5 else None
    end = offset + count
    while offset < end:
        cancel.check()
        try:
            block = compat.read_at(descriptor, min(_LOOKED_BYTES, end - offset), offset)
        except (IOError, OSError) as error:
            raise source_error(path, error)
        if not block:
            break  # It shrank: whoever sends it will notice.
        crc = zlib.crc32(block, crc)
        if md5 is not None:
            md5.update(block)
        offset += len(block)
    if compat.read_at_moves:
        os.lseek(descriptor, 0, os.SEEK_SET)
    return crc, md5


class Source(object):
    """A local file while it is sent.

    Use it as ``with``. `read` gives the blocks; with the last one it makes
    sure that nobody wrote into the file meanwhile, so that an engine never
    publishes half of one version and half of another.

    Args:
        item (Item): What to send.
        gear (Gear): Of the run.

    Attributes:
        size (int): Bytes, when it was opened.
        mtime (int): Nanoseconds, when it was opened.
        done (int): Bytes read so far.
    """

    __slots__ = ("item", "size", "mtime", "done", "_gear", "_file", "_crc")

    def __init__(self, item, gear):
        self.item = item
        self.size = self.mtime = self.done = 0
        self._gear = gear
        self._file = None
        self._crc = 0

    def __enter__(self):
        try:
            self._file = os.open(compat.fs(self.item.source), READ)
            found = os.fstat(self._file)
        except (IOError, OSError, ValueError, TypeError) as error:
            raise source_error(self.item.source, error)
        if not stat.S_ISREG(found.st_mode):
            self.__exit__()
            raise SourceError("%s is not a file any more. List the files to send." % self.item.source)
        self.size = found.st_size
        self.mtime = compat.mtime_ns(found)
        return self

    def __exit__(self, *_):
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def read(self):
        """Return the next block; empty at the end.

        Raises:
            SourceChanged: The file is no longer the one that was opened.
            Cancelled: The run was cancelled.
        """
        gear = self._gear
        gear.cancel.check()
        left = self.size - self.done
        try:
            block = os.read(self._file, min(left, gear.throttle.block_size)) if left else b""
        except (IOError, OSError) as error:
            raise source_error(self.item.source, error)
        self.done += len(block)
        if not block:
            if left:
                self._changed()
            return block
        if left == len(block):
            # The open file, not its name: one that was replaced is still whole here.
            self._compare(os.fstat(self._file))
        self._crc = zlib.crc32(block, self._crc)
        gear.throttle.take(len(block), gear.cancel.wait)
        if len(block) < self.size:  # On a slow line a small file shows its progress, too.
            gear.progress.moved(self.item.target, self.done)
        return block

    @property
    def block_size(self):
        """int: Bytes that `read` gives at most."""
        return self._gear.throttle.block_size

    def look_ahead(self, wants_md5=False):
        """Read the whole file for its checksums, before it is sent.

        Args:
            wants_md5 (bool): The md5, too.

        Returns:
            tuple: The CRC-32, and the hash object or None.
        """
        return checksums_at(self._file, 0, self.size, self._gear.cancel, wants_md5, self.item.source)

    def check_unchanged(self):
        """Compare the file on the disk with the one that was opened.

        Raises:
            SourceChanged: Its size or time is another.
        """
        try:
            self._compare(os.stat(compat.fs(self.item.source)))
        except OSError as error:
            raise source_error(self.item.source, error)

    def _compare(self, found):
        if found.st_size != self.size or compat.mtime_ns(found) != self.mtime:
            self._changed()

    def _changed(self):
        raise SourceChanged("%s changed while it was being sent. It was not recorded as uploaded: "
                            "save it and run the upload again." % self.item.source)

    @property
    def checksum(self):
        """str: Of the blocks read so far."""
        return checksum_text(self._crc)


class Sink(object):
    """A local part file while it is fetched. Use it as ``with``.

    Its folder is made where there is none. It is locked while it is open, and removed at the end unless `keep` was
    called. With a mark, it also stays where its transfer broke off, and begins behind what the mark proves.

    Args:
        path (str): File to write.
        item (Item): What is fetched; ``target`` is its final path.
        gear (Gear): Of the run.
        mark (marks.Mark, optional): Where an engine that ``resumes`` goes on.

    Attributes:
        done (int): Bytes that are there; the engine sends those behind them.
        path (str): The file.
    """

    __slots__ = ("item", "done", "path", "_gear", "_file", "_crc", "_kept", "_mark", "_marked")

    def __init__(self, path, item, gear, mark=None):
        self.item = item
        self.done = 0
        self.path = path
        self._gear = gear
        self._file = None
        self._crc = 0
        self._kept = False
        self._mark = mark
        self._marked = 0

    def __enter__(self):
        for _ in range(_OPENINGS):
            self._file = self._open()
            try:
                if not compat.lock_file(self._file):
                    break
                found = os.fstat(self._file)
                if compat.WINDOWS or _has_name(found, self.path):
                    self._begin(found.st_size)
                    return self
            except Exception:
                self._close()
                raise
            self._close()  # The other program just renamed it: it is a finished frame now.
        if self._file is not None:
            self._close()
        raise Busy("%s is being fetched by another program." % self.item.target)

    def _open(self):
        flags = WRITE & ~os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0)
        if self._mark is not None:
            flags = flags & ~os.O_WRONLY | os.O_RDWR  # What is there is read again.
        try:
            return os.open(compat.fs(self.path), flags, 0o666)
        except (IOError, OSError) as error:
            if os.path.islink(compat.fs(self.path)):
                drop(self.path)  # A link under this name would lead our bytes elsewhere.
            elif error.errno == errno.ENOENT:
                compat.make_folder(os.path.dirname(self.path))  # Not before: for most files it is there.
            else:
                raise
            return os.open(compat.fs(self.path), flags, 0o666)

    def _begin(self, size):
        """Find out where to go on in the open file, which has `size` bytes."""
        if self._mark is None and not size:
            return
        done, crc = self._mark.read().get(0, (0, 0)) if self._mark is not None else (0, 0)
        if 0 < done < (self._mark.size if self._mark else 0) and size >= done and (
                checksums_at(self._file, 0, done, self._gear.cancel, path=self.path)[0] & 0xFFFFFFFF == crc):
            compat.truncate_file(self._file, done)
            os.lseek(self._file, done, os.SEEK_SET)
            self.done, self._crc, self._marked = done, crc, done
            self._gear.progress.moved(self.item.target, done)
        else:
            self.restart()

    def restart(self):
        """Begin again with the first byte: the storage does not go on where this file ends."""
        if self._mark is not None:
            self._mark.drop()
        compat.truncate_file(self._file)
        os.lseek(self._file, 0, os.SEEK_SET)
        self.done = self._crc = self._marked = 0

    def _is_broken_off(self, error):
        """Tell whether the next attempt can go on; what is whole and yet failed is not to be trusted."""
        return self._mark is not None and isinstance(error, (StorageBusy, Cancelled, KeyboardInterrupt)) and (
            0 < self.done < self._mark.size) and self._mark.write(self.done, self._crc)

    def __exit__(self, _, error, __):
        if self._file is None:
            return
        if self._is_broken_off(error):
            self._close()
            return
        if self._mark is not None:
            self._mark.drop()
        if compat.RENAMES_OPEN_FILES:
            if not self._kept and is_at_path(self._file, self.path):
                drop(self.path)  # While the lock is ours.
            self._close()
        else:
            self._close()
            if not self._kept:
                drop(self.path)

    def _close(self):
        if self._mark is not None:
            self._mark.close()
        os.close(self._file)
        self._file = None

    def keep(self):
        """Leave the file at the end: it is whole."""
        self._kept = True

    @property
    def block_size(self):
        """int: Bytes that an engine should hand over at a time."""
        return self._gear.throttle.block_size

    def write(self, block):
        """Write one block.

        Raises:
            Cancelled: The run was cancelled.
            Incomplete: More came than was promised.
            OSError: The disk refused; the caller knows which file it is.
        """
        gear = self._gear
        gear.cancel.check()
        if self.item.size is not None and self.done + len(block) > self.item.size:
            raise Incomplete("%s came with more than its %d bytes. It was not kept; it will be fetched again."
                             % (self.item.source, self.item.size))
        gear.throttle.take(len(block), gear.cancel.wait)
        write_all(self._file, block)
        self._crc = zlib.crc32(block, self._crc)
        self.done += len(block)
        if self._mark is not None and self.done - self._marked >= marks.STEP_BYTES:
            self._mark.write(self.done, self._crc)
            self._marked = self.done
        if len(block) != self.item.size:
            gear.progress.moved(self.item.target, self.done)

    def check_complete(self, stored):
        """Compare what came with what was promised.

        Args:
            stored (Stored): What the storage said it would send.

        Raises:
            Incomplete: The length or the checksum is another.
        """
        if stored.size is not None and self.done != stored.size:
            raise Incomplete("%s came with %d of %d bytes. It was not kept; it will be fetched again."
                             % (self.item.source, self.done, stored.size))
        kind = (stored.checksum or "").partition(":")[0]
        if kind == "crc32" and stored.checksum != self.checksum:
            raise Incomplete("%s came with other bytes than the storage has (%s instead of %s). "
                             "It was not kept; it will be fetched again."
                             % (self.item.source, self.checksum, stored.checksum))

    @property
    def checksum(self):
        """str: Of the blocks written so far."""
        return checksum_text(self._crc)


def is_at_path(descriptor, path):
    """Tell whether an open file is the one that bears a name now (POSIX)."""
    try:
        return _has_name(os.fstat(descriptor), path)
    except OSError:
        return False


def _has_name(found, path):
    try:
        return os.path.samestat(found, os.lstat(compat.fs(path)))
    except OSError:
        return False


def drop(path):
    """Remove an unfinished file, if that can be: the error that brought us here says more."""
    try:
        compat.remove_file(path)
    except OSError:
        pass


def write_all(descriptor, block):
    """Write a whole block to a file descriptor."""
    written = os.write(descriptor, block)
    while written < len(block):
        block = block[written:]
        written = os.write(descriptor, block)


def source_error(path, error):
    """Return the error to raise for an OSError on a local source."""
    number = getattr(error, "errno", errno.ENOENT)  # None: a NUL in the name.
    if number in (errno.ENOENT, errno.ENOTDIR):
        return SourceMissing("%s is missing. Restore it or take it out of the scene." % path)
    if number == errno.EISDIR:
        return SourceError("%s is a folder, not a file: list its files instead." % path)
    return crowded(error, path) or SourceError("%s cannot be read (%s). Check its permissions and its disk."
                                               % (path, compat.text(error.strerror)))
