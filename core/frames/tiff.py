"""TIFF frames: every directory, every strip and tile; pixels where Python can unpack them.

Uncompressed, deflate, LZW and PackBits are unpacked; of all others the places and lengths are
checked. Source for the format: TIFF 6.0, its supplements, and the BigTIFF design.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

from collections import namedtuple

from six.moves import range

from . import tiff_pixels
from .grid import Grid
from .source import MOST_RAW, CutOff, Damaged, Look, structs
from .tiff_pixels import Black, Pen

MAGIC = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")

#: Field type -> bytes and how one is read (None: not needed).
_TYPES = {1: (1, "B"), 2: (1, None), 3: (2, "H"), 4: (4, "I"), 5: (8, None), 6: (1, None), 7: (1, None),
          8: (2, None), 9: (4, None), 10: (8, None), 11: (4, None), 12: (8, None), 13: (4, "I"), 16: (8, "Q"),
          17: (8, None), 18: (8, "Q")}

_WIDTH, _HEIGHT, _BITS, _COMPRESSION, _PHOTOMETRIC = 256, 257, 258, 259, 262
_OFFSETS, _CHANNELS, _ROWS, _COUNTS, _PLANAR, _PREDICTOR, _COLOURS = 273, 277, 278, 279, 284, 317, 320
_TILE_WIDTH, _TILE_HEIGHT, _TILE_OFFSETS, _TILE_COUNTS, _SUB, _FORMAT = 322, 323, 324, 325, 330, 339
_NEEDED = {_WIDTH, _HEIGHT, _BITS, _COMPRESSION, _PHOTOMETRIC, _OFFSETS, _CHANNELS, _ROWS, _COUNTS, _PLANAR,
           _PREDICTOR, _COLOURS, _TILE_WIDTH, _TILE_HEIGHT, _TILE_OFFSETS, _TILE_COUNTS, _SUB, _FORMAT}

_MOST_PAGES = 1024
_MOST_BLOCKS = 1 << 20
_MOST_FIELDS = 1 << 16

#: A picture in the file. `tile` is None or (width, height); `channels` those of a pixel; `apart`
#: whether each channel has blocks of its own; `order` is "<" or ">".
Page = namedtuple("Page", "width height channels bits kind compression photometric predictor apart rows tile "
                          "offsets counts palette order")

#: Where a block's pixels are, its rows' length in bytes, how many rows it holds and may hold, which channel it
#: is of (0 where it has all of them), and its packed bytes.
Block = namedtuple("Block", "x y width height stride most channel offset size")


def look(source, deep):
    """Return the `Look` of a TIFF."""
    pages = _pages(source)
    first = pages[0]
    can = [tiff_pixels.can_unpack(page) for page in pages]
    inside = deep and all(can) and sum(_raw_size(page) for page in pages) <= MOST_RAW
    black = Black(first) if inside and tiff_pixels.can_show(first) else None
    for page in pages:
        for block in _blocks(page):
            source.check()
            if inside:
                tiff_pixels.go_through(source, page, block, black if page is first else None)
    return Look(first.width, first.height, first.channels, first.bits, inside, black.is_black if black else None)


def draw(source, size):
    """Return the `Grid` of a TIFF; None where its pixels cannot be read here."""
    page = _pages(source)[0]
    if not tiff_pixels.can_unpack(page) or not tiff_pixels.can_show(page) or page.apart:
        return None
    if _raw_size(page) > MOST_RAW or len(page.offsets) * page.rows > _MOST_BLOCKS:
        return None
    pen = Pen(page, Grid(page.width, page.height, size))
    for block in _blocks(page):
        source.check()
        if pen.grid.wants(block.y, block.y + block.height):
            tiff_pixels.go_through(source, page, block, pen)
    return pen.grid


# ---------------------------------------------------------------- directories

def _pages(source):
    """Return all pictures; every field and every block lies inside the file."""
    order = {b"II": "<", b"MM": ">"}.get(source.at(0, 2))
    if order is None:
        raise Damaged("it is no TIFF picture")
    numbers = structs(order)
    version = source.unpack(numbers["H"], 2)[0]
    if version not in (42, 43):
        raise Damaged("it is no TIFF picture")
    big = version == 43
    if big and (source.unpack(numbers["H"], 4)[0] != 8 or source.unpack(numbers["H"], 6)[0]):
        raise Damaged("it is no TIFF picture")
    waiting, seen, pages = [source.unpack(numbers["Q"], 8)[0] if big else source.unpack(numbers["I"], 4)[0]], set(), []
    while waiting:
        place = waiting.pop(0)
        source.check()
        if place in seen or len(seen) > _MOST_PAGES or place < 8:
            raise Damaged("its directories are damaged")
        seen.add(place)
        fields, after = _fields(source, place, numbers, big)
        if after:
            waiting.append(after)
        waiting.extend(fields.get(_SUB, ()))
        if not pages or _OFFSETS in fields or _TILE_OFFSETS in fields:
            pages.append(_page(source, fields, order))
    return pages


def _fields(source, place, numbers, big):
    """Return ``({tag: numbers}, where the next directory is)``."""
    count = source.unpack(numbers["Q" if big else "H"], place)[0]
    place += 8 if big else 2
    if not 0 < count <= _MOST_FIELDS:
        raise Damaged("its directories are damaged")
    entry, room, wide = (20, 8, "Q") if big else (12, 4, "I")
    table, fields = source.at(place, count * entry), {}
    for start in range(0, count * entry, entry):
        tag, kind = numbers["H"].unpack_from(table, start)[0], numbers["H"].unpack_from(table, start + 2)[0]
        many = numbers[wide].unpack_from(table, start + 4)[0]
        size, code = _TYPES.get(kind, (0, None))
        offset = place + start + entry - room
        if size * many > room:
            offset = numbers[wide].unpack_from(table, start + entry - room)[0]
            source.reach(offset, size * many)
        if tag in _NEEDED:
            if code is None or not 0 < many <= _MOST_BLOCKS:
                raise Damaged("field %d of its directory is damaged" % tag)
            raw = source.at(offset, size * many)
            fields[tag] = [numbers[code].unpack_from(raw, at)[0] for at in range(0, len(raw), size)]
    return fields, source.unpack(numbers[wide], place + count * entry)[0]


def _page(source, fields, order):
    def one(tag, default=None):
        if tag not in fields and default is None:
            raise Damaged("its directory has no field %d" % tag)
        return fields.get(tag, (default,))[0]

    width, height, channels = one(_WIDTH), one(_HEIGHT), one(_CHANNELS, 1)
    bits, kinds = fields.get(_BITS, [1]), fields.get(_FORMAT, [1])
    if not 0 < width < 1 << 31 or not 0 < height < 1 << 31 or not 0 < channels < 1 << 12 or not 0 < max(bits) <= 64:
        raise Damaged("its size is no size")
    tile = None
    if _TILE_OFFSETS in fields:
        tile = one(_TILE_WIDTH), one(_TILE_HEIGHT)
        if min(tile) < 1 or max(tile) >= 1 << 31:
            raise Damaged("its tiles have no size")
    rows = tile[1] if tile else min(height, max(1, one(_ROWS, height)))
    offsets = fields.get(_TILE_OFFSETS if tile else _OFFSETS)
    counts = fields.get(_TILE_COUNTS, fields.get(_COUNTS)) if tile else fields.get(_COUNTS)
    apart = one(_PLANAR, 1) == 2 and channels > 1
    page = Page(width, height, channels, bits[0] if len(set(bits)) == 1 else 0,
                kinds[0] if len(set(kinds)) == 1 else 0, one(_COMPRESSION, 1), one(_PHOTOMETRIC, 1),
                one(_PREDICTOR, 1), apart, rows, tile, offsets, counts, fields.get(_COLOURS), order)
    across = -(-width // tile[0]) if tile else 1
    needed = across * -(-height // rows) * (channels if apart else 1)
    if not offsets or not counts or len(offsets) < needed or len(counts) < needed:
        raise Damaged("its directory does not name all of its pixels")
    for offset, size in zip(offsets, counts):
        if not offset or not size:
            raise CutOff("some of its pixels were never written")
        source.reach(offset, size)
    return page


# ---------------------------------------------------------------- blocks

def _blocks(page):
    """Yield the strips or tiles of a page."""
    wide, high = page.tile or (page.width, page.rows)
    stride = (wide * page.bits * (1 if page.apart else page.channels) + 7) // 8
    number = 0
    for channel in range(page.channels if page.apart else 1):
        for y in range(0, page.height, high) if page.height < 1 << 31 else ():
            for x in range(0, page.width, wide):
                height = min(high, page.height - y)
                yield Block(x, y, min(wide, page.width - x), high if page.tile else height, stride, high, channel,
                            page.offsets[number], page.counts[number])
                number += 1


def _raw_size(page):
    wide, high = page.tile or (page.width, page.rows)
    across, down = -(-page.width // wide), -(-page.height // high)
    return across * wide * down * high * page.channels * max(1, page.bits) // 8
