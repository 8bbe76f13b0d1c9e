"""3ds Max: settings of the scene, and its renderer. There are no layers."""
from __future__ import absolute_import, division, print_function, unicode_literals

from .. import compat
from .common import objects, scene_settings, slashes, string

#: Formats that the farm writes.
_FORMATS = [".tga", ".tif", ".jpg", ".png", ".exr", ".rla", ".rpf"]

#: Field -> name among the details, and what holds where the host does not say.
_OWN = {
    "Faces": ("faces", ""), "Vertices": ("vertices", ""), "Peak_Memory": ("peak_memory", ""),
    "animation_range": ("animation_range", ""), "gamma": ("gamma_enabled", "1"), "gamma_val": ("gamma", "2.2"),
    "in_gamma": ("in_gamma", "2.2"), "out_gamma": ("out_gamma", "2.2"), "global_proxy": ("global_proxy", "false"),
    "net_render": ("net_render", "0"), "rend_save_file": ("saves_output", "true"), "rend_timeType": ("time_type", ""),
}

#: Here the farm wants a word where it wants a digit elsewhere.
_WORDS = {True: "true", False: "false"}


def scene_info(job):
    """Return ``scene_info_render``.

    Args:
        job (submission.Job): Its details may have ``output_file`` (path of the pictures), ``render_elements`` (list
            of dicts with ``name``, ``class``, ``file``, ``enabled``), ``renderer_class``, and the names above.
    """
    details = job.details
    general = scene_settings(job, {})
    output = slashes(string(details.get("output_file")))
    base, dot, ending = output.rpartition("/")[2].rpartition(".")
    ending = dot + ending if dot else ""
    elements = [element for element in objects(details, "render_elements") if element.get("enabled", True)]
    files = [slashes(string(element.get("file"))) for element in elements if element.get("file")]
    element_ending = files[0].rpartition("/")[2].rpartition(".")[2] if files else ""
    found = dict((field, _value(details.get(name, default), default)) for field, (name, default) in _OWN.items())
    found.update({
        "CurrentProjectFolder": slashes(job.project),
        "all_camera": general["all_camera"], "renderable_camera": general["render_camera"],
        "all_element_type": list(_FORMATS), "all_output_file_type": list(_FORMATS),
        "cgv": job.software_version,
        "element_active": "1" if elements else "0",
        "element_list": [string(element.get("class") or element.get("name")) for element in elements],
        "element_path_list": files,
        "element_type": "." + element_ending if element_ending else ending,
        "frames": general["frames"], "width": general["width"], "height": general["height"],
        "is_picture": "0",
        "output_file": output, "output_file_basename": base if dot else output.rpartition("/")[2],
        "output_file_type": ending,
    })
    # Not of the farm's Max fields; a local farm names its frames by it.
    found["image_file_prefix"] = general["image_file_prefix"] or found["output_file_basename"].rstrip("._-")
    return {"common": found, "renderer": _renderer(job)}


def _value(value, default):
    if isinstance(value, bool) and default in _WORDS.values():
        return _WORDS[value]
    return string(value)


def _renderer(job):
    full = string(job.details.get("renderer_class")) or job.renderer
    return {"name": compat.text(job.renderer), "renderer": compat.text(job.renderer), "renderer_orign": full}
