"""Houdini without Houdini: the world around a strict fake of hou and hdefereval.

The fake was written by hand after the documentation of hou: what is not there does not exist, wrong types raise as SWIG
does (on 2.7 it takes no unicode), a call on a deleted thing raises `ObjectWasDeleted`.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import importlib
import io
import os
import sys
import types
import xml.etree.ElementTree

import support_tree
from fake_houdini.module import Hou
from fake_houdini.values import native
from fake_houdini.windows import Pane, PanelTab

from rayvision_sync import compat

PACKAGE = os.path.join(support_tree.ROOT, "hosts", "houdini", "package")
ADAPTER = "rayvision_sync.hosts.houdini"


class World(object):
    """Houdini with a scene that is saved, a camera and one ROP; use ``with``.

    Attributes:
        menus_are_files (bool): Houdini has read the menu from a file: it stays until it is started again.

    Args:
        tmpdir: An empty folder, of pytest or as text.
        version (str): Of Houdini.
        has_backups (bool): It can save a backup.
    """

    menus_are_files = True

    def __init__(self, tmpdir, version="20.5.332", has_backups=True):
        folder = compat.text(getattr(tmpdir, "strpath", tmpdir)).replace("\\", "/")
        self.project = folder + "/show"
        self.scene_path = self.project + "/city_v042.hip"
        self.output = self.project + "/render"
        self._has_ui = True
        self._options = {"version": version, "has_backups": has_backups}
        self._menu = []
        self._count = 0
        self.hou = None

    def batch(self, on):
        """Let the next start be one of hython."""
        self._has_ui = not on
        if self.hou is not None:
            self._boot()

    def __enter__(self):
        if not os.path.isdir(compat.fs(self.project)):
            os.makedirs(compat.fs(self.project))
        with io.open(compat.fs(self.scene_path), "wb") as target:
            target.write(b"scene")
        self._boot()
        return self

    def _boot(self):
        _forget()
        self.hou = Hou(self.scene_path, has_ui=self._has_ui, **self._options)
        sys.modules[native("hou")] = self.hou
        if self._has_ui:
            deferred = types.ModuleType(native("hdefereval"))
            deferred.executeDeferred = self._defer
            sys.modules[native("hdefereval")] = deferred
            self.hou.desk.new_tab(self.hou.paneTabType.Parm, Pane(self.hou))
        self.rop = self.add_rop("Driver", "ifd", "/out/mantra1", "vm_picture", "$HIP/render/$HIPNAME.$F4.exr")
        camera = self.hou.make("Object", "cam", "/obj/cam1")
        camera.add("resx", 1920.0)
        camera.add("resy", 1080.0)

    def __exit__(self, *_):
        self.close_panel()
        _forget()

    def close_panel(self):
        """Close the panel, if one was opened."""
        module = sys.modules.get(ADAPTER)
        door = module._made.get("door") if module is not None else None
        if door is not None:
            door.close()

    def _defer(self, func, *args, **kwargs):
        if not callable(func):
            raise TypeError("executeDeferred takes a callable")
        self.hou.deferred.append(lambda: func(*args, **kwargs))

    # -- the adapter

    @property
    def module(self):
        """The adapter's package."""
        return importlib.import_module(native(ADAPTER))

    @property
    def host(self):
        """The one host."""
        return self.module.host()

    # -- the scene

    def set_changed(self, on):
        """Let the scene have changes that were not saved."""
        self.hou.hip.changed = on

    @property
    def save_count(self):
        """How often the open scene was saved in place."""
        return self.hou.hip.saves

    def node(self, path, kind="file", category="Sop"):
        """Return a node, made if there is none."""
        return self.hou.nodes.get(path) or self.hou.make(category, kind, path)

    def add_file(self, path, node="/obj/geo1/file1", attribute="file", **options):
        """Let a node name a file; ``path`` may be a function of the frame: an expression."""
        node = node if node.startswith("/") else "/obj/" + node
        category = options.pop("category", "Sop")
        return self.hou.refer(self.node(node, category=category).add(attribute, path, **options))

    def add_broken(self, node):
        """Let a node have a file parameter that cannot be evaluated."""
        parm = self.add_file(lambda frame: "", node, "broken")
        parm.is_broken = True
        return parm

    def add_rop(self, category, kind, path, picture, value, frames=(1001, 1120, 1), camera="/obj/cam1", **parms):
        """Add a render node."""
        rop = self.hou.make(category, kind, path, parms.pop("library", None))
        rop.add("trange", float(parms.pop("trange", 1)))
        for name, number in zip(("f1", "f2", "f3"), frames):
            rop.add(name, float(number))
        rop.add("camera", camera)
        self.hou.refer(rop.add(picture, value, mode="write"))
        for name, number in parms.items():
            rop.add(compat.text(name), number)
        return rop

    # -- the program

    def start(self):
        """Do what Houdini does when it starts: read the files of our package."""
        if not self._has_ui:
            return
        root = xml.etree.ElementTree.parse(compat.fs(os.path.join(PACKAGE, "MainMenuCommon.xml"))).getroot()
        assert root.tag == "mainMenu"
        menus = root.findall("menuBar/subMenu")
        self._menu = [(compat.text(item.find("label").text), compat.text(item.find("scriptCode").text))
                      for menu in menus for item in menu.findall("scriptItem")]
        self.hou.shelves.loadFile(native(os.path.join(PACKAGE, "toolbar", "rayvision_sync.shelf")))
        self.hou.pypanel.installFile(native(os.path.join(PACKAGE, "python_panels", "rayvision_sync.pypanel")))
        for path in startup_scripts()[:1]:  # Of the one Python that this Houdini has.
            with io.open(compat.fs(path), encoding="utf-8") as source:
                exec(compile(source.read(), native(path), "exec", 0, True), {"__name__": "uiready"})

    def restart_ui(self, politely=True):
        """Change the desktop: every widget is thrown away and made again."""
        for tab in self.panel_tabs():
            tab.destroy(politely)
        for tab in self.panel_tabs():
            tab.build()

    def panel_tabs(self):
        """The pane tabs of Python panels."""
        return [tab for tab in self.hou.desk.tabs if isinstance(tab, PanelTab)]

    def menu(self):
        """Labels of our menu."""
        return [label for label, _ in self._menu]

    def shelf(self):
        """Labels of our buttons on the shelves that are seen."""
        shelves = self.hou.shelves.sets["shelf_set_1"].shelves() if self._has_ui else ()
        return [compat.text(tool.label()) for shelf in shelves for tool in shelf.tools()]

    def shelf_sets(self):
        """Name of a shelf set -> names of its tabs."""
        return dict((name, [compat.text(shelf.name()) for shelf in found.shelves()])
                    for name, found in self.hou.shelves.sets.items())

    def click(self, label):
        """Run an entry of menu or shelf as Houdini does."""
        scripts = dict(self._menu)
        scripts.update((compat.text(tool.label()), tool.script_text)
                       for shelf in self.hou.shelves.found.values() for tool in shelf.tools())
        exec(compile(scripts[label], "script", "exec", 0, True), {"kwargs": {}, "hou": self.hou, "__name__": "script"})

    def docked(self):
        """Whether the panel stands in one of our pane tabs."""
        door = self.module._made.get("door")
        if door is None or not door.is_open:
            return False
        return any(tab.root is not None and door.panel() in tab.root.children() for tab in self.panel_tabs())

    def idle(self):
        """Let Houdini come to rest."""
        for _ in range(20):
            waiting, self.hou.deferred[:] = list(self.hou.deferred), []
            for func in waiting:
                func()
            qt = sys.modules.get("Qt")
            if qt is not None and qt.QtWidgets.QApplication.instance() is not None:
                qt.QtWidgets.QApplication.processEvents()
            if not self.hou.deferred:
                return


