"""Houdini: a list of render nodes, one of nodes that solve, and one of those that solve on several machines."""
from __future__ import absolute_import, division, print_function, unicode_literals

from . import common
from .common import frames_of, size_of, string

#: What a node does -> the list that it stands in, and the farm's number of that.
_KINDS = {"render": ("rop_node", "-1"), "geo": ("geo_node", "0"), "distributed": ("distributedsim_node", "1")}

#: What only a distributed simulation has.
_SIMULATION = ("output_driver", "simControlName", "output_file", "num_slices", "sliceType")


def scene_info(job):
    """Return ``scene_info_render``.

    Args:
        job (submission.Job): Its layers are paths of the ROPs to render; its details may have ``rops``: list of dicts
            with ``node``, and ``kind`` ("render", "geo" or "distributed"), ``renderable``, ``frames``, ``width``,
            ``height``.
    """
    known = [own for own in common.objects(job.details, "rops") if string(own.get("node"))]
    names = [string(own["node"]) for own in known]
    known += [{"node": name} for name in job.layers if name not in names]
    if not known:
        return common.scene_info(job)
    found = dict((name, []) for name, _ in _KINDS.values())
    for own in known:
        is_wanted = own["node"] in job.layers if job.layers else own.get("renderable", True)
        where, option = _KINDS.get(own.get("kind"), _KINDS["render"])
        found[where].append(_node(job, own, option, is_wanted))
    return found


def _node(job, own, option, is_wanted):
    width, height = size_of(job, own)
    node = {"node": string(own["node"]), "frames": frames_of(job, own.get("frames")).text, "option": option,
            "render": "1" if is_wanted else "0"}
    if option == "-1":
        node.update(width=width, height=height)
    if option == "1":
        node.update((name, string(own[name])) for name in _SIMULATION if own.get(name) is not None)
    return node
