"""The adapter for Houdini 17.5-21. Nothing of Qt, of hou or of the panel is imported before it is needed.

Houdini reads menu, shelf and panel from the files in ``package``; they call `show` and the frames' functions.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import logging

from ... import vendored

vendored.add()

log = logging.getLogger(__name__)

#: The one Host and the one Door of the process.
_made = {}


def host():
    """Return the one Host of the process."""
    if "host" not in _made:
        from .adapter import HoudiniHost  # Not "host.py": the package offers a function of that name.
        _made["host"] = HoudiniHost()
    return _made["host"]


def _door():
    if "door" not in _made:
        from ..base.door import Door
        _made["door"] = Door(host())
    return _made["door"]


def start():
    """`register` when Houdini is idle: its start waits for nothing of ours."""
    try:
        import hdefereval
    except ImportError:
        return  # Without windows it cannot be imported.
    hdefereval.executeDeferred(register)


def register():
    """See that Houdini knows shelf and panel, however often it is called; without its windows nothing happens."""
    if not host().interactive:
        return
    from . import shelf
    from .native import FAILURES
    try:
        shelf.interface()
        shelf.show_once(host().version)
    except FAILURES:
        # A shelf less is no reason to keep the panel from opening.
        log.warning("Houdini took the shelf or the panel's interface badly.", exc_info=True)


def unregister():
    """Close the panel and its tabs, take the shelf tab away. Transfers go on."""
    if not host().interactive:
        return
    from . import panes, shelf
    from .native import FAILURES
    _door().close()
    try:
        panes.close()
        shelf.hide()
    except FAILURES:
        log.warning("Houdini kept a tab of ours.", exc_info=True)
    shelf.forget(host().version)


def show(what="submit"):
    """Open or raise the panel.

    Args:
        what (str): "submit", "transfers", "frames", "download", "settings" or "documentation".

    Returns:
        bool: Whether it is shown.
    """
    register()
    return _door().show(what)


def create_frame(tab=None):
    """Return the widget of a pane tab; the panel comes when it is seen."""
    from ... import compat
    dock = _dock()
    return dock.DOCK.create(_wanted, compat.text(tab.name()) if tab is not None else "")


def activate_frame(frame):
    """Let the panel stand in this frame: its tab is in front."""
    _wanted(frame)


def destroy_frame(frame):
    """Let the panel outlive the frame of a tab that Houdini closes or moves."""
    _dock().DOCK.destroy(frame)


def _dock():
    if "dock" not in _made:
        from . import dock
        _made["dock"] = dock
    return _made["dock"]


def _wanted(frame):
    """A frame is seen: fill it, when Houdini is idle."""
    host().later(lambda: _fill(frame))


def _fill(frame):
    from ...errors import SyncError
    try:
        panel = _door().panel()
    except (SyncError, ImportError) as error:
        _door().say("%s" % getattr(error, "message", error))
        return
    if frame in _dock().DOCK.frames():
        _dock().DOCK.put(panel, frame)
