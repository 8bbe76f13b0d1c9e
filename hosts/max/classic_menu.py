"""The menu of 3ds Max 2018-2024, made by `menuMan`.

What is made here stays in the user's menu file (.mnux) over the end of 3ds Max: a menu is looked for before one is
made, and only `remove` takes it away.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import logging

from . import macros, runtime

log = logging.getLogger(__name__)


def add(title, entries):
    """Add a menu before "Help"; one of this title that has other items is made anew."""
    rt = runtime.mxs()
    menu = rt.menuMan.findMenu(title)
    wanted = [entry.label for entry in entries]
    if menu is not None and _titles(menu) == wanted and title in _titles(rt.menuMan.getMainMenuBar()):
        return
    if menu is not None:
        _take_away(rt, menu, title)
    menu = rt.menuMan.createMenu(title)
    for entry in entries:
        item = rt.menuMan.createActionItem(macros.name_of(entry), macros.CATEGORY)
        if item is None:  # 3ds Max did not take the macro.
            log.warning("The command %s is not in the menu: 3ds Max does not know its macro.", entry.label)
            continue
        menu.addItem(item, -1)
    bar = rt.menuMan.getMainMenuBar()
    # "Help" stays the last one.
    bar.addItem(rt.menuMan.createSubMenuItem(title, menu), bar.numItems() - 1)
    rt.menuMan.updateMenuBar()


def remove(title):
    """Remove the menu, from the user's menu file, too."""
    rt = runtime.mxs()
    menu = rt.menuMan.findMenu(title)
    if menu is not None:
        _take_away(rt, menu, title)
        rt.menuMan.updateMenuBar()


def _titles(menu):
    return [runtime.text(menu.getItem(index).getTitle()) for index in range(1, menu.numItems() + 1)]


def _take_away(rt, menu, title):
    bar = rt.menuMan.getMainMenuBar()
    for index in range(bar.numItems(), 0, -1):  # From the last: positions behind a removed one change.
        if runtime.text(bar.getItem(index).getTitle()) == title:
            bar.removeItemByPosition(index)
    rt.menuMan.unRegisterMenu(menu)
