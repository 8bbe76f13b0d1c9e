"""Small changes of task.json and upload.json between analysis and upload. The files appear whole."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os

from .. import compat, jsonfile, manifest
from ..errors import ManifestError, SettingsError


def read_task(path):
    """Return the content of a task.json.

    Raises:
        SourceError: There is none, or it is no JSON.
        SettingsError: It has no task_info.
    """
    tree = jsonfile.read(path)
    if not isinstance(tree, dict) or not isinstance(tree.get("task_info"), dict):
        raise SettingsError("%s is no task.json: it has no \"task_info\"." % compat.text(path))
    return tree


def update_task_info(update_info, task_path):
    """Change settings that stand in a task.json.

    Args:
        update_info (dict): Name -> value, e.g. {"pre_frames": "100"}.
        task_path (str): The file.

    Raises:
        SettingsError: There is no setting of a name; nothing was changed.
    """
    tree = read_task(task_path)
    for name in update_info:
        if name not in tree["task_info"]:
            raise SettingsError("%s has no setting \"%s\": check its name." % (compat.text(task_path), name))
    tree["task_info"].update(update_info)
    jsonfile.write(task_path, tree)


def append_to_task(additional_info, task_path, cover=True):
    """Add values of the caller's own to a task.json, as its "additional_info".

    Args:
        additional_info (dict): The values.
        task_path (str): The file.
        cover (bool): Whether earlier values of the same names are replaced.

    Raises:
        SettingsError: A name is there already and `cover` is False; nothing was changed.
    """
    tree = read_task(task_path)
    kept = tree.get("additional_info") or {}
    doubled = sorted(name for name in additional_info if name in kept)
    if doubled and not cover:
        raise SettingsError("%s has \"%s\" already: pass cover=True to replace it."
                            % (compat.text(task_path), doubled[0]))
    tree["additional_info"] = dict(kept, **additional_info)
    jsonfile.write(task_path, tree)


def append_to_upload(files_paths, upload_path):
    """Add files to an upload.json, each once.

    Args:
        files_paths (str or list of str): Files and folders; of a folder all files.
        upload_path (str): The file.

    Raises:
        ManifestError: It is no upload list. Nothing was changed.
        SourceError: It, or a file, is missing. Nothing was changed.
    """
    if isinstance(files_paths, (bytes, compat.text_type)):
        files_paths = [files_paths]
    tree = jsonfile.read(upload_path)
    assets = tree.get("asset") if isinstance(tree, dict) else None
    if not isinstance(assets, list):
        raise ManifestError("%s is no upload list: it has no \"asset\". Nothing was changed."
                            % compat.text(upload_path))
    known = set(_key(asset.get("local")) for asset in assets if isinstance(asset, dict))
    for local, server in manifest.build([compat.text(path) for path in files_paths]):
        if _key(local) not in known:
            known.add(_key(local))
            assets.append({"local": local, "server": server})
    jsonfile.write(upload_path, tree)


def _key(path):
    return os.path.normpath(compat.text(path or "")).replace("\\", "/")
