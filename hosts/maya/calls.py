"""What Maya's commands answer, made plain: None for an empty list, one error of three kinds, bytes or text."""
from __future__ import absolute_import, division, print_function, unicode_literals

from maya import cmds

from ... import compat

#: What a command raises: it failed, no such object or flag value, no such flag. Not Maya's own: a bug of ours
#: should be seen, so nothing else is caught.
ERRORS = (RuntimeError, ValueError, TypeError)


def listed(found):
    """Return what a command that lists gave as a list: None is its empty list."""
    if found is None:
        return []
    return list(found) if isinstance(found, (list, tuple)) else [found]


def texts(found):
    """Return the texts of an attribute's value: it may be one, a list, nested lists, None or a number."""
    if isinstance(found, (bytes, compat.text_type)):
        return [compat.text(found)]
    if isinstance(found, (list, tuple)):
        return [one for item in found for one in texts(item)]
    return []


def value(plug, default=None):
    """Return an attribute's value; `default` where there is none or it cannot be read."""
    try:
        found = cmds.getAttr(plug)
    except ERRORS:
        return default
    return default if found is None else found


def text_of(plug):
    """Return the text of an attribute, "" where there is none."""
    return (texts(value(plug)) or [""])[0].strip()


def reason(error):
    """Return why a command failed, in a line."""
    said = [compat.text(part) for part in error.args if isinstance(part, (bytes, compat.text_type))]
    return " ".join(" ".join(said).split()) or type(error).__name__
