"""From a task's task.json to what the farm renders."""
from __future__ import absolute_import, division, print_function, unicode_literals

import re
from collections import namedtuple

import six

from .. import compat, paths
from ..errors import FarmError, NameRefused
from . import ranges
from .fields import BAD_TASK

#: What to render. ``scene`` is a name on the input storage, ``stem`` what the
#: output folder is called after it; ``held`` tells whether only the test frames
#: are rendered at first.
Order = namedtuple("Order", "scene scene_name stem project held shots")

#: One layer. ``output`` is the folder on the output storage, relative to the
#: task's; ``prefix`` the file name without frame and extension, it may hold "/".
Shot = namedtuple("Shot", "layer output prefix frames tests width height")

CONFIG_NAMES = ("task.json", "upload.json", "asset.json", "tips.json")

_LARGEST_JSON = 64 << 20
_MOST_LAYERS = 1000
_SIZE = (960, 540)
_LARGEST_SIDE = 100000
# Frames must be able to land on any system, so its rules hold here: see `paths.land`.
_BAD = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\\\/<>:\"|?*\ud800-\udfff]")
_DEVICE = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|com[0-9]|lpt[0-9])(?:\.|\Z)", re.I)
_TOKEN = re.compile(r"<(scene|renderlayer|layer)>", re.I)
_LAYER_TOKEN = re.compile(r"<(?:renderlayer|layer)>", re.I)


def config_name(task, name):
    """Return where a configuration file lies on the config storage."""
    return "/%d/cfg/%s" % (task, name)


def read(config, task):
    """Return a task's order.

    Args:
        config (Storage): The config storage.
        task (int): Id.

    Returns:
        Order: With at least one shot of at least one frame.

    Raises:
        FarmError: task.json is missing or cannot be used.
    """
    content = config.read(config_name(task, "task.json"), _LARGEST_JSON)
    if content is None:
        raise FarmError("Task %d has no task.json: upload the configuration before you submit." % task, BAD_TASK)
    try:
        tree = compat.parse_json(content.decode("utf-8-sig"))
    except (ValueError, RuntimeError) as error:  # RuntimeError: nested too deeply.
        raise FarmError("The task.json of task %d is not valid JSON: %s."
                        % (task, compat.json_error(error)[0]), BAD_TASK)
    info = _member(tree, "task_info", "task.json")
    scene = info.get("input_cg_file")
    if not isinstance(scene, six.text_type) or not scene:
        raise FarmError("The task.json of task %d names no scene (task_info.input_cg_file)." % task, BAD_TASK)
    try:
        server = paths.server_path(scene)
    except NameRefused as error:
        raise FarmError(error.message, BAD_TASK)
    name = server.rpartition("/")[2]
    held = _word(info.get("stop_after_test")) == "1"
    stem = file_name(_stem(name))
    return Order(server, name, stem, _word(info.get("project_name"))[:200], held, _shots(tree, info, stem, task))


def assets(config, task):
    """Return the names of a task's assets on the input storage, as its upload.json lists them.

    Args:
        config (Storage): The config storage.
        task (int): Id of the whole task, not of a layer.

    Returns:
        list of str: Checked; empty where there is no upload.json that can be read.
    """
    content = config.read(config_name(task, "upload.json"), _LARGEST_JSON)
    try:
        listed = compat.parse_json(content.decode("utf-8-sig"))["asset"] if content else []
        given = [entry.get("server") for entry in listed if isinstance(entry, dict)]
    except (ValueError, KeyError, TypeError, RuntimeError):
        return []
    names = []
    for name in given:
        try:
            names.append(paths.server_path(name) if isinstance(name, six.text_type) else None)
        except NameRefused:
            continue  # No client can have sent it.
    return [name for name in names if name]


def _member(tree, name, where):
    found = tree.get(name) if isinstance(tree, dict) else None
    if not isinstance(found, dict):
        raise FarmError("%s has no \"%s\" object." % (where, name), BAD_TASK)
    return found


def _word(value):
    return value if isinstance(value, six.text_type) else ""


def _stem(name):
    stem, dot, _ = name.rpartition(".")
    return stem if dot and stem else name


def file_name(text):
    """Return a text as one part of a path that every system accepts."""
    name = _BAD.sub("_", text).strip().rstrip(". ")[:120].rstrip(". ")
    return "_" + name if not name or _DEVICE.match(name) else name


