"""Buttons on a shelf of our own.

Maya writes shelves to its preferences: what is there is found, and brought up to date.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import os
import sys

from maya import cmds, mel

from ... import compat
from . import calls, menu

#: Of an icon on a shelf.
_SIZE = 35


def add(title, entries):
    """Add the buttons, or renew those that are there; returns the function that removes them.

    Args:
        title (str): Of the shelf.
        entries (iterable of entries.Entry): From left to right.
    """
    top, selected = _top()
    if top is None:
        return lambda: None
    try:
        shelf = _opened(top, title)
        known = _buttons(shelf)
        for entry in entries:
            _show(shelf, entry, known.get(entry.label, []))
    finally:
        _select(top, selected)
    return lambda: remove(title, entries)


def remove(title, entries):
    """Remove our buttons, and the shelf where nothing else is on it."""
    top, selected = _top()
    if top is None or not cmds.shelfLayout("%s|%s" % (top, title), exists=True):
        return
    shelf = "%s|%s" % (top, title)
    known = _buttons(shelf)
    for entry in entries:
        for button in known.get(entry.label, []):
            cmds.deleteUI(button, control=True)
    tabs = [compat.text(name) for name in calls.listed(cmds.shelfTabLayout(top, query=True, childArray=True))]
    # Maya numbers shelves in its preferences: only the last one can go without moving the others.
    if not cmds.shelfLayout(shelf, query=True, childArray=True) and tabs[-1:] == [title] and len(tabs) > 1:
        cmds.deleteUI(shelf, layout=True)
        if selected == title:
            selected = tabs[0]
    _select(top, selected)


def _top():
    """Return the layout of all shelves and the name of the one in front; None where the window has none."""
    top = compat.text(mel.eval("$rayvision_sync_shelves = $gShelfTopLevel"))
    if not top or not cmds.shelfTabLayout(top, exists=True):
        return None, None
    return top, compat.text(cmds.shelfTabLayout(top, query=True, selectTab=True))


def _opened(top, title):
    """Return the path of our shelf, with what was saved of it on it.

    Maya reads a saved shelf when it is first shown, and only while nothing is on it: a button that comes before
    would keep out what the artist has put there himself.
    """
    shelf = "%s|%s" % (top, title)
    if not cmds.shelfLayout(shelf, exists=True):
        return compat.text(cmds.shelfLayout(title, parent=top))
    if not cmds.shelfLayout(shelf, query=True, childArray=True):
        _select(top, title)
    return shelf


def _select(top, title):
    if title and compat.text(cmds.shelfTabLayout(top, query=True, selectTab=True)) != title:
        cmds.shelfTabLayout(top, edit=True, selectTab=title)
        try:
            # What Maya runs when an artist does the same: it reads the shelf, and remembers which is in front.
            mel.eval("shelfTabChange")
        except calls.ERRORS:  # A Maya without it has read all shelves already.
            pass


def _buttons(shelf):
    """Return label -> paths of the buttons on a shelf."""
    found = {}
    for name in calls.listed(cmds.shelfLayout(shelf, query=True, childArray=True)):
        path = "%s|%s" % (shelf, compat.text(name))
        if cmds.shelfButton(path, exists=True):  # Not a line between buttons.
            found.setdefault(compat.text(cmds.shelfButton(path, query=True, label=True)), []).append(path)
    return found


def _show(shelf, entry, buttons):
    values = {"label": entry.label, "annotation": entry.tip, "image": icon(entry.icon), "image1": icon(entry.icon),
              "command": menu.command(entry), "sourceType": "python"}
    for double in buttons[1:]:
        cmds.deleteUI(double, control=True)
    if buttons:
        cmds.shelfButton(buttons[0], edit=True, **values)
    else:
        cmds.shelfButton(parent=shelf, style="iconOnly", width=_SIZE, height=_SIZE, **values)


def icon(name):
    """Return the path of one of the panel's icons, without loading the panel."""
    package = compat.from_fs(sys.modules[__name__.split(".")[0]].__path__[0])
    return compat.text(os.path.join(os.path.abspath(package), "panel", "icons", name + ".svg")).replace("\\", "/")
