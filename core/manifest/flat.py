"""Walk the usual entries, objects of "local" and "server" alone, fifty at a time.

Two regular expressions, over bytes. The general one says all that JSON says
about such objects. The other is made from an entry that the general one has
accepted: the same white space, the same order, and between the quotes anything.
Where its match holds no backslash, and no control character but those of the
white space, the general one would have matched the same; it is twice as fast.
Both take exactly as many entries as they are asked to, and only good ones;
bytes that are not UTF-8 are left for the caller to find.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import re

from .tokens import SPACE, STRING

#: Least bytes in memory: fifty usual entries fit, so that a block's end is rarely met.
_AHEAD = 64 * 1024
#: Where a backslash is looked for first: names of a file have them all, or not at all.
_NEAR = 2048
#: Most other entries taken at a time: they keep company, and finding that out costs.
_OTHERS = 500
#: How often an expression is made anew; each one costs as much as a few hundred entries.
_SHAPES = 8
_CONTROLS = bytes(bytearray(range(0x20)))


def _member(name, value):
    return b'"' + name + b'"' + SPACE + b":" + SPACE + value + SPACE


_LOCAL = _member(b"local", STRING)
_SERVER = _member(b"server", br'(?!"")' + STRING)
_COMMA = b"," + SPACE
_FLAT = (SPACE + br"\{" + SPACE + b"(?:" + _LOCAL + _COMMA + _SERVER + b"|" + _SERVER + _COMMA + _LOCAL +
         br")\}" + SPACE + b",")


def _runs(pattern):
    """Return (entries, what matches so many of them), the greatest first."""
    return [(size, re.compile(b"(?:" + pattern + b"){" + times + b"}").match)
            for size, times in ((50, b"50"), (10, b"10"), (1, b"1"))]


_GENERAL = _runs(_FLAT)
_match_one = _GENERAL[-1][1]
_strings = re.compile(STRING)


def _shape(entry):
    """Return the expression for entries that are written like this good one."""
    between = [re.escape(part) for part in _strings.split(entry)]
    names = _strings.findall(entry)[::2]
    values = [b'"[^"]+"' if name == b'"server"' else b'"[^"]*"' for name in names]
    return b"".join((between[0], names[0], between[1], values[0], between[2],
                     names[1], between[3], values[1], between[4]))


class Flat(object):
    """Takes the usual entries; knows how the last ones were written.

    Args:
        entries (Entries): What it moves on.
    """

    def __init__(self, entries):
        self._entries = entries
        self._shape = None
        self._shapes = 0
        self._alike = None
        self._controls = 0

    def take(self, limit):
        """Move past some entries, usual or not.

        Args:
            limit (int): Most entries to take, at least 1.

        Returns:
            int: How many; at least 1.

        Raises:
            ManifestError: See `Entries.some`.
        """
        window = self._entries.window
        if len(window.buf) - window.pos < _AHEAD:
            window.fill()
        index = 0 if limit >= 50 else 1 if limit >= 10 else 2
        size, match = _GENERAL[index]
        buf, pos = window.buf, window.pos
        end = self._match_alike(buf, pos, index)
        if not end:
            found = match(buf, pos)
            if not found:
                return len(self._entries.some(min(limit, _OTHERS)))
            end = found.end()
            self._learn(buf, end)
        window.pos = end
        self._entries.passed(size, window.base + buf.rindex(b"}", pos, end) + 1)
        return size

    def _match_alike(self, buf, pos, index):
        """Return the end of entries that are written like the last ones, or None."""
        if self._alike is None or buf.find(b"\\", pos, pos + _NEAR) >= 0:
            return None
        size, match = self._alike[index]
        found = match(buf, pos)
        if not found:
            return None
        raw = found.group()
        if b"\\" in raw or _count_controls(raw) != size * self._controls:
            return None
        return found.end()

    def _learn(self, buf, pos):
        """Look at how the next entry is written."""
        found = self._shapes < _SHAPES and _match_one(buf, pos)
        if not found:
            return
        shape = _shape(found.group())
        if shape != self._shape:
            self._shapes += 1
            self._shape = shape
            self._alike = _runs(shape)
            self._controls = _count_controls(found.group())


def _count_controls(raw):
    return len(raw) - len(raw.translate(None, _CONTROLS))
