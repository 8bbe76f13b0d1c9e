"""Maya, as the panel sees it: see `base.contract`."""
from __future__ import absolute_import, division, print_function, unicode_literals

import logging

from maya import cmds, utils

from ... import compat
from . import calls, dock, interpreter, menu, scene, shelf

log = logging.getLogger(__name__)


class MayaHost(object):
    """See `base.contract`. All of it is called on the main thread; nothing is kept."""

    name = "maya"
    title = "Maya"
    chooses_scene = False

    @property
    def version(self):
        """str: The year: "2024"."""
        return compat.text(cmds.about(version=True))

    @property
    def interactive(self):
        """bool: False in batch mode and in mayapy."""
        return not cmds.about(batch=True)

    def scene(self):
        """Return the open scene's path, None where it was never saved."""
        return scene.path()

    def is_changed(self):
        """Tell whether the scene has changes that were not saved."""
        return scene.is_changed()

    def save(self):
        """Save the scene in place."""
        scene.save()

    def save_copy(self, path):
        """Write the scene to another path: see `scene.save_copy`."""
        scene.save_copy(path)

    def plain_interpreter(self):
        """Return the path of `mayapy`, None where it is not found."""
        return interpreter.find(self.version)

    def main_window(self):
        """Return Maya's window, None in batch mode."""
        return dock.wrapped("mainWindow") if self.interactive else None

    def later(self, func):
        """Call `func` when Maya is idle."""
        utils.executeDeferred(func)

    def add_menu(self, title, entries):
        """Add a menu; returns the function that removes it."""
        return menu.add(title, entries) if self.interactive else _nothing

    def add_shelf(self, title, entries):
        """Add buttons to a shelf; returns the function that removes them."""
        return shelf.add(title, entries) if self.interactive else _nothing

    def dock(self, widget):
        """Show the panel in the workspace; as a window of its own where that does not work."""
        try:
            dock.show(widget, widget.windowTitle())
        except calls.ERRORS:
            log.exception("The panel cannot be docked.")
            widget.show()
            widget.raise_()

    def assets(self):
        """Return an iterator over what the scene names: see `assets.scan`."""
        from . import assets  # Not above: Maya's start waits for what is.
        return assets.scan(self.project(), compat.environ("MAYA_LOCATION", ""))

    def render_settings(self):
        """Return what is rendered, and how."""
        from . import render
        return render.settings(self.version)

    def project(self):
        """Return the project's folder."""
        from . import render
        return render.project()

    def search(self):
        """Return the folders that relative paths may stand in."""
        from . import render
        return render.search()

    def output_folder(self):
        """Return where pictures go."""
        from . import render
        return render.output_folder()

    def refresh(self, folder):
        """Do nothing: Maya shows no folder of pictures."""

    def notify(self, title, text):
        """Tell the artist over the view; False where that is not possible."""
        return self.interactive and dock.tell(title, text)


def _nothing():
    """Undo nothing."""
