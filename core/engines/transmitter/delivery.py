"""Send one list of files to the storage."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os

from ... import compat, manifest, paths
from ...errors import NameRefused, SourceChanged, SourceMissing, StorageError
from ...model import Stored
from . import command
from .errand import Errand


class Delivery(Errand):
    """Send the files of one list; see `Errand`. A result is a `Stored`."""

    happens = "sent"

    def __init__(self, *args):
        super(Delivery, self).__init__(*args)
        self._counts = {}

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
        if refused:
            self._tell(refused)

    def _go(self):
        self._counts = {}
        path = os.path.join(self._setup.folder, "list_%d.json" % self._number)
        manifest.write(path, ((item.source, item.target) for items in self._left.values() for item in items))
        try:
            return self._start(command.Order("upload_json", path, speed_kb=self._speed_kb))
        finally:
            compat.remove_file(path)

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
        if event is not None and event.kind == "unreadable":
            return StorageError("%s was not sent: the transfer program cannot read it. Check its permissions."
                                % item.source)
        return self._blame(key, item.source, error)


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
