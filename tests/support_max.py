"""A strict 3ds Max without 3ds Max: `pymxs` and `qtmax` as they are up to 2024, and from 2025 on.

There is no stub of pymxs. `NAMES` is the one list of what the adapter may ask of it, each with where it is known from,
the releases that have it, and what is done without it; `MEMBERS` the same for objects that calls return. A test reads
the adapter and fails on any other name; what is called here is refused as the real one refuses it.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import os
import re
import shutil
import sys
import threading
import types
from collections import namedtuple
from xml.etree import ElementTree

from support_tree import ROOT, native, text

#: A name of MAXScript. ``source``: D vendor's documentation, R public repositories, M assumed. ``since`` and ``until``:
#: releases. ``without``: what the adapter does where it is not there or fails.
Name = namedtuple("Name", "source since until without")
Name.__new__.__defaults__ = ("D", 2018, 2027, "")

NAMES = {
    "maxVersion": Name("D", without="year from its first number, where the eighth is missing"),
    "maxOps.isInNonInteractiveMode": Name("R", without="taken as interactive"),
    "isNetServer": Name("D", without="taken as no render node"),
    "maxFileName": Name("D"), "maxFilePath": Name("D"), "getSaveRequired": Name("D"),
    "saveMaxFile": Name("D", without="HostError"),
    "getDir": Name("D", without="no folder"), "name": Name("D"), "execute": Name("D", without="used without byref"),
    "enableAccelerators": Name("D", without="DisableMaxAcceleratorsOnFocus of qtmax, where it has it"),
    # Menus.
    "macros.new": Name("D"),
    "menuMan": Name("D", 2018, 2024, "undefined: callbacks"),
    "menuMan.findMenu": Name("D", 2018, 2024), "menuMan.createMenu": Name("D", 2018, 2024),
    "menuMan.createActionItem": Name("D", 2018, 2024), "menuMan.createSubMenuItem": Name("D", 2018, 2024),
    "menuMan.getMainMenuBar": Name("D", 2018, 2024), "menuMan.updateMenuBar": Name("D", 2018, 2024),
    "menuMan.unRegisterMenu": Name("D", 2018, 2024),
    "callbacks.addScript": Name("D"), "callbacks.removeScripts": Name("D"),
    "callbacks.notificationParam": Name("D", without="only asked within #cuiRegisterMenus, 2025 and later"),
    "maxOps.GetICuiMenuMgr": Name("D", 2025),
    # Render setup.
    "rendTimeType": Name("D"), "rendPickupFrames": Name("D"), "rendStart": Name("D"), "rendEnd": Name("D"),
    "rendNThFrame": Name("D"), "sliderTime": Name("D"), "animationRange.start": Name("D"),
    "animationRange.end": Name("D"), "rendOutputFilename": Name("D"), "rendSaveFile": Name("D"),
    "rendFileNumberBase": Name("D"), "frameRate": Name("D"), "renderWidth": Name("D"), "renderHeight": Name("D"),
    "fileInGamma": Name("D", without="not told"), "fileOutGamma": Name("D", without="not told"),
    "cameras": Name("D"), "classOf": Name("D"), "getActiveCamera": Name("D", without="first camera"),
    "renderers.current": Name("D"), "maxOps.GetCurRenderElementMgr": Name("D", without="no elements"),
    "fileProperties.getItems": Name("R", without="no plug-ins"),
    "vrayVersion": Name("M", without="number in the class of the renderer"),
    "pathConfig.getCurrentProjectFolder": Name("D", without="no project"),
    "mapPaths.count": Name("D", without="no folders"), "mapPaths.get": Name("D", without="no folders"),
    # Files.
    "ATSOps.Refresh": Name("D", without="Trouble"), "ATSOps.GetFiles": Name("D", without="Trouble"),
    "ATSOps.GetDependentFiles": Name("R", without="Trouble"),
    "AssetManager.getNumAssets": Name("D", without="Trouble"),
    "AssetManager.getAssetByIndex": Name("D", without="Trouble"),
    "getClassInstances": Name("D", without="Trouble"), "usedMaps": Name("D", without="Trouble"),
    "xrefs.getXRefFileCount": Name("D", without="none"), "xrefs.getXRefFile": Name("D", without="Trouble"),
    "objXRefs.getNumFiles": Name("D", without="none"), "objXRefs.getFileName": Name("D", without="Trouble"),
    "ColorPipelineMgr": Name("R", 2024, without="no colour management"),
    "BitmapTexture": Name("D"), "VRayBitmap": Name("M", without="undefined: not installed"),
    "VRayHDRI": Name("M", without="undefined: not installed"),
    "VRayProxy": Name("M", without="undefined: not installed"),
    "VRayIES": Name("M", without="undefined: not installed"),
    "CoronaBitmap": Name("M", without="undefined: not installed"),
    "CoronaProxy": Name("M", without="undefined: not installed"),
    "ai_image": Name("M", without="undefined: not installed"),
}

#: Of objects that calls return: methods and properties.
MEMBERS = {
    # Menus up to 2024, and from 2025 on.
    "addItem": "D", "numItems": "D", "getItem": "D", "getTitle": "D", "removeItemByPosition": "D",
    "mainMenuBar": "D", "CreateSubMenu": "D", "CreateAction": "D", "LoadConfiguration": "D",
    "GetCurrentConfiguration": "D",
    # Nodes, textures, assets, elements, times, colours.
    "name": "D", "filename": "D", "getFileName": "D", "getType": "D", "frame": "D", "NumRenderElements": "D",
    "GetRenderElement": "D", "GetRenderElementFilename": "D", "elementName": "D", "enabled": "D",
    "Mode": "R", "OCIOConfigPath": "R", "HDRIMapName": "M", "ies_file": "M", "startTime": "D", "playBackRate": "D",
    "ifl_start_frame": "M", "ifl_playback_rate": "M", "output_splitgbuffer": "M", "output_splitfilename": "M",
    "output_saveRawFile": "M", "output_rawFileName": "M",
}

#: Globals that are undefined, not missing, where they are not there.
_UNDEFINED = ("menuman", "colorpipelinemgr", "vraybitmap", "vrayhdri", "vrayproxy", "vrayies", "coronabitmap",
              "coronaproxy", "ai_image", "vrayversion")

YEARS = tuple(range(2018, 2028))

HELP_ID = "cee8f758-2199-411b-81e7-d3ff4a80d143"
BUNDLE = os.path.join(ROOT, "hosts", "max", "bundle")
_ADAPTER = "rayvision_sync.hosts.max"
_MACROS_TABLE = 647394
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", re.I)


class Array(object):
    """An array of MAXScript, as pymxs wraps it: it is no list."""

    def __init__(self, values):
        self._values = list(values)

    def __len__(self):
        return len(self._values)

    def __iter__(self):
        return iter(self._values)

    def __getitem__(self, index):
        return self._values[index]


class Word(object):
    """A name value: #bitmap."""

    def __init__(self, word):
        self.word = word

    def __str__(self):
        return native("#" + self.word)


