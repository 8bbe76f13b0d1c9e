"""The HTTP side of the local farm: connections, limits, JSON in and out."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import itertools
import logging
import socket
import sqlite3
import threading

import six
from six.moves import BaseHTTPServer, socketserver

from .. import compat
from ..errors import FULL, FarmError, NameRefused, SyncError
from . import fields

log = logging.getLogger(__name__)

MOST_BODY = 64 << 20
_MOST_HEAD = 64 << 10
_MOST_CONNECTIONS = 64
#: Seconds for a request's head to arrive, the wait for it included.
HEAD_S = 30.0
#: Seconds for a body to arrive, and bytes a second that it must come with.
_BODY_S, _BODY_RATE = 30.0, 64 << 10
_LINGER_S = 2.0

_NO_ROOM = "No space is left on the farm's disk: free some there and try again."


class _Source(io.RawIOBase):
    """What a connection sends, with a deadline and a limit for all of it together.

    A time-out for each ``recv`` alone would let a client hold a thread for
    ever with a byte now and then.
    """

    def __init__(self, connection):
        super(_Source, self).__init__()
        self._connection = connection
        self.allow(HEAD_S, _MOST_HEAD)

    def allow(self, seconds, size):
        """Expect no more than `size` bytes within `seconds` from now."""
        self._end = compat.monotonic() + seconds
        self._left = size

    def readable(self):
        """There is no other side."""
        return True

    def readinto(self, buffer):
        """Read what is there: see `io.RawIOBase`."""
        left = self._end - compat.monotonic()
        if left <= 0:
            raise socket.timeout("timed out")
        if self._left <= 0:
            return 0
        self._connection.settimeout(left)
        found = self._connection.recv(min(len(buffer), 65536))
        self._left -= len(found)
        buffer[:len(found)] = found
        return len(found)


class Handler(BaseHTTPServer.BaseHTTPRequestHandler):
    """One connection: requests one after the other."""

    protocol_version = str("HTTP/1.1")
    server_version = str("LocalFarm")
    sys_version = str("")
    disable_nagle_algorithm = True

    def setup(self):
        """Read with our limits."""
        BaseHTTPServer.BaseHTTPRequestHandler.setup(self)
        self._source = _Source(self.connection)
        self.rfile.close()
        self.rfile = io.BufferedReader(self._source, 65536)

    def finish(self):
        """A connection that is gone is no error."""
        try:
            BaseHTTPServer.BaseHTTPRequestHandler.finish(self)
        except (EnvironmentError, ValueError):
            pass

    def handle_one_request(self):
        """Answer the next request; forget a connection that was cut or is too slow."""
        self.server.idle(self.connection)
        self._source.allow(HEAD_S, _MOST_HEAD)
        try:
            BaseHTTPServer.BaseHTTPRequestHandler.handle_one_request(self)
        except (EnvironmentError, ValueError):
            self.close_connection = True

    def do_POST(self):
        """Answer a call of the API."""
        self.server.busy(self.connection)
        try:
            body = self._body()
        except FarmError as error:
            self._answer(error.code, error.message)
            if self.close_connection:
                self._drain()
            return
        self._answer(*self._call(body))

    def _call(self, body):
        try:
            return 200, "success", self.server.call(self._header("Host") or self.server.domain, self.path,
                                                    self._header, body)
        except FarmError as error:
            return error.code or fields.INTERNAL, error.message
        except NameRefused as error:
            return fields.MISSING, error.message
        except SyncError as error:  # The storage is away, or refuses.
            return fields.INTERNAL, error.message
        except Exception as error:  # Whatever a request brings about, the client gets an answer.
            log.exception("%s failed.", self.path[:200])
            return fields.INTERNAL, _NO_ROOM if _is_full(error) else "The farm failed inside: its log says why."

    def do_GET(self):
        """Nothing is to be got: the API takes POST only."""
        self.close_connection = True
        self._answer(fields.UNKNOWN, "The farm's API takes POST requests only.")

    def _header(self, name):
        value = self.headers.get(str(name))
        return None if value is None else compat.text(value)

    def _body(self):
        """Return the request's JSON object."""
        length = self._header("Content-Length") or ""
        if self._header("Transfer-Encoding") or not length.isdigit() or len(length) > 15:
            self.close_connection = True
            raise FarmError("The request needs a Content-Length.", fields.BAD_JSON)
        length = int(length)
        if length > MOST_BODY:
            self.close_connection = True
            raise FarmError("The request has %d bytes: the farm takes %d." % (length, MOST_BODY), fields.TOO_LARGE)
        self._source.allow(_BODY_S + length / _BODY_RATE, length + 1)
        content = self.rfile.read(length)
        if len(content) != length:
            self.close_connection = True
            raise socket.error("cut off")
        return parse(content)

    def _answer(self, code, message, data=None):
        answer = {"version": "2.0.0", "result": code == 200, "message": message, "code": code, "data": data,
                  "serverTime": self.server.now_ms()}
        content = compat.dump_json(answer).encode("utf-8", "replace")
        head = "HTTP/1.1 200 OK\r\nContent-Type: application/json;charset=UTF-8\r\nContent-Length: %d\r\n%s\r\n" % (
            len(content), "Connection: close\r\n" if self.close_connection else "")
        self.connection.settimeout(HEAD_S)
        self.connection.sendall(head.encode("ascii") + content)

    def _drain(self):
        """Read on for a moment, so that a client that still sends gets to read its answer."""
        _shut(self.connection, socket.SHUT_WR)
        self._source.allow(_LINGER_S, 1 << 40)
        while self.rfile.read1(65536):
            pass

    def log_message(self, format, *args):
        """Say nothing of requests: their headers are credentials."""


