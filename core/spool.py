"""A list of items that does not grow in memory: beyond a few thousand it lies in a temporary file."""
from __future__ import absolute_import, division, print_function, unicode_literals

import marshal

from . import compat
from .errors import SpoolError
from .model import Item

_IN_MEMORY = 4000


class Spool(object):
    """Append items, then iterate over them, as often as wanted.

    Attributes:
        files (int): Items appended.
        bytes (int): The sum of their sizes.
    """

    def __init__(self):
        self.files = 0
        self.bytes = 0
        self._tail = []
        self._file = None
        self._chunks = []
        self._end = 0

    def append(self, source, target, size, mtime):
        """Append the fields of an `Item`."""
        self.files += 1
        self.bytes += size
        self._tail.append((source, target, size, mtime))
        if len(self._tail) >= _IN_MEMORY:
            try:
                self._write()
            except (IOError, OSError) as error:
                import tempfile
                raise SpoolError("The list of files to send does not fit into the temporary folder %s (%s). "
                                 "Free some space there, or set TMPDIR to another folder."
                                 % (compat.text(tempfile.gettempdir()), compat.text(error.strerror)))

    def _write(self):
        if self._file is None:
            import tempfile  # It loads much, and few runs have so much to send.
            self._file = tempfile.TemporaryFile(prefix=str("rayvision_sync-"))
        # Written and read by this very process: marshal is the fastest there is, of bytes, not of a file.
        chunk = marshal.dumps(self._tail)
        self._file.seek(self._end)
        self._file.write(chunk)
        self._file.flush()
        self._chunks.append((self._end, len(chunk)))
        self._end += len(chunk)
        self._tail = []

    def __iter__(self):
        for position, length in list(self._chunks):
            self._file.seek(position)
            for fields in marshal.loads(self._file.read(length)):
                yield Item(*fields)
        for fields in list(self._tail):
            yield Item(*fields)

    def close(self):
        """Free the temporary file."""
        if self._file is not None:
            self._file.close()
            self._file = None
        self._tail, self._chunks, self._end = [], [], 0
