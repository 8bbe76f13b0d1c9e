"""Ctrl-C and SIGTERM: the run is asked to end; where it cannot hear that, it is interrupted."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os
import signal
import threading

from six.moves import _thread

from .. import compat

#: A run that hears the cancel has ended by then; one that waits for a silent farm has not.
_PATIENCE_S = 0.9


class Interrupts(object):
    """While open, signals cancel the run; the second one raises KeyboardInterrupt.

    The second one may be our own, where a run does not end by the first; it breaks off nothing that comes after `end`.

    Args:
        cancel (Cancel): Of the run.
    """

    def __init__(self, cancel):
        self._cancel = cancel
        self._ended = threading.Event()
        self._is_closed = self._has_knocked = False
        self._before = []
        self._threads = []

    def __enter__(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            try:
                self._before.append((number, signal.signal(number, self._hear)))
            except ValueError:
                pass  # Not the main thread: whoever runs us there has signals of his own.
        return self

    def end(self):
        """The run has ended, by itself or by a cancel: only what is said of it is to come."""
        self._ended.set()

    def __exit__(self, *_):
        self._is_closed = True
        self._ended.set()
        for thread in self._threads:
            thread.join(1)  # 2.7 complains about threads that outlive it.
        for number, handler in self._before:
            signal.signal(number, handler)

    def _hear(self, number, frame):
        if self._is_closed:
            return
        if self._has_knocked and self._ended.is_set():
            self._has_knocked = False  # It was ours, sent just before the end.
            return
        if self._cancel.is_cancelled:
            raise KeyboardInterrupt()
        self._cancel.cancel()
        again = threading.Thread(target=self._again, args=(number,))
        again.daemon = True
        self._threads.append(again)
        again.start()

    def _again(self, number):
        if self._ended.wait(_PATIENCE_S):
            return
        self._has_knocked = True
        if compat.WINDOWS:
            _thread.interrupt_main()
        else:
            # A real signal: it ends the system call that the main thread is waiting in.
            os.kill(os.getpid(), number)
