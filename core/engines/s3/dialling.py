"""How a connection to a store comes about: names, proxies, TLS."""
from __future__ import absolute_import, division, print_function, unicode_literals

import base64
import errno
import os
import socket
import threading

from ... import compat
from .connection import SLICE_S, Connection, NetworkError, Stalled, bound_waits, network_error, poll

_CONNECT_S = 10.0


class Dialler(object):
    """Open connections to a place.

    Args:
        place (options.Place): Where to.
        proxy (options.Proxy or None): On the way.
        check (callable): Raises `Cancelled` when the run was ended.
        stall_s (float): How long nothing may move.
        connect_s (float): How long connecting may take.
    """

    def __init__(self, place, proxy, check, stall_s, connect_s=_CONNECT_S):
        self._place = place
        self._proxy = proxy
        self._check = check
        self._stall_s = stall_s
        self._connect_s = connect_s
        self._tls = None
        if place.scheme == "https":
            from .tls import Tls  # It loads OpenSSL, which plain http does without.
            self._tls = Tls(place, check, connect_s)

    @property
    def target(self):
        """str: What stands before the path in a request's first line: a proxy wants the whole URL."""
        return "http://" + self._place.authority if self._proxy and self._place.scheme == "http" else ""

    @property
    def login(self):
        """list: Headers that log in to a proxy."""
        if not self._proxy or not self._proxy.login:
            return []
        return [("proxy-authorization", "Basic " + base64.b64encode(self._proxy.login.encode("utf-8")).decode("ascii"))]

    def dial(self):
        """Return a new `Connection`.

        Raises:
            NetworkError: It cannot be reached.
            SettingsError: The file with certificates cannot be read.
        """
        try:
            return self._dialled(self._proxy or self._place)
        except NetworkError as error:
            error.is_away = True
            raise

    def _dialled(self, place):
        sock = self._connect(place.host, place.port)
        try:
            if self._tls is None:
                return Connection(sock, self._check, self._stall_s, bound_waits(sock, SLICE_S))
            if self._proxy:
                self._tunnel(sock)
            sock = self._tls.secure(sock)
            sock.settimeout(SLICE_S)
            return Connection(sock, self._check, self._stall_s)
        except Exception:
            sock.close()
            raise

    def _connect(self, host, port):
        failure = None
        for family, kind, protocol, _, address in self._find(host, port):
            self._check()
            sock = None
            try:
                sock = socket.socket(family, kind, protocol)
                self._reach(sock, address)
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return sock
            except (socket.error, NetworkError) as error:
                if sock is not None:  # No more files may be open.
                    sock.close()
                failure = error if isinstance(error, NetworkError) else network_error(error)
            except Exception:
                sock.close()
                raise
        raise failure

    def _find(self, host, port):
        """Return the addresses of a name. No signal ends that call: it gets a thread, which a cancel leaves behind."""
        try:
            # As bytes: for text Python loads its codec for foreign names.
            return socket.getaddrinfo(host.encode("ascii"), port, 0, socket.SOCK_STREAM, 0, socket.AI_NUMERICHOST)
        except (socket.error, UnicodeError):
            pass  # It has to be asked for.
        outcome, is_over = [], threading.Event()

        def ask():
            try:
                outcome.append(socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM))
            except (socket.error, UnicodeError) as error:
                outcome.append(error)
            is_over.set()
        thread = threading.Thread(target=ask, name=str("find-name"))
        thread.daemon = True
        thread.start()
        while not is_over.wait(SLICE_S):
            self._check()
        if isinstance(outcome[0], Exception):
            raise NetworkError("the name %s is not known: %s" % (host, compat.text(
                getattr(outcome[0], "strerror", None) or outcome[0])))
        return outcome[0]

    def _reach(self, sock, address):
        """Connect in slices."""
        sock.setblocking(False)
        until = compat.monotonic() + self._connect_s
        number = sock.connect_ex(address)
        while number in (errno.EINPROGRESS, errno.EWOULDBLOCK, errno.EALREADY, errno.EINTR):
            self._check()
            if compat.monotonic() > until:
                raise Stalled("connecting took longer than %d s" % self._connect_s)
            if poll(sock, True, SLICE_S):
                number = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if number:
            raise socket.error(number, os.strerror(number))
        sock.settimeout(SLICE_S)

    def _tunnel(self, sock):
        connection = Connection(sock, self._check, self._stall_s)
        place = self._place
        host = "%s:%d" % ("[%s]" % place.host if ":" in place.host else place.host, place.port)
        lines = "".join("%s: %s\r\n" % line for line in [("host", host)] + self.login)
        connection.send(("CONNECT %s HTTP/1.1\r\n%s\r\n" % (host, lines)).encode("ascii"))
        status = connection.answer("HEAD").status
        if status // 100 != 2:
            raise NetworkError("the proxy refused the way (%d)%s" % (
                status, ": it wants a user and a password" if status == 407 else ""))
