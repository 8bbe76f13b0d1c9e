"""Maya 2018 to 2027: menu, shelf, docked panel, and what a scene names.

Importing this costs nothing: neither Qt nor the panel is loaded before `show`.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import logging

log = logging.getLogger(__name__)

_made = {}


def host():
    """Return the one host of this process."""
    if "host" not in _made:
        from .maya_host import MayaHost  # Not host.py: the module would hide the function of that name.
        _made["host"] = MayaHost()
    return _made["host"]


def door():
    """Return the one door to the panel."""
    if "door" not in _made:
        from ..base.door import Door
        _made["door"] = Door(host())
    return _made["door"]


def register():
    """Add menu and shelf; again and again is as good as once. Nothing happens in batch mode."""
    from ..base import entries
    if not host().interactive:
        return
    host().add_menu(entries.MENU_TITLE, entries.ENTRIES)
    host().add_shelf(entries.SHELF_TITLE, entries.shelf())


def unregister():
    """Remove menu, buttons and panel, with what Maya would have kept of them. Transfers go on."""
    from ..base import entries
    from . import dock, menu, shelf
    if not host().interactive:
        return
    # By name, not by what adding returned: after a reload nothing of that is left.
    menu.remove()
    shelf.remove(entries.SHELF_TITLE, entries.shelf())
    if "door" in _made:
        door().close()
    dock.remove()


def show(what="submit"):
    """Open the panel on a tab, or raise it.

    Args:
        what (str): submit, transfers, frames, download, settings or documentation.
    """
    return door().show(what)


def restore():
    """Fill the panel's control, when Maya has built it again. What goes wrong is logged: Maya is starting."""
    from ...errors import SyncError
    from . import dock
    try:
        dock.embed(door().panel())
    except (SyncError, ImportError):
        log.exception("The panel cannot be opened again.")
