"""How many threads move files: as many as pay."""
from __future__ import absolute_import, division, print_function, unicode_literals

from . import compat
from .errors import SettingsError

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
    _BACK_OFF_S = 1.0
    _CALM_S = 10.0

    def __init__(self, first=1, most=48, fixed=None, clock=compat.monotonic, cpu=compat.cpu_seconds):
        self._chosen = fixed if isinstance(fixed, Threads) else Threads(fixed)
        self._tuned = min(first, most)
        self._most = most
        self._clock, self._cpu = clock, cpu
        self._base = None       # Score at the number of threads that holds.
        self._before = None     # That number, while another one is on trial.
        self._up = True
        self._rest = self._pause = 1
        self._busy_answers = 0  # Written by many threads: only a change counts, none that is lost matters.
        self._heard_busy = 0
        self._calm_at = self._backed_off_at = None
        self._start(0, 0)

    @property
    def threads(self):
        """int: How many threads should work now."""
        return self._chosen.number or self._tuned

    def _start(self, files, size):
        self._since, self._busy_since = self._clock(), self._cpu()
        self._files, self._bytes = files, size

    def hear_busy(self):
        """Hear that the storage has too much to do (any thread; cheap)."""
        self._busy_answers += 1

    def _back_off(self):
        """Halve the threads of a storage that is overrun, once a second at most; do not climb for a while."""
        heard, self._heard_busy = self._heard_busy, self._busy_answers
        if heard == self._busy_answers:
            return False
        now = self._clock()
        self._calm_at = now + self._CALM_S
        if self._backed_off_at is not None and now - self._backed_off_at < self._BACK_OFF_S:
            return False
        self._backed_off_at = now
        self._tuned = max(1, self.threads // 2)
        self._base = self._before = None  # What was measured with more threads is no measure for fewer.
        self._up, self._rest, self._pause = True, 1, 1
        return True

    def observe(self, files, size):
        """Take note of absolute totals; change the number of threads where it pays.

        Args:
            files (int): Files finished so far.
            size (int): Bytes moved so far.
        """
        if self._chosen.number:
            return
        if self._back_off():
            self._start(files, size)
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
            if self._rest <= 0 and (self._calm_at is None or self._clock() >= self._calm_at):
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
