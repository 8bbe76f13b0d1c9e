"""The worlds that the contract of a host is tried in: a fake of each DCC, and the plain window.

A world is what `support_maya.World` is: fake modules in place while it is entered, the adapter started as the host
starts it, its menus read and clicked as an artist would.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import importlib
import os
import sys

import pytest
from support_tree import native

#: Name -> module of its world.
WORLDS = (("maya", "support_maya"), ("houdini", "support_houdini"), ("max", "support_max"))

PANEL = "rayvision_sync_panel"


class Adapter(object):
    """What the package of an adapter offers, for the plain window."""

    __name__ = native("rayvision_sync.hosts.standalone")

    def __init__(self):
        from rayvision_sync.hosts.base.door import Door
        from rayvision_sync.hosts.standalone import StandaloneHost
        self._host = StandaloneHost()
        self._door = Door(self._host)

    def host(self):
        """Return the one host."""
        return self._host

    def show(self, what="submit"):
        """Show the panel."""
        self._door.show(what)

    def register(self):
        """Add nothing."""

    def unregister(self):
        """Close the panel."""
        self._door.close()


class StandaloneWorld(object):
    """A desktop without a DCC."""

    title = "rayvision_sync"
    has_menu = False
    scene_path = None
    output = ""

    def __init__(self, tmpdir):
        self.module = None

    def __enter__(self):
        self.module = Adapter()
        return self

    def __exit__(self, *_):
        self.module.unregister()

    @property
    def host(self):
        """StandaloneHost: The one of the process."""
        return self.module.host()

    def start(self):
        """Nothing starts by itself."""

    def idle(self):
        """Let Qt do what waits."""
        turn()

    def docked(self):
        """Tell whether the panel is a window that is shown."""
        found = panels()
        return bool(found) and found[0].isWindow() and found[0].isVisible()


def load(name, module):
    """Return the class of a world.

    Raises:
        Exception: Whatever keeps it from being imported.
    """
    return StandaloneWorld if module is None else importlib.import_module(native(module)).World


def worlds():
    """Return the parameters of a fixture: every world that can be imported; the others are skipped, with the reason."""
    found = [pytest.param(("standalone", None), id="standalone")]
    for name, module in WORLDS:
        marks = ()
        try:
            load(name, module)
        except Exception as error:  # Whatever it is, it is a reason.
            marks = (pytest.mark.skip(reason="%s cannot be imported: %s" % (module, error)),)
        found.append(pytest.param((name, module), id=native(name), marks=marks))
    return found


def turn():
    """Let Qt do what waits."""
    from rayvision_sync.panel.binding import QtCore, QtWidgets
    app = QtWidgets.QApplication.instance()
    for _ in range(3):
        app.processEvents()
        app.sendPostedEvents(None, QtCore.QEvent.Type.DeferredDelete)


def panels():
    """Return all panels of this process that exist."""
    from rayvision_sync.panel.binding import QtCompat, QtWidgets
    found = []
    # Not `allWidgets`: PySide2 wraps each of them, also those that are just being deleted.
    for window in QtWidgets.QApplication.topLevelWidgets():
        if QtCompat.isValid(window):
            found += [window] if window.objectName() == PANEL else window.findChildren(QtWidgets.QWidget, PANEL)
    return found


def forget_adapters():
    """Take the adapters out of the modules, as a reload of the package in mid-session does."""
    for name in list(sys.modules):
        if name.startswith("rayvision_sync.hosts.") and name.split(".")[2] not in ("base", "standalone"):
            del sys.modules[name]
    hosts = sys.modules.get(native("rayvision_sync.hosts"))
    for name, _ in WORLDS:
        if hosts is not None and hasattr(hosts, name):
            delattr(hosts, name)


def fill(world, folder, count=4, size=30000):
    """Let the scene of a world name files that exist; returns their paths.

    Args:
        world: Started or not.
        folder (str): For the files.
        count (int): How many.
        size (int): Of each, in bytes.
    """
    from support_farm import write
    found = []
    for number in range(count):
        path = "%s/wall_%d.tx" % (folder.replace("\\", "/"), number)
        write(path, os.urandom(size))
        world.add_file(path, "file%d" % number, "fileTextureName")
        found.append(path)
    return found


def shelf_label():
    """Return the label of the button that submits."""
    from rayvision_sync.hosts.base import entries
    return next(entry.label for entry in entries.shelf() if entry.name == "submit")


def open_by_click(world):
    """Start a world, click its shelf's first button, and return the panel."""
    world.start()
    world.idle()
    turn()
    world.click(shelf_label())
    world.idle()
    turn()
    return panels()[-1]
