"""Frame ranges as task.json writes them: "1-10[1]", "1,3,5-9[2]"."""
from __future__ import absolute_import, division, print_function, unicode_literals

import re

from ..errors import FarmError
from .fields import BAD_TASK

MOST_FRAMES = 100000
_LARGEST = 9999999
_PART = re.compile(r"(-?\d{1,8})(?:-(-?\d{1,8})(?:\[(\d{1,8})\])?)?\Z")


def parse(text):
    """Return the frames of a range, sorted, each once.

    Args:
        text (str): e.g. "1-10[2]", "1,3,5-9".

    Returns:
        list of int: At least one, at most `MOST_FRAMES`.

    Raises:
        FarmError: No range, no frame, or too many.
    """
    frames = set()
    for part in text.replace(";", ",").split(","):
        found = _PART.match(part.strip())
        if not found:
            raise FarmError("\"%s\" is no frame range: write it like 1-10[1] or 1,3,5-9[2]." % text[:100], BAD_TASK)
        first = int(found.group(1))
        last = int(found.group(2)) if found.group(2) else first
        step = int(found.group(3) or 1)
        if step < 1 or last < first or max(abs(first), abs(last)) > _LARGEST:
            raise FarmError("\"%s\" holds no frame: the range must go upwards, by 1 or more." % text[:100], BAD_TASK)
        if (last - first) // step + len(frames) >= MOST_FRAMES:
            raise FarmError("\"%s\" holds too many frames: a task takes %d." % (text[:100], MOST_FRAMES), BAD_TASK)
        frames.update(range(first, last + 1, step))
    return sorted(frames)
