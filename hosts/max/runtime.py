"""The way to MAXScript: pymxs, imported when it is first asked for, and what differs between its versions.

Only the main thread may come here: pymxs corrupts 3ds Max when another one calls it.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

from ... import compat

#: What a call into MAXScript may raise: its own exceptions arrive as RuntimeError, a property that is missing as
#: AttributeError, an argument it does not take as TypeError or ValueError.
FAULTS = (RuntimeError, AttributeError, LookupError, TypeError, ValueError)

#: `maxVersion()[0]` of 3ds Max 2018; each year adds a thousand.
_FIRST, _FIRST_YEAR = 20000, 2018
_YEAR = 7


def mxs():
    """Return MAXScript's globals."""
    import pymxs  # Not above: outside of 3ds Max there is none.
    return pymxs.runtime


def find(name):
    """Return a global of MAXScript by its name, None where this version or this installation has none.

    Args:
        name (str): "menuMan", say, which is undefined since 2025.
    """
    return getattr(mxs(), compat.like(name, str("")), None)


def year():
    """Return the release, e.g. 2024."""
    rt = mxs()
    parts = list(rt.maxVersion())
    # Its length grew over the years: the product's year stands in it on recent releases only.
    try:
        found = int(parts[_YEAR])
    except FAULTS:
        found = 0
    return found if found >= _FIRST_YEAR else (int(parts[0]) - _FIRST) // 1000 + _FIRST_YEAR


def text(value):
    """Return a value of MAXScript as text; undefined is "", a name loses its "#"."""
    if value is None:
        return ""
    if isinstance(value, (bytes, compat.text_type)):
        return compat.text(value)
    return ("%s" % value).lstrip("#")


def reason(error):
    """Return in a line what MAXScript said was wrong."""
    try:
        said = "%s" % error
    except UnicodeError:  # Bytes of another language, on 2.7.
        said = bytes(error)
    lines = text(said).strip().splitlines()
    return lines[0].strip() if lines else type(error).__name__


def listed(function, script, *arguments):
    """Return the array that a function of MAXScript puts into its last argument, which is by reference.

    Its values are asked for one by one as it is run through: with many it takes longer than a step may.

    Args:
        function (callable): Of MAXScript.
        script (str): MAXScript that returns the same, for releases whose pymxs has no ``byref``.
        arguments: Before the one by reference.
    """
    import pymxs
    if hasattr(pymxs, "byref"):
        found = function(*(arguments + (pymxs.byref(None),)))[1]
    else:
        found = mxs().execute(script)
    return () if found is None else found


def quoted(path):
    """Return a path as MAXScript writes it, backslashes and all."""
    return '@"%s"' % path.replace('"', "")


def folder(name):
    """Return one of 3ds Max's own folders, "" where it has none of this name.

    Args:
        name (str): As `getDir` knows it, "renderoutput", say.
    """
    rt = mxs()
    try:
        return text(rt.getDir(rt.name(name)))
    except FAULTS:
        return ""
