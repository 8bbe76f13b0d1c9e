"""A long line to a server: every byte arrives later, and none slower.

    python3 benchmarks/slow_line.py SERVER_PORT DELAY_MS READY_FILE

One thread and a heap: bytes go on half the delay after they came, in both
directions, so that an answer is there one delay later than without it. It
listens on 127.0.0.1, writes its port into READY_FILE, and runs until it is
ended.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import heapq
import itertools
import os
import selectors
import socket
import sys
import time

BLOCK = 1 << 18


class Line(object):
    """Both ends of every connection, and what is on its way between them.

    Args:
        server (tuple): Host and port.
        delay_s (float): Of one direction.
    """

    def __init__(self, server, delay_s):
        self._server = server
        self._delay_s = delay_s
        self._selector = selectors.DefaultSelector()
        self._others = {}
        self._waiting = {}
        self._silent = set()
        self._due = []
        self._numbers = itertools.count()

    def run(self, listener):
        """Move bytes for ever."""
        self._selector.register(listener, selectors.EVENT_READ)
        while True:
            timeout = max(0.0, self._due[0][0] - time.monotonic()) if self._due else None
            for key, events in self._selector.select(timeout):
                if key.fileobj is listener:
                    self._accept(listener)
                    continue
                if events & selectors.EVENT_READ:
                    self._read(key.fileobj)
                if events & selectors.EVENT_WRITE:
                    self._write(key.fileobj)
            while self._due and self._due[0][0] <= time.monotonic():
                _, _, end, block = heapq.heappop(self._due)
                if end in self._waiting:
                    self._waiting[end].append(block)
                    self._write(end)

    def _accept(self, listener):
        client, server = listener.accept()[0], socket.create_connection(self._server)
        for end, other in ((client, server), (server, client)):
            end.setblocking(False)
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._others[end], self._waiting[end] = other, []
            self._selector.register(end, selectors.EVENT_READ)

    def _read(self, end):
        if end not in self._others:
            return
        try:
            block = end.recv(BLOCK)
        except BlockingIOError:
            return
        except OSError:
            block = b""
        heapq.heappush(self._due, (time.monotonic() + self._delay_s, next(self._numbers), self._others[end], block))
        if not block:
            self._silent.add(end)
            self._watch(end)

    def _write(self, end):
        if end not in self._others:
            return None
        waiting = self._waiting[end]
        try:
            while waiting:
                if not waiting[0]:  # The other side is done.
                    return self._close(end)
                sent = end.send(waiting[0])
                waiting[0] = waiting[0][sent:]
                if not waiting[0]:
                    waiting.pop(0)
        except BlockingIOError:
            pass
        except OSError:
            return self._close(end)
        self._watch(end)

    def _watch(self, end):
        events = (0 if end in self._silent else selectors.EVENT_READ) | (
            selectors.EVENT_WRITE if self._waiting[end] else 0)
        if end not in self._selector.get_map():
            if events:
                self._selector.register(end, events)
        elif events:
            self._selector.modify(end, events)
        else:
            self._selector.unregister(end)

    def _close(self, end):
        for one in (end, self._others.get(end)):
            if one is not None and self._others.pop(one, None) is not None:
                del self._waiting[one]
                self._silent.discard(one)
                if one in self._selector.get_map():
                    self._selector.unregister(one)
                one.close()


def main():
    """Listen and run."""
    port, delay_ms, ready = int(sys.argv[1]), float(sys.argv[2]), sys.argv[3]
    listener = socket.create_server(("127.0.0.1", 0), backlog=256)
    with open(ready + ".part", "w") as out:
        out.write("%d" % listener.getsockname()[1])
    os.replace(ready + ".part", ready)
    Line(("127.0.0.1", port), delay_ms / 2000.0).run(listener)


if __name__ == "__main__":
    main()
