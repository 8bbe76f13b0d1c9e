"""What a Houdini scene renders: its ROPs, wherever they stand, with their frames, cameras and pictures."""
from __future__ import absolute_import, division, print_function, unicode_literals

import logging
from collections import namedtuple

import hou

from ... import compat
from . import spelling
from .native import FAILURES, environment, native

log = logging.getLogger(__name__)

#: A kind of ROP. ``plugin``: what the farm needs beside Houdini, "" where Houdini brings the renderer. ``outputs`` and
#: ``cameras``: parameters, the first that the node has counts.
Kind = namedtuple("Kind", "renderer plugin outputs cameras")

#: A node type's own name, small letters, without namespace and version -> `Kind`.
KINDS = {
    "ifd": Kind("mantra", "", ("vm_picture",), ("camera",)),
    "arnold": Kind("arnold", "htoa", ("ar_picture",), ("camera",)),
    "redshift_rop": Kind("redshift", "redshift", ("RS_outputFileNamePrefix",), ("RS_renderCamera",)),
    "karma": Kind("karma", "", ("picture",), ("camera",)),
    "usdrender": Kind("karma", "", ("outputimage",), ("override_camera",)),
    "usdrender_rop": Kind("karma", "", ("outputimage",), ("override_camera",)),
    "opengl": Kind("opengl", "", ("picture",), ("camera",)),
    "vray_renderer": Kind("vray", "vray", ("SettingsOutput_img_file_path",), ("render_camera",)),
    "ris": Kind("renderman", "renderman", ("ri_display_0", "ri_display"), ("camera",)),
    "octane_rop": Kind("octane", "octane", ("HO_img_fileName",), ("HO_renderCamera",)),
}

#: A studio's own ROP is known by its picture.
_PICTURES = ("vm_picture", "ar_picture", "RS_outputFileNamePrefix", "picture", "outputimage")

#: A delegate of a USD render node, as its parameter names it, begins with -> the renderer.
_DELEGATES = (("BRAY_HdKarma", "karma"), ("HdArnold", "arnold"), ("HdRedshift", "redshift"), ("HdPrman", "renderman"),
              ("HdVRay", "vray"), ("HdOctane", "octane"), ("HD_Houdini", "opengl"))
_PLUGINS = dict((kind.renderer, kind.plugin) for kind in KINDS.values())

#: Pictures that are shown, not written.
_SCREENS = ("ip", "md")

_WIDTHS = (("override_camerares", "res_overridex", "res_overridey"),
           ("RS_overrideCameraRes", "RS_overrideRes1", "RS_overrideRes2"),
           (None, "resolutionx", "resolutiony"))

#: A ROP: ``node`` is of hou, ``frames`` (first, last, step), ``output`` a path at the first frame, ``folder`` what of
#: it does not change with the frame.
Rop = namedtuple("Rop", "node path type renderer plugin frames camera output folder width height")


def rops():
    """Return the `Rop` of every node that renders, by path; those that are bypassed or part of an asset are not."""
    found = []
    categories = hou.nodeTypeCategories()
    for name in ("Driver", "Lop"):
        category = categories.get(native(name))  # Lop came with 18.0.
        for kind in category.nodeTypes().values() if category is not None else ():
            core = compat.text(kind.nameComponents()[2]).lower()
            if core not in KINDS and name != "Driver":
                continue
            for node in kind.instances():
                try:
                    rop = _rop(node, core)
                except FAILURES:
                    log.warning("A render node of type %s cannot be read.", core, exc_info=True)
                    continue
                if rop is not None:
                    found.append(rop)
    return sorted(found, key=lambda rop: rop.path)


def _rop(node, core):
    if node.isInsideLockedHDA() or node.isBypassed():
        return None
    kind = KINDS.get(core)
    if kind is None:
        pictures = [name for name in _PICTURES if node.parm(native(name)) is not None]
        if not pictures:
            return None  # It writes geometry, or runs others.
        kind = Kind(core, "", (pictures[0],), ("camera", "RS_renderCamera"))
    renderer = _delegate(node) or kind.renderer
    frames = frames_of(node)
    output, folder = _output(node, kind, frames)
    camera = _text(node, *kind.cameras)
    width, height = _resolution(node, camera)
    return Rop(node, compat.text(node.path()), core, renderer, _PLUGINS.get(renderer, kind.plugin), frames, camera,
               output, folder, width, height)


def _parm(node, *names):
    """Return the first parameter that a node has, or None."""
    for name in names:
        parm = node.parm(native(name))
        if parm is not None:
            return parm
    return None


def _text(node, *names):
    parm = _parm(node, *names)
    return "" if parm is None else compat.text(parm.evalAsString())


def _whole(node, name, default=0):
    parm = _parm(node, name)
    return default if parm is None else int(round(parm.evalAsFloat()))


def _delegate(node):
    chosen = _text(node, "renderer")
    return next((renderer for start, renderer in _DELEGATES if chosen.startswith(start)), "")


