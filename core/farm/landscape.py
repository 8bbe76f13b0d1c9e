"""The little world that the built-in renderer shows: sky, hills, floor and a rolling ball.

Rows are built from whole runs of bytes, never pixel by pixel but for the ball:
that is what makes pure Python fast enough.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import math
from collections import namedtuple

#: Colours are (red, green, blue), 0-255. ``sky`` is the zenith, ``low`` the horizon.
Palette = namedtuple("Palette", "sky low glow dark light ball stripe accent")

PALETTES = (
    Palette((24, 44, 92), (238, 156, 112), (255, 226, 158), (58, 54, 82), (150, 132, 146),
            (242, 240, 234), (226, 70, 54), (255, 176, 84)),
    Palette((34, 98, 168), (190, 222, 236), (255, 250, 226), (66, 96, 100), (172, 190, 176),
            (250, 246, 236), (240, 152, 38), (120, 208, 255)),
    Palette((22, 22, 60), (176, 92, 150), (255, 190, 200), (44, 36, 72), (124, 96, 138),
            (238, 236, 246), (124, 72, 206), (236, 132, 220)),
    Palette((10, 62, 74), (150, 206, 172), (244, 252, 200), (30, 72, 72), (120, 160, 138),
            (244, 246, 236), (20, 148, 128), (118, 232, 178)),
    Palette((60, 26, 34), (240, 128, 78), (255, 224, 132), (72, 42, 42), (166, 116, 94),
            (250, 242, 226), (54, 92, 160), (255, 150, 92)),
    Palette((44, 52, 66), (196, 200, 206), (255, 255, 250), (64, 68, 76), (148, 152, 158),
            (246, 246, 246), (58, 126, 216), (162, 196, 240)),
)

_HORIZON = 0.52
_GLOW_STEPS = 128
_SUN = 0.7
#: Rows of tiles from the viewer to the picture's lower edge.
_DEPTH = 5.3


def mix(a, b, share):
    """Return colour `a` with a share (0-1) of `b`."""
    return tuple(int(x + (y - x) * share + 0.5) for x, y in zip(a, b))


def dot(colour, count=1):
    """Return `count` pixels of one colour as bytes."""
    return bytes(bytearray(colour)) * count


def shade_table(share, colour=(0, 0, 0)):
    """Return a table for ``translate`` that takes bytes a share (0-1) of the way to black."""
    return bytes(bytearray(int(value * (1 - share) + colour[0] * share) for value in range(256)))


def backdrop(width, height, palette, check):
    """Return the rows of everything that stands still.

    Args:
        width (int): Pixels.
        height (int): Pixels.
        palette (Palette): Colours.
        check (callable): Called now and then; raises to end the work.

    Returns:
        list of bytes: One row of RGB each.
    """
    horizon = int(height * _HORIZON)
    glow = _glow_columns(width)
    rows = []
    for y in range(horizon):
        check()
        part = y / max(1, horizon - 1)
        base = mix(palette.sky, palette.low, part ** 1.6)
        rows.append(_lit_row(glow, base, palette.glow, 0.62 * part ** 3))
    _sun(rows, width, height, horizon, palette)
    _hills(rows, width, height, horizon, palette)
    for y in range(horizon, height):
        check()
        rows.append(_floor_row(width, height, y - horizon, height - horizon, glow, palette))
    return rows


def _glow_columns(width):
    """Return a byte per column: how near it is to the sun, 0 to `_GLOW_STEPS` - 1."""
    spread = 0.26 * width
    return bytes(bytearray(
        int((_GLOW_STEPS - 1) * math.exp(-((x - _SUN * width) / spread) ** 2) + 0.5)
        for x in range(width)))


def _lit_row(glow, base, light, share):
    """Return a row of colour `base`, lit by a share of `light` where `glow` is high."""
    row = bytearray(len(glow) * 3)
    for channel in range(3):
        step = (light[channel] - base[channel]) * share / (_GLOW_STEPS - 1)
        start = base[channel] + 0.5
        table = bytearray([int(start + step * level) for level in range(_GLOW_STEPS)])
        row[channel::3] = glow.translate(bytes(table) + bytes(bytearray(256 - _GLOW_STEPS)))
    return bytes(row)


def _paint(row, left, right, colour):
    """Paint columns `left` to `right` (floats) of a bytearray row; its ends are blended."""
    left, right = max(0.0, left), min(len(row) / 3.0, right)
    first, last = int(math.ceil(left)), int(right)
    if first > last:  # Inside one pixel.
        _blend(row, last, colour, max(0.0, right - left))
        return
    if last > first:
        row[first * 3:last * 3] = dot(colour, last - first)
    _blend(row, first - 1, colour, first - left)
    _blend(row, last, colour, right - last)


def _blend(row, x, colour, share):
    if share > 0.003 and 0 <= x * 3 < len(row):
        row[x * 3:x * 3 + 3] = bytearray(mix(tuple(row[x * 3:x * 3 + 3]), colour, share))


def _sun(rows, width, height, horizon, palette):
    radius, middle = 0.075 * height, horizon - 0.085 * height
    for y in range(max(0, int(middle - radius)), min(horizon, int(middle + radius) + 1)):
        inside = radius ** 2 - (y + 0.5 - middle) ** 2
        if inside > 0:
            half = math.sqrt(inside)
            row = bytearray(rows[y])
            # The disc is a little deeper in colour where it nears the horizon.
            colour = mix(palette.glow, palette.low, 0.35 * max(0.0, (y - middle) / radius))
            _paint(row, _SUN * width - half, _SUN * width + half, colour)
            rows[y] = bytes(row)


def _hills(rows, width, height, horizon, palette):
    """Paint two ranges of hills, the far one nearly lost in the haze."""
    for seed, tall, share in ((1.0, 0.115, 0.30), (4.2, 0.062, 0.62)):
        colour = mix(palette.low, mix(palette.sky, palette.dark, 0.5), share)
        tops = [height * tall * _ridge(x / width * 6.3, seed) for x in range(width)]
        for y in range(max(0, horizon - int(height * tall) - 1), horizon):
            level = horizon - y - 0.5
            row = bytearray(rows[y])
            start = None
            for x, top in enumerate(tops):
                if top > level:
                    if start is None:
                        start = x
                        _blend(row, x - 1, colour, max(0.0, 0.5 + tops[x - 1] - level) if x else 0)
                elif start is not None:
                    row[start * 3:x * 3] = dot(colour, x - start)
                    _blend(row, x, colour, max(0.0, 0.5 + top - level))
                    start = None
            if start is not None:
                row[start * 3:] = dot(colour, width - start)
            rows[y] = bytes(row)


def _ridge(x, seed):
    wave = (math.sin(x * 1.1 + seed) + 0.5 * math.sin(x * 2.7 + seed * 2.1)
            + 0.26 * math.sin(x * 6.1 + seed * 3.7) + 0.1 * math.sin(x * 14.3 + seed))
    return min(1.0, max(0.0, 0.5 + 0.27 * wave))


def _floor_row(width, height, down, depth, glow, palette):
    """Return a row of the chequered floor, `down` rows under the horizon."""
    near = (down + 0.5) / depth
    tile = 0.17 * width * near
    contrast = min(1.0, tile / 5.0)
    # This row of pixels covers the floor from `close` to `far`: what part of it
    # lies on odd rows of tiles? Near the horizon that is about half.
    far, close = [_DEPTH * depth / edge for edge in (max(down, 0.25), down + 1.0)]
    odd = (_odd_until(far) - _odd_until(close)) / (far - close)
    haze = (1 - near) ** 4
    middle = mix(palette.dark, palette.light, 0.5)
    dark, light = [mix(middle, colour, contrast) for colour in (palette.dark, palette.light)]
    colours = [mix(mix(*pair, share=odd), palette.low, haze) for pair in ((dark, light), (light, dark))]
    light = 0.5 * haze + 0.16
    if colours[0] == colours[1]:
        return _lit_row(glow, colours[0], palette.glow, light)
    first, second = [_lit_row(glow, colour, palette.glow, light) for colour in colours]
    return _splice(first, second, width, tile)


def _odd_until(distance):
    """Return how much of the way to `distance` (in tiles) lies on odd tiles."""
    return distance // 2 + max(0.0, distance % 2 - 1)


def _splice(first, second, width, tile):
    """Return a row that takes tiles from two rows in turn; tile borders are blended."""
    count = int(width / 2 / tile) + 1
    if count % 2:  # So that the tile in the middle is always of the same kind.
        first, second = second, first
    out, x = [], 0
    for index in range(-count, count + 2):
        border = width / 2 + (index - 0.5) * tile
        if border <= x:
            first, second = second, first
            continue
        pixel = min(width, int(border))
        out.append(first[x * 3:pixel * 3])
        if pixel >= width:
            break
        share = border - pixel
        out.append(bytes(bytearray(
            [int(a * share + b * (1 - share)) for a, b in
             zip(bytearray(first[pixel * 3:pixel * 3 + 3]), bytearray(second[pixel * 3:pixel * 3 + 3]))])))
        x = pixel + 1
        first, second = second, first
    row = b"".join(out)
    return row + second[len(row):]
