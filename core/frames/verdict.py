"""Is a frame whole, of its neighbours' size, and not black? Asked before it takes its final name.

Nothing is believed: sizes, counts and places in a file are bounded before memory
or time is spent on them.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import errno
import io
import logging
import os
import struct
import zlib
from collections import namedtuple

from .. import compat
from ..errors import SourceMissing
from . import exr, jpeg, png, tiff
from .source import CutOff, Damaged, Source

log = logging.getLogger(__name__)

TRUNCATED, UNREADABLE, OTHER_RESOLUTION = "truncated", "unreadable", "other resolution"
BLACK, NOT_INSIDE = "black", "not checked inside"

#: Name ending -> (format, its reader).
FORMATS = {".png": ("PNG", png), ".exr": ("EXR", exr), ".sxr": ("EXR", exr), ".tif": ("TIFF", tiff),
           ".tiff": ("TIFF", tiff), ".jpg": ("JPEG", jpeg), ".jpeg": ("JPEG", jpeg), ".jpe": ("JPEG", jpeg)}

#: What a file turned out to be. `format` is None where it is no picture that is known here. `ok` says
#: that it may stay: a frame that is not should be fetched again. `flag` is what the panel shows, one of
#: the above or ""; `note` is a sentence about it. The numbers are 0 where they are not known.
Verdict = namedtuple("Verdict", "format width height channels bits ok flag note")


def check(path, expect=None, deep=True, cancel=None, name=None):
    """Look at a file.

    All checksums are checked and all pixels unpacked, where Python can. A frame is black if no pixel's
    red, green or blue shows: all of them are looked at, until the first that is not.

    Args:
        path (str): The file.
        expect (tuple, optional): Width and height of the frame's neighbours.
        deep (bool): Read all of it; else only its structure.
        cancel (Cancel, optional): Ends the work.
        name (str, optional): The file's final name, if `path` is a temporary one.

    Returns:
        Verdict: What was found.

    Raises:
        SourceMissing: There is no such file.
        Cancelled: `cancel` was thrown.
    """
    known = FORMATS.get(os.path.splitext(name or path)[1].lower())
    if known is None:
        _stat(path)
        return Verdict(None, 0, 0, 0, 0, True, "", "")
    kind, reader = known
    blank = Verdict(kind, 0, 0, 0, 0, False, "", "")
    try:
        with io.open(compat.fs(path), "rb") as stream:
            found = _look(reader, Source(stream, os.fstat(stream.fileno()).st_size, cancel), deep)
    except Damaged as error:
        return blank._replace(flag=error.flag, note="The %s is %s: %s." % (kind, _WORDS[error.flag], error.message))
    except (IOError, OSError) as error:
        if error.errno == errno.ENOENT:
            raise _missing(path)
        return blank._replace(flag=UNREADABLE, note="The %s cannot be read: %s." % (
            kind, compat.text(error.strerror or "")))
    except SURPRISES as error:
        log.warning("%s: %s", path, error, exc_info=True)
        return blank._replace(flag=UNREADABLE, note="The %s cannot be read: it is damaged." % kind)
    return _judge(blank, found, expect, deep)


_WORDS = {TRUNCATED: "cut off", UNREADABLE: "damaged"}

#: What a reader could still stumble over. None is known; a render must not be lost for one.
SURPRISES = (ArithmeticError, LookupError, MemoryError, TypeError, ValueError, struct.error, zlib.error)


def _look(reader, source, deep):
    """Return a reader's `Look`; raises `Damaged`."""
    if not source.size:
        raise CutOff("it is empty")
    start = source.at(0, min(8, source.size))
    if not any(start.startswith(magic[:len(start)]) for magic in reader.MAGIC):
        raise Damaged("its content is something else")
    return reader.look(source, deep)


def _judge(blank, found, expect, deep):
    """Return the `Verdict` on a file that is whole."""
    verdict = blank._replace(width=found.width, height=found.height, channels=found.channels, bits=found.bits, ok=True)
    if expect and tuple(expect) != (found.width, found.height):
        return verdict._replace(ok=False, flag=OTHER_RESOLUTION, note="The frame has %d x %d pixels, its neighbours "
                                "have %d x %d." % ((found.width, found.height) + tuple(expect)))
    if found.black:
        return verdict._replace(flag=BLACK, note="All pixels of the frame are black.")
    if deep and not found.inside:
        return verdict._replace(flag=NOT_INSIDE, note="The file's length and structure are right; its pixels are "
                                "packed in a way that is not unpacked here.")
    return verdict


def _stat(path):
    try:
        return os.stat(compat.fs(path))
    except (IOError, OSError):
        raise _missing(path)


def _missing(path):
    return SourceMissing("%s is not there." % compat.text(path))