class Time(object):
    """A time value."""

    def __init__(self, frame):
        self.frame = float(frame)


class Reference(object):
    """What `pymxs.byref` makes."""

    def __init__(self, value):
        self.value = value


class Strict(object):
    """An object with these members and no others; one that is an error is raised when it is asked for."""

    def __init__(self, kind="Object", **members):
        self.__dict__["_kind"] = kind
        self.__dict__["_members"] = dict((name.lower(), value) for name, value in members.items())

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        if name.lower() not in self._members:
            raise AttributeError("Unknown property: \"%s\" in %s" % (name, self._kind))
        value = self._members[name.lower()]
        if isinstance(value, Exception):
            raise value
        return value

    def __setattr__(self, name, value):
        getattr(self, name)
        self._members[name.lower()] = value

    def __str__(self):
        return native(self._kind)


def _needs(value, kind, what):
    if not isinstance(value, kind) or isinstance(value, bool):
        raise RuntimeError("-- Unable to convert: %r to type: %s" % (value, what))


def _needs_text(value):
    _needs(value, (type(""), str), "String")


class Runtime(object):
    """`pymxs.runtime`: names in any case, nothing that is not in `NAMES`, and only in the main thread."""

    def __init__(self, world, values):
        self.__dict__["_world"] = world
        self.__dict__["_values"] = values

    def __getattr__(self, name):
        world = self._world
        if threading.current_thread() is not world.thread:
            raise RuntimeError("pymxs was called from a thread: 3ds Max would crash minutes later")
        low = name.lower()
        world.calls += 1
        if low in self._values:
            value = self._values[low]
            return value() if isinstance(value, _Live) else value
        if low in _UNDEFINED:
            return None
        raise AttributeError("type object 'pymxs.runtime' has no attribute '%s'" % name)

    def __setattr__(self, name, value):
        if name.lower() != "enableaccelerators":
            raise AttributeError("the adapter must not set %s" % name)
        self._world.accelerators = value


class _Live(object):
    """A global whose value is asked anew each time."""

    def __init__(self, ask):
        self._ask = ask

    def __call__(self):
        return self._ask()


class Session(object):
    """What is in the folders of the user and stays over the end of 3ds Max."""

    def __init__(self):
        self.macros = {}  # (category, name) -> (tip, label, body)
        self.menus = {}  # Of the .mnux: title -> list of items.
        self.bar = ["File", "Edit", "Help"]


