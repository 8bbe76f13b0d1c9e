"""Headers of EXR files: their attributes, channels, and where their blocks of pixels are.

Source for the format: the OpenEXR file layout document (openexr.com).
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import struct
from collections import namedtuple

from six.moves import range

from .source import Damaged, structs

MAGIC = b"\x76\x2f\x31\x01"

#: Compression -> lines of pixels in a block.
LINES = {0: 1, 1: 1, 2: 1, 3: 16, 4: 32, 5: 16, 6: 32, 7: 32, 8: 32, 9: 256, 10: 256, 11: 32}
NONE, RLE, ZIPS, ZIP = 0, 1, 2, 3

#: Bytes of a sample: unsigned, half, float.
SIZES = {0: 4, 1: 2, 2: 4}
UINT, HALF, FLOAT = 0, 1, 2

_TILED, _LONG_NAMES, _DEEP, _PARTS = 0x200, 0x400, 0x800, 0x1000
_FLAGS = _TILED | _LONG_NAMES | _DEEP | _PARTS

_MOST_ATTRIBUTES = 20000
_MOST_CHANNELS = 4096
_MOST_PARTS = 4096
_LONGEST_NAME = 256

_N = structs("<")
_BOX = struct.Struct(str("<iiii"))
_CHANNEL = struct.Struct(str("<iB3xii"))
_TILES = struct.Struct(str("<IIB"))

#: A picture in the file. `window` and `display` are (left, top, right, bottom), inclusive; `tiles` is
#: None or (width, height, levels, rounds up); `count` is that of its blocks, `multi` whether each
#: block begins with its part's number.
Part = namedtuple("Part", "name channels compression window display tiles deep count multi")

#: `x` and `y` are the pixels from one sample to the next.
Channel = namedtuple("Channel", "name kind x y")


def parse(source):
    """Return ``(list of Part, where the tables of offsets begin)``.

    Raises:
        Damaged: The headers do not say what a reader must know, or nonsense.
    """
    if source.at(0, 4) != MAGIC:
        raise Damaged("it is no EXR picture")
    version = source.unpack(_N["I"], 4)[0]
    if version & 255 != 2 or version & ~255 & ~_FLAGS:
        raise Damaged("its version is not known")
    place, parts, left = 8, [], [_MOST_ATTRIBUTES]
    multi = bool(version & _PARTS)
    while True:
        if multi and source.at(place, 1) == b"\0":
            place += 1
            break
        attributes, place = _attributes(source, place, left)
        parts.append(_part(attributes, version, multi))
        if not multi:
            break
        if len(parts) > _MOST_PARTS:
            raise Damaged("it has too many parts")
    if not parts:
        raise Damaged("it has no parts")
    return parts, place


def _name(source, place):
    found = source.at(place, min(_LONGEST_NAME, source.size - place)) if place < source.size else b""
    end = found.find(b"\0")
    if end < 0:
        source.reach(place, len(found) + 1)
        raise Damaged("a name in its header does not end")
    return found[:end], place + end + 1


def _attributes(source, place, left):
    """Return ``({name: (type, value)} of those that are needed, where they end)``."""
    found = {}
    while True:
        name, place = _name(source, place)
        if not name:
            return found, place
        left[0] -= 1
        if left[0] < 0:
            raise Damaged("its header does not end")
        kind, place = _name(source, place)
        size = source.unpack(_N["I"], place)[0]
        source.reach(place + 4, size)
        if name in _NEEDED:
            if size > _MOST_CHANNELS * 64:
                raise Damaged("its header is damaged")
            found[name] = kind, source.at(place + 4, size)
        place += 4 + size


_NEEDED = {b"channels": b"chlist", b"compression": b"compression", b"dataWindow": b"box2i",
           b"displayWindow": b"box2i", b"tiles": b"tiledesc", b"type": b"string", b"chunkCount": b"int",
           b"name": b"string"}


def _value(attributes, name, layout):
    kind, value = attributes.get(name, (b"", b""))
    if kind != _NEEDED[name] or len(value) != layout.size:
        raise Damaged("its header has no %s" % name.decode("ascii"))
    return layout.unpack(value)


def _part(attributes, version, multi):
    kind = attributes.get(b"type", (b"", b""))[1]
    deep = kind.startswith(b"deep") or bool(version & _DEEP and not multi)
    tiled = kind in (b"tiledimage", b"deeptile") if multi or deep and kind else bool(version & _TILED)
    compression = _value(attributes, b"compression", _N["B"])[0]
    if compression not in LINES:
        raise Damaged("its compression, number %d, is not known" % compression)
    window, display = (_box(_value(attributes, name, _BOX)) for name in (b"dataWindow", b"displayWindow"))
    tiles = _tiles(_value(attributes, b"tiles", _TILES)) if tiled else None
    kind, value = attributes.get(b"channels", (b"", b""))
    if kind != _NEEDED[b"channels"]:
        raise Damaged("its header has no channels")
    part = Part(attributes.get(b"name", (b"", b""))[1], _channels(value), compression, window, display, tiles,
                deep, 0, multi)
    if tiles and any(channel.x > 1 or channel.y > 1 for channel in part.channels):
        raise Damaged("its tiles have channels of another size")
    count = sum(across * down for _, _, _, _, across, down in levels(part)) if tiles else -(
        -height_of(window) // LINES[compression])
    if multi and _value(attributes, b"chunkCount", _N["i"])[0] != count:
        raise Damaged("its header promises another number of blocks than its size needs")
    return part._replace(count=count)


def _box(box):
    left, top, right, bottom = box
    if right < left or bottom < top:
        raise Damaged("its size is no size")
    return box


def _tiles(found):
    width, height, mode = found
    if not 0 < width < 1 << 31 or not 0 < height < 1 << 31 or mode & 15 > 2 or mode >> 4 > 1:
        raise Damaged("its tiles have no size")
    return width, height, mode & 15, mode >> 4


def _channels(value):
    """Return the channels of a ``chlist``."""
    found, place = [], 0
    while value[place:place + 1] != b"\0":
        end = value.find(b"\0", place)
        if end < 0 or end + 17 > len(value) or len(found) == _MOST_CHANNELS:
            raise Damaged("its list of channels is damaged")
        kind, _, x, y = _CHANNEL.unpack(value[end + 1:end + 17])
        if kind not in SIZES or x < 1 or y < 1:
            raise Damaged("its list of channels is damaged")
        found.append(Channel(value[place:end].decode("utf-8", "replace"), kind, x, y))
        place = end + 17
    if not found:
        raise Damaged("it has no channels")
    return found


def width_of(box):
    return box[2] - box[0] + 1


def height_of(box):
    return box[3] - box[1] + 1


def levels(part):
    """Yield ``(level x, level y, width, height, tiles across, tiles down)`` of a tiled part.

    Args:
        part (Part): One with tiles: a single level, mipmaps (smaller both ways) or ripmaps (each way).
    """
    width, height = width_of(part.window), height_of(part.window)
    tile_width, tile_height, mode, up = part.tiles
    if mode == 0:
        pairs = [(0, 0)]
    elif mode == 1:
        pairs = [(level, level) for level in range(_depth(max(width, height), up))]
    else:
        pairs = [(x, y) for y in range(_depth(height, up)) for x in range(_depth(width, up))]
    for x, y in pairs:
        across, down = _halved(width, x, up), _halved(height, y, up)
        yield x, y, across, down, -(-across // tile_width), -(-down // tile_height)


def _depth(length, up):
    return (length - 1).bit_length() + 1 if up else length.bit_length()


def _halved(length, times, up):
    return max(1, -(-length // (1 << times)) if up else length >> times)
