"""Which reader a file's ending takes."""
from __future__ import absolute_import, division, print_function, unicode_literals

import struct
import zlib

from .. import compat, words
from . import arnold, materialx, maya, plain, usd, vray, xgen
from .reading import MOST_BYTES, MOST_PATH, Lines, Unreadable

#: Ending -> reader: it takes (`Lines`, path, note) and yields `Reference`s.
READERS = {
    ".ma": maya.read, ".xgen": xgen.read, ".usda": usd.read, ".usd": usd.read, ".usdc": usd.read, ".ass": arnold.read,
    ".ass.gz": arnold.read, ".vrscene": vray.read, ".mtlx": materialx.read, ".ifl": plain.read_ifl,
    ".ocio": plain.read_ocio}

_ENDINGS = tuple(sorted(READERS, key=len, reverse=True))

#: A file names no more files: whatever says so is not what it seems.
MOST_REFERENCES = 500000


def reads(path):
    """Tell whether a file may name others, by its ending."""
    return path.lower().endswith(_ENDINGS)


def of(path, note=None, cancel=None):
    """Yield the files that a file names.

    Args:
        path (str): Of a file on this disk.
        note (callable, optional): Hears sentences about what could not be read.
        cancel (Cancel, optional): Of the run.

    Yields:
        Reference: As it stands in the file; a relative path is meant from the file's own folder.

    Raises:
        Cancelled: The run was ended.
    """
    ending = next((ending for ending in _ENDINGS if path.lower().endswith(ending)), None)
    if ending is None:
        return
    note = note or (lambda sentence: None)
    lines, count = Lines(path, cancel, MOST_BYTES), 0
    try:
        for reference in READERS[ending](lines, path, note):
            if not reference.path.strip() or len(reference.path) > MOST_PATH or "\0" in reference.path:
                continue
            count += 1
            if count > MOST_REFERENCES:
                note("%s names more than %s files: the others are not looked for."
                     % (path, words.count(MOST_REFERENCES)))
                return
            yield reference
    except Unreadable as error:
        note("%s, so what it names is not looked for: %s." % (path, error.message))
    except (EnvironmentError, EOFError, zlib.error, struct.error, ValueError) as error:  # 2.7's gzip: struct.
        note("%s cannot be read (%s), so what it names is not looked for." % (
            path, compat.text(getattr(error, "strerror", None) or "it is damaged")))
    if lines.is_cut:
        note("%s is larger than %s: only its beginning was looked into." % (path, words.size(MOST_BYTES)))
