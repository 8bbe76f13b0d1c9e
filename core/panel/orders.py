"""What the panel can ask for, as jobs: the one place that knows their parameters."""
from __future__ import absolute_import, division, print_function, unicode_literals

from collections import namedtuple

from .. import compat
from ..jobs import snapshot
from . import formats

#: A job to add.
Order = namedtuple("Order", "kind params title")

#: A submission as it stands in the panel. ``files``: `snapshot.File`s; ``folders`` and ``manifests``: paths, whose
#: files are sent, too. ``copy``: a copy of the scene that is sent in its place, "" where there is none.
#: ``file_texts``: the files as `snapshot.file_text` has them, instead of ``files``. The others stand in
#: `snapshot.Snapshot`.
Scene = namedtuple("Scene", "path files folders manifests frames layers cameras output_folder project search width "
                            "height renderer renderer_version host host_version plugins details troubles variables "
                            "copy file_texts")
Scene.__new__.__defaults__ = ("", (), (), (), "", (), (), "", "", (), 0, 0, "", "", "", "", (), (), (), (), "", ())

#: Fields that a snapshot has under the same name: as they are, as lists, as dicts.
_PLAIN = ("host", "host_version", "project", "output_folder", "renderer", "renderer_version", "width", "height")
_LISTS = ("files", "cameras", "layers", "search", "troubles")
_DICTS = ("plugins", "details", "variables")


def keep(scene):
    """Keep a scene for a job.

    Args:
        scene (Scene): What to keep.

    Yields:
        str: "" after each short step, at last the path of its snapshot.
    """
    values = {"scene": scene.path, "frames": {"ranges": scene.frames}}
    values.update((name, getattr(scene, name)) for name in _PLAIN)
    values.update((name, list(getattr(scene, name))) for name in _LISTS)
    values.update((name, dict(getattr(scene, name))) for name in _DICTS)
    if scene.file_texts:
        for path in snapshot.save_texts(snapshot.make(dict(values, files=())), scene.file_texts):
            yield path
    else:
        yield snapshot.save(snapshot.make(values))


def _params(scene, path):
    params = {"snapshot": path or list(keep(scene))[-1]}
    for name in ("folders", "manifests"):
        if getattr(scene, name):
            params[name] = list(getattr(scene, name))
    if scene.copy:
        params["scene_copy"] = scene.copy
    return params


def estimate(scene, path=""):
    """Look at what a submission would send.

    Args:
        scene (Scene): What would be sent.
        path (str, optional): From `keep`; by default it is kept now.
    """
    return Order("estimate", _params(scene, path), formats.base_name(scene.path))


def submit(scene, send_anyway=False, path=""):
    """Send a scene's files, submit it, fetch its frames.

    Args:
        scene (Scene): What to send.
        send_anyway (bool, optional): Without the files that are missing.
        path (str, optional): As for `estimate`.
    """
    params = _params(scene, path)
    params.update(frames=scene.frames, send_anyway=send_anyway)
    if scene.output_folder:
        params["output_folder"] = scene.output_folder
    return Order("submit", params, formats.base_name(scene.path))


def upload(manifests):
    """Send what upload.json files name."""
    return Order("upload", {"manifests": list(manifests)}, formats.base_name(manifests[0]))


def download(task_id, folder, follow):
    """Fetch a task's frames: those that are there, or each one as soon as it is rendered."""
    params = {"task_ids": [int(task_id)], "keep": False}
    if folder:
        params["local_path"] = folder
    return Order("watch" if follow else "download", params, "%d" % int(task_id))


def login():
    """Try the account of the settings."""
    return Order("login", {}, "login")


def refetch(task_id, frames, origin=None):
    """Fetch frames again, whatever lies there.

    Args:
        task_id (int): Of the frames.
        frames (list of schema.Frame): Which.
        origin (schema.Job, optional): The job that fetched them: they go to the same place.
    """
    values = {"task_id": task_id, "frames": [[frame.layer, frame.number] for frame in frames]}
    before = params(origin) if origin is not None else {}
    if before.get("local_path"):
        values["local_path"] = before["local_path"]
    values["keep"] = before.get("keep", origin is not None and origin.kind == "download")
    return Order("refetch", values, "%d" % task_id)


def restart(task_id, frames):
    """Let the farm render frames again; without any that it can name: all that failed."""
    values = {"task_id": task_id}
    numbers = [frame.farm_id for frame in frames if frame.farm_id is not None]
    if numbers:
        values["frame_ids"] = numbers
    return Order("restart", values, "%d" % task_id)


def result(job):
    """Return what a job has put out, a dict."""
    return _parsed(job.result)


def lacking(job):
    """Return how many files an estimate has found missing or refused."""
    found = result(job)
    return found.get("missing_files", 0) + found.get("refused_files", 0)


def params(job):
    """Return what a job was asked, a dict."""
    return _parsed(job.params)


def _parsed(text):
    try:
        found = compat.parse_json(text) if text else {}
    except ValueError:
        found = {}
    return found if isinstance(found, dict) else {}
