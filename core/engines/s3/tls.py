"""TLS between a socket and a store."""
from __future__ import absolute_import, division, print_function, unicode_literals

import socket
import ssl

from ... import compat
from ...errors import SettingsError
from .connection import SLICE_S, NetworkError, Stalled, is_timeout, network_error


class Tls(object):
    """Secure the connections to a place.

    Args:
        place (options.Place): Where they lead.
        check (callable): Raises `Cancelled` when the run was ended.
        connect_s (float): How long agreeing on a secure connection may take.
    """

    def __init__(self, place, check, connect_s):
        self._place = place
        self._check = check
        self._connect_s = connect_s
        self._context = None
        self._is_secured = False

    def secure(self, sock):
        """Return a secured socket in the place of a connected one.

        Raises:
            NetworkError: The other side does not agree.
            SettingsError: It does not speak TLS, or its certificate is not trusted.
        """
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
