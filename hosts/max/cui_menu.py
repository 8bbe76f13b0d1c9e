"""The menu of 3ds Max 2025 and later: it calls us whenever it builds its menus, and takes none at other times."""
from __future__ import absolute_import, division, print_function, unicode_literals

import logging
import zlib

from . import macros, runtime

log = logging.getLogger(__name__)

#: Ours, never to be changed: the user's changes of the menus refer to it.
MENU_ID = "5b0a6f3c-7d24-4e0c-9b7e-1f2a80c6d931"
_ITEM_ID = "5b0a6f3c-7d24-4e0c-9b7e-%012x"

#: Name of our callback, for `callbacks.removeScripts`: nobody else's is removed.
CALLBACK_ID = "rayvision_sync_menu"

#: "Help" in 3ds Max's menu bar, and the table that macros stand in: 3ds Max's own numbers.
HELP_ID = "cee8f758-2199-411b-81e7-d3ff4a80d143"
MACROS = 647394


#: Whether 3ds Max has asked for our menu, in this process.
_state = {"was_asked": False}


def item_id(entry):
    """Return the id of a command's item: the same for ever."""
    return _ITEM_ID % (zlib.crc32(entry.name.encode("utf-8")) & 0xffffffff)


def add(title, entries, starting):
    """Ask to be called for menus; unless 3ds Max is about to start, let it build them now."""
    rt = runtime.mxs()
    rt.callbacks.removeScripts(id=rt.name(CALLBACK_ID))
    rt.callbacks.addScript(rt.name("cuiRegisterMenus"), lambda: _build(title, entries), id=rt.name(CALLBACK_ID))
    if not starting:
        _rebuild(rt)


def complete():
    """Let 3ds Max build its menus anew if it did so before it knew of ours: our script was run late."""
    if not _state["was_asked"]:
        _rebuild(runtime.mxs())


def remove():
    """Ask no more, and let 3ds Max build its menus without ours."""
    rt = runtime.mxs()
    rt.callbacks.removeScripts(id=rt.name(CALLBACK_ID))
    _rebuild(rt)


def _rebuild(rt):
    manager = rt.maxOps.GetICuiMenuMgr()
    manager.LoadConfiguration(manager.GetCurrentConfiguration())


def _build(title, entries):
    """Add the menu; called by 3ds Max, which must not fall over a fault of ours."""
    rt = runtime.mxs()
    _state["was_asked"] = True
    try:
        bar = rt.callbacks.notificationParam().mainMenuBar
        try:
            menu = bar.CreateSubMenu(MENU_ID, title, beforeId=HELP_ID)
        except runtime.FAULTS:  # The user has taken "Help" away.
            menu = bar.CreateSubMenu(MENU_ID, title)
        for entry in entries:
            menu.CreateAction(item_id(entry), MACROS, "%s`%s" % (macros.name_of(entry), macros.CATEGORY))
    except runtime.FAULTS as error:
        log.warning("3ds Max did not take the menu %s: %s", title, runtime.reason(error))
