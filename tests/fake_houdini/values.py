"""How the fake of hou takes and gives values, and what it raises."""
from __future__ import absolute_import, division, print_function, unicode_literals

import re

from rayvision_sync import compat

VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")
FRAME = re.compile(r"\$\{?F(\d*)\}?(?!\w)")


def native(value):
    return compat.like(value, str(""))


def swig_text(value):
    """Take a string as SWIG takes one."""
    if not isinstance(value, str):
        raise TypeError("in method, argument of type 'char const *', not %s" % type(value).__name__)
    return compat.text(value)


def swig_number(value):
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError("in method, argument of type 'double'")
    return value


class Error(Exception):
    def instanceMessage(self):
        return self.args[0] if self.args else native("")


class OperationFailed(Error):
    pass


class ObjectWasDeleted(Error):
    pass


class Enum(object):
    def __init__(self, name):
        self._name = name

    def __repr__(self):
        return native(self._name)


def enums(name, *values):
    found = type(native(name), (object,), {})
    for value in values:
        setattr(found, native(value), Enum("%s.%s" % (name, value)))
    return found