class ClassicMenu(object):
    """A menu of `menuMan`."""

    def __init__(self, world, title, items):
        self._world, self._title, self._items = world, title, items

    def getTitle(self):
        return self._title

    def numItems(self):
        return len(self._items)

    def getItem(self, index):
        if not 1 <= index <= len(self._items):
            return None
        item = self._items[index - 1]
        title = self._world.session.macros[item][1] if isinstance(item, tuple) else item
        return Strict("MixinInterface:menuItem", getTitle=lambda: title)

    def addItem(self, item, position):
        if not isinstance(item, _Item):
            raise RuntimeError("-- Unable to convert: %r to type: Interface" % (item,))
        # A number, no index of MAXScript: it counts from 0, while `getItem` counts from 1.
        if position != -1 and not 0 <= position <= len(self._items):
            raise RuntimeError("-- Runtime error: position is out of range")
        self._items.insert(len(self._items) if position == -1 else position, item.target)

    def removeItemByPosition(self, index):
        if not 1 <= index <= len(self._items):
            raise RuntimeError("-- Runtime error: position is out of range")
        del self._items[index - 1]


_Item = namedtuple("_Item", "target")


class CuiMenu(object):
    """A menu of 2025 and later: only to be changed while 3ds Max asks for menus."""

    def __init__(self, world, title):
        self._world, self.title, self.items = world, title, []

    def _add(self, guid, item, before):
        if self._world.asking is not True:
            raise RuntimeError("-- Runtime error: menus can only be created in the cuiRegisterMenus callback")
        if not isinstance(guid, (type(""), str)) or not _GUID.match(guid):
            raise RuntimeError("-- Unable to convert: %r to type: GUID" % (guid,))
        if guid.lower() in self._world.guids:
            raise RuntimeError("-- Runtime error: id is in use: %s" % guid)
        ids = [known for known, _ in self.items]
        if before is not None and before not in ids:
            raise RuntimeError("-- Runtime error: no item has the id %s" % before)
        self._world.guids.add(guid.lower())
        self.items.insert(len(self.items) if before is None else ids.index(before), (guid, item))
        return item

    def CreateSubMenu(self, guid, title, beforeId=None):
        return self._add(guid, CuiMenu(self._world, title), beforeId)

    def CreateAction(self, guid, table, persistent, beforeId=None):
        if table != _MACROS_TABLE:
            raise RuntimeError("-- Runtime error: no such action table: %r" % (table,))
        name, _, category = persistent.partition("`")
        return self._add(guid, (category, name), beforeId)

    createSubMenu, createAction = CreateSubMenu, CreateAction


