"""Sessions of the fake Maya: its modules in place, its start, clicks in its windows."""
from __future__ import absolute_import, division, print_function, unicode_literals

import importlib
import io
import os
import sys
import types

from fake_maya import flags
from fake_maya.graph import Attr
from fake_maya.windows import SHELVES, Maya, WINDOW  # noqa: F401
from support_tree import ROOT, native, text

SCRIPTS = os.path.join(ROOT, "hosts", "maya", "module", "scripts")

_ADAPTER = "rayvision_sync.hosts.maya"


def modules_of(maya):
    """Return name -> module of what a fake gives to ``import maya``."""
    package, cmds, mel, utils, ui = (types.ModuleType(native(name)) for name in (
        "maya", "maya.cmds", "maya.mel", "maya.utils", "maya.OpenMayaUI"))
    for name, call in flags.commands(maya).items():
        setattr(cmds, name, call)
    mel.eval = maya.eval
    utils.executeDeferred = maya.deferred.append
    ui.MQtUtil = _MQtUtil(maya)
    package.cmds, package.mel, package.utils, package.OpenMayaUI = cmds, mel, utils, ui
    return {native(module.__name__): module for module in (package, cmds, mel, utils, ui)}


def heavy(world, **sizes):
    """Fill a world with the scene of a show: see `fake_maya.heavy`."""
    from fake_maya.heavy import fill
    return fill(world.maya, **sizes)


def timed(world, clock):
    """Let the fake's own time be known: what a real Maya would take for itself.

    Args:
        world (World): Entered, before the adapter is imported.
        clock (callable): Seconds.

    Returns:
        callable: The seconds that commands have taken so far.
    """
    spent = [0.0]

    def wrap(call):
        def timed_call(*args, **flags):
            began = clock()
            try:
                return call(*args, **flags)
            finally:
                spent[0] += clock() - began
        return timed_call
    cmds = sys.modules[native("maya.cmds")]
    for name in flags.commands(world.maya):
        setattr(cmds, name, wrap(getattr(cmds, name)))
    return lambda: spent[0]


class _MQtUtil(object):
    """Pointers to widgets."""

    def __init__(self, maya):
        self._maya = maya

    def _pointer(self, name):
        from Qt import QtCompat
        widget = self._maya.widgets.get(text(name))
        return QtCompat.getCppPointer(widget) if widget is not None else None

    def mainWindow(self):
        return self._pointer(WINDOW)

    def findControl(self, name):
        if not isinstance(name, str):
            raise TypeError("in method 'MQtUtil_findControl', argument 1 of type 'MString const &'")
        return self._pointer(name)

    findLayout = findControl


class World(object):
    """A Maya with a saved scene in a project.

    Args:
        tmpdir: For scene and project.

    Attributes:
        maya (Maya): The fake itself.
    """

    title = "Maya"

    def __init__(self, tmpdir, maya=None):
        self.folder = text("%s" % tmpdir).replace("\\", "/")
        self.maya = maya or Maya()
        self.maya.project = self.folder + "/project"
        self.scene_path = self.maya.project + "/scenes/city.ma"
        self.output = self.maya.project + "/images"
        self._before = {}
        self._path = list(sys.path)

    def __enter__(self):
        for name in ("scenes", "images", "sourceimages"):
            if not os.path.isdir(native(self.maya.project + "/" + name)):
                os.makedirs(native(self.maya.project + "/" + name))
        with io.open(native(self.scene_path), "w", encoding="utf-8") as scene:
            scene.write("//Maya ASCII 2024 scene\n")
        self.maya.name = self.scene_path
        self._forget()
        for name, module in modules_of(self.maya).items():
            self._before[name] = sys.modules.get(name)
            sys.modules[name] = module
        sys.path.append(native(SCRIPTS))
        return self

    def __exit__(self, *_):
        adapter = sys.modules.get(native(_ADAPTER))
        if adapter is not None and "door" in adapter._made:
            adapter.door().close()
        for name in list(self.maya.controls):
            self.maya.deleteUI(name)
        self._forget()
        for name, module in self._before.items():
            if module is None:
                sys.modules.pop(name, None)
            else:
                sys.modules[name] = module
        sys.path[:] = self._path

    def _forget(self):
        """Take our modules out, as a new process has none."""
        for name in list(sys.modules):
            if name == _ADAPTER or name.startswith(_ADAPTER + ".") or name == "rayvision_sync_start":
                del sys.modules[name]
        hosts = sys.modules.get(native("rayvision_sync.hosts"))
        if hosts is not None and hasattr(hosts, "maya"):
            del hosts.maya

    @property
    def module(self):
        """module: The adapter, as menus import it."""
        return importlib.import_module(native(_ADAPTER))

    @property
    def host(self):
        """MayaHost: The one of the process."""
        return self.module.host()

    @property
    def save_count(self):
        """int: How often the scene itself was saved."""
        return self.maya.saves.count(self.scene_path)

    def set_changed(self, changed):
        """Let the scene have changes, or none."""
        self.maya.modified = changed

    def add_file(self, path, node, attribute):
        """Let a node name a file."""
        if node not in self.maya.nodes:
            self.maya.make(node, "network")
        self.maya.nodes[node].attrs[attribute] = Attr(path, filename=True)

    def add_broken(self, node):
        """Add a node whose file cannot be read."""
        self.maya.make(node, "network", fileName=Attr(filename=True, broken="The plug-in of this node failed."))

    def batch(self, batch):
        """Let Maya run without windows, or with them."""
        self.maya.batch = batch

    def start(self):
        """Run our start-up file as Maya does: in the namespace of ``__main__``."""
        path = os.path.join(SCRIPTS, "userSetup.py")
        namespace = {"__name__": "__main__"}
        with io.open(native(path), "rb") as source:
            exec(compile(source.read(), native(path), "exec"), namespace)
        if not self.maya.batch:  # Deferred calls don't run in batch mode.
            self.idle()
        return namespace

    def idle(self):
        """Run what waits for Maya to be idle."""
        while self.maya.deferred:
            self.maya.deferred.pop(0)()

    def restart_ui(self):
        """End the session and begin another one: what Maya saved comes back, our modules are new."""
        adapter = sys.modules.get(native(_ADAPTER))
        self.maya.close_windows()
        if adapter is not None and "door" in adapter._made:
            adapter.door().close()
        self._forget()
        self.maya.open_windows()
        self.start()
        for name, control in sorted(self.maya.saved_controls.items()):
            self.maya.build_control(name, control)
        self.idle()

    def menu(self):
        """Return the labels under our menu."""
        return [item["label"] for title, items in self.maya.menus.values() for item in items]

    def shelf(self):
        """Return the labels of our buttons."""
        return [button["label"] for button in self.maya.shelves.get("RenderFarm", ())]

    def click(self, label):
        """Run an entry as Maya does: its text, in the namespace of ``__main__``."""
        items = [item for _, items in self.maya.menus.values() for item in items]
        items += self.maya.shelves.get("RenderFarm", [])
        item = next(item for item in items if item["label"] == label)
        assert item["sourceType"] == "python"
        exec(compile(item["command"], "<maya console>", "exec"), {"__name__": "__main__"})

    def docked(self):
        """Tell whether the panel stands in a control that is shown."""
        widget = self.maya.widgets.get("rayvision_sync_workspace")
        panel = self.module.door()._panel if "door" in self.module._made else None
        return widget is not None and panel is not None and panel.window() is widget
