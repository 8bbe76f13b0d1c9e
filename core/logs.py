"""The log file that a caller asks for with ``log_folder``, ``log_name`` and ``log_level``.

The library itself adds no handler. Whatever is logged holds no secret: that is up to those who log.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import logging
import os
import threading

from . import compat
from .errors import SettingsError

_PACKAGE = __name__.split(".")[0]

#: Name of the file where the caller gives none.
NAME = _PACKAGE + ".log"

_LOCK = threading.Lock()


def logger_for(module, logger=None, folder=None, name=None, level="DEBUG"):
    """Return what an object of the caller's logs to; open the file that the caller wants.

    Args:
        module (str): The module that logs.
        logger (logging.Logger, optional): The caller's own: it is used as it is, and no file is written.
        folder (str, optional): Write this package's log into a file there; made if missing.
        name (str, optional): Of the file.
        level (str): DEBUG, INFO, WARNING or ERROR; without a folder it is not read.

    Returns:
        logging.Logger: The caller's, else the module's.

    Raises:
        SettingsError: The level or the name is none, or the file cannot be written.
    """
    if logger:
        return logger
    if folder:
        _log_to_file(compat.absolute(compat.text(folder)), compat.text(name) or NAME, level)
    return logging.getLogger(module)


def _log_to_file(folder, name, level):
    """Let this package log into a file: one handler a file, however many objects ask for it."""
    number = getattr(logging, compat.text(level).upper(), None)
    if not isinstance(number, int):
        raise SettingsError("log_level is DEBUG, INFO, WARNING or ERROR, not \"%s\"." % level)
    if os.path.basename(name) != name or name in (".", ".."):
        raise SettingsError("log_name is the name of a file without a folder, not \"%s\": give the folder as "
                            "log_folder." % name)
    path = os.path.join(folder, name)
    logger = logging.getLogger(_PACKAGE)
    with _LOCK:
        handler = _handler_of(logger, path)
        if handler is None:
            handler = _opened(folder, path)
            handler.setLevel(number)
            logger.addHandler(handler)
        elif handler.level > number:  # Who wants less gets more; who wants more is not cut off.
            handler.setLevel(number)
        if logger.getEffectiveLevel() > number:
            logger.setLevel(number)


def _handler_of(logger, path):
    for handler in logger.handlers:
        if getattr(handler, "log_path", None) == path:
            return handler
    return None


def _opened(folder, path):
    try:
        compat.make_folder(folder)
        stream = io.open(compat.fs(path), "a", encoding="utf-8")
    except EnvironmentError as error:
        raise SettingsError("The log file %s cannot be written: %s." % (path, compat.text(error.strerror or "")))
    handler = _FileHandler(stream)
    handler.log_path = path
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    return handler


class _FileHandler(logging.StreamHandler):
    """Writes text on 2.7 too, and closes its file at exit."""

    def handleError(self, record):
        """Go on without a line that the disk did not take: a traceback on the terminal is nobody's wish."""

    def close(self):
        """Close the file."""
        self.acquire()
        try:
            self.stream.close()
        except EnvironmentError:
            pass  # What it still had to write finds no room.
        finally:
            self.release()
        logging.StreamHandler.close(self)
