"""Which request meets which fault: by rules, or by chance with a seed."""
from __future__ import absolute_import, division, print_function, unicode_literals

import hashlib
import re
import struct
import threading

from . import faults


class Rule(object):
    """One fault for the requests that fit.

    Args:
        fault (Fault): What happens.
        method (str, optional): E.g. "PUT"; any where None.
        path (str, optional): A regular expression that is searched in path and query.
        skip (int): So many that fit go by first.
        times (int, optional): So many meet the fault then; None is all.
        header (str, optional): Those alone that carry it.
    """

    def __init__(self, fault, method=None, path=None, skip=0, times=1, header=None):
        self.fault = fault
        self.count = 0
        self._method = method
        self._path = re.compile(path) if path else None
        self._skip = skip
        self._times = times
        self.header = header
        self._happened = threading.Event()

    def end(self):
        """Let all that comes go by."""
        self._times = self.count

    def choose(self, method, target):
        """Return the fault for a request, None where it has none. Calls come one at a time."""
        if self._method not in (None, method) or self._path and not self._path.search(target):
            return None
        if self._skip:
            self._skip -= 1
            return None
        if self._times is not None and self.count >= self._times:
            return None
        self.count += 1
        self._happened.set()
        return self.fault

    def wait(self, seconds=180):
        """Wait until it happened once."""
        self._happened.wait(seconds)
        assert self._happened.is_set(), "no request met %s" % (self.fault,)


def _anything(draw):
    """Yield every kind of fault; `draw` returns a number from 0 to 1."""
    side = "answer" if draw() < 0.4 else "request"
    after = draw() if draw() < 0.8 else None
    status = (500, 502, 503, 503, 504, 429)[int(draw() * 6)]
    return (faults.cut(after, side), faults.reset(after, side), faults.busy(None, status, side), faults.busy(0, status),
            faults.flip(draw(), side), faults.garbage(), faults.shorten(1 + int(draw() * 9)),
            faults.delay(0.02 * draw(), side), faults.stall(after, side))


class Schedule(object):
    """Faults by chance.

    What happens to the nth request for one name depends on the seed, the name
    and n alone: threads that race do not change it.

    Args:
        seed (int): Replays what it did once.
        share (float): Of the requests that meet a fault.
        kinds (tuple of str, optional): Which kinds; all where None. A "stall" needs a client that gives up.
        in_a_row (int): After so many faults for one name, its next request passes.
        most (int, optional): After so many faults in all, nothing happens any more.
    """

    def __init__(self, seed, share=0.2, kinds=None, in_a_row=2, most=None):
        self.seed = seed
        self.count = 0
        self._share = share
        self._kinds = kinds
        self._in_a_row = in_a_row
        self._most = most
        self._seen = {}

    def choose(self, method, target):
        """Return the fault for a request, None where it has none. Calls come one at a time."""
        name = (method, stable(target))
        number, row = self._seen.get(name, (0, 0))
        draw = _draws("%s %s %s %s" % (self.seed, number, name[0], name[1]))
        is_over = self._most is not None and self.count >= self._most
        fault = None
        if not is_over and row < self._in_a_row and draw() < self._share:
            found = [one for one in _anything(draw) if self._kinds is None or one.kind in self._kinds]
            fault = found[int(draw() * len(found))]
            self.count += 1
        self._seen[name] = (number + 1, row + 1 if fault else 0)
        return fault


def stable(target):
    """Return a path with its query, without what a server makes up by chance."""
    path, _, query = target.partition("?")
    chance = ("uploadid=", "continuation-token=", "x-amz-date=", "x-amz-signature=")
    return path + "?" + "&".join(sorted(part for part in query.split("&") if not part.lower().startswith(chance)))


def _draws(key):
    """Return a function of no arguments that returns one number from 0 to 1 after the other: the same everywhere."""
    state = [0]

    def draw():
        state[0] += 1
        digest = hashlib.sha256(("%s %d" % (key, state[0])).encode("utf-8")).digest()
        return struct.unpack(str(">I"), digest[:4])[0] / 4294967296.0
    return draw
