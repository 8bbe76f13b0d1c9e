"""A farm that answers by a script, over a real socket."""
from __future__ import absolute_import, division, print_function, unicode_literals

import json
import socket
import threading
import time

from six.moves import BaseHTTPServer, socketserver
from support_limits import WAIT_S

PROFILE = {"userId": 10001136, "userName": "artist", "platform": 9, "mainUserId": 7,
           "USDBalance": 1.5}
SETTING = {"shareMainCapital": 0, "taskOverTime": 12}
BIDS = {"config_bid": "30201", "output_bid": "20201", "input_bid": "10201",
        "parent_input_bid": "10200"}

LOGIN = {"/api/render/setUp/queryUserProfile": PROFILE,
         "/api/render/setUp/queryUserSetting": SETTING,
         "/api/render/transfer/getBid": BIDS}


def answer(data=None, code=200, message="", **more):
    """Return a step that answers as a farm does."""
    body = {"version": "2.0.0", "result": code == 200, "message": message, "code": code,
            "data": data, "serverTime": int(time.time() * 1000)}
    body.update(more)
    return text(json.dumps(dict((k, v) for k, v in body.items() if v != "leave out")))


def text(content, status=200, **headers):
    """Return a step that answers with any text."""
    def step(handler):
        payload = content if isinstance(content, bytes) else content.encode("utf-8")
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(payload)))
        handler.end_headers()
        handler.wfile.write(payload)
    return step


def nothing(handler):
    """Close the connection without a word."""
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


def half(handler):
    """Promise more than is sent."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"code": 200, "da')
    nothing(handler)


def stall(handler):
    """Say nothing until the farm is stopped."""
    handler.server.stopping.wait(WAIT_S)
    handler.close_connection = True


class ScriptedFarm(object):
    """Answers the login; then takes one step of the script a request, the last one for ever.

    Attributes:
        seen (list): ``(path, headers, body)`` of every request after the login.
        logins (int): Requests of the login that came outside of the script.
    """

    def __init__(self, *steps):
        self.script = list(steps)
        self.seen = []
        self.logins = 0
        self.scripted_login = False
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.farm = self
        self.domain = "127.0.0.1:%d" % self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.daemon = True

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._server.hang_up()
        self._thread.join()

    def wrap(self, context):
        """Speak TLS from now on."""
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)

    def then(self, *steps):
        """Replace the rest of the script; forget what was seen."""
        with self._lock:
            self.script = list(steps)
            self.seen = []
        return self

    def step_for(self, path, headers, body):
        """Return what to do with a request."""
        with self._lock:
            if path in LOGIN and not self.scripted_login:
                self.logins += 1
                return answer(LOGIN[path])
            self.seen.append((path, headers, body))
            return self.script.pop(0) if len(self.script) > 1 else self.script[0]


class _Server(socketserver.ThreadingMixIn, BaseHTTPServer.HTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, *args):
        self.stopping = threading.Event()
        self.open = []
        BaseHTTPServer.HTTPServer.__init__(self, *args)

    def server_bind(self):
        socketserver.TCPServer.server_bind(self)  # HTTPServer would look up its own name.
        self.server_name, self.server_port = self.server_address[:2]

    def hang_up(self):
        for connection in self.open:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except (OSError, socket.error):
                pass

    def handle_error(self, request, client_address):
        pass  # A client that went away is what some tests are about.


class _Handler(BaseHTTPServer.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # Else every answer waits 40 ms.

    def setup(self):
        BaseHTTPServer.BaseHTTPRequestHandler.setup(self)
        self.server.open.append(self.connection)

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = dict((name.lower(), value) for name, value in self.headers.items())
        self.server.farm.step_for(self.path, headers, json.loads(body.decode("utf-8")))(self)

    def log_message(self, *_):
        pass


class Pauses(object):
    """Stands where a `Cancel` does; notes the pauses and takes none."""

    def __init__(self):
        self.taken = []

    def wait(self, seconds):
        self.taken.append(seconds)
