"""A speed limit that goes by the clock: ``"09:00-19:00 2048, else 0"``, in KB/s and local time."""
from __future__ import absolute_import, division, print_function, unicode_literals

import re
import time
from collections import namedtuple

from . import compat
from .errors import SettingsError
from .throttle import Throttle, parse_speed

#: A part of the day in minutes since midnight; ``last`` is not part of it and may lie on the next day.
#: ``speed`` in KB/s or None.
Span = namedtuple("Span", "first last speed")

_SPAN = re.compile(r"(\d{1,2}):(\d\d)\s*-\s*(\d{1,2}):(\d\d)\s+(\S+)\Z")
_ELSE = re.compile(r"else\s+(\S+)\Z", re.I)
_LOOK_S = 1.0


class Timetable(object):
    """What holds when.

    Args:
        spans (list of Span): The first that fits wins.
        otherwise (int or None): KB/s for the rest of the day; None is no limit.
    """

    def __init__(self, spans, otherwise):
        self._spans = spans
        self._otherwise = otherwise

    @property
    def is_constant(self):
        """bool: It never changes."""
        return not self._spans

    def speed(self, minute=None):
        """Return the limit in KB/s, None where there is none.

        Args:
            minute (int, optional): Since midnight; by default now.
        """
        if minute is None:
            now = time.localtime()
            minute = now.tm_hour * 60 + now.tm_min
        for first, last, speed in self._spans:
            if first <= minute < last or minute + 1440 < last:
                return speed
        return self._otherwise


def parse(value):
    """Read a limit or a timetable.

    Args:
        value (str, int or None): e.g. 2048, "2048", "09:00-19:00 2048, else 0",
            "22:00-06:00 0, 12:00-13:00 0, else 512".

    Returns:
        Timetable: A part of the day that no span names is unlimited where "else" is missing.

    Raises:
        SettingsError: Neither.
    """
    parts = [part.strip() for part in compat.text(value).split(",")] if value is not None else []
    if len(parts) < 2 and not any(mark in part for part in parts for mark in ":e"):
        return Timetable([], parse_speed(parts[0] if isinstance(value, (bytes, compat.text_type)) else value))
    spans, otherwise = [], None
    for place, part in enumerate(parts):
        found = _SPAN.match(part)
        last_word = _ELSE.match(part)
        if found:
            spans.append(_span(value, *found.groups()))
        elif last_word and place == len(parts) - 1:
            otherwise = parse_speed(last_word.group(1))
        else:
            raise _refused(value)
    return Timetable(spans, otherwise)


def _span(value, hour, minute, end_hour, end_minute, speed):
    first, last = int(hour) * 60 + int(minute), int(end_hour) * 60 + int(end_minute)
    if max(first, last) > 1440 or int(minute) > 59 or int(end_minute) > 59 or first == last:
        raise _refused(value)
    return Span(first, last if last > first else last + 1440, parse_speed(speed))


def _refused(value):
    return SettingsError("The speed limit \"%s\" cannot be read: give KB/s, e.g. 2048, or a timetable, e.g. "
                         "09:00-19:00 2048, else 0." % compat.text(value))


class _Timed(Throttle):
    """A throttle that looks at the clock from time to time."""

    def __init__(self, table):
        super(_Timed, self).__init__(table.speed())
        self._table = table
        self._looked = self._clock()

    @property
    def speed_kb(self):
        """int or None: See `Throttle.speed_kb`."""
        self._look()
        return super(_Timed, self).speed_kb

    def _look(self):
        now = self._clock()
        if now - self._looked > _LOOK_S:
            self._looked = now
            self.set_speed(self._table.speed())

    def take(self, count, wait):
        """See `Throttle.take`."""
        self._look()
        super(_Timed, self).take(count, wait)


def throttle(value):
    """Return a `Throttle` that holds a limit or a timetable."""
    table = parse(value)
    return Throttle(table.speed()) if table.is_constant else _Timed(table)
