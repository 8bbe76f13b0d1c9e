"""Maya: one object for each render layer. Those that are not rendered are named, too, switched off."""
from __future__ import absolute_import, division, print_function, unicode_literals

from .common import scene_settings, string

#: The layer of a scene without layers.
_DEFAULT = "defaultRenderLayer"


def scene_info(job):
    """Return ``scene_info_render``.

    Args:
        job (submission.Job): Its details may have ``layers``: name -> dict of what is this layer's own
            (``renderable``, ``cameras``, ``frames``, ``width``, ``height``, ``renderer``, ``image_format``, ``prefix``,
            ``option``, ``env``).
    """
    known = job.details.get("layers")
    known = dict((name, own) for name, own in known.items() if isinstance(own, dict)) if (
        isinstance(known, dict)) else {}
    chosen = list(job.layers) or sorted(name for name, own in known.items() if own.get("renderable", True))
    chosen = chosen or [_DEFAULT]
    return dict((name, _layer(job, known.get(name, {}), name in chosen)) for name in set(chosen) | set(known))


def _layer(job, own, is_wanted):
    return {
        "renderable": "1" if is_wanted else "0",
        "env": own["env"] if isinstance(own.get("env"), dict) else {},
        "is_default_camera": "1",
        "option": string(own.get("option") or job.details.get("option")),
        "common": scene_settings(job, own),
    }
