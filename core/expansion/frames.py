"""The frames of a scene, as numbers."""
from __future__ import absolute_import, division, print_function, unicode_literals

import re

from ..errors import SettingsError
from ..frame_range import MOST_FRAMES, parse_frames

_RUN = re.compile(r"(-?[0-9]+)(?:-(-?[0-9]+)(?:\[([0-9]+)\])?)?\Z")


def frame_numbers(frames):
    """Return the frames that are rendered.

    Args:
        frames (jobs.snapshot.Frames): Of the scene; its ``ranges`` win.

    Returns:
        list of int: Sorted.

    Raises:
        SettingsError: The ranges are none, or hold too many frames.
    """
    if not frames.ranges:
        if (frames.end - frames.start) // frames.step >= MOST_FRAMES:
            raise SettingsError("The scene has more than %d frames: choose a range." % MOST_FRAMES)
        return list(range(frames.start, frames.end + 1, frames.step))
    numbers = set()
    # Read, checked and written anew by the same rules as the task's own.
    for part in parse_frames(frames.ranges).text.split(","):
        first, last, step = _RUN.match(part).groups()
        numbers.update(range(int(first), int(last or first) + 1, int(step or 1)))
    return sorted(numbers)
