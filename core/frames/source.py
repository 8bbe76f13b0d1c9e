"""A frame's file, read piece by piece and never past its end; what can be wrong with it."""
from __future__ import absolute_import, division, print_function, unicode_literals

import struct
import zlib
from collections import namedtuple

from ..errors import SyncError

#: Bytes read or unpacked at a time.
PIECE = 1 << 18

#: A picture that promises more bytes of pixels is not unpacked: a small file can promise any number.
MOST_RAW = 1 << 32

#: A block of pixels that is held in memory as a whole is no larger.
MOST_BLOCK = 1 << 26


class Damaged(SyncError):
    """The file is no picture that can be read."""

    flag = "unreadable"


class CutOff(Damaged):
    """The file ends too early."""

    flag = "truncated"


#: What a format's reader found. `width` and `height` are pixels of the whole frame, `bits` those of a
#: channel (the first one), `inside` tells whether the pixels themselves were unpacked, `black`
#: whether all of them are black (None: not looked at).
Look = namedtuple("Look", "width height channels bits inside black")


class Source(object):
    """Reads a file of known size.

    Args:
        stream (file): Open for reading, seekable.
        size (int): Of the file, in bytes.
        cancel (Cancel, optional): Its `check` is called now and then.
    """

    def __init__(self, stream, size, cancel=None):
        self.size = size
        self.check = cancel.check if cancel else _go_on
        self._stream = stream
        self._at = None

    def at(self, offset, count):
        """Return exactly `count` bytes from `offset`.

        Raises:
            CutOff: They lie beyond the file's end.
        """
        self.reach(offset, count)
        if offset != self._at:
            self._stream.seek(offset)
        data = self._stream.read(count)
        if len(data) != count:  # The file became shorter meanwhile.
            raise CutOff("it ends at byte %d" % (offset + len(data)))
        self._at = offset + count
        return data

    def reach(self, offset, count):
        """Check that bytes lie inside the file, without reading them."""
        if offset < 0 or count < 0:
            raise Damaged("it points before its own beginning")
        if offset + count > self.size:
            raise CutOff("it ends at byte %d of at least %d" % (self.size, offset + count))

    def pieces(self, offset, count):
        """Yield `count` bytes from `offset`, a piece at a time."""
        self.reach(offset, count)
        end = offset + count
        while offset < end:
            self.check()
            piece = self.at(offset, min(PIECE, end - offset))
            offset += len(piece)
            yield piece

    def unpack(self, layout, offset):
        """Return the numbers that a `struct.Struct` reads at an offset."""
        return layout.unpack(self.at(offset, layout.size))


def _go_on():
    """Nobody can cancel."""


def structs(prefix):
    """Return ``{code: Struct}`` of the single numbers, e.g. ``structs("<")["I"]``."""
    return {code: struct.Struct(str(prefix + code)) for code in "BbHhIiQqfd"}


def inflate(pieces, most):
    """Yield what a zlib stream holds, in pieces, and check that it is whole.

    Args:
        pieces (iterable of bytes): The stream.
        most (int): Bytes that it may hold; not one more is ever unpacked.

    Raises:
        CutOff: The stream does not end.
        Damaged: It is none, a checksum is wrong, or it holds more.
    """
    unpacker = zlib.decompressobj()
    for packed in pieces:
        while packed:
            piece = _inflated(unpacker, packed, min(PIECE, most + 1))
            packed = unpacker.unconsumed_tail
            most -= len(piece)
            if most < 0:
                raise Damaged("it holds more pixels than it says")
            if piece:
                yield piece
            if unpacker.unused_data:
                return
    piece = b"more"
    while piece:  # What the unpacker still holds back.
        piece = _inflated(unpacker, b"", min(PIECE, most + 1))
        most -= len(piece)
        if most < 0:
            raise Damaged("it holds more pixels than it says")
        if piece:
            yield piece
    # Only a stream that has ended leaves a byte alone.
    if _inflated(unpacker, b"\0", 1) or not unpacker.unused_data:
        raise CutOff("its packed pixels end too early")


def _inflated(unpacker, packed, most):
    try:
        return unpacker.decompress(packed, most)
    except zlib.error:
        raise Damaged("its packed pixels are damaged")


def inflate_block(packed, size):
    """Return what a zlib stream holds: exactly `size` bytes."""
    raw = b"".join(inflate([packed], size))
    if len(raw) != size:
        raise Damaged("it holds fewer pixels than it says")
    return raw