def parse(content):
    """Return a request's body as a dict.

    Raises:
        FarmError: Not JSON, or no object.
    """
    try:
        body = compat.parse_json(content.decode("utf-8")) if content else {}
    except (ValueError, RuntimeError) as error:  # RuntimeError: nested too deeply.
        raise FarmError("The request's body is not valid JSON: %s." % compat.json_error(error)[0], fields.BAD_JSON)
    if not isinstance(body, dict):
        raise FarmError("The request's body must be a JSON object.", fields.BAD_JSON)
    return body


class Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    """Listens, with one thread a connection and not too many of them.

    Args:
        address (tuple): Host and port; port 0 takes a free one.
        api (callable): ``api(domain, url, header, body)`` returns data or raises.
        now_ms (callable): The time in milliseconds.
    """

    # On Windows this option would let a second farm take the same port.
    allow_reuse_address = not compat.WINDOWS
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address, api, now_ms):
        self.call = api
        self.now_ms = now_ms
        self._lock = threading.RLock()
        self._idle = {}  # connection -> its turn of waiting for a request; None while one is answered
        self._turn = itertools.count()
        self._threads_left = []
        socketserver.TCPServer.__init__(self, address, Handler)
        self.domain = "%s:%d" % (address[0], self.server_address[1])
        self._thread = None

    def start(self):
        """Begin to answer, in threads."""
        self._thread = threading.Thread(target=self.serve_forever, args=(0.2,), name=str("farm-http"))
        self._thread.daemon = True
        self._thread.start()

    def stop(self):
        """Take no more requests; those being answered get their answer."""
        if self._thread:
            self.shutdown()
            self._thread.join(5)
        self.server_close()
        with self._lock:
            threads = list(self._threads_left)
            for connection in self._idle:
                _shut(connection, socket.SHUT_RD)
        end = compat.monotonic() + 1.0
        for thread in threads:
            thread.join(max(0.05, end - compat.monotonic()))
        with self._lock:
            for connection in self._idle:
                _shut(connection, socket.SHUT_RDWR)

    def process_request(self, request, client_address):
        """Give a connection its thread; with too many, the one that waits longest must go."""
        with self._lock:
            if len(self._idle) >= _MOST_CONNECTIONS:
                waiting = [(turn, connection) for connection, turn in self._idle.items() if turn is not None]
                if not waiting:
                    self.shutdown_request(request)
                    return
                oldest = min(waiting, key=lambda pair: pair[0])[1]
                del self._idle[oldest]
                _shut(oldest, socket.SHUT_RDWR)
            self._idle[request] = next(self._turn)
            self._threads_left = [thread for thread in self._threads_left if thread.is_alive()]
        thread = threading.Thread(target=self.process_request_thread, args=(request, client_address),
                                  name=str("farm-connection"))
        thread.daemon = True
        try:
            thread.start()
        except (RuntimeError, six.moves._thread.error):  # No more threads on this machine.
            self.shutdown_request(request)
            return
        with self._lock:
            self._threads_left.append(thread)

    def shutdown_request(self, request):
        """Close a connection and forget it."""
        with self._lock:
            self._idle.pop(request, None)
        socketserver.TCPServer.shutdown_request(self, request)

    def idle(self, connection):
        """This connection waits for a request; for its first one since it came, not since its thread runs."""
        with self._lock:
            if self._idle.get(connection, 0) is None:
                self._idle[connection] = next(self._turn)

    def busy(self, connection):
        """A request of this connection is being answered."""
        with self._lock:
            if connection in self._idle:
                self._idle[connection] = None

    def handle_error(self, request, client_address):
        """Log what went wrong with a connection; the others go on."""
        log.exception("A connection ended with an error.")


def _is_full(error):
    """Tell whether an error is that of a disk without room; SQLite says so in words only."""
    if isinstance(error, sqlite3.OperationalError):
        return "disk is full" in compat.text_type(error)
    return isinstance(error, EnvironmentError) and error.errno in FULL


def _shut(connection, how):
    try:
        connection.shutdown(how)
    except EnvironmentError:  # It is gone already.
        pass
