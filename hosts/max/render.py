"""What 3ds Max's render setup says: frames, size, cameras, renderer, where pictures go."""
from __future__ import absolute_import, division, print_function, unicode_literals

import ntpath
import re

from . import runtime

#: What the class of a renderer begins with, in lower case without signs -> its name on the farm.
RENDERERS = (("vray", "vray"), ("corona", "corona"), ("arnold", "arnold"), ("redshift", "redshift"),
             ("octane", "octane"), ("fstorm", "fstorm"), ("maxwell", "maxwell"), ("artrenderer", "art"),
             ("quicksilver", "quicksilver"), ("defaultscanline", "scanline"))

#: Those that come with 3ds Max: their version is its own.
_OWN = ("art", "quicksilver", "scanline")

#: What a plug-in's file begins with -> its name on the farm.
PLUGINS = (("vray", "vray"), ("corona", "corona"), ("maxtoa", "arnold"), ("redshift", "redshift"),
           ("forestpro", "forestpack"), ("forestpack", "forestpack"), ("railclone", "railclone"),
           ("fumefx", "fumefx"), ("phoenix", "phoenix"), ("tyflow", "tyflow"), ("krakatoa", "krakatoa"),
           ("ornatrix", "ornatrix"), ("anima", "anima"), ("multiscatter", "multiscatter"))

#: Of `rendTimeType`.
_SINGLE, _SEGMENT, _RANGE, _PICKUP = 1, 2, 3, 4


def _asked(ask, default):
    """Return what a question gives, `default` where 3ds Max cannot answer it."""
    try:
        found = ask()
    except runtime.FAULTS:
        return default
    return default if found is None else found


def _frame(time):
    """Return the frame of a time of MAXScript."""
    return int(round(float(getattr(time, "frame", time))))


def frames():
    """Return the frames to render, as they are typed: "1001-1120[2]"."""
    rt = runtime.mxs()
    kind = int(rt.rendTimeType)
    if kind == _PICKUP:
        return re.sub(r"\s", "", runtime.text(rt.rendPickupFrames)).strip(",")
    if kind == _SINGLE:
        return "%d" % _frame(rt.sliderTime)
    if kind == _RANGE:
        start, end = _frame(rt.rendStart), _frame(rt.rendEnd)
    else:
        start, end = _frame(rt.animationRange.start), _frame(rt.animationRange.end)
    if end < start:  # 3ds Max renders such a range backwards.
        start, end = end, start
    step = int(rt.rendNThFrame)
    return "%d-%d" % (start, end) + ("[%d]" % step if step > 1 else "")


def cameras():
    """Return the names of all cameras, the one that is looked through first; their targets are none."""
    rt = runtime.mxs()
    names = []
    for camera in rt.cameras:
        try:
            if runtime.text(rt.classOf(camera)).lower() != "targetobject":
                names.append(runtime.text(camera.name))
        except runtime.FAULTS:
            continue  # A node whose plug-in is missing is no camera.
    active = _asked(lambda: runtime.text(rt.getActiveCamera().name), "")
    return sorted(names, key=lambda name: name != active)


def renderer():
    """Return name and version of the renderer, and its class as 3ds Max calls it."""
    rt = runtime.mxs()
    kind = _asked(lambda: runtime.text(rt.classOf(rt.renderers.current)), "")
    plain = re.sub("[^a-z0-9]", "", kind.lower())
    names = [name for start, name in RENDERERS if plain.startswith(start)]
    name = names[0] if names else kind
    return name, _renderer_version(name, kind), kind


def _renderer_version(name, kind):
    if name in _OWN:
        return "%d" % runtime.year()
    if name == "vray":
        script = runtime.find("vrayVersion")
        found = _asked(lambda: runtime.text(list(script())[0]), "") if script is not None else ""
        if found:
            return found
    # "V_Ray_6__Hotfix_3", "CoronaRenderer_11"
    found = re.search(r"(\d+(?:[_.]\d+)*)", kind)
    return found.group(1).replace("_", ".") if found else ""


def elements():
    """Return the render elements: dicts with ``name``, ``class``, ``enabled``, ``file``."""
    rt = runtime.mxs()
    manager = _asked(rt.maxOps.GetCurRenderElementMgr, None)
    found = []
    for index in range(_asked(lambda: int(manager.NumRenderElements()), 0)):
        try:
            element = manager.GetRenderElement(index)
            found.append({"name": runtime.text(element.elementName), "class": runtime.text(rt.classOf(element)),
                          "enabled": bool(element.enabled),
                          "file": runtime.text(manager.GetRenderElementFilename(index))})
        except runtime.FAULTS:
            continue  # Its plug-in is missing.
    return found


