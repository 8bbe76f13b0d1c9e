"""Bring one list of files to the storage, in as few runs of the program as it takes.

What the program says of a file counts, not how it exits: 0 with files that
failed is no success, and a file it never named is not sent.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import logging
import os
from collections import OrderedDict, namedtuple

from ... import compat, manifest, paths
from ...errors import (NameRefused, SourceChanged, SourceMissing, StorageBusy, StorageError)
from ...model import Stored
from ...retry import retry
from . import command, run

log = logging.getLogger(__name__)

#: What all deliveries of a pool share. ``program`` is a path that may be run, ``route`` a `command.Route`,
#: ``progress`` a `progress.Progress`, ``folder`` one for lists, ``log_folder`` one for logs or None;
#: ``attempts`` are runs of the program for one list, ``pause_s`` is the first pause between two.
Setup = namedtuple("Setup", "program route progress folder log_folder silence_s attempts pause_s")
Setup.__new__.__defaults__ = (None, run.SILENCE_S, 4, 2.0)


class Delivery(object):
    """Send the files of one list.

    Args:
        setup (Setup): What all share.
        number (int): Of the program's place in the pool: names its list and its log.
        items (list of model.Item): The files.
        speed_kb (int or None): KB/s.
        tell (callable): Takes a list of ``(item, Stored or None, error or None)``, one for each file,
            once for each; called in other threads.
        cancel (Cancel): Ends it.
    """

    def __init__(self, setup, number, items, speed_kb, tell, cancel):
        self._setup = setup
        self._number = number
        self._speed_kb = speed_kb
        self._tell = tell
        self._cancel = cancel
        self._items = items
        self._left = OrderedDict()  # Local path as the program names it -> its items.
        self._counts = {}
        self._reasons = {}

    def run(self):
        """Send; every file was told of when it returns.

        Raises:
            Cancelled: It was ended; files that were not sent were not told of.
            SettingsError: The program cannot be started.
        """
        self._accept()
        try:
            retry(self._once, attempts=self._setup.attempts, wait=self._cancel.wait, first_s=self._setup.pause_s,
                  on_retry=self._note_retry)
        except StorageError as error:
            self.give_up(error)

    def give_up(self, error):
        """Tell of all files that are left that they were not sent."""
        left, self._left = self._left, OrderedDict()
        self._tell([(item, None, self._error(key, item, error)) for key, items in left.items() for item in items])

    def _accept(self):
        refused = []
        for item in self._items:
            try:
                command.check_local(item.source)
                paths.check_server(item.target)
            except NameRefused as error:
                refused.append((item, None, error))
            else:
                self._left.setdefault(_key(item.source), []).append(item)
        self._items = None
        if refused:
            self._tell(refused)

    def _once(self):
        if not self._left:
            return
        self._counts, self._reasons = {}, {}
        path = os.path.join(self._setup.folder, "list_%d.json" % self._number)
        manifest.write(path, ((item.source, item.target) for items in self._left.values() for item in items))
        order = command.Order("upload_json", path, speed_kb=self._speed_kb)
        log_path = None
        if self._setup.log_folder:
            log_path = os.path.join(self._setup.log_folder, "transmitter-%d.log" % self._number)
        try:
            outcome = run.Run(command.arguments(self._setup.program, self._setup.route, order), self._hear,
                              self._cancel, log_path, self._setup.silence_s).run()
        finally:
            compat.remove_file(path)
        if self._left:
            raise self._verdict(outcome)

    def _verdict(self, outcome):
        """Return the error of a run that did not send everything."""
        code, words = outcome.code, outcome.words[-1] if outcome.words else ""
        said = " It says: %s" % words if words else ""
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

    def _note_retry(self, error, attempt, pause_s):
        number = 0
        for items in self._left.values():
            for item in items:
                number += 1
                self._setup.progress.restart(item.target)
        log.info("%d files are sent again in %.1f s: %s", number, pause_s, error.message)
        self._setup.progress.later("retry", "%d files are sent again: %s" % (number, error.message))

    # -- in the reading thread

    def _hear(self, said):
        results = []
        for event in said:
            items = self._left.get(_key(event.path)) if event.path is not None else None
            if items is None:
                continue
            if event.kind == "progress":
                if len(items) == 1:
                    self._setup.progress.moved(items[0].target, int(items[0].size * event.done / 100.0))
            elif event.kind == "done":
                self._arrived(_key(event.path), items, results)
            elif event.kind != "begin":
                self._troubled(_key(event.path), items, event, results)
        if results:
            self._tell(results)

    def _arrived(self, key, items, results):
        # One file may go to several places: it is said to be done as often.
        self._counts[key] = self._counts.get(key, 0) + 1
        if self._counts[key] < len(items):
            return
        del self._left[key]
        self._reasons.pop(key, None)
        for item in items:
            error = _changed(item)
            results.append((item, None if error else Stored(item.target, item.size, item.mtime, None), error))

    def _troubled(self, key, items, event, results):
        if event.kind == "unreadable" and not os.path.exists(compat.fs(items[0].source)):
            del self._left[key]
            results.extend((item, None, _missing(item)) for item in items)
        else:
            self._reasons[key] = event

    def _error(self, key, item, error):
        if not os.path.exists(compat.fs(item.source)):
            return _missing(item)
        event = self._reasons.get(key)
        if event is None:
            return type(error)("%s was not sent: %s" % (item.source, error.message), retryable=error.retryable)
        if event.kind == "unreadable":
            return StorageError("%s was not sent: the transfer program cannot read it. Check its permissions."
                                % item.source)
        number = "" if event.code is None else " %d" % event.code
        return StorageError("%s was not sent: the transfer program reports error%s (%s)." % (
            item.source, number, event.text or "without a reason"), retryable=error.retryable)


def _missing(item):
    return SourceMissing("%s is missing: it was there a moment ago. It was not sent." % item.source)


def _changed(item):
    """Return an error where a file is no longer what was to be sent: nobody knows which of its bytes went."""
    try:
        status = os.stat(compat.fs(item.source))
    except OSError:
        return _missing(item)
    if status.st_size == item.size and compat.same_time(compat.mtime_ns(status), item.mtime):
        return None
    return SourceChanged("%s changed while it was being sent. It was not recorded as uploaded: save it and run the "
                         "upload again." % item.source)


if compat.WINDOWS:
    def _key(path):
        """Return what is one for a path as we give it and as the program names it."""
        return path.replace("\\", "/").lower()
else:
    def _key(path):
        """Return what is one for a path as we give it and as the program names it."""
        return path
