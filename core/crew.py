"""Threads that work off files, as many as pay.

The calling thread feeds items and hears results; the workers share two queues
and nothing else. Files above a size go in a lane of their own, so that one
60 GB cache does not begin when everything else is done; a work may go on in
parts, and then several threads move one file.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import logging
import threading
from collections import deque

from . import compat
from .errors import Cancelled, SyncError
from .split import Piece, Split, Whole

log = logging.getLogger(__name__)

#: Files of this size and more take the lane of large ones.
LARGE_BYTES = 32 << 20

_AHEAD = 8000
_REFILL = 1000
_TICK_S = 0.05
_PARKED_S = 0.25
_PATIENCE_S = 0.8


class Crew(object):
    """Run `work` over items with threads that `tuner` numbers.

    Args:
        work (callable): Takes an item, returns a value, or a `Split` where it goes on in parts (of the lane of
            large ones only), or raises `SyncError`.
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
        self._large_active = self._unsettled = self._idle = 0
        self._errands = deque()
        self._is_open = True
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
                self._run_errands()
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
        # One for each file or part that no idle thread will take.
        lacking = len(self._small) + len(self._large) - self._idle
        for _ in range(min(self._tuner.threads - len(self._threads), max(lacking, not self._threads))):
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

    def ask(self, call):
        """Have the thread that runs the crew call something, and wait until it has.

        For what one thread only may do, such as writing the record. For works and their parts.

        Args:
            call (callable): Takes nothing; what it raises is raised here.

        Raises:
            Cancelled: The crew ended meanwhile.
        """
        errand = _Errand(call)
        self._errands.append(errand)
        self._heard.set()
        while not errand.is_done.wait(_TICK_S):
            self._cancel.check()
            if not self._is_open:
                raise Cancelled()
        if errand.error is not None:
            raise errand.error

    def _run_errands(self):
        while self._errands:
            self._errands.popleft().run()

    def _dismiss(self):
        self._fed = True
        self._is_open = False
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
                self._rest()
                continue
            is_settled = self._do(item)
            if is_large or not is_settled:
                with self._lock:
                    self._large_active -= is_large
                    # A small one was not counted; where it goes on in parts, it is now.
                    self._unsettled += (not is_large) - (is_large and is_settled)
        self._heard.set()

    def _rest(self):
        with self._lock:
            self._idle += 1
        self._heard.set()
        self._more.wait(_TICK_S)
        self._more.clear()
        with self._lock:
            self._idle -= 1

    def _is_over(self):
        # What is not settled may still go on in parts.
        return self._fed and not self._small and not self._large and not self._unsettled

    def _next(self):
        if self._large:
            with self._lock:
                if self._large and (not self._small or self._large_active < max(1, self._tuner.threads // 2)):
                    if self._tuner.threads > 1 or not self._small:
                        self._large_active += 1
                        # Counted before it leaves the lane: `_is_over` takes no lock.
                        self._unsettled += not isinstance(self._large[0], Piece)
                        return self._large.popleft(), True
        try:
            return self._small.popleft(), False
        except IndexError:
            return None, False

    def _do(self, item):
        """Work on an item or a piece; tell whether that settled the item."""
        if not isinstance(item, Piece):
            return self._settle(item, lambda: self._work(item))
        whole = item.whole
        try:
            is_last = whole.do(item.number)
        except Cancelled:
            return False
        except Exception as error:
            is_last = whole.fail(_as_ours(whole.item, error))
        return is_last and self._settle(whole.item, whole.join)

    def _settle(self, item, call):
        """Note an item's result, or let it go on in parts; tell which."""
        try:
            value = call()
            while isinstance(value, Split):
                if value.parts:
                    with self._lock:
                        self._large.extendleft(reversed(Whole(item, value).pieces()))
                    self._more.set()
                    return False
                value = value.join([], None)
            result = (item, value, None)
        except Cancelled:
            return False
        except Exception as error:
            result = (item, None, _as_ours(item, error))
        self._done.append(result)
        if len(self._small) == _REFILL:
            self._heard.set()
        return True


def _as_ours(item, error):
    """Return an error of our tree: a defect of ours must not lose the file's fate."""
    if isinstance(error, SyncError):
        return error
    log.error("Moving %s failed in an unforeseen way", item.source, exc_info=True)
    return SyncError("%s: an unforeseen error (%s). The log has the details."
                     % (item.source, compat.text(repr(error))))


class _Errand(object):
    """Something that the thread which runs a crew calls for another one."""

    def __init__(self, call):
        self._call = call
        self.is_done = threading.Event()
        self.error = None

    def run(self):
        try:
            self._call()
        except SyncError as error:
            self.error = error
        self.is_done.set()
