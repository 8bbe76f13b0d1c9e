"""A range of frames as it is typed: "1001-1120[2],7". The rules are the same in the panel, a job and a task's files."""
from __future__ import absolute_import, division, print_function, unicode_literals

import re
from collections import namedtuple

from . import compat, paths
from .errors import SettingsError

#: A frame range, read. ``text`` is as the farm writes it ("1-12[1]"), ``step`` 1 where several ranges are given.
Frames = namedtuple("Frames", "text first last step count")

MOST_FRAMES = 100000
_LARGEST_FRAME = 9999999
_RANGE = re.compile(r"(-?[0-9]{1,7})(?:\s*-\s*(-?[0-9]{1,7})(?:\s*\[\s*([0-9]{1,7})\s*\])?)?\Z")


def parse_frames(text):
    """Read a frame range.

    Args:
        text (str): e.g. "1-12", "1001-1120[2]", "1,3,5-9".

    Returns:
        Frames: Normalised.

    Raises:
        SettingsError: No range, no frame, or too many.
    """
    parts, numbers, step = [], set(), 1
    for part in compat.text(text).split(","):
        found = _RANGE.match(part.strip())
        if not found:
            raise SettingsError("%s is no frame range: write it like 1-12, 1001-1120[2] or 1,3,5-9."
                                % paths.quoted(compat.text(text)))
        first = int(found.group(1))
        last = first if found.group(2) is None else int(found.group(2))
        step = int(found.group(3) or 1)
        if last < first or step < 1 or max(abs(first), abs(last)) > _LARGEST_FRAME:
            raise SettingsError("The frame range %s goes nowhere: its end comes after its start, its step is 1 or more."
                                % paths.quoted(part.strip()))
        if (last - first) // step + len(numbers) >= MOST_FRAMES:
            raise SettingsError("The frame range %s holds more than %d frames: send it as several tasks."
                                % (paths.quoted(compat.text(text)), MOST_FRAMES))
        numbers.update(range(first, last + 1, step))
        parts.append("%d-%d[%d]" % (first, last, step) if last > first else "%d" % first)
    if len(parts) == 1 and "-" not in parts[0].lstrip("-"):
        parts[0] = "%s-%s[1]" % (parts[0], parts[0])
    return Frames(",".join(parts), min(numbers), max(numbers), step if len(parts) == 1 else 1, len(numbers))
