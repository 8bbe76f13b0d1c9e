"""Where the demo happens: the project, the folders, a fresh local farm."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os
import shutil
from collections import namedtuple

from .. import compat, task_config
from ..errors import SettingsError, SourceMissing
from ..farm import identity
from . import sample

#: Paths of a run. ``project`` is what is sent, ``images`` where frames land, ``software`` as `Job` has it.
Stage = namedtuple("Stage", "root project scene images software is_sample")

#: What a farm of an earlier run left behind.
_FARM_FOLDERS = ("input", "output", "config", "work", "logs", "cache")
_FARM_FILES = ("farm.sqlite", "farm.sqlite-wal", "farm.sqlite-shm", identity.NAME)


def set_up(root, project=None, scene=None):
    """Prepare the folders, and the sample project where no other is named.

    Args:
        root (str): The demo's folder.
        project (str, optional): A folder of the user's; only its ``images`` is ever written to.
        scene (str, optional): Its scene, absolute or below it.

    Returns:
        Stage: Ready.

    Raises:
        SettingsError: The root is of no use, or no scene is found.
        SourceMissing: The project is not there.
    """
    root = compat.absolute(root)
    if project is None:
        made = sample.make_project(os.path.join(root, "project"))
        stage = Stage(root, made.folder, made.scene, made.images, None, True)
    else:
        project = compat.absolute(project)
        if not os.path.isdir(compat.fs(project)):
            raise SourceMissing("The project %s is no folder: check the path." % project)
        found, software = _scene_of(project, scene, root)
        stage = Stage(root, project, found, os.path.join(project, sample.IMAGES), software, False)
    # A folder of the user's gets none for images before there are any: what comes first may fail.
    for folder in (root, os.path.join(root, "state")) + ((stage.images,) if stage.is_sample else ()):
        try:
            compat.make_folder(folder)
        except EnvironmentError as error:
            raise SettingsError("The folder %s cannot be made (%s). Give another --root."
                                % (folder, compat.text(error.strerror)))
    return stage


def _scene_of(project, scene, root):
    if scene:
        path = os.path.join(project, compat.text(scene))
        if not os.path.isfile(compat.fs(path)):
            raise SourceMissing("The scene %s does not exist: name a file of the project." % path)
        return compat.absolute(path), None if task_config.is_scene(path) else "maya"
    found = [path for path in _files(project, root) if task_config.is_scene(path)]
    if not found:
        raise SettingsError("There is no scene in %s (%s). Name one of its files with --scene." % (
            project, " ".join(sorted(task_config.ENDINGS))))
    # The one that lies highest, as back-ups and autosaves lie in folders of their own.
    return min(found, key=lambda path: (path.count(os.sep), path)), None


def _files(folder, root):
    for entry in compat.scan_folder(folder):
        path = os.path.join(folder, compat.from_fs(entry.name))
        if entry.is_dir(follow_symlinks=False):
            if path != root and os.path.basename(path) != sample.IMAGES:
                for below in _files(path, root):
                    yield below
        elif entry.is_file():
            yield path


def is_asset(stage, path):
    """Tell whether a file of the project is sent: frames that came back and the demo's own files are not."""
    path = path.replace("/", os.sep)
    if path.startswith(stage.images + os.sep):
        return False
    return stage.is_sample or not path.startswith(stage.root + os.sep)


def panel_home(root):
    """Return the folder for settings, jobs and record of the demo's panel: apart from the user's own."""
    return os.path.join(root, "state", "panel")


def record_path(root):
    """Return the path of the record of the demo without a panel."""
    return os.path.join(root, "state", "record.sqlite")


def store_folder(root):
    """Return the folder of the demo's own S3 store."""
    return os.path.join(root, "state", "store")


def empty_farm(folder):
    """Remove what an earlier run's farm holds, so that each run shows the whole job.

    Raises:
        SettingsError: A farm runs there, or the folder is no farm's.
    """
    if not os.path.isdir(compat.fs(folder)) or not compat.scan_folder(folder):
        return
    if not os.path.isfile(compat.fs(os.path.join(folder, "farm.lock"))):
        raise SettingsError("%s is no local farm's folder. Give another --root." % folder)
    with identity.lock(folder):
        for name in _FARM_FOLDERS:
            shutil.rmtree(compat.fs(os.path.join(folder, name)), ignore_errors=True)
        for name in _FARM_FILES:
            compat.remove_file(os.path.join(folder, name))
