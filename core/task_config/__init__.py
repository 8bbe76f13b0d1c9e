"""A task's configuration files: what the farm reads before it renders.

Source for the fields: the farm's public documentation, one page for each host. All values are strings.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import os
from collections import namedtuple

from .. import compat
from ..errors import SettingsError
from ..frame_range import MOST_FRAMES, Frames, parse_frames
from . import common, houdini, max3ds, maya
from .findings import Need, assets, tips

__all__ = ["ENDINGS", "MOST_FRAMES", "SOFTWARE", "Frames", "Need", "Software", "assets", "build", "is_scene",
           "parse_frames", "software_of", "tips", "write"]

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


def _blender(job):
    return maya.scene_info(job) if job.layers else common.scene_info(job)


#: Key of `SOFTWARE` -> what fills ``scene_info_render``, and whether the farm renders layers of it.
_HOSTS = {"maya": (maya.scene_info, True), "houdini": (houdini.scene_info, True), "max": (max3ds.scene_info, False),
          "blender": (_blender, False)}


def key_of(scene, name=None):
    """Return the key of `SOFTWARE` that a scene belongs to; arguments and errors as of `software_of`."""
    if name:
        if name not in SOFTWARE:
            raise SettingsError("\"%s\" is no software that is known here. Choose from: %s."
                                % (name, ", ".join(sorted(SOFTWARE))))
        return name
    ending = os.path.splitext(scene)[1].lower()
    if ending not in ENDINGS:
        raise SettingsError("%s is no scene that is known by its ending (%s). Name the software: %s."
                            % (scene, ", ".join(sorted(ENDINGS)), ", ".join(sorted(SOFTWARE))))
    return ENDINGS[ending]


def software_of(scene, name=None):
    """Return the `Software` that a scene belongs to.

    Args:
        scene (str): Path.
        name (str, optional): Key of `SOFTWARE`, where the scene's ending does not tell.

    Raises:
        SettingsError: It cannot be told.
    """
    return SOFTWARE[key_of(scene, name)]


def is_scene(path):
    """Tell whether a file's ending says that it is a scene."""
    return os.path.splitext(path)[1].lower() in ENDINGS


def build(job, task_id, user_info):
    """Return the content of the files.

    Args:
        job (submission.Job): What to render.
        task_id (int): The task.
        user_info (dict): Of the account, for its ``user_id`` and ``platform``.

    Returns:
        dict: File name -> what it holds.
    """
    key = key_of(job.scene, job.software)
    scene_info, is_layered = _HOSTS[key]
    info = common.task_info(job, task_id, user_info, SOFTWARE[key], is_layered)
    if key == "maya":
        info["render_layer_type"] = maya.layer_type(job)
    plugins = dict((common.string(name), common.string(version)) for name, version in job.plugins.items())
    return {
        "task.json": {
            "task_info": info,
            "software_config": {"cg_name": SOFTWARE[key].name, "cg_version": job.software_version, "plugins": plugins},
            "scene_info_render": scene_info(job),
        },
        "tips.json": job.tips,
        "asset.json": job.assets,
    }


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
