"""The menu in 3ds Max's menu bar: which of its two menu systems it goes to."""
from __future__ import absolute_import, division, print_function, unicode_literals

from . import classic_menu, cui_menu, macros, runtime


def add(title, entries, starting=False):
    """Add a menu, or leave alone the one that is there already.

    Args:
        title (str): Of the menu; the user's menu file is searched for it.
        entries (tuple of entries.Entry): Its commands.
        starting (bool): 3ds Max is about to start and asks for menus by itself, where it does that.

    Returns:
        callable: Removes it.
    """
    macros.define(entries)
    # Since 2025 the name is there, and undefined.
    if runtime.find("menuMan") is not None:
        classic_menu.add(title, entries)
    else:
        cui_menu.add(title, entries, starting)
    return lambda: remove(title)


def complete():
    """See that the menu is there, once 3ds Max has started."""
    if runtime.find("menuMan") is None:
        cui_menu.complete()


def remove(title):
    """Remove the menu; that there is none is fine."""
    if runtime.find("menuMan") is not None:
        classic_menu.remove(title)
    else:
        cui_menu.remove()