class MaxWorld(object):
    """3ds Max with a saved scene; a context manager.

    Args:
        tmpdir (py.path.local): For scene, project and the user's folders.
        year (int): Release.
    """

    year = 2024

    def __init__(self, tmpdir, year=None):
        self.year = year or self.year
        self.thread = threading.current_thread()
        top = os.path.join(text(str(tmpdir)), "max%d" % self.year)
        self.project = os.path.join(top, "project")
        self.output = os.path.join(self.project, "renderoutput")
        self.scene_path = os.path.join(self.project, "scenes", "city.max")
        self.root = os.path.join(top, "3ds Max %d" % self.year)
        self.bundle = os.path.join(top, "ApplicationPlugins", "rayvision_sync")
        self.session = Session()
        self.calls = self.save_count = self.copy_count = 0
        self.listener, self.changed, self.is_batch, self.is_server = [], False, False, False
        self.textures, self.tracked, self.assets = {"BitmapTexture": []}, [], []
        self.dependent, self.maps, self.scene_xrefs, self.object_xrefs, self.known = {}, [], [], [], []
        self.setup = {"rendTimeType": 3, "rendStart": Time(1001), "rendEnd": Time(1120), "rendNThFrame": 1,
                      "rendPickupFrames": "", "sliderTime": Time(1010), "rendSaveFile": True,
                      "rendFileNumberBase": 0, "frameRate": 24, "renderWidth": 1920, "renderHeight": 1080,
                      "rendOutputFilename": os.path.join(self.output, "city_.exr"), "fileInGamma": 2.2,
                      "fileOutGamma": 2.2}
        self.camera_nodes = [Strict("$Freecamera:close", name="close"), Strict("$Target:shotCam.Target",
                             name="shotCam.Target"), Strict("$Targetcamera:shotCam", name="shotCam")]
        self.active_camera = self.camera_nodes[2]
        self.renderer, self.elements, self.used_plugins = Strict("Default_Scanline_Renderer"), [], []
        self.globals_ = {}
        self.map_folders, self.broken_tracker, self.accelerators = [], False, True
        self._clear()

    def _clear(self):
        """What a new process has not."""
        self.window, self.asking, self.guids, self.callbacks = None, False, set(), []
        self.cui_bar, self.has_ui, self.reloads, self._started = None, False, 0, False

    # -- the process

    def __enter__(self):
        for folder in (os.path.dirname(self.scene_path), self.output, self.root):
            if not os.path.isdir(native(folder)):
                os.makedirs(native(folder))
        with io.open(native(self.scene_path), "w", encoding="utf-8") as scene:
            scene.write("scene 0")
        self._make_python()
        self.install()
        self._before = dict((name, sys.modules.get(name)) for name in ("pymxs", "qtmax"))
        self._path = list(sys.path)
        self._forget()
        sys.modules[native("pymxs")] = self._pymxs()
        sys.modules[native("qtmax")] = self._qtmax()
        return self

    def __exit__(self, *_):
        try:
            if sys.modules.get(_ADAPTER) is not None and self.has_ui:
                self.is_batch = self.is_server = False
                sys.modules[_ADAPTER].unregister()
            self._close_window()
        finally:
            self._forget()
            sys.path[:] = self._path
            for name, module in self._before.items():
                if module is None:
                    sys.modules.pop(name, None)
                else:
                    sys.modules[name] = module

    @staticmethod
    def _forget():
        for name in list(sys.modules):
            if name == _ADAPTER or name.startswith(_ADAPTER + "."):
                module = sys.modules.pop(name)
                parent, _, child = name.rpartition(".")
                if module is not None and getattr(sys.modules.get(parent), child, None) is module:
                    delattr(sys.modules[parent], child)

    def _make_python(self):
        parts = ("3dsmaxpy.exe",) if self.year <= 2020 else (
            "Python37" if self.year <= 2022 else "Python", "python.exe")
        path = os.path.join(self.root, *parts)
        if not os.path.isdir(native(os.path.dirname(path))):
            os.makedirs(native(os.path.dirname(path)))
        with io.open(native(path), "w", encoding="utf-8") as script:
            script.write("#!/bin/sh\nexec '%s' \"$@\"\n" % text(sys.executable))
        os.chmod(native(path), 0o755)
        self.python = path

    @property
    def module(self):
        """The adapter, as it is loaded now."""
        __import__(native(_ADAPTER))
        return sys.modules[_ADAPTER]

    @property
    def host(self):
        """The adapter's host."""
        return self.module.host()

    # -- start and end

    def install(self, package=None):
        """Put the bundle where 3ds Max looks for it.

        Args:
            package (str, optional): The folder with the package; by default the one that is imported here.
        """
        import rayvision_sync
        if not os.path.isdir(native(self.bundle)):
            shutil.copytree(native(BUNDLE), native(self.bundle))
        package = package or os.path.dirname(os.path.dirname(os.path.abspath(text(rayvision_sync.__file__))))
        with io.open(native(os.path.join(self.bundle, "python.txt")), "w", encoding="utf-8") as named:
            named.write(package)
        self._phase = self.phase()

    def phase(self):
        """Return when 3ds Max runs the bundle's script: "pre-start-up" or "post-start-up", None where it does not."""
        found = ElementTree.parse(native(os.path.join(self.bundle, "PackageContents.xml"))).getroot()
        for part in found.findall("Components"):
            needs = part.find("RuntimeRequirements")
            if int(needs.get("SeriesMin")) <= self.year <= int(needs.get("SeriesMax")):
                return part.get("Description").replace(" scripts parts", "")
        return None

    def start(self, is_read=True):
        """Start 3ds Max: its scripts, its menus, and its window unless it is a batch.

        Args:
            is_read (bool): 3ds Max reads the bundle; else only a script of the user's runs it, late.
        """
        phase = self._phase if is_read else "post-start-up"
        if phase == "pre-start-up":
            self.run_script()
        if not self.is_batch:
            self.open()
        if phase == "post-start-up":
            self.run_script()

    def run_script(self):
        """Do what rayvision_sync.ms does: there is no MAXScript here."""
        sys.path.append(native(self.bundle + os.sep))
        path = os.path.join(self.bundle, "startup.py")
        with io.open(native(path), "rb") as source:
            code = compile(source.read(), native(path), native("exec"))
        error, sys.stderr = sys.stderr, io.StringIO() if str is not bytes else __import__("StringIO").StringIO()
        try:
            exec(code, {"__name__": native("__main__")})  # Some releases tell no __file__.
            said = sys.stderr.getvalue()
        finally:
            sys.stderr = error
        self.listener.extend(line for line in text(said).splitlines() if line)

    def open(self):
        """Open the window, with its menus."""
        self.has_ui = True
        self._make_window()
        if self.year >= 2025:
            self.ask_for_menus()

    def _make_window(self):
        qt = self.qt()
        if qt is not None and self.window is None and self.has_ui:
            self.window = qt.QtWidgets.QMainWindow()
            self.window.show()

    def restart_ui(self):
        """End 3ds Max and start it again: what the user's folders hold is there still."""
        self._close_window()
        self._forget()
        self._clear()
        self.start()

    def _close_window(self):
        if self.window is not None:
            qt = self.qt()
            if qt.QtCompat.isValid(self.window):
                self.window.close()
                self.window.deleteLater()
            self.window = None
            self._turn()

    def idle(self):
        """Let 3ds Max's loop run once."""
        if self.has_ui and not self._started:
            self._started = True
            self._make_window()
            self._notify("postsystemstartup")
        self._turn()

    def _turn(self):
        qt = self.qt()
        application = qt.QtWidgets.QApplication.instance() if qt else None
        if application is not None:
            application.processEvents()
            application.sendPostedEvents(None, qt.QtCore.QEvent.Type.DeferredDelete)
            application.processEvents()

    @staticmethod
    def qt():
        """Return the panel's binding, None while nobody has loaded it or made an application."""
        binding = sys.modules.get("rayvision_sync.panel.binding")
        return binding if binding is not None and binding.QtWidgets.QApplication.instance() is not None else None

    def batch(self, value):
        """Choose whether this is 3dsmaxbatch: before `start`."""
        self.is_batch = value

    # -- menus, toolbar, dock

    def ask_for_menus(self):
        """Build the menus, as 3ds Max 2025 and later does when it starts and when a configuration is loaded."""
        self.guids, self.asking = set(), True
        self.cui_bar = CuiMenu(self, "Main Menu")
        for title, guid in (("File", "eed3eaef-ea24-4342-aacc-9dfd87f9a4f4"), ("Help", HELP_ID)):
            self.cui_bar.CreateSubMenu(guid, title)
        try:
            self._notify("cuiregistermenus")
        finally:
            self.asking = False

    def _notify(self, event):
        for kind, script, _ in list(self.callbacks):
            if kind == event:
                script() if callable(script) else self.run_mxs(script)

    def bar(self):
        """Return the titles of the menu bar."""
        if self.year < 2025:
            return list(self.session.bar)
        return [item.title for _, item in self.cui_bar.items] if self.cui_bar else []

    def _menu_macros(self):
        from rayvision_sync.hosts.base.entries import MENU_TITLE
        if self.year < 2025:
            return list(self.session.menus.get(MENU_TITLE, ())) if MENU_TITLE in self.session.bar else []
        for _, item in self.cui_bar.items if self.cui_bar else ():
            if item.title == MENU_TITLE:
                return [macro for _, macro in item.items]
        return []

    def menu(self):
        """Return the labels under our menu."""
        return [self.session.macros[macro][1] for macro in self._menu_macros() if macro in self.session.macros]

    def _toolbar(self):
        qt = self.qt()
        return self.window.findChild(qt.QtWidgets.QToolBar, "rayvision_sync_toolbar") if self.window else None

    def shelf(self):
        """Return the labels of our toolbar."""
        self.idle()
        bar = self._toolbar()
        return [text(action.text()) for action in bar.actions()] if bar is not None else []

    def click(self, label):
        """Choose an entry: of the menu, else of the toolbar."""
        for macro in self._menu_macros():
            if self.session.macros[macro][1] == label:
                self.run_mxs(self.session.macros[macro][2])
                return
        self.press(label)

    def press(self, label):
        """Press a button of the toolbar."""
        [action] = [action for action in self._toolbar().actions() if text(action.text()) == label]
        action.trigger()

    def dock(self):
        """Return our dock, None where there is none."""
        qt = self.qt()
        found = self.window.findChildren(qt.QtWidgets.QDockWidget, "rayvision_sync_dock") if self.window else []
        assert len(found) < 2
        return found[0] if found else None

    def docked(self):
        """Tell whether the panel stands in 3ds Max's window."""
        dock = self.dock()
        return dock is not None and dock.widget() is not None and dock.isVisible()

    def run_mxs(self, script):
        """Run a macro's body: ours are all of this form."""
        found = re.match(r"\(try \(python\.Execute \"((?:[^\"\\]|\\.)*)\"\) catch \(format \"((?:[^\"\\]|\\.)*)\" "
                         r"\(getCurrentException\(\)\)\)\)\Z", script)
        assert found, "no MAXScript that would run: %s" % script
        code = re.sub(r"\\(.)", lambda match: {"n": "\n", "\"": "\"", "\\": "\\"}[match.group(1)], found.group(1))
        said, stdout = io.StringIO() if str is not bytes else __import__("StringIO").StringIO(), sys.stdout
        sys.stdout = said
        try:
            exec(compile(code, native("<macro>"), native("exec")), {})
        except Exception as error:
            self.listener.append(found.group(2).replace("%", "%s" % error))
        finally:
            sys.stdout = stdout
        self.listener.extend(text(said.getvalue()).splitlines())

    # -- the scene

    def set_changed(self, value):
        """Choose whether the scene has unsaved changes."""
        self.changed = value

    def add_file(self, path, node, attribute="filename", kind="BitmapTexture", **others):
        """Let a texture of the scene name a file; the asset tracker knows it, too."""
        name = {"BitmapTexture": "filename"}.get(kind, attribute)
        members = dict(others, name=node)
        members[name] = path
        self.textures.setdefault(kind, []).append(Strict(kind, **members))
        self.track(path)

    def add_broken(self, node):
        """Add a texture whose file cannot be asked for."""
        fault = RuntimeError("-- Runtime error: plug-in is missing: %s" % node)
        self.textures["BitmapTexture"].append(Strict("BitmapTexture", name=node, filename=fault))

    def track(self, path, kind="Bitmap", is_used=True):
        """Let the asset tracker know a file.

        Args:
            path (str): As the scene has it.
            kind (str): Type of the asset.
            is_used (bool): It is among `usedMaps`, too.
        """
        self.tracked.append(path)
        self.assets.append((path, kind))
        if is_used and kind == "Bitmap":
            self.maps.append(path)

    def _save(self, path, clearNeedSaveFlag=True, useNewFile=True, quiet=False, saveAsVersion=None):
        _needs_text(path)
        assert quiet, "3ds Max would ask something"
        target = native(path)
        if not os.path.isdir(os.path.dirname(target)) or (
                os.path.exists(target) and not os.stat(target).st_mode & 0o200):
            return False
        with io.open(target, "w", encoding="utf-8") as scene:
            scene.write("scene %d" % (self.save_count + 1))
        if useNewFile:
            self.scene_path, self.save_count = path, self.save_count + 1
        else:
            self.copy_count += 1
        if clearNeedSaveFlag:
            self.changed = False
        return True

    # -- pymxs

    def _pymxs(self):
        module = types.ModuleType(native("pymxs"))
        module.runtime = Runtime(self, self._values())
        if self.year >= 2021:
            module.byref = Reference
        return module

    def _qtmax(self):
        module = types.ModuleType(native("qtmax"))
        module.GetQMaxMainWindow = lambda: self.window
        if self.year >= 2022:
            module.DisableMaxAcceleratorsOnFocus = lambda widget, disable: self.guarded.append(widget)
        self.guarded = []
        return module

    def _values(self):
        live = dict((name, _Live(lambda name=name: self.setup[name])) for name in self.setup)
        values = {
            "maxVersion": lambda: Array(self._version()), "execute": self._execute, "name": self._name,
            "maxOps": self._max_ops(), "isNetServer": lambda: self.is_server,
            "maxFileName": _Live(lambda: os.path.basename(self.scene_path) if self.scene_path else ""),
            "maxFilePath": _Live(lambda: os.path.dirname(self.scene_path) + "/" if self.scene_path else ""),
            "getSaveRequired": lambda: self.changed, "saveMaxFile": self._save, "getDir": self._dir,
            "macros": Strict("Struct:macros", new=self._new_macro), "callbacks": self._callbacks(),
            "animationRange": Strict("Interval", start=Time(0), end=Time(100)),
            "cameras": _Live(lambda: list(self.camera_nodes)), "classOf": self._class_of,
            "getActiveCamera": lambda: self.active_camera,
            "renderers": _Live(lambda: Strict("Struct:renderers", current=self.renderer)),
            "fileProperties": Strict("Struct:fileProperties", getItems=self._items),
            "pathConfig": Strict("Struct:pathConfig", getCurrentProjectFolder=lambda: self.project + "/"),
            "mapPaths": Strict("Struct:mapPaths", count=lambda: len(self.map_folders),
                               get=lambda index: self.map_folders[index - 1]),
            "ATSOps": Strict("Interface:ATSOps", Refresh=self._refresh, GetFiles=self._files,
                             GetDependentFiles=self._dependent),
            "AssetManager": Strict("Interface:AssetManager", getNumAssets=lambda: len(self.assets),
                                   getAssetByIndex=self._asset),
            "getClassInstances": self._instances,
            "usedMaps": lambda: Array(self.maps),
            "xrefs": Strict("Struct:xrefs", getXRefFileCount=lambda: len(self.scene_xrefs), getXRefFile=self._xref),
            "objXRefs": Strict("Interface:objXRefs", getNumFiles=lambda: len(self.object_xrefs),
                               getFileName=lambda index: self.object_xrefs[index - 1]),
        }
        for name in ("BitmapTexture", "VRayBitmap", "VRayHDRI", "VRayProxy", "VRayIES", "CoronaBitmap", "CoronaProxy",
                     "ai_image"):
            values[name] = _Live(lambda name=name: name if name in self.textures else None)
        if self.year < 2025:
            values["menuMan"] = _Live(self._menu_man)
        if self.year >= 2024:
            values["ColorPipelineMgr"] = _Live(lambda: self.globals_.get("ColorPipelineMgr"))
        values["vrayVersion"] = _Live(lambda: self.globals_.get("vrayVersion"))
        values.update(live)
        return dict((name.lower(), value) for name, value in values.items())

    def _version(self):
        parts = [(self.year - 2018) * 1000 + 20000, 58, 0, 24, 1, 0, 1484]
        return parts + [self.year, ".1 Update"] if self.year >= 2020 else parts

    @staticmethod
    def _name(word):
        _needs_text(word)
        return Word(word)

    def _dir(self, word):
        if not isinstance(word, Word):
            raise RuntimeError("-- Unable to convert: %r to type: Name" % (word,))
        found = {"maxroot": self.root + os.sep, "renderoutput": self.output,
                 "image": os.path.join(self.project, "sceneassets", "images")}
        if word.word.lower() not in found:
            raise RuntimeError("-- Runtime error: getDir unknown directory: #%s" % word.word)
        return found[word.word.lower()]

    def _max_ops(self):
        members = {"GetCurRenderElementMgr": self._element_manager}
        members["isInNonInteractiveMode"] = lambda: self.is_batch
        if self.year >= 2025:
            members["GetICuiMenuMgr"] = self._cui_manager
        return Strict("Interface:maxOps", **members)

    def _cui_manager(self):
        def load(name):
            if not self.has_ui:
                raise RuntimeError("-- Runtime error: menus are not there yet")
            if name != "C:/menus/Default.mnx":
                raise RuntimeError("-- Runtime error: no such configuration")
            self.reloads += 1
            self.ask_for_menus()
        return Strict("MixinInterface:CuiMenuMgr", LoadConfiguration=load,
                      GetCurrentConfiguration=lambda: "C:/menus/Default.mnx")

    def _menu_man(self):
        if not self.has_ui:
            raise RuntimeError("-- Runtime error: menus are not there yet")

        def find(title):
            _needs_text(title)
            return ClassicMenu(self, title, self.session.menus[title]) if title in self.session.menus else None

        def create(title):
            _needs_text(title)
            if title in self.session.menus:
                raise RuntimeError("-- Runtime error: a menu of this name is there twice now: %s" % title)
            self.session.menus[title] = []
            return find(title)

        def action(name, category):
            return _Item((category, name)) if (category, name) in self.session.macros else None

        def unregister(menu):
            del self.session.menus[menu.getTitle()]

        def update():
            self.session.updates = getattr(self.session, "updates", 0) + 1

        return Strict("Interface:menuMan", findMenu=find, createMenu=create, createActionItem=action,
                      createSubMenuItem=lambda title, menu: _Item(menu.getTitle() if title else None),
                      getMainMenuBar=lambda: ClassicMenu(self, "Main Menu", self.session.bar),
                      updateMenuBar=update, unRegisterMenu=unregister)

    def _new_macro(self, category, name, tip, label, body):
        for value in (category, name, tip, label, body):
            _needs_text(value)
        if not re.match(r"\w+\Z", name):
            raise RuntimeError("-- Syntax error: a macro's name is a word: %s" % name)
        self.session.macros[category, name] = (tip, label, body)
        return len(self.session.macros)

    def _callbacks(self):
        def add(event, script, id=None):
            if not isinstance(event, Word) or not isinstance(id, Word):
                raise RuntimeError("-- Unable to convert: %r to type: Name" % (event,))
            known = {"postsystemstartup"} | ({"cuiregistermenus"} if self.year >= 2025 else set())
            if event.word.lower() not in known:
                raise RuntimeError("-- Runtime error: unknown callback: #%s" % event.word)
            self.callbacks.append((event.word.lower(), script, id.word))
            return True

        def remove(*event, **options):
            assert not event and list(options) == [native("id")], "this would remove callbacks of others"
            self.callbacks = [row for row in self.callbacks if row[2] != options["id"].word]
            return True

        def parameter():
            if not self.asking:
                return None
            return Strict("MixinInterface:CuiMenuMgr", mainMenuBar=self.cui_bar)

        return Strict("Struct:callbacks", addScript=add, removeScripts=remove, notificationParam=parameter)

    @staticmethod
    def _class_of(thing):
        kind = "%s" % thing
        found = re.match(r"\$(\w+):", kind)
        if found:
            return {"Target": "Targetobject"}.get(found.group(1), found.group(1))
        return kind

    def _items(self, name):
        if name != "Used Plug-Ins":
            raise RuntimeError("-- Runtime error: no such property: %s" % name)
        return Array(self.used_plugins) if self.used_plugins else None

    def _element_manager(self):
        return Strict("Interface:renderElementMgr", NumRenderElements=lambda: len(self.elements),
                      GetRenderElement=lambda index: self.elements[index][0],
                      GetRenderElementFilename=lambda index: self.elements[index][1])

    def _refresh(self):
        if self.broken_tracker:
            raise RuntimeError("-- Runtime error: asset tracking is disabled")
        self.known = ([self.scene_path] if self.scene_path else []) + list(self.tracked)

    def _files(self, reference):
        return self._by_reference(reference, self.known)

    @staticmethod
    def _by_reference(reference, values):
        if not isinstance(reference, Reference):
            raise TypeError("-- Argument is not a reference: %r" % (reference,))
        return len(values), Array(values) if values else None

    def _inside(self, path, deep):
        if deep is not False:
            raise RuntimeError("-- Unable to convert: %r to type: Boolean" % (deep,))
        values = self.dependent.get(path, [])
        if isinstance(values, Exception):
            raise values
        return values

    def _dependent(self, path, deep, reference):
        return self._by_reference(reference, self._inside(path, deep))

    def _execute(self, script):
        if script == "(local found = #(); ATSOps.GetFiles &found; found)":
            return Array(self.known)
        found = re.match(r'\(local found = #\(\); ATSOps\.GetDependentFiles @"([^"]*)" false &found; found\)\Z', script)
        assert found, "no MAXScript that would run: %s" % script
        return Array(self._inside(found.group(1), False))

    def _asset(self, index):
        if not 1 <= index <= len(self.assets):
            raise RuntimeError("-- Runtime error: index is out of range")
        path, kind = self.assets[index - 1]
        return Strict("IObject:AssetUser", getFileName=lambda: path, getType=lambda: Word(kind))

    def _instances(self, kind):
        if kind not in self.textures:
            raise RuntimeError("-- Unable to convert: %r to type: MAXClass" % (kind,))
        return Array(self.textures[kind])

    def _xref(self, index):
        found = self.scene_xrefs[index - 1]
        return Strict("XRefScene", filename=found)


