"""The API's calls about projects, and about the labels and wishes of tasks.

The wishes (time, nodes) are kept and shown; on one machine nothing comes of them.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import sqlite3

from .. import compat
from ..errors import FarmError
from . import fields, notes, states

_MOST_PROJECTS = 10000
_MOST_LABELS = 100
_MOST_FRAMES = 1000


def project_list(farm, body):
    """List the projects."""
    fields.number(body, "flag", 0)
    return {"projectNameList": [{"projectId": row["id"], "projectName": row["name"]} for row in farm.store.rows(
        "SELECT id, name FROM project ORDER BY id")]}


def project_add(farm, body):
    """Add a project."""
    name = fields.word(body, "newName", longest=200)
    if not name.strip():
        raise FarmError("The field \"newName\" is empty.", fields.MISSING)
    with farm.store.writing() as db:
        if db.execute("SELECT COUNT(*) AS projects FROM project").fetchone()["projects"] >= _MOST_PROJECTS:
            raise FarmError("The farm has %d projects: that is all it takes." % _MOST_PROJECTS, fields.BAD_STATE)
        try:
            db.execute("INSERT INTO project(name) VALUES (?)", (name,))
        except sqlite3.IntegrityError:
            raise FarmError("There is a project of that name already.", fields.BAD_STATE)


def project_delete(farm, body):
    """Delete a project; its tasks keep its name."""
    with farm.store.writing() as db:
        if not db.execute("DELETE FROM project WHERE name=?", (fields.word(body, "delName", longest=200),)).rowcount:
            raise FarmError("There is no project of that name.", fields.UNKNOWN)


def add_label(farm, body):
    """Give tasks a label."""
    label = fields.word(body, "label", longest=200)
    if not label.strip():
        raise FarmError("The field \"label\" is empty.", fields.MISSING)
    _relabel(farm, body, lambda labels: labels if label in labels else labels + [label])


def delete_label(farm, body):
    """Take labels from tasks."""
    names = body.get("labelNames") or []
    if not isinstance(names, list):
        raise FarmError("The field \"labelNames\" must be a list of texts.", fields.MISSING)
    _relabel(farm, body, lambda labels: [label for label in labels if label not in names])


def _relabel(farm, body, change):
    for task in fields.known_tasks(farm, body):
        with farm.store.writing() as db:
            labels = change(compat.parse_json(farm.store.task(task)["labels"]))
            if len(labels) > _MOST_LABELS:
                raise FarmError("A task bears %d labels at most." % _MOST_LABELS, fields.BAD_STATE)
            db.execute("UPDATE task SET labels=? WHERE id=?", (compat.dump_json(labels), task))


def set_over_time(farm, body):
    """Keep the time after which tasks end."""
    _wish(farm, fields.known_tasks(farm, body), {"overTimeStop": fields.number(body, "overTime", most=10 ** 8)})


def set_limit(farm, body):
    """Keep the number of nodes of a task."""
    task = fields.number(body, "taskId")
    farm.store.task(task)
    _wish(farm, [task], {"taskLimit": fields.number(body, "taskLimit", most=10 ** 6)})


def set_hardware(farm, body):
    """Keep which nodes tasks want; the farm must have them."""
    ids = fields.numbers(body, "hardwareConfigIds")
    wish = {"hardwareConfigIds": ["%d" % number for number in ids], "model": fields.word(body, "model", longest=100),
            "ram": fields.word(body, "ram", longest=100), "gpuNum": fields.word(body, "gpuNum", None, 100)}
    if not ids or not set(ids) <= set(node["id"] for node in hardware(farm, {})):
        raise FarmError("The farm has no such nodes: ask for hardwareConfig/list.", fields.UNKNOWN)
    _wish(farm, fields.known_tasks(farm, body), wish)


def _wish(farm, tasks, wish):
    for task in tasks:
        name = "%d" % task
        notes.put(farm.store, "wish", name, dict(notes.get(farm.store, "wish", name) or {}, **wish))


def hardware(farm, body):
    """List the machines: this one, in the sizes that scripts ask for."""
    return [{"id": number, "model": "Default", "ram": "%dGB" % size, "gpuNum": None, "platform": farm.platform,
             "status": 1, "notSupportCgId": None, "notSupportCode": [], "notSupportCgVersions": [],
             "notSupportPluginList": []} for number, size in ((1, 64), (2, 128), (3, 256))]


def pictures(farm, body):
    """Show how far the frames of a task are."""
    task = farm.store.task(fields.number(body, "taskId"))
    fields.number(body, "frameType", None)
    rows = farm.store.rows("SELECT * FROM frame WHERE task IN (%s) ORDER BY task, number LIMIT ?" % ",".join(
        "%d" % leaf for leaf in farm.store.leaves(task["id"])), (_MOST_FRAMES,))
    return {"block": 1, "currentTaskType": "Render", "sceneName": task["scene_name"], "startTime": task["begun"],
            "width": task["width"], "height": task["height"], "grabInfo": [[{
                "frameIndex": "%d" % row["number"], "frameBlock": "1", "frameStatus": "%d" % row["state"],
                "framePercent": "100" if row["state"] == states.FRAME_DONE else "0", "grabUrl": row["file"] or "",
                "startTime": row["started"], "endTime": row["ended"]}] for row in rows]}
