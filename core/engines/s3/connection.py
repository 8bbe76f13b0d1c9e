"""One connection to a store: a socket, and HTTP/1.1 as far as S3 needs it.

The standard library's client reads every answer's headers with its parser for
e-mails, which costs more than everything else that is done for a small file.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import errno
import re
import select
import socket
import struct

from ... import compat

#: A wait is cut into slices, so that a cancel is noticed.
SLICE_S = 0.2

#: What is a number in a header: ASCII alone, and of a length that every Python makes a number of.
_NUMBER = re.compile("[0-9]{1,18}\\Z")

_MOST_HEAD = 64 << 10
_MOST_LINE = 4096
_RECEIVED = 256 << 10

#: Received at a time of a head: with that of a small object comes all of it, with that of a large one little.
_HEAD_BYTES = 16 << 10

#: So much of a file is sent by one call, which a line that is slow, but does not stand still, holds for long.
_FILE_BYTES = 256 << 10

#: A body up to this size goes with its head, in one piece; one that came in two is handed on in one.
_TOGETHER = 64 << 10

#: Wait for all that was asked for: each crumb of it would cost a call, and a turn among the threads.
_WHOLE = getattr(socket, "MSG_WAITALL", 0)


def bound_waits(sock, seconds):
    """Let each send and each receive of a plain socket end after some seconds, as one that would block.

    Where the system can do so by itself, a call of ours is one of the system's. Python's own way asks it twice, and
    for each time threads queue for the interpreter.

    Returns:
        bool: It does so here.
    """
    if not compat.WINDOWS:  # There, nobody says what such an end leaves of the socket.
        limit = struct.pack(str("ll"), int(seconds), int(seconds % 1 * 1e6))
        try:
            for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
                sock.setsockopt(socket.SOL_SOCKET, option, limit)
            sock.settimeout(None)
            return True
        except (AttributeError, socket.error):
            pass
    sock.settimeout(seconds)
    return False


def read_number(value):
    """Return the whole number, 0 or more, that a text says, or None."""
    return int(value) if _NUMBER.match(value) else None


class NetworkError(Exception):
    """The connection failed.

    ``is_stale``: it was an old one, and no byte of an answer came. ``is_away``: there was none.
    """

    is_stale = is_away = False


class Closed(NetworkError):
    """The other side closed the connection."""


class Stalled(NetworkError):
    """Nothing moved for too long."""


class Answer(object):
    """The head of an answer, and the way to its body.

    Attributes:
        status (int): e.g. 200.
        headers (dict): Lower-case names.
    """

    __slots__ = ("status", "headers", "_connection", "_left", "_chunked")

    def __init__(self, status, headers, connection):
        self.status = status
        self.headers = headers
        self._connection = connection
        self._left = None
        self._chunked = False

    def frame(self, method):
        """Find out how long the body is; None is until the connection's end."""
        headers = self.headers
        if method == "HEAD" or self.status in (204, 304):
            self._left = 0
        elif "chunked" in headers.get("transfer-encoding", "").lower():
            self._chunked = True
        elif "content-length" in headers:
            self._left = read_number(headers["content-length"])
            if self._left is None:
                raise NetworkError("the length that it announced is no number")

    @property
    def length(self):
        """int or None: Bytes of the body, where they were announced."""
        return self._left

    @property
    def is_kept(self):
        """bool: The connection serves on after this answer."""
        return self._left is not None or self._chunked

    def blocks(self, size=_RECEIVED):
        """Yield the body.

        Raises:
            NetworkError: It ended early.
        """
        if self._chunked:
            for block in self._connection.chunks(size):
                yield block
        elif self._left is None:
            while True:
                block = self._connection.receive(size)
                if not block:
                    return
                yield block
        else:
            while self._left:
                block = self._connection.receive(min(self._left, size))
                if not block:
                    raise Closed("it closed the connection in the middle of an answer")
                self._left -= len(block)
                yield block

    def read(self, most):
        """Return the whole body.

        Raises:
            NetworkError: It is longer than `most` bytes, or ended early.
        """
        if self._left == 0:
            return b""
        blocks, size = [], 0
        for block in self.blocks():
            size += len(block)
            if size > most:
                raise NetworkError("its answer is longer than %d bytes" % most)
            blocks.append(block)
        return b"".join(blocks)


