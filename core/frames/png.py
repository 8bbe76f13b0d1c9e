"""PNG frames: every chunk's checksum and all pixels are checked, row by row.

Source for the format: the PNG specification (ISO/IEC 15948).
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import struct
import zlib
from collections import namedtuple

from six.moves import range

from ..png import SIGNATURE
from .grid import Grid
from .png_rows import PALETTE, Black, Pen, spacing_of
from .source import MOST_RAW, Damaged, Look, inflate

MAGIC = (SIGNATURE,)

#: Colour type -> channels, and bits a channel that it may have.
_COLOURS = {0: (1, (1, 2, 4, 8, 16)), 2: (3, (8, 16)), 3: (1, (1, 2, 4, 8)), 4: (2, (8, 16)), 6: (4, (8, 16))}

#: Beyond this a picture is unpacked, but its rows are not looked at.
_LONGEST_ROW = 1 << 26
_MOST_ROWS = 1 << 20
_MOST_DRAWN = 1 << 26

#: More chunks than any writer makes.
_MOST_CHUNKS = 1 << 20

_CHUNK = struct.Struct(str(">I4s"))
_HEAD = struct.Struct(str(">IIBBBBB"))

#: Where the passes of an interlaced picture begin and how far apart their pixels are: x, y.
_ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))

#: `step` is the bytes of a pixel (at least 1), `passes` a tuple of `Pass`.
Head = namedtuple("Head", "width height bits colour channels step passes")
Pass = namedtuple("Pass", "x y dx dy width height stride")


def look(source, deep):
    """Return the `Look` of a PNG."""
    head, after = _head(source)
    channels = 3 if head.colour == PALETTE else head.channels
    found = Look(head.width, head.height, channels, head.bits, deep, None)
    if not deep:
        for _ in _bodies(source, after, False):
            pass
        return found
    if sum(one.stride * one.height for one in head.passes) > MOST_RAW:
        for _ in _bodies(source, after, True):
            pass
        return found._replace(inside=False)
    if max(one.stride for one in head.passes) > _LONGEST_ROW or head.height > _MOST_ROWS:
        for _ in _plain(source, head, after):
            pass
        return found
    black = Black(head)
    for which, _, kind, row in _rows(source, head, after, black.extra):
        if black.is_black:
            black.add(which, kind, row)
    return found._replace(black=black.is_black)


def draw(source, size):
    """Return the `Grid` of a PNG; None where it is too large."""
    head, after = _head(source)
    if head.width * head.height > _MOST_DRAWN or max(one.stride for one in head.passes) > _LONGEST_ROW:
        return None
    spacing = spacing_of(head, size)
    pen = Pen(head, spacing, Grid(-(-head.width // spacing), -(-head.height // spacing), size))
    for which, y, kind, row in _rows(source, head, after, pen.extra):
        if which.x % spacing or which.y % spacing:
            break
        pen.add(which, y, kind, row)
    return pen.grid


# ---------------------------------------------------------------- the file

def _head(source):
    if source.at(0, 8) != SIGNATURE:
        raise Damaged("it is no PNG picture")
    length, kind = source.unpack(_CHUNK, 8)
    body = source.at(16, 17)
    if kind != b"IHDR" or length != 13:
        raise Damaged("it has no header")
    _sum(zlib.crc32(b"IHDR" + body[:13]), body[13:])
    width, height, bits, colour, method, filters, interlace = _HEAD.unpack(body[:13])
    if not 0 < width < 1 << 31 or not 0 < height < 1 << 31:
        raise Damaged("its size of %d x %d pixels is no size" % (width, height))
    if colour not in _COLOURS or bits not in _COLOURS[colour][1] or method or filters or interlace > 1:
        raise Damaged("its header is damaged")
    channels = _COLOURS[colour][0]
    passes = []
    for x, y, dx, dy in _ADAM7 if interlace else ((0, 0, 1, 1),):
        across, down = max(0, -(-(width - x) // dx)), max(0, -(-(height - y) // dy))
        if across and down:
            passes.append(Pass(x, y, dx, dy, across, down, 1 + (across * channels * bits + 7) // 8))
    return Head(width, height, bits, colour, channels, max(1, channels * bits // 8), tuple(passes)), 33


def _raw_size(head):
    return sum(one.stride * one.height for one in head.passes)


def _bodies(source, place, deep):
    """Yield ``(kind, piece)`` of the chunks after the header, up to the end; checksums are checked."""
    pixels = False
    for _ in range(_MOST_CHUNKS):
        length, kind = source.unpack(_CHUNK, place)
        if not kind.isalpha() or length >= 1 << 31:
            raise Damaged("a chunk at byte %d is damaged" % place)
        source.reach(place + 8, length + 4)
        if deep or kind in (b"IEND", b"PLTE"):
            total = zlib.crc32(kind)
            for piece in source.pieces(place + 8, length):
                total = zlib.crc32(piece, total)
                yield kind, piece
            _sum(total, source.at(place + 8 + length, 4))
        pixels = pixels or kind == b"IDAT"
        place += length + 12
        if kind == b"IEND":
            if not pixels:
                raise Damaged("it has no pixels")
            return
    raise Damaged("it has too many chunks")


def _sum(found, stored):
    if found & 0xffffffff != struct.unpack(str(">I"), stored)[0]:
        raise Damaged("a checksum is wrong")


def _idat(bodies, extra):
    """Yield the packed pixels, and collect the palette and its transparency on the way."""
    for kind, piece in bodies:
        if kind == b"IDAT":
            yield piece
        elif kind in (b"PLTE", b"tRNS") and len(extra.get(kind, b"")) < 768:
            extra[kind] = extra.get(kind, b"") + piece[:768]


def _plain(source, head, after, extra=None):
    """Yield all bytes of the pixels, exactly, and check the chunks to the end."""
    bodies, left = _bodies(source, after, True), _raw_size(head)
    for piece in inflate(_idat(bodies, {} if extra is None else extra), left):
        left -= len(piece)
        yield piece
    if left:
        raise Damaged("it holds fewer pixels than it says")
    for _ in bodies:  # What stands behind the pixels.
        pass


def _rows(source, head, after, extra):
    """Yield ``(pass, y, filter, bytes)`` of every row; then the file was read to its end."""
    pieces = _plain(source, head, after, extra)
    held, place = b"", 0
    for which in head.passes:
        for y in range(which.height):
            if len(held) - place < which.stride:
                held, place = _more(pieces, held[place:], which.stride), 0
            kind = ord(held[place:place + 1])
            if kind > 4:
                raise Damaged("row %d is damaged" % y)
            yield which, y, kind, held[place + 1:place + which.stride]
            place += which.stride
    for _ in pieces:
        pass


def _more(pieces, held, wanted):
    parts, count = [held], len(held)
    while count < wanted:
        piece = next(pieces, b"")
        if not piece:
            raise Damaged("it holds fewer pixels than it says")
        parts.append(piece)
        count += len(piece)
    return b"".join(parts)
