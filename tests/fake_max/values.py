"""Values of MAXScript as pymxs gives them, and its globals."""
from __future__ import absolute_import, division, print_function, unicode_literals

import threading

from support_tree import native

from .names import UNDEFINED


class Array(object):
    """An array of MAXScript, as pymxs wraps it: it is no list."""

    def __init__(self, values):
        self._values = list(values)

    def __len__(self):
        return len(self._values)

    def __iter__(self):
        return iter(self._values)

    def __getitem__(self, index):
        return self._values[index]


class Word(object):
    """A name value: #bitmap."""

    def __init__(self, word):
        self.word = word

    def __str__(self):
        return native("#" + self.word)


class Time(object):
    """A time value."""

    def __init__(self, frame):
        self.frame = float(frame)


class Reference(object):
    """What `pymxs.byref` makes."""

    def __init__(self, value):
        self.value = value


class Strict(object):
    """An object with these members and no others; one that is an error is raised when it is asked for."""

    def __init__(self, kind="Object", **members):
        self.__dict__["_kind"] = kind
        self.__dict__["_members"] = dict((name.lower(), value) for name, value in members.items())

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        if name.lower() not in self._members:
            raise AttributeError("Unknown property: \"%s\" in %s" % (name, self._kind))
        value = self._members[name.lower()]
        if isinstance(value, Exception):
            raise value
        return value

    def __setattr__(self, name, value):
        getattr(self, name)
        self._members[name.lower()] = value

    def __str__(self):
        return native(self._kind)


def needs(value, kind, what):
    if not isinstance(value, kind) or isinstance(value, bool):
        raise RuntimeError("-- Unable to convert: %r to type: %s" % (value, what))


def needs_text(value):
    needs(value, (type(""), str), "String")


class Runtime(object):
    """`pymxs.runtime`: names in any case, nothing that is not in `NAMES`, and only in the main thread."""

    def __init__(self, world, values):
        self.__dict__["_world"] = world
        self.__dict__["_values"] = values

    def __getattr__(self, name):
        world = self._world
        if threading.current_thread() is not world.thread:
            raise RuntimeError("pymxs was called from a thread: 3ds Max would crash minutes later")
        low = name.lower()
        world.calls += 1
        if low in self._values:
            value = self._values[low]
            return value() if isinstance(value, Live) else value
        if low in UNDEFINED:
            return None
        raise AttributeError("type object 'pymxs.runtime' has no attribute '%s'" % name)

    def __setattr__(self, name, value):
        if name.lower() != "enableaccelerators":
            raise AttributeError("the adapter must not set %s" % name)
        self._world.accelerators = value


class Live(object):
    """A global whose value is asked anew each time."""

    def __init__(self, ask):
        self._ask = ask

    def __call__(self):
        return self._ask()
