"""Looks at every frame before it takes its final name: one that is cut off is fetched again, not shown to a client."""
from __future__ import absolute_import, division, print_function, unicode_literals

import logging
import os
import threading
import zlib
from collections import namedtuple

from .. import compat, frames, places
from ..errors import Cancelled, Incomplete

log = logging.getLogger(__name__)

#: So many fetches, then a frame lands with a flag.
_FETCHES = 2

#: What was found of a landed frame: ``thumb`` is the path of a small picture, or None.
Finding = namedtuple("Finding", "flag note thumb")


def thumb_folder():
    """Return the folder of thumbnails."""
    return os.path.join(places.home(), "thumbs")


class Inspector(object):
    """Callable from many threads; see `landing.Landing`.

    Args:
        cancel (Cancel): Of the job.
    """

    def __init__(self, cancel):
        self._cancel = cancel
        self._lock = threading.Lock()
        self._neighbours = frames.Neighbours()
        self._fetches = {}
        self._findings = {}

    def __call__(self, part, path):
        """Look at a whole part file.

        Raises:
            Incomplete: It is worth another fetch.
        """
        with self._lock:
            expect = self._neighbours.expect(path)
        verdict = frames.check(part, expect=expect, cancel=self._cancel, name=path)
        with self._lock:
            fetches = self._fetches[path] = self._fetches.get(path, 0) + 1
        if not verdict.ok and fetches < _FETCHES:
            log.info("%s is fetched again: %s", path, verdict.note)
            raise Incomplete("%s came damaged. %s It is fetched again." % (os.path.basename(path), verdict.note))
        thumb = self._thumb(part, path) if verdict.format else None
        with self._lock:
            del self._fetches[path]
            if verdict.ok and verdict.width:
                self._neighbours.add(path, verdict.width, verdict.height)
            self._findings[path] = Finding(verdict.flag, verdict.note, thumb)

    def _thumb(self, part, path):
        target = os.path.join(thumb_folder(), "%08x-%s.png" % (
            zlib.crc32(os.path.dirname(path).encode("utf-8", "replace")) & 0xFFFFFFFF, os.path.basename(path)))
        try:
            compat.make_folder(thumb_folder())
            return target if frames.thumbnail(part, target, cancel=self._cancel, name=path) else None
        except Cancelled:
            raise
        except EnvironmentError as error:
            log.info("No thumbnail of %s: %s", path, compat.text(error.strerror))
            return None

    def take(self, path):
        """Return the `Finding` of a file that landed, once; None where nothing was found."""
        with self._lock:
            return self._findings.pop(path, None)
