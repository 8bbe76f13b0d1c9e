"""The API's calls about the account: settings, records, render environments."""
from __future__ import absolute_import, division, print_function, unicode_literals

from ..errors import FarmError
from . import fields, notes

_OVER_TIME_S = 12 * 3600
_MOST_ENVIRONMENTS = 1000


def user_setting(farm, body):
    """Show the account's settings."""
    seconds = notes.get(farm.store, "setting", "taskOverTimeSec") or _OVER_TIME_S
    return {"shareMainCapital": 0, "downloadDisable": 0, "taskOverTime": seconds // 3600, "taskOverTimeSec": seconds,
            "subDeleteTask": 1, "useMainBalance": 0, "singleNodeRenderFrames": "1", "autoCommit": "2",
            "infoStatus": 0, "accountType": 1}


def change_setting(farm, body):
    """Keep the time after which the account's tasks end; it is shown, no task is ended by it here."""
    notes.put(farm.store, "setting", "taskOverTimeSec", fields.number(body, "taskOverTimeSec", least=1, most=10 ** 8))


def task_record(farm, body):
    """Show what was done with tasks."""
    return notes.record(farm, body, "task")


def login_record(farm, body):
    """Show when someone asked for the account."""
    return notes.record(farm, body, "login")


def pack_nodes(farm, body):
    """There are no hired nodes on one machine."""
    return []


def add_environment(farm, body):
    """Keep a new render environment."""
    found = _environment(body)
    if notes.get(farm.store, "environment", found["editName"]) is not None:
        raise FarmError("There is an environment of that name already.", fields.BAD_STATE)
    if len(notes.every(farm.store, "environment")) >= _MOST_ENVIRONMENTS:
        raise FarmError("The farm has %d environments: that is all it takes." % _MOST_ENVIRONMENTS, fields.BAD_STATE)
    notes.put(farm.store, "environment", found["editName"], found)
    return {"editName": found["editName"]}


def edit_environment(farm, body):
    """Replace a render environment."""
    found = dict(_environment(body), isDefault=_known(farm, body)["isDefault"])
    notes.put(farm.store, "environment", found["editName"], found)


def delete_environment(farm, body):
    """Forget a render environment."""
    notes.put(farm.store, "environment", _known(farm, body)["editName"], None)


def set_default_environment(farm, body):
    """Make a render environment the first of its program."""
    wanted = _known(farm, body)
    for found in notes.every(farm.store, "environment"):
        if found["cgId"] == wanted["cgId"]:
            found["isDefault"] = int(found["editName"] == wanted["editName"])
            notes.put(farm.store, "environment", found["editName"], found)


def environments(farm, body):
    """List render environments."""
    one, several = fields.number(body, "cgId", None), fields.numbers(body, "cgIds", None)
    system = fields.number(body, "osName", None)
    wanted = set(several or []) | (set() if one is None else {one})
    return [found for found in notes.every(farm.store, "environment")
            if (not wanted or found["cgId"] in wanted) and system in (None, found["osName"])]


def _known(farm, body):
    name = fields.word(body, "editName", longest=200)
    found = notes.get(farm.store, "environment", name)
    if found is None:
        raise FarmError("There is no environment of that name.", fields.UNKNOWN)
    return found


def _environment(body):
    name = fields.word(body, "editName", longest=200)
    if not name.strip():
        raise FarmError("The field \"editName\" is empty.", fields.MISSING)
    return {"cgId": fields.number(body, "cgId"), "editName": name, "cgName": fields.word(body, "cgName", longest=100),
            "cgVersion": fields.word(body, "cgVersion", longest=100), "osName": fields.number(body, "renderSystem"),
            "renderLayerType": fields.number(body, "renderLayerType", 0), "isDefault": 0,
            "projectPath": fields.word(body, "projectPath", "", 4000),
            "respUserPluginInfoVos": [{"pluginId": plugin, "pluginName": "", "pluginVersion": ""}
                                      for plugin in fields.numbers(body, "pluginIds")[:1000]]}
