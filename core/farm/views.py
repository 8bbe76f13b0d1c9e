"""What the farm's API shows of tasks, frames and files."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os

from .. import compat
from . import notes, states

#: States in which failed frames stay as they are.
_ENDED = (states.DONE_WITH_FAILED, states.STOPPED, states.ABORTED)

USER_ID = 10000001
INPUT_BID, OUTPUT_BID, CONFIG_BID = "10201", "20201", "30201"


def task_items(store, rows, log_path):
    """Return tasks as ``queryTaskInfo`` shows them, layers inside their task.

    Args:
        store (Store): The farm's memory.
        rows (list of dict): Tasks.
        log_path (callable): Takes a task and a frame, returns where the frame's log is kept.

    Returns:
        list of dict: In the order of `rows`.
    """
    items = []
    for row in rows:
        children = store.rows("SELECT * FROM task WHERE parent=? AND NOT deleted ORDER BY id", (row["id"],))
        layers = [_item(child, _counts(store, child["id"]), []) for child in children]
        counts = _sum([_counts(store, child["id"]) for child in children]) if children else _counts(store, row["id"])
        item = dict(_item(row, counts, layers), **(notes.get(store, "wish", "%d" % row["id"]) or {}))
        if item["failedFrames"] and row["state"] in _ENDED and not row["text"]:
            item["statusText"] = _failure(store, row["id"], log_path) or item["statusText"]
        items.append(item)
    return items


def _failure(store, task, log_path):
    """Return why a task's first failed frame failed, and where its log lies: who asks is on this computer, too."""
    found = store.rows("SELECT frame.* FROM frame JOIN task ON task.id=frame.task WHERE (task.id=? OR task.parent=?)"
                       " AND NOT deleted AND frame.state=? ORDER BY number, frame.id LIMIT 1",
                       (task, task, states.FRAME_FAILED))
    if not found:
        return ""
    path = log_path(found[0]["task"], found[0]["id"])
    return "Frame %d: %s%s" % (found[0]["number"], found[0]["text"] or "It failed.",
                               " Its log is %s." % path if os.path.isfile(compat.fs(path)) else "")


def _counts(store, task):
    return dict((row["state"], row["frames"]) for row in store.rows(
        "SELECT state, COUNT(*) AS frames FROM frame WHERE task=? GROUP BY state", (task,)))


def _sum(parts):
    total = {}
    for part in parts:
        for state, count in part.items():
            total[state] = total.get(state, 0) + count
    return total


def _item(row, counts, layers):
    begun = min([layer["startTime"] for layer in layers if layer["startTime"]] or [0]) or row["begun"]
    last = row["ended"]
    return {
        "id": row["id"], "taskAlias": alias(row["id"]), "taskStatus": row["state"],
        "statusText": row["text"] or states.TEXTS.get(row["state"], ""), "isOpen": 1 if row["layered"] else 0,
        "outputFileName": row["output"], "respRenderingTaskList": layers, "layerParentId": row["parent"],
        "layerName": row["layer"], "totalFrames": sum(counts.values()),
        "doneFrames": counts.get(states.FRAME_DONE, 0), "failedFrames": counts.get(states.FRAME_FAILED, 0),
        "executingFrames": counts.get(states.FRAME_EXECUTING, 0),
        "waitingFrames": counts.get(states.FRAME_WAITING, 0),
        "abortFrames": counts.get(states.FRAME_ABANDONED, 0), "userId": USER_ID, "userName": "local",
        "bid": OUTPUT_BID, "sceneName": row["scene_name"], "framesRange": row["range"],
        "projectName": row["project"], "producer": row["producer"], "artist": row["artist"],
        "taskUserLevel": row["level"], "taskLevel": row["level"], "submitDate": row["created"],
        "startTime": begun, "completedDate": last, "renderDuration": (last - begun) // 1000 if last and begun else None,
        "labels": compat.parse_json(row["labels"]), "width": row["width"], "height": row["height"],
        "shareMainCapital": 0, "taskArrears": 0, "isDelete": 0, "channel": 4}


def alias(task):
    """Return a task's number as people read it."""
    return "L%d" % task


def frame_item(row):
    """Return a frame as ``queryTaskFrames`` shows it."""
    spent = (row["ended"] - row["started"]) // 1000 if row["ended"] and row["started"] else None
    return {"id": row["id"], "frameIndex": "%d" % row["number"], "frameStatus": row["state"],
            "frameStatusText": row["text"] or states.FRAME_TEXTS.get(row["state"], ""),
            "frameType": 2 if row["test"] else 1,
            "startTime": row["started"], "endTime": row["ended"], "frameExecuteTime": spent, "taskId": row["task"],
            "fileName": row["file"], "userId": USER_ID}


def file_item(entry, folder):
    """Return a file or folder of the output storage as ``getOutputUserDirFile`` shows it.

    Args:
        entry (Entry): From the storage's listing.
        folder (str): Its folder's name on the storage.
    """
    extension = "" if entry.is_folder else entry.name.rpartition(".")[2].lower() if "." in entry.name else ""
    return {"fileName": entry.name, "fileSize": 0 if entry.is_folder else entry.size,
            "lastModify": int(entry.mtime * 1000), "fileType": extension,
            "filePath": "%s/%s" % (folder.rstrip("/"), entry.name), "directory": entry.is_folder, "isArrears": 0}
