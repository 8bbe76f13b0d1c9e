"""The log of the command line: warnings, and the tracebacks that no terminal shows."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import logging
import os

from .. import compat

NAME = "command.log"

#: Then it becomes ``command.log.1``.
_LARGEST = 2 << 20


class LogFile(logging.Handler):
    """Append to a file that is made by the first line.

    Args:
        folder (str): Where; made if missing.
        secrets (list of str): Texts that are never written; more may be added later.
    """

    def __init__(self, folder, secrets=()):
        logging.Handler.__init__(self, logging.WARNING)
        self._folder = folder
        self._secrets = secrets
        self.path = os.path.join(folder, NAME)
        self.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))

    def emit(self, record):
        """Write a record; where that fails, the run goes on without."""
        try:
            text = compat.text(self.format(record)) + "\n"
            for secret in self._secrets:
                text = text.replace(secret, "***")
            compat.make_folder(self._folder)
            self._turn_over()
            with io.open(compat.fs(self.path), "ab") as log:
                log.write(text.encode("utf-8", "backslashreplace"))
        except (EnvironmentError, ValueError):
            pass

    def _turn_over(self):
        try:
            if os.path.getsize(compat.fs(self.path)) > _LARGEST:
                compat.replace(self.path, self.path + ".1")
        except OSError:
            pass  # There is none yet, or another process was first.


def open_log(folder, secrets):
    """Send all warnings of this process to a file, none to the terminal.

    Returns:
        LogFile: Take it off with `close_log`.
    """
    handler = LogFile(folder, secrets)
    logging.getLogger().addHandler(handler)
    logging.captureWarnings(True)
    return handler


def close_log(handler):
    """Undo `open_log`."""
    logging.captureWarnings(False)
    logging.getLogger().removeHandler(handler)
