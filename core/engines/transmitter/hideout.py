"""A folder of our own inside a download folder: what the program fetches lies there until it is whole.

It is on the same disk, so that a frame takes its place by a rename. What a
killed run left there is removed by the next one.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import os
import shutil
import uuid

from ... import compat
from ...errors import LandingError

#: Hidden, and no name of a frame: nothing lands in it.
NAME = ".rvsync-fetched"

_LOCK = ".lock"


class Hideout(object):
    """Folders of one run, one for each program; use it as ``with``.

    Args:
        folder (str): The user's download folder; it is made where it is missing.
    """

    def __init__(self, folder):
        self._base = os.path.join(folder, NAME)
        self._own = os.path.join(self._base, uuid.uuid4().hex)
        self._lock = None

    def __enter__(self):
        try:
            compat.make_folder(self._base)
            sweep(self._base)
            # A run that ends at this moment may have taken the base away.
            compat.make_folder(self._base)
            self._lock = io.open(compat.fs(self._own + _LOCK), "ab")
            compat.lock_file(self._lock.fileno())
            compat.make_folder(self._own)
        except (IOError, OSError) as error:
            self.__exit__()
            raise LandingError("%s cannot be written (%s). Check the folder's permissions, or choose another one."
                               % (os.path.dirname(self._base), compat.text(error.strerror)))
        return self

    def __exit__(self, *_):
        shutil.rmtree(compat.fs(self._own), ignore_errors=True)
        if self._lock is not None:
            self._lock.close()
            self._lock = None
        _forget(self._own + _LOCK)
        _rmdir(self._base)

    def empty(self, number):
        """Return an empty folder for one list of one program.

        Raises:
            LandingError: The disk refuses.
        """
        path = os.path.join(self._own, "%d" % number)
        shutil.rmtree(compat.fs(path), ignore_errors=True)
        try:
            compat.make_folder(path)
        except (IOError, OSError) as error:
            raise LandingError("%s cannot be made (%s). Check the folder's permissions."
                               % (path, compat.text(error.strerror)))
        return path


def sweep(base):
    """Remove what runs left that were killed."""
    try:
        names = [compat.from_fs(name) for name in os.listdir(compat.fs(base))]
    except OSError:
        return
    for name in names:
        if name.endswith(_LOCK) and _is_left(os.path.join(base, name)):
            shutil.rmtree(compat.fs(os.path.join(base, name[:-len(_LOCK)])), ignore_errors=True)
            _forget(os.path.join(base, name))
    _rmdir(base)


def _is_left(path):
    try:
        with io.open(compat.fs(path), "ab") as first:
            with io.open(compat.fs(path), "ab") as second:
                # Where a disk knows no locks, both get one: then somebody may be at work here.
                return compat.lock_file(first.fileno()) and not compat.lock_file(second.fileno())
    except (IOError, OSError):
        return False


def _forget(path):
    try:
        compat.remove_file(path)
    except (IOError, OSError):
        pass  # The next run does.


def _rmdir(path):
    try:
        os.rmdir(compat.fs(path))
    except OSError:
        pass  # Another run is at work in it.
