"""Connections that are kept alive between requests, for all threads together."""
from __future__ import absolute_import, division, print_function, unicode_literals

from collections import deque

from ... import compat
from ...errors import StorageError

#: A connection that rested longer is looked at before it is used: servers close what is idle.
_RESTED_S = 0.5


class Pool(object):
    """Lend connections; each thread has one at a time.

    Args:
        make (callable): Returns a new `Dialler`, given the check that ends its waits.
        cancel (Cancel or None): Ends all waits.
    """

    def __init__(self, make, cancel):
        self._cancel = cancel
        self._closed = False
        self._idle = deque()
        self._dialler = make(self.check)

    @property
    def dialler(self):
        """Dialler: Of all connections."""
        return self._dialler

    def check(self):
        """Raise if the run was ended.

        Raises:
            Cancelled: By the user.
            StorageError: The engine was closed meanwhile.
        """
        if self._cancel is not None:
            self._cancel.check()
        if self._closed:
            raise StorageError("The storage was closed.")

    def take(self, is_new=False, is_careful=False):
        """Return a connection.

        Args:
            is_new (bool): An old one has just failed.
            is_careful (bool): The request cannot be sent a second time.
        """
        while not is_new:
            try:
                connection = self._idle.pop()  # The one that rested least.
            except IndexError:
                break
            if is_careful or compat.monotonic() - connection.idle_since > _RESTED_S:
                if not connection.is_quiet():
                    connection.close()
                    continue
            return connection
        self.check()
        return self._dialler.dial()

    def give(self, connection):
        """Take a connection back that is ready for another request."""
        connection.is_used = True
        connection.idle_since = compat.monotonic()
        self._idle.append(connection)
        if self._closed:
            self.drop_idle()

    def close(self):
        """Close what is idle; what is in use ends at its next wait."""
        self._closed = True
        self.drop_idle()

    def drop_idle(self):
        """Close what is idle; the next requests dial anew."""
        while self._idle:
            try:
                self._idle.pop().close()
            except IndexError:
                return