class Connection(object):
    """A connection that is up. One thread at a time.

    Args:
        sock (socket): Connected.
        check (callable): Raises `Cancelled` when the run was ended.
        stall_s (float): How long nothing may move.
        is_bounded (bool): The system ends each wait: see `bound_waits`.

    Attributes:
        idle_since (float): When it was last given back.
        is_used (bool): It has served a request.
    """

    def __init__(self, sock, check, stall_s, is_bounded=False):
        self._socket = sock
        self._flags = (_WHOLE,) if is_bounded else ()
        self._check = check
        self.stall_s = stall_s
        self._rest = b""
        self.idle_since = 0.0
        self.is_used = False
        self.is_plain = type(sock) is socket.socket

    def close(self):
        """Close it; closing twice is fine."""
        try:
            self._socket.close()
        except (OSError, IOError):
            pass

    def is_quiet(self):
        """Tell whether an idle connection is still up: one that has something to say is at its end."""
        return not self._rest and not _is_readable(self._socket)

    # -- sending

    def ask(self, head, body=b"", feed=None):
        """Send a request.

        Args:
            head (bytes): Request line and headers.
            body (bytes): All of the body.
            feed (callable, optional): Takes this connection and sends the body.
        """
        if feed is not None:
            self.send(head)
            feed(self)
        elif len(body) <= _TOGETHER:
            self.send(head + body)
        else:
            self.send(head)
            self.send(body)

    def send(self, block):
        """Send all of a block."""
        sent = self._wait(self._socket.send, block)
        if sent < len(block):
            view = memoryview(block)
            while sent < len(block):
                sent += self._wait(self._socket.send, view[sent:])

    def send_file(self, descriptor, offset, count):
        """Send a stretch of an open file without reading it into this process (plain connections).

        Raises:
            Closed: The file ended early.
        """
        end = offset + count
        while offset < end:
            sent = self._wait(compat.send_file, self._socket, descriptor, offset,
                              min(end - offset, _FILE_BYTES))
            if not sent:
                raise EOFError
            offset += sent

    def _wait(self, call, *arguments):
        """Call what waits for the network, in slices; return what it returns."""
        until = None
        while True:
            try:
                return call(*arguments)
            except socket.error as error:
                if not is_timeout(error):
                    raise network_error(error)
            self._check()
            now = compat.monotonic()
            until = until or now - SLICE_S + self.stall_s
            if now >= until:
                raise Stalled("nothing moved for %d s" % self.stall_s)
            _pause_for(call, self._socket)

    # -- receiving

    def receive(self, most):
        """Return up to `most` bytes: as many as come in a slice of time; none at the end."""
        if not self._rest:
            return self._wait(self._socket.recv, most, *self._flags)
        block, self._rest = self._rest[:most], self._rest[most:]
        if len(block) < most <= _TOGETHER:
            block += self._wait(self._socket.recv, most - len(block), *self._flags)
        return block

    def answer(self, method):
        """Read the head of an answer; interim ones (100 Continue) are passed over.

        Raises:
            NetworkError: No answer, or none that HTTP knows.
        """
        while True:
            head = self._head()
            answer = Answer(_status(head), _fields(head), self)
            if answer.status >= 200:
                answer.frame(method)
                return answer
            if answer.status == 101:
                raise NetworkError("it wants to speak another protocol")

    def _head(self):
        buffered = self._rest
        while True:
            end = buffered.find(b"\r\n\r\n")
            if end >= 0:
                self._rest = buffered[end + 4:]
                return buffered[:end]
            if len(buffered) > _MOST_HEAD:
                raise NetworkError("the head of its answer does not end")
            block = self._wait(self._socket.recv, _HEAD_BYTES)
            if not block:
                error = Closed("it closed the connection without an answer")
                error.is_stale = self.is_used and not buffered
                raise error
            buffered = buffered + block if buffered else block

    def chunks(self, size):
        """Yield a body that comes in chunks."""
        while True:
            length = self._line().partition(b";")[0].strip()
            try:
                left = int(length, 16)
                if left < 0 or not length.isalnum():
                    raise ValueError
            except ValueError:
                raise NetworkError("it sent a chunk without its length")
            if not left:
                break
            while left:
                block = self.receive(min(left, size))
                if not block:
                    raise Closed("it closed the connection in the middle of an answer")
                left -= len(block)
                yield block
            self._line()
        while self._line():
            pass  # Trailers.

    def _line(self):
        while b"\n" not in self._rest:
            block = self._wait(self._socket.recv, _MOST_LINE)
            if not block:
                raise Closed("it closed the connection in the middle of an answer")
            self._rest += block
            if len(self._rest) > _RECEIVED + _MOST_LINE:
                raise NetworkError("it sent a line that does not end")
        line, _, self._rest = self._rest.partition(b"\n")
        return line.rstrip(b"\r")


def _status(head):
    if head[:7] != b"HTTP/1." or not head[9:12].isdigit() or head[8:9] != b" ":
        raise NetworkError("its answer is not HTTP/1.1")
    return int(head[9:12])


def _fields(head):
    """Return the headers of an answer. What servers say in them is ASCII; anything else is read as Latin-1."""
    fields = {}
    for line in head.decode("latin-1").split("\r\n")[1:]:
        name, colon, value = line.partition(":")
        if colon:
            fields[name.lower()] = value.strip()
    return fields


def is_timeout(error):
    """Tell whether a call on a socket has only waited for too long."""
    # 2.7's TLS says so in words only.
    return isinstance(error, socket.timeout) or error.errno in (errno.EAGAIN, errno.EWOULDBLOCK, errno.EINTR) or (
        error.errno is None and "timed out" in compat.text(error))


def network_error(error):
    """Return the `NetworkError` for what a socket raised."""
    if error.errno in (errno.EPIPE, errno.ECONNRESET, errno.ECONNABORTED):
        return Closed("it cut the connection")
    return NetworkError(compat.text(error.strerror or error).strip() or type(error).__name__)


def _pause_for(call, sock):
    """Wait until a socket takes more: what the system's own call for files does not do."""
    if call is compat.send_file:
        poll(sock, True, SLICE_S)


def _is_readable(sock):
    return poll(sock, False, 0)


def poll(sock, is_writing, seconds):
    """Wait until a socket can be written, or read; tell whether it can, or is at its end."""
    try:
        if hasattr(select, "poll"):  # `select` takes no descriptor above 1023.
            watched = select.poll()
            watched.register(sock, select.POLLOUT if is_writing else select.POLLIN)
            return bool(watched.poll(int(seconds * 1000)))
        # Windows tells of a connection that was refused in the last list only.
        return any(select.select([] if is_writing else [sock], [sock] if is_writing else [], [sock], seconds))
    except (select.error, socket.error, ValueError):
        return True
