"""The files that a Houdini scene names: raw strings, one short step after the other; no disk is touched.

Variables that only Houdini knows ($HIP, $OS, expressions) are evaluated here; the frame's number and tiles stay as
patterns, which the job expands.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import hou

from ... import compat
from ...jobs.snapshot import File, Trouble
from . import render, spelling
from .native import FAILURES, environment, expand, native, reason

#: Parameters that hold what a node writes, whatever node it is.
_WRITTEN = frozenset((
    "vm_picture", "ar_picture", "RS_outputFileNamePrefix", "sopoutput", "dopoutput", "copoutput", "lopoutput",
    "outputimage", "soho_diskfile", "vm_dcmfilename", "vm_dsmfilename", "vm_inlinestorage", "vm_tmplocal",
    "vm_tmpsharedstorage", "vm_picture_deep", "ar_ass_file", "RS_archive_file", "usdoutputfile", "savetodirectory",
    "savetodirectory_directory", "HO_img_fileName", "SettingsOutput_img_file_path", "ri_display_0"))

#: Parameters that hold what a ROP writes, and what another node reads.
_WRITTEN_BY_ROPS = frozenset(("picture", "filename", "output", "outputfile", "file", "directory", "geofilename"))

#: What the default lights name for maps that were never made.
_DEFAULT_MAPS = ("$OS-bounce.rat", "$OS-fill.rat", "$OS-key.rat", "$OS-rim.rat")

#: A path that changes with the frame in its own way is asked for at so many frames at most.
_MOST_FRAMES = 5000

_EMBEDDED = "Embedded"


def collect():
    """Yield what the open scene names.

    Yields:
        File, Trouble or None: None is a breath: nothing was found in this step.
    """
    yield None
    try:
        references = hou.fileReferences(native("HIP"), True)
    except FAILURES as error:
        references = ()
        yield Trouble("", "Houdini cannot name the files of the scene (%s)." % reason(error))
    scan = _Scan()
    for reference in references:
        node = ""
        try:
            node, attribute = _place(reference[0])
            for found in scan.read(reference[0], compat.text(reference[1]), node, attribute):
                yield found
        except hou.ObjectWasDeleted:
            yield None  # By the artist, since the scan began: nobody needs it any more.
        except FAILURES as error:
            yield Trouble(node, "%s cannot be evaluated (%s)." % (compat.text(reference[1]) or "A path", reason(error)))
    for found in scan.libraries():
        yield found


def _place(parm):
    """Return node and attribute of a reference; an asset's library has neither."""
    path = getattr(parm, "path", None)
    node, _, attribute = compat.text(path()).rpartition("/") if callable(path) else ("", "", "")
    return node, attribute


