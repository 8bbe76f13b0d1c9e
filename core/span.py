"""A range of a local file while it is sent: one part of a large one."""
from __future__ import absolute_import, division, print_function, unicode_literals

import hashlib
import os
import zlib

from . import compat
from .errors import SourceChanged
from .stream import READ, checksum_text, source_error

#: Read at a time for a checksum; each of many threads holds as much.
_BLOCK = 256 << 10


class Span(object):
    """Read a range of a file: once for its checksum, once to send it.

    Use it as ``with``. It has a file of its own open, so that spans of one file do not wait for each other.

    Args:
        item (Item): What to send; its ``size`` and ``mtime`` are those that the file must have.
        first (int): Offset of the first byte.
        size (int): Bytes.
        gear (Gear): Of the run.
        moved (callable): Takes the bytes of this span that have passed so far; absolute.

    Attributes:
        size (int): Bytes.
        done (int): Bytes that have passed so far.
        crc (int or None): CRC-32, after `checksum`.
    """

    def __init__(self, item, first, size, gear, moved):
        self.item = item
        self.size = size
        self.done = 0
        self.crc = None
        self._first = first
        self._gear = gear
        self._moved = moved
        self._file = None

    def __enter__(self):
        try:
            self._file = os.open(compat.fs(self.item.source), READ)
        except (IOError, OSError, ValueError, TypeError) as error:
            raise source_error(self.item.source, error)
        try:
            self.check_unchanged()
        except Exception:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def checksum(self):
        """Read the span; return its checksum, e.g. "crc32:0a1b2c3d"."""
        return self._read_through(None)

    def md5(self):
        """Read the span; return its MD5 in hexadecimal digits, or None where this Python may not make one."""
        try:
            md5 = hashlib.md5()
        except ValueError:  # A system that allows only what is thought safe.
            return None
        self._read_through(md5)
        return compat.text(md5.hexdigest())

    def _read_through(self, digest):
        crc, left = 0, self.size
        self._seek(0)
        while left:
            self._gear.cancel.check()
            block = self._read(min(left, _BLOCK))
            crc = zlib.crc32(block, crc)
            if digest is not None:
                digest.update(block)
            left -= len(block)
        self.crc = crc & 0xFFFFFFFF
        self._seek(self.done)
        return checksum_text(crc)

    def read(self):
        """Return the next block to send; empty at the end.

        Raises:
            SourceChanged: The file is no longer the one that is to be sent.
            Cancelled: The run was cancelled.
        """
        _, _, count = self.slice()
        block = self._read(count) if count else b""
        self.passed(len(block))
        return block

    def slice(self):
        """Return ``(descriptor, offset, bytes)`` of the next block, for who sends it without reading it.

        It has passed the bandwidth limit; `passed` must be told. No bytes at the end.
        """
        self._gear.cancel.check()
        count = min(self.size - self.done, self._gear.throttle.block_size)
        if count:
            self._gear.throttle.take(count, self._gear.cancel.wait)
        return self._file, self._first + self.done, count

    def passed(self, count):
        """Note that so many more bytes have passed."""
        self.done += count
        self._moved(self.done)

    def rewind(self):
        """Begin again with the first byte."""
        self.done = 0
        self._seek(0)
        self._moved(0)

    def check_unchanged(self):
        """Compare the open file with the one that is to be sent.

        Raises:
            SourceChanged: Its size or time is another.
        """
        found = os.fstat(self._file)
        if found.st_size != self.item.size or compat.mtime_ns(found) != self.item.mtime:
            self._changed()

    def _seek(self, done):
        os.lseek(self._file, self._first + done, os.SEEK_SET)

    def _read(self, count):
        try:
            block = os.read(self._file, count)
        except (IOError, OSError) as error:
            raise source_error(self.item.source, error)
        if not block:
            self._changed()
        return block

    def _changed(self):
        raise SourceChanged("%s changed while it was being sent. It was not recorded as uploaded: "
                            "save it and run the upload again." % self.item.source)
