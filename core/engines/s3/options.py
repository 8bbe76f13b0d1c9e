"""Where a bucket is: the options of a storage, read and checked."""
from __future__ import absolute_import, division, print_function, unicode_literals

import re
from collections import namedtuple

from six.moves.urllib.parse import unquote, urlsplit

from ... import compat
from ...errors import SettingsError

#: Names of options, and whether they are needed.
KNOWN = ("endpoint", "bucket", "prefix", "region", "access_key", "secret_key", "session_token", "style", "ca_bundle",
         "proxy")

STYLES = ("auto", "path", "virtual")

#: ``host`` and ``port`` are dialled; ``authority`` is what the Host header says; ``base`` stands before every key in a
#: request ("/bucket/" or "/"), ``prefix`` before every key in the bucket ("input/" or "").
Place = namedtuple("Place", "scheme host port authority base bucket prefix region shown ca_bundle proxy")

_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]\Z")
_NUMERIC = re.compile(r"[0-9.]+\Z|\[?[0-9a-fA-F:]*:[0-9a-fA-F:.]*\]?\Z")
#: A host with a port that tells neither http from https nor anything secret.
_OPEN = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9a-fA-F:.]+\]):(?!443/?\Z)[0-9]{1,5}/?\Z")
_REGION = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")
_PORTS = {"http": 80, "https": 443}


def read_place(options, region=None):
    """Return the `Place` that options name.

    Args:
        options (dict): Of `KNOWN`; e.g. ``{"endpoint": "http://127.0.0.1:8333", "bucket": "b"}``.
        region (str, optional): Where the options name none.

    Raises:
        SettingsError: An option is missing, unknown or wrong.
    """
    unknown = sorted(set(options) - set(KNOWN))
    if unknown:
        raise SettingsError("The s3 storage has unknown options: %s. Known: %s."
                            % (", ".join(unknown), ", ".join(KNOWN)))
    bucket = _text(options, "bucket")
    if not _BUCKET.match(bucket) or ".." in bucket:
        raise SettingsError("The s3 storage's bucket \"%s\" is no name of a bucket: give 3 or more of a-z, 0-9, "
                            "\"-\" and \".\"." % bucket)
    region = _text(options, "region") or region or "us-east-1"
    if not _REGION.match(region):
        raise SettingsError("The s3 storage's region \"%s\" is no name of a region: give e.g. us-east-1." % region)
    scheme, host, port, path = _endpoint(_text(options, "endpoint") or "https://s3.%s.amazonaws.com" % region)
    style = _text(options, "style") or "auto"
    if style not in STYLES:
        raise SettingsError("The s3 storage's style \"%s\" is not known. Known: %s." % (style, ", ".join(STYLES)))
    shown = "%s://%s%s" % (scheme, _authority(scheme, host, port), path)
    if _is_virtual(style, scheme, host, bucket):
        host, base = bucket + "." + host, path + "/"
    else:
        base = "%s/%s/" % (path, bucket)
    return Place(scheme, host, port, _authority(scheme, host, port), base, bucket, _prefix(_text(options, "prefix")),
                 region, shown + "/" + bucket, _text(options, "ca_bundle") or None, _text(options, "proxy") or None)


def _text(options, name):
    value = options.get(name)
    if value is not None and not isinstance(value, (bytes, compat.text_type)):
        raise SettingsError("The s3 storage's %s is not text." % name)
    return (compat.text(value) or "").strip()


def _endpoint(url):
    if _OPEN.match(url):  # No guess: what has a port of its own is as often plain http.
        raise SettingsError("The s3 storage's endpoint %s does not say how it is reached: write http://%s, or "
                            "https://%s where it has a certificate." % (url, url, url))
    if "://" not in url:
        url = "https://" + url
    try:
        parts = urlsplit(url)
        scheme, host, port = parts.scheme.lower(), parts.hostname, parts.port
    except ValueError:
        scheme = host = port = None
    if scheme not in _PORTS or not host or parts.query or parts.fragment or parts.username is not None or (
            re.search(r"[^A-Za-z0-9._:%-]", host)):
        raise SettingsError("The s3 storage's endpoint is no address of a server: give e.g. https://s3.example.com "
                            "or http://127.0.0.1:8333, without a user, a query or a bucket.")
    return scheme, host, port or _PORTS[scheme], parts.path.rstrip("/")


def _authority(scheme, host, port):
    """Return what the Host header says; the port is left out where it is the scheme's own."""
    host = "[%s]" % host if ":" in host else host
    return host if port == _PORTS[scheme] else "%s:%d" % (host, port)


def _is_virtual(style, scheme, host, bucket):
    if style != "auto":
        return style == "virtual"
    # Elsewhere, names below the server's own seldom lead to it. With dots in a bucket no certificate fits.
    return (host.endswith((".amazonaws.com", ".amazonaws.com.cn")) and not _NUMERIC.match(host)
            and not (scheme == "https" and "." in bucket) and bucket == bucket.lower() and "_" not in bucket)


def _prefix(value):
    names = value.strip("/").split("/") if value.strip("/") else []
    if any(name in ("", ".", "..") for name in names) or re.search("[\\x00-\\x1f\\x7f-\\x9f\\\\]", value):
        raise SettingsError("The s3 storage's prefix \"%s\" is no folder: give e.g. input, or nothing."
                            % re.sub("[\\x00-\\x1f\\x7f-\\x9f]", "?", value))
    return "".join(name + "/" for name in names)


#: A proxy: ``login`` is "user:password" or None.
Proxy = namedtuple("Proxy", "host port login")


def read_proxy(url):
    """Return the `Proxy` that a URL names, or None where it names none.

    Raises:
        SettingsError: It is no http proxy.
    """
    if not url:
        return None
    try:
        parts = urlsplit(url if "://" in url else "http://" + url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if not host or parts.scheme.lower() != "http":
        # Not shown: it may hold a password.
        raise SettingsError("The proxy for the s3 storage is not an http proxy: give e.g. http://proxy:3128.")
    login = None
    if parts.username is not None:
        login = "%s:%s" % (unquote(parts.username), unquote(parts.password or ""))
    return Proxy(host, port or 80, login)


def choose_proxy(place, environ=compat.environ):
    """Return the `Proxy` on the way to a place, or None.

    The option wins over ``http_proxy``, ``https_proxy`` and ``all_proxy``; ``no_proxy`` and this
    very machine are reached without one.

    Raises:
        SettingsError: What is named is no http proxy.
    """
    if place.host == "localhost" or place.host.startswith("127.") or place.host == "::1":
        return None
    if place.proxy:
        return read_proxy(place.proxy)
    for name in (place.scheme + "_proxy", "all_proxy"):
        url = environ(name) or environ(name.upper())
        if url:
            refused = environ("no_proxy") or environ("NO_PROXY") or ""
            return None if _is_spared(place, refused) else read_proxy(url)
    return None


def _is_spared(place, names):
    for name in names.replace(",", " ").split():
        name = name.lower().lstrip(".")
        if name == "*" or name in (place.host.lower(), "%s:%d" % (place.host.lower(), place.port)):
            return True
        if not _NUMERIC.match(name) and place.host.lower().endswith("." + name):
            return True
    return False