class _Scan(object):
    """One look at a scene: what it needs of Houdini's variables is asked for once."""

    def __init__(self):
        self._variables = {}
        self._seen = set()
        self._paths = set()
        self._range = None
        self._houdini = self._variable("HFS")
        self._projects = [folder for folder in (self._variable("HIP"), self._variable("JOB")) if folder]

    def _variable(self, name):
        if name not in self._variables:
            self._variables[name] = environment(name)
        return self._variables[name]

    def read(self, parm, raw, node, attribute):
        """Yield what one reference names.

        Args:
            parm (hou.Parm or other): What names it; nothing that can be asked where `attribute` is empty.
            raw (str): As it stands in the scene.
            node (str): Path of the node, "" for a library.
            attribute (str): Name of the parameter.
        """
        if not raw or not raw.strip() or spelling.is_internal(raw) or (attribute and _is_written(parm, attribute)):
            yield None
            return
        parm = parm if attribute else None
        is_default = raw.rpartition("/")[2] in _DEFAULT_MAPS
        for found in self._evaluated(parm, raw):
            if found is None:
                yield None
                continue
            path, offset = found
            kind = "frames" if offset is not None else "optional" if is_default else ""
            if not kind and parm is not None and _is_folder(parm):
                kind = "folder"
            if self._is_needless(path) or (path.endswith("/") and kind != "folder"):
                yield None
                continue
            yield self._file(path, node, attribute, kind, offset or 0)

    def _file(self, path, node, attribute, kind="", offset=0):
        found = File(path, node, attribute, kind, offset)
        if found in self._seen:
            return None
        self._seen.add(found)
        self._paths.add(path)
        return found

    def _is_needless(self, path):
        """Tell whether a path is the project itself (its name was empty) or part of Houdini, which the farm has."""
        if not path.strip() or spelling.is_internal(path):
            return True
        if any(spelling.is_inside(folder, path) for folder in self._projects):
            return True
        return spelling.is_inside(path, self._houdini)

    def _evaluated(self, parm, raw):
        """Yield (path, what is added to its frame), None for the latter where it names no frame; or None: a breath."""
        names = spelling.variables(raw)
        known = "`" not in raw and all(self._variable(name) for name in names)
        if known and (parm is None or not parm.keyframes()):
            # A backslash before a variable would keep Houdini from seeing it.
            hidden, tokens = spelling.hide_frames(raw.replace("\\", "/"))
            path = expand(hidden) if names or raw.startswith("~") else hidden
            yield _tidy(spelling.show_frames(path, tokens)), 0 if tokens else None
        elif parm is None:
            yield _tidy(raw), None  # Nothing could evaluate it; the job says what is missing.
        elif not parm.isTimeDependent():
            path = compat.text(parm.evalAsString())
            yield _tidy(raw if self._is_emptied(raw, path) else path), None
        else:
            for found in self._over_time(parm):
                yield found

    def _is_emptied(self, raw, path):
        """Tell whether "$TEX/wall.exr" became "/wall.exr", since nobody has set the variable: its name says more."""
        rest = spelling.after_variable(raw)
        return bool(rest) and path.startswith(rest) and not self._variable(spelling.variables(raw)[0])

    def _over_time(self, parm):
        for frames in spelling.SAMPLES:
            found = spelling.pattern([_at(parm, frame) for frame in frames], frames)
            if found is not None:
                yield _tidy(found[0]), found[1]
                return
            yield None
        if self._range is None:
            self._range = _frames()
        seen = set()
        for frame in self._range:
            path = _at(parm, frame)
            yield None if path in seen else (_tidy(path), None)
            seen.add(path)

    def libraries(self):
        """Yield the libraries of assets that are loaded, and the configuration of colours."""
        for path in hou.hda.loadedFiles():
            path = _tidy(compat.text(path))
            is_known = path == _EMBEDDED or path in self._paths or self._is_needless(path)
            yield None if is_known else self._file(path, "", "")
        colors = self._variable("OCIO")
        if colors and "://" not in colors and not self._is_needless(colors):
            yield self._file(_tidy(colors), "", "OCIO")


def _at(parm, frame):
    return compat.text(parm.evalAsStringAtFrame(float(frame)))


def _tidy(path):
    return spelling.with_tiles(path.strip().replace("\\", "/"))


def _is_written(parm, attribute):
    """Tell whether a parameter holds what its node writes: that is no file to send."""
    # A cache names one file for both, and a switch says which.
    loads = parm.node().parm(native("loadfromdisk"))
    if loads is not None:
        return not loads.evalAsInt()
    if attribute in _WRITTEN:
        return True
    tags = parm.parmTemplate().tags()
    if compat.text(tags.get(native("filechooser_mode"), "")) == "write":
        return True
    return attribute in _WRITTEN_BY_ROPS and compat.text(parm.node().type().category().name()) == "Driver"


def _is_folder(parm):
    template = parm.parmTemplate()
    kind = getattr(template, "fileType", None)  # Of text parameters alone.
    return callable(kind) and kind() == hou.fileType.Directory


def _frames():
    """Return the frames that the scene's ROPs render, those of the scene where none does; not all of very many."""
    frames = set()
    for first, last, step in sorted(set(rop.frames for rop in render.rops())) or [render.scene_frames()]:
        frames.update(range(first, last + 1, step)[:_MOST_FRAMES])
    return sorted(frames)[:_MOST_FRAMES]
