"""The resolution of a frame's neighbours, learned as they land."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os
import re

_LAST_NUMBER = re.compile("[0-9]+(?=[^0-9]*$)")

#: So many frames must agree before another one is the odd one out.
_AGREEING = 2


class Neighbours(object):
    """Remembers the resolution of every frame, by sequence: names that differ in the last number only."""

    def __init__(self):
        self._sequences = {}

    def add(self, name, width, height):
        """Remember a frame; one that was fetched again takes the place of what it was."""
        self._sequences.setdefault(sequence_of(name), {})[name] = (width, height)

    def expect(self, name):
        """Return ``(width, height)`` that most of a frame's neighbours have; None while they do not agree.

        What the frame itself had before does not count.
        """
        return _most({other: size for other, size in self._sequences.get(sequence_of(name), {}).items()
                      if other != name})

    def others(self, name):
        """Return the names, sorted, of a frame's sequence whose resolution is not that of most.

        The first frames of a sequence land before anybody can say what is right.
        """
        sizes = self._sequences.get(sequence_of(name), {})
        most = _most(sizes)
        return sorted(other for other, size in sizes.items() if most and size != most)


def sequence_of(name):
    """Return a frame's name without its number: "a/b_v042.1034.exr" -> "a/b_v042.#.exr"."""
    folder, base = os.path.split(name)
    stem, extension = os.path.splitext(base)
    return os.path.join(folder, _LAST_NUMBER.sub("#", stem) + extension)


def _most(sizes):
    counts = {}
    for size in sizes.values():
        counts[size] = counts.get(size, 0) + 1
    ranked = sorted(counts.items(), key=lambda item: -item[1])
    if not ranked or ranked[0][1] < _AGREEING or len(ranked) > 1 and ranked[0][1] == ranked[1][1]:
        return None
    return ranked[0][0]
