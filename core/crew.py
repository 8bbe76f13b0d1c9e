"""Threads that work off files, as many as pay.

The calling thread feeds items and hears results; the workers share two queues
and nothing else. Files above a size go in a lane of their own, so that one
60 GB cache does not begin when everything else is done.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import logging
import threading
from collections import deque

from . import compat
from .errors import Cancelled, SettingsError, SyncError

log = logging.getLogger(__name__)

#: Files of this size and more take the lane of large ones.
LARGE_BYTES = 32 << 20

_AHEAD = 8000
_REFILL = 1000
_TICK_S = 0.05
_PARKED_S = 0.25
_PATIENCE_S = 0.8

#: A file counts as this many bytes more than it has: opening, naming and closing cost as much.
_FILE_BYTES = 256 << 10


def parse_threads(value):
    """Return a number of threads, or None for "auto".

    Raises:
        SettingsError: Neither "auto" nor a whole number of 1 to 256.
    """
    if value is None or compat.text(value).strip().lower() in ("", "auto"):
        return None
    try:
        if isinstance(value, (bool, float)):
            raise ValueError
        number = int(value)
    except (TypeError, ValueError):
        number = 0
    if not 1 <= number <= 256:
        raise SettingsError("The number of threads %s is not a whole number of 1 to 256, or \"auto\"."
                            % compat.text(value))
    return number


class Threads(object):
    """A number of threads that may be changed while a run goes on.

    Attributes:
        number (int or None): None adapts.
    """

    def __init__(self, number=None):
        self.number = number


class Tuner(object):
    """Find the number of threads that moves most: climb while it pays.

    On a local disk one thread is fastest, since Python runs one at a time;
    where every call waits for a network, dozens are. So more threads are
    tried only while this process leaves its processor idle, and fewer are
    tried from time to time.

    Args:
        first (int): Where to begin.
        most (int): Where to end.
        fixed (int, Threads or None): A number that the user chose: nothing is tuned.
        clock, cpu (callable): Seconds of a monotonic clock, and of processor time.
    """

    _WINDOW_S = 0.12
    _LONGEST_S = 2.0
    _ENOUGH = 4
    _GAIN = 1.25
    _LOSS = 0.97
    _BUSY = 0.7
    _IDLE = 0.2
    _LONGEST_REST = 40

    def __init__(self, first=1, most=48, fixed=None, clock=compat.monotonic, cpu=compat.cpu_seconds):
        self._chosen = fixed if isinstance(fixed, Threads) else Threads(fixed)
        self._tuned = min(first, most)
        self._most = most
        self._clock, self._cpu = clock, cpu
        self._base = None       # Score at the number of threads that holds.
        self._before = None     # That number, while another one is on trial.
        self._up = True
        self._rest = self._pause = 1
        self._start(0, 0)

    @property
    def threads(self):
        """int: How many threads should work now."""
        return self._chosen.number or self._tuned

    def _start(self, files, size):
        self._since, self._busy_since = self._clock(), self._cpu()
        self._files, self._bytes = files, size

    def observe(self, files, size):
        """Take note of absolute totals; change the number of threads where it pays.

        Args:
            files (int): Files finished so far.
            size (int): Bytes moved so far.
        """
        if self._chosen.number:
            return
        elapsed = self._clock() - self._since
        count = files - self._files
        if elapsed < self._WINDOW_S or (count < self._ENOUGH * self.threads and elapsed < self._LONGEST_S):
            return
        score = (count * _FILE_BYTES + size - self._bytes) / elapsed
        share = (self._cpu() - self._busy_since) / elapsed
        self._start(files, size)
        if score > 0:
            self._step(score, share)

    def _step(self, score, share):
        if self._before is None:
            self._base = score if self._base is None else (self._base + score) / 2
            self._rest -= 1
            if self._rest <= 0:
                self._try(share)
            return
        before, self._before = self._before, None
        if score > self._base * (self._GAIN if self.threads > before else self._LOSS):
            self._base = score
            self._pause = 1
            self._try(share)
        else:
            self._tuned = before
            self._up = not self._up
            self._rest = self._pause = min(self._pause * 2, self._LONGEST_REST)

    def _try(self, share):
        """Put another number of threads on trial, if there is one to try."""
        if self._up and (share > self._BUSY or self.threads >= self._most):
            self._up = False
        # A process that hardly uses its processor is far from the top: take bigger steps.
        step = 4 if share < self._IDLE else 2
        wanted = min(self.threads * step, self._most) if self._up else self.threads // 2
        if wanted < 1:
            self._up = True
            self._rest = self._pause = min(self._pause * 2, self._LONGEST_REST)
            return
        self._before, self._tuned = self.threads, wanted


class Crew(object):
    """Run `work` over items with threads that `tuner` numbers.

    Args:
        work (callable): Takes an item, returns a value or raises `SyncError`.
        tuner (Tuner): How many threads.
        cancel (Cancel): Ends the run: what is under way raises, the rest is dropped.
        progress (Progress): Hears ticks; knows the bytes of files under way.
    """

    def __init__(self, work, tuner, cancel, progress):
        self._work = work
        self._tuner = tuner
        self._cancel = cancel
        self._progress = progress
        self._small, self._large = deque(), deque()
        self._done = deque()
        self._fed = False
        self._large_active = 0
        self._lock = threading.Lock()
        self._more = threading.Event()
        self._wanted = threading.Condition()
        self._heard = threading.Event()
        self._threads = []

    def run(self, items, large=()):
        """Yield ``(item, value, error)`` in the order of completion.

        Args:
            items (iterable): Items; read by the calling thread, a few thousand ahead.
            large (iterable): Items for the other lane.

        Raises:
            Cancelled: After what was finished was yielded.
        """
        small, large = iter(items), iter(large)
        files = size = 0
        try:
            more = True
            while not self._cancel.is_cancelled:
                if more:
                    more = self._feed(small, self._small) | self._feed(large, self._large)
                    self._fed = not more
                    self._more.set()
                self._hire()
                drained = self._drain()
                for item, value, error in drained:
                    files += 1
                    size += item.size if error is None else 0
                    yield item, value, error
                self._tune(files, size + self._progress.in_flight())
                self._progress.tick()
                if self._is_over():
                    self._wake()
                    # In this order: the last thing a thread does is to add its result.
                    if not any(thread.is_alive() for thread in self._threads) and not self._done:
                        self._cancel.check()  # Threads that a cancel has ended did not finish their files.
                        return
                # Never spin: a thread that holds the interpreter makes every worker queue for it
                # after each system call.
                self._heard.wait(_TICK_S)
                self._heard.clear()
            self._dismiss()
            for result in self._drain():
                yield result
            self._cancel.check()
        finally:
            self._dismiss()

    @staticmethod
    def _feed(source, lane):
        """Top up a lane; tell whether its source may have more."""
        for _ in range(_AHEAD - len(lane)):
            item = next(source, None)
            if item is None:
                return False
            lane.append(item)
        return True

    def _hire(self):
        waiting = len(self._small) + len(self._large)
        while len(self._threads) < self._tuner.threads and (waiting > len(self._threads) or not self._threads):
            thread = threading.Thread(target=self._labour, args=(len(self._threads),),
                                      name=str("transfer-%d" % len(self._threads)))
            thread.daemon = True
            try:
                thread.start()
            except threading.ThreadError:
                if self._threads:
                    return  # The system gives no more: those that run will do.
                raise
            self._threads.append(thread)

    def _tune(self, files, size):
        before = self._tuner.threads
        self._tuner.observe(files, size)
        if self._tuner.threads > before:
            self._wake()

    def _wake(self):
        """Wake the threads that were one too many."""
        with self._wanted:
            self._wanted.notify_all()

    def _drain(self):
        return [self._done.popleft() for _ in range(len(self._done))]

    def _dismiss(self):
        self._fed = True
        self._small.clear()
        self._large.clear()
        self._more.set()
        self._wake()
        # A thread that hangs in a dead network disk is left behind: a cancel must not hang with it.
        until = compat.monotonic() + _PATIENCE_S
        for thread in self._threads:
            thread.join(max(until - compat.monotonic(), 0.01))
        self._threads = []

    # -- in the threads

    def _labour(self, number):
        while not self._cancel.is_cancelled:
            if number >= self._tuner.threads:
                if self._is_over():
                    break
                with self._wanted:
                    self._wanted.wait(_PARKED_S)
                continue
            item, is_large = self._next()
            if item is None:
                if self._is_over():
                    break
                self._heard.set()
                self._more.wait(_TICK_S)
                self._more.clear()
                continue
            self._do(item)
            if is_large:
                with self._lock:
                    self._large_active -= 1
        self._heard.set()

    def _is_over(self):
        return self._fed and not self._small and not self._large

    def _next(self):
        if self._large:
            with self._lock:
                if self._large and (not self._small or self._large_active < max(1, self._tuner.threads // 2)):
                    if self._tuner.threads > 1 or not self._small:
                        self._large_active += 1
                        return self._large.popleft(), True
        try:
            return self._small.popleft(), False
        except IndexError:
            return None, False

    def _do(self, item):
        try:
            result = (item, self._work(item), None)
        except Cancelled:
            return
        except SyncError as error:
            result = (item, None, error)
        except Exception as error:  # A defect of ours must not lose the file's fate.
            log.exception("Moving %s failed in an unforeseen way", item.source)
            result = (item, None, SyncError("%s: an unforeseen error (%s). The log has the details."
                                            % (item.source, compat.text(repr(error)))))
        self._done.append(result)
        if len(self._small) == _REFILL:
            self._heard.set()
