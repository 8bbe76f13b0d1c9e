"""One bandwidth limit for all threads of a run."""
from __future__ import absolute_import, division, print_function, unicode_literals

import threading

from . import compat
from .errors import SettingsError

#: The farm's documented "no limit": 1 GB/s.
UNLIMITED_KB = 1048576

_LARGEST_BLOCK = 1 << 20
_SMALLEST_BLOCK = 4096

#: What may be sent at once after a pause, in seconds of the rate.
_BURST_S = 0.02
_SLICE_S = 0.25
#: A wait that is shorter than this is over: no clock would notice it.
_INSTANT_S = 1e-6


def parse_speed(value):
    """Return a speed limit in KB/s.

    Args:
        value (str or int or None): As the documented calls take it.

    Returns:
        int or None: None without a limit.

    Raises:
        SettingsError: Not a whole number of 0 or more.
    """
    if value is None or compat.text(value) == "":
        return None
    try:
        if isinstance(value, (bool, float)):
            raise ValueError
        speed = int(value)
    except (TypeError, ValueError):
        speed = -1
    if speed < 0:
        raise SettingsError("The speed limit %s is not a whole number of KB/s: give e.g. 2048, or 0 for none."
                            % compat.text(value))
    return None if speed == 0 or speed >= UNLIMITED_KB else speed


class Throttle(object):
    """Let bytes pass at a bounded rate, over all threads together.

    Args:
        max_speed_kb (int or None): Limit in KB/s (1 KB = 1024 bytes); None is no limit.
        clock (callable): Seconds of a monotonic clock.
    """

    def __init__(self, max_speed_kb=None, clock=compat.monotonic):
        self._clock = clock
        self._lock = threading.Lock()
        self._paused = False
        self._rate = None
        self._asked = 0.0   # Bytes that were asked for since the beginning.
        self._level = 0.0   # Bytes of them that might pass until `_since`; from there on it grows by the rate.
        self._since = clock()
        self.set_speed(max_speed_kb)

    def set_speed(self, max_speed_kb):
        """Change the limit; it holds at once, also for what waits already."""
        with self._lock:
            now = self._clock()
            self._level, self._since = self._reached(now), now
            self._rate = max_speed_kb * 1024.0 if max_speed_kb else None
        if self._rate:
            # A tenth of a second a block: the limit is smooth, a cancel is quick.
            self.block_size = int(min(max(self._rate / 10, _SMALLEST_BLOCK), _LARGEST_BLOCK))
        else:
            self.block_size = _LARGEST_BLOCK

    @property
    def speed_kb(self):
        """int or None: The limit that holds now, in KB/s."""
        return int(self._rate / 1024) if self._rate else None

    @property
    def is_paused(self):
        """bool: Nothing may pass now."""
        return self._paused

    def pause(self):
        """Let nothing pass until `resume`."""
        self._paused = True

    def resume(self):
        """Let bytes pass again."""
        self._paused = False

    def take(self, count, wait):
        """Wait until `count` bytes may pass.

        Args:
            count (int): Bytes.
            wait (callable): Takes seconds; raises `Cancelled` on a cancel.
        """
        while self._paused:
            wait(_SLICE_S)
        if self._rate is None:
            return
        with self._lock:
            now, rate = self._clock(), self._rate
            if rate is not None and self._reached(now) > self._asked + rate * _BURST_S:
                # What was not used is not made up for.
                self._level, self._since = self._asked + rate * _BURST_S, now
            self._asked += count
            mine = self._asked
        while True:
            with self._lock:
                rate = self._rate
                left = (mine - self._reached(self._clock())) / rate if rate else 0.0
            if left <= _INSTANT_S:
                return
            wait(min(left, _SLICE_S))

    def _reached(self, now):
        """Return how many of the bytes that were asked for may have passed by now."""
        return self._asked if self._rate is None else self._level + (now - self._since) * self._rate
