"""The panel without a DCC: the host is a plain desktop window, and the scene is chosen in the panel."""
from __future__ import absolute_import, division, print_function, unicode_literals

import platform

from .. import compat
from ..jobs import spawn
from .base.contract import HostError


def _nothing():
    """Undo nothing."""


class StandaloneHost(object):
    """See `base.contract`."""

    name = "rayvision_sync"
    title = "rayvision_sync"
    interactive = True
    chooses_scene = True

    @property
    def version(self):
        """str: Python's."""
        return compat.text(platform.python_version())

    def scene(self):
        """Return None: the panel has a field for it."""
        return None

    def is_changed(self):
        """Return False: files on the disk are what they are."""
        return False

    def save(self):
        """Refuse: no scene is open."""
        raise HostError("No scene is open: choose one in the panel.")

    def save_copy(self, path):
        """Refuse: no scene is open."""
        raise HostError("No scene is open, nothing was written to %s: choose one in the panel." % path)

    def plain_interpreter(self):
        """Return this Python, if it is one."""
        return spawn.own_interpreter()

    def main_window(self):
        """Return None: the panel is the window."""
        return None

    def later(self, func):
        """Call `func` when Qt is idle."""
        from ..panel.binding import later  # Not above: Qt may be missing.
        later(func)

    def add_menu(self, title, entries):
        """Add nothing: a plain window has no menu of others."""
        return _nothing

    def add_shelf(self, title, entries):
        """Add nothing."""
        return _nothing

    def dock(self, widget):
        """Show the panel as a window, in front."""
        widget.show()
        widget.raise_()
        widget.activateWindow()

    def assets(self):
        """Return nothing: files are chosen in the panel."""
        return iter(())

    def render_settings(self):
        """Return nothing: what to render is typed in the panel."""
        return {}

    def project(self):
        """Return no folder."""
        return ""

    def search(self):
        """Return no folders."""
        return []

    def output_folder(self):
        """Return no folder: it is chosen in the panel."""
        return ""

    def refresh(self, folder):
        """Do nothing: no view of folders is open."""

    def notify(self, title, text):
        """Return False: the panel tells it by its own means."""
        return False
