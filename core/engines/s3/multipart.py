"""Objects in parts: what `rayvision_sync.engines` calls the calls for parts."""
from __future__ import absolute_import, division, print_function, unicode_literals

from ... import compat
from ...errors import Incomplete, NotStored, SourceChanged
from ...model import Stored
from ...stream import checksum_text
from .checksums import CRC, MTIME, confirms, decode_crc, encode_crc, make_md5
from .connection import read_number

#: From this size on, a file goes in parts.
LARGE_BYTES = 32 << 20

_PART_BYTES = 16 << 20
_MOST_PARTS = 10000
_MIB = 1 << 20


def part_size(size):
    """Return the bytes of a part of a file, whole MiB; 10 000 of them hold it. None where it goes in one piece."""
    if size < LARGE_BYTES:
        return None
    least = -(-size // _MOST_PARTS)
    return max(_PART_BYTES, -(-least // _MIB) * _MIB)


class Multipart(object):
    """The part of an engine that sends objects in parts.

    Args:
        calls (Calls): Of the open engine.
        key_of (callable): Server name -> key.
        target_of (callable): Key -> server name, or None where it is not below our prefix.
        shown (str): The storage, as it is shown.
    """

    def __init__(self, calls, key_of, target_of, shown):
        self._calls = calls
        self._key_of = key_of
        self._target_of = target_of
        self._shown = shown
        #: Whether the store confirms the CRC-32 of a part; None until it has answered once.
        self._confirms_crc = None

    def begin(self, target, mtime):
        """Return the id of a new upload."""
        # Without them AWS and MinIO refuse the checksum of a part, and nobody keeps one of the whole, which a download
        # is compared with: API_CreateMultipartUpload.
        headers = [("x-amz-checksum-algorithm", "CRC32"), ("x-amz-checksum-type", "FULL_OBJECT"),
                   (MTIME, "%d" % mtime)]
        return self._calls.begin(self._key_of(target), headers, target)

    def send(self, span, target, upload, number):
        """Send one part; return its ETag. The store compares its checksum."""
        md5 = make_md5(span.md5) if self._confirms_crc is False else None
        said = self._put(span, target, upload, number, md5)
        if self._confirms_crc is None:
            self._confirms_crc = CRC in said
        if md5 is None and CRC not in said:
            # Sent before it was known what this store compares. Its ETag may say what came; else an md5 goes with it.
            md5 = make_md5(span.md5)
            if md5 is not None and _tag(said) != md5.text:
                said = self._put(span, target, upload, number, md5)
        if not _tag(said) or not confirms(said, span.crc, md5 and md5.text):
            raise Incomplete("%s: the storage %s does not confirm part %d as it was read."
                             % (target, self._shown, number))
        return _tag(said)

    def _put(self, span, target, upload, number, md5):
        headers = [(CRC, encode_crc(span.crc))]
        if md5 is not None:
            headers.append(md5.header)
        span.rewind()
        return self._calls.put_part(self._key_of(target), upload, number, headers, feed=lambda to: _feed(to, span),
                                    length=span.size, name=target)

    def there(self, target, upload):
        """Return ``{number: (size, ETag)}`` of the parts that lie there; one with two versions is sent anew."""
        found = self._calls.parts(self._key_of(target), upload, target)
        return dict((number, versions[0]) for number, versions in found.items() if len(set(versions)) == 1)

    def finish(self, target, upload, parts, mtime, crc):
        """Join the parts; return `Stored`.

        Raises:
            NotStored: The upload is unknown, or other bytes came of it: these are gone from the store then.
        """
        key = self._key_of(target)
        # Stores that know no checksum of the whole want those of the parts here; the others compare them once more.
        self._calls.complete(key, upload, [(number, tag, encode_crc(part)) for number, tag, part in parts], target)
        headers = self._calls.head(key, target)
        size = read_number((headers or {}).get("content-length", ""))
        if size is None:
            raise Incomplete("%s: the storage %s joined its parts, and has no object." % (target, self._shown))
        said = decode_crc(headers.get(CRC, ""))
        if said not in (None, checksum_text(crc)):
            self._calls.delete(key, target)
            raise NotStored("%s: the storage %s joined its parts to other bytes than were read. They were removed "
                            "there." % (target, self._shown))
        return Stored(target, size, mtime, said, headers.get("etag", "").strip('"') or None)

    def drop(self, target, upload):
        """End an upload; one that is gone is fine."""
        self._calls.abort(self._key_of(target), upload, target)

    def open(self, prefix):
        """Yield ``(target, upload, epoch seconds)`` of what is begun and not finished under names that begin so."""
        start = self._key_of(prefix.rstrip("/")) if prefix.strip("/") else self._key_of("/x")[:-1]
        for key, upload, at in self._calls.uploads(start):
            target = self._target_of(key)
            if target is not None and key.startswith(start):
                yield target, upload, at or 0.0


def _tag(said):
    return said.get("etag", "").strip('"')


def _feed(connection, span):
    """Send a span: from the system's own memory where this Python and the connection can."""
    if compat.send_file is None or not connection.is_plain:
        block = span.read()
        while block:
            connection.send(block)
            block = span.read()
        return
    while True:
        descriptor, offset, count = span.slice()
        if not count:
            return
        try:
            connection.send_file(descriptor, offset, count)
        except EOFError:
            raise SourceChanged("%s changed while it was being sent. It was not recorded as uploaded: "
                                "save it and run the upload again." % span.item.source)
        span.passed(count)
