"""Where text leaves the program: whatever a name holds, the terminal shows one clean line."""
from __future__ import absolute_import, division, print_function, unicode_literals

import errno
import os

from .. import compat
from ..errors import SyncError

#: A shorter key would be found in the middle of words.
_SHORTEST_SECRET = 8


class OutputClosed(SyncError):
    """Nobody reads what is written: the program behind the pipe has ended."""


class Out(object):
    """One of the process's output streams.

    Args:
        stream (file): ``sys.stdout`` or ``sys.stderr``; None writes nothing.
        secrets (list of str): Texts that never leave; more may be added later.
    """

    def __init__(self, stream, secrets=()):
        self._stream = stream
        self._secrets = secrets
        self._bytes = getattr(stream, "buffer", stream)
        self._encoding = getattr(stream, "encoding", None) or "utf-8"
        self.is_terminal = bool(stream is not None and stream.isatty())

    @property
    def columns(self):
        """int: Width of the terminal, as it is now."""
        return compat.terminal_columns(self._stream.fileno()) if self.is_terminal else 80

    def shown(self, text):
        """Return text as it can be shown here: without secrets, in letters that the terminal has."""
        for secret in self._secrets:
            if len(secret) >= _SHORTEST_SECRET:
                text = text.replace(secret, "***")
        return text.encode(self._encoding, "backslashreplace").decode(self._encoding)

    def write(self, text):
        """Write text and make it visible.

        Raises:
            OutputClosed: Nobody reads it any more.
        """
        if self._bytes is None:
            return
        try:
            self._bytes.write(self.shown(text).encode(self._encoding))
            self._bytes.flush()
        except (IOError, OSError, ValueError) as error:
            self._give_up()
            reason = "nobody reads it" if getattr(error, "errno", None) in (None, errno.EPIPE) else (
                compat.text(error.strerror))
            raise OutputClosed("The output cannot be written (%s)." % reason)

    def _give_up(self):
        """Write nothing from here on, nor what is left in buffers when Python ends."""
        try:
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, self._stream.fileno())
            os.close(null)
        except (IOError, OSError, ValueError):
            pass  # No stream of the system: then nothing is left to do.
        self._bytes = None
