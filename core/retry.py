"""The one retry loop: bounded in number and time, with a growing, uneven pause."""
from __future__ import absolute_import, division, print_function, unicode_literals

import random
import time

from . import compat
from .errors import SyncError


def retry(call, attempts=5, wait=time.sleep, first_s=0.5, most_s=30.0, jitter=random.random,
          on_retry=None, deadline_s=None, clock=compat.monotonic):
    """Call until it works, as long as the error says that trying again can help.

    Args:
        call (callable): Takes nothing; its result is returned.
        attempts (int): Calls at most, 1 or more.
        wait (callable): Takes seconds. Give ``cancel.wait``, so that a cancel ends the pause.
        first_s (float): Pause after the first failure; it doubles with every further one.
        most_s (float): Longest pause.
        jitter (callable): Returns 0..1. A pause lies between half and all of its
            length, so that forty workstations do not come back at one moment.
        on_retry (callable, optional): Told ``(error, attempt, pause in seconds)`` before a pause.
        deadline_s (float, optional): No pause is begun that would end later than
            this many seconds after the start.
        clock (callable): Returns seconds, never set back.

    Returns:
        Whatever `call` returns.

    Raises:
        SyncError: The last error, as it is. An error's own ``retry_after``
            (seconds that the other side asks for) lengthens the pause, up to `most_s`.
    """
    start = clock()
    attempt = 1
    while True:
        try:
            return call()
        except SyncError as error:
            if not error.retryable or attempt >= attempts:
                raise
            pause = _pause_s(error, attempt, first_s, most_s, jitter)
            if deadline_s is not None and clock() - start + pause > deadline_s:
                raise
            if on_retry:
                on_retry(error, attempt, pause)
        wait(pause)
        attempt += 1


def _pause_s(error, attempt, first_s, most_s, jitter):
    # The exponent is bounded: 2.0 ** 1024 is an error of its own.
    pause = min(most_s, first_s * 2.0 ** min(attempt - 1, 64)) * (0.5 + 0.5 * jitter())
    asked = getattr(error, "retry_after", None)
    return max(pause, min(asked, most_s)) if asked else pause
