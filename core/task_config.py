"""A task's configuration files: what the farm reads before it renders.

Source for the fields: the farm's public documentation. All values are strings.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import os
import re
from collections import namedtuple

from . import compat, paths
from .errors import SettingsError

#: A program that makes scenes: the farm's number of it, and its name there.
Software = namedtuple("Software", "cg_id name")

SOFTWARE = {
    "maya": Software("2000", "Maya"),
    "max": Software("2001", "3ds Max"),
    "houdini": Software("2004", "Houdini"),
    "blender": Software("2007", "Blender"),
}

#: Ending of a scene's name -> key of `SOFTWARE`.
ENDINGS = {".ma": "maya", ".mb": "maya", ".max": "max", ".hip": "houdini", ".hiplc": "houdini", ".hipnc": "houdini",
           ".blend": "blender"}

#: A frame range, read. ``text`` is as the farm writes it ("1-12[1]"), ``step`` 1 where several ranges are given.
Frames = namedtuple("Frames", "text first last step count")

MOST_FRAMES = 100000
_LARGEST_FRAME = 9999999
_RANGE = re.compile(r"(-?[0-9]{1,7})(?:\s*-\s*(-?[0-9]{1,7})(?:\s*\[\s*([0-9]{1,7})\s*\])?)?\Z")


def software_of(scene, name=None):
    """Return the `Software` that a scene belongs to.

    Args:
        scene (str): Path.
        name (str, optional): Key of `SOFTWARE`, where the scene's ending does not tell.

    Raises:
        SettingsError: It cannot be told.
    """
    if name:
        if name not in SOFTWARE:
            raise SettingsError("\"%s\" is no software that is known here. Choose from: %s."
                                % (name, ", ".join(sorted(SOFTWARE))))
        return SOFTWARE[name]
    ending = os.path.splitext(scene)[1].lower()
    if ending not in ENDINGS:
        raise SettingsError("%s is no scene that is known by its ending (%s). Name the software: %s."
                            % (scene, ", ".join(sorted(ENDINGS)), ", ".join(sorted(SOFTWARE))))
    return SOFTWARE[ENDINGS[ending]]


def is_scene(path):
    """Tell whether a file's ending says that it is a scene."""
    return os.path.splitext(path)[1].lower() in ENDINGS


def parse_frames(text):
    """Read a frame range.

    Args:
        text (str): e.g. "1-12", "1001-1120[2]", "1,3,5-9".

    Returns:
        Frames: Normalised.

    Raises:
        SettingsError: No range, no frame, or too many.
    """
    parts, numbers, step = [], set(), 1
    for part in compat.text(text).split(","):
        found = _RANGE.match(part.strip())
        if not found:
            raise SettingsError("%s is no frame range: write it like 1-12, 1001-1120[2] or 1,3,5-9."
                                % paths.quoted(compat.text(text)))
        first = int(found.group(1))
        last = first if found.group(2) is None else int(found.group(2))
        step = int(found.group(3) or 1)
        if last < first or step < 1 or max(abs(first), abs(last)) > _LARGEST_FRAME:
            raise SettingsError("The frame range %s goes nowhere: its end comes after its start, its step is 1 or more."
                                % paths.quoted(part.strip()))
        if (last - first) // step + len(numbers) >= MOST_FRAMES:
            raise SettingsError("The frame range %s holds more than %d frames: send it as several tasks."
                                % (paths.quoted(compat.text(text)), MOST_FRAMES))
        numbers.update(range(first, last + 1, step))
        parts.append("%d-%d[%d]" % (first, last, step) if last > first else "%d" % first)
    if len(parts) == 1 and "-" not in parts[0].lstrip("-"):
        parts[0] = "%s-%s[1]" % (parts[0], parts[0])
    return Frames(",".join(parts), min(numbers), max(numbers), step if len(parts) == 1 else 1, len(numbers))


def build(job, task_id, user_info):
    """Return the content of the files.

    Args:
        job (submission.Job): What to render.
        task_id (int): The task.
        user_info (dict): Of the account, for its ``user_id`` and ``platform``.

    Returns:
        dict: File name -> what it holds.
    """
    software = software_of(job.scene, job.software)
    frames = parse_frames(job.frames)
    return {
        "task.json": {
            "task_info": _task_info(job, task_id, user_info, software),
            "software_config": {"cg_name": software.name, "cg_version": job.software_version, "plugins": {}},
            "scene_info_render": _layers(job, software, _common(job, frames)),
        },
        "tips.json": {},
        "asset.json": {},
    }


def _task_info(job, task_id, user_info, software):
    return {
        "input_cg_file": job.scene.replace("\\", "/") if compat.WINDOWS else job.scene,
        "is_picture": "0",
        "task_id": "%d" % task_id,
        "frames_per_task": "1",
        "pre_frames": "000",        # No test frames: none of first, middle, last.
        "job_stop_time": "28800",   # Seconds that a frame may take, eight hours.
        "task_stop_time": "0",      # No limit for the task.
        "time_out": "43200",        # Seconds after which the farm warns.
        "stop_after_test": "2",     # 1 is yes, 2 is no.
        "project_name": job.project_name,
        "project_id": "",
        "channel": "4",
        "cg_id": software.cg_id,
        "platform": _string(user_info.get("platform")),
        "tiles_type": "block",
        "tiles": "1",
        "is_layer_rendering": "1",
        "is_distribute_render": "0",
        "distribute_render_node": "3",
        "input_project_path": "",
        "render_layer_type": "0",
        "user_id": _string(user_info.get("user_id")),
        "os_name": "1" if compat.WINDOWS else "0",
        "ram": "64",
    }


def _string(value):
    return "" if value is None else compat.text(value)


def _common(job, frames):
    return {
        "image_format": "",
        "start": "%d" % frames.first,
        "end": "%d" % frames.last,
        "by_frame": "%d" % frames.step,
        "frames": frames.text,
        "width": "%d" % job.width if job.width else "",
        "height": "%d" % job.height if job.height else "",
        "renderer": "",
        "all_camera": [],
        "render_camera": [],
        "image_file_prefix": job.prefix,
        "animation": "1" if frames.count > 1 else "0",
    }


def _layers(job, software, common):
    layers = list(job.layers)
    if not layers:
        if software is not SOFTWARE["maya"]:
            return {"common": common}
        layers = ["defaultRenderLayer"]
    return dict((layer, {"renderable": "1", "env": {}, "is_default_camera": "1", "option": "", "common": common})
                for layer in layers)


def write(folder, contents):
    """Write configuration files.

    Args:
        folder (str): A private one.
        contents (dict): From `build`.

    Returns:
        list of str: Their paths.
    """
    found = []
    for name, content in sorted(contents.items()):
        path = os.path.join(folder, name)
        with io.open(compat.fs(path), "w", encoding="utf-8") as target:
            target.write(compat.dump_json(content, indent=2, sort_keys=True) + "\n")
        found.append(path)
    return found
