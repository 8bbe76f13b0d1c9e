"""The one panel of a process, and the only way to it: menu, shelf and what a host saved of its layout ask here.

Nothing of Qt is imported before a panel is wanted.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import logging
import os

from ... import compat
from ...errors import SettingsError, SyncError

log = logging.getLogger(__name__)

_TITLE = "Render Farm"

#: Opens a page, not the panel.
DOCUMENTATION = "documentation"

#: Name of a host -> its page in the folder of documents; the panel's own is for all others.
_PAGES = {"maya": "maya.md", "houdini": "houdini.md", "3dsmax": "max.md"}
_PAGE = "panel.md"

#: How far above this file the folder of documents may stand: in a checkout, and where it was installed.
_LEVELS = 5


class Door(object):
    """Opens, raises and closes the panel of a host.

    Args:
        host: See `contract`.
    """

    def __init__(self, host):
        self._host = host
        self._panel = None

    def show(self, what="submit"):
        """Show the panel on a tab, or a page of the documents.

        What keeps it from opening is told in a sentence, never raised: this is called by menus.

        Args:
            what (str): "submit", "transfers", "frames", "settings", "log", "download" (where a task's number is
                typed), or `DOCUMENTATION`.

        Returns:
            bool: Whether it is shown.
        """
        if not self._host.interactive:
            return False
        try:
            if what == DOCUMENTATION:
                return self._open_page()
            panel = self.panel()
            # Before it is docked: what the artist asked for is what is seen first.
            panel.call(what)
            self._host.dock(panel)
        except SyncError as error:
            self.say(error.message)
            return False
        except ImportError as error:
            log.exception("The panel cannot be imported.")
            self.say("The panel cannot be opened: a part of it is missing (%s). Run install.py again."
                     % compat.text("%s" % error))
            return False
        return True

    def panel(self):
        """Return the one panel, made if there is none or if the host has deleted it; where it stands is left alone.

        Raises:
            SyncError: It cannot be made: in a sentence.
        """
        if not self.is_open:
            from ...panel import make_panel  # Not above: it brings Qt along.
            self._panel = make_panel(self._host)
        return self._panel

    @property
    def is_open(self):
        """bool: There is a panel, shown or not, and the host has not deleted it."""
        if self._panel is None:
            return False
        from ...panel.binding import QtCompat
        return bool(QtCompat.isValid(self._panel))

    def close(self):
        """Close the panel and let go of the job store. Transfers go on; `show` opens it again."""
        if self._panel is None:
            return
        if self.is_open:
            self._panel.close()
            self._panel.setParent(None)
            self._panel.deleteLater()
        self._panel = None
        from ...panel.link import close_link
        close_link()

    def say(self, text):
        """Tell the artist a sentence: by the host's means, else in a small window, else in the log alone."""
        log.error("%s", text)
        if self._host.notify(_TITLE, text):
            return
        try:
            from ...panel.notices import show_message
        except (SyncError, ImportError):
            return  # No Qt: the host shows what is logged.
        show_message(_TITLE, text, self._host.main_window())

    def _open_page(self):
        path = page(self._host.name)
        if path is None:
            raise SettingsError("The documents were not installed. They are in the folder \"docs\" of the package "
                                "that install.py belongs to.")
        from ...panel.window import Desk
        Desk.open_path(path)
        return True


def page(name):
    """Return the path of a host's page of the documents, None where no document is near.

    Args:
        name (str): Of the host.
    """
    folder = os.path.dirname(os.path.abspath(compat.from_fs(__file__)))
    for _ in range(_LEVELS):
        for wanted in (_PAGES.get(name, _PAGE), _PAGE):
            path = os.path.join(folder, "docs", wanted)
            if os.path.isfile(compat.fs(path)):
                return path
        folder = os.path.dirname(folder)
    return None
