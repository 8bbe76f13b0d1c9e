"""A contact sheet: all frames of a task on one picture."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import os
from collections import namedtuple

from .. import compat, paths, png
from ..farm import glyphs

#: What a frame is called on the sheet, and where it is.
Cell = namedtuple("Cell", "label path")

MOST_WIDTH = 2000
MOST_FRAMES = 96

_MARGIN = 22
_GAP = 12
_HEADER = 84
_LABEL = 38
_PAPER = (24, 26, 30)
_EDGE = (52, 56, 64)
_WHITE = (242, 242, 238)
_SOFT = (148, 154, 166)
_DIM = (108, 114, 126)
_ACCENT = (255, 176, 84)

NAME = "contact_sheet.png"

#: Kept in the file, to know our own sheet again.
_KEY, _MAKER = "Software", "rayvision_sync contact sheet"


def place(folder):
    """Return the path for a sheet: a picture of the user's that bears its name stays."""
    wanted = os.path.join(folder, NAME)
    path, number = wanted, 0
    while os.path.lexists(compat.fs(path)) and not is_ours(path):
        number += 1
        path = paths.versioned(wanted, number)
    return path


def is_ours(path):
    """Tell whether a picture is a sheet of ours."""
    try:
        with io.open(compat.fs(path), "rb") as source:
            return _MAKER.encode("ascii") in source.read(4096)
    except (IOError, OSError):
        return False


def write(path, cells, title, facts, check=lambda: None):
    """Draw a sheet; it appears whole.

    Args:
        path (str): Where it goes.
        cells (list of Cell): PNG files, in order; of very many, some are left out evenly.
        title (str): Upper left.
        facts (str): Upper right.
        check (callable): Called now and then; raises to end the work.

    Raises:
        PngError: A frame is no picture.
    """
    cells = _some(cells)
    columns = _columns(len(cells))
    room = (MOST_WIDTH - 2 * _MARGIN - (columns - 1) * _GAP) // columns
    pictures = []
    for cell in cells:
        check()
        with io.open(compat.fs(cell.path), "rb") as source:
            pictures.append(png.shrink(*(png.decode(source.read()) + (room,))))
    width, height = [max(picture[side] for picture in pictures) for side in (0, 1)]
    lines = -(-len(cells) // columns)
    sheet = _Sheet(2 * _MARGIN + columns * width + (columns - 1) * _GAP,
                   _HEADER + lines * (height + _LABEL) + _MARGIN - 10)
    sheet.header(title, facts)
    for number, (cell, picture) in enumerate(zip(cells, pictures)):
        left = _MARGIN + number % columns * (width + _GAP)
        top = _HEADER + number // columns * (height + _LABEL)
        sheet.picture(left, top, picture)
        # Two thirds, in letters twice as large; the rest is the name's.
        label = glyphs.fit(cell.label, picture[0] // 3)
        sheet.text(left, top + picture[1] + 10, label, 2, _ACCENT)
        taken = glyphs.width(label) * 2 + 20
        sheet.name(left + taken, top + picture[1] + 10, picture[0] - taken, os.path.basename(cell.path))
    with io.open(compat.fs(path + ".part"), "wb") as target:
        target.write(png.encode(sheet.width, sheet.height, sheet.rows, text={_KEY: _MAKER, "Title": title}))
    compat.replace(path + ".part", path)


def _some(cells):
    if len(cells) <= MOST_FRAMES:
        return cells
    return [cells[number * len(cells) // MOST_FRAMES] for number in range(MOST_FRAMES)]


def _columns(count):
    """Return how many pictures stand side by side: few are large, many are small."""
    for most, columns in ((1, 1), (4, 2), (6, 3), (12, 4), (30, 6)):
        if count <= most:
            return columns
    return 8


class _Sheet(object):
    def __init__(self, width, height):
        self.width, self.height = width, height
        self.rows = [bytearray(_PAPER) * width for _ in range(height)]

    def header(self, title, facts):
        facts = glyphs.fit(facts, (self.width // 2 - _MARGIN) // 2)
        left = self.width - _MARGIN - glyphs.width(facts) * 2
        self.text(left, 34, facts, 2, _SOFT)
        self.text(_MARGIN, 24, glyphs.fit(title, (left - 2 * _MARGIN) // 4), 4, _WHITE)
        self._box(_MARGIN, 66, self.width - 2 * _MARGIN, 2, _EDGE)

    def picture(self, left, top, picture):
        width, height, pixels = picture
        self._box(left - 1, top - 1, width + 2, height + 2, _EDGE)
        for y in range(height):
            self.rows[top + y][left * 3:(left + width) * 3] = pixels[y * width * 3:(y + 1) * width * 3]

    def name(self, left, top, room, text):
        """Write a file's name, smaller where it is long."""
        scale = 2 if glyphs.width(text) * 2 <= room else 1
        text = glyphs.fit(text, room // scale)
        self.text(left, top + 7 * (2 - scale), text, scale, _DIM)

    def _box(self, left, top, width, height, colour):
        for y in range(top, top + height):
            self.rows[y][left * 3:(left + width) * 3] = bytearray(colour) * width

    def text(self, left, top, text, scale, colour):
        for line, runs in enumerate(glyphs.spans(text)):
            for start, end in runs:
                self._box(left + start * scale, top + line * scale, (end - start) * scale, scale, colour)
