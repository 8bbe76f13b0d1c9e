"""One request on its way to the server, its answer on the way back, and the fault that it meets."""
from __future__ import absolute_import, division, print_function, unicode_literals

import socket
import struct

from . import faults
from .messages import Gone, Head, Refused

#: Answers that have no body, whatever they say of its length.
_EMPTY = ("204", "304")

#: How often a throttled body moves.
_TURN_S = 0.05


class Relay(object):
    """An exchange between a client and the server.

    Args:
        client (Wire), server (Wire): Both connected.
        exchange (Exchange): What is written down of it.
        wait (callable): Takes seconds, none is until it is let go.
    """

    def __init__(self, client, server, exchange, wait):
        self._client = client
        self._server = server
        self._exchange = exchange
        self._fault = exchange.fault or faults.Fault(None, None, None, None)
        self._wait = wait

    def run(self, head):
        """Do it; returns whether the connection can take another one."""
        length, blocks = self._request_body(head)
        if self._is_instead("request"):
            return self._speak_instead(head, blocks)
        is_read = self._send_request(head, length, blocks)
        answer, length, blocks = self._answer(head.words[0])
        if self._is_instead("answer"):
            return self._speak_instead(head, blocks)
        if self._fault.kind == "shorten" and length:
            kept = max(0, length - self._fault.value)
            length, blocks = kept, _first(blocks, kept)
        self._exchange.status = int(answer.words[1])
        self._send_answer(answer, length, blocks)
        return is_read and not head.closes and not answer.closes

    def _is_instead(self, side):
        return self._fault.side == side and self._fault.kind in _INSTEAD

    def _speak_instead(self, head, blocks):
        for _ in blocks:
            pass
        return _INSTEAD[self._fault.kind](self) and not head.closes

    def _request_body(self, head):
        if (head.get("Expect") or "").lower() == "100-continue" and not self._breaks_at_once("request"):
            self._client.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        return self._client.body(head)

    def _answer(self, method):
        while True:
            answer = self._server.head()
            if answer is None:
                raise Gone("no answer")
            if not answer.words[1].startswith("1"):
                break
        if method == "HEAD" or answer.words[1] in _EMPTY:
            return answer, None, ()
        return (answer,) + self._server.body(answer, is_answer=True)

    def _breaks_at_once(self, side):
        return self._fault.side == side and self._fault.kind in faults.BREAKS and self._fault.after is None

    def _send_request(self, head, length, blocks):
        """Send the request on; returns False where the server wanted no more of it."""
        try:
            for piece, size in self._pieces("request", head, length if length or head.length == 0 else None, blocks):
                self._server.send(piece)
                self._exchange.sent += size
        except Refused:
            for _ in blocks:  # The server's answer to half a request is still worth reading.
                pass
            return False
        return True

    def _send_answer(self, answer, length, blocks):
        pieces = self._pieces("answer", answer, length, blocks)
        breaks = self._fault.side == "answer" and self._fault.kind in faults.BREAKS
        for (piece, size), is_last in ((pair, False) for pair in pieces) if breaks else _with_end(pieces):
            # Before the last one goes out: whoever has the whole answer finds it written down.
            self._exchange.got += size
            self._exchange.done = is_last
            self._client.send(piece)

    def _pieces(self, side, head, length, blocks):
        """Yield what goes on of one message, with how much of the body that is."""
        fault = self._fault if self._fault.side == side else faults.Fault(None, None, None, None)
        if self._breaks_at_once(side):
            self._break()
        if fault.kind == "delay":
            self._wait(fault.value)
        yield head.encode(length), 0
        for block in self._changed(fault, length or 0, blocks):
            yield block, len(block)
        if fault.kind in faults.BREAKS:
            self._break()  # Where the body was too short for it, after the body.

    def _changed(self, fault, length, blocks):
        """Yield the blocks of a body with what the fault does to them."""
        at, passed = _place(fault, length), 0
        for block in self._paced(blocks, fault.value) if fault.kind == "throttle" else blocks:
            if fault.kind == "flip" and passed <= at < passed + len(block):
                block = _flipped(block, at - passed)
            if fault.kind in faults.BREAKS and passed + len(block) > at:
                if at > passed:
                    yield block[:at - passed]
                self._break()
            passed += len(block)
            yield block

    def _paced(self, blocks, bytes_per_s):
        size = max(1, int(bytes_per_s * _TURN_S))
        for block in blocks:
            for at in range(0, len(block), size):
                piece = block[at:at + size]
                self._wait(len(piece) / bytes_per_s)
                yield piece

    def _break(self):
        kind = self._fault.kind
        if kind == "stall":
            self._wait()
        for wire in (self._client, self._server):
            if kind == "reset":
                reset_socket(wire.socket)
            else:
                _finish(wire.socket)
        raise Gone(kind)

    def _answer_instead(self):
        status, headers, body = self._fault.value
        self._exchange.status = status
        body = b"" if self._exchange.method == "HEAD" else body
        answer = Head(("HTTP/1.1 %d Fault" % status).encode("ascii"))
        answer.headers = [("Content-Type", "application/xml")] + list(headers)
        self._exchange.got = len(body)
        self._exchange.done = True
        self._client.send(answer.encode(len(body)) + body)
        return True

    def _talk_nonsense(self):
        self._client.send(self._fault.value)
        _finish(self._client.socket)
        return False


#: Kind of fault -> what is said instead of the server's answer; returns whether the connection goes on.
_INSTEAD = {"answer": Relay._answer_instead, "garbage": Relay._talk_nonsense}


def _place(fault, length):
    """Return the number of the byte that a fault is about."""
    at = fault.after or 0
    if isinstance(at, float):
        at = int(at * length)
    return min(at, length - 1) if fault.kind == "flip" else at


def _flipped(block, at):
    changed = bytearray(block)
    changed[at] ^= 1 << at % 8
    return bytes(changed)


def _with_end(pieces):
    """Yield each of the pieces, with whether it is the last one."""
    before = None
    for piece in pieces:
        if before is not None:
            yield before, False
        before = piece
    yield before, True


def _first(blocks, length):
    """Yield the first `length` bytes; take the rest as well, for the connection's sake."""
    for block in blocks:
        if length:
            yield block[:length]
        length = max(0, length - len(block))


def _finish(connection):
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except (IOError, OSError):
        pass  # It is gone already.


def linger_not(connection):
    """Let the end of a connection be a reset."""
    try:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack(str("ii"), 1, 0))
    except (IOError, OSError):
        pass  # It is gone already.


def reset_socket(connection):
    """End a connection with a reset."""
    linger_not(connection)
    connection.close()
