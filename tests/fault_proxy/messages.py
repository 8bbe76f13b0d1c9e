"""HTTP/1.1 as far as a proxy must know it: where a head ends, and how long a body is."""
from __future__ import absolute_import, division, print_function, unicode_literals

BLOCK = 1 << 16
_MOST_HEAD = 1 << 18


class Gone(Exception):
    """The other side ended the connection in the middle."""


class Refused(Gone):
    """The other side takes nothing more; what it said before can still be read."""


class Wire(object):
    """A socket that is read by head and body.

    Args:
        connection (socket.socket): Connected.
    """

    def __init__(self, connection):
        self.socket = connection
        self._left = b""

    def send(self, block):
        """Send all of a block.

        Raises:
            Refused: The other side takes no more.
        """
        try:
            self.socket.sendall(block)
        except (IOError, OSError) as error:
            raise Refused(error)

    def _receive(self):
        try:
            return self.socket.recv(BLOCK)
        except (IOError, OSError) as error:
            raise Gone(error)

    def head(self):
        """Return the next `Head`, None where the other side is done."""
        found = self._left
        while b"\r\n\r\n" not in found:
            block = self._receive()
            if not block and not found:
                return None
            if not block or len(found) > _MOST_HEAD:
                raise Gone("no head")
            found += block
        raw, _, self._left = found.partition(b"\r\n\r\n")
        return Head(raw)

    def take(self, length):
        """Yield the next `length` bytes in blocks."""
        while length > 0:
            block = self._left or self._receive()
            if not block:
                raise Gone("%d bytes are missing" % length)
            block, self._left = block[:length], block[length:]
            length -= len(block)
            yield block

    def body(self, head, is_answer=False):
        """Return ``(length, blocks)`` of the body that follows a head."""
        if head.is_chunked:
            whole = b"".join(self._chunks())
        elif head.length is None and is_answer:
            whole = b"".join(self._rest())
        else:
            return head.length or 0, self.take(head.length or 0)
        return len(whole), (whole[at:at + BLOCK] for at in range(0, len(whole), BLOCK))

    def _chunks(self):
        while True:
            size = int(self._line().partition(b";")[0], 16)
            for block in self.take(size):
                yield block
            while self._line() and not size:
                pass  # Trailers.
            if not size:
                return

    def _line(self):
        while b"\r\n" not in self._left:
            block = self._receive()
            if not block:
                raise Gone("a chunk is missing")
            self._left += block
        line, _, self._left = self._left.partition(b"\r\n")
        return line

    def _rest(self):
        block = self._left
        self._left = b""
        while True:
            yield block
            block = self._receive()
            if not block:
                return


class Head(object):
    """Start line and headers.

    Args:
        raw (bytes): Without the empty line at the end.

    Attributes:
        start (str): E.g. "PUT /bucket/key HTTP/1.1".
        headers (list of tuple): Pairs of name, as it came, and value.
    """

    def __init__(self, raw):
        lines = raw.decode("latin-1").split("\r\n")
        self.start = lines[0]
        self.headers = [(name, value.strip()) for name, _, value in (line.partition(":") for line in lines[1:])]

    def get(self, name, default=None):
        """Return a header's value."""
        return next((value for found, value in self.headers if found.lower() == name.lower()), default)

    @property
    def length(self):
        """int or None: Of the body, where it is said."""
        found = self.get("Content-Length")
        return int(found) if found is not None else None

    @property
    def is_chunked(self):
        """bool: The body comes in chunks."""
        return "chunked" in (self.get("Transfer-Encoding") or "").lower()

    @property
    def closes(self):
        """bool: The connection ends after this message."""
        return (self.get("Connection") or "").lower() == "close" or "HTTP/1.0" in self.start

    @property
    def words(self):
        """list of str: Of the start line: method and target, or version and status."""
        return self.start.split(" ", 2) + ["", "", ""]

    def encode(self, length):
        """Return it for the other side, with the body's length; None is that of a message without a body."""
        kept = [(name, value) for name, value in self.headers
                if name.lower() not in ("expect", "transfer-encoding")
                and (length is None or name.lower() != "content-length")]
        if length is not None:
            kept.append(("Content-Length", "%d" % length))
        lines = [self.start] + ["%s: %s" % pair for pair in kept]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
