"""What the task files of all hosts have in common."""
from __future__ import absolute_import, division, print_function, unicode_literals

from .. import compat, mapping
from ..errors import SettingsError
from ..frame_range import parse_frames


def string(value):
    """Return a value as the farm writes it: text, "1" and "0" for what is so or not so."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    return compat.text(value)


def strings(values):
    """Return a list of text; what is no list counts as an empty one."""
    return [string(value) for value in values] if isinstance(values, (list, tuple)) else []


def objects(details, name):
    """Return a list of dicts that a host told under a name; what is none is left out."""
    values = details.get(name)
    return [value for value in values if isinstance(value, dict)] if isinstance(values, (list, tuple)) else []


def slashes(path):
    """Return a path as the farm writes it: a Windows one with forward slashes."""
    return path.replace("\\", "/") if compat.WINDOWS or mapping.is_windows_path(path) else path


def frames_of(job, own):
    """Return the `Frames` of a layer or ROP.

    Args:
        job (submission.Job): What the artist wants.
        own (str or None): The range that the host told for this one. It holds where the artist left the scene's.
    """
    if own and job.details.get("frames"):
        try:
            if parse_frames(job.details["frames"]).text == parse_frames(job.frames).text:
                return parse_frames(own)
        except SettingsError:
            pass
    return parse_frames(job.frames)


def size_of(job, own):
    """Return width and height as text, "" where nobody says; the artist's, else a layer's own, else the scene's."""
    return [string(getattr(job, name) or own.get(name) or job.details.get(name) or "") for name in ("width", "height")]


def cameras_of(job, own):
    """Return ``(all cameras, cameras to render)`` of a layer."""
    wanted = list(job.cameras) or strings(own.get("cameras")) or strings(job.details.get("cameras"))
    everything = strings(job.details.get("all_cameras"))
    return everything + [camera for camera in wanted if camera not in everything], wanted


def scene_settings(job, own):
    """Return the ``common`` object of a layer.

    Args:
        job (submission.Job): What to render.
        own (dict): What the host told of this layer; it wins over what it told of the scene.
    """
    frames = frames_of(job, own.get("frames"))
    width, height = size_of(job, own)
    all_cameras, wanted = cameras_of(job, own)
    return {
        "image_format": string(own.get("image_format") or job.details.get("image_format")),
        "start": "%d" % frames.first,
        "end": "%d" % frames.last,
        "by_frame": "%d" % frames.step,
        "frames": frames.text,
        "width": width,
        "height": height,
        "renderer": string(own.get("renderer") or job.renderer),
        "all_camera": all_cameras,
        "render_camera": wanted,
        "image_file_prefix": string(job.prefix or own.get("image_prefix") or job.details.get("image_prefix")),
        "animation": "1" if frames.count > 1 else "0",
    }


def scene_info(job):
    """Return ``scene_info_render`` of a scene of which no more is known."""
    return {"common": scene_settings(job, {})}


def task_info(job, task_id, user_info, software, is_layered):
    """Return ``task_info``: how the farm is to treat the task."""
    return {
        "input_cg_file": slashes(job.scene),
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
        "platform": string(user_info.get("platform")),
        "tiles_type": "block",
        "tiles": "1",
        "is_layer_rendering": "1",
        "enable_layered": "1" if is_layered else "0",
        "is_distribute_render": "0",
        "distribute_render_node": "3",
        "input_project_path": slashes(job.project),
        "render_layer_type": "0",
        "user_id": string(user_info.get("user_id")),
        "os_name": "1" if compat.WINDOWS else "0",
        "ram": "64",
    }
