"""What is rendered, how, and where it goes. Every answer of Maya may fail on its own: then it is left out."""
from __future__ import absolute_import, division, print_function, unicode_literals

import re
from collections import OrderedDict

from maya import cmds

from ... import compat
from ...jobs import snapshot
from . import calls, nodes

#: Renderer -> the plug-in that is it. What is missing here is part of Maya.
PLUGINS = {"arnold": "mtoa", "vray": "vrayformaya", "redshift": "redshift4maya", "renderman": "RenderMan_for_Maya",
           "renderManRIS": "RenderMan_for_Maya"}

#: Renderer -> (attribute with the format of pictures, its numbers' names; none where it is text).
_FORMATS = {
    "arnold": ("defaultArnoldDriver.ai_translator", {}),
    "vray": ("vraySettings.imageFormatStr", {}),
    "redshift": ("redshiftOptions.imageFormat", {0: "iff", 1: "exr", 2: "png", 3: "tga", 4: "jpg", 5: "tif"}),
}
_MAYA_FORMATS = ("defaultRenderGlobals.imageFormat", {3: "tif", 4: "tif16", 7: "iff", 8: "jpg", 10: "iff16", 19: "tga",
                                                      20: "bmp", 31: "psd", 32: "png", 40: "exr"})

#: Rules of a project whose folders relative paths stand in, the likeliest first. Not "images": that is where
#: pictures go.
_RULES = ("sourceImages", "scene", "mayaAscii", "mayaBinary", "fileCache", "alembicCache", "diskCache", "ASS", "sound",
          "clips", "particles", "bifrostCache")


def settings(version):
    """Return what `contract.METHODS` says of ``render_settings``.

    Args:
        version (str): Maya's: that of its own renderers, too.
    """
    renderer = calls.text_of("defaultRenderGlobals.currentRenderer")
    plugins = _plugins()
    width, height = _size(renderer)
    frames, layers, cameras = _frames(renderer), _layers(), _cameras()
    details = _details(renderer)
    rendered = [name for name, is_rendered in cameras if is_rendered]
    # As long as the artist leaves these cameras as they are, a layer's own ones hold.
    details.update(frames=frames, layers=layers, all_cameras=[name for name, _ in cameras], cameras=rendered)
    return {"frames": frames, "layers": [name for name in layers if layers[name]["renderable"]],
            "cameras": rendered, "chosen": {"cameras": rendered}, "renderer": renderer,
            "renderer_version": plugins.get(PLUGINS[renderer], "") if renderer in PLUGINS else version,
            "width": width, "height": height, "plugins": plugins, "details": details}


def _frames(renderer):
    """Return the range as it is typed; the current frame where no animation is rendered."""
    if renderer == "vray" and calls.value("vraySettings.animType", 1) == 2:  # Named frames.
        named = calls.text_of("vraySettings.animFrames")
        if re.match(r"[\d\s,;-]+$", named):
            return re.sub(r"[\s;,]+", ",", named.strip(" ,;"))
    if not calls.value("defaultRenderGlobals.animation", False):
        now = _whole(cmds.currentTime(query=True))
        return snapshot.frame_text(snapshot.Frames(now, now, 1, ""))
    start, end, step = (_whole(calls.value("defaultRenderGlobals." + name, default)) for name, default in (
        ("startFrame", 1), ("endFrame", 1), ("byFrameStep", 1)))
    return snapshot.frame_text(snapshot.Frames(start, max(start, end), max(1, step), ""))


def _whole(number):
    return int(round(float(number)))


def _size(renderer):
    node = "vraySettings" if renderer == "vray" else "defaultResolution"
    return tuple(int(calls.value("%s.%s" % (node, name), 0) or calls.value("defaultResolution." + name, 0))
                 for name in ("width", "height"))


def _layers():
    """Return what there is of layers, by the names that a render takes: name -> ``renderable`` and ``shown``.

    Render setup and the layers before it share their nodes: "rs_beauty" is what the former shows as "beauty".
    """
    try:
        # Not each node of the type: damaged scenes have some that no list of layers shows.
        found = calls.listed(cmds.listConnections("renderLayerManager.renderLayerId", source=False, destination=True))
    except calls.ERRORS:
        found = []
    found = [compat.text(name) for name in found or calls.listed(cmds.ls(type="renderLayer"))]
    return OrderedDict((name, {
        "renderable": bool(calls.value(name + ".renderable", True)),
        "shown": "masterLayer" if name == "defaultRenderLayer" else re.sub("^rs_", "", name)})
        for name in found if not _is_referenced(name))


