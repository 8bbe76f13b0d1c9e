"""Maya: one object for each render layer. Those that are not rendered are named, too, switched off."""
from __future__ import absolute_import, division, print_function, unicode_literals

from .common import scene_settings, string

#: The layer of a scene without layers.
_DEFAULT = "defaultRenderLayer"

#: What names of render setup's layers begin with.
_RENDER_SETUP = "rs_"


def scene_info(job):
    """Return ``scene_info_render``.

    Args:
        job (submission.Job): Its details may have ``layers``: name -> dict of what is this layer's own
            (``renderable``, ``cameras``, ``frames``, ``width``, ``height``, ``renderer``, ``image_format``,
            ``image_prefix``, ``option``, ``env``), or the name that people see.
    """
    known = job.details.get("layers")
    known = known if isinstance(known, dict) else {}
    chosen = list(job.layers) or sorted(name for name, own in known.items()
                                        if isinstance(own, dict) and own.get("renderable", True))
    chosen = chosen or [_DEFAULT]
    return dict((name, _layer(job, known.get(name), name in chosen)) for name in set(chosen) | set(known))


def layer_type(job):
    """Return ``render_layer_type``: "1" for layers of render setup, which go by names of their own, else "0"."""
    known = job.details.get("layers")
    names = set(job.layers) | set(known if isinstance(known, dict) else ())
    return "1" if any(name.startswith(_RENDER_SETUP) for name in names) else "0"


def _layer(job, own, is_wanted):
    own = own if isinstance(own, dict) else {}
    # Pictures that are numbered otherwise than the scene's frames.
    common = dict(scene_settings(job, own), renumber_frames="True" if job.details.get("renumber") else "False")
    return {
        "renderable": "1" if is_wanted else "0",
        "env": own["env"] if isinstance(own.get("env"), dict) else {},
        "is_default_camera": "1",
        "option": string(own.get("option") or job.details.get("option")),
        "common": common,
    }
