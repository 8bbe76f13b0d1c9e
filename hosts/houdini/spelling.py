"""How Houdini writes the path of a file: variables, frames, tiles, and what is no file at all. Nothing of hou."""
from __future__ import absolute_import, division, print_function, unicode_literals

import re

from ... import compat

#: What stands inside of Houdini or elsewhere on the net: no file of the project.
_INTERNAL = re.compile(r"\s*(?:op|opdef|oplib|oplibraw|opvop|temp|anon|memory|https?)\s*:", re.I)

#: The number of the frame, "$F4" or "${F4}"; "$FF" is the same on whole frames.
_FRAME = re.compile(r"\$(?:\{FF?(\d*)\}|FF?(\d*)(?![A-Za-z0-9_]))")

_VARIABLE = re.compile(r"\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))")

#: Mantra's and Redshift's own names of tiles.
_TILES = (("%(UDIM)d", "<UDIM>"), ("%(UVTILE)d", "<UVTILE>"), ("%(U)d", "<U>"), ("%(V)d", "<V>"))

_NUMBERS = re.compile(r"(\d+)")
_VERSION = re.compile(r"(?<![\d.])(\d+(?:\.\d+){1,3})(?![\d.])")

#: Frames to look at a path that is computed: the first tell its padding; the second where those are below zero.
SAMPLES = ((1, 12, 123456), (1001, 1012, 123456))


def is_internal(raw):
    """Tell whether a reference names no file: ``op:/img/comp1``, ``opdef:/Sop/x?icon.svg``, ``temp:...``."""
    return bool(_INTERNAL.match(raw))


def token(width, following):
    """Return what stands for a frame's number in a pattern.

    Args:
        width (int): Digits at least; 0 and 1 are no padding.
        following (str): What comes after it in the path: a word would be read as part of Houdini's own token.
    """
    if re.match("[A-Za-z0-9_]", following):
        return "%%0%dd" % width if width > 1 else "%d"
    return "$F%d" % width if width > 1 else "$F"


def hide_frames(raw):
    """Return a path whose frames no expansion touches, and what `show_frames` puts back.

    Args:
        raw (str): e.g. "$HIP/geo/cache.$F4.bgeo.sc".

    Returns:
        tuple: The path with marks, and a list of tokens.
    """
    tokens = []

    def hide(found):
        tokens.append(token(int(found.group(1) or found.group(2) or 0), raw[found.end():]))
        return "%%RVS%d%%" % (len(tokens) - 1)

    return _FRAME.sub(hide, raw), tokens


def show_frames(path, tokens):
    """Return a path with its frames' tokens, see `hide_frames`."""
    for place, found in enumerate(tokens):
        path = path.replace("%%RVS%d%%" % place, found)
    return path


def variables(raw):
    """Return the names of the variables in a path, as they stand; none of a frame's number."""
    return [found.group(1) or found.group(2) for found in _VARIABLE.finditer(_FRAME.sub("", raw))]


def after_variable(raw):
    """Return what follows the variable that a path begins with, up to the next; "" where it begins with none."""
    found = _VARIABLE.match(raw)
    return re.split("[$`]", raw[found.end():])[0] if found else ""


def with_tiles(path):
    """Return a path with the tiles' tokens that all renderers know."""
    for ours, common in _TILES:
        path = path.replace(ours, common)
    return path


def plain(path):
    """Return a path for comparing: forward slashes, no slash at its end, no case where the system has none."""
    path = path.replace("\\", "/")
    path = path.rstrip("/") or path[:1]
    return path.lower() if compat.WINDOWS else path


def is_inside(path, folder):
    """Tell whether a path is a folder or in it; False for no folder."""
    if not folder:
        return False
    path, folder = plain(path), plain(folder)
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def pattern(paths, frames):
    """Return the pattern that gave paths their names at these frames.

    Args:
        paths (list of str): One for each frame.
        frames (sequence of int): Increasing; the first is a small one, so that padding shows.

    Returns:
        tuple: The pattern, and the number that it adds to a frame; None where numbers and frames do not run alike.
    """
    split = [_NUMBERS.split(path) for path in paths]
    first = split[0]
    if any(len(parts) != len(first) or parts[::2] != first[::2] for parts in split):
        return None
    found, offset = list(first), None
    for place in range(1, len(first), 2):
        texts = [parts[place] for parts in split]
        if len(set(texts)) == 1:
            continue
        width = len(texts[0]) if texts[0].startswith("0") else 1
        added = int(texts[0]) - frames[0]
        alike = all(text == ("%d" % (frame + added)).zfill(width) for text, frame in zip(texts, frames))
        if not alike or offset not in (None, added):
            return None
        offset = added
        found[place] = token(width, first[place + 1])
    return None if offset is None else ("".join(found), offset)


def version_in(path, other=""):
    """Return the first version number in a path, "" where there is none: ".../htoa-6.3.3.0_r5a/...".

    Args:
        path (str): Of an installation.
        other (str): Of the host: folders are named after it, too, "houdini19.5".
    """
    known = tuple(other.split(".")[:2])
    for found in _VERSION.finditer(path):
        if tuple(found.group(1).split(".")[:2]) != known:
            return found.group(1)
    return ""
