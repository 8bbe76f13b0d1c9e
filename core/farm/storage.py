"""Where the farm's files lie: inputs, outputs and configuration.

The one seam between the farm and its storage. Names are the storage's
("/D/scenes/a.ma"); every one is checked before it becomes a path.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import os
import stat
from collections import namedtuple

from .. import compat, paths
from ..errors import NameRefused

#: What a folder of the storage holds. ``mtime`` in seconds.
Entry = namedtuple("Entry", "name size mtime is_folder")


class FolderStorage(object):
    """A storage that is a folder of this machine.

    Args:
        root (str): The folder; it is made on first use.
    """

    def __init__(self, root):
        self.root = os.path.abspath(root)

    def describe(self):
        """Return what ``getConfig`` tells a client's engine."""
        return {"root": self.root}

    def open(self):
        """Make the folder."""
        compat.make_folder(self.root)

    def close(self):
        """Nothing is open."""

    def has(self, name):
        """Tell whether there is a file of that name."""
        return self.local(name) is not None

    def gather(self, scene, names, cancel):
        """Return the path of a scene, None if it is not there: what it needs lies around it."""
        return self.local(scene)

    def local(self, name):
        """Return the path of a file for programs that read it, or None if it is not there.

        Raises:
            NameRefused: The name leads out of the storage.
        """
        path = self._path(name)
        try:
            return path if stat.S_ISREG(os.stat(compat.fs(path)).st_mode) else None
        except (OSError, ValueError):
            return None

    def read(self, name, most):
        """Return a small file's bytes, or None if it is missing or holds more than `most`."""
        path = self.local(name)
        if path is None:
            return None
        with io.open(compat.fs(path), "rb") as source:
            content = source.read(most + 1)
        return content if len(content) <= most else None

    def put(self, name, source, cancel=None):
        """Give a finished file its place: it appears whole, over an older one."""
        path = self._path(name)
        compat.make_folder(os.path.dirname(path))
        compat.replace(source, path)

    def listing(self, name):
        """Return the entries of a folder, sorted; nothing for a missing one.

        Args:
            name (str): "/" is the whole storage.

        Raises:
            NameRefused: The name leads out of the storage.
        """
        folder = self._path(name)
        try:
            found = compat.scan_folder(folder)
        except (OSError, ValueError):
            return []
        return [entry for entry in (_entry(item) for item in found) if entry]

    def _path(self, name):
        """Return the path of a name: whatever the engine of a client may write, and no link out of the root."""
        root = _real(self.root)
        if name == "/":
            return self.root
        path = os.path.join(self.root, *paths.check_server(name)[1:].split("/"))
        if not _real(path).startswith(root.rstrip(os.sep) + os.sep):
            raise NameRefused("%s was refused: a link leads out of %s." % (paths.quoted(name), self.root))
        return path


def _real(path):
    return compat.from_fs(os.path.realpath(compat.fs(path)))


def _entry(item):
    """Return an `Entry`, or None for what is neither file nor folder, a link, or gone."""
    try:
        found = item.stat(follow_symlinks=False)
    except OSError:
        return None
    if not (stat.S_ISDIR(found.st_mode) or stat.S_ISREG(found.st_mode)):
        return None
    return Entry(compat.from_fs(item.name), found.st_size, found.st_mtime, stat.S_ISDIR(found.st_mode))
