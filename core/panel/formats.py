"""Sizes, rates, times and paths as people read them, in the panel's language."""
from __future__ import absolute_import, division, print_function, unicode_literals

import time

from .. import words
from .texts import number_of, tr

size = words.size


def rate(bytes_a_second):
    """Return "41 MB/s", "" where nothing moves."""
    return "%s/s" % words.size(int(bytes_a_second)) if bytes_a_second and bytes_a_second >= 1 else ""


def left(seconds):
    """Return "2 min", "45 s", "3 h 10 min"."""
    seconds = int(seconds + 0.5)
    if seconds < 60:
        return tr("{n} s", n=seconds)
    if seconds < 3600:
        return tr("{n} min", n=(seconds + 30) // 60)
    hours, minutes = divmod((seconds + 30) // 60, 60)
    if hours < 48:
        return tr("{h} h {m} min", h=hours, m=minutes) if minutes else tr("{h} h", h=hours)
    return tr("{n} days", n=hours // 24)


def clock(at):
    """Return "14:02:11"."""
    return time.strftime(str("%H:%M:%S"), time.localtime(at))


def moment(at, now=None):
    """Return "14:05", "yesterday 23:12", "2026-11-02 09:30"."""
    now = time.time() if now is None else now
    then, today = time.localtime(at), time.localtime(now)
    of_day = "%02d:%02d" % (then.tm_hour, then.tm_min)
    if then[:3] == today[:3]:
        return of_day
    if then[:3] == time.localtime(now - 86400)[:3]:
        return tr("yesterday {time}", time=of_day)
    return "%04d-%02d-%02d %s" % (then.tm_year, then.tm_mon, then.tm_mday, of_day)


def percent(done, total):
    """Return "78 %"; never 100 before the end."""
    if not total:
        return ""
    return "%d %%" % (100 if done >= total else min(99, int(100.0 * done / total)))


def files(number):
    """Return "1 file", "48 211 files"."""
    return number_of(number, "file")


def base_name(path):
    """Return the last part of a path of any system."""
    return path.replace("\\", "/").rstrip("/").rpartition("/")[2] or path


def elide(metrics, text, width, measure):
    """Return a text that fits: both ends of a path tell more than its middle.

    Args:
        metrics (QFontMetrics): Of the font.
        text (str): Whole.
        width (int): In pixels.
        measure (callable): ``measure(metrics, text)`` in pixels.
    """
    if measure(metrics, text) <= width:
        return text
    low, high = 0, len(text)
    while low < high:  # The most signs that fit.
        middle = (low + high + 1) // 2
        if measure(metrics, _cut(text, middle)) <= width:
            low = middle
        else:
            high = middle - 1
    return _cut(text, low)


def _cut(text, keep):
    head = keep // 3
    tail = keep - head
    return text[:head] + "\u2026" + (text[-tail:] if tail else "")
