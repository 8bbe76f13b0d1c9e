"""The panel without a DCC: the host is a plain desktop window."""
from __future__ import absolute_import, division, print_function, unicode_literals

import platform

from .. import compat, places
from ..errors import SettingsError
from ..jobs import spawn
from . import drawing
from .binding import NEEDS_SCALING, QtCompat, QtCore, QtGui, QtWidgets, later


class StandaloneHost(object):
    """What the panel asks of its host.

    Attributes:
        name (str): For titles and sentences.
        interactive (bool): Somebody looks at a screen.
        chooses_scene (bool): The artist names scene and files in the panel; in a DCC the scene is the open one.
    """

    name = "rayvision_sync"
    interactive = True
    chooses_scene = True

    @property
    def version(self):
        """str: Of the host; here Python's."""
        return compat.text(platform.python_version())

    def scene(self):
        """Return the path of the open scene, None where there is none."""
        return None

    def is_changed(self):
        """Tell whether the open scene has changes that were not saved."""
        return False

    def plain_interpreter(self):
        """Return the path of a Python for the programs that do the transfers, None where none is known."""
        return spawn.own_interpreter()

    def main_window(self):
        """Return the QWidget to stand over, or None."""
        return None

    def later(self, func):
        """Call `func` in the main thread when it is idle."""
        later(func)

    def assets(self):
        """Return what the open scene names: dicts with ``path``, ``node``, ``attribute``. No disk is touched."""
        return []

    def render_settings(self):
        """Return ``frames`` (a range as it is typed), ``layers``, ``cameras``, ``renderer``, ``renderer_version``."""
        return {}

    def output_folder(self):
        """Return where the open scene's pictures go, "" where it does not say."""
        return ""

    def notify(self, title, text):
        """Tell the artist outside of the panel; False where the host has no means of its own."""
        return False


def application():
    """Return the QApplication, made if there is none."""
    found = QtWidgets.QApplication.instance()
    if found is not None:
        return found
    for name in ("AA_EnableHighDpiScaling", "AA_UseHighDpiPixmaps") if NEEDS_SCALING else ():
        QtCore.QCoreApplication.setAttribute(getattr(QtCore.Qt.ApplicationAttribute, name), True)
    found = QtWidgets.QApplication([compat.like("rayvision_sync", str(""))])
    found.setApplicationName("rayvision_sync")
    found.setStyle("Fusion")
    return found


def run(cancel=None):
    """Show the panel as a window of its own until it is closed.

    Args:
        cancel (Cancel, optional): Closes it, too.

    Raises:
        SettingsError: There is no screen.
    """
    if not _has_screen():
        raise SettingsError("There is no screen to show the panel on. Without one, use: python -m rayvision_sync jobs")
    from .window import open_panel
    app = application()
    panel = open_panel(StandaloneHost())
    panel.setWindowIcon(drawing.icon("submit", QtGui.QColor("#4a97dc")))
    if cancel is not None:
        panel.link.beat.connect(lambda: app.quit() if cancel.is_cancelled else None)
    QtCompat.QApplication.exec_()


def _has_screen():
    """Tell whether Qt finds a screen: on Linux it would end the process where it does not."""
    if places.system() != "linux" or compat.environ("QT_QPA_PLATFORM"):
        return True
    return bool(compat.environ("DISPLAY") or compat.environ("WAYLAND_DISPLAY"))
