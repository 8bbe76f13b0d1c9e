"""The one object by which a run is ended early: everything that can wait has it."""
from __future__ import absolute_import, division, print_function, unicode_literals

import sys
import threading

import six

from . import compat
from .errors import Cancelled

#: Windows cannot interrupt a wait by Ctrl-C, so no single one is longer.
_SLICE_S = 0.5


class Cancel(object):
    """A switch that is thrown once, from any thread or a signal handler."""

    def __init__(self):
        self._cancelled = False
        # A condition, not an event: its lock may be taken again by a signal
        # handler that interrupts `wait` in the same thread.
        self._changed = threading.Condition()

    @property
    def is_cancelled(self):
        """bool: `cancel` was called."""
        return self._cancelled

    def cancel(self):
        """End the run: `check` and `wait` raise from now on."""
        self._cancelled = True
        with self._changed:
            self._changed.notify_all()

    def check(self):
        """Raise if the run was ended.

        Raises:
            Cancelled: `cancel` was called.
        """
        if self._cancelled:
            raise Cancelled()

    def wait(self, seconds):
        """Wait, but no longer than until the run is ended.

        Args:
            seconds (float): Time to wait; 0 or less only checks.

        Raises:
            Cancelled: `cancel` was called, before or meanwhile.
        """
        end = compat.monotonic() + seconds
        with self._changed:
            while not self._cancelled:
                left = end - compat.monotonic()
                if left <= 0:
                    return
                self._changed.wait(min(left, _SLICE_S))
        raise Cancelled()

    def run(self, call):
        """Call what cannot be interrupted, such as a farm that says nothing.

        It runs in a thread of its own, which a cancel leaves behind.

        Args:
            call (callable): Takes nothing.

        Returns:
            Whatever `call` returns.

        Raises:
            Cancelled: `cancel` was called, before or meanwhile.
        """
        self.check()
        outcome = []

        def work():
            try:
                outcome.append((call(), None))
            except BaseException:  # Raised again in the thread that waits.
                outcome.append((None, sys.exc_info()))
            with self._changed:
                self._changed.notify_all()

        thread = threading.Thread(target=work, name=str("uninterrupted"))
        thread.daemon = True
        thread.start()
        with self._changed:
            while not outcome:
                if self._cancelled:
                    raise Cancelled()
                self._changed.wait(_SLICE_S)
        value, error = outcome.pop()
        if error is not None:
            six.reraise(*error)
        return value
