"""The parts of a cut: all of them appear under their names, or none does."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import logging
import os
import re
import shutil
import tempfile

from .. import compat
from ..errors import FULL, ManifestError
from .tokens import Tokens, enter
from .window import Window

log = logging.getLogger(__name__)


def is_upload_list(path):
    """Tell whether a file begins like an upload list: an object with a list "asset"."""
    if not os.path.isfile(compat.fs(path)):
        return False
    try:
        with Window(path) as window:
            enter(Tokens(window))
    except ManifestError:
        return False
    return True


class Parts(object):
    """Writes parts into a hidden folder beside their place, then moves them there.

    Leaving the ``with`` block without `finish` takes everything back, the
    folder that was created for it included.

    Args:
        source (str): The manifest that is cut.
        folder (str or None): Where the parts go, None for beside the source.
        ending (str): Last sentence of an error.

    Attributes:
        head (bytes): What begins every part.
        begun (bool): Whether anything was written.
    """

    def __init__(self, source, folder, ending):
        self.head = b""
        self.begun = False
        self._source = compat.absolute(source)
        self._folder = compat.absolute(folder or os.path.dirname(self._source))
        self._stem = os.path.splitext(os.path.basename(self._source))[0]
        self._ending = ending
        self._created = []
        self._hidden = None
        self._count = 0
        self._part = None
        self._moved = []

    def __enter__(self):
        return self

    def __exit__(self, kind, error, _):
        if self._part is not None:
            self._close_part()
        for source, target in reversed(self._moved):
            self._move_back(target, source)
        if self._hidden:
            shutil.rmtree(compat.fs(self._hidden), ignore_errors=True)
        for folder in self._created:
            try:
                os.rmdir(compat.fs(folder))
            except OSError:
                break
        if isinstance(error, EnvironmentError):
            raise self._unwritable(error)

    def write(self, data):
        """Write bytes into the current part; the first ones begin it."""
        if self._part is None:
            self._begin()
        self._part.write(data)

    def end(self):
        """End the current part."""
        if self._part is not None:
            part, self._part = self._part, None
            part.close()

    def finish(self, tail):
        """End all parts with `tail` and move them to their places.

        Returns:
            list of str: Their absolute paths, empty where nothing was begun.
        """
        self.end()
        if not self.begun:
            return []
        targets = [self._target(number) for number in range(1, self._count + 1)]
        for number, _ in enumerate(targets, 1):
            with io.open(compat.fs(self._hidden_part(number)), "ab", buffering=0) as part:
                part.write(tail)
        for target in targets + self._stale():
            if os.path.lexists(compat.fs(target)):
                self._check_replaceable(target)
                self._move(target, os.path.join(self._hidden, "old_" + os.path.basename(target)))
        for number, target in enumerate(targets, 1):
            self._move(self._hidden_part(number), target)
        self._moved = []
        self._created = []
        return targets

    def _begin(self):
        if not self.begun:
            self._prepare()
        self.begun = True
        self._count += 1
        self._part = io.open(compat.fs(self._hidden_part(self._count)), "wb")
        self._part.write(self.head)

    def _prepare(self):
        folder = self._folder
        while not os.path.exists(compat.fs(folder)):
            self._created.append(folder)
            folder = os.path.dirname(folder)
        compat.make_folder(self._folder)
        # Beside their place, so that moving is renaming. `str`: 2.7 joins these with bytes.
        self._hidden = compat.from_fs(tempfile.mkdtemp(
            prefix=str(".cut-"), suffix=str(".part"), dir=compat.fs(self._folder)))

    def _target(self, number):
        return os.path.join(self._folder, "%s_%d.json" % (self._stem, number))

    def _hidden_part(self, number):
        return os.path.join(self._hidden, "%d.json" % number)

    def _stale(self):
        """Return the parts that an earlier cut left under higher numbers."""
        is_part = re.compile(re.escape(self._stem) + r"_([1-9][0-9]*)\.json\Z").match
        found = []
        for entry in compat.scan_folder(self._folder):
            number = is_part(entry.name)
            if number and int(number.group(1)) > self._count:
                path = os.path.join(self._folder, entry.name)
                if not self._is_source(path) and is_upload_list(path):
                    found.append(path)
        return found

    def _check_replaceable(self, target):
        if self._is_source(target):
            raise ManifestError("%s leads to the file that is being cut: choose another folder for the parts. %s" % (
                target, self._ending))
        if not is_upload_list(target):
            raise ManifestError("%s is in the way and is not an upload list: move it, or choose another "
                                "folder for the parts. %s" % (target, self._ending))

    def _is_source(self, path):
        return os.path.realpath(compat.fs(path)) == os.path.realpath(compat.fs(self._source))

    def _move(self, source, target):
        compat.replace(source, target)
        self._moved.append((source, target))

    def _move_back(self, target, source):
        try:
            compat.replace(target, source)
        except EnvironmentError as error:
            log.warning("%s could not be moved back to %s: %s", target, source, error)

    def _close_part(self):
        try:
            self.end()
        except EnvironmentError:
            pass  # Closing writes what waits: on a full disk it fails like the write before it.

    def _unwritable(self, error):
        if error.errno in FULL:
            return ManifestError("No space left in %s: free some, or choose another folder for the parts. %s" % (
                self._folder, self._ending))
        return ManifestError("The parts cannot be written into %s (%s): choose another folder. %s" % (
            self._folder, compat.text(error.strerror or error), self._ending))
