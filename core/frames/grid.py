"""A small copy of a picture, made from a few of its pixels."""
from __future__ import absolute_import, division, print_function, unicode_literals

import bisect

from .. import png


class Grid(object):
    """Takes the pixels that a small copy is made of, in any order.

    Each of its pixels is the mean of up to four of those that it stands for;
    what is never put stays black.

    Args:
        width (int): Of the picture, in pixels.
        height (int): Of the picture.
        most (int): Width and height that the copy does not exceed.
    """

    def __init__(self, width, height, most):
        scale = min(1.0, most / width, most / height)
        self.columns = max(1, int(width * scale + 0.5))
        self.lines = max(1, int(height * scale + 0.5))
        self._places = _taps(width, self.columns)
        rows = _taps(height, self.lines)
        self._lines = dict(rows)
        self._rows = [y for y, _ in rows]
        self._sums = [0] * (3 * self.columns * self.lines)
        self._counts = [0] * (self.columns * self.lines)
        self._within = (None, ())

    def line(self, y):
        """Return the line that a row of the picture belongs to; None where it is not needed."""
        return self._lines.get(y)

    def wants(self, first, after):
        """Tell whether a row from `first` to before `after` is needed."""
        place = bisect.bisect_left(self._rows, first)
        return place < len(self._rows) and self._rows[place] < after

    def taps(self, x, width):
        """Return ``(place in the row, column)`` of the pixels needed of a row.

        Args:
            x (int): Where in the picture the row begins.
            width (int): Of the row.
        """
        key, found = self._within
        if key != (x, width):
            found = [(place - x, column) for place, column in self._places if x <= place < x + width]
            self._within = ((x, width), found)
        return found

    def put(self, line, column, red, green, blue):
        """Add a pixel, 0 to 255 a channel."""
        place = line * self.columns + column
        self._counts[place] += 1
        sums, place = self._sums, 3 * place
        sums[place] += red
        sums[place + 1] += green
        sums[place + 2] += blue

    def encode(self):
        """Return the copy as the bytes of a PNG file."""
        counts = [max(1, count) for count in self._counts]
        pixels = bytearray(len(self._sums))
        for channel in range(3):
            pixels[channel::3] = bytearray(
                [total // count for total, count in zip(self._sums[channel::3], counts)])
        return png.encode(self.columns, self.lines, bytes(pixels))


def _taps(length, count):
    """Return ``(place, which of the copy)``: two places in each span, at its quarters."""
    found = {}
    for number in range(count):
        start, span = number * length, length
        for quarter in (1, 3):
            found[(4 * start + quarter * span) // (4 * count)] = number
    return sorted(found.items())


def display_table():
    """Return ``f(value) -> 0..255``: a linear value as sRGB shows it.

    Values below 0 and NaN are black, those above 1 are white. Source: IEC 61966-2-1.
    """
    steps = 4096
    table = [int(255 * (12.92 * v if v <= 0.0031308 else 1.055 * v ** (1 / 2.4) - 0.055) + 0.5)
             for v in (step / steps for step in range(steps + 1))]

    def shown(value):
        if not value > 0:  # NaN, too.
            return 0
        return 255 if value >= 1 else table[int(value * steps)]
    return shown


def half(bits):
    """Return the value of a half's 16 bits."""
    sign = -1.0 if bits & 0x8000 else 1.0
    exponent, fraction = bits >> 10 & 31, bits & 1023
    if exponent == 31:
        return sign * float("inf") if not fraction else float("nan")
    if exponent == 0:
        return sign * fraction * 2.0 ** -24
    return sign * (1024 + fraction) * 2.0 ** (exponent - 25)