class World2024(MaxWorld):
    """The last release with the old menus."""


class World2018(MaxWorld):
    """The first release: Python 2.7, no `byref`, a short version."""

    year = 2018


class World2027(MaxWorld):
    """The new menus."""

    year = 2027


WORLDS = (World2018, World2024, World2027)
World = World2024


def heavy(world, files=6000, nodes=20000, broken=30):
    """Fill a scene: textures, UDIM sets, sequences, references within references, broken nodes.

    Args:
        world (MaxWorld): To fill.
        files (int): How many files textures name.
        nodes (int): How many textures there are in all; the rest share files.
        broken (int): How many of them cannot be asked.
    """
    for number in range(files):
        world.add_file("/show/tex/%03d/wall_%05d.<UDIM>.exr" % (number // 100, number), "map%d" % number)
    for number in range(files, nodes - broken):
        path = "/show/tex/%03d/wall_%05d.<UDIM>.exr" % (number % files // 100, number % files)
        world.textures["BitmapTexture"].append(Strict("BitmapTexture", name="map%d" % number, filename=path))
    for number in range(broken):
        world.add_broken("broken%d" % number)
    for number in range(40):
        world.track("/show/plates/layer%02d/plate.####.exr" % number)
    parent = "/show/sets/level0.max"
    world.scene_xrefs.append(parent)
    for level in range(1, 6):
        child = "/show/sets/level%d.max" % level
        world.dependent[parent] = [child, "maps\\level%d.png" % level]
        world.track(parent, "XRef")
        parent = child
    world.track(parent, "XRef")


def timed(world, clock):
    """Let the fake's own time be known: what a real 3ds Max would take for itself.

    Args:
        world (MaxWorld): Entered.
        clock (callable): Seconds.

    Returns:
        callable: The seconds that calls have taken so far.
    """
    spent = [0.0]

    def wrap(call):
        def timed_call(*args, **options):
            began = clock()
            try:
                return call(*args, **options)
            finally:
                spent[0] += clock() - began
        return timed_call

    values = sys.modules["pymxs"].runtime._values
    for holder in [values] + [value._members for value in values.values() if isinstance(value, Strict)]:
        for name, value in list(holder.items()):
            if callable(value) and not isinstance(value, (_Live, Strict)):
                holder[name] = wrap(value)
    return lambda: spent[0]
