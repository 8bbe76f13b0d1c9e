"""States of tasks and frames, as the farm's API numbers them."""
from __future__ import absolute_import, division, print_function, unicode_literals

WAITING = 0
RENDERING = 5
STOPPED = 10
DONE = 25
DONE_WITH_FAILED = 30
ABORTED = 35
TESTED = 40
FAILED = 45

#: States in which nothing more is rendered unless someone asks.
ENDED = (STOPPED, DONE, DONE_WITH_FAILED, ABORTED, TESTED, FAILED)

TEXTS = {WAITING: "waiting", RENDERING: "rendering", STOPPED: "stopped", DONE: "done",
         DONE_WITH_FAILED: "done with failed frames", ABORTED: "aborted",
         TESTED: "test frames done, waits for full speed", FAILED: "failed"}

FRAME_WAITING = 1
FRAME_EXECUTING = 2
FRAME_ABANDONED = 3
FRAME_DONE = 4
FRAME_FAILED = 5

FRAME_TEXTS = {FRAME_WAITING: "waiting", FRAME_EXECUTING: "rendering", FRAME_ABANDONED: "abandoned",
               FRAME_DONE: "done", FRAME_FAILED: "failed"}


def of_frames(counts, open_frames, started):
    """Return the state of a task from its frames.

    Args:
        counts (dict): Frame state -> number of frames.
        open_frames (int): Waiting frames that may be rendered now (others wait for full speed).
        started (bool): Whether any frame was begun.
    """
    if counts.get(FRAME_EXECUTING):
        return RENDERING
    if open_frames:
        return RENDERING if started else WAITING
    if counts.get(FRAME_WAITING):
        return TESTED
    if counts.get(FRAME_FAILED):
        return DONE_WITH_FAILED
    return DONE if counts.get(FRAME_DONE) else ABORTED


def of_children(children):
    """Return the state of a layered task from its layers' states."""
    found = set(children)
    if RENDERING in found or (WAITING in found and len(found) > 1):
        return RENDERING
    for state in (WAITING, FAILED, STOPPED, TESTED, DONE_WITH_FAILED):
        if state in found:
            return state
    return DONE if DONE in found else ABORTED
