"""One run of the vendor's transfer program, which never waits for ever and leaves nothing behind.

The program hangs where a server accepts and stays silent, and leaves its
children behind where it is ended. So it gets a process group of its own, a
watchdog for what it says, and the group is ended whatever the outcome.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import logging
import os
import re
import subprocess
import threading
from collections import namedtuple

from ... import compat
from ...errors import Cancelled, SettingsError
from .guard import Guard
from .output import Output

log = logging.getLogger(__name__)

#: How a run ended. ``code`` is the exit code, None where the watchdog ended it; ``summary`` is "success",
#: "recoverable", "failure" or None, by what the program said last of the run, or `HALTED`; ``words`` are its last
#: unknown lines.
Outcome = namedtuple("Outcome", "code summary words")

#: The summary of a run that was ended because the user wants a pause.
HALTED = "halted"

#: The exit code of what no retry helps.
FATAL = 255

#: Seconds without a sign of life after which a run is ended.
SILENCE_S = 180.0

#: What a DCC sets for itself, and what the program need not know.
_FOREIGN = re.compile("(?:PYTHON|QT_|QML|DYLD_|LD_LIBRARY_PATH|LD_PRELOAD|LC_ALL|RAYVISION_)", re.I)

_TICK_S = 0.05
_GRACE_S = 2.0
_GRACE_ON_CANCEL_S = 0.3
_DRAIN_S = 2.0
_DYING_S = 0.4
_BLOCK = 64 * 1024
_LOG_BYTES = 16 << 20
_NO_WINDOW = 0x8000000

#: Two threads that start processes at one moment trip over each other on Python 2.7.
_starting = threading.Lock()


def environment(log_folder=None, environ=None):
    """Return the environment of a run: a copy, this process's own stays as it is."""
    environ = os.environ if environ is None else environ
    found = dict((name, value) for name, value in environ.items() if not _FOREIGN.match(compat.text(name)))
    found[str("LC_ALL")] = str("C.UTF-8")  # It aborts with a locale that is not installed.
    if log_folder:
        found[str("RAYVISION_LOG")] = compat.like(log_folder, str(""))
    return found


