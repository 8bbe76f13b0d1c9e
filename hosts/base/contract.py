"""What a host is: about twenty small answers, held by composition. The panel knows nothing else of a DCC.

Nothing of it touches the disk or the network, and all of it is called on the host's main thread.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

from ...errors import SyncError

#: Plain values.
ATTRIBUTES = (
    "name",             # "maya", "houdini", "3dsmax" or "rayvision_sync": as snapshots and tasks call it.
    "title",            # "Maya": for people.
    "version",          # "2024", "20.5.332".
    "interactive",      # False in batch mode: no menu, no panel.
    "chooses_scene",    # True where the artist names the scene in the panel; in a DCC it is the open one.
)

#: Methods -> what they return.
METHODS = {
    "scene": "path of the open scene, None where it was never saved",
    "is_changed": "whether the open scene has changes that were not saved",
    "save": "nothing; saves the open scene in place, `HostError` where that does not work",
    "save_copy": "nothing; ``save_copy(path)`` writes the scene as it is now to another path; the open one, its name "
                 "and its changes stay as they are; `HostError` where that does not work",
    "plain_interpreter": "path of a Python that is not the DCC itself, None where none is known",
    "main_window": "QWidget to stand over, or None",
    "later": "nothing; ``later(func)`` calls it on the main thread when the host is idle",
    "add_menu": "callable that removes it; ``add_menu(title, entries)``, entries as in `entries`",
    "add_shelf": "callable that removes it; ``add_shelf(title, entries)``",
    "dock": "nothing; ``dock(widget)`` shows the panel where the host docks its panels",
    "assets": "iterator of `snapshot.File`, `snapshot.Trouble` and None; each step is short, None is a breath",
    "render_settings": "dict: ``frames`` (\"1001-1120[2]\"), ``layers``, ``cameras`` (lists), ``renderer``, "
                       "``renderer_version``, ``width``, ``height``, ``plugins`` (name -> version), ``details``; and, "
                       "optional, ``chosen``: ``layers`` (all by default) and ``cameras`` (the first one by default) "
                       "that are ticked at first",
    "project": "folder of the project, \"\" where there is none",
    "search": "list of folders that relative paths may stand in, the first wins",
    "output_folder": "folder that the scene's pictures go to, \"\" where it does not say",
    "refresh": "nothing; ``refresh(folder)``: pictures have landed there, for hosts that show folders",
    "notify": "whether the host told the artist; ``notify(title, text)``",
}


class HostError(SyncError):
    """The host could not do what was asked: what, and what to do, in a sentence."""


def lacking(host):
    """Return the names of what an object lacks to be a host."""
    return [name for name in ATTRIBUTES if not hasattr(host, name)] + [
        name for name in sorted(METHODS) if not callable(getattr(host, name, None))]
