"""What the panel remembers of itself: tab, splitters, filters, language. No account, no job."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import logging
import os

from .. import compat, places
from ..errors import SyncError

log = logging.getLogger(__name__)

_MOST_BYTES = 1 << 18


class Memory(object):
    """Values by name, kept in a small file.

    Args:
        path (str, optional): By default in this user's own folder.
    """

    def __init__(self, path=None):
        self._path = path
        self._values = {}
        self._is_changed = False

    def load(self):
        """Read the file; one that is missing or damaged counts as empty."""
        self._path = self._path or os.path.join(places.home(), "panel.json")
        try:
            with io.open(compat.fs(self._path), encoding="utf-8") as source:
                values = compat.parse_json(source.read(_MOST_BYTES))
        except (IOError, OSError, ValueError):
            values = {}
        self._values = values if isinstance(values, dict) else {}
        return self

    def get(self, name, default=None):
        """Return a value if it is of the default's kind."""
        value = self._values.get(name, default)
        return value if default is None or isinstance(value, type(default)) else default

    def set(self, name, value):
        """Keep a value; `save` writes it."""
        if self._values.get(name) != value:
            self._values[name] = value
            self._is_changed = True

    def save(self):
        """Write what has changed; a disk that refuses costs nothing but the memory."""
        if not self._is_changed:
            return
        self._is_changed = False
        part = "%s.%d.part" % (self._path, os.getpid())
        try:
            places.make_home()
            with compat.open_private(part) as target:
                target.write(compat.dump_json(self._values, sort_keys=True))
            compat.replace(part, self._path)
        except (IOError, OSError, SyncError) as error:
            log.warning("The panel cannot keep %s (%s).", self._path, error)
