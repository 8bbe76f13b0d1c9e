"""Flags as Maya checks them."""
from __future__ import absolute_import, division, print_function, unicode_literals

import functools
import threading

#: Commands from any other thread end Maya sooner or later: here at once.
_MAIN = threading.current_thread()


def command(create="", query="", edit=""):
    """Make a method a command: unknown flags raise TypeError, other threads RuntimeError.

    Args:
        create (str): Flags without ``query`` and ``edit``, separated by spaces; "-" stands for no such mode.
        query (str): Flags with ``query=True``; "" stands for no such mode. So for `edit`.

    The method is called with ``(mode, arguments, flags)``.
    """
    allowed = {"create": frozenset(create.split()), "query": frozenset(("query " + query).split()),
               "edit": frozenset(("edit " + edit).split())}

    def decorate(method):
        @functools.wraps(method)
        def call(self, *args, **flags):
            if threading.current_thread() is not _MAIN:
                raise RuntimeError("%s was called from another thread than the main one" % method.__name__)
            mode = "query" if flags.get("query") else "edit" if flags.get("edit") else "create"
            if not allowed[mode].issuperset(flags):
                raise TypeError("Invalid flag '%s'" % sorted(set(flags) - allowed[mode])[0])
            if (mode, False) in (("query", bool(query)), ("edit", bool(edit))):
                raise TypeError("Invalid flag '%s'" % mode)
            self.calls += 1
            return method(self, mode, args, flags)
        call.is_command = True
        call.flags = allowed
        return call
    return decorate


def or_none(found):
    """Return a list as Maya does: None where it is empty."""
    return list(found) or None


def commands(thing):
    """Return name -> bound method of an object's commands."""
    return {name: getattr(thing, name) for name in dir(type(thing))
            if getattr(getattr(type(thing), name), "is_command", False)}
