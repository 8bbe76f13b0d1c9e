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

    Args:
        cancel (Cancel): Of the run.
    """

    def __init__(self, cancel):
        self._cancel = cancel
        self._ended = threading.Event()
        self._before = []
        self._threads = []

    def __enter__(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            try:
                self._before.append((number, signal.signal(number, self._hear)))
            except ValueError:
                pass  # Not the main thread: whoever runs us there has signals of his own.
        return self

    def __exit__(self, *_):
        self._ended.set()
        for thread in self._threads:
            thread.join(1)  # 2.7 complains about threads that outlive it.
        for number, handler in self._before:
            signal.signal(number, handler)

    def _hear(self, number, frame):
        if self._ended.is_set():
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
        if compat.WINDOWS:
            _thread.interrupt_main()
        else:
            # A real signal: it ends the system call that the main thread is waiting in.
            os.kill(os.getpid(), number)
