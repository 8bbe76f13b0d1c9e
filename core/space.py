"""The room on the disk that files land on, shared by all threads of a run."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os
import threading

from . import compat, words
from .errors import NoSpace

#: Left free on purpose: folders and the record need some, too.
_SPARE_BYTES = 64 << 10

#: Where so much more is free than is needed, others may take some meanwhile: the disk is not asked again for a while.
_AMPLE_BYTES, _AMPLE_S = 1 << 30, 0.5

#: How often a thread that waits looks for room.
_LOOK_S = 1.0


class Space(object):
    """Reserves room before a file is fetched, and lets files wait while there is none.

    Args:
        folder (str): An existing folder of the disk.
        gear (Gear): Of the run: its cancel ends a wait, its progress is told of one.
        patience_s (float or None): How long the run waits for room without a file landing; None for ever.
        free (callable): folder -> bytes.
        clock (callable): Seconds of a monotonic clock.
    """

    def __init__(self, folder, gear, patience_s=None, free=compat.free_space, clock=compat.monotonic):
        self.folder = folder
        self._gear = gear
        self._patience_s = patience_s
        self._free = free
        self._clock = clock
        self._lock = threading.Lock()
        self._rooms = set()
        self._known, self._asked = 0, None
        self._waiting = set()
        self._since = None
        self._is_patient = True

    def wait_for(self, path, size):
        """Return the `Room` for a file; use it as ``with``."""
        return Room(self, path, size)

    def try_take(self, room):
        """Reserve room; tell whether there was enough."""
        with self._lock:
            if self._known - room.size > _AMPLE_BYTES and self._clock() - self._asked < _AMPLE_S:
                self._known -= room.size
            else:
                self._asked = self._clock()
                self._known = self._free(self.folder) - sum(other.left for other in self._rooms) - room.size
            if self._known < _SPARE_BYTES:
                return False
            self._rooms.add(room)
            return True

    def wait(self, room):
        """Wait a moment for room.

        Raises:
            NoSpace: The patience has ended.
            Cancelled: The run was cancelled.
        """
        with self._lock:
            self._rooms.discard(room)
            if not self._waiting:
                self._since = self._clock()
                self._tell_full()
            self._waiting.add(room)
            if self._patience_s is not None and self._clock() - self._since >= self._patience_s:
                self._is_patient = False  # Nor do the others wait any more.
            if not self._is_patient:
                raise NoSpace("No space left on %s: %s did not land (%s needed). Free some space and download "
                              "again." % (self.folder, os.path.basename(room.path), words.size(room.size)))
        self._gear.cancel.wait(_LOOK_S)

    def _tell_full(self):
        progress = self._gear.progress
        files = max(progress.files_total - progress.files - progress.failed, 1)
        self._say("No space left on %s: %d frame%s (%s needed). Free some space: the download goes on by itself." % (
            self.folder, files, " waits" if files == 1 else "s wait",
            words.size(progress.bytes_total - progress.bytes)))

    def _say(self, note):
        if self._is_patient:
            self._gear.progress.later("note", note)

    def leave(self, room, landed):
        """Give a reservation back."""
        with self._lock:
            self._rooms.discard(room)
            if room not in self._waiting:
                return
            self._waiting.discard(room)
            if landed:
                self._since = self._clock()
                if not self._waiting:
                    self._say("There is room on %s again: the download goes on." % self.folder)


class Room(object):
    """The room that one file needs. Made by `Space`."""

    def __init__(self, space, path, size):
        self.path = path
        self.size = size
        self._space = space
        self._sink = None
        self._begun = 0

    @property
    def left(self):
        """int: Bytes that are still to be written."""
        return max(self.size - (self._sink.done - self._begun), 0) if self._sink else self.size

    def take(self):
        """Reserve it, waiting where it is not there: see `Space.wait`."""
        self._sink = None
        while not self._space.try_take(self):
            self._space.wait(self)

    def refused(self):
        """The disk did not take the file, whatever it says of its room (a quota): wait a moment."""
        self._space.wait(self)

    def follow(self, sink):
        """Count what a `Sink` has written as no longer needed."""
        self._begun = sink.done  # Was there before: the room was not reserved for it.
        self._sink = sink

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        self._space.leave(self, landed=kind is None)
