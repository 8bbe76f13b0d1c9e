"""The files of a snapshot: what is sent under which name, and who names it."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os
from collections import namedtuple

from .. import compat, manifest, paths
from ..errors import NameRefused
from ..model import Problem

#: ``pairs``: ``(local, server)``, the scene first, each path once. ``origins``: local path -> the `snapshot.File`s that
#: name it. ``refused``: `Problem`s of paths that cannot stand on a storage.
Listing = namedtuple("Listing", "pairs origins refused")

_BATCH = 1000


def listing(snapshot, folders=(), manifests=()):
    """List the files of a snapshot; nothing of it is looked for on the disk.

    Args:
        snapshot (Snapshot): The scene, and what a host says that it needs.
        folders (list of str): Sent with all that is in them, but for the snapshot's output folder.
        manifests (list of str): Paths of upload.json files whose assets are sent, too.

    Raises:
        SourceError: A folder that is not there or cannot be read.
        ManifestError: A manifest that cannot be read.
    """
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
    servers = set(server for _, server in pairs)
    for local, server in _more(folders, manifests, snapshot.output_folder):
        if server not in servers:
            servers.add(server)
            pairs.append((local, server))
    return Listing(pairs, origins, refused)


def _more(folders, manifests, output):
    for path in manifests:
        for batch in manifest.read_assets(path, ending="Nothing was sent."):
            for pair in batch:
                yield pair
    left_out = compat.absolute(output).replace(os.sep, "/").rstrip("/") + "/" if output else None
    for local, server in manifest.build(folders) if folders else ():
        if left_out is None or not local.startswith(left_out):
            yield local, server


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
