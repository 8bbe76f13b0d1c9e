"""What a host tells of a scene: plain strings, collected on its main thread, kept as JSON, read in the job.

A snapshot is taken as it is: its paths are looked for by the job, never by the host.

``{"host": "maya", "host_version": "2024", "scene": "/show/city.ma", "project": "/show", "output_folder":
"/show/images", "files": [{"path": "/show/tex/wall.<UDIM>.exr", "node": "file12", "attribute": "fileTextureName"}],
"frames": {"start": 1001, "end": 1120, "step": 1, "ranges": ""}, "cameras": ["shotCam"], "layers": ["beauty"],
"renderer": "arnold", "renderer_version": "5.3.4", "plugins": {"mtoa": "5.3.4"}, "width": 1920, "height": 1080,
"search": ["/show", "/show/sourceimages"], "variables": {"TEX": "/show/tex"}, "troubles": [{"node": "bad1",
"reason": "..."}], "details": {}}``
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import os
import uuid
from collections import namedtuple

import six

from .. import compat, places
from ..errors import SettingsError

#: A scene as a host saw it. ``ranges`` of its frames wins over start, end and step: "1,3,5-9". ``search``: folders that
#: relative paths may stand in, the first wins. ``variables``: name -> text of the environment variables that paths
#: name. ``troubles``: what could not be read. ``details``: what only this kind of host knows, as JSON can hold it.
Snapshot = namedtuple("Snapshot", "host host_version scene project output_folder files frames cameras layers renderer "
                                  "renderer_version plugins width height search variables troubles details")

#: A file that a scene names: ``node`` and ``attribute`` say where. The path is raw: relative, with variables, or a
#: pattern ("<UDIM>", "####", "%04d", "$F4"). ``kind``: "" (one file, or all files of a pattern), "frames" (a pattern
#: that runs with the scene's frames: only those of the range are needed), "folder" (all that is in it) or "optional"
#: (taken if it is there, not missed if it is not). ``offset``: added to the scene's frame for the file's number.
File = namedtuple("File", "path node attribute kind offset")
File.__new__.__defaults__ = ("", "", "", 0)

#: What of a scene could not be read; it stops nothing.
Trouble = namedtuple("Trouble", "node reason")

KINDS = ("", "frames", "folder", "optional")

Frames = namedtuple("Frames", "start end step ranges")

MOST_FILES = 2000000

#: Files that `save_texts` writes in a step: under a millisecond.
_STEP = 200


class SnapshotError(SettingsError):
    """A snapshot cannot be read."""


def _text(value, name, default=""):
    if value is None:
        return default
    if not isinstance(value, (bytes, compat.text_type)):
        raise _wrong(name, "is no text")
    return compat.text(value)


def _number(value, name, default):
    if value is None:
        return default
    # "1e999" is JSON, and infinite.
    if isinstance(value, float) and abs(value) < 1e15 and value == int(value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, six.integer_types):
        raise _wrong(name, "is no whole number")
    return int(value)


def _list(value, name):
    if value is None:
        return ()
    if not isinstance(value, (list, tuple)):
        raise _wrong(name, "is no list")
    return tuple(value)


def _dict(value, name):
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise _wrong(name, "is no object")
    return value


def _wrong(name, what):
    return SnapshotError("The description of the scene cannot be used: \"%s\" %s. Nothing was sent." % (name, what))


def _file(value):
    if isinstance(value, (list, tuple)) and 3 <= len(value) <= len(File._fields):  # A `File`.
        value = dict(zip(File._fields, value))
    value = _dict(value, "files")
    path = _text(value.get("path"), "files.path")
    if not path:
        raise _wrong("files.path", "is empty")
    kind = _text(value.get("kind"), "files.kind")
    if kind not in KINDS:
        raise _wrong("files.kind", "is none of %s" % ", ".join(KINDS[1:]))
    return File(path, _text(value.get("node"), "files.node"), _text(value.get("attribute"), "files.attribute"), kind,
                _number(value.get("offset"), "files.offset", 0))


def _trouble(value):
    if isinstance(value, (list, tuple)) and len(value) == 2:  # A `Trouble`.
        value = dict(zip(Trouble._fields, value))
    value = _dict(value, "troubles")
    return Trouble(_text(value.get("node"), "troubles.node"), _text(value.get("reason"), "troubles.reason"))


def _texts(value, name):
    value = _dict(value, name)
    return dict((_text(key, name), _text(value[key], name)) for key in value)


def _frames(value):
    if isinstance(value, Frames):
        value = value._asdict()
    value = _dict(value, "frames")
    start = _number(value.get("start"), "frames.start", 1)
    end = _number(value.get("end"), "frames.end", start)
    step = _number(value.get("step"), "frames.step", 1)
    if end < start or step < 1:
        raise _wrong("frames", "goes nowhere: its end comes after its start, its step is 1 or more")
    return Frames(start, end, step, _text(value.get("ranges"), "frames.ranges"))


def make(values):
    """Check a dict and return a `Snapshot`.

    Args:
        values (dict): As above; only ``scene`` must be there. Names that are not known are left out.

    Raises:
        SnapshotError: A value of another type.
    """
    values = _dict(values, "snapshot")
    scene = _text(values.get("scene"), "scene")
    if not scene:
        raise _wrong("scene", "is missing")
    files = _list(values.get("files"), "files")
    if len(files) > MOST_FILES:
        raise _wrong("files", "has more than %d entries" % MOST_FILES)
    return Snapshot(
        scene=scene, files=tuple(_file(value) for value in files), frames=_frames(values.get("frames")),
        cameras=tuple(_text(value, "cameras") for value in _list(values.get("cameras"), "cameras")),
        layers=tuple(_text(value, "layers") for value in _list(values.get("layers"), "layers")),
        search=tuple(_text(value, "search") for value in _list(values.get("search"), "search")),
        plugins=_texts(values.get("plugins"), "plugins"), variables=_texts(values.get("variables"), "variables"),
        troubles=tuple(_trouble(value) for value in _list(values.get("troubles"), "troubles")),
        details=_dict(values.get("details"), "details"),
        width=_number(values.get("width"), "width", 0), height=_number(values.get("height"), "height", 0),
        **dict((name, _text(values.get(name), name)) for name in (
            "host", "host_version", "project", "output_folder", "renderer", "renderer_version")))


def _file_dict(found):
    return dict((name, value) for name, value in found._asdict().items() if value)


def frame_text(frames):
    """Return the range as it is typed: "1001-1120[2]"."""
    if frames.ranges:
        return frames.ranges
    if frames.start == frames.end:
        return "%d-%d" % (frames.start, frames.end)
    return "%d-%d" % (frames.start, frames.end) + ("[%d]" % frames.step if frames.step > 1 else "")


def as_dict(snapshot):
    """Return what JSON can hold."""
    values = dict(snapshot._asdict())
    values["files"] = [_file_dict(found) for found in snapshot.files]
    values["troubles"] = [dict(found._asdict()) for found in snapshot.troubles]
    values["frames"] = dict(snapshot.frames._asdict())
    return values


def folder():
    """Return the folder for snapshots that belong to jobs."""
    return os.path.join(places.home(), "snapshots")


def save(snapshot, path=None):
    """Write a snapshot; it appears whole, readable by this user only.

    Args:
        snapshot (Snapshot): From `make`.
        path (str, optional): By default a new name in `folder`, which is cleaned up when no job needs it.

    Returns:
        str: The path, for a job's parameters.
    """
    return _write(compat.dump_json(as_dict(snapshot), sort_keys=True), path)


def file_text(found):
    """Return a `File` as JSON, for `save_texts`."""
    return compat.dump_json(_file_dict(found), sort_keys=True)


def save_texts(snapshot, texts):
    """Write a snapshot whose files were brought into JSON before, a few at a time: thousands hold nobody up at once.

    Args:
        snapshot (Snapshot): From `make`, without files.
        texts (list of str): From `file_text`.

    Yields:
        str: "" after each step, at last the path; the file appears whole. Whoever stops before leaves nothing behind.
    """
    values = as_dict(snapshot)
    del values["files"]
    head = compat.dump_json(values, sort_keys=True)[:-1] + ", \"files\": ["
    yield ""
    path = _new_path()
    part = path + ".part"
    try:
        with compat.open_private(part) as target:
            target.write(head)
            for first in range(0, len(texts), _STEP):
                target.write((", " if first else "") + ", ".join(texts[first:first + _STEP]))
                yield ""
            target.write("]}")
        compat.replace(part, path)
    except (IOError, OSError) as error:
        raise _unwritten(path, error)
    except GeneratorExit:
        compat.remove_file(part)
        raise
    yield path


def _new_path():
    try:
        places.make_home()
        compat.make_folder(folder())
    except (IOError, OSError) as error:
        raise _unwritten(folder(), error)
    return os.path.join(folder(), "%s.json" % uuid.uuid4().hex)


def _unwritten(path, error):
    return SnapshotError("The description of the scene cannot be written to %s (%s)."
                         % (path, compat.text(error.strerror)))


def _write(text, path):
    path = path or _new_path()
    part = path + ".part"
    try:
        with compat.open_private(part) as target:
            target.write(text)
        compat.replace(part, path)
    except (IOError, OSError) as error:
        raise _unwritten(path, error)
    return path


def load(path):
    """Read a snapshot.

    Raises:
        SnapshotError: It is not there, or it is none.
    """
    try:
        with io.open(compat.fs(path), encoding="utf-8") as source:
            values = compat.parse_json(source.read())
    except (IOError, OSError) as error:
        raise SnapshotError("The description of the scene, %s, cannot be read (%s). Submit the scene again."
                            % (path, compat.text(error.strerror)))
    except ValueError:
        raise SnapshotError("%s is no description of a scene. Submit the scene again." % path)
    return make(values)
