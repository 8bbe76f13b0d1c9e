"""The proxy: one thread a connection, one exchange after the other."""
from __future__ import absolute_import, division, print_function, unicode_literals

import socket
import ssl
import threading

from . import relay
from .messages import Gone, Wire
from .schedule import Rule

_BACKLOG = 256

#: A stall ends after that long at the latest.
_STALL_S = 3600


class Exchange(object):
    """One request and what became of it.

    Attributes:
        number (int): In the order of arrival, from 1.
        connection (int): Of the client, from 1.
        method (str), target (str): "PUT", "/bucket/key?partNumber=2".
        headers (dict): Of the request; names in small letters.
        fault (Fault or None): What was done to it.
        sent (int): Bytes of its body that went on to the server.
        status (int or None): That the client was told.
        got (int): Bytes of the answer's body that went on to the client.
        done (bool): The client was sent the whole answer.
    """

    __slots__ = ("number", "connection", "method", "target", "headers", "fault", "sent", "status", "got", "done")

    def __init__(self, number, connection, head, fault):
        self.number = number
        self.connection = connection
        self.method, self.target = head.words[:2]
        self.headers = {name.lower(): value for name, value in head.headers}
        self.fault = fault
        self.sent = self.got = 0
        self.status = None
        self.done = False

    def __repr__(self):
        return str("%d/%d %s %s %s -> %s%s") % (
            self.number, self.connection, self.method, self.target, self.fault.kind if self.fault else "-",
            self.status, "" if self.done else " broken off")


class Proxy(object):
    """See the package. Use it as ``with``, or call `open` and `close`.

    Args:
        upstream (tuple): Host and port of the server.
        schedule (Schedule, optional): Faults by chance, for what no rule takes.
        certificate (Certificate, optional): With it, clients speak TLS to the proxy. Assign another one at any time.

    Attributes:
        port (int): On 127.0.0.1.
        exchanges (list of Exchange): All so far, in the order of arrival.
    """

    def __init__(self, upstream, schedule=None, certificate=None):
        self.upstream = upstream
        self.schedule = schedule
        self.certificate = certificate
        self.port = None
        self.exchanges = []
        self.is_down = False
        self._rules = []
        self._lock = threading.Lock()
        self._turning = threading.Lock()  # Nobody comes up in the middle of going down.
        self._over = threading.Event()
        self._free = threading.Event()
        self._listener = None
        self._open = {}
        self._count = 0

    def __enter__(self):
        return self.open()

    def __exit__(self, *_):
        self.close()

    def open(self):
        """Listen; returns itself."""
        self._listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen(_BACKLOG)
        self.port = self._listener.getsockname()[1]
        self._start(self._accept)
        return self

    def close(self):
        """End all connections and stop."""
        self._over.set()
        self._free.set()
        _shut(self._listener)
        self._listener.close()
        self._end_all()
        for thread in list(self._open):
            thread.join(10)

    @property
    def url(self):
        """str: For clients, e.g. "http://127.0.0.1:40123"."""
        # By name: Python 2.7 compares no addresses with a certificate's.
        return ("https://localhost:%d" if self.certificate else "http://127.0.0.1:%d") % self.port

    def add(self, fault, **conditions):
        """Put a `Rule` before the later ones; takes what `Rule` takes, and returns it."""
        rule = Rule(fault, **conditions)
        with self._lock:
            self._rules.append(rule)
        return rule

    def settle(self, seconds=120):
        """Wait until no connection is open any more: what a client left behind reaches the server before others do."""
        threads = list(self._open)
        for thread in threads:
            thread.join(seconds)
        assert not any(thread.is_alive() for thread in threads), "a connection stays open"

    def release(self):
        """Break off what stalls now; what is delayed or throttled goes on at once."""
        with self._lock:
            self._free.set()
            self._free = threading.Event()

    def go_down(self):
        """Be a network that is gone: reset every connection, and every new one."""
        with self._turning:
            self.is_down = True
            self.release()
            self._end_all()

    def come_up(self):
        """Be there again, once the network has gone down wholly."""
        with self._turning:
            self.is_down = False

    def count(self, method=None, contains="", status=None):
        """Return how many whole exchanges there were: with a method, a text in the target, a status."""
        return sum(one.done and method in (None, one.method) and contains in one.target and status in (None, one.status)
                   for one in list(self.exchanges))

    def faults(self):
        """Return how many requests met a fault."""
        return sum(one.fault is not None for one in list(self.exchanges))

    # ------------------------------------------------------------ connections

    def _start(self, run, *arguments):
        thread = threading.Thread(target=run, args=arguments)
        thread.daemon = True
        thread.start()
        return thread

    def _accept(self):
        while not self._over.is_set():
            try:
                client = self._listener.accept()[0]
            except (IOError, OSError):
                continue  # The client is gone already, or the listener was closed.
            if self.is_down:
                relay.reset_socket(client)
                continue
            self._count += 1
            self._start(self._serve, client, self._count)

    def _end_all(self):
        for sockets in list(self._open.values()):
            for one in sockets:
                if self.is_down:
                    relay.linger_not(one)
                _shut(one)

    def _serve(self, client, number):
        sockets = self._open[threading.current_thread()] = [client]
        try:
            sockets[0] = client = self._secure(client)
            sockets.append(socket.create_connection(self.upstream))
            for one in sockets:
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            wires = [Wire(one) for one in sockets]
            while not self._over.is_set() and self._exchange(number, *wires):
                pass
        except (Gone, IOError, OSError, ValueError):
            pass  # A side that breaks off, refuses our certificate or talks nonsense ends the connection.
        finally:
            for one in self._open.pop(threading.current_thread()):
                one.close()

    def _secure(self, client):
        if self.certificate is None:
            return client
        context = ssl.SSLContext(getattr(ssl, "PROTOCOL_TLS_SERVER", ssl.PROTOCOL_SSLv23))
        context.load_cert_chain(*self.certificate)
        return context.wrap_socket(client, server_side=True)

    def _exchange(self, number, client, server):
        """Move one request and its answer; returns whether the connection goes on."""
        head = client.head()
        if head is None:
            return False
        with self._lock:
            exchange = Exchange(len(self.exchanges) + 1, number, head, self._choose(head))
            self.exchanges.append(exchange)
            free = self._free  # Of now: a release counts from the moment that a rule says it happened.
        return relay.Relay(client, server, exchange, lambda seconds=None: self._wait(free, seconds)).run(head)

    def _choose(self, head):
        method, target = head.words[:2]
        for chooser in self._rules + [self.schedule] * (self.schedule is not None):
            wanted = getattr(chooser, "header", None)
            if wanted and head.get(wanted) is None:
                continue
            fault = chooser.choose(method, target)
            if fault is not None:
                return fault
        return None

    def _wait(self, free, seconds):
        free.wait(seconds if seconds is not None else _STALL_S)
        if self._over.is_set() or self.is_down:
            raise Gone("the proxy ends")


def _shut(connection):
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except (IOError, OSError):
        pass  # It is gone already.
