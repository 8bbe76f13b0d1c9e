"""The built-in renderer: a real picture for every frame, that says which frame it is."""
from __future__ import absolute_import, division, print_function, unicode_literals

import zlib
from collections import namedtuple

from .. import png
from . import ball, glyphs, landscape

#: Larger pictures are drawn at this many pixels a side.
MOST_SIDE = 4096

#: What a picture shows. ``first`` and ``last`` are the shot's frames, `width`
#: and `height` those of the task.
Caption = namedtuple("Caption", "scene layer number first last width height")

_WHITE = (246, 246, 244)
_SOFT = (176, 180, 188)


class Painter(object):
    """Draws frames; keeps what stands still from one frame to the next."""

    def __init__(self):
        self._key = None
        self._rows = None

    def paint(self, caption, check=lambda: None):
        """Return a frame as the bytes of a PNG file.

        Args:
            caption (Caption): What to show.
            check (callable): Called now and then; raises to end the work.

        Returns:
            bytes: The file.
        """
        width = min(MOST_SIDE, max(1, caption.width))
        height = min(MOST_SIDE, max(1, caption.height))
        palette = palette_of(caption.layer)
        key = (width, height, palette)
        if key != self._key:
            self._rows = landscape.backdrop(width, height, palette, check)
            self._key = key
        rows = list(self._rows)
        ball.draw(rows, width, height, palette, _moment(caption), check)
        _label(rows, width, height, palette, caption)
        text = {"Title": caption.scene, "Comment": "layer %s, frame %d" % (caption.layer, caption.number)}
        return png.encode(width, height, rows, level=4, text=text)


def palette_of(layer):
    """Return the colours of a layer: its name decides, so that layers differ and frames do not."""
    if not layer:
        return landscape.PALETTES[0]
    return landscape.PALETTES[(zlib.crc32(layer.encode("utf-8", "replace")) & 0xffffffff) % len(landscape.PALETTES)]


def _moment(caption):
    if caption.last <= caption.first:
        return 0.3
    return min(1.0, max(0.0, (caption.number - caption.first) / (caption.last - caption.first)))


def _label(rows, width, height, palette, caption):
    """Draw the slate at the foot of the picture."""
    unit = max(1, min(height // 180, width // 240))
    band = 34 * unit
    top = height - band
    if top < 0 or width < 60 * unit:
        return
    shade = landscape.shade_table(0.72)
    for y in range(top, height):
        rows[y] = rows[y].translate(shade)
    _bar(rows, width, top, unit, palette.accent, _moment(caption))
    number = "%04d" % caption.number
    number_scale = 2 * unit
    number_left = width - 8 * unit - glyphs.width(number) * number_scale
    room = number_left - 30 * unit
    title = glyphs.fit(caption.scene[:300], room // (unit + (unit + 1) // 2) if unit > 1 else room)
    title_scale = unit + unit // 2 if unit > 1 else 1
    _text(rows, 8 * unit, top + 5 * unit, title, title_scale, _WHITE)
    facts = ["%d x %d" % (caption.width, caption.height),
             "frames %d-%d" % (caption.first, caption.last)]
    if caption.layer:
        facts.insert(0, caption.layer[:80])
    label = "FRAME"
    label_left = number_left - (glyphs.width(label) + 5) * unit
    _text(rows, 8 * unit, top + 5 * unit + 11 * title_scale,
          glyphs.fit("   ".join(facts), (label_left - 18 * unit) // unit), unit, _SOFT)
    _text(rows, number_left, top + 10 * unit, number, number_scale, palette.accent)
    _text(rows, label_left, top + 17 * unit, label, unit, _SOFT)
    _text(rows, 6 * unit, 5 * unit, "local farm  test picture", unit, _WHITE, 0.45)


def _bar(rows, width, top, unit, colour, moment):
    """Draw how far into the shot this frame is."""
    filled = max(1, int(width * moment))
    for y in range(top, top + unit):
        rows[y] = landscape.dot(colour, filled) + rows[y][filled * 3:]


def _text(rows, left, top, text, scale, colour, share=1.0):
    """Draw a text; with `share` below 1 the picture shines through."""
    width = len(rows[0]) // 3
    for line, runs in enumerate(glyphs.spans(text)):
        for y in range(top + line * scale, top + (line + 1) * scale):
            if not runs or not 0 <= y < len(rows):
                continue
            row = bytearray(rows[y])
            for start, end in runs:
                first, last = left + start * scale, min(width, left + end * scale)
                if last > first >= 0:
                    row[first * 3:last * 3] = _ink(row[first * 3:last * 3], colour, last - first, share)
            rows[y] = bytes(row)


def _ink(under, colour, count, share):
    if share >= 1:
        return landscape.dot(colour, count)
    out = bytearray(under)
    for channel in range(3):
        out[channel::3] = bytearray(
            [int(value + (colour[channel] - value) * share) for value in under[channel::3]])
    return out