class Run(object):
    """Start the program once and hear it to its end.

    Args:
        arguments (list of str): Of `command.arguments`.
        hear (callable): Takes a list of `output.Said`; called in another thread, one call at a time.
        cancel (Cancel): Ends it.
        log_path (str, optional): A file that what it says is added to.
        silence_s (float): Seconds after which no news ends it; more than 0.
        clock (callable): Seconds of a monotonic clock.
        halts (callable): Tells whether to end it for a pause.
    """

    def __init__(self, arguments, hear, cancel, log_path=None, silence_s=SILENCE_S, clock=compat.monotonic,
                 halts=lambda: False):
        self._arguments = arguments
        self._hear = hear
        self._cancel = cancel
        self._log_path = log_path
        self._silence_s = silence_s
        self._clock = clock
        self._halts = halts
        self._is_halted = False
        self._output = Output()
        self._changed = threading.Condition()
        self._summary = None
        self._percents = {}
        self._words = None
        self._alive_at = 0.0
        self._is_busy = self._is_over = False
        self._trouble = None

    def run(self):
        """Return the `Outcome`.

        Raises:
            Cancelled: The run was ended, and nothing of it is left.
            SettingsError: The program cannot be started.
        """
        self._cancel.check()
        journal = _Journal(self._log_path)
        try:
            with _starting:
                process = self._start(journal)
                guard = Guard(process).__enter__()
            reader = threading.Thread(target=self._read, args=(process.stdout, journal), name=str("transmitter"))
            reader.daemon = True
            reader.start()
            try:
                code = self._watch(process)
            finally:
                # Whatever it was: what it started ends with it. Only then does the pipe end, too.
                self._end(process)
                guard.__exit__()
                reader.join(_DRAIN_S)
                self._is_over = True
                if not reader.is_alive():  # Else something left the group with the pipe in its hands.
                    process.stdout.close()
        finally:
            journal.close()
        if self._trouble is not None:
            raise self._trouble
        return Outcome(code, HALTED if self._is_halted else self._summary, tuple(self._output.last))

    def _start(self, journal):
        options = compat.group_options()
        if "creationflags" in options:
            options["creationflags"] |= _NO_WINDOW
        options.setdefault("close_fds", not compat.WINDOWS)
        arguments = [compat.fs(argument) for argument in self._arguments]
        folder = os.path.dirname(self._log_path) if self._log_path else None
        self._alive_at = self._clock()
        try:
            with open(os.devnull, "rb") as nothing:
                return subprocess.Popen(arguments, stdin=nothing, stdout=subprocess.PIPE, stderr=journal.descriptor,
                                        cwd=compat.fs(os.path.dirname(self._arguments[0])),
                                        env=environment(folder), **options)
        except (OSError, ValueError) as error:
            raise SettingsError("The transfer program %s cannot be started (%s). Name another one by transmitter_exe."
                                % (self._arguments[0], compat.text(getattr(error, "strerror", None) or error)))

    def _watch(self, process):
        """Return the exit code, None after too long a silence."""
        while True:
            code = process.poll()
            if code is not None:
                return code
            self._cancel.check()
            if self._trouble is not None:
                return None
            if self._halts():
                self._is_halted = True
                return None
            if not self._is_busy and self._clock() - self._alive_at > self._silence_s:
                log.warning("The transfer program says nothing new for %g s and is ended.", self._silence_s)
                return None
            with self._changed:
                # Its pipe may end before it does: then this is a pause, too.
                self._changed.wait(_TICK_S)

    def _end(self, process):
        grace = _GRACE_ON_CANCEL_S if self._cancel.is_cancelled else _GRACE_S
        if process.poll() is None:
            compat.signal_group(process, False)
            until = compat.monotonic() + grace
            while process.poll() is None and compat.monotonic() < until:
                with self._changed:
                    self._changed.wait(_TICK_S)
        compat.signal_group(process, True)
        process.wait()
        until = compat.monotonic() + _DYING_S
        while _has_members(process.pid) and compat.monotonic() < until:
            with self._changed:
                self._changed.wait(_TICK_S / 5)

    # -- in the reading thread

    def _read(self, pipe, journal):
        try:
            while True:
                data = os.read(pipe.fileno(), _BLOCK)
                if not data:
                    break
                journal.write(data)
                self._take(self._output.feed(data))
            self._take(self._output.end())
        except Cancelled:
            pass
        except (IOError, OSError, ValueError) as error:
            log.debug("What the transfer program says cannot be read on: %s", error)
        except Exception as error:  # Of the listener: it belongs to whoever started the run.
            self._trouble = error
        with self._changed:
            self._changed.notify_all()

    def _take(self, said):
        words = self._output.last[-1] if self._output.last else None
        if words != self._words:
            self._words = words  # Not known, but something new.
            self._alive_at = self._clock()
        if not said or self._is_over:
            return
        for event in said:
            if event.kind == "progress":
                if self._percents.get(event.path) == event.done and not _moves(event.text):
                    continue  # It says only that it stands still.
                self._percents[event.path] = event.done
            elif event.path is None:
                self._summary = event.kind
            else:
                self._percents.pop(event.path, None)
            self._alive_at = self._clock()
        # A listener that takes its time is no silence of the program.
        began, self._is_busy = self._clock(), True
        try:
            self._hear(said)
        finally:
            self._alive_at += self._clock() - began
            self._is_busy = False


def _moves(speed):
    return bool(speed.strip("0. "))


def _has_members(group):
    """Tell whether a process group still has one: what was killed takes a moment to die."""
    if not hasattr(os, "killpg"):
        return False
    try:
        os.killpg(group, 0)
    except OSError:
        return False
    return True


class _Journal(object):
    """The file that keeps what a program says, bounded, for its owner's eyes only."""

    def __init__(self, path):
        self._left = _LOG_BYTES
        self._lock = threading.Lock()
        self.descriptor = None
        if path is None:
            self.descriptor = os.open(os.devnull, os.O_WRONLY)
            return
        try:
            compat.make_folder(os.path.dirname(path))
            if os.path.isfile(compat.fs(path)) and os.path.getsize(compat.fs(path)) > _LOG_BYTES:
                compat.replace(path, path + ".1")
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)
            self.descriptor = os.open(compat.fs(path), flags, 0o600)
        except (IOError, OSError) as error:
            log.warning("The log %s cannot be written (%s).", path, compat.text(error.strerror))
            self.descriptor = os.open(os.devnull, os.O_WRONLY)

    def write(self, data):
        """Add bytes, as long as there is room."""
        with self._lock:
            if len(data) > self._left:
                return
            self._left -= len(data)
            try:
                os.write(self.descriptor, data)
            except (IOError, OSError):
                self._left = 0  # A full disk: the transfer goes on.

    def close(self):
        """Close the file; a reader that was left behind writes no more."""
        with self._lock:
            self._left = 0
            os.close(self.descriptor)
