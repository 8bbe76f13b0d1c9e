"""Rows of PNG pixels: filters undone, looked at, drawn.

Only the bytes that are looked at are undone: each byte of a pixel is filtered
by itself, so alpha and the low bytes of 16 bits cost nothing.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

from . import bulk
from .source import Damaged

PALETTE = 3

#: A picture of so many bytes that are nearly black is left undecided.
_MOST_UNDONE = 1 << 26


class _Planes(object):
    """Undoes the filters of some bytes of each pixel; each stands for itself.

    Args:
        places (list of int): Which bytes of a pixel.
        step (int): Bytes of a pixel.
    """

    def __init__(self, places, step):
        self._places = places
        self._step = step
        self._which = None
        self._above = None

    def is_clear(self, which):
        """Tell whether the row above is all zeros."""
        return which is not self._which or self._above.count(None) == len(self._above)

    def undo(self, which, kind, row):
        """Return the bytes of a row, one bytearray for each place."""
        if which is not self._which:
            self._which, self._above = which, [None] * len(self._places)
        self._above = [undo(kind, row[place::self._step], above)
                       for place, above in zip(self._places, self._above)]
        width = len(row) // self._step
        return [bytearray(width) if plane is None else plane for plane in self._above]


def undo(kind, row, above):
    """Return a row of single bytes with its filter undone; None is a row of zeros.

    Args:
        kind (int): 0 none, 1 left, 2 above, 3 mean, 4 Paeth.
        row (bytes): As it is in the file.
        above (bytearray or None): The row above, undone.
    """
    if above is None:
        if row.count(b"\0") == len(row):
            return None
        kind = {2: 0, 4: 1}.get(kind, kind)  # What these say when nothing stands above.
        above = b"" if kind < 3 else bytearray(len(row))
    if kind == 0:
        return bytearray(row)
    if kind == 1:
        return bytearray(bulk.running(row))
    if kind == 2:
        return bytearray(bulk.add(row, above))
    return (_mean if kind == 3 else _paeth)(bytearray(row), above)


def _mean(row, above):
    out, left = [], 0
    append = out.append
    for value, up in zip(row, above):
        left = (value + ((left + up) >> 1)) & 255
        append(left)
    return bytearray(out)


def _paeth(row, above):
    out, left, corner = [], 0, 0
    append = out.append
    for value, up in zip(row, above):
        from_left, from_up = up - corner, left - corner
        from_corner = from_left + from_up
        if from_left < 0:
            from_left = -from_left
        if from_up < 0:
            from_up = -from_up
        if from_corner < 0:
            from_corner = -from_corner
        if from_left > from_up or from_left > from_corner:
            left = up if from_up <= from_corner else corner
        left = (left + value) & 255
        append(left)
        corner = up
    return bytearray(out)


def _high_bytes(head, alpha):
    """Return which bytes of a pixel are the colours' (their high ones), and alpha's if asked for."""
    if head.bits < 8 or head.colour == PALETTE:
        return [0]
    size = head.bits // 8
    channels = head.channels if alpha or head.channels % 2 else head.channels - 1
    return [channel * size for channel in range(channels)]


def _samples(head, row, width):
    """Return one byte a pixel of a row that may hold several pixels in one."""
    if head.bits >= 8:
        return row
    per, most = 8 // head.bits, (1 << head.bits) - 1
    out = bytearray(len(row) * per)
    for place in range(per):
        shift = 8 - head.bits * (place + 1)
        out[place::per] = row.translate(bytes(bytearray((byte >> shift) & most for byte in range(256))))
    return out[:width]


def _palette(head, extra):
    """Return red, green and blue of the 256 values of a byte, transparency over black."""
    if head.colour != PALETTE:
        most = (1 << min(8, head.bits)) - 1
        return [bytearray(min(255, byte * 255 // most) for byte in range(256))] * 3
    colours, clear = extra.get(b"PLTE", b""), extra.get(b"tRNS", b"")
    if not colours or len(colours) % 3:
        raise Damaged("it has no palette")
    alpha = bytearray(clear[:256]) + bytearray(b"\xff") * (256 - len(clear))
    colours = bytearray(colours[:768]) + bytearray(max(0, 768 - len(colours)))
    return [bytearray(colours[3 * entry + channel] * alpha[entry] // 255 for entry in range(256))
            for channel in range(3)]


class Black(object):
    """Looks at rows until one pixel is not black: a byte of 2 or more of 255, 256 or more of 65535."""

    def __init__(self, head):
        self.extra = {}
        self.is_black = True
        self._head = head
        self._planes = _Planes(_high_bytes(head, False), head.step)
        self._black = None
        self._left = _MOST_UNDONE

    def add(self, which, kind, row):
        if self._black is None:
            self._black = self._values()
        if row.count(b"\0") < len(row):
            self._left -= len(row)
        elif b"\0" in self._black and self._planes.is_clear(which):
            return  # Zeros below zeros, whatever the filter.
        for plane in self._planes.undo(which, kind, row):
            if _samples(self._head, plane, which.width).translate(None, self._black):
                self.is_black = False
                return
        if self._left < 0:
            self.is_black = None

    def _values(self):
        if self._head.bits == 16:
            return b"\0"
        tables = _palette(self._head, self.extra)
        if self._head.colour != PALETTE and self._head.bits < 8:
            return b"\0"
        return bytes(bytearray(byte for byte in range(256) if max(table[byte] for table in tables) < 2))


class Pen(object):
    """Draws rows into a grid, transparency over black.

    Args:
        head (Head): Of the picture.
        spacing (int): Every how many-th pixel is drawn; more than 1 for the first passes of an interlaced picture.
        grid (Grid): Of the picture at that spacing.
    """

    def __init__(self, head, spacing, grid):
        self.extra = {}
        self.grid = grid
        self._head = head
        self._spacing = spacing
        self._planes = _Planes(_high_bytes(head, True), head.step)
        self._tables = None
        self._taps = {}

    def add(self, which, y, kind, row):
        planes = self._planes.undo(which, kind, row)
        line = self.grid.line((which.y + y * which.dy) // self._spacing)
        if line is None:
            return
        red, green, blue, alpha = self._colours(planes, which.width)
        for place, column in self._places(which):
            cover = alpha[place] if alpha else 255
            self.grid.put(line, column, red[place] * cover // 255, green[place] * cover // 255,
                          blue[place] * cover // 255)

    def _colours(self, planes, width):
        if self._head.colour == PALETTE or self._head.bits < 8:
            self._tables = self._tables or [bytes(table) for table in _palette(self._head, self.extra)]
            row = _samples(self._head, planes[0], width)
            return [row.translate(table) for table in self._tables] + [None]
        alpha = None if len(planes) % 2 else planes[-1]
        return planes[:3] + [alpha] if len(planes) > 2 else [planes[0]] * 3 + [alpha]

    def _places(self, which):
        if which not in self._taps:
            first, step = which.x // self._spacing, which.dx // self._spacing
            taps = self.grid.taps(0, -(-self._head.width // self._spacing))
            self._taps[which] = [((place - first) // step, column) for place, column in taps
                                 if place >= first and (place - first) % step == 0]
        return self._taps[which]


def spacing_of(head, size):
    """Return 8, 4, 2 or 1: how coarse the first passes may be that still fill a copy."""
    if len(head.passes) < 2 and head.passes[0].dx == 1:
        return 1
    spacing = 8
    while spacing > 1 and max(head.width, head.height) < 2 * size * spacing:
        spacing //= 2
    return spacing
