"""Which nodes name files, and how: what `usedAsFilename` alone does not tell."""
from __future__ import absolute_import, division, print_function, unicode_literals

import re
from collections import namedtuple

from maya import cmds

from ... import compat
from ...jobs.snapshot import File, Trouble
from . import attributes, calls

#: Type -> attributes that name files although some versions do not mark them so. One that a node lacks is no harm.
UNMARKED = {
    "AlembicNode": ("abc_File", "abc_layerFiles"),
    "ExocortexAlembicFile": ("fileName",),
    "gpuCache": ("cacheFileName",),
    "aiImage": ("filename",),
    "aiPhotometricLight": ("aiFilename",),
    "mayaUsdProxyShape": ("filePath",),
    "VRayMesh": ("fileName2", "fileName"),
    "VRayLightIESShape": ("iesFile",),
    "VRayVolumeGrid": ("inPath",),
    "RedshiftNormalMap": ("tex0",),
    "RedshiftSprite": ("tex0",),
    "RedshiftDomeLight": ("tex0", "tex1"),
    "RedshiftIESLight": ("profile",),
    "RedshiftVolumeShape": ("fileName",),
    "xgmSplineCache": ("fileName",),
    "assemblyReference": ("definition",),
    "assemblyDefinition": ("repData",),
    "houdiniAsset": ("otlFilePath",),
    "OpenVDBRead": ("file", "VdbFilePath"),
    "VRayScene": ("FilePath",),
    "VRayPtex": ("ptexFile",),
    "VRayScannedMtl": ("file",),
    "dlTexture": ("textureFile",),
    "PxrTexture": ("filename",),
    "PxrPtexture": ("filename",),
    "PxrNormalMap": ("filename",),
    "PxrDomeLight": ("lightColorMap",),
    "RenderManArchive": ("filename",),
}

#: Bifrost's caches lack the mark whatever their type is called.
BIFROST = ("absoluteCacheName",)

#: How a type names a sequence: attribute with the path; attribute with the frame; whether the name's last number is the
#: frame (Maya's own nodes do so, others want a token). All of them have useFrameExtension and frameOffset.
Sequence = namedtuple("Sequence", "path frame is_numbered")

SEQUENCES = {
    "file": Sequence("fileTextureName", "frameExtension", True),
    "psdFileTex": Sequence("fileTextureName", "frameExtension", True),
    "imagePlane": Sequence("imageName", "frameExtension", True),
    "aiStandIn": Sequence("dso", "frameNumber", False),
    "aiVolume": Sequence("filename", "frame", False),
    "RedshiftProxyMesh": Sequence("fileName", "frameExtension", False),
}

#: Set, they let an image plane begin late, end early or begin again.
_CYCLES = ("frameIn", "frameOut", "frameCycle")

#: Render setup keeps paths of other layers in its overrides, which are values like any other: only those that look
#: like files are taken.
OVERRIDES = {"absOverride": "attrValue", "absUniqueOverride": "attrValue"}

#: What these name is written by a render or a simulation, or drawn in Maya's windows.
WRITERS = frozenset((
    "renderGlobals", "hardwareRenderGlobals", "aiAOV", "aiAOVDriver", "aiOptions", "RedshiftAOV", "RedshiftOptions",
    "rmanDisplay", "rmanDisplayChannel", "textureBakeSet", "vertexBakeSet", "bakeSet"))

#: What these name is used if it is there: sound for animators, light maps that a setting turns on.
OPTIONAL = frozenset(("audio", "VRaySettingsNode"))

#: The same by name, whatever the type.
_WRITTEN = re.compile("autosave|log_?file|stats_?file|profile_?file|output|fileprefix|filenameprefix|search_?path"
                      "|^icon_?name$", re.I)

#: A frame's number, or a tile's, in a name.
TOKEN = re.compile(r"<(?:f\d*|frame\d*|udim|uvtile|u|v|tile)[^<>]*>|#|%0?\d*d|\$F\d*", re.I)
_FRAME_TOKEN = re.compile(r"<f(?:rame)?\d*>|#|%0?\d*d", re.I)

