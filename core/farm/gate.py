"""The gate of the local farm: who may call, and each signature once only."""
from __future__ import absolute_import, division, print_function, unicode_literals

import threading

from .. import signature
from ..errors import FarmError
from . import fields

#: Seconds by which a request's time may differ from the farm's.
WINDOW_S = 300

#: Signatures remembered. Beyond, the oldest second is forgotten and closed.
MOST_SEEN = 100000

_HEADERS = ("accessId", "channel", "platform", "UTCTimestamp", "nonce", "version")


class Gate(object):
    """Checks the signed headers of requests.

    Args:
        access_id (str): The one that may call.
        access_key (str): Its secret.
        clock (callable): Seconds since 1970.
    """

    def __init__(self, access_id, access_key, clock):
        self._access_id = access_id
        self._access_key = access_key
        self._clock = clock
        self._lock = threading.Lock()
        self._seen = {}  # second -> signatures of that second
        self._count = 0
        self._closed = None  # Seconds up to here were forgotten: nothing of them is taken.

    def check(self, domain, url, headers, body):
        """Let a request through or raise.

        Args:
            domain (str): What the client called: its Host header.
            url (str): Path.
            headers (callable): ``headers(name)`` is a header's text or None.
            body (dict): Parsed.

        Raises:
            FarmError: 601, 610 or 611.
        """
        signed = dict((name, headers(name)) for name in _HEADERS)
        given = headers("signature")
        for name in ("accessId", "UTCTimestamp", "signature"):
            if not (given if name == "signature" else signed[name]):
                raise FarmError("The header \"%s\" is missing: requests must be signed." % name, fields.MISSING)
        signed = dict((name, value) for name, value in signed.items() if value is not None)
        try:
            stamp = int(signed["UTCTimestamp"])
            message = signature.string_to_sign(domain, url, signed, body)
            right = signature.matches(self._access_key, message, given)
        except (ValueError, OverflowError):  # No number, or text that cannot be encoded.
            stamp, right = 0, False
        # One sentence for both, so that nobody learns which ids exist.
        if not right or signed["accessId"] != self._access_id:
            raise FarmError("The signature is not valid: check access id, access key and the domain "
                            "that was signed (%s)." % domain[:200], fields.BAD_SIGNATURE)
        self._once(stamp, given)

    def _once(self, stamp, given):
        now = int(self._clock())
        if abs(now - stamp) > WINDOW_S:
            raise FarmError("The request's time is %d s %s the farm's: set this computer's clock. "
                            "The farm's time is %d." % (
                                abs(now - stamp), "behind" if stamp < now else "ahead of", now), fields.STALE)
        with self._lock:
            self._forget(now - WINDOW_S - 1)
            if self._closed is not None and stamp <= self._closed:
                raise FarmError("Too many requests: this one is too old by now. The farm's time is %d."
                                % now, fields.STALE)
            second = self._seen.setdefault(stamp, set())
            if given in second:
                raise FarmError("This signature was used before: every request needs its own nonce.",
                                fields.BAD_SIGNATURE)
            second.add(given)
            self._count += 1

    def _forget(self, until):
        """Drop what is stale anyway, and the oldest second when there are too many."""
        for stamp in [stamp for stamp in self._seen if stamp <= until]:
            self._count -= len(self._seen.pop(stamp))
        while self._count >= MOST_SEEN:
            oldest = min(self._seen)
            self._closed = oldest if self._closed is None else max(oldest, self._closed)
            self._count -= len(self._seen.pop(oldest))
