"""What a host tells of its open scene at once: everything but its files."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os
import re
import uuid
from collections import namedtuple

from .. import compat, places
from ..errors import SettingsError
from ..jobs import snapshot
from . import formats, orders
from .texts import tr

#: ``path``: "" where the scene was never saved. ``settings``: what the host renders, see ``host.render_settings``.
Told = namedtuple("Told", "path project search output settings")

NOTHING = Told("", "", (), "", {})

_VARIABLE = re.compile(r"\$\{(\w+)\}|\$(\w+)|%([A-Za-z_][\w()]*)%", re.UNICODE)

#: Endings of scenes that a job can read; see `core/references`.
_READABLE = (".ma",)
_HOSTS = {"mb": "Maya", "hip": "Houdini", "hiplc": "Houdini", "hipnc": "Houdini", "max": "3ds Max", "blend": "Blender"}

#: Folders of a project that hold scenes: its pictures stand beside them.
_SCENE_FOLDERS = ("scenes", "scene")

#: Ours may hold a key, and no scene's path needs them.
_OURS = "RAYVISION_"


def read(host):
    """Ask a host for its open scene.

    Raises:
        SyncError: The host cannot say.
    """
    return Told(host.scene() or "", host.project() or "", tuple(host.search() or ()), host.output_folder() or "",
                host.render_settings() or {})


def add_variables(text, found, environ=compat.environ):
    """Add the environment variables that a path names.

    Args:
        text (str): A raw path.
        found (dict): Name -> value, None for one that does not exist; it is changed.
        environ (callable, optional): Name -> text or None.
    """
    if "$" not in text and "%" not in text:
        return
    for groups in _VARIABLE.findall(text):
        name = groups[0] or groups[1] or groups[2]
        if name not in found:
            found[name] = None if name.startswith(_OURS) else environ(name)


def as_order(host, told, scan, common, cameras):
    """Return the `orders.Scene` of a host's scene.

    Args:
        host: Of the scene.
        told (Told): What it said.
        scan (scan.Scan or None): Its files.
        common (dict): Fields that the artist may have changed.
        cameras (list of str): The chosen ones.
    """
    settings = told.settings
    variables = dict(scan.variables) if scan is not None else {}
    for text in (told.project, told.output) + told.search:
        add_variables(text, variables)
    return orders.Scene(
        cameras=tuple(cameras), project=told.project, search=told.search, width=settings.get("width") or 0,
        height=settings.get("height") or 0, renderer=settings.get("renderer") or "",
        renderer_version=settings.get("renderer_version") or "", host=host.name, host_version=host.version,
        plugins=settings.get("plugins") or {}, details=settings.get("details") or {},
        troubles=tuple(scan.troubles) if scan is not None else (),
        variables=dict((name, value) for name, value in variables.items() if value is not None),
        file_texts=tuple(scan.texts) if scan is not None else (), **common)


def looked_at(path):
    """Return what is found of a scene that no host has told: a sentence for who chooses its file; "" without one.

    Args:
        path (str): Of the scene.
    """
    if not path:
        return ""
    if formats.base_name(path).lower().endswith(_READABLE):
        return tr("Files that this scene names were read from it. What it computes or loads while it is open is not "
                  "known: add its files, or submit from Maya.")
    return tr("Textures named inside this scene cannot be read here: add its files, or submit from {host}.",
              host=_HOSTS.get(path.rpartition(".")[2].lower(), tr("its own program")))


def default_output(path):
    """Return where frames of a scene go that says nothing of it: the project's images, or beside the scene.

    Args:
        path (str): Of the scene, as the artist has chosen it.
    """
    project = project_of(path)
    return project and project + "/images"


def project_of(path):
    """Return the folder of a scene's project, which relative paths in it are meant from; "" for a bare name.

    Args:
        path (str): Of the scene, as the artist has chosen it.
    """
    folder = path.replace("\\", "/").rpartition("/")[0]
    above, _, name = folder.rpartition("/")
    if not folder:
        return ""
    if name.lower() in _SCENE_FOLDERS:
        return above
    for project in (folder, above):
        if project and os.path.isfile(compat.fs(project + "/workspace.mel")):
            return project
    if above.rpartition("/")[2].lower() in _SCENE_FOLDERS:
        return above.rpartition("/")[0]
    return folder


def copy_path(path):
    """Return where a copy of an unsaved scene goes: beside the snapshots, private, under the scene's own name.

    Args:
        path (str): Of the scene.

    Raises:
        SettingsError: The folder cannot be made.
    """
    folder = os.path.join(snapshot.folder(), uuid.uuid4().hex)
    try:
        places.make_home()
        compat.make_folder(folder)
    except (IOError, OSError) as error:
        raise SettingsError("The folder for a copy of the scene, %s, cannot be made (%s)."
                            % (folder, compat.text(error.strerror)))
    return os.path.join(folder, formats.base_name(path))
