"""The files of a snapshot: what is sent under which name, who names it, and what is lacking."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os
from collections import namedtuple

from .. import compat, manifest
from ..expansion import Expander, follow
from ..mapping import Mapping
from .snapshot import File, Frames

#: ``pairs``: ``(local, server)``, the scene first, each path once. ``origins``: path -> the `snapshot.File`s that name
#: it; those of files that are named inside files have that file's name as node, and the line or key as attribute.
#: ``refused``: `Problem`s of paths that cannot stand on a storage. ``missing``: `Problem`s of paths that lead to
#: nothing, or to less than the scene's frames need: they are not among the pairs. ``notes``: what is worth a look.
Listing = namedtuple("Listing", "pairs origins refused missing notes")

_BATCH = 1000


def for_work(work, snapshot, scene_copy=None):
    """List the files of a job's snapshot, with its folders, manifests and frames, by its settings.

    Args:
        work (Work): Of the job.
        snapshot (Snapshot): The scene.
        scene_copy (str, optional): See `listing`.
    """
    return listing(snapshot, work.param("folders", ()), work.param("manifests", ()), scene_copy,
                   Mapping.parse(work.settings().get("path_mapping")), work.cancel, work.param("frames"))


def listing(snapshot, folders=(), manifests=(), scene_copy=None, mapping=None, cancel=None, frames=None):
    """List the files of a snapshot that are there, and what they name in turn.

    Args:
        snapshot (Snapshot): The scene, and what a host says that it needs.
        folders (list of str): Sent with all that is in them, but for the snapshot's output folder.
        manifests (list of str): Paths of upload.json files whose assets are sent, too.
        scene_copy (str, optional): A copy of the scene that is sent in its place, under its name.
        mapping (Mapping, optional): Paths of other systems -> this one's.
        cancel (Cancel, optional): Of the run.
        frames (str, optional): The range that is rendered, other than the snapshot's: "1-12".

    Raises:
        SourceError: A folder that is not there or cannot be read.
        ManifestError: A manifest that cannot be read.
        SettingsError: Frames that are none.
        Cancelled: The run was ended.
    """
    if frames:
        snapshot = snapshot._replace(frames=Frames(1, 1, 1, frames))
    expander = Expander(snapshot, mapping, cancel)
    scene = expander.take_scene(snapshot.scene, scene_copy)
    # What a host had open, it has told; a scene that was chosen as a file tells by itself what it names.
    taken = [] if snapshot.host or scene is None else [(scene, File(snapshot.scene))]
    taken += [(more, found) for found in snapshot.files for more in expander.take(found)]
    follow(expander, taken, cancel, scene)
    found = expander.expansion()
    pairs = found.pairs
    servers = set(server for _, server in pairs) if folders or manifests else ()
    for local, server in _more(folders, manifests, snapshot.output_folder, expander.note_link):
        if server not in servers:
            servers.add(server)
            pairs.append((local, server))
    return Listing(pairs, found.origins, found.refused, found.missing, found.notes)


def _more(folders, manifests, output, note_link):
    for path in manifests:
        for batch in manifest.read_assets(path, ending="Nothing was sent."):
            for pair in batch:
                yield pair
    left_out = compat.absolute(output).replace(os.sep, "/").rstrip("/") + "/" if output else None

    def is_input(local):
        return left_out is None or not (local + "/").startswith(left_out)

    def hear_link(path):
        if is_input(path.replace(os.sep, "/")):  # Frames are often on another disk.
            note_link(path)

    for local, server in manifest.build(folders, left_out=hear_link) if folders else ():
        if is_input(local):
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
