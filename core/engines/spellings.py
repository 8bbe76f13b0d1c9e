"""Which names a folder holds, on a disk that does not tell ``A`` from ``a``."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import os
import threading
import unicodedata
from collections import OrderedDict

from .. import compat

#: Folders whose names are kept in memory.
_FOLDERS = 64


def fold(name):
    """Return what an insensitive disk makes of a name: capitals and forms of accents are one."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).upper().lower())


class Spellings(object):
    """Give each name of a folder to the first spelling of it.

    Numbers stand for names, so that large folders fit in memory. Safe to use
    from many threads.

    Attributes:
        rewrites (bool): The disk lists accents in another form than it was
            given, as a share does on macOS: forms cannot be told apart.
    """

    def __init__(self):
        self.rewrites = False
        self._folders = OrderedDict()
        self._lock = threading.Lock()

    def claim(self, path):
        """Take a name; False where another spelling of it has been taken or is there."""
        folder, name = os.path.split(path)
        with self._lock:
            first = self._names(folder).setdefault(hash(fold(name)), hash(path))
        return first in (hash(path), hash(name)) or (self.rewrites and first in _forms(name))

    def _names(self, folder):
        key = fold(folder)
        names = self._folders.pop(key, None)
        if names is None:
            names = dict((hash(fold(name)), hash(name)) for name in _listing(folder))
        self._folders[key] = names
        if len(self._folders) > _FOLDERS:
            self._folders.popitem(last=False)
        return names


def _forms(name):
    return [hash(form) for form in (name, unicodedata.normalize("NFC", name), unicodedata.normalize("NFD", name))]


def is_insensitive(folder):
    """Look whether a folder's disk takes ``A`` and ``a`` for one name; None if no name there tells."""
    names = set(_listing(folder))
    for name in names:
        other = name.swapcase()
        if other not in names and other != name:
            return os.path.lexists(compat.fs(os.path.join(folder, other)))
        if other != name:
            return False
    return None


def rewrites(folder):
    """Try whether a disk lists an accent as it was given; leaves nothing behind."""
    probe = os.path.join(folder, "\u00e9.part")
    try:
        with io.open(compat.fs(probe), "wb"):
            pass
        return os.path.basename(probe) not in _listing(folder)
    except (IOError, OSError):
        return False
    finally:
        if os.path.lexists(compat.fs(probe)):
            compat.remove_file(probe)


def _listing(folder):
    try:
        return [compat.from_fs(name) for name in os.listdir(compat.fs(folder))]
    except OSError:
        return []  # Not made yet.
