"""The open scene: its name, its changes, and how they are written."""
from __future__ import absolute_import, division, print_function, unicode_literals

import logging

from maya import cmds

from ... import compat
from ..base.contract import HostError
from . import calls

log = logging.getLogger(__name__)

_TYPES = {".ma": "mayaAscii", ".mb": "mayaBinary"}


def path():
    """Return the scene's path, None where it was never saved."""
    return compat.text(cmds.file(query=True, sceneName=True)) or None


def is_changed():
    """Tell whether it has changes that were not saved."""
    return bool(cmds.file(query=True, modified=True))


def save():
    """Save the scene in place.

    Raises:
        HostError: It has no name, or Maya refuses.
    """
    name = path()
    if name is None:
        raise HostError("The scene has no name yet. Save it with File > Save Scene As, then submit it.")
    try:
        _write(name)
    except calls.ERRORS as error:
        raise HostError("Maya could not save %s (%s). Save it under another name." % (name, calls.reason(error)))


def save_copy(target):
    """Write the scene as it is to another path; the open one keeps its name and its changes.

    Maya has two ways. ``exportAll`` leaves the open scene alone, but writes an export: the windows' layout, nodes that
    nothing is connected to and, in some versions, layers are not what a save writes. So the scene is saved under the
    other name and gets its own name back at once, whatever happens: the copy is complete, and nothing of the open
    scene is lost. What remains: scripts that a studio runs at each save run for this one, too. XGen names its
    collections after the scene at a save: those names are put back. Only a scene that has no name yet is exported,
    since Maya has no way to take a name off again.

    Raises:
        HostError: Maya refuses; the open scene is as it was.
    """
    try:
        if path() is None:
            cmds.file(target, exportAll=True, preserveReferences=True, force=True,
                      type=_TYPES.get(target[-3:].lower(), "mayaAscii"))
        else:
            _save_under(target)
    except calls.ERRORS as error:
        raise HostError("Maya could not write a copy of the scene to %s (%s). Save the scene itself instead."
                        % (target, calls.reason(error)))


def _save_under(target):
    name, was_changed, collections = path(), is_changed(), _collections()
    try:
        cmds.file(rename=target)
        _write(target)
    finally:
        cmds.file(rename=name)
        _restore(collections)
        cmds.file(modified=was_changed)


def _write(name):
    # By its ending: else Maya writes the kind that the scene was before, whatever the name says.
    kind = _TYPES.get(name[-3:].lower())
    if kind is None:
        cmds.file(save=True)
    else:
        cmds.file(save=True, type=kind)


def _collections():
    """Return XGen's names of its collections' files: plug -> text."""
    try:
        palettes = [compat.text(name) for name in calls.listed(cmds.ls(type="xgmPalette"))]
    except calls.ERRORS:  # XGen is not loaded: there is no such type.
        return {}
    return dict((name + ".xgFileName", calls.text_of(name + ".xgFileName")) for name in palettes)


def _restore(collections):
    for plug in sorted(collections):
        if collections[plug] and calls.text_of(plug) != collections[plug]:
            try:
                cmds.setAttr(plug, collections[plug], type="string")
            except calls.ERRORS as error:
                log.warning("XGen's collection %s is now called otherwise: %s", plug, calls.reason(error))
