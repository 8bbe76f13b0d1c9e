"""What every reader has in common."""
from __future__ import absolute_import, division, print_function, unicode_literals

import gzip
import io
from collections import namedtuple

from .. import compat
from ..errors import SyncError

#: A path inside a file. ``kind``: as of `jobs.snapshot.File`; ``where``: "line 12", or a key.
Reference = namedtuple("Reference", "path kind where")

#: So much of a file is read: a stand-in may be larger, but then it is geometry.
MOST_BYTES = 8 << 30

#: A line is cut into pieces of that many bytes.
PIECE = 1 << 16

_BLOCK = 1 << 20

#: No path is longer (characters).
MOST_PATH = 4096


class Unreadable(SyncError):
    """A file is not what its ending says."""


def _whole_letters(piece):
    """Return where UTF-8 may be cut: before a letter whose last bytes are in the next piece."""
    last = bytearray(piece[-3:])
    for back in range(1, len(last) + 1):
        lead = last[-back]
        if lead >= 0xC0:
            return len(piece) - back if (2 if lead < 0xE0 else 3 if lead < 0xF0 else 4) > back else len(piece)
        if lead < 0x80:
            break
    return len(piece)


def _unpacked(source):
    packed = source.read(2) == b"\x1f\x8b"
    source.seek(0)
    return io.BufferedReader(gzip.GzipFile(fileobj=source), PIECE) if packed else source


class Lines(object):
    """The lines of a file, each in pieces of bounded size; or its blocks.

    Args:
        path (str): Text, or text in gzip.
        cancel (Cancel, optional): Of the run.
        most (int): Bytes to read.
    """

    def __init__(self, path, cancel=None, most=MOST_BYTES):
        self._path = path
        self._cancel = cancel
        self._most = most
        #: Whether the end of the file was not reached.
        self.is_cut = False
        #: What a reader finds the file to be written in; else it is UTF-8.
        self.encoding = None

    def __iter__(self):
        """Yield ``(number of the line, text)``; an end of line is kept, a piece without one goes on in the next."""
        with io.open(compat.fs(self._path), "rb") as source:
            for line in self._pieces(_unpacked(source)):
                yield line

    def blocks(self):
        """Yield bytes, a megabyte at a time: what reads much faster than its lines where few of them count."""
        seen = 0
        with io.open(compat.fs(self._path), "rb") as source:
            stream = _unpacked(source)
            while True:
                block = stream.read(_BLOCK)
                if not block:
                    return
                seen += len(block)
                if seen > self._most:
                    self.is_cut = True
                    return
                if self._cancel is not None:
                    self._cancel.check()
                yield block

    def holding(self, words):
        """Yield ``(number of the line, text)`` of lines that hold one of some words; geometry passes by unread.

        An end of line is kept; a line of more than two megabytes comes in pieces.

        Args:
            words (tuple of bytes): What to search for.
        """
        number, kept = 1, b""
        for block in self.blocks():
            block = kept + block
            # What comes after the last end of a line waits for the next block, if it is not endless.
            end = block.rfind(b"\n") + 1 or (len(block) if len(block) > _BLOCK else 0)
            for begun, line in self._holding(block[:end], words, number):
                yield begun, line
            number += block.count(b"\n", 0, end)
            kept = block[end:]
        for begun, line in self._holding(kept, words, number):
            yield begun, line

    def _holding(self, block, words, number):
        found = {}
        for word in words:
            place = block.find(word)
            while place >= 0:
                end = block.find(b"\n", place)
                end = len(block) if end < 0 else end
                found[block.rfind(b"\n", 0, place) + 1] = end
                place = block.find(word, end)
        place = 0
        for begun in sorted(found):
            number += block.count(b"\n", place, begun)
            place = begun
            yield number, self.text(block[begun:found[begun] + 1])

    def _pieces(self, stream):
        number, seen, since, held = 1, 0, 0, b""
        while True:
            piece = stream.readline(PIECE)
            if not piece:
                if held:
                    yield number, self.text(held)
                return
            seen += len(piece)
            since += len(piece)
            if seen > self._most:
                self.is_cut = True
                return
            if since > 1 << 20 and self._cancel is not None:
                self._cancel.check()
                since = 0
            piece, held = held + piece, b""
            is_whole = piece.endswith(b"\n")
            if not is_whole:
                end = _whole_letters(piece)
                piece, held = piece[:end], piece[end:]
            yield number, self.text(piece)
            number += is_whole

    def text(self, piece):
        """Return bytes as text."""
        if self.encoding:
            try:
                return piece.decode(self.encoding)
            except (UnicodeDecodeError, LookupError):
                pass
        return compat.text(piece)
