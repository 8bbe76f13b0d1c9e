"""From events to totals, rate and time left. All numbers are absolute."""
from __future__ import absolute_import, division, print_function, unicode_literals

from collections import deque, namedtuple

from . import compat
from .model import Event

#: ``rate`` in bytes/s, ``left_s`` in seconds or None, ``active`` a list of
#: ``(name, bytes done)`` of the files that are moving.
Totals = namedtuple("Totals", "files files_total bytes bytes_total failed rate left_s seconds active")

_WINDOW_S = 10.0
_TICK_S = 0.1


class Progress(object):
    """Collect what happens in a run.

    Worker threads call `moved`; everything else is called by the thread that
    runs the transfer, which is also the one that hears the listener.

    Args:
        listener (callable, optional): Takes an `Event`; also called with
            ``Event("tick", None, 0, Totals)`` about ten times a second.
        clock (callable): Seconds of a monotonic clock.
    """

    def __init__(self, listener=None, clock=compat.monotonic):
        self._listener = listener
        self._clock = clock
        self._began = clock()
        self._ticked = 0.0
        self._samples = deque()
        self._moving = {}
        self._there = {}
        self._later = deque()
        self.files = self.bytes = self.failed = 0
        self.files_total = self.bytes_total = 0
        self._given_up = 0

    def expect(self, files, size):
        """Add to what the run will move; numbers below 0 take away."""
        self.files_total += files
        self.bytes_total += size

    def say(self, kind, item=None, done=0, note=None):
        """Tell the listener that something happened."""
        if self._listener is not None:
            self._listener(Event(kind, item, done, note))

    def later(self, kind, note):
        """Tell the listener at the next tick (any thread)."""
        self._later.append((kind, note))

    def moved(self, name, done):
        """Note that `done` bytes of a file have moved (any thread)."""
        self._moving[name] = done

    def resume(self, name, done):
        """Note that `done` bytes of a file were there before the run: they count as done, and not for the rate."""
        self._there[name] = self._moving[name] = done

    def finish(self, kind, item, note=None):
        """Note the end of a file: "done" or "failed"."""
        self._moving.pop(item.target, None)
        if kind == "done":
            self.files += 1
            self.bytes += item.size
        else:
            self.failed += 1
            self._given_up += item.size
        self.say(kind, item, item.size if kind == "done" else 0, note)

    def restart(self, name):
        """Note that a file begins again from its first byte (any thread)."""
        self._moving.pop(name, None)
        self._there.pop(name, None)

    def in_flight(self):
        """Return the bytes moved of files that are not finished."""
        return sum(self._moving.copy().values())

    def totals(self):
        """Return the `Totals` of this moment."""
        now = self._clock()
        active = sorted(self._moving.copy().items())
        done = self.bytes + sum(size for _, size in active)
        moved = done - sum(self._there.copy().values())
        self._samples.append((now, moved))
        while self._samples[0][0] < now - _WINDOW_S and len(self._samples) > 2:
            self._samples.popleft()
        first, base = self._samples[0]
        if now - first < 0.5:
            first, base = self._began, 0
        rate = max(moved - base, 0) / max(now - first, 1e-3)
        left = max(self.bytes_total - self._given_up - done, 0)
        left_s = left / rate if rate > 0 and left else (0.0 if not left else None)
        return Totals(self.files, self.files_total, done, self.bytes_total, self.failed, rate, left_s,
                      now - self._began, active)

    def tick(self, force=False):
        """Tell the listener the totals, at most ten times a second."""
        while self._later:
            kind, note = self._later.popleft()
            self.say(kind, note=note)
        now = self._clock()
        if force or now - self._ticked >= _TICK_S:
            self._ticked = now
            self.say("tick", note=self.totals())