def scene_frames():
    """Return the scene's own range: (first, last, step)."""
    first, last = hou.playbar.frameRange()
    return int(round(first)), int(round(last)), 1


def frames_of(node):
    """Return the frames that a ROP is set to: (first, last, step)."""
    if _parm(node, "trange") is None or _parm(node, "f1") is None:
        return scene_frames()
    if _whole(node, "trange") == 0:  # "Render Current Frame".
        now = int(hou.intFrame())
        return now, now, 1
    first, last, step = (_whole(node, name, 1) for name in ("f1", "f2", "f3"))
    return min(first, last), max(first, last), max(abs(step), 1)


def _output(node, kind, frames):
    parm = _parm(node, *kind.outputs)
    if parm is None:
        return "", ""
    # Two frames: what differs in the folder is the frame, not the folder.
    shots = [compat.text(parm.evalAsStringAtFrame(float(frame))).replace("\\", "/")
             for frame in (frames[0], frames[0] + 1)]
    if not shots[0].strip() or shots[0] in _SCREENS or spelling.is_internal(shots[0]):
        return "", ""
    return shots[0], common_folder([shot.rpartition("/")[0] for shot in shots])


def common_folder(folders):
    """Return the folder that holds them all, "" where they only share a drive or the root."""
    split = [folder.split("/") for folder in folders]
    shared = []
    for parts in zip(*split):
        if len(set(parts)) > 1:
            break
        shared.append(parts[0])
    named = [part for part in shared if part and not part.endswith(":")]
    # "//server" alone is no folder either.
    return "/".join(shared) if len(named) > (shared[:2] == ["", ""]) else ""


def _resolution(node, camera):
    for switch, width, height in _WIDTHS:
        if _parm(node, width) is not None and (switch is None or _whole(node, switch)):
            return _whole(node, width), _whole(node, height)
    held = hou.node(native(camera)) if camera.startswith("/") else None
    return (0, 0) if held is None else (_whole(held, "resx"), _whole(held, "resy"))


def frame_text(ranges):
    """Return ranges as they are typed, those that touch as one: "1-40,1001-1120[2]"."""
    merged = []
    for first, last, step in sorted(set(ranges)):
        before = merged[-1] if merged else None
        if before and step == 1 and before[2] == 1 and first <= before[1] + 1:
            merged[-1] = (before[0], max(before[1], last), 1)
        else:
            merged.append((first, last, step))
    return ",".join("%d-%d" % (first, last) + ("[%d]" % step if step > 1 else "") for first, last, step in merged)


def cameras(found):
    """Return the cameras of ROPs, then the scene's others."""
    names = [rop.camera for rop in found if rop.camera]
    category = hou.nodeTypeCategories().get(native("Object"))
    for name in ("cam", "vrcam"):
        kind = hou.nodeType(category, native(name))
        names += sorted(compat.text(node.path()) for node in (kind.instances() if kind is not None else ()))
    return _once(names)


def _once(names):
    found = []
    for name in names:
        if name not in found:
            found.append(name)
    return found


def version_of(rop, houdini):
    """Return the version of a ROP's renderer: Houdini's own, or that in the path of the plug-in's node; "" else."""
    if not rop.plugin:
        return houdini
    definition = rop.node.type().definition()
    if definition is None:
        return ""
    return spelling.version_in(compat.text(definition.libraryFilePath()), houdini)


def settings(houdini):
    """Return what `contract` calls ``render_settings``.

    Args:
        houdini (str): Its version.
    """
    found = rops()
    first = found[0] if found else None
    versions = dict((rop.plugin, version_of(rop, houdini)) for rop in reversed(found) if rop.plugin)
    frames = frame_text([rop.frames for rop in found] or [scene_frames()])
    names = cameras(found)
    rendered = _once([rop.camera for rop in found if rop.camera]) or names[:1]
    return {
        "frames": frames,
        "layers": [rop.path for rop in found],
        "cameras": names,
        "chosen": {"cameras": rendered},
        "renderer": first.renderer if first else "",
        "renderer_version": version_of(first, houdini) if first else "",
        "width": first.width if first else 0,
        "height": first.height if first else 0,
        "plugins": versions,
        "details": {
            "rops": [{"node": rop.path, "kind": "render", "type": rop.type, "renderer": rop.renderer,
                      "cameras": [rop.camera] if rop.camera else [], "frames": frame_text([rop.frames]),
                      "output": rop.output, "width": rop.width, "height": rop.height} for rop in found],
            # The range of the ROPs' own holds where the artist leaves this one as it is.
            "frames": frames,
            "all_cameras": names,
            # As long as the artist leaves these cameras as they are, each ROP renders its own.
            "cameras": rendered,
            "fps": float(hou.fps()),
            "hip": environment("HIP"),
            "job": environment("JOB"),
            "is_apprentice": bool(hou.isApprentice()),
        },
    }


def output_folder():
    """Return the folder that holds the pictures of all ROPs, the first ROP's where they share none."""
    folders = _once([rop.folder for rop in rops() if rop.folder])
    return (common_folder(folders) or folders[0]) if folders else ""
