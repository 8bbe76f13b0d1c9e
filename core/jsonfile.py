"""Small JSON files: read whole, written whole."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import os

from . import compat
from .errors import SourceError, SourceMissing, StorageError

_LARGEST = 512 << 20


def read(path):
    """Return what a JSON file holds; a byte order mark is no harm.

    Raises:
        SourceMissing: There is no such file.
        SourceError: It cannot be read, or is no JSON in UTF-8.
    """
    path = compat.text(path)
    try:
        with io.open(compat.fs(path), encoding="utf-8-sig") as source:
            return compat.parse_json(source.read(_LARGEST))
    except EnvironmentError as error:
        if not os.path.exists(compat.fs(path)):
            raise SourceMissing("%s is missing." % path)
        raise SourceError("%s cannot be read: %s." % (path, compat.text(error.strerror or "")))
    except UnicodeDecodeError:
        raise SourceError("%s is not UTF-8: save it as UTF-8." % path)
    except (ValueError, RuntimeError) as error:  # RuntimeError: nested deeper than Python can read.
        raise SourceError("%s is not valid JSON: %s." % (path, compat.json_error(error)[0]))


def write(path, data):
    """Write a JSON file in UTF-8; it appears whole, or the one that was there stays.

    Raises:
        StorageError: It cannot be written.
    """
    path = compat.text(path)
    part = "%s.%d.part" % (path, os.getpid())
    try:
        with io.open(compat.fs(part), "w", encoding="utf-8") as target:
            target.write(compat.dump_json(data, indent=2) + "\n")
        compat.replace(part, path)
    except EnvironmentError as error:
        raise StorageError("%s cannot be written: %s." % (path, compat.text(error.strerror or "")))
    finally:
        compat.remove_file(part)
