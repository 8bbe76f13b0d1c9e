"""Small pictures of frames, loaded a few at a time and only while they are looked at."""
from __future__ import absolute_import, division, print_function, unicode_literals

from collections import OrderedDict

from .. import compat
from .binding import QtCore, QtGui

_MOST = 600
_TURN_S = 0.008
_MOST_SIDE = 512


class Thumbnails(object):
    """Pictures by path. `load` is called from a timer's turn; nothing is loaded by asking.

    Args:
        most (int): Pictures that are kept.
    """

    def __init__(self, most=_MOST, clock=compat.monotonic):
        self._most = most
        self._clock = clock
        self._found = OrderedDict()
        self._wanted = []

    @property
    def is_waiting(self):
        """bool: `load` has something to do."""
        return bool(self._wanted)

    def want(self, keys):
        """Say which pictures are looked at now.

        Args:
            keys (list of tuple): ``(path, version)``; another version is another picture.
        """
        self._wanted = [key for key in keys if key not in self._found]

    def get(self, key):
        """Return a QPixmap; None if it is not loaded, or cannot be."""
        found = self._found.get(key)
        if found is not None:
            self._found[key] = self._found.pop(key)  # Looked at last, thrown away last.
        return found or None

    def load(self):
        """Load some of what is wanted, for a few milliseconds. Returns True if there is something new to show."""
        until = self._clock() + _TURN_S
        any_new = False
        while self._wanted and self._clock() < until:
            key = self._wanted.pop(0)
            self._found[key] = _read(key[0])
            any_new = True
            while len(self._found) > self._most:
                self._found.popitem(last=False)
        return any_new


def _read(path):
    reader = QtGui.QImageReader(path)
    size = reader.size()
    if size.isValid() and max(size.width(), size.height()) > _MOST_SIDE:
        reader.setScaledSize(size.scaled(_MOST_SIDE, _MOST_SIDE, QtCore.Qt.AspectRatioMode.KeepAspectRatio))
    image = reader.read()
    return False if image.isNull() else QtGui.QPixmap.fromImage(image)
