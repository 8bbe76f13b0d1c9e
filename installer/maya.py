"""Maya's module file: one block for each version and system, so that one folder serves all of them."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os

from . import hosts
from .system import fs

NAME = "rayvision_sync.mod"
PLATFORMS = {"windows": "win64", "macos": "mac", "linux": "linux"}

#: From a copy to Maya's part of it.
MODULE = ("python", "rayvision_sync", "hosts", "maya", "module")

#: Relative to the module. The package and its dependencies are not on a PYTHONPATH: the start-up script among the
#: module's scripts puts them at the end of Maya's path, where they are in nobody's way, and programs that Maya starts
#: must not find a package of the name that the vendor's SDK has.
_ICONS = "../../../../../icons"


def folders(prefs):
    """Return where the module file goes."""
    return os.path.join(prefs, "modules")


def files(entries, place, machine):
    """Return path -> content of what Maya reads.

    Args:
        entries (list of ledger.Entry): Maya's.
        place (places.Place): Where the copies are.
        machine (Machine): This one.
    """
    found = {}
    for prefs in sorted({entry.prefs for entry in entries}):
        folder = folders(prefs)
        systems = sorted(PLATFORMS) if place.is_site else [machine.system]
        blocks = [block(entry.version, PLATFORMS[system], entry.tree.split("-")[0],
                        module_path(folder, os.path.join(place.tree(entry.tree), *MODULE), place.is_site))
                  for entry in sorted(entries, key=lambda entry: hosts.order(entry.version))
                  if entry.prefs == prefs for system in systems]
        found[os.path.join(folder, NAME)] = "\n".join(blocks).encode("utf-8")
    return found


def block(version, platform, number, path):
    """Return the lines of a version of Maya on a system.

    Args:
        version (str): "2024".
        platform (str): As Maya calls it, "win64".
        number (str): Version of the module.
        path (str): The module's folder.
    """
    return ("+ MAYAVERSION:%s PLATFORM:%s rayvision_sync %s %s\n"
            "icons: %s\n") % (version, platform, number, path, _ICONS)


def module_path(folder, target, relative):
    """Return a path as a module file in a folder names it.

    Relative to it on a share, which has another name on each system; and where the absolute one is not ASCII (the
    user's name, mostly) and the relative one is: in which encoding Maya reads the file depends on its version.
    """
    absolute = target.replace("\\", "/")
    if not relative and all(ord(letter) < 128 for letter in absolute):
        return absolute
    try:
        short = os.path.relpath(target, folder)
    except ValueError:  # On another drive.
        return absolute
    # Links between the two would lead ".." elsewhere.
    real = os.path.realpath(fs(os.path.join(os.path.realpath(fs(folder)), fs(short))))
    if real != os.path.realpath(fs(target)) or not all(ord(letter) < 128 for letter in short):
        return short.replace("\\", "/") if relative else absolute
    return short.replace("\\", "/")


def next_steps(versions, is_site=False):
    """Return what to do next."""
    return ["Start %s: the menu Render Farm and the shelf RenderFarm are there."
            % " or ".join(hosts.title(hosts.MAYA, version) for version in versions)]


#: What Maya itself may have saved, and why it does nothing without us.
LEFTOVERS = ("Maya keeps the shelf RenderFarm (prefs/shelves/shelf_RenderFarm.mel) and the panel's place in its "
             "workspaces, if they were open when it was closed. Both look for rayvision_sync, find none, and "
             "say so at most; right-click the shelf's tab and choose Delete Shelf to be rid of it.")
