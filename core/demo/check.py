"""Compare files byte for byte, apart from the code that moved them."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import os

from .. import compat, paths, stream
from ..cancel import Cancel
from ..model import Item
from ..progress import Progress
from ..throttle import Throttle

_BLOCK = 1 << 20


def is_same(a, b, check=lambda: None):
    """Tell whether two files hold the same bytes; a missing one does not.

    Args:
        a (str): Path.
        b (str): Path.
        check (callable): Called now and then; raises to end the work.
    """
    try:
        if os.path.getsize(compat.fs(a)) != os.path.getsize(compat.fs(b)):
            return False
        with io.open(compat.fs(a), "rb") as first, io.open(compat.fs(b), "rb") as second:
            while True:
                check()
                block = first.read(_BLOCK)
                if block != second.read(_BLOCK):
                    return False
                if not block:
                    return True
    except (IOError, OSError):
        return False


class Disk(object):
    """A storage that is a folder.

    Args:
        root (str): The folder.
    """

    def __init__(self, root):
        self._root = root

    def path(self, name):
        """Return where the file of a name such as "/show/tex/a.exr" can be read."""
        return os.path.join(self._root, *name.strip("/").split("/"))

    def files(self, folder):
        """Yield the names below a folder of the storage, sorted."""
        return files(self.path(folder) if folder.strip("/") else self._root)


class Bucket(object):
    """A storage behind an engine: what is compared with is fetched from it, one file at a time.

    Args:
        engine: Open.
        scratch (str): Path of the file that is fetched into.
    """

    def __init__(self, engine, scratch):
        self._engine = engine
        self._scratch = scratch

    def path(self, name):
        """Return where the bytes of a file can be read, until the next one is asked for."""
        compat.remove_file(self._scratch)
        found = self._engine.ask([name]).get(name)
        if found is not None:
            gear = stream.Gear(Cancel(), Throttle(), Progress())
            with stream.Sink(self._scratch, Item(name, self._scratch, found.size, found.mtime), gear) as sink:
                self._engine.fetch(found, sink)
                sink.keep()
        return self._scratch

    def files(self, folder):
        """Yield the names below a folder of the storage, sorted."""
        skip = len(folder.rstrip("/")) + 1
        return iter(sorted(stored.name[skip:] for stored in self._engine.list(folder)))


def files(folder):
    """Yield the names of all files below a folder, with "/", sorted; temporary work of transfers is left out."""
    for entry in compat.scan_folder(folder):
        name = compat.from_fs(entry.name)
        if entry.is_dir(follow_symlinks=False):
            for below in files(os.path.join(folder, name)):
                yield "%s/%s" % (name, below)
        else:
            yield name


def find_twin(path, original, check=lambda: None):
    """Return the file at `path`, or beside it under a versioned name, that equals another one; None without."""
    number, candidate = 0, path
    while os.path.lexists(compat.fs(candidate)):
        if is_same(candidate, original, check):
            return candidate
        number += 1
        candidate = paths.versioned(path, number)
    return None