def _is_referenced(node):
    try:
        return bool(cmds.referenceQuery(node, isNodeReferenced=True))
    except calls.ERRORS:
        return False


def _cameras():
    """Return ``(name, whether it is rendered)`` of each camera."""
    found = []
    for shape in calls.listed(cmds.ls(cameras=True)):
        shape = compat.text(shape)
        parents = calls.listed(cmds.listRelatives(shape, parent=True))
        found.append((compat.text(parents[0]) if parents else shape,
                      bool(calls.value(shape + ".renderable", False))))
    return found


def _plugins():
    """Return the plug-ins that are loaded, with their versions."""
    found = {}
    for name in calls.listed(cmds.pluginInfo(query=True, listPlugins=True)):
        name = compat.text(name)
        try:
            found[name] = compat.text(cmds.pluginInfo(name, query=True, version=True)) or ""
        except calls.ERRORS:
            found[name] = ""
    return found


def _details(renderer):
    """Return what only Maya has: what makes the names of pictures, and scripts that run while it renders."""
    details = {"image_prefix": _prefix(renderer), "image_format": _format(renderer)}
    if calls.value("defaultRenderGlobals.modifyExtension", False):  # Frames are numbered otherwise than the scene's.
        details["renumber"] = {"start": calls.value("defaultRenderGlobals.startExtension", 1),
                               "step": calls.value("defaultRenderGlobals.byExtension", 1)}
    for name in ("preMel", "postMel", "preRenderMel", "postRenderMel", "preRenderLayerMel", "postRenderLayerMel"):
        script = calls.text_of("defaultRenderGlobals." + name)
        if script:
            details.setdefault("scripts", {})[name] = script
    return details


def _format(renderer):
    plug, names = _FORMATS.get(renderer, _MAYA_FORMATS)
    found = calls.value(plug, "")
    # 51 is a plug-in's: then it is named beside.
    return names.get(found) or (calls.texts(found) or [calls.text_of("defaultRenderGlobals.imfPluginKey")])[0]


def _prefix(renderer):
    return calls.text_of("vraySettings.fileNamePrefix" if renderer == "vray" else
                         "defaultRenderGlobals.imageFilePrefix")


# ---------------------------------------------------------------- folders

def project():
    """Return the project's folder, "" where none is set."""
    try:
        return (compat.text(cmds.workspace(query=True, rootDirectory=True)) or "").rstrip("/")
    except calls.ERRORS:
        return ""


def rule(name):
    """Return the folder of one of the project's rules, "" where it has none."""
    try:
        folder = (compat.text(cmds.workspace(fileRuleEntry=name)) or "").strip().replace("\\", "/").rstrip("/")
    except calls.ERRORS:
        return ""
    return _joined(project(), folder) if folder else ""


def _joined(root, path):
    # "$X/..." and "~/...": Maya replaces those, and so does the job.
    return path if not root or re.match(r"[A-Za-z]:|[/$~%]", path) else root + "/" + path


def search():
    """Return the folders that relative paths may stand in, the first wins."""
    scene = (compat.text(cmds.file(query=True, sceneName=True)) or "").replace("\\", "/")
    found = []
    for folder in [project()] + [rule(name) for name in _RULES] + [scene.rpartition("/")[0]]:
        if folder and folder not in found:
            found.append(folder)
    return found


def output_folder():
    """Return where pictures go: the project's own folder for them, or where an absolute prefix leads."""
    prefix = _prefix(calls.text_of("defaultRenderGlobals.currentRenderer")).replace("\\", "/")
    if re.match(r"[A-Za-z]:/|/", prefix):
        # The part without tokens: what differs between layers and cameras is a folder below.
        fixed = []
        for part in prefix.split("/")[:-1]:
            if "<" in part or nodes.TOKEN.search(part):
                break
            fixed.append(part)
        folder = "/".join(fixed)
        if folder.strip("/") and not re.match(r"[A-Za-z]:$", folder):
            return folder
    images = rule("images")
    return images or (project() + "/images" if project() else "")
