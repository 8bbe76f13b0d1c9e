"""Houdini's package file: it adds a folder with menu, shelf and panel to the paths, and the package to Python's."""
from __future__ import absolute_import, division, print_function, unicode_literals

import json
import os
import runpy

from . import hosts
from .system import native, text

NAME = "rayvision_sync.json"

#: From a copy to Houdini's part of it.
_HOUDINI = ("python", "rayvision_sync", "hosts", "houdini")


def folders(prefs):
    """Return where the package file goes."""
    return os.path.join(prefs, "packages")


def files(entries, place, machine):
    """Return path -> content of what Houdini reads; arguments as `maya.files` takes them."""
    found = {}
    for entry in sorted(entries):
        # Entries of one folder are always of one copy, and the file is the same for every version.
        found[os.path.join(folders(entry.prefs), NAME)] = content(
            place.tree(entry.tree), place.adapter(entry.tree, hosts.HOUDINI))
    return found


def content(tree, adapter):
    """Return the package file for a copy.

    Args:
        tree (str): The copy's folder.
        adapter (str): Where its rules are read.
    """
    rules = runpy.run_path(native(os.path.join(adapter, "package_json.py")))
    made = rules["content"](os.path.join(tree, "python"), os.path.join(tree, *(_HOUDINI + (rules["FOLDER"],))))
    shown = json.dumps(made, indent=4, sort_keys=True, ensure_ascii=False, separators=(",", ": "))
    return (text(shown) + "\n").encode("utf-8")


def next_steps(versions, is_site=False):
    """Return what to do next."""
    return ["Start %s: the menu Render Farm and the shelf tab RenderFarm are there."
            % " or ".join(hosts.title(hosts.HOUDINI, version) for version in versions),
            "A tab that was removed comes back by + at the end of the shelf tabs, Shelves, RenderFarm."]


#: As `maya.LEFTOVERS`.
LEFTOVERS = ("Houdini keeps a shelf tab or a panel of ours in the desktops that you saved (<preferences>/desktop, "
             "default.shelf). They only name what is gone: remove the tab, or let it be empty.")
