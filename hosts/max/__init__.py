"""3ds Max 2018-2027. Nothing of Qt and nothing of the panel is imported before it is shown."""
from __future__ import absolute_import, division, print_function, unicode_literals

import logging
import sys

log = logging.getLogger(__name__)

#: The one host and the one door of a process. Menu, toolbar and dock are found in 3ds Max by their names instead: they
#: are there, too, when this module was loaded anew.
_one = {}

_BINDINGS = ("PySide2", "PySide6")


def host():
    """Return the one `hosting.MaxHost` of this process."""
    if "host" not in _one:
        from .hosting import MaxHost
        _one["host"] = MaxHost()
    return _one["host"]


def register(starting=False):
    """Add menu and toolbar. Any number of calls leaves one of each; nothing happens in batch mode.

    Args:
        starting (bool): 3ds Max is about to start: it asks for menus itself, and its window is not there yet.
    """
    if not host().interactive:
        return
    from ..base import entries
    from . import menu, moments
    menu.add(entries.MENU_TITLE, entries.ENTRIES, starting)
    if not starting and _has_qt():
        add_shelf()
    else:  # Qt is not imported for two buttons while 3ds Max starts.
        moments.when_started("started")


def started():
    """Do what is left when 3ds Max has started: it was too late to be asked for menus, and there is its window now."""
    if not host().interactive:
        return
    from . import menu
    menu.complete()
    add_shelf()


def unregister():
    """Take panel, toolbar and menu away. Any number of calls is fine; transfers go on."""
    if not host().interactive:
        return
    from ..base import entries
    from . import menu, moments
    door = _one.pop("door", None)
    if door is not None:
        door.close()
    if _has_qt():
        from . import dock, toolbar
        dock.remove()
        toolbar.remove()
    moments.forget()
    menu.remove(entries.MENU_TITLE)


def show(what="submit"):
    """Show a part of the panel: submit, transfers, frames, download, settings or documentation.

    Returns:
        bool: Whether it is shown.
    """
    if "door" not in _one:
        from ..base.door import Door
        _one["door"] = Door(host())
    add_shelf()
    return _one["door"].show(what)


def add_shelf():
    """Add the toolbar if there is none. Where that does not work it is logged: the menu has all that it has."""
    from ...errors import SyncError
    from ..base import entries
    if not host().interactive:
        return
    try:
        host().add_shelf(entries.SHELF_TITLE, entries.shelf())
    except (SyncError, ImportError) as error:
        log.warning("There is no toolbar: %s", error)


def _has_qt():
    return any(name in sys.modules for name in _BINDINGS)
