"""Compare files byte for byte, apart from the code that moved them."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import os

from .. import compat, paths

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


def stored(root, name):
    """Return where a storage folder keeps a name such as "/show/tex/a.exr"."""
    return os.path.join(root, *name.strip("/").split("/"))


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
