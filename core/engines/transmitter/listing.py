"""What the output storage holds, by the farm's own lists of its folders."""
from __future__ import absolute_import, division, print_function, unicode_literals

import calendar
import time
from collections import OrderedDict

from ... import compat, paths
from ...errors import FarmError, FarmUnreachable, NameRefused
from ...model import Stored

#: Folders inside folders: no farm puts frames deeper.
_DEEPEST = 40

#: Seconds have ten digits until the year 2286, milliseconds have more.
_MILLISECONDS = 10 ** 11

_TIME = "%Y-%m-%d %H:%M:%S"


class Listing(object):
    """The output storage's folders, as the farm lists them.

    Args:
        ask (callable): Takes the path of a folder, or the number of a task as ``task_id``; returns the
            farm's answer; raises only errors of ours.
    """

    def __init__(self, ask):
        self._ask = ask
        self._tasks = {}

    def claim(self, name, task_id):
        """Note which task puts its frames under a name: a folder of another account is listed by its task only."""
        self._tasks[name] = task_id

    def files(self, folder, depth=0):
        """Yield the `Stored` of every file below a folder.

        Raises:
            FarmError: The farm cannot be asked, or refused.
        """
        found, below = self._entries(folder)
        for stored in found.values():
            yield stored
        for name in below:
            try:
                paths.check_server(name)
            except NameRefused:
                # It is refused, and said, as a file of such a name is.
                yield Stored(name, 0, None, None)
                continue
            if depth < _DEEPEST:
                for stored in self.files(name, depth + 1):
                    yield stored

    def look(self, names):
        """Return ``{name: Stored}`` of those of the names that are there now; one question a folder."""
        found = {}
        for folder in sorted(set(name.rpartition("/")[0] or "/" for name in names)):
            found.update(self._entries(folder)[0])
        return dict((name, found[name]) for name in names if name in found)

    def _entries(self, folder):
        """Return ``({name: Stored}, [names of folders])`` of one folder."""
        answer = self._ask(folder)
        if not answer and folder in self._tasks:
            answer = self._ask(folder, task_id=self._tasks[folder])
        if answer is None:
            answer = []
        if not isinstance(answer, list):
            raise FarmUnreachable("The farm's list of the folder %s has an unknown shape." % folder)
        files, below = OrderedDict(), []
        for entry in answer:
            name = entry.get("fileName") if isinstance(entry, dict) else None
            if not isinstance(name, compat.text_type) or not name:
                continue
            # Whether `filePath` names the folder or the file itself is documented nowhere.
            name = "%s/%s" % (folder.rstrip("/"), name.strip("/"))
            if _is_true(entry.get("directory")):
                below.append(name)
            else:
                files[name] = Stored(name, _size(entry.get("fileSize")), mtime_of(entry.get("lastModify")), None)
        return files, below


def is_gone(error):
    """Tell whether the farm's refusal of a list only means that there is no such folder (yet)."""
    return isinstance(error, FarmError) and error.code == 404


def _is_true(value):
    return value is True or "%s" % (value,) in ("1", "true", "True")


def _size(value):
    try:
        number = int(value)
    except (TypeError, ValueError):
        return None
    return number if number >= 0 and not isinstance(value, bool) else None


def mtime_of(value):
    """Return nanoseconds of what the farm says of a file's time: milliseconds, seconds or a date; else None.

    A date has no zone: it is taken for UTC, which tells a frame that was rendered again just as well.
    """
    try:
        number = int(value)
    except (TypeError, ValueError):
        number = None
    if number is not None and not isinstance(value, bool):
        return number * (10 ** 6 if number >= _MILLISECONDS else 10 ** 9) if number > 0 else None
    try:
        return calendar.timegm(time.strptime(str(compat.text(value)), str(_TIME))) * 10 ** 9
    except (TypeError, ValueError):
        return None