_LAST_NUMBER = re.compile(r"\d+(?=\D*$)")
_LOOKS_LIKE_A_FILE = re.compile(r"[^\s].*[/\\].*\.\w{1,6}$")

#: "file1.frameExtension = frame;", as Maya itself writes it, with the offsets that artists add.
_RUNS_WITH_SCENE = re.compile(r"=\s*frame\s*(?:([+-])\s*(\d+))?\s*;?\s*$")

Motion = namedtuple("Motion", "with_scene offset")


def is_written(attribute):
    """Tell whether an attribute names what is written, by its name."""
    return bool(_WRITTEN.search(attribute.rpartition(".")[2]))


def read(node, kind, more):
    """Return an iterator of the `File`s and `Trouble`s of a node; empty paths and None are among them.

    Args:
        node (str): Its shortest name that is unique.
        kind (str): Its type.
        more (dict): Type -> attributes to ask for, besides those that are marked as files.
    """
    return _READERS.get(kind, _plain)(node, kind, more)


def _plain(node, kind, more):
    """Read what is marked as a file's name, and what the tables know."""
    names = attributes.marked(node)
    wanted = more.get(kind, ()) + UNMARKED.get(kind, ())
    if kind.lower().startswith("bifrost"):
        wanted += BIFROST
    arrays = set(name.partition("[")[0] for name in names if "[" in name)
    names += [name for name in wanted if name not in names and name not in arrays and attributes.has(node, name)]
    for name in names:
        if not is_written(name):
            for found in attributes.read(node, name, "optional" if kind in OPTIONAL else ""):
                yield found


def _sequence(node, kind, more):
    """Read a texture, an image plane, a stand-in: a file, a set of tiles or a sequence."""
    name, frame_name, is_numbered = SEQUENCES[kind]
    try:
        path = (calls.texts(cmds.getAttr(node + "." + name)) or [""])[0].strip()
    except calls.ERRORS as error:
        yield Trouble(node, "%s: %s" % (name, calls.reason(error)))
        return
    animated = bool(calls.value(node + ".useFrameExtension", False))
    if kind == "file" and path:
        path = _pattern(node, path, animated)
    motion = Motion(False, 0)
    if animated and path:
        if is_numbered and not _FRAME_TOKEN.search(path):
            path = _numbered(path)
        if kind != "imagePlane" or not any(calls.value("%s.%s" % (node, cycle), 0) for cycle in _CYCLES):
            motion = _motion(node, frame_name)
    if motion.with_scene and _FRAME_TOKEN.search(path):
        yield File(path, node, name, "frames", motion.offset)
    else:
        yield File(path, node, name)
    for found in _plain(node, kind, more):
        if getattr(found, "attribute", None) != name:
            yield found


def _pattern(node, path, animated):
    """Return the pattern that Maya itself reads for a texture; what it does not mark as a set is left as it is."""
    if not animated and not calls.value(node + ".uvTilingMode", 0):
        return path
    found = calls.text_of(node + ".computedFileTextureNamePattern")
    return found if TOKEN.search(found) else path


def _numbered(path):
    """Return a path with its last number as a pattern; the folder's numbers are names."""
    cut = max(path.rfind("/"), path.rfind("\\")) + 1
    stem, dot, extension = path[cut:].rpartition(".")
    if not dot:
        stem, extension = extension, ""
    return path[:cut] + _LAST_NUMBER.sub("<f>", stem) + dot + extension


def _motion(node, frame_name):
    """Tell whether a sequence runs with the scene's frames, and by how much it is shifted.

    Only what is surely so counts: for anything else (a loop, a held frame, a script) all frames are sent.
    """
    plug = node + "." + frame_name
    try:
        drivers = calls.listed(cmds.listConnections(plug, source=True, destination=False, skipConversionNodes=True))
        kinds = [cmds.nodeType(driver) for driver in drivers]
        if len(drivers) != 1 or kinds[0] not in ("expression", "time"):
            return Motion(False, 0)
        shift = 0
        if kinds[0] == "expression":
            found = _RUNS_WITH_SCENE.search(cmds.expression(drivers[0], query=True, string=True) or "")
            if not found:
                return Motion(False, 0)
            shift = int((found.group(1) or "+") + (found.group(2) or "0"))
        return Motion(True, shift + int(calls.value(node + ".frameOffset", 0)))
    except calls.ERRORS:
        return Motion(False, 0)


