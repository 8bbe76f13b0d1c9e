"""What the open scene names: collected on the main thread in short steps, the disk is left alone.

Three sources, since none has all: the textures of the scene say which node and property a file stands in; the asset
tracker knows what plug-ins name, xrefs of xrefs, too; the lists of maps and of xrefs are the cross-check. What a
rendering writes is no input, and an empty path is none: it would stand for the whole project.

"hold/fetch" is never used, nor is anything saved: with a large scene that takes minutes.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import ntpath
import re

from ...jobs.snapshot import File, Trouble
from . import render, runtime

#: (class, property that holds a file): what the asset tracker names without saying where. A class whose plug-in is
#: not installed is undefined, and skipped.
CLASSES = (("BitmapTexture", "filename"), ("VRayBitmap", "HDRIMapName"), ("VRayHDRI", "HDRIMapName"),
           ("CoronaBitmap", "filename"), ("ai_image", "filename"), ("VRayProxy", "filename"),
           ("VRayIES", "ies_file"), ("CoronaProxy", "filename"))

#: Types of assets that a rendering writes.
_WRITTEN = ("renderoutput", "videopost")

#: Files that name other files which the asset tracker can tell.
_CONTAINERS = (".max", ".maxc", ".chr")

#: A file per frame: "wall.####.exr", "wall.<frame04>.exr", "wall.%04d.exr".
_BY_FRAME = re.compile(r"#+|<frame\d*>|<f\d*>|%0?\d*d", re.I)

#: How a texture plays its files -> how it does where file and frame have the same number.
_PLAYING = (("startTime", 0), ("playBackRate", 1), ("ifl_start_frame", 0), ("ifl_playback_rate", 1))

_BREATH = 20


def _key(path):
    return path.replace("\\", "/").lower()


def _is_file(path):
    """Tell whether text from a scene can be a file: neither nothing nor a folder."""
    return bool(path.strip(" .\\/")) and path[-1:] not in "\\/"


def kind_of(path, play=None):
    """Return the kind of a file: see `snapshot.File`.

    Args:
        path (str): As the scene has it.
        play (object, optional): What plays it; where numbers of file and frame differ, all files are needed.
    """
    if not _BY_FRAME.search(ntpath.basename(path)):
        return ""
    for name, plain in _PLAYING:
        try:
            value = getattr(play, str(name), plain)
            if float(getattr(value, "frame", value)) != plain:
                return ""
        except runtime.FAULTS:
            return ""
    return "frames"


class _Scan(object):
    """One look at the scene."""

    def __init__(self):
        self.rt = runtime.mxs()
        self.named = set()  # Keys of what was told, and of what is no input.
        self.written = set()
        self.types_of = {}  # Key -> types of the asset.

    def file(self, path, node="", attribute="", kind="", is_read=False):
        """Return a `File`, None where it was told before or is no input: a file that is written, unless it is read."""
        key = _key(path)
        if not _is_file(path) or key in self.named or (key in self.written and not is_read):
            return None
        self.named.add(key)
        return File(path, node, attribute, kind)

    def begin(self):
        """Learn what is no input."""
        scene = runtime.text(self.rt.maxFilePath) + runtime.text(self.rt.maxFileName)
        self.named.add(_key(scene))
        yield None
        try:
            self.written.update(render.outputs())
        except runtime.FAULTS as error:
            yield Trouble("render setup", runtime.reason(error))

    def textures(self):
        """Ask every texture for its file."""
        for name, attribute in CLASSES:
            kind = runtime.find(name)
            if kind is None:
                continue
            yield None
            try:
                found = self.rt.getClassInstances(kind)
            except runtime.FAULTS as error:
                yield Trouble(name, runtime.reason(error))
                continue
            for texture in found or ():
                yield self._texture(texture, name, attribute)

    def _texture(self, texture, kind, attribute):
        node = kind
        try:
            node = runtime.text(texture.name) or kind
            path = runtime.text(getattr(texture, str(attribute)))
            return self.file(path, node, attribute, kind_of(path, texture), is_read=True)
        except runtime.FAULTS as error:
            return Trouble(node, runtime.reason(error))

    def types(self):
        """Learn the types of all assets, and which of them are written."""
        try:
            count = int(self.rt.AssetManager.getNumAssets())
        except runtime.FAULTS as error:
            yield Trouble("asset manager", runtime.reason(error))
            return
        for index in range(1, count + 1):
            try:
                asset = self.rt.AssetManager.getAssetByIndex(index)
                key, what = _key(runtime.text(asset.getFileName())), runtime.text(asset.getType())
            except runtime.FAULTS as error:
                yield Trouble("asset %d" % index, runtime.reason(error))
                continue
            self.types_of.setdefault(key, []).append(what)
            if index % _BREATH == 0:
                yield None
        for key, types in self.types_of.items():
            if all(what.lower().lstrip("#") in _WRITTEN for what in types):
                self.written.add(key)

    def tracked(self):
        """Ask the asset tracker."""
        rt = self.rt
        try:
            rt.ATSOps.Refresh()
            yield None
            found = runtime.listed(rt.ATSOps.GetFiles, "(local found = #(); ATSOps.GetFiles &found; found)")
        except runtime.FAULTS as error:
            yield Trouble("asset tracking", runtime.reason(error))
            return
        yield None
        scene = _key(runtime.text(rt.maxFilePath) + runtime.text(rt.maxFileName))
        rest = []
        for index, path in enumerate(found):
            path = runtime.text(path)
            if path.lower().endswith(_CONTAINERS) and _key(path) != scene:
                for step in self._inside(path):
                    yield step
            else:
                rest.append(path)
            if index % _BREATH == 0:
                yield None
        # What stands in another file was told with it.
        for step in self._told(rest):
            yield step

    def _told(self, paths, what=None):
        """Name files that nothing says more about; `what`: their type, by default the asset manager's."""
        for index, path in enumerate(paths):
            path = runtime.text(path)
            kind = what or (self.types_of.get(_key(path)) or [""])[0]
            told = self.file(path, "", kind, kind_of(path))
            if told is not None or index % _BREATH == 0:
                yield told

    def _inside(self, path):
        """Ask what a scene that this one refers to names itself: it says where, and knows those of its own xrefs."""
        yield self.file(path, "", "XRef")
        script = "(local found = #(); ATSOps.GetDependentFiles %s false &found; found)" % runtime.quoted(path)
        try:
            inside = runtime.listed(self.rt.ATSOps.GetDependentFiles, script, path, False)
        except runtime.FAULTS as error:
            yield Trouble(path, runtime.reason(error))
            return
        for name in inside:
            name = runtime.text(name)
            yield self.file(name, path, (self.types_of.get(_key(name)) or [""])[0], kind_of(name))

    def checked(self):
        """Name what the lists of maps and of xrefs have beyond that."""
        yield None
        for path, what, trouble in render.xrefs():
            yield Trouble(what, trouble) if trouble else self.file(path, "", what)
        try:
            found = self.rt.usedMaps() or ()
        except runtime.FAULTS as error:
            yield Trouble("used maps", runtime.reason(error))
            return
        yield None
        for step in self._told(found, "Bitmap"):
            yield step

    def colors(self):
        """Name the colour configuration that the scene was told to use: 2024 and later."""
        manager = runtime.find("ColorPipelineMgr")
        if manager is None:
            return
        try:
            if runtime.text(manager.Mode).lower() == "ocio_custom":
                yield self.file(runtime.text(manager.OCIOConfigPath), "color management", "OCIOConfigPath")
        except runtime.FAULTS as error:
            yield Trouble("color management", runtime.reason(error))


def scan():
    """Yield every file that the scene names, what could not be read, and None for a breath.

    Yields:
        snapshot.File, snapshot.Trouble or None: In short steps; the calls into 3ds Max take their own time.
    """
    look = _Scan()
    for part in (look.begin, look.types, look.textures, look.tracked, look.checked, look.colors):
        for step in part():
            yield step