def startup_scripts():
    """Return the scripts that Houdini runs when its windows are there, one for each Python."""
    return [os.path.join(PACKAGE, name, "uiready.py") for name in sorted(os.listdir(PACKAGE)) if name.endswith("libs")]


def _forget():
    """Take the fake and the adapter out of the process."""
    parent = sys.modules.get("rayvision_sync.hosts")
    for name in list(sys.modules):
        if name in ("hou", "hdefereval") or name == ADAPTER or name.startswith(ADAPTER + "."):
            del sys.modules[name]
    if parent is not None and hasattr(parent, "houdini"):
        delattr(parent, native("houdini"))


def heavy(world, nodes=20000, files=6000, layers=40, broken=30):
    """Fill a world with a scene of a show: nodes, textures in tiles, sequences, nested assets, what is broken.

    Args:
        world (World): Entered.

    Returns:
        World: The same.
    """
    for number in range(nodes - files - layers - broken):
        world.hou.make("Sop", "null", "/obj/geo%d/null%d" % (number % 200, number))
    for number in range(files):
        shapes = ("$HIP/tex/wall_%04d.<UDIM>.exr", "$HIP/geo/cache_%04d.$F4.bgeo.sc", "$JOB/hdri/sky_%04d.hdr",
                  "//server/lib/rock_%04d.%%(UDIM)d.rat", "$HIP/abc/crowd_%04d.abc", "$HIP/$OS/own_%04d.exr")
        node = "/obj/geo%d/deep/er/and/deep/er%d" % (number % 200, number)
        world.add_file(shapes[number % len(shapes)] % number, node, mode="read")
    for number in range(layers):
        world.add_rop("Driver", "ifd", "/out/layer%02d" % number, "vm_picture",
                      "$HIP/render/layer%02d/$HIPNAME.$F4.exr" % number, frames=(1, 1000, 1))
    for number in range(broken):
        world.add_broken("/obj/broken%d" % number)
    world.hou.libraries.extend("/show/otls/asset_%d.hda" % number for number in range(200))
    return world
