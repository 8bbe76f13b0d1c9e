"""A strict 3ds Max without 3ds Max: `pymxs` and `qtmax` as they are up to 2024, and from 2025 on.

What is called here is refused as the real one refuses it. `fake_max.names` is the list of what the adapter may ask.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import os
import shutil
import sys
import threading
import types
from xml.etree import ElementTree

from fake_max.menus import HELP_ID, Menus, Session
from fake_max.names import MEMBERS, NAMES
from fake_max.scene import Scene, heavy
from fake_max.values import Array, Live, Reference, Runtime, Strict, Time, Word, needs_text
from support_tree import ROOT, native, text

__all__ = ["Array", "HELP_ID", "MEMBERS", "MaxWorld", "NAMES", "Strict", "Time", "WORLDS", "Word", "World", "YEARS",
           "heavy", "native", "text", "timed"]

YEARS = tuple(range(2018, 2028))

BUNDLE = os.path.join(ROOT, "hosts", "max", "bundle")
_ADAPTER = "rayvision_sync.hosts.max"


class MaxWorld(Menus, Scene):
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
        live = dict((name, Live(lambda name=name: self.setup[name])) for name in self.setup)
        values = {
            "maxVersion": lambda: Array(self._version()), "execute": self._execute, "name": self._name,
            "maxOps": self._max_ops(), "isNetServer": lambda: self.is_server,
            "maxFileName": Live(lambda: os.path.basename(self.scene_path) if self.scene_path else ""),
            "maxFilePath": Live(lambda: os.path.dirname(self.scene_path) + "/" if self.scene_path else ""),
            "getSaveRequired": lambda: self.changed, "saveMaxFile": self._save, "getDir": self._dir,
            "macros": Strict("Struct:macros", new=self._new_macro), "callbacks": self._callbacks(),
            "animationRange": Strict("Interval", start=Time(0), end=Time(100)),
            "cameras": Live(lambda: list(self.camera_nodes)), "classOf": self._class_of,
            "getActiveCamera": lambda: self.active_camera,
            "renderers": Live(lambda: Strict("Struct:renderers", current=self.renderer)),
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
            values[name] = Live(lambda name=name: name if name in self.textures else None)
        if self.year < 2025:
            values["menuMan"] = Live(self._menu_man)
        if self.year >= 2024:
            values["ColorPipelineMgr"] = Live(lambda: self.globals_.get("ColorPipelineMgr"))
        values["vrayVersion"] = Live(lambda: self.globals_.get("vrayVersion"))
        values.update(live)
        return dict((name.lower(), value) for name, value in values.items())

    def _version(self):
        parts = [(self.year - 2018) * 1000 + 20000, 58, 0, 24, 1, 0, 1484]
        return parts + [self.year, ".1 Update"] if self.year >= 2020 else parts

    @staticmethod
    def _name(word):
        needs_text(word)
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
            if callable(value) and not isinstance(value, (Live, Strict)):
                holder[name] = wrap(value)
    return lambda: spent[0]
