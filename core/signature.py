"""The signature that the farm's HTTP API asks for.

Source: the farm's public SDK; the test vectors are in ``tests/test_signature.py``.
Client and local farm use the same functions.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import base64
import hashlib
import hmac

from . import compat

#: Headers that are part of the request but not of the signature.
UNSIGNED = ("signature", "Content-Type", "languageFlag")

API_VERSION = "2.0.0"
CHANNEL = "4"


def _flatten(value, key, out):
    if isinstance(value, dict):
        for name, member in value.items():
            _flatten(member, "%s.%s" % (key, name) if key else name, out)
    elif isinstance(value, (list, tuple)):
        for index, member in enumerate(value):
            _flatten(member, "%s%d" % (key, index), out)
    else:
        out[key] = value


def _as_written(value):
    """Return a scalar as Python's ``str`` writes it: ``True``, ``None``, ``1.5``."""
    if isinstance(value, float):
        return compat.text(repr(value))  # 2.7's str() would round to 12 digits.
    return compat.text(value) if value is not None else "None"


def string_to_sign(domain, url, headers, body):
    """Return the text that is signed.

    Args:
        domain (str): Host of the farm, with its port where it has one.
        url (str): Path of the call, e.g. "/api/render/transfer/getBid".
        headers (dict): Signed headers; `UNSIGNED` ones are left out.
        body (dict): JSON body of the request. Its keys win over the headers'.

    Returns:
        str: e.g. "[POST]host:/api/...&UTCTimestamp=1700000000&accessId=id".
    """
    values = {}
    merged = dict((key, value) for key, value in headers.items() if key not in UNSIGNED)
    merged.update(body)
    _flatten(merged, "", values)
    pairs = ["%s=%s" % (key, _as_written(values[key])) for key in sorted(values)]
    return "[POST]%s:%s&%s" % (domain, url, "&".join(pairs))


def sign(access_key, message):
    """Return the base64 of the HMAC-SHA256 of `message`."""
    digest = hmac.new(access_key.encode("utf-8"), message.encode("utf-8"), hashlib.sha256)
    return base64.b64encode(digest.digest()).decode("ascii")


def matches(access_key, message, signature):
    """Tell whether `signature` is right, in a time that tells nothing else."""
    return hmac.compare_digest(sign(access_key, message).encode("ascii"),
                               signature.encode("utf-8", "replace"))
