"""A file seen through a window of bytes that moves forward, and its errors."""
from __future__ import absolute_import, division, print_function, unicode_literals

import errno
import io
import os

from .. import compat
from ..errors import ManifestError

#: Bytes read at a time: the cache of a processor holds a block and what is made of it.
BLOCK = 256 * 1024

_BOM = b"\xef\xbb\xbf"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
#: Bytes that continue a character of UTF-8.
_CONTINUING = bytes(bytearray(range(0x80, 0xC0)))


class Window(object):
    """The bytes of a file around the place where reading is.

    Args:
        path (str): The file.
        ending (str): The last sentence of every error, e.g. "Nothing was uploaded."

    Attributes:
        buf (bytes): What is in memory.
        base (int): Offset of ``buf[0]`` in the file.
        pos (int): Index in `buf` of what is read next.
        mark (int): Index in `buf` of what must stay in memory, None for `pos`.
        block (int): Bytes that are read at a time, at least.
    """

    def __init__(self, path, ending=""):
        self.path = path
        self.ending = ending
        self.buf = b""
        self.base = self.pos = 0
        self.mark = None
        self.block = BLOCK
        self._file = None

    def __enter__(self):
        try:
            self._file = io.open(compat.fs(self.path), "rb", buffering=0)
        except EnvironmentError as error:
            raise self._unreadable(error)
        try:
            self.fill()
            self._skip_bom()
        except ManifestError:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def fill(self):
        """Read on, and let go of what is behind `pos` and `mark`.

        Returns:
            bool: False at the end of the file.
        """
        start = self.pos if self.mark is None else self.mark
        kept = self.buf[start:]
        # Twice as much each time, so that one huge token costs no square.
        data = self._read(max(self.block, len(kept)))
        if not data:
            return False
        self.buf = kept + data
        self.base += start
        self.pos -= start
        if self.mark is not None:
            self.mark = 0
        return True

    def offset(self):
        """Return the offset of `pos` in the file."""
        return self.base + self.pos

    def since(self, offset, end):
        """Return the bytes between two offsets that are in memory."""
        return self.buf[offset - self.base:end - self.base]

    def copy(self, start, end, write):
        """Read the bytes between two offsets again, whether or not they are still in memory.

        Args:
            start (int): Offset of the first byte.
            end (int): Offset behind the last one.
            write (callable): Gets them, in blocks.
        """
        here = self._file.tell()
        self._file.seek(start)
        while start < end:
            data = self._read(min(self.block, end - start))
            if not data:
                raise self.changed()
            write(data)
            start += len(data)
        self._file.seek(here)

    def state(self):
        """Return what tells whether the open file was changed meanwhile."""
        stat = os.fstat(self._file.fileno())
        return stat.st_size, compat.mtime_ns(stat)

    # ------------------------------------------------------------ errors

    def error(self, sentence):
        """Return an error whose sentence begins with the file's name."""
        return ManifestError(" ".join(("%s %s" % (self.path, sentence), self.ending)).strip())

    def broken(self, offset, expected):
        """Return the error for a place that is not JSON.

        Args:
            offset (int): Of the place in the file, in bytes.
            expected (str): e.g. "expected ',' or ']'".
        """
        try:
            line, column = self.position(offset)
        except EnvironmentError:
            return self.changed()
        return self.error("is not valid JSON: line %d, column %d: %s." % (line, column, expected))

    def changed(self):
        """Return the error for a file that is not what it was."""
        return self.error("changed while it was being read: try again.")

    def position(self, offset):
        """Return line and column, in characters and from 1, of an offset in bytes."""
        line, column = 1, 1
        with io.open(compat.fs(self.path), "rb") as source:
            start = source.read(min(offset, len(_BOM)))
            block = b"" if start == _BOM else start
            offset -= len(start)
            while block or offset:
                newline = block.rfind(b"\n")
                if newline >= 0:
                    line += block.count(b"\n")
                    column = 1
                column += len(block[newline + 1:].translate(None, _CONTINUING))
                block = source.read(min(offset, self.block))
                offset -= len(block)
                if not block:
                    break
        return line, column

    def _read(self, size):
        try:
            return self._file.read(size)
        except EnvironmentError as error:
            raise self._unreadable(error)

    def _skip_bom(self):
        if not self.buf:
            raise self.error("is empty: it should be a JSON object with an \"asset\" list.")
        if self.buf[:2] in _UTF16 or b"\0" in self.buf[:2]:
            raise self.error("is UTF-16 or UTF-32 text: save it as UTF-8.")
        if self.buf.startswith(_BOM):
            self.pos = len(_BOM)

    def _unreadable(self, error):
        if error.errno == errno.ENOENT:
            return self.error("does not exist: check the path.")
        if os.path.isdir(compat.fs(self.path)):
            return self.error("is a folder: give the upload.json itself.")
        return self.error("cannot be read (%s)." % compat.text(error.strerror or error))
