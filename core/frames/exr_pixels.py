"""Blocks of EXR pixels: unpacked, looked at, drawn."""
from __future__ import absolute_import, division, print_function, unicode_literals

import struct

from six.moves import range

from . import bulk
from .exr_header import FLOAT, HALF, NONE, RLE, SIZES, UINT
from .grid import display_table, half
from .source import Damaged, inflate_block

#: High bytes of a half or a float whose value lies within 1/8192 of 0: less than half a step of an
#: 8 bit sRGB picture.
_BLACK = {HALF: bytes(bytearray(list(range(0x08)) + list(range(0x80, 0x88)))),
          FLOAT: bytes(bytearray(list(range(0x39)) + list(range(0x80, 0xb9)))),
          UINT: b"\0"}

#: After so many lines of tiles and blocks that are black, the rest is not looked at.
_MOST_LINES = 1 << 22


# ---------------------------------------------------------------- channels

def colours(channels):
    """Return the places of the channels that are seen: red, green, blue, or grey thrice.

    Args:
        channels (list of Channel): As in the file.

    Returns:
        list of int: Three places. Those without a layer's name first, then the first layer's,
        then whatever is there.
    """
    names = {channel.name: place for place, channel in enumerate(channels)}
    layers = [""] + sorted({name.rpartition(".")[0] + "." for name in names if "." in name})
    for layer in layers:
        for three in (("R", "G", "B"), ("r", "g", "b"), ("red", "green", "blue"), ("Y",) * 3):
            if all(layer + name in names for name in three):
                return [names[layer + name] for name in three]
    rest = [place for place, channel in enumerate(channels) if channel.name.rpartition(".")[2] not in ("A", "a")]
    return [(rest or [0])[0]] * 3


def main_part(parts):
    """Return which part is looked at: the first one with colours, else the first."""
    for number, part in enumerate(parts):
        names = {channel.name.rpartition(".")[2].upper() for channel in part.channels}
        if {"R", "G", "B"} <= names or "Y" in names:
            return number
    return 0


def lines_of(part, block):
    """Yield ``(y in the data window, {channel's place: (offset, samples)})`` of a block's lines."""
    left, top = part.window[:2]
    offset = 0
    for y in range(block.y, block.y + block.height):
        line = {}
        for place, channel in enumerate(part.channels):
            if channel.y > 1 and (top + y) % channel.y:
                continue
            count = block.width
            if channel.x > 1:
                start = left + block.x
                count = (start + count - 1) // channel.x - (start - 1) // channel.x
            line[place] = offset, count
            offset += count * SIZES[channel.kind]
        yield y, line


# ---------------------------------------------------------------- unpacking

def unpack(part, packed, wanted, check_only=False):
    """Return the bytes of a block's pixels.

    Args:
        part (Part): It belongs to.
        packed (bytes): As in the file.
        wanted (int): Bytes that must come out.
        check_only (bool): The bytes are of no interest.

    Raises:
        Damaged: More, fewer, or nonsense comes out.
    """
    if len(packed) == wanted or part.compression == NONE:
        if len(packed) != wanted:
            raise Damaged("it holds fewer pixels than it says")
        return packed
    if part.compression == RLE:
        mixed = _runs(packed, wanted, check_only)
    else:
        mixed = inflate_block(packed, wanted)
    return mixed if check_only else _sorted(mixed)


def _sorted(mixed):
    """Return bytes in their order: they were stored as differences, even places first."""
    flat = bulk.flip_odd(bulk.running(mixed))
    out, half = bytearray(len(flat)), (len(flat) + 1) // 2
    out[0::2] = flat[:half]
    out[1::2] = flat[half:]
    return bytes(out)