def _cache(node, kind, more):
    """Read Maya's own cache: a description, and data in one file or one for each frame and part of a frame."""
    try:
        folder, name = (calls.texts(cmds.getAttr(node + "." + attribute)) for attribute in ("cachePath", "cacheName"))
    except calls.ERRORS as error:
        yield Trouble(node, "cachePath: %s" % calls.reason(error))
        return
    if not (folder and folder[0].strip() and name and name[0].strip()):
        return
    stem = folder[0].strip().rstrip("/\\") + "/" + name[0].strip()
    yield File(stem + ".xml", node, "cacheName")
    for ending in (".mcx", ".mcc", ".mc", "Frame<f>.mcx", "Frame<f>.mcc", "Frame<f>.mc",
                   "Frame<f>Tick<f>.mcx", "Frame<f>Tick<f>.mcc", "Frame<f>Tick<f>.mc"):
        yield File(stem + ending, node, "cachePath", "optional")


def _xgen(node, kind, more):
    """Read a collection: its .xgen stands beside the scene; what that names is read by the job."""
    scene = compat.text(cmds.file(query=True, sceneName=True)) or ""
    name = calls.text_of(node + ".xgFileName")
    if name and "/" not in name and "\\" not in name and scene:
        name = scene.rpartition("/")[0] + "/" + name
    yield File(name, node, "xgFileName")
    for found in _plain(node, kind, more):
        if getattr(found, "attribute", None) != "xgFileName":
            yield found


#: Kind of a node of Yeti's graph -> the parameter with its file.
_YETI = (("texture", "file_name"), ("reference", "reference_file"))


def _yeti(node, kind, more):
    """Read a Yeti node: its cache, and the files of its graph."""
    if attributes.has(node, "cacheFileName"):
        for found in attributes.read(node, "cacheFileName"):
            yield found
    # The plug-in's command: it is not there where Yeti is not.
    graph = getattr(cmds, "pgYetiGraph", None)
    for part, name in _YETI if graph is not None else ():
        try:
            members = calls.listed(graph(node, listNodes=True, type=part))
        except calls.ERRORS as error:
            yield Trouble(node, "graph: %s" % calls.reason(error))
            return
        for member in members:
            try:
                for path in calls.texts(graph(node, node=member, param=name, getParamValue=True)):
                    yield File(path, node, "%s.%s" % (compat.text(member), name))
            except calls.ERRORS as error:
                yield Trouble(node, "%s: %s" % (compat.text(member), calls.reason(error)))
    for found in _plain(node, kind, more):
        if getattr(found, "attribute", None) != "cacheFileName":
            yield found


def _override(node, kind, more):
    for found in attributes.read(node, OVERRIDES[kind]):
        if isinstance(found, File) and _LOOKS_LIKE_A_FILE.match(found.path):
            yield found


def _layer(node, kind, more):
    """Read what a layer of the older kind sets elsewhere: paths that are seen only while it is the current one."""
    try:
        places = calls.listed(cmds.getAttr(node + ".adjustments", multiIndices=True))
    except calls.ERRORS:
        return
    for place in places:
        name = "adjustments[%d].value" % place
        paths = calls.texts(calls.value("%s.%s" % (node, name)))
        yield None
        for path in paths:
            if _LOOKS_LIKE_A_FILE.match(path):
                yield File(path, node, name)


def _particles(node, kind, more):
    """Read the folder of the older particles' cache, where it is used."""
    name = calls.text_of(node + ".cacheDirectory")
    if name and calls.value(node + ".useParticleDiskCache", False):
        folder = compat.text(cmds.workspace(fileRuleEntry="particles")) or "particles"
        yield File("%s/%s" % (folder.rstrip("/"), name), node, "cacheDirectory", "folder")


_READERS = {"renderLayer": _layer, "dynGlobals": _particles, "cacheFile": _cache, "xgmPalette": _xgen,
            "pgYetiMaya": _yeti}
_READERS.update((kind, _sequence) for kind in SEQUENCES)
_READERS.update((kind, _override) for kind in OVERRIDES)