def _shots(tree, info, stem, task):
    layers = _member(tree, "scene_info_render", "task.json")
    if isinstance(layers.get("rop_node"), list):
        layers = _rops(layers["rop_node"])
    if isinstance(layers.get("common"), dict):  # A scene without layers, as 3ds Max has them.
        layers = {"": layers}
    wanted = [(name, layer) for name, layer in sorted(layers.items())
              if isinstance(layer, dict) and layer.get("renderable") not in ("0", 0)]
    if not wanted:
        raise FarmError("The task.json of task %d has no layer to render (scene_info_render)." % task, BAD_TASK)
    if len(wanted) > _MOST_LAYERS:
        raise FarmError("Task %d has %d layers: the farm takes %d." % (task, len(wanted), _MOST_LAYERS), BAD_TASK)
    tree_task = len(wanted) > 1
    shots, folders = [], set()
    for name, layer in wanted:
        folder = _unique(file_name(name), folders) if tree_task else ""
        shots.append(_shot(name, folder, layer, info, stem))
    if sum(len(shot.frames) for shot in shots) > ranges.MOST_FRAMES:
        raise FarmError("Task %d has too many frames: the farm takes %d." % (task, ranges.MOST_FRAMES), BAD_TASK)
    return shots


def _rops(nodes):
    """Return Houdini's list of render nodes as layers, each called after its node."""
    found = {}
    for node in nodes:
        path = _word(node.get("node")) if isinstance(node, dict) else ""
        if path:
            name = path.rstrip("/").rpartition("/")[2]
            found[path.strip("/") if name in found else name] = {"renderable": node.get("render"), "common": node}
    return found


def _unique(name, taken):
    """Return a folder name that no other layer has, whatever the case."""
    found, count = name, 1
    while found.lower() in taken:
        count += 1
        found = "%s_%d" % (name, count)
    taken.add(found.lower())
    return found


def _shot(name, folder, layer, info, stem):
    common = _member(layer, "common", "The layer \"%s\" of task.json" % name[:100])
    given = _word(common.get("image_file_prefix"))
    prefix = _prefix(given, stem, name) or stem
    if folder and not _LAYER_TOKEN.search(given):
        prefix += "_" + folder  # So that layers stay apart where they land in one folder.
    frames = ranges.parse(_frames(common))
    tests = _tests(_word(info.get("pre_frames")), frames)
    return Shot(name, folder, prefix, frames, tests,
                _side(common, "width", _SIZE[0]), _side(common, "height", _SIZE[1]))


def _prefix(text, stem, layer):
    """Return a file prefix with its tokens filled in, or "" if nothing of it is left."""
    values = {"scene": stem, "renderlayer": layer, "layer": layer}
    parts = [part for part in text[:1000].replace("\\", "/").split("/") if part.strip(" .")]
    filled = [_TOKEN.sub(lambda found: values[found.group(1).lower()], part) for part in parts[:8]]
    return "/".join(file_name(part) for part in filled)


def _frames(common):
    frames = common.get("frames")
    if isinstance(frames, six.text_type) and frames.strip():
        return frames
    first, last, step = [_whole(common.get(name)) for name in ("start", "end", "by_frame")]
    if first is None:
        raise FarmError("task.json names no frames (scene_info_render, common.frames).", BAD_TASK)
    return "%d-%d[%d]" % (first, first if last is None else last, step or 1)


def _whole(value):
    """Return a number or its text, "12" or "12.0", as an int; None for anything else."""
    if isinstance(value, bool):
        return None
    try:
        return int(float(value))
    except (TypeError, ValueError, OverflowError):
        return None


def _side(common, name, default):
    if common.get(name) in (None, ""):
        return default
    side = _whole(common[name])
    if side is None or not 1 <= side <= _LARGEST_SIDE:
        raise FarmError("The %s in task.json must be a number of pixels from 1 to %d."
                        % (name, _LARGEST_SIDE), BAD_TASK)
    return side


def _tests(spec, frames):
    """Return the test frames: "100" is the first, "010" the middle, "001" the last, "000:5,7" are named."""
    flags, _, named = spec.partition(":")
    picks = [frames[0], frames[len(frames) // 2], frames[-1]]
    tests = set(frame for flag, frame in zip(flags, picks) if flag == "1")
    if named.strip():
        tests.update(set(ranges.parse(named)) & set(frames))
    return sorted(tests)
