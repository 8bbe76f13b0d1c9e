"""What is in folders: each one is listed once in a run, however many names are looked for in it."""
from __future__ import absolute_import, division, print_function, unicode_literals

import bisect
import errno
import os

from .. import compat


def is_insensitive(folder, names):
    """Tell whether ``A`` and ``a`` are one name in a folder: by one question about one of its names."""
    for name in names:
        other = name.swapcase()
        if other != name:
            try:
                return os.path.samefile(compat.fs(folder + "/" + name), compat.fs(folder + "/" + other))
            except (OSError, ValueError):
                return False
            except AttributeError:  # 2.7 on Windows.
                break
    return compat.WINDOWS or compat.MACOS


class Folder(object):
    """One folder's content.

    Args:
        path (str): Of the folder.
        entries (list): From `compat.scan_folder`.
        insensitive (callable): As `is_insensitive`.
    """

    def __init__(self, path, entries, insensitive):
        self.path = path
        self._entries = dict((entry.name, entry) for entry in entries)
        self.folds = bool(insensitive(path, self._entries))
        self._folded = None
        self._sorted = None

    def entry(self, name):
        """Return the entry of a name, None where it is not there."""
        found = self._entries.get(name)
        if found is None and self.folds:
            if self._folded is None:
                self._folded = dict((known.lower(), known) for known in self._entries)
            known = self._folded.get(name.lower())
            found = self._entries[known] if known is not None else None
        return found

    def has_file(self, name):
        """Tell whether a file of that name is there; a link without its end is none."""
        entry = self.entry(name)
        return entry is not None and entry.is_file()

    def entries(self):
        """Return all entries, sorted by name."""
        return [self._entries[name] for name in sorted(self._entries)]

    def starting(self, prefix):
        """Return the entries whose names begin with a text: found by bisection, a folder may hold thousands of sets."""
        if self._sorted is None:
            fold = (lambda name: name.lower()) if self.folds else (lambda name: name)
            self._sorted = sorted((fold(name), name) for name in self._entries)
        if self.folds:
            prefix = prefix.lower()
        rows, entries = self._sorted, self._entries
        found = []
        for place in range(bisect.bisect_left(rows, (prefix, "")), len(rows)):
            folded, name = rows[place]
            if not folded.startswith(prefix):
                break
            found.append(entries[name])
        return found


class Unlisted(object):
    """A folder that this user may enter but not list: files are asked for one by one."""

    folds = False

    def __init__(self, path):
        self.path = path

    def has_file(self, name):
        """Tell whether a file of that name is there."""
        return os.path.isfile(compat.fs(self.path + "/" + name))

    def entry(self, name):
        """Return None: nothing is known of it."""
        return None

    def entries(self):
        """Return nothing."""
        return []

    def starting(self, prefix):
        """Return nothing: no set of files can be found here."""
        return []


class Folders(object):
    """Folders by path.

    Args:
        scan (callable, optional): As `compat.scan_folder`.
        insensitive (callable, optional): As `is_insensitive`.
    """

    def __init__(self, scan=compat.scan_folder, insensitive=is_insensitive):
        self._scan = scan
        self._insensitive = insensitive
        self._known = {}
        self.reasons = {}

    def look(self, path):
        """Return the `Folder` of a path; None where there is none. Why it cannot be read is in `reasons`."""
        try:
            return self._known[path]
        except KeyError:
            pass
        try:
            found = Folder(path, self._scan(path), self._insensitive)
        except (EnvironmentError, ValueError, TypeError) as error:  # The last two: a NUL in the name.
            number = getattr(error, "errno", errno.ENOENT)
            found = Unlisted(path) if number in (errno.EACCES, errno.EPERM) else None
            if number not in (errno.ENOENT, errno.ENOTDIR):
                self.reasons[path] = compat.text(getattr(error, "strerror", None) or "it cannot be read")
        self._known[path] = found
        return found
