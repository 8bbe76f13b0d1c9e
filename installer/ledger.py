"""installed.json: what was written, so that an uninstall removes exactly that."""
from __future__ import absolute_import, division, print_function, unicode_literals

import json
import os
from collections import namedtuple

from . import system
from .errors import SetupFailed

NAME = "installed.json"
_FORMAT = 1

#: An installation: ``prefs`` is the host's folder, ``tree`` the name of the copy that it uses.
Entry = namedtuple("Entry", "host version prefs tree")


class Ledger(object):
    """The record of one base folder.

    Args:
        base (str): The folder of `places.Place`.

    Attributes:
        entries (list of Entry): What is installed.
        files (dict): Path -> list of digests of what we wrote there: two while a new one is on its way.
        folders (list of str): That we created, outer ones first.
        trees (dict): Name -> seconds since 1970 when it was replaced, None while it is in use.
    """

    def __init__(self, base):
        self.path = os.path.join(base, NAME)
        self._base = base
        self.entries, self.files, self.folders, self.trees = [], {}, [], {}

    def load(self):
        """Read it; an empty one where there is none.

        Raises:
            SetupFailed: It is damaged, or of a later version.
        """
        content = system.read(self.path)
        if content is None:
            if os.path.exists(system.fs(self.path)):
                raise SetupFailed("%s cannot be read: it says what is installed. Run this as the user who installed."
                                  % self.path)
            return self
        try:
            found = json.loads(content.decode("utf-8"))
            if found["format"] > _FORMAT:
                raise SetupFailed("%s was written by a later version of install.py. Use that one." % self.path)
            self.entries = [Entry(row["host"], row["version"], self._absolute(row["prefs"]), row["tree"])
                            for row in found["entries"]]
            self.files = {self._absolute(path): list(digests) for path, digests in found["files"].items()}
            self.folders = [self._absolute(path) for path in found["folders"]]
            self.trees = dict(found["trees"])
        except (ValueError, KeyError, TypeError, AttributeError):
            raise SetupFailed("%s is damaged, so it is not known what is installed. Delete it and install again: "
                              "our own files are then found by their names." % self.path)
        return self

    def save(self):
        """Write it where it changed; tells whether it did."""
        found = {
            "format": _FORMAT,
            "entries": [{"host": entry.host, "version": entry.version, "prefs": self._relative(entry.prefs),
                         "tree": entry.tree} for entry in sorted(self.entries)],
            "files": {self._relative(path): digests for path, digests in self.files.items()},
            "folders": [self._relative(path) for path in self.folders],
            "trees": self.trees,
        }
        content = (json.dumps(found, indent=1, sort_keys=True, separators=(",", ": ")) + "\n").encode("utf-8")
        if system.read(self.path) == content:
            return False
        system.write_whole(self.path, content, private=True)
        return True

    def note_folders(self, path):
        """Create a folder, and remember those that were not there."""
        for folder in system.make_folders(path):
            if folder not in self.folders:
                self.folders.append(folder)

    # A share has another name on each system: what lies below it is told by its place there.
    def _relative(self, path):
        if path == self._base:
            return "."
        below = path.startswith(self._base + os.sep)
        return "./" + path[len(self._base) + 1:].replace(os.sep, "/") if below else path

    def _absolute(self, path):
        if path == ".":
            return self._base
        return os.path.join(self._base, *path[2:].split("/")) if path.startswith("./") else path
