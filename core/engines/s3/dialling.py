"""How a connection to a store comes about: names, proxies, TLS."""
from __future__ import absolute_import, division, print_function, unicode_literals

import base64
import errno
import os
import socket
import ssl
import threading

from ... import compat
from ...errors import SettingsError
from .connection import (
    SLICE_S, Connection, NetworkError, Stalled, bound_waits, is_timeout, network_error, poll)

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
        self._context = None
        self._is_secured = False

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
            if self._place.scheme != "https":
                return Connection(sock, self._check, self._stall_s, bound_waits(sock, SLICE_S))
            if self._proxy:
                self._tunnel(sock)
            sock = self._secure(sock)
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
            return socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM, 0, socket.AI_NUMERICHOST)
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

    def _secure(self, sock):
        if self._context is None:
            self._context = make_context(self._place.ca_bundle)
        secured = self._context.wrap_socket(sock, server_hostname=self._place.host, do_handshake_on_connect=False)
        try:
            self._shake_hands(secured)
        except Exception as error:
            secured.close()
            raise self._translated(error)
        self._is_secured = True
        return secured

    def _shake_hands(self, secured):
        """Agree on a secure connection, in slices."""
        secured.settimeout(SLICE_S)
        until = compat.monotonic() + self._connect_s
        while True:
            try:
                return secured.do_handshake()
            except (socket.error, ssl.SSLError) as error:
                if not is_timeout(error):
                    raise
            self._check()
            if compat.monotonic() > until:
                raise Stalled("it accepted the connection and said nothing for %d s" % self._connect_s)

    def _translated(self, error):
        """Return the error for what a handshake raised."""
        if _is_certificate(error):
            return SettingsError("The certificate of %s is not trusted (%s). Name the authority that issued it as "
                                 "the storage's ca_bundle." % (self._place.shown, compat.text(error)))
        if isinstance(error, ssl.SSLError):
            if not self._is_secured and _is_plain(error):
                return SettingsError("The storage %s does not answer by https. If it speaks plain http, its endpoint "
                                     "is http://%s." % (self._place.shown, self._place.authority))
            return NetworkError("the secure connection failed: %s" % compat.text(error))
        return network_error(error) if isinstance(error, socket.error) else error


def _is_plain(error):
    """Tell whether the other side's first bytes were not of TLS; every OpenSSL has a word of its own for that."""
    said = compat.text(error).upper().replace(" ", "_")
    return any(word in said for word in ("WRONG_VERSION_NUMBER", "UNKNOWN_PROTOCOL", "HTTP_REQUEST"))


def _is_certificate(error):
    return isinstance(error, ssl.CertificateError) or "CERTIFICATE_VERIFY_FAILED" in compat.text(error).upper()


def make_context(ca_bundle, environ=compat.environ):
    """Return a TLS context that trusts a file of certificates, or the system's.

    Args:
        ca_bundle (str or None): By default the file that ``AWS_CA_BUNDLE`` or
            ``REQUESTS_CA_BUNDLE`` names, else what the system trusts.
        environ (callable): Variable -> text or None.

    Raises:
        SettingsError: The file cannot be read.
    """
    path = ca_bundle or environ("AWS_CA_BUNDLE") or environ("REQUESTS_CA_BUNDLE")
    try:
        context = ssl.create_default_context(cafile=path and compat.fs(path))
    except (IOError, OSError, ssl.SSLError) as error:
        raise SettingsError("The certificates %s cannot be read (%s). Correct the storage's ca_bundle."
                            % (path, compat.text(error.strerror or error)))
    if not path and not context.cert_store_stats()["x509_ca"] and not ssl.get_default_verify_paths().capath:
        # Some Pythons of programs come without the system's certificates; requests brings its own.
        try:
            import certifi
            context.load_verify_locations(certifi.where())
        except (ImportError, IOError, OSError):
            pass
    return context
