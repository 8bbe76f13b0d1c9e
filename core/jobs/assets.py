"""The files of a snapshot: what is sent under which name, and who names it."""
from __future__ import absolute_import, division, print_function, unicode_literals

from collections import namedtuple

from .. import paths
from ..errors import NameRefused
from ..model import Problem

#: ``pairs``: ``(local, server)``, the scene first, each path once. ``origins``: local path -> the `snapshot.File`s that
#: name it. ``refused``: `Problem`s of paths that cannot stand on a storage.
Listing = namedtuple("Listing", "pairs origins refused")

_BATCH = 1000


def listing(snapshot):
    """List the files of a snapshot; nothing is looked for on the disk."""
    pairs, origins, refused = [], {}, []
    for local in [snapshot.scene] + [found.path for found in snapshot.files]:
        if local in origins:
            continue
        origins[local] = []
        try:
            pairs.append((local, paths.server_path(local)))
        except NameRefused as error:
            refused.append(Problem("refused", local, "", error.message))
    for found in snapshot.files:
        origins[found.path].append(found)
    return Listing(pairs, origins, refused)


def batches(pairs):
    """Yield lists of pairs, as a survey takes them."""
    for first in range(0, len(pairs), _BATCH):
        yield pairs[first:first + _BATCH]


def named(problem, origins):
    """Return a problem of a file as a result shows it: with the node and attribute that name it."""
    owners = origins.get(problem.source) or []
    first = owners[0] if owners else None
    return {"path": problem.source, "reason": problem.reason, "kind": problem.kind, "count": len(owners),
            "node": first.node if first else "", "attribute": first.attribute if first else ""}
