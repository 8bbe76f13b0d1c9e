"""Objects, and ranges of them, on their way into a local file."""
from __future__ import absolute_import, division, print_function, unicode_literals

import re

from ...errors import NotStored, Outdated, StorageError
from ...model import Stored
from .checksums import CRC, MTIME, decode_crc
from .connection import read_number

#: Bytes that are received at a time.
_BLOCK = 256 << 10


class Retrieval(object):
    """The part of an engine that fetches objects.

    Args:
        calls (Calls): Of the open engine.
        key_of (callable): Server name -> key.
    """

    def __init__(self, calls, key_of):
        self._calls = calls
        self._key_of = key_of

    def between(self, stored, sink, first, end):
        """Fetch a range; return False, with nothing written, where the store does not give it, or another one."""
        fits = []
        said = "bytes %d-%d/%d" % (first, end - 1, stored.size)

        def take(answer):
            fits.append(answer.status == 206 and answer.headers.get("content-range", "").strip() == said and (
                answer.headers.get("etag", "").strip('"') in ("", stored.version)))
            if not fits[0]:
                answer.headers["connection"] = "close"  # Its body is left unread.
                return
            for block in answer.blocks(min(sink.block_size, _BLOCK)):
                sink.write(block)
        headers = [("if-match", '"%s"' % stored.version),
                   ("range", "bytes=%d-%s" % (first, "" if end == stored.size else end - 1))]
        try:
            self._calls.get(self._key_of(stored.name), headers, take, stored.name)
        except NotStored:
            raise
        except StorageError as error:
            if error.retryable:
                raise
            return False
        return fits[0]

    def whole(self, stored, sink):
        """Fetch an object, of the version that is wanted; return it as the store described it."""
        headers = [("x-amz-checksum-mode", "ENABLED")]
        if stored.version:
            headers.append(("if-match", '"%s"' % stored.version))
        described = []

        def take(answer):
            described.append(read_stored(stored.name, answer.headers))
            if stored.version and described[0].version not in (None, stored.version):
                raise Outdated("%s was rendered again while it was fetched. Download it again." % stored.name)
            for block in answer.blocks(min(sink.block_size, _BLOCK)):
                sink.write(block)
        self._calls.get(self._key_of(stored.name), headers, take, stored.name)
        return described[0]


def read_stored(target, headers):
    """Return what the headers of an object tell."""
    mtime = headers.get(MTIME, "")
    return Stored(target, read_number(headers.get("content-length", "")),
                  int(mtime) if re.match(r"-?[0-9]{1,19}\Z", mtime) else None, decode_crc(headers.get(CRC, "")),
                  headers.get("etag", "").strip('"') or None)
