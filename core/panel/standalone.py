"""The panel as a window of its own: the application around it."""
from __future__ import absolute_import, division, print_function, unicode_literals

from .. import compat, places
from ..errors import SettingsError
from . import drawing, probe
from .binding import BINDING, NEEDS_SCALING, QtCompat, QtCore, QtGui, QtWidgets


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


def run(host, cancel=None):
    """Show the panel as a window of its own until it is closed.

    Args:
        host: What the panel asks; see `make_panel`.
        cancel (Cancel, optional): Closes it, too.

    Raises:
        SettingsError: There is no screen, or Qt cannot use it.
    """
    check_screen()
    from . import open_panel
    app = application()
    panel = open_panel(host)
    panel.setWindowIcon(drawing.icon("submit", QtGui.QColor("#4a97dc")))
    if cancel is not None:
        panel.link.beat.connect(lambda: app.quit() if cancel.is_cancelled else None)
    QtCompat.QApplication.exec_()


def check_screen(instead="use: python -m rayvision_sync jobs"):
    """Find out whether windows can be shown, before anything else is begun.

    Args:
        instead (str): What to do without a screen.

    Raises:
        SettingsError: There is no screen, or Qt cannot use it.
    """
    if not has_screen():
        raise SettingsError("There is no screen to show the panel on. Without one, %s." % instead)
    said = probe.complaint(BINDING) if places.system() == "linux" and QtWidgets.QApplication.instance() is None else ""
    if said:
        raise SettingsError(said)


def has_screen():
    """Tell whether Qt finds a screen: on Linux it would end the process where it does not."""
    if places.system() != "linux" or compat.environ("QT_QPA_PLATFORM"):
        return True
    return bool(compat.environ("DISPLAY") or compat.environ("WAYLAND_DISPLAY"))
