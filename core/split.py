"""Work that is done in parts, by as many threads as are free."""
from __future__ import absolute_import, division, print_function, unicode_literals

import threading
from collections import namedtuple

#: What a work returns that is to go on in parts. ``parts`` is a list; ``do`` takes one of them, in any thread. ``join``
#: is called after the last of them, with the list of what `do` returned, in the parts' order, and the first error or
#: None: what it returns is the item's value, or another `Split`. After an error, parts that have not begun are let go.
Split = namedtuple("Split", "parts do join")


class Piece(object):
    """One part of an item, as it waits for a thread.

    Args:
        whole (Whole): What it belongs to.
        number (int): Of the part, from 0.
    """

    __slots__ = ("whole", "number")

    def __init__(self, whole, number):
        self.whole = whole
        self.number = number


class Whole(object):
    """An item that is under way in parts.

    Args:
        item: Of the crew.
        split (Split): How it goes on.
    """

    def __init__(self, item, split):
        self.item = item
        self._split = split
        self._values = [None] * len(split.parts)
        self._left = len(split.parts)
        self._error = None
        self._lock = threading.Lock()

    def pieces(self):
        """Return a list of its `Piece`s."""
        return [Piece(self, number) for number in range(len(self._values))]

    def do(self, number):
        """Do one part, unless another one has failed. Returns True after the last of them.

        Raises:
            Cancelled: This part did not end, and so the item does not.
        """
        if self._error is None:
            self._values[number] = self._split.do(self._split.parts[number])
        return self._end()

    def fail(self, error):
        """Note that a part failed. Returns True after the last of them."""
        return self._end(error)

    def _end(self, error=None):
        with self._lock:
            self._error = self._error or error
            self._left -= 1
            return not self._left

    def join(self):
        """Return the item's value, or another `Split`.

        Raises:
            SyncError: Of the join, which may be that of the part that failed first.
        """
        return self._split.join(self._values, self._error)
