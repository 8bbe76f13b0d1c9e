"""Texts as hou takes and gives them, and what it raises."""
from __future__ import absolute_import, division, print_function, unicode_literals

import hou

from ... import compat

#: What a call on one node or parameter may raise: hou's own errors, and SWIG's of an object that is gone.
FAILURES = (hou.Error, TypeError, ValueError, AttributeError, RuntimeError)


def native(value):
    """Return text as hou's functions take it: bytes on 2.7, whose SWIG knows no unicode."""
    return compat.like(value, str(""))


def reason(error):
    """Return what a failed call says, in one line."""
    said = getattr(error, "instanceMessage", None)
    try:
        text = compat.text(said() if callable(said) else error.args[0] if error.args else "")
    except FAILURES:
        text = ""
    return " ".join(text.split()) or type(error).__name__


def environment(name):
    """Return one of Houdini's variables, "" where it is not set."""
    return compat.text(hou.getenv(native(name))) or ""


def expand(path):
    """Return a path with Houdini's variables evaluated; ``hou.text`` came after 17.5."""
    module = getattr(hou, "text", None) or hou
    return compat.text(module.expandString(native(path)))
