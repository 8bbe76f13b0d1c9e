"""Names: from a local path to the storage, and from a server's name to a local path.

Nothing that a server, a farm or a manifest names is trusted: `check_server`
and `land` are the two gates.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import os
import re

from . import compat
from .errors import NameRefused

#: What no name on a storage may hold: control characters, the other system's
#: separator, halves of surrogate pairs (they cannot be encoded).
_BAD = "\\x00-\\x1f\\x7f-\\x9f\\\\" + compat.SURROGATES

_SERVER = re.compile("(?:/(?!\\.{1,2}(?:/|\\Z))(?![A-Za-z]:)[^/%s]+)+\\Z" % _BAD)
_DRIVE = re.compile(r"([A-Za-z]):(?:[\\/]|\Z)")
_CONTROL = re.compile("[\\x00-\\x1f\\x7f-\\x9f]")
#: Windows takes these for devices, with any extension, blanks before it, and superscript digits too.
_DEVICE = re.compile("(?:con|prn|aux|nul|conin\\$|conout\\$|(?:com|lpt)[0-9\xb9\xb2\xb3])[ ]*(?:\\.|\\Z)", re.I)
_WINDOWS_BAD = re.compile(r'[<>:"|?*]|[. ]\Z')

#: What a terminal or a log may choke on.
_UNSHOWN = re.compile("[\\x00-\\x1f\\x7f-\\x9f%s]" % compat.SURROGATES)

#: What Windows puts before long paths.
_EXTENDED = re.compile(r"\A\\\\\?\\(UNC\\)?", re.I)


def server_path(local, windows=None):
    """Return where a local file lands under the user's storage.

    Args:
        local (str): Absolute local path.
        windows (bool, optional): Whether `local` is a Windows path; by default
            a drive letter or two leading (back)slashes tell.

    Returns:
        str: ``D:/x`` becomes ``/D/x``, ``//host/share/x`` becomes
        ``/host/share/x``, ``/home/a`` stays. Control characters, which no
        storage takes, are written as ``%0A``.

    Raises:
        NameRefused: `local` is not absolute, or its name cannot stand on a storage.
    """
    path = compat.text(local)
    path = _EXTENDED.sub(lambda found: "\\\\" if found.group(1) else "", path)
    drive = _DRIVE.match(path)
    if windows is None:
        windows = bool(drive) or path.startswith("\\\\") or compat.WINDOWS
    if windows:
        path = path.replace("\\", "/")
    if drive:
        path = "/" + drive.group(1) + path[2:]
    elif not path.startswith("/"):
        raise NameRefused("%s is not an absolute path: give the whole path." % quoted(path))
    # ".." ends at the drive or the share, as it does on Windows: two drives never meet in one name.
    fixed = 1 if drive else 2 if windows and path.startswith("//") else 0
    names = []
    for name in path.split("/"):
        if name == "..":
            del names[max(fixed, len(names) - 1):]
        elif name not in ("", "."):
            names.append(_CONTROL.sub(_percent, name))
    return check_server("/" + "/".join(names))


def _percent(found):
    return "%%%02X" % ord(found.group())


def check_server(name):
    """Return `name` if it may stand on a storage.

    Args:
        name (str): e.g. "/D/tex/wall.exr": one leading slash, the root of the
            user's storage.

    Raises:
        NameRefused: ``..``, ``//``, a drive letter, a backslash, a control
            character, an empty segment, or no leading slash.
    """
    if _SERVER.match(name):
        return name
    raise NameRefused("The server name %s was refused: it must begin with one \"/\" and hold no \"..\", "
                      "empty part, drive letter, backslash or control character. "
                      "Correct it in the manifest." % quoted(name))


def rooted(pairs):
    """Return pairs of a manifest with one slash before each server name that has none.

    The vendor's own ``append_to_upload`` leaves it out on Linux and macOS. Everything else is up to `check_server`.

    Args:
        pairs (list of tuple): ``(local, server)``.
    """
    return [pair if pair[1][:1] == "/" else (pair[0], "/" + pair[1]) for pair in pairs]


def quoted(name):
    """Return a name as one printable line in quotes, for messages."""
    shown = _UNSHOWN.sub(_percent, name)
    return '"%s"' % (shown if len(shown) <= 200 else shown[:197] + "...")


def land(folder, name, windows=None, real=None):
    """Return the local path for a name that a server gave, or refuse it.

    Args:
        folder (str): The download folder.
        name (str): Relative to it, with ``/`` between its parts.
        windows (bool, optional): Whose rules hold; by default this system's.
        real (callable, optional): Follows the links of a path: `real_path` by default. Who lands many files at a time
            gives one that remembers.

    Returns:
        str: An absolute path inside `folder`, symbolic links included.

    Raises:
        NameRefused: The name is absolute, has a drive letter, ``..``, an
            empty part, a device name or characters that cannot stand, or a
            link on the way leads out of `folder`.
    """
    windows = compat.WINDOWS if windows is None else windows
    parts = name.split("/")
    if not _SERVER.match("/" + name) or any(_DEVICE.match(part) for part in parts) or (
            windows and any(_WINDOWS_BAD.search(part) for part in parts)):
        raise NameRefused("%s was refused: a task's files may only land inside the download folder, "
                          "under names that every system allows. Tell the farm's support." % quoted(name))
    root = os.path.abspath(folder)
    path = os.path.join(root, *parts)
    follow = real or real_path
    real_root = follow(root)
    if not (follow(os.path.dirname(path)) + os.sep).startswith(real_root.rstrip(os.sep) + os.sep):
        raise NameRefused("%s was refused: a link inside %s leads out of it. Remove the link, "
                          "or choose another download folder." % (quoted(name), root))
    return path


def obstacle(folder):
    """Return what is no folder and stands in a folder's place, or on the way to it; None where nothing does."""
    path = folder
    while not os.path.lexists(compat.fs(path)) and os.path.dirname(path) != path:
        path = os.path.dirname(path)
    return None if os.path.isdir(compat.fs(path)) else path


def real_path(path):
    """Return an absolute path with all symbolic links followed."""
    return compat.from_fs(os.path.realpath(compat.fs(path)))


def versioned(path, number):
    """Return the name beside `path` for the farm's version of a file the user changed.

    ``beauty.1034.exr`` becomes ``beauty_farm.1034.exr`` (then ``beauty_farm2...``),
    so that a viewer shows the kept files as a sequence of their own.
    """
    folder, name = os.path.split(path)
    stem, dot, rest = name.partition(".")
    mark = "_farm" if number == 1 else "_farm%d" % number
    if not stem:  # ".hidden"
        return os.path.join(folder, name + mark)
    return os.path.join(folder, stem + mark + dot + rest)
