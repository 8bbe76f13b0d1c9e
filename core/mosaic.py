"""A part file that is filled in ranges, by many threads."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os
import threading
import zlib

from . import checksum, compat, marks, stream
from .errors import Busy, Cancelled, Incomplete, StorageBusy

_OPEN = os.O_RDWR | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOINHERIT", 0) | getattr(os, "O_NOFOLLOW", 0)


class Mosaic(stream.Sink):
    """A local part file while it is fetched in ranges.

    It is opened in one thread, filled in others and left, as ``with``, in whichever comes last. What a mark says
    of it counts as there until its range finds it otherwise.

    Args:
        path, item, gear, mark: As for `stream.Sink`; there is a mark.
        range_bytes (int): Of each range but the last one.

    Attributes:
        done (int): Bytes that are there, in all ranges together.
        ranges (list of Range): In their order; each is for one thread at a time.
    """

    __slots__ = ("ranges", "_range_bytes", "_lock", "_users", "_is_left")

    def __init__(self, path, item, gear, mark, range_bytes):
        super(Mosaic, self).__init__(path, item, gear, mark)
        self.ranges = []
        self._range_bytes = range_bytes
        self._lock = threading.Lock()
        self._users = 0
        self._is_left = False

    def __enter__(self):
        return self if self._file is not None else super(Mosaic, self).__enter__()

    def _begin(self, size):
        runs = self._mark.read()
        if not runs:
            self.restart()
        elif size > self.item.size:
            compat.truncate_file(self._file, self.item.size)
        for first in range(0, self.item.size, self._range_bytes):
            size = min(self._range_bytes, self.item.size - first)
            run = runs.get(first, (0, 0))
            self.ranges.append(Range(self, self._gear, first, size, run if run[0] <= size else (0, 0)))
        self.moved(sum(one.done for one in self.ranges))

    def moved(self, count):
        """Note that so many bytes more, or fewer, are there (any thread)."""
        with self._lock:
            self.done += count
            self._gear.progress.moved(self.item.target, self.done)

    def join(self):
        """Make the checksums of the ranges that of the whole."""
        for one in self.ranges:
            self._crc = checksum.combine(self._crc, one.crc, one.done)

    def open_again(self):
        """Return a descriptor of its own for a thread; `let_go` is to follow. The lock is held until then.

        Raises:
            Busy: Somebody else's file has this name now.
            OSError: It cannot be opened.
        """
        opened = os.open(compat.fs(self.path), _OPEN)
        if not compat.WINDOWS and not stream.is_at_path(self._file, self.path):
            os.close(opened)
            raise Busy("%s is being fetched by another program." % self.item.target)
        with self._lock:
            self._users += 1
        return opened

    def let_go(self, opened):
        """Close the descriptor of a thread."""
        os.close(opened)
        with self._lock:
            self._users -= 1
            is_last = self._is_left and not self._users
        if is_last:
            self._close()

    def note(self, first, done, crc):
        """Write down how far a range has got (any thread)."""
        self._mark.write(done, crc, first)

    def _is_broken_off(self, error):
        # The ranges have noted how far they are.
        return isinstance(error, (StorageBusy, Cancelled, KeyboardInterrupt)) and bool(self.done)

    def _close(self):
        with self._lock:
            self._is_left = True
            if self._users or self._file is None:
                return  # A thread that hangs still writes: nobody else may. It closes this file when it ends.
        self._mark.close()
        super(Mosaic, self)._close()


class Range(object):
    """One range of a `Mosaic`, as an engine fills it. Use it as ``with``, once for each attempt: it goes on.

    Args:
        whole (Mosaic): What it belongs to.
        gear (Gear): Of the run.
        first (int): Offset of its first byte.
        size (int): Bytes.
        run (tuple): ``(bytes, CRC-32)`` that a mark says are there.

    Attributes:
        done (int): Bytes that are there; the engine sends those behind them.
        crc (int): Of those.
    """

    __slots__ = ("first", "size", "done", "crc", "_whole", "_gear", "_file", "_marked", "_is_proven")

    def __init__(self, whole, gear, first, size, run=(0, 0)):
        self.first = first
        self.size = size
        self.done, self.crc = run
        self._whole = whole
        self._gear = gear
        self._file = None
        self._marked = self.done
        self._is_proven = not self.done

    def __enter__(self):
        self._file = self._whole.open_again()
        try:
            self._prove()
            os.lseek(self._file, self.first + self.done, os.SEEK_SET)
        except Exception:
            self._leave()
            raise
        return self

    def _prove(self):
        """Look whether what was there, when the file was opened, has the bytes that its mark says."""
        if not self._is_proven:
            crc, _ = stream.checksums_at(self._file, self.first, self.done, self._gear.cancel,
                                         path=self._whole.item.target)
            if crc & 0xFFFFFFFF != self.crc:
                self.restart()
            self._is_proven = True

    def restart(self):
        """Begin again with the first byte."""
        self._whole.moved(-self.done)
        self.done = self.crc = self._marked = 0

    def __exit__(self, *_):
        if self._is_proven:
            self._note()
        self._leave()

    def _leave(self):
        opened, self._file = self._file, None
        self._whole.let_go(opened)

    def _note(self):
        if self.done > self._marked:
            self._whole.note(self.first, self.done, self.crc)
            self._marked = self.done

    @property
    def block_size(self):
        """int: Bytes that an engine should hand over at a time."""
        return self._gear.throttle.block_size

    def write(self, block):
        """Write one block; see `stream.Sink.write`."""
        gear = self._gear
        gear.cancel.check()
        if self.done + len(block) > self.size:
            raise Incomplete("%s came with more than the %d bytes that were asked for. It was not kept; it will be "
                             "fetched again." % (self._whole.item.source, self.size))
        gear.throttle.take(len(block), gear.cancel.wait)
        stream.write_all(self._file, block)
        self.crc = zlib.crc32(block, self.crc) & 0xFFFFFFFF
        self.done += len(block)
        self._whole.moved(len(block))
        if self.done - self._marked >= marks.STEP_BYTES:
            self._note()