def used_plugins():
    """Return the files of the plug-ins that the scene was last saved with."""
    rt = runtime.mxs()
    found = _asked(lambda: list(rt.fileProperties.getItems("Used Plug-Ins")), [])
    return [runtime.text(name) for name in found]


def settings():
    """Return what the render setup says: see `base.contract`."""
    rt = runtime.mxs()
    name, version, kind = renderer()
    files, plugins = used_plugins(), {}
    for file_name in files:
        plugins.update((plugin, "") for start, plugin in PLUGINS if file_name.lower().startswith(start))
    if name and name not in _OWN:
        plugins[name] = version
    seen = cameras()
    details = {"renderer_class": kind, "all_cameras": seen, "time_type": _asked(lambda: "%d" % rt.rendTimeType, ""),
               "animation_range": _asked(lambda: "%d-%d" % (_frame(rt.animationRange.start),
                                                            _frame(rt.animationRange.end)), ""),
               "output_file": runtime.text(rt.rendOutputFilename),
               "saves_output": bool(_asked(lambda: rt.rendSaveFile, False)),
               "frame_number_base": _asked(lambda: int(rt.rendFileNumberBase), 0),
               "frame_rate": _asked(lambda: int(rt.frameRate), 0),
               "render_elements": elements(), "used_plugins": files}
    for key, ask in (("in_gamma", lambda: rt.fileInGamma), ("out_gamma", lambda: rt.fileOutGamma)):
        value = _asked(ask, None)
        if value is not None:
            details[key] = round(float(value), 4)
    details.update(split_output(name))
    return {"frames": frames(), "layers": [], "cameras": seen, "renderer": name, "renderer_version": version,
            "width": int(rt.renderWidth), "height": int(rt.renderHeight), "plugins": plugins, "details": details}


def split_output(name):
    """Return the files that V-Ray writes beside 3ds Max's own output, for `details`."""
    if name != "vray":
        return {}
    current = runtime.mxs().renderers.current
    found = {}
    for key, switch, path in (("vray_split_file", "output_splitgbuffer", "output_splitfilename"),
                              ("vray_raw_file", "output_saveRawFile", "output_rawFileName")):
        value = _asked(lambda path=path: runtime.text(getattr(current, str(path))), "")
        if value and _asked(lambda switch=switch: bool(getattr(current, str(switch))), False):
            found[key] = value
    return found


def output_folder():
    """Return the folder that pictures go to: of the output file, else 3ds Max's own for this project."""
    for path in [runtime.text(runtime.mxs().rendOutputFilename)] + sorted(split_output(renderer()[0]).values()):
        if ntpath.dirname(path):
            return ntpath.dirname(path)
    return _bare(runtime.folder("renderoutput"))


def outputs():
    """Return all files that a rendering would write, in lower case: they are no input."""
    rt = runtime.mxs()
    names = [runtime.text(rt.rendOutputFilename)] + [element["file"] for element in elements()]
    names.extend(_asked(lambda: split_output(renderer()[0]), {}).values())
    return set(name.replace("\\", "/").lower() for name in names if name)


def project():
    """Return the project's folder, "" where there is none."""
    return _bare(_asked(lambda: runtime.text(runtime.mxs().pathConfig.getCurrentProjectFolder()), ""))


def search():
    """Return the folders that relative paths may stand in: project, scene, its xrefs, the list of map folders."""
    rt = runtime.mxs()
    found = [project(), _bare(runtime.text(rt.maxFilePath))]
    found.extend(ntpath.dirname(path) for path, _, _ in xrefs())
    found.extend(runtime.text(_asked(lambda index=index: rt.mapPaths.get(index), ""))
                 for index in range(1, _asked(lambda: int(rt.mapPaths.count()), 0) + 1))
    found.append(runtime.folder("image"))
    unique = []
    for folder in [_bare(folder) for folder in found]:
        if folder and folder not in unique:
            unique.append(folder)
    return unique


def xrefs():
    """Return the scenes that this one refers to: whole ones, and those it has objects of.

    Returns:
        list: ``(path, what, trouble)``; one of path and trouble is empty.
    """
    rt = runtime.mxs()
    found = []
    for what, count, ask in (
            ("xref scene", rt.xrefs.getXRefFileCount, lambda index: rt.xrefs.getXRefFile(index).filename),
            ("xref object", rt.objXRefs.getNumFiles, lambda index: rt.objXRefs.getFileName(index))):
        for index in range(1, _asked(lambda count=count: int(count()), 0) + 1):
            try:
                found.append((runtime.text(ask(index)), what, ""))
            except runtime.FAULTS as error:
                found.append(("", "%s %d" % (what, index), runtime.reason(error)))
    return found


def _bare(folder):
    """Return a folder without its last slash, but for the one of a drive."""
    bare = folder.rstrip("\\/")
    return bare if bare and not bare.endswith(":") else folder
