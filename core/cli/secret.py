"""A key that was given on the command line: out of sight as soon as it is read."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import sys

from .. import compat

#: Where /proc/self/stat says at which address the arguments lie, counted behind the name of the program.
_ARGUMENTS_FIELD = 45

_VARIABLES = ("RAYVISION_API_KEY", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")


def arguments(given):
    """Return the command line's arguments as text."""
    return [compat.text(argument) for argument in given]


def take(options):
    """Take note of the keys, and blank them out where other users of this machine see them.

    Args:
        options (Namespace): Its ``access_key`` stays.

    Returns:
        list of str: Texts that must not be shown.
    """
    keys = [getattr(options, "access_key", None)] + [compat.environ(name) for name in _VARIABLES]
    if getattr(options, "access_key", None):
        sys.argv[1:] = ["***" if options.access_key in compat.text(argument) else argument
                        for argument in sys.argv[1:]]
        try:
            _blank(options.access_key.encode("utf-8"))
        except (EnvironmentError, ValueError, IndexError):
            pass  # Another system, or /proc is closed: the help says that a key is visible.
    return [key for key in keys if key]


def _blank(key):
    """Write over a key in this process's arguments, where ``ps`` reads them (Linux)."""
    with io.open("/proc/self/cmdline", "rb") as source:
        found = source.read()
    with io.open("/proc/self/stat", "rb") as source:
        start = int(source.read().rpartition(b")")[2].split()[_ARGUMENTS_FIELD])
    place = found.find(key)
    with io.open("/proc/self/mem", "r+b", buffering=0) as memory:
        while place >= 0:
            memory.seek(start + place)
            memory.write(b"*" * len(key))
            place = found.find(key, place + len(key))
