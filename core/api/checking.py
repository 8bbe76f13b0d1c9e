"""Between analysis and upload: does the farm take the scene, and what must task.json still be told?"""
from __future__ import absolute_import, division, print_function, unicode_literals

import os
import re
import time

from .. import compat, jsonfile
from ..errors import SettingsError
from .exception import (AnalyseFailError, HardwareConfigIdError, NotSupportCGSoftwareError,
                        NotSupportHardwareCodeError, NotSupportPluginError)
from .operators import CG_IDS
from .task_files import read_task

_FILES = ("task_json", "tips_json", "asset_json", "upload_json")


class RayvisionCheck(object):
    """Check the files of an analysis and fill in what only the farm knows.

    Args:
        api (RayvisionAPI): Of this package, or the vendor's.
        analyze (object, optional): With task_json, tips_json, asset_json, upload_json: paths of the files.
        workspace (str, optional): Folder for the files, where they do not lie in one.

    Attributes:
        task_json, tips_json, asset_json, upload_json (str): Paths of the files, after `execute`.
        error_warn_info_list (list of dict): What the farm says of the analysis' findings, after `execute`.
    """

    def __init__(self, api, analyze=None, workspace=None):
        self.api = api
        self.analyze = analyze
        self.workspace = workspace
        self.error_warn_info_list = []
        self.task_json = self.tips_json = self.asset_json = self.upload_json = None

    def execute(self, hardware_config, task_json, upload_json="", asset_json="", is_cover=True, only_id=True):
        """Check, and write what was filled in: the numbers of task, user, project and nodes.

        Args:
            hardware_config (dict): model, ram, gpuNum of the wanted nodes; "Default" takes every model.
            task_json (str or dict): Path of the file, or its content.
            upload_json (str or dict): Likewise; optional.
            asset_json (str or dict): Likewise; optional.
            is_cover (bool): Write into the files themselves; else into copies in a new folder of the workspace.
            only_id (bool): Return the number alone.

        Returns:
            int or tuple: Number of the task, or ``(content of task.json, number)``.

        Raises:
            AnalyseFailError: tips.json names errors.
            HardwareConfigIdError: There are no such nodes, or they do not take the scene.
            SettingsError: That is no task.json.
            FarmError: The farm refuses. With any of these nothing was written.
        """
        given = {"task_json": task_json, "upload_json": upload_json, "asset_json": asset_json}
        self._find(given)
        contents = dict((name, value if isinstance(value, dict) else self._read(name))
                        for name, value in dict(given, tips_json="").items())
        tree = contents["task_json"]
        if not isinstance(tree, dict) or not isinstance(tree.get("task_info"), dict):
            raise SettingsError("task_json is the path or the content of a task.json: an object with \"task_info\".")
        tips = contents["tips_json"] or {}
        _check_version(self.api, tree)
        nodes = _nodes(self.api, hardware_config, tree, tips)
        self.error_warn_info_list = _findings(self.api, tips)
        contents["task_json"] = _filled_in(self.api, tree, hardware_config, nodes)
        self._write(contents, given, is_cover)
        number = int(contents["task_json"]["task_info"]["task_id"])
        return number if only_id else (contents["task_json"], number)

    def _find(self, given):
        """Set the paths: the caller's, the analysis', or those of the usual names in one folder."""
        folder = os.path.dirname(compat.absolute(compat.text(given["task_json"]))) if not isinstance(
            given["task_json"], dict) else compat.text(self.workspace) or os.path.join(
                compat.text(os.path.expanduser("~")), "renderfarm_sdk")
        for name in _FILES:
            path = given.get(name) if not isinstance(given.get(name), dict) else None
            path = path or getattr(self.analyze, name, None) or os.path.join(folder, name.replace("_json", ".json"))
            setattr(self, name, compat.absolute(compat.text(path)))

    def _read(self, name):
        path = getattr(self, name)
        if name == "task_json":
            return read_task(path)
        return jsonfile.read(path) if os.path.exists(compat.fs(path)) else None

    def _write(self, contents, given, is_cover):
        folder = None
        if not is_cover:
            folder = os.path.join(compat.text(self.workspace) or os.path.dirname(self.task_json),
                                  "%d" % (time.time() * 1000))
            compat.make_folder(folder)
        for name in _FILES:
            # Copies of all; in place only what was changed here, or never was a file.
            if folder:
                setattr(self, name, os.path.join(folder, os.path.basename(getattr(self, name))))
            elif name != "task_json" and not isinstance(given.get(name), dict):
                continue
            if contents[name] is not None:
                compat.make_folder(os.path.dirname(getattr(self, name)))
                jsonfile.write(getattr(self, name), contents[name])