def _runs(packed, wanted, check_only):
    """Undo runs: a count below 0 stands before bytes as they are, one from 0 on before a byte to repeat."""
    out, place, count = [], 0, 0
    data, length = bytearray(packed), len(packed)
    while place < length:
        head = data[place]
        if head > 127:
            step = 256 - head
            if not check_only:
                out.append(packed[place + 1:place + 1 + step])
            place += 1 + step
        else:
            step = head + 1
            if not check_only:
                out.append(packed[place + 1:place + 2] * step)
            place += 2
        count += step
        if count > wanted:
            raise Damaged("it holds more pixels than it says")
    if place != length or count != wanted:
        raise Damaged("its packed pixels are damaged")
    return b"".join(out)


# ---------------------------------------------------------------- looking

class Black(object):
    """Looks at blocks until one pixel is not black.

    Args:
        part (Part): Whose blocks are added.
    """

    def __init__(self, part):
        self.is_black = True
        self._part = part
        self._seen = set(colours(part.channels))
        self._last = None
        self._left = _MOST_LINES

    def add(self, block, packed, wanted):
        """Unpack a block and look at it."""
        # Black blocks are mostly equal, alpha included.
        if packed == self._last:
            return
        self._last = packed
        raw = unpack(self._part, packed, wanted)
        if raw.count(b"\0") == len(raw):
            return
        self._left -= block.height
        if self._left < 0:
            self.is_black = None
            return
        for _, line in lines_of(self._part, block):
            for place in self._seen.intersection(line):
                offset, count = line[place]
                kind = self._part.channels[place].kind
                if not _is_black(raw, offset, count, kind):
                    self.is_black = False
                    return


def _is_black(raw, offset, count, kind):
    size = SIZES[kind]
    row = raw[offset:offset + count * size]
    return not (row if kind == UINT else row[size - 1::size]).translate(None, _BLACK[kind])


class Pen(object):
    """Draws blocks into a grid of the display window, as sRGB.

    Args:
        part (Part): Whose blocks are added.
        grid (Grid): Of the display window.
    """

    def __init__(self, part, grid):
        self.grid = grid
        self._part = part
        self._seen = colours(part.channels)
        self._left = part.window[0] - part.display[0]
        self._top = part.window[1] - part.display[1]
        shown = display_table()
        self._read = {UINT: _Uint(shown), HALF: _Half(shown), FLOAT: _Float(shown)}

    def wants(self, block):
        """Tell whether a line of a block is needed; most of an uncompressed picture is not."""
        return self.grid.wants(self._top + block.y, self._top + block.y + block.height)

    def add(self, block, raw):
        raw = bytearray(raw)
        channels = self._part.channels
        for y, line in lines_of(self._part, block):
            to = self.grid.line(self._top + y)
            if to is None:
                continue
            values = []
            taps = self.grid.taps(self._left + block.x, block.width)
            for place in self._seen:
                if place not in line:  # A channel that has no samples in this line.
                    values.append([0] * len(taps))
                    continue
                offset, count = line[place]
                kind, step = channels[place].kind, channels[place].x
                size, read = SIZES[kind], self._read[kind]
                values.append([read(raw, offset + size * min(count - 1, x // step)) if count else 0
                               for x, _ in taps])
            for (_, column), red, green, blue in zip(taps, *values):
                self.grid.put(to, column, red, green, blue)


class _Half(object):
    """Reads halves for the display; a picture has few different ones."""

    def __init__(self, shown):
        self._shown = shown
        self._known = {}

    def __call__(self, raw, offset):
        bits = raw[offset] | raw[offset + 1] << 8
        found = self._known.get(bits)
        if found is None:
            found = self._known[bits] = self._shown(half(bits))
        return found


class _Float(object):
    _layout = struct.Struct(str("<f"))

    def __init__(self, shown):
        self._shown = shown

    def __call__(self, raw, offset):
        return self._shown(self._layout.unpack_from(raw, offset)[0])


class _Uint(object):
    """Unsigned channels are numbers of things, not light: shown as 8 bits."""

    def __init__(self, shown):
        pass

    def __call__(self, raw, offset):
        return 255 if any(raw[offset + 1:offset + 4]) else raw[offset]
