"""What can go wrong on the way of one request and its answer.

``side`` is "request" or "answer": on the request's side the server sees the
fault as well, on the answer's side it has done its work and the client does
not hear of it. ``after`` is where: how many bytes of the body still pass
(int) or which share of them (float); None means not even the head.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

from collections import namedtuple

Fault = namedtuple("Fault", "kind side after value")

#: Kinds that end the exchange where they happen.
BREAKS = ("cut", "reset", "stall")

#: Nothing of HTTP.
NONSENSE = b"\x16\x03\x01 \x00\xff\xfe not a word of HTTP\r\n\r\n<<<" * 20

SLOW_DOWN = (b'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>SlowDown</Code>'
             b"<Message>Please reduce your request rate.</Message></Error>")


def delay(seconds, side="request"):
    """Hold the request or the answer back for a while."""
    return Fault("delay", side, None, seconds)


def throttle(bytes_per_s, side="request"):
    """Let the body pass slowly."""
    return Fault("throttle", side, None, bytes_per_s)


def cut(after=None, side="request"):
    """Close the connection (FIN)."""
    return Fault("cut", side, after, None)


def reset(after=None, side="request"):
    """Reset the connection (RST)."""
    return Fault("reset", side, after, None)


def stall(after=None, side="request"):
    """Keep the connection and move nothing more, until the proxy is closed or `Proxy.release` is called."""
    return Fault("stall", side, after, None)


def answer(status, headers=(), body=SLOW_DOWN, side="request"):
    """Answer instead of the server: before it saw the request, or (side "answer") after it did what was asked.

    Args:
        status (int): E.g. 503.
        headers (tuple of tuple): Pairs of text.
        body (bytes): XML of S3's.
        side (str): See above.
    """
    return Fault("answer", side, None, (status, tuple(headers), body))


def busy(retry_after=None, status=503, side="request"):
    """Answer 503 (or 429, 500, ...), with Retry-After in seconds where it is given."""
    return answer(status, (("Retry-After", "%d" % retry_after),) if retry_after is not None else (), side=side)


def flip(at=0.5, side="request"):
    """Flip one bit of the body; `at` is a byte's number or a share of the body."""
    return Fault("flip", side, at, None)


def garbage(content=NONSENSE):
    """Answer with what is not HTTP, without asking the server."""
    return Fault("garbage", "request", None, content)


def shorten(by=1):
    """Take the last bytes away from the answer, and say a length that fits: it looks whole."""
    return Fault("shorten", "answer", None, by)
