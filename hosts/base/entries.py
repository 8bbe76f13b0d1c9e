"""The commands of menu and shelf: one list, so that all hosts offer the same."""
from __future__ import absolute_import, division, print_function, unicode_literals

from collections import namedtuple

#: A command. ``name`` is unique and never changes: hosts keep it in their preferences. ``icon``: name of one of the
#: panel's icons (core/panel/icons). ``call``: what the adapter's module is asked: ``show("submit")``.
Entry = namedtuple("Entry", "name label tip icon call")

MENU_TITLE = "Render Farm"
SHELF_TITLE = "RenderFarm"

ENTRIES = (
    Entry("submit", "Submit and Upload...", "Send this scene and its files to the farm", "submit", "show('submit')"),
    Entry("transfers", "Transfers", "What is going up and down", "transfers", "show('transfers')"),
    Entry("frames", "Frames", "What of a task is here", "frames", "show('frames')"),
    Entry("download", "Download Task...", "Fetch the frames of a task by its number", "download", "show('download')"),
    Entry("settings", "Settings...", "Account, farm, threads, speed, folders", "settings", "show('settings')"),
    Entry("documentation", "Documentation", "How it works", "documentation", "show('documentation')"),
)

#: What stands on the shelf.
SHELF = ("submit", "transfers")


def shelf():
    """Return the entries of the shelf."""
    return tuple(entry for entry in ENTRIES if entry.name in SHELF)
