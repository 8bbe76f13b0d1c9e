"""EXR frames: headers, the table of blocks, and the pixels of those compressions that Python can undo.

Scan lines and tiles, one part or many. Uncompressed, RLE, ZIPS and ZIP blocks
are unpacked and their lengths and checksums checked; of all others, and of
deep pixels, the blocks' places and lengths are.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import struct
from collections import namedtuple

from six.moves import range

from . import exr_header
from .exr_header import LINES, NONE, RLE, SIZES, ZIP, ZIPS
from .exr_pixels import Black, Pen, main_part, unpack
from .grid import Grid
from .source import MOST_BLOCK, MOST_RAW, CutOff, Damaged, Look, inflate, structs

MAGIC = (exr_header.MAGIC,)

_N = structs("<")
_LINE = struct.Struct(str("<ii"))
_TILE = struct.Struct(str("<iiiii"))
_DEEP_LINE = struct.Struct(str("<iQQQ"))
_DEEP_TILE = struct.Struct(str("<iiiiQQQ"))

#: More lines of blocks are not drawn.
_MOST_LINES = 1 << 22

#: Offsets read at a time.
_OFFSETS = 4096

#: A block: its pixels' place in the data window, size, whether they are those of the full resolution; where
#: the packed bytes begin and how many they are.
Block = namedtuple("Block", "x y width height full offset size")


def look(source, deep):
    """Return the `Look` of an EXR."""
    parts, place = exr_header.parse(source)
    first = parts[main_part(parts)]
    inside = deep and all(not part.deep and part.compression in (NONE, RLE, ZIPS, ZIP) for part in parts)
    inside = inside and sum(_raw_size(part) for part in parts) <= MOST_RAW
    black = Black(first) if inside else None
    for number, part in enumerate(parts):
        for block in blocks(source, part, number, place):
            source.check()
            if inside:
                _inside(source, part, block, black if part is first and black.is_black else None)
        place += 8 * part.count
    return Look(exr_header.width_of(first.display), exr_header.height_of(first.display), len(first.channels),
                8 * SIZES[first.channels[0].kind], inside, black.is_black if black else None)


def draw(source, size):
    """Return the `Grid` of an EXR; None where its pixels cannot be read here."""
    parts, place = exr_header.parse(source)
    chosen = main_part(parts)
    part = parts[chosen]
    if part.deep or part.compression not in (NONE, RLE, ZIPS, ZIP) or _raw_size(part) > MOST_RAW:
        return None
    if part.count * (part.tiles[1] if part.tiles else LINES[part.compression]) > _MOST_LINES:
        return None
    place += 8 * sum(one.count for one in parts[:chosen])
    pen = Pen(part, Grid(exr_header.width_of(part.display), exr_header.height_of(part.display), size))
    for block in blocks(source, part, chosen, place):
        source.check()
        if block.full and pen.wants(block):
            wanted = block_size(part, block)
            if wanted > MOST_BLOCK:
                return None
            pen.add(block, unpack(part, source.at(block.offset, block.size), wanted))
    return pen.grid


# ---------------------------------------------------------------- blocks

def blocks(source, part, number, table):
    """Yield the blocks of a part, as its table of offsets says; each is where and what it should be."""
    source.reach(table, 8 * part.count)
    after, places = table + 8 * part.count, _places(part)
    for start in range(0, part.count, _OFFSETS):
        count = min(_OFFSETS, part.count - start)
        for offset in struct.unpack(str("<%dQ" % count), source.at(table + 8 * start, 8 * count)):
            if offset == 0:
                raise CutOff("block %d was never written" % start)
            if offset < after:
                raise Damaged("its table of blocks is damaged")
            where = next(places)
            yield _block(source, part, number, offset, where)


def _places(part):
    """Yield ``(numbers that the block must carry, x, y, width, height, full resolution?)``."""
    left, top, _, bottom = part.window
    if not part.tiles:
        lines, width = LINES[part.compression], exr_header.width_of(part.window)
        y = top
        while y <= bottom:
            yield (y,), 0, y - top, width, min(lines, bottom - y + 1), True
            y += lines
        return
    wide, high = part.tiles[:2]
    for level_x, level_y, width, height, across, down in exr_header.levels(part):
        y = 0
        while y < down:
            x = 0
            while x < across:
                yield ((x, y, level_x, level_y), x * wide, y * high, min(wide, width - x * wide),
                       min(high, height - y * high), level_x == level_y == 0)
                x += 1
            y += 1


def _block(source, part, number, offset, where):
    if part.multi:
        if source.unpack(_N["i"], offset)[0] != number:
            raise Damaged("a block at byte %d belongs elsewhere" % offset)
        offset += 4
    layout = (_DEEP_TILE if part.tiles else _DEEP_LINE) if part.deep else _TILE if part.tiles else _LINE
    found = source.unpack(layout, offset)
    marks, x, y, width, height, full = where
    if found[:len(marks)] != marks:
        raise Damaged("a block at byte %d belongs elsewhere" % offset)
    offset += layout.size
    size = found[-3] + found[-2] if part.deep else found[-1]
    if size < 0:
        raise Damaged("a block at byte %d has no size" % offset)
    source.reach(offset, size)
    block = Block(x, y, width, height, full, offset, size)
    if not part.deep and size > block_size(part, block):
        raise Damaged("a block at byte %d is too large" % offset)
    return block


def block_size(part, block):
    """Return the bytes of a block's pixels, unpacked."""
    left, top = part.window[:2]
    total = 0
    for channel in part.channels:
        across, down = block.width, block.height
        if channel.x > 1:
            across = samples(left + block.x, across, channel.x)
        if channel.y > 1:
            down = samples(top + block.y, down, channel.y)
        total += across * down * SIZES[channel.kind]
    return total


def samples(start, count, step):
    """Return how many of the places from `start` on are multiples of `step`."""
    return (start + count - 1) // step - (start - 1) // step


def _raw_size(part):
    """Return about the bytes of all pixels."""
    pixel = sum(SIZES[channel.kind] for channel in part.channels)
    full = exr_header.width_of(part.window) * exr_header.height_of(part.window) * pixel
    return full * (1, 2, 4)[part.tiles[2]] if part.tiles else full


def _inside(source, part, block, black):
    """Unpack a block, checking it; see whether it is black."""
    wanted = block_size(part, block)
    if wanted > MOST_BLOCK:
        _count(source, part, block, wanted)
        if black:
            black.is_black = None
        return
    packed = source.at(block.offset, block.size)
    if black and block.full:
        black.add(block, packed, wanted)
    else:
        unpack(part, packed, wanted, check_only=True)


def _count(source, part, block, wanted):
    """Check a block that is too large to be held."""
    pieces = source.pieces(block.offset, block.size)
    if part.compression in (ZIP, ZIPS) and block.size < wanted:
        pieces = inflate(pieces, wanted)
    elif part.compression == RLE and block.size < wanted:
        unpack(part, source.at(block.offset, block.size), wanted, check_only=True)
        return
    if sum(len(piece) for piece in pieces) != wanted:
        raise Damaged("it holds fewer pixels than it says")