def _check_version(api, tree):
    """Raise unless the farm has the scene's program in its version."""
    name = _program(tree)
    software = tree.get("software_config") or {}
    offered = api.query.supported_plugin(name).get("cgVersion") or []
    versions = sorted(compat.text(one.get("cgVersion")) for one in offered)
    if compat.text(software.get("cg_version")) not in versions:
        raise NotSupportCGSoftwareError("The farm has no %s %s. It has: %s." % (
            software.get("cg_name") or name, software.get("cg_version"), ", ".join(versions) or "none"))


def _program(tree):
    number = compat.text(tree["task_info"].get("cg_id"))
    for name, cg_id in CG_IDS.items():
        if "%d" % cg_id == number:
            return name
    raise NotSupportCGSoftwareError("task.json names no program that the farm knows: cg_id is \"%s\"." % number)


def _nodes(api, wish, tree, tips):
    """Return the numbers of the nodes that are wanted and take the scene."""
    platform = compat.text(tree["task_info"].get("platform") or api.platform)
    offered = [node for node in api.user.get_hardware_config()
               if node.get("status") and compat.text(node.get("platform")) == platform]
    wanted = [node for node in offered if _is_wanted(node, wish)]
    if not wanted:
        raise HardwareConfigIdError("The farm has no node %s. It has: %s." % (
            _shown(wish), "; ".join(sorted(set(_shown(node) for node in offered))) or "none"))
    refusals = [_refusal(node, tree, tips) for node in wanted]
    fit = [compat.text(node.get("id")) for node, refusal in zip(wanted, refusals) if refusal is None]
    if not fit:
        raise refusals[0]
    return fit


def _is_wanted(node, wish):
    models = wish.get("model")
    models = [models] if isinstance(models, (bytes, compat.text_type)) else list(models or ["Default"])
    return ("Default" in models or node.get("model") in models) and all(
        node.get(name) == wish.get(name) for name in ("ram", "gpuNum"))


def _shown(node):
    return ", ".join("%s %s" % (name, node.get(name)) for name in ("model", "ram", "gpuNum") if node.get(name))


def _refusal(node, tree, tips):
    """Return the error for a node that does not take the scene, None for one that does."""
    cg_id, software = compat.text(tree["task_info"].get("cg_id")), tree.get("software_config") or {}
    version = compat.text(software.get("cg_version"))
    refused = [compat.text(one) for one in _list(node.get("notSupportCgId"))]
    if cg_id in refused or any(compat.text(one.get("cgId")) == cg_id and one.get("cgVersionName") == version
                               for one in _list(node.get("notSupportCgVersions"))):
        return NotSupportCGSoftwareError("The node %s does not take %s %s: choose another."
                                         % (_shown(node), software.get("cg_name"), version))
    codes = sorted(set(tips) & set(compat.text(code) for code in _list(node.get("notSupportCode"))))
    if codes:
        return NotSupportHardwareCodeError("The node %s does not take a scene with the finding %s: choose another."
                                           % (_shown(node), ", ".join(codes)))
    for name, number in sorted((software.get("plugins") or {}).items()):
        plugin = "%s %s" % (name, number)
        if any(_fits(pattern, plugin) for pattern in _list(node.get("notSupportPluginList"))):
            return NotSupportPluginError("The node %s does not take the plug-in %s: choose another."
                                         % (_shown(node), plugin))
    return None


def _list(value):
    return value if isinstance(value, list) else re.split("[,;]", value) if value and isinstance(
        value, compat.text_type) else []


def _fits(pattern, plugin):
    try:
        return bool(re.search(pattern, plugin, re.I))
    except (re.error, TypeError):  # What the farm writes there is its own affair.
        return False


def _findings(api, tips):
    """Return what the farm says of an analysis' findings; raise if one is an error."""
    found = []
    for code, details in sorted(tips.items()):
        found += [dict(one, details=details) for one in api.query.error_detail(code=code, language=1) or []]
    wrong = [one for one in found if compat.text(one.get("type")) == "1"]
    if wrong:
        raise AnalyseFailError("The analysis found %d errors: %s" % (len(wrong), "; ".join(
            "%s %s (%s)" % (one.get("code"), one.get("desDescriptionEn") or one.get("desDescriptionCn") or "",
                            _words(one["details"])) for one in wrong)[:2000]))
    return found


def _words(details):
    return ", ".join(compat.text(one) for one in details) if isinstance(details, list) else compat.text(details)


def _filled_in(api, tree, wish, nodes):
    """Return a task.json with the numbers that the farm gives; those that it bears are kept."""
    info = dict(tree["task_info"])
    if not info.get("project_id"):
        name = info.get("project_name")
        info["project_id"] = compat.text(api.check_and_add_project_name(name)) if name else "0"
    info["hardwareConfigIds"] = nodes
    info["ram"] = compat.text(wish.get("ram") or info.get("ram") or "64").replace("GB", "")
    info["graphics_cards_num"] = compat.text(wish.get("gpuNum") or "2")[0]
    info["user_id"] = info.get("user_id") or compat.text(api.get_user_id())
    info["task_id"] = compat.text(info.get("task_id") or api.task.task_id)
    return dict(tree, task_info=info)
