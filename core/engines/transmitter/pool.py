"""Several programs at a time over lists of files, each with its share of the speed."""
from __future__ import absolute_import, division, print_function, unicode_literals

import logging
import shutil
import tempfile
import threading
from collections import deque

from six.moves import queue

from ... import compat
from ...cancel import Cancel
from ...errors import Cancelled, SettingsError, SyncError
from .delivery import Delivery

log = logging.getLogger(__name__)

#: A file counts as so many bytes more than it has.
_FILE_BYTES = 256 << 10

#: A list is not cut into pieces that weigh less: every start of the program costs seconds.
LEAST_WEIGHT = 32 << 20

_TICK_S = 0.1
_SLICE_S = 0.1
_BATCHES = 64
_PATIENCE_S = 5.0


def lists(items, most=800, most_bytes=float("inf")):
    """Yield lists of at most so many of the items, and little more than so many bytes."""
    held, size = [], 0
    for item in items:
        held.append(item)
        size += item.size
        if len(held) >= most or size >= most_bytes:
            yield held
            held, size = [], 0
    if held:
        yield held


class Pool(object):
    """Bring lists of files through.

    Args:
        setup (errand.Setup): Program, route and limits; its ``folder`` may be None.
        cancel (Cancel): Ends the run.
        programs (int): Programs at a time, 1 or more.
        max_speed_kb (int, callable or None): KB/s for all together; None is no limit. What a callable
            returns holds for the programs that are started from then on.
        least_weight (int): Bytes of the smallest piece that a list is cut into at the end.
        errand (callable): Makes the `Errand` of a list.
    """

    def __init__(self, setup, cancel, programs=10, max_speed_kb=None, least_weight=LEAST_WEIGHT, errand=Delivery):
        if not isinstance(programs, int) or isinstance(programs, bool) or not 1 <= programs <= 256:
            raise SettingsError("The number of programs must be a whole number of 1 to 256, not %s." % (programs,))
        self._setup = setup
        self._ending = _Ending(cancel)
        self._errand = errand
        self._programs = programs
        self._limit_now = max_speed_kb if callable(max_speed_kb) else lambda: max_speed_kb
        self._look_at_limit()
        self._least = least_weight
        self._waiting = deque()
        self._returned = deque()  # Lists that a pause interrupted.
        self._running = {}  # Place -> (thread, its share of the speed).
        self._results = queue.Queue(_BATCHES)
        self._fed = False
        self._trouble = None

    def run(self, parts):
        """Yield ``(item, result or None, error or None)``, once for every file.

        Who hears it tells the progress that the file is finished.

        Args:
            parts (iterable): Lists of `model.Item`; read by the calling thread, a few ahead.

        Raises:
            Cancelled: After what was finished was yielded. No program is left.
            SettingsError: The program cannot be started, or would refuse what it is given.
        """
        source = iter(parts)
        # `str`: 2.7 joins these with bytes. This user's only.
        folder = compat.text(self._setup.folder or tempfile.mkdtemp(prefix=str("rv-lists-")))
        setup = self._setup._replace(folder=folder)
        try:
            while self._trouble is None and not self._ending.is_cancelled:
                self._feed(source)
                self._start(setup)
                if not self._running and self._fed and not self._waiting:
                    break
                for result in self._some(_TICK_S):
                    yield result
                self._setup.progress.tick()
            self._dismiss()
            for result in self._some(0):
                yield result
            if self._trouble is not None:
                raise self._trouble
            self._ending.check()
        finally:
            self._ending.cancel()
            self._dismiss()
            if self._setup.folder is None:
                shutil.rmtree(compat.fs(folder), ignore_errors=True)

    def _look_at_limit(self):
        self._limit = self._limit_now()
        # Less than 1 KB/s cannot be said.
        self._places = self._programs if not self._limit else max(1, min(self._programs, self._limit))

    def _feed(self, source):
        while not self._fed and len(self._waiting) <= self._places:
            part = next(source, None)
            if part is None:
                self._fed = True
            elif part:
                self._waiting.append(part)

    def _start(self, setup):
        for place, (thread, _) in list(self._running.items()):
            if not thread.is_alive():
                del self._running[place]
        while self._returned:
            self._waiting.appendleft(self._returned.popleft())
        if self._setup.is_paused():
            return
        self._look_at_limit()
        free = self._places - len(self._running)
        if self._fed and free > 0 and self._waiting:
            # The last list is begun in two steps, so that whoever ends first finds something to do.
            self._spread(free + 1 if self._running else free)
        while self._waiting and free > 0:
            share = self._share(free)
            place = min(set(range(self._places)) - set(self._running))
            errand = self._errand(setup, place, self._waiting.popleft(), share, self._tell, self._ending)
            thread = threading.Thread(target=self._labour, args=(errand,), name=str("transmitter-%d" % place))
            thread.daemon = True
            thread.start()
            self._running[place] = thread, share or 0
            free -= 1

    def _spread(self, number):
        """Cut the heaviest waiting lists until there are so many."""
        while len(self._waiting) < number:
            heaviest = max(self._waiting, key=_weight)
            if len(heaviest) < 2 or _weight(heaviest) < 2 * self._least:
                return
            self._waiting.remove(heaviest)
            self._waiting.extend(_halves(heaviest))

    def _share(self, free):
        if not self._limit:
            return None
        left = self._limit - sum(share for _, share in self._running.values())
        # As long as more may come, nobody takes the share of who is not there yet.
        return max(1, left // (min(free, len(self._waiting)) if self._fed else free))

    def _some(self, wait_s):
        """Yield what was told, waiting for the first of it."""
        try:
            batch = self._results.get(True, wait_s) if wait_s else self._results.get_nowait()
            while True:
                for result in batch:
                    yield result
                batch = self._results.get_nowait()
        except queue.Empty:
            return

    def _dismiss(self):
        """End what runs; results that still come are kept."""
        if self._running and (self._trouble is not None or self._ending.is_cancelled):
            self._ending.cancel()
        until = compat.monotonic() + _PATIENCE_S
        for thread, _ in self._running.values():
            thread.join(max(until - compat.monotonic(), 0.01))
        self._running = {}

    # -- in the threads

    def _labour(self, errand):
        try:
            left = errand.run()
            if left:
                self._returned.append(left)
        except Cancelled:
            pass
        except SettingsError as error:
            self._trouble = error
        except SyncError as error:
            self._give_up(errand, error)
        except Exception as error:  # A defect of ours must not lose the files' fate.
            log.exception("A list of files failed in an unforeseen way")
            self._give_up(errand, SyncError("an unforeseen error (%s). The log has the details."
                                              % compat.text(repr(error))))

    @staticmethod
    def _give_up(errand, error):
        try:
            errand.give_up(error)
        except Cancelled:
            pass

    def _tell(self, results):
        while True:
            try:
                self._results.put(results, True, _SLICE_S)
                return
            except queue.Full:
                # Whoever reads is slow; after a cancel nobody may read at all.
                self._ending.check()


class _Ending(object):
    """A run's own switch, thrown by the user's as well."""

    def __init__(self, cancel):
        self._outer = cancel
        self._own = Cancel()

    @property
    def is_cancelled(self):
        return self._own.is_cancelled or self._outer.is_cancelled

    def cancel(self):
        self._own.cancel()

    def check(self):
        self._outer.check()
        self._own.check()

    def wait(self, seconds):
        until = compat.monotonic() + seconds
        while True:
            self.check()
            left = until - compat.monotonic()
            if left <= 0:
                return
            self._own.wait(min(left, _SLICE_S))


def _weight(items):
    return sum(item.size for item in items) + _FILE_BYTES * len(items)


def _halves(items):
    """Return a list in two of about equal weight, neither empty; the heavier first."""
    goal, weight, cut = _weight(items) / 2.0, 0, 0
    while cut < len(items) - 1 and (not cut or weight + items[cut].size + _FILE_BYTES <= goal):
        weight += items[cut].size + _FILE_BYTES
        cut += 1
    return sorted((items[:cut], items[cut:]), key=_weight, reverse=True)
