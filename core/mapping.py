"""Folders that other systems call by other names: ``P:/show`` on Windows is ``/mnt/projects/show`` on Linux.

The setting ``path_mapping`` holds pairs, a Windows path and what it is elsewhere:
``[["P:/", "/mnt/projects"], ["//nas/show", "/mnt/show"]]``.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import re
from collections import namedtuple

from . import compat, paths
from .errors import SettingsError

#: A path in parts. ``root`` is "p:" or "//" for a Windows path, "/" for any other one.
_Parts = namedtuple("_Parts", "root names")

_DRIVE = re.compile(r"([A-Za-z]:)(?:[\\/]+|\Z)")
_EXTENDED = re.compile(r"\A\\\\\?\\(UNC\\)?", re.I)
_SLASHES = re.compile(r"[\\/]+")

_HOW = ("Write it as pairs of a Windows path and what it is on Linux and macOS: "
        "[[\"P:/\", \"/mnt/projects\"], [\"//nas/show\", \"/mnt/show\"]].")


def is_windows_path(path):
    """Tell whether an absolute path is one of Windows: a drive letter, or a share."""
    return bool(_DRIVE.match(path)) or path[:2] in ("\\\\", "//", "\\/", "/\\")


def is_foreign(path, windows=compat.WINDOWS):
    """Tell whether an absolute path belongs to another system: what is created under it here is found by nobody."""
    if windows:
        return path.startswith("/") and not is_windows_path(path)
    return is_windows_path(path)


def _parts(path):
    """Return an absolute path in parts, None for one that is not absolute."""
    if is_windows_path(path):
        path = _EXTENDED.sub(lambda found: "\\\\" if found.group(1) else "", path)
        drive = _DRIVE.match(path)
        if drive:
            return _Parts(drive.group(1).lower(), _names(_SLASHES.split(path[drive.end():])))
        return _Parts("//", _names(_SLASHES.split(path)))
    return _Parts("/", _names(path.split("/"))) if path.startswith("/") else None


def _names(parts):
    names = []
    for part in parts:
        if part == "..":
            del names[-1:]
        elif part not in ("", "."):
            names.append(part)
    return names


def _key(parts):
    """Return what two paths of one folder have in common: Windows takes ``A`` and ``a`` for one name."""
    if parts.root == "/":
        return (parts.root,) + tuple(parts.names)
    return (parts.root,) + tuple(name.lower() for name in parts.names)


class Mapping(object):
    """Names of folders here and elsewhere.

    Args:
        pairs (list of tuple): ``(Windows path, other path)``; of equally long ones that fit, the first wins.
    """

    def __init__(self, pairs=()):
        self.pairs = tuple(pairs)
        self._windows = [(_key(_parts(left)), right) for left, right in self.pairs]
        self._others = [(_key(_parts(right)), left) for left, right in self.pairs]

    @classmethod
    def parse(cls, value):
        """Read the setting.

        Args:
            value (list or dict or None): Pairs in any order, or Windows path -> other path.

        Raises:
            SettingsError: It cannot be used; the sentence says where and why.
        """
        if isinstance(value, dict):
            value = sorted(value.items())
        if value is not None and not isinstance(value, (list, tuple)):
            raise SettingsError("The setting path_mapping is no list of pairs. %s" % _HOW)
        return cls([_pair(pair) for pair in value or ()])

    def to_here(self, path, windows=compat.WINDOWS):
        """Return what a path of another system is called here.

        Args:
            path (str): Of any system, with any slashes.
            windows (bool, optional): Whether "here" is Windows.

        Returns:
            str: `path` itself where it is relative, of this system, or fits no pair. Whole names count: ``P:/show``
            is not the beginning of ``P:/shows``.
        """
        if not is_foreign(path, windows):
            return path
        parts = _parts(path)
        key = _key(parts)
        best, target = 0, None
        for known, other in self._others if windows else self._windows:
            if len(known) > best and key[:len(known)] == known:
                best, target = len(known), other
        if target is None:
            return path
        return _joined(_parts(target), parts.names[best - 1:])


def _joined(folder, names):
    """Return a path of single slashes, but for the beginning of a share."""
    inside = "/".join(folder.names + names)
    if folder.root in ("/", "//"):
        return folder.root + inside
    return folder.root.upper() + "/" + inside


def _pair(given):
    """Return ``(Windows path, other path)``."""
    shown = paths.quoted(compat.dump_json(given))[1:-1]
    if not isinstance(given, (list, tuple)) or len(given) != 2 or not all(
            isinstance(side, (bytes, compat.text_type)) for side in given):
        raise SettingsError("The setting path_mapping cannot be used: %s is no pair of two paths. %s" % (shown, _HOW))
    left, right = [compat.text(side).strip() for side in given]
    if not is_windows_path(left):
        left, right = right, left
    if not is_windows_path(left) or is_windows_path(right) or not right.startswith("/") or (
            _parts(left) == ("//", [])):
        raise SettingsError("The setting path_mapping cannot be used: in %s, one side must be a whole path of Windows "
                            "and the other one a whole path of Linux or macOS. %s" % (shown, _HOW))
    return left, right
