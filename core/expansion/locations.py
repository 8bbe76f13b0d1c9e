"""Where a path that a scene names leads: variables, relative paths, URLs, and paths of other systems."""
from __future__ import absolute_import, division, print_function, unicode_literals

import re
from collections import namedtuple

from six.moves.urllib.parse import unquote

from .. import compat
from . import tokens

#: Where a path may lead. ``named``: absolute, as the scene's own system reads it: the farm's name comes from it.
#: ``local``: the same on this computer. Both with ``/``.
Place = namedtuple("Place", "named local")

#: ``places``: the first that exists counts. ``unknown``: names of variables without a value. ``reason``: why there is
#: no place at all.
Located = namedtuple("Located", "places unknown reason")

_VARIABLE = re.compile(r"\$\{([^{}/]+)\}|\$([A-Za-z_]\w*)|%([A-Za-z_]\w*(?:\(\w+\))?)%|\[([A-Za-z_]\w*)\]", re.U)
_DRIVE = re.compile(r"[A-Za-z]:/")
_BARE_DRIVE = re.compile(r"[A-Za-z]:\Z")
_SCHEME = re.compile(r"(?:opdef|oplib|op|temp|anon|asset):")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_EXTENDED = re.compile(r"//\?/(UNC/)?", re.I)
_SLASHES = re.compile("(?<=.)/{2,}")

#: A variable's value may name others, so deep.
_DEPTH = 8


def is_absolute(path):
    """Tell whether a path with ``/`` begins at a root, of whatever system."""
    return path.startswith("/") or bool(_DRIVE.match(path))


def is_of_windows(path):
    """Tell whether a path, with any slashes, is a whole one of Windows."""
    return path.startswith(("\\\\", "//")) or bool(_DRIVE.match(path.replace("\\", "/")))


def is_here(path, windows):
    """Tell whether a path can be one of this system."""
    if windows:
        return bool(_DRIVE.match(path)) or path.startswith("//")
    return path.startswith("/")


def parent(path):
    """Return ``(folder, name)``; the folder of a root's file is the root."""
    folder, _, name = path.rpartition("/")
    return (folder + "/" if not folder or _BARE_DRIVE.match(folder) else folder), name


def join(folder, name):
    """Return a path in a folder."""
    return folder + name if folder.endswith("/") else folder + "/" + name


class Locator(object):
    """Finds the places of paths.

    Args:
        snapshot (jobs.snapshot.Snapshot): For its variables and folders.
        mapping (optional): Has ``to_here(path)``: a path of another system -> this one's.
        environ (callable): Variable -> text or None.
        windows (bool): Whose rules hold here.
    """

    def __init__(self, snapshot, mapping=None, environ=compat.environ, windows=compat.WINDOWS):
        self._variables = snapshot.variables
        self._upper = dict((name.upper(), value) for name, value in snapshot.variables.items())
        self._mapping = mapping
        self._environ = environ
        self._windows = windows
        scene = parent(snapshot.scene.replace("\\", "/"))[0]
        self._root = _DRIVE.match(scene).group() if _DRIVE.match(scene) else ""
        self._search = []
        for folder in list(snapshot.search or [snapshot.project]) + [scene]:
            folder, unknown = self.expand(clean(folder))
            folder = self._fixed(folder)
            if folder and not unknown and is_absolute(folder) and folder not in self._search:
                self._search.append(folder)

    def here(self, named):
        """Return an absolute path as this computer reads it."""
        if self._mapping is None:
            return named
        return self._mapping.to_here(named)

    def locate(self, raw, base=None):
        """Return where a path may lead.

        Args:
            raw (str): As the scene has it.
            base (str, optional): Folder of the file that names it, as the scene's system reads it: looked in first.

        Returns:
            Located: No place where the path is empty or an address of something else.
        """
        path = clean(raw)
        if not path:
            return Located((), (), "It is empty.")
        if "\0" in path:
            return Located((), (), "It holds a NUL.")
        if _URL.match(path):
            return Located((), (), "It is an address of the network, not a file.")
        path, unknown = self.expand(path)
        path = self._fixed(path)
        if is_absolute(path):
            named = [path]
        elif _SCHEME.match(path):
            return Located((), (), "It is an address that only its own program can resolve.")
        else:
            named = [self._fixed(join(folder, path)) for folder in ([base] if base else []) + self._search]
        return Located(tuple(Place(path, self.here(path)) for path in named), tuple(unknown), "")

    def _fixed(self, path):
        """Return a path with single slashes, and the drive of the scene where Windows leaves it out."""
        if _EXTENDED.match(path):
            path = _EXTENDED.sub(lambda found: "//" if found.group(1) else "", path, 1)
        lead = "//" if path.startswith("//") else ""
        path = lead + _SLASHES.sub("/", path[len(lead):])
        while path.startswith("./"):
            path = path[2:]
        path = path.replace("/./", "/")
        path = path[:-1] if path.endswith("/.") else path
        if self._windows and self._root and path.startswith("/") and not lead:
            path = self._root + path[1:]
        return path + "/" if _BARE_DRIVE.match(path) else path

    def expand(self, path):
        """Return ``(path, names of unknown variables)`` with ``~`` and all variables that are known."""
        if path == "~" or path.startswith("~/"):
            home = self._value("HOME") or self._value("USERPROFILE")
            path = home.replace("\\", "/").rstrip("/") + path[1:] if home else path
        for _ in range(_DEPTH):
            before, path = path, _VARIABLE.sub(self._replaced, path).replace("\\", "/")
            if path == before:
                break
        return path, self._unknown(path)

    def _unknown(self, path):
        """Return the names of variables that are left in a path."""
        unknown = []
        for found in _VARIABLE.finditer(path):
            name = found.group(1) or found.group(2) or found.group(3)
            is_time = not found.group(3) and tokens.TIME_VARIABLE.match((name or "").split("_")[0])
            if name and not is_time and name not in unknown:
                unknown.append(name)
        return unknown

    def _replaced(self, found):
        return self._value(found.group(1) or found.group(2) or found.group(3) or found.group(4)) or found.group()

    def _value(self, name):
        """Return the value of a variable; one that is empty counts as none, or a path would begin at the root."""
        if tokens.TIME_VARIABLE.match(name):
            return None
        value = self._variables.get(name)
        if value is None and self._windows:
            value = self._upper.get(name.upper())
        return value or self._environ(name)


def clean(raw):
    """Return a path without the blanks and quotes around it, with ``/``, and out of a ``file:`` address."""
    path = raw.strip().strip("\"'").strip()
    if path[:5].lower() == "file:":
        path = _from_url(path[5:])
    return path.replace("\\", "/")


def _from_url(rest):
    if "%" in rest:
        # 2.7's unquote wants bytes.
        rest = compat.text(unquote(str(rest)) if isinstance(rest, str) else unquote(rest.encode("utf-8")))
    if rest.startswith("//localhost/"):
        rest = rest[len("//localhost"):]
    elif rest.startswith("///"):
        rest = rest[2:]
    if rest.startswith("/") and _DRIVE.match(rest[1:]):
        rest = rest[1:]
    return rest
