"""Write a manifest as a stream."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import itertools
import json
import os
import re

from .. import compat
from ..errors import FULL, ManifestError

ENDING = "Nothing was written."

#: Halves of surrogate pairs have no UTF-8: they stay escapes.
_SURROGATE = re.compile("[\ud800-\udfff]")
_BATCH = 1000

_plain = json.JSONEncoder(ensure_ascii=False).encode
_escaped = json.JSONEncoder(ensure_ascii=True).encode


def write(path, pairs, extra=None):
    """Write a manifest; it appears whole, or not at all. Its folder is made.

    Args:
        path (str): The file; an existing one is replaced.
        pairs (iterable of tuple): (local, server), both text.
        extra (dict, optional): Other top-level keys.

    Returns:
        int: Number of assets written.

    Raises:
        ManifestError: `path` cannot be written.
    """
    path = compat.text(path)
    if extra and "asset" in extra:
        raise ManifestError("The other keys of %s must not hold \"asset\". %s" % (path, ENDING))
    hidden = "%s.%d.part" % (path, os.getpid())
    try:
        compat.make_folder(os.path.dirname(compat.absolute(path)))
    except EnvironmentError as error:
        raise _unwritable(path, error)
    try:
        with io.open(compat.fs(hidden), "wb") as target:
            number = _write(target, pairs, extra or {})
        _replace(hidden, path)
    except EnvironmentError as error:
        raise _unwritable(path, error)
    finally:
        compat.remove_file(hidden)
    return number


def _write(target, pairs, extra):
    number, pairs = 0, iter(pairs)
    target.write(b'{"asset": [')
    while True:
        lines = [_line(local, server) for local, server in itertools.islice(pairs, _BATCH)]
        if not lines:
            break
        target.write((",\n" if number else "\n").encode("ascii") + ",\n".join(lines).encode("utf-8"))
        number += len(lines)
    target.write(b"\n]")
    for name in sorted(extra):
        member = ",\n%s: %s" % (_encode(name), _encode(extra[name]))
        target.write(member.encode("utf-8"))
    target.write(b"}\n")
    return number


def _line(local, server):
    return '{"local": %s, "server": %s}' % (_encode(local), _encode(server))


def _encode(value):
    encoded = compat.text(_plain(value))
    return compat.text(_escaped(value)) if _SURROGATE.search(encoded) else encoded


def _replace(hidden, path):
    if os.path.isdir(compat.fs(path)):
        raise ManifestError("%s is a folder: give the name of a file. %s" % (path, ENDING))
    compat.replace(hidden, path)


def _unwritable(path, error):
    if error.errno in FULL:
        return ManifestError("No space left to write %s: free some. %s" % (path, ENDING))
    return ManifestError("%s cannot be written (%s): check the folder's permissions, or name another one. %s" % (
        path, compat.text(error.strerror or error), ENDING))
