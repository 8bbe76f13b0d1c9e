"""Make the assets of a manifest from files and folders."""
from __future__ import absolute_import, division, print_function, unicode_literals

import logging
import os
import re

from .. import compat, paths
from ..errors import NameRefused, SourceError, SourceMissing

log = logging.getLogger(__name__)

#: Half a surrogate pair without the other: how Python 3 spells a byte that is not UTF-8.
_NOT_UTF8 = re.compile("(?<![\ud800-\udbff])[\udc00-\udfff]|[\ud800-\udbff](?![\udc00-\udfff])")
_TEMPORARY = ".part"


def build(names, follow=False, left_out=None):
    """Find the files of a manifest.

    Args:
        names (list of str): Files and folders. Folders are walked, in order of
            names; temporary files of a transfer (``.part``) are left out.
        follow (bool): Whether links to folders are walked too. A link to a
            file counts as the file, always; so does a broken one, which a
            transfer then reports as missing.
        left_out (callable, optional): Hears the path of each link to a folder that is not walked.

    Returns:
        generator of tuple: (local, server): an absolute path with ``/``, and
        where it lands on the storage.

    Raises:
        SourceMissing: One of `names` does not exist; said before anything is read.
        SourceError: A folder cannot be read, or a name is not UTF-8 or cannot stand on a storage.
    """
    found = [compat.absolute(compat.text(name)) for name in names]
    for path in found:
        if not os.path.exists(compat.fs(path)):
            raise SourceMissing("%s does not exist: check the path." % path)
    return _pairs(_without_covered(found), follow, left_out or (lambda path: None))


def _pairs(found, follow, left_out):
    for path in found:
        _check_name(path)
        is_folder = os.path.isdir(compat.fs(path))
        for local in _walk(path, follow, left_out, (_real(path),)) if is_folder else (path,):
            local = local.replace(os.sep, "/")
            yield local, _server(local)


def _server(local):
    try:
        return paths.server_path(local)
    except NameRefused:
        raise SourceError("%s cannot stand on a storage: its name holds a backslash or another character that "
                          "not every system takes. Rename it." % paths.quoted(local))


def _walk(folder, follow, left_out, inside):
    """Yield the files below a folder.

    Args:
        folder (str): Absolute path.
        follow, left_out: See `build`.
        inside (tuple of str): Real paths of the folders above, to end a circle of links.
    """
    try:
        entries = compat.scan_folder(folder)
    except EnvironmentError as error:
        raise SourceError("%s cannot be read (%s)." % (folder, compat.text(error.strerror or error)))
    for entry in entries:
        path = os.path.join(folder, entry.name)
        _check_name(path)
        if entry.is_dir():
            real = _real(path)
            if entry.is_symlink() and (not follow or real in inside):
                log.info("%s is a link to a folder: left out.", path)
                if not follow:
                    left_out(path)
                continue
            for name in _walk(path, follow, left_out, inside + (real,)):
                yield name
        elif _is_asset(entry, path) and not entry.name.endswith(_TEMPORARY):
            yield path


def _is_asset(entry, path):
    if entry.is_file() or entry.is_symlink():
        return True
    if not os.path.lexists(compat.fs(path)) and any(ord(sign) > 127 for sign in path):
        # 2.7 gives another name than the bytes on the disk.
        raise _not_utf8(path)
    return False


def _check_name(path):
    if _NOT_UTF8.search(path):
        raise _not_utf8(path)


def _not_utf8(path):
    shown = path.encode("utf-8", "backslashreplace").decode("utf-8")
    return SourceError("The name %s is not valid UTF-8, which a farm cannot take: rename it." % shown)


def _without_covered(found):
    """Leave out what another one of the paths leads to, so that no file is there twice."""
    kept = []
    for number, path in enumerate(found):
        others = found[:number] + [other for other in found[number + 1:] if other != path]
        if not any(_covers(other, path) for other in others):
            kept.append(path)
    return kept


def _covers(folder, path):
    """Tell whether walking `folder` meets `path`, without any link between them."""
    if folder == path:
        return True
    start = folder.rstrip(os.sep) + os.sep
    return path.startswith(start) and _real(path) == os.path.join(_real(folder), path[len(start):])


def _real(path):
    return compat.from_fs(os.path.realpath(compat.fs(path)))
