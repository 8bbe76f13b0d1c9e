"""Signature version 4, as S3 takes it in the header ``Authorization``."""
from __future__ import absolute_import, division, print_function, unicode_literals

import hashlib
import hmac
import time

#: The body is not hashed for the signature. No store was seen that compares that hash with the body; what they do
#: compare is Content-MD5 or x-amz-checksum-crc32, and those headers are signed.
UNSIGNED = "UNSIGNED-PAYLOAD"

ALGORITHM = "AWS4-HMAC-SHA256"


def signing_key(secret_key, day, region, service="s3"):
    """Return the key of one day.

    Args:
        secret_key (str): Of the account.
        day (str): UTC, e.g. "20130524".
        region, service (str): Which the key is for.

    Returns:
        bytes: 32 of them.
    """
    key = ("AWS4" + secret_key).encode("utf-8")
    for part in (day, region, service, "aws4_request"):
        key = hmac.new(key, part.encode("utf-8"), hashlib.sha256).digest()
    return key


def canonical_request(method, path, query, headers, payload):
    """Return the text that is signed, and the names of the headers in it.

    Args:
        method (str): e.g. "PUT".
        path (str): Percent-encoded.
        query (str): Percent-encoded, its parts in order.
        headers (list of tuple): ``(name, value)``: lower-case names, in order.
        payload (str): Hash of the body, or `UNSIGNED`.
    """
    names = ";".join([name for name, _ in headers])
    lines = "".join(["%s:%s\n" % header for header in headers])
    return "%s\n%s\n%s\n%s\n%s\n%s" % (method, path, query, lines, names, payload), names


def sign(key, moment, scope, canonical):
    """Return the signature of a canonical request, in hex.

    Args:
        key (bytes): From `signing_key`.
        moment (str): UTC, e.g. "20130524T000000Z".
        scope (str): e.g. "20130524/us-east-1/s3/aws4_request".
        canonical (str): From `canonical_request`.
    """
    digest = hashlib.sha256(canonical.encode("utf-8")).hexdigest()
    told = "%s\n%s\n%s\n%s" % (ALGORITHM, moment, scope, digest)
    return hmac.new(key, told.encode("utf-8"), hashlib.sha256).hexdigest()


class Signer(object):
    """Sign requests of one account; safe to use from many threads.

    Args:
        credentials (Credentials): Of the account.
        region (str): Of the bucket.
        service (str): Which is asked.
        clock (callable): Epoch seconds.

    Attributes:
        skew_s (float): How much the server's clock is ahead of ours.
    """

    def __init__(self, credentials, region, service="s3", clock=time.time):
        self._credentials = credentials
        self._region = region
        self._service = service
        self._clock = clock
        self._now = (None, None, None, None)
        self.skew_s = 0.0

    def _moment(self):
        """Return ``(second, moment, scope, key)`` of now: the key is that of the day."""
        second = int(self._clock() + self.skew_s)
        now = self._now
        if now[0] == second:
            return now
        moment = time.strftime(str("%Y%m%dT%H%M%SZ"), time.gmtime(second))
        scope = "%s/%s/%s/aws4_request" % (moment[:8], self._region, self._service)
        key = now[3] if scope == now[2] else signing_key(self._credentials.secret_key, moment[:8], self._region,
                                                         self._service)
        self._now = now = (second, "%s" % moment, scope, key)
        return now

    def headers(self, method, path, query, headers, payload=UNSIGNED):
        """Return a request's headers with its signature among them, as the lines to send.

        Args:
            method, path, query (str): As `canonical_request` takes them.
            headers (list of tuple): ``(name, value)``, lower-case names, "host" among them.
            payload (str): Hash of the body, or `UNSIGNED`.

        Returns:
            str: Lines, each with its end.
        """
        _, moment, scope, key = self._moment()
        signed = headers + [("x-amz-content-sha256", payload), ("x-amz-date", moment)]
        if self._credentials.token:
            signed.append(("x-amz-security-token", self._credentials.token))
        signed.sort()
        canonical, names = canonical_request(method, path, query, signed, payload)
        signature = sign(key, moment, scope, canonical)
        lines = "".join(["%s: %s\r\n" % header for header in signed])
        return "%sauthorization: %s Credential=%s/%s,SignedHeaders=%s,Signature=%s\r\n" % (
            lines, ALGORITHM, self._credentials.access_key, scope, names, signature)
