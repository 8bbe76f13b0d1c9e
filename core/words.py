"""Numbers and names as people read them, for everything that shows them."""
from __future__ import absolute_import, division, print_function, unicode_literals

import re
import sys
import unicodedata

from . import compat

_UNITS = (("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("KB", 1e3))

#: What moves a terminal's cursor, or turns the direction of its text.
_UNPRINTABLE = re.compile("[\\x00-\\x1f\\x7f-\\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff%s]"
                          % compat.SURROGATES)
#: What cmd.exe does not take for a part of an argument.
_CMD = re.compile("[\\s&|<>^()@,;=%!'`+~\\[\\]{}]")
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def count(number):
    """Return "48 211" for 48211."""
    return "{:,}".format(number).replace(",", " ")


def argument(value, windows=compat.WINDOWS):
    """Return a value as it is typed in a command: in quotes where its characters need them.

    Args:
        value (str): e.g. a path; one with a line break cannot be typed.
        windows (bool): For cmd.exe instead of a shell.
    """
    if windows:
        return value if value and not _CMD.search(value) else '"%s"' % value
    from six.moves import shlex_quote  # Not above: few need it, and on 2.7 it brings much along.
    return compat.text(shlex_quote(value))


def decoded(value, encoding=None):
    """Return bytes as text: in an encoding, or in the first of UTF-8, GBK and the system's that fits.

    What is no text in it, and what is no bytes, is returned as it is: whoever wants to show a name can go on.
    """
    if not isinstance(value, bytes):
        return value
    for name in [encoding] if encoding else ["utf-8", "gbk", sys.getfilesystemencoding() or "ascii"]:
        try:
            return value.decode(name)
        except (UnicodeError, LookupError):
            continue
    return value


def plural(number, noun):
    """Return "1 file", "48 211 files"."""
    return "%s %s%s" % (count(number), noun, "" if number == 1 else "s")


def _unit(size):
    for name, factor in _UNITS:
        if size >= 0.9995 * factor:
            return name, factor
    return "bytes", 1


def _amount(size, unit):
    name, factor = unit
    number = size / factor
    decimals = 1 if name in ("TB", "GB") or (name == "MB" and number < 9.95) else 0
    return "%.*f" % (decimals, number)


def size(size):
    """Return "14.2 GB", "91 MB", "812 KB", "7 bytes"."""
    unit = _unit(size)
    return "%s %s" % (_amount(size, unit), "byte" if size == 1 else unit[0])


def part(done, total):
    """Return "9.1/14.2 GB": both in the unit of the whole."""
    unit = _unit(total)
    return "%s/%s %s" % (_amount(done, unit), _amount(total, unit), unit[0])


def going_on(files, done, total, place):
    """Return the sentence for files of which a part was moved before: "Going on: 1.2 GB of 3.4 GB is here already."

    Args:
        files (int): How many.
        done (int): Bytes of them that were moved.
        total (int): Bytes of all of them.
        place (str): "here" or "there".
    """
    return "Going on%s: %s of %s is %s already." % (
        "" if files == 1 else " with %s" % plural(files, "file"), size(done), size(total), place)


def clock(seconds):
    """Return "0:43", "2:03", "1:02:03"."""
    whole = int(seconds + 0.5)
    if whole < 3600:
        return "%d:%02d" % divmod(whole, 60)
    return "%d:%02d:%02d" % (whole // 3600, whole // 60 % 60, whole % 60)


def bar(share, columns):
    """Return "####----": a share (0-1) of `columns`."""
    filled = int(max(0.0, min(share, 1.0)) * columns)
    return "#" * filled + "-" * (columns - filled)


# ---------------------------------------------------------------- terminals

def printable(text):
    """Return text as one line that no terminal obeys: control characters become ``\\x1b`` and the like."""
    return _UNPRINTABLE.sub(_spelled, text)


def _spelled(found):
    sign = found.group()
    number = ord(sign)
    return _SHORT.get(sign) or ("\\x%02x" % number if number < 256 else "\\u%04x" % number)


def columns(text):
    """Return how many columns of a terminal a text takes."""
    return sum(map(_columns_of, text))


def _columns_of(sign):
    if sign < "\u0300":
        return 1
    if unicodedata.category(sign) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1


def fit(text, most):
    """Return a text of at most so many columns: the middle is left out, as both ends of a file's name tell more."""
    if columns(text) <= most:
        return text
    if most < 8:
        return _head(text, most)
    head = _head(text, (most - 2) // 2)
    tail = _head(text[::-1], most - 2 - columns(head))[::-1]
    while tail and not _columns_of(tail[0]):
        tail = tail[1:]  # A mark without the letter it stands on.
    return head + ".." + tail


def _head(text, most):
    taken = 0
    for place, sign in enumerate(text):
        taken += _columns_of(sign)
        if taken > most:
            return text[:place]
    return text
