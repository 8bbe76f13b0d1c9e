"""Who names a file: thousands of files of a set share one list."""
from __future__ import absolute_import, division, print_function, unicode_literals


class Origins(object):
    """Path -> the `jobs.snapshot.File`s that name it, read as a dict is. Paths are local ones, or a problem's."""

    def __init__(self):
        self._owners = {}
        self._keys = {}

    def owners(self, key):
        """Return the list of those that name the same thing; it may be added to."""
        return self._owners.setdefault(key, [])

    def add(self, path, key):
        """Say that those of a key name a path."""
        before = self._keys.get(path)
        if before is None:
            self._keys[path] = (key,)
        elif key not in before:
            self._keys[path] = before + (key,)

    def get(self, path, default=None):
        """Return the files that name a path."""
        keys = self._keys.get(path)
        if keys is None:
            return default
        return [owner for key in keys for owner in self._owners.get(key, ())]

    def __getitem__(self, path):
        found = self.get(path)
        if found is None:
            raise KeyError(path)
        return found

    def __contains__(self, path):
        return path in self._keys

    def __iter__(self):
        return iter(self._keys)

    def __len__(self):
        return len(self._keys)
