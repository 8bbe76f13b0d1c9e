"""The menu in Maya's main window. It is made anew each time: a second registration leaves one menu."""
from __future__ import absolute_import, division, print_function, unicode_literals

from maya import cmds, mel

from . import calls

NAME = "rayvision_sync_menu"

#: What a click runs. It is text, not a function: it outlives a reload of the module, and Maya keeps that of shelves in
#: its preferences, where it must do no harm after the plug-in was removed.
_COMMAND = """\
try:
    import rayvision_sync.hosts.maya as rayvision_sync_maya
except ImportError:
    import maya.cmds
    maya.cmds.warning("The render farm's plug-in is not installed any more. Take this button away, or run install.py.")
else:
    rayvision_sync_maya.%s
"""


def command(entry):
    """Return the Python that an entry runs."""
    return _COMMAND % entry.call


def add(title, entries):
    """Add the menu; returns the function that removes it.

    Args:
        title (str): As it is shown.
        entries (iterable of entries.Entry): From top to bottom.
    """
    remove()
    cmds.menu(NAME, label=title, parent=mel.eval("$rayvision_sync_window = $gMainWindow"), tearOff=True)
    for entry in entries:
        cmds.menuItem(parent=NAME, label=entry.label, annotation=entry.tip, command=command(entry), sourceType="python")
    return remove


def remove():
    """Remove the menu, if it is there."""
    if cmds.menu(NAME, exists=True):
        try:
            cmds.deleteUI(NAME, menu=True)
        except calls.ERRORS:  # It went with the window that it was in.
            pass
