"""What a task that has ended did not render, in a sentence."""
from __future__ import absolute_import, division, print_function, unicode_literals

import functools
import itertools

from . import tasks, words
from .errors import Cancelled, SyncError
from .model import Problem

#: Ended before its time: by someone, for money, or by an error of the farm.
_BROKEN_OFF = frozenset([10, 20, 23, 35, 45])

_WITH_FAILED_FRAMES = 30
_FRAME_FAILED = 5

_MOST_NAMED = 10

#: Frames that are read to find those that failed.
_MOST_READ = 5000


def of_task(ask, api, state):
    """Return what is lacking of an ended task.

    Args:
        ask (callable): Calls what it is given, as `Session.ask` does.
        api (RayvisionAPI): Ours or the vendor's.
        state (TaskState): Of the task, at its end.

    Returns:
        tuple: ``(number of frames, Problem)``, ``(0, None)`` where nothing is lacking.
    """
    if not state.failed and state.status != _WITH_FAILED_FRAMES:
        return _broken_off(state)
    count, named = _failed_frames(ask, api, state)
    count = max(state.failed or 0, count)
    which = " (%s%s)" % (", ".join(named), ", ..." if count > len(named) else "") if named else ""
    said = "%s failed on the farm%s. %s Restart failed frames in the panel's Frames tab." % (
        words.plural(count, "frame") if count else "some frames", which,
        state.reason or "Look at their log on the farm's website.")
    return max(count, 1), _problem(state, said)


def _broken_off(state):
    if state.status not in _BROKEN_OFF or (state.total and (state.done or 0) >= state.total):
        return 0, None
    lacking = state.total - (state.done or 0) if state.total else 0
    done = "%s of %s rendered" % (words.count(state.done or 0), words.plural(lacking + (state.done or 0), "frame")) \
        if lacking else "not all frames rendered"
    return max(lacking, 1), _problem(state, "it ended as \"%s\" on the farm, %s. %s" % (
        state.text, done, state.reason or "Look at it on the farm's website, or submit it again."))


def _problem(state, said):
    return Problem("failed", "task %d" % state.id, "", "Task %d: %s" % (state.id, said))


def _read(api, task_id, most):
    return list(itertools.islice(tasks.frames(api, task_id), most))


def _failed_frames(ask, api, state):
    """Return how many failed frames the farm names, and the names of the first ones; it need not tell."""
    count, named, left = 0, [], _MOST_READ
    for leaf in state.leaves:
        try:
            found = ask(functools.partial(_read, api, leaf, left))
        except Cancelled:
            raise
        except SyncError:
            break
        left -= len(found)
        for frame in found:
            if frame.status == _FRAME_FAILED:
                count += 1
                if frame.index and frame.index not in named and len(named) < _MOST_NAMED:
                    named.append(frame.index)
        if left <= 0 or (state.failed and count >= state.failed):
            break
    return count, named
