"""Trees of files on the disk, and ones that exist in a dict only, with rules of other systems."""
from __future__ import absolute_import, division, print_function, unicode_literals

import errno
import os
import posixpath

from support_farm import write

from rayvision_sync.expansion import Expander
from rayvision_sync.expansion.folders import Folders
from rayvision_sync.jobs import snapshot


class Tree(object):
    """A project on the disk.

    Args:
        top (str): An empty folder.
    """

    def __init__(self, top):
        self.top = top

    def make(self, *names):
        """Make files."""
        for name in names:
            write(os.path.join(self.top, name), b"x")
        return self

    def path(self, name):
        """Return a path in the project."""
        return "%s/%s" % (self.top, name)

    def snapshot(self, *files, **values):
        """Return a `Snapshot`; a file is a path in the project, or a dict."""
        known = {"host": "maya", "scene": self.path("scenes/city.ma"), "project": self.top,
                 "output_folder": self.path("images"), "frames": {"start": 1, "end": 3},
                 "files": [entry(found, number) for number, found in enumerate(files)]}
        known.update(values)
        return snapshot.make(known)

    def expander(self, *files, **values):
        """Return an `Expander` that has taken files."""
        options = dict((name, values.pop(name)) for name in ("mapping", "cancel", "folders", "environ", "windows")
                       if name in values)
        scene = self.snapshot(*files, **values)
        expander = Expander(scene, **options)
        for found in scene.files:
            expander.take(found)
        return expander

    def taken(self, *files, **values):
        """Return the paths in the project that files lead to; nothing is lacking."""
        found = self.expander(*files, **values)
        assert found.missing == [] and found.refused == [], (found.missing, found.refused)
        return self.names(found)

    def names(self, expander):
        """Return what was taken, as paths in the project."""
        start = self.top + "/"
        return [local[len(start):] if local.startswith(start) else local for local, _ in expander.pairs]


def entry(found, number=0):
    """Return what a snapshot holds of a file."""
    found = dict(found) if isinstance(found, dict) else {"path": found}
    return dict({"node": "file%d" % (number + 1), "attribute": "fileTextureName"}, **found)


def frames(path, **more):
    """Return a file that runs with the scene's frames."""
    return dict(more, path=path, kind="frames")


def reasons(expander):
    """Return the sentences about what is lacking."""
    return [problem.reason for problem in expander.missing]


class Entry(object):
    """What a listing of `Disk` yields."""

    def __init__(self, name, is_folder):
        self.name = name
        self._is_folder = is_folder

    def is_dir(self):
        """Tell whether it is a folder."""
        return self._is_folder

    def is_file(self):
        """Tell whether it is a file."""
        return not self._is_folder

    def is_symlink(self):
        """Return False."""
        return False


class Disk(object):
    """A disk that is only asked for listings.

    Args:
        paths (list of str): Files, absolute, with ``/``.
        folds (bool): Whether ``A`` and ``a`` are one name.
    """

    def __init__(self, paths, folds=True):
        self._folds = folds
        self._content = {}
        #: Folders that were listed, in order.
        self.listed = []
        for path in paths:
            kind = False
            while path not in ("", "/") and not path.endswith(":"):
                folder, name = posixpath.split(path)
                self._content.setdefault(self._key(folder), {})[name] = kind
                path, kind = folder if folder != "//" else "", True

    def _key(self, folder):
        folder = folder.rstrip("/") or "/"
        return folder.lower() if self._folds else folder

    def scan(self, folder):
        """List a folder."""
        self.listed.append(folder)
        if self._key(folder) not in self._content:
            raise OSError(errno.ENOENT, "No such file or directory")
        return [Entry(name, kind) for name, kind in sorted(self._content[self._key(folder)].items())]

    def folders(self):
        """Return `Folders` of this disk."""
        return Folders(self.scan, lambda folder, names: self._folds)
