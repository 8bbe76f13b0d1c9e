"""Bring one list of files through, in as few runs of the program as it takes.

What the program says of a file counts, not how it exits: 0 with files that
failed is no success, and a file it never named has not moved.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import logging
import os
from collections import OrderedDict, namedtuple

from ... import words
from ...errors import StorageBusy, StorageError
from ...retry import retry
from . import command, run

log = logging.getLogger(__name__)

#: What all errands of a pool share. ``program`` is a path that may be run, ``route`` a `command.Route`,
#: ``progress`` a `progress.Progress`, ``folder`` one for lists, ``log_folder`` one for logs or None;
#: ``attempts`` are runs of the program for one list, ``pause_s`` is the first pause between two;
#: ``is_paused`` tells whether the user wants nothing to move for now.
Setup = namedtuple("Setup", "program route progress folder log_folder silence_s attempts pause_s is_paused")
Setup.__new__.__defaults__ = (None, run.SILENCE_S, 4, 2.0, lambda: False)


class Errand(object):
    """One list of files on its way; `Delivery` sends it, `Collection` fetches it.

    Args:
        setup (Setup): What all share.
        number (int): Of the program's place in the pool: names its list and its log.
        items (list): The files, with ``source``, ``target`` and ``size``.
        speed_kb (int or None): KB/s.
        tell (callable): Takes a list of ``(item, result or None, error or None)``, one for each file,
            once for each; called in other threads.
        cancel (Cancel): Ends it.
    """

    #: What happens to a file, in a sentence.
    happens = ""

    def __init__(self, setup, number, items, speed_kb, tell, cancel):
        self._setup = setup
        self._number = number
        self._speed_kb = speed_kb
        self._tell = tell
        self._cancel = cancel
        self._items = items
        self._left = OrderedDict()  # File as the program names it -> its items.
        self._reasons = {}

    def run(self):
        """Bring the files through; every one was told of when it returns, or is returned.

        Returns:
            list: Items that are left, where the user wants a pause.

        Raises:
            Cancelled: It was ended; files that did not move were not told of.
            SettingsError: The program cannot be started.
        """
        self._accept()
        self._items = None
        try:
            retry(self._once, attempts=self._setup.attempts, wait=self._cancel.wait, first_s=self._setup.pause_s,
                  on_retry=self._note_retry)
        except StorageError as error:
            self.give_up(error)
        return [item for items in self._left.values() for item in items]

    def give_up(self, error):
        """Tell of all files that are left that they did not move."""
        left, self._left = self._left, OrderedDict()
        self._tell([(item, None, self._error(key, item, error)) for key, items in left.items() for item in items])

    # -- what the kinds differ in

    def _accept(self):
        """Put the items into `_left`, and tell of those that are refused."""
        raise NotImplementedError

    def _go(self):
        """Start the program for what is left, by `_start`; return its `run.Outcome`."""
        raise NotImplementedError

    def _hear(self, said):
        """Take what the program said; called in the reading thread."""
        raise NotImplementedError

    def _error(self, key, item, error):
        """Return the last word on a file that is left."""
        return self._blame(key, item.source, error)

    # -- what they share

    def _once(self):
        if not self._left:
            return
        self._reasons = {}
        outcome = self._go()
        if outcome.summary == run.HALTED:
            self._restart()
        elif self._left:
            raise self._verdict(outcome)

    def _start(self, order, route=None):
        log_path = None
        if self._setup.log_folder:
            log_path = os.path.join(self._setup.log_folder, "transmitter-%d.log" % self._number)
        arguments = command.arguments(self._setup.program, route or self._setup.route, order)
        return run.Run(arguments, self._hear, self._cancel, log_path, self._setup.silence_s,
                       halts=self._setup.is_paused).run()

    def _verdict(self, outcome):
        """Return the error of a run that did not do everything."""
        code, last = outcome.code, outcome.words[-1] if outcome.words else ""
        said = " It says: %s" % last if last else ""
        if code == run.FATAL:
            return StorageError("the transfer program gave up (exit code 255).%s" % said)
        if code is None:
            return StorageBusy("the transfer program said nothing new for %g s and was ended. Is %s reachable?"
                               % (self._setup.silence_s, self._setup.route.host))
        if code == 0:
            return StorageBusy("the transfer program ended without a word on this file.")
        if code == 1:
            return StorageBusy("the transfer program could not reach or use the storage (exit code 1).%s" % said)
        return StorageBusy("the transfer program broke off (exit code %d).%s" % (code, said))

    def _restart(self):
        """Take back what moved of the files that are left; return how many they are."""
        number = 0
        for items in self._left.values():
            for item in items:
                number += 1
                self._setup.progress.restart(item.target)
        return number

    def _note_retry(self, error, attempt, pause_s):
        number = self._restart()
        note = "%s %s %s again: %s" % (words.plural(number, "file"), "is" if number == 1 else "are", self.happens,
                                       error.message)
        log.info("In %.1f s %s", pause_s, note)
        self._setup.progress.later("note", note)

    def _blame(self, key, name, error):
        """Return what the program said of a file, or else the error of its run, as an error of that file."""
        event = self._reasons.get(key)
        if event is None:
            return type(error)("%s was not %s: %s" % (name, self.happens, error.message), retryable=error.retryable)
        number = "" if event.code is None else " %d" % event.code
        return StorageError("%s was not %s: the transfer program reports error%s (%s)." % (
            name, self.happens, number, event.text or "without a reason"), retryable=error.retryable)
