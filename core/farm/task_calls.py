"""The API's calls about tasks, frames and their files.

Every function takes the farm and the request's body, and returns the answer's
data or raises `FarmError`.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import hashlib
import io

import six

from .. import compat, png
from ..errors import FarmError, SyncError
from . import fields, intake, states, views

_MOST_TASKS = 1000
_LARGEST_LOG = 16 << 20
_THUMBNAIL_WIDTH = 240
_LARGEST_PICTURE = 64 << 20
_ALL_FRAMES = (states.FRAME_WAITING, states.FRAME_EXECUTING, states.FRAME_ABANDONED,
               states.FRAME_DONE, states.FRAME_FAILED)


def create_task(farm, body):
    """Make task numbers."""
    labels = body.get("labels") or []
    if not isinstance(labels, list) or len(labels) > 100 or not all(
            isinstance(label, six.text_type) and len(label) <= 200 for label in labels):
        raise FarmError("The field \"labels\" must be a list of texts.", fields.MISSING)
    ids = farm.store.create_tasks(fields.number(body, "count", least=1, most=_MOST_TASKS),
                                  fields.number(body, "taskUserLevel", most=1000),
                                  fields.word(body, "artist", "", 200), labels)
    return {"taskIdList": ids, "aliasTaskIdList": [views.alias(task) for task in ids], "userId": views.USER_ID}


def keep_config(farm, body):
    """Keep one of a task's four JSON files."""
    task = fields.number(body, "taskId")
    name = fields.word(body, "fileName", longest=100)
    content = fields.word(body, "content", longest=64 << 20)
    if name not in intake.CONFIG_NAMES:
        raise FarmError("The field \"fileName\" must be one of %s." % ", ".join(intake.CONFIG_NAMES), fields.MISSING)
    farm.store.task(task)
    try:
        data = content.encode("utf-8")
    except UnicodeEncodeError:
        raise FarmError("The field \"content\" holds characters that UTF-8 has not.", fields.MISSING)
    farm.put_bytes(farm.config, intake.config_name(task, name), data)


def submit(farm, body):
    """Take a task's task.json and let its frames wait to be rendered."""
    task = fields.number(body, "taskId")
    producer = fields.word(body, "producer", "", 200)
    farm.store.task(task)
    order = intake.read(farm.config, task)
    farm.store.submit(task, order, producer)
    farm.look_for_scene(task, order.scene)
    farm.loop.wake()


def task_info(farm, body):
    """Show tasks by number; unknown ones are left out unless all are."""
    ids = fields.numbers(body, "taskIds")
    rows = []
    for task in ids[:_MOST_TASKS]:
        rows += farm.store.rows("SELECT * FROM task WHERE id=? AND NOT deleted", (task,))
    if ids and not rows:
        raise FarmError("Task %s is unknown to this farm." % ", ".join("%d" % task for task in ids[:10]),
                        fields.UNKNOWN)
    return fields.paged(views.task_items(farm.store, rows, farm.loop.log_path), len(rows), 1, max(1, len(rows)))


def task_list(farm, body):
    """Show tasks, the newest first."""
    page, size = fields.page(body)
    wanted = fields.numbers(body, "statusList", None)
    keyword = fields.word(body, "searchKeyword", "", 200)
    where, values = ["parent=0", "deleted" if fields.number(body, "recycleFlag", 0) else "NOT deleted"], []
    if wanted:
        where.append("state IN (%s)" % ",".join("%d" % state for state in wanted[:100]))
    if keyword:
        where.append("(scene_name LIKE ? ESCAPE '!' OR id LIKE ? ESCAPE '!')")
        values += [_like(keyword)] * 2
    for name, sign, is_end in (("startTime", ">=", False), ("endTime", "<=", True)):
        moment = fields.moment(body, name, is_end)
        if moment is not None:
            where.append("created %s ?" % sign)
            values.append(moment)
    query = " FROM task WHERE " + " AND ".join(where)
    total = farm.store.rows("SELECT COUNT(*) AS tasks" + query, values)[0]["tasks"]
    rows = farm.store.rows("SELECT *" + query + " ORDER BY id DESC LIMIT ? OFFSET ?",
                           values + [size, (page - 1) * size])
    return fields.paged(views.task_items(farm.store, rows, farm.loop.log_path), total, page, size)


def task_frames(farm, body):
    """Show the frames of a task; of a layered one, those of all its layers."""
    page, size = fields.page(body)
    keyword = fields.word(body, "searchKeyword", "", 100)
    leaves = farm.store.leaves(fields.number(body, "taskId"))
    query = " FROM frame WHERE task IN (%s)" % ",".join("%d" % leaf for leaf in leaves)
    values = []
    if keyword:
        query += " AND number LIKE ? ESCAPE '!'"
        values.append(_like(keyword))
    total = farm.store.rows("SELECT COUNT(*) AS frames" + query, values)[0]["frames"]
    rows = farm.store.rows("SELECT *" + query + " ORDER BY task, number LIMIT ? OFFSET ?",
                           values + [size, (page - 1) * size])
    return fields.paged([views.frame_item(row) for row in rows], total, page, size)


def frame_stats(farm, body):
    """Count the frames of all tasks."""
    counts = dict((row["state"], row["frames"]) for row in farm.store.rows(
        "SELECT frame.state AS state, COUNT(*) AS frames FROM frame JOIN task ON task.id=frame.task"
        " WHERE NOT deleted GROUP BY frame.state"))
    names = {states.FRAME_EXECUTING: "executing", states.FRAME_DONE: "done", states.FRAME_FAILED: "failed",
             states.FRAME_WAITING: "waiting", states.FRAME_ABANDONED: "abandon"}
    stats = dict(("%sFramesTotal" % name, counts.get(state, 0)) for state, name in names.items())
    stats["totalFrames"] = sum(counts.values())
    return stats


def output_files(farm, body):
    """List a folder of the output storage, or of a task's outputs."""
    tree = fields.word(body, "treePath", longest=4000)
    task = fields.number(body, "taskId", None)
    folder = "/" + tree.strip("/")
    if task is not None:
        output = farm.store.task(task)["output"]
        if output is None:
            return []
        folder = "/%s%s" % (output, folder if folder != "/" else "")
    return [views.file_item(entry, folder) for entry in farm.output.listing(folder)
            if not entry.name.startswith(".")]


def stop_task(farm, body):
    """Stop tasks that wait or render."""
    for task in fields.known_tasks(farm, body):
        farm.store.set_leaves(task, states.STOPPED, only=(states.WAITING, states.RENDERING, states.TESTED))
    farm.end_unwanted()


def start_task(farm, body):
    """Let stopped and failed tasks go on."""
    for task in fields.known_tasks(farm, body):
        farm.store.set_leaves(task, states.WAITING, only=(states.STOPPED, states.FAILED))
    farm.loop.wake()


def recommit_tasks(farm, body):
    """Render the failed frames of tasks again, or those in the states that are named."""
    only = _frame_states(body, (states.FRAME_FAILED, states.FRAME_ABANDONED))
    for task in fields.known_tasks(farm, body):
        farm.store.set_frames(task, None, only, states.FRAME_WAITING)
        farm.store.set_leaves(task, states.WAITING, only=(states.FAILED,))
    farm.loop.wake()


def recommit_frames(farm, body):
    """Render frames of one task again."""
    task, ids = _frames_of(body)
    every = (states.FRAME_FAILED, states.FRAME_ABANDONED, states.FRAME_DONE)
    farm.store.set_frames(task, ids, _frame_states(body, every), states.FRAME_WAITING)
    farm.loop.wake()


def stop_frames(farm, body):
    """Give up frames of one task that wait or render."""
    task, ids = _frames_of(body)
    only = _frame_states(body, (states.FRAME_WAITING, states.FRAME_EXECUTING))
    farm.store.set_frames(task, ids, [state for state in only if state != states.FRAME_DONE], states.FRAME_ABANDONED)
    farm.end_unwanted()


def abandon_task(farm, body):
    """Give up tasks for good; what is rendered stays."""
    for task in fields.known_tasks(farm, body):
        farm.store.set_leaves(task, states.ABORTED, only=(states.WAITING, states.RENDERING, states.STOPPED,
                                                          states.TESTED, states.FAILED))
        farm.store.set_frames(task, None, (states.FRAME_WAITING, states.FRAME_EXECUTING), states.FRAME_ABANDONED)
    farm.end_unwanted()


def delete_task(farm, body):
    """Forget tasks; their files stay."""
    for task in fields.known_tasks(farm, body):
        farm.store.delete(task)
    farm.end_unwanted()


def full_speed(farm, body):
    """Go on behind the test frames."""
    for task in fields.known_tasks(farm, body):
        farm.store.release_held(task)
    farm.loop.wake()


def set_level(farm, body):
    """Change a task's priority: a higher level is rendered first."""
    task = fields.number(body, "taskId")
    level = fields.number(body, "taskUserLevel", most=1000)
    farm.store.task(task)
    with farm.store.writing() as db:
        db.execute("UPDATE task SET level=? WHERE id=? OR parent=?", (level, task, task))


def show_log(farm, body):
    """Return the renderer's output for a frame, a page of lines at a time."""
    row = _frame(farm, body)
    page = fields.number(body, "pageNum", 1, least=1, most=10 ** 9)
    size = fields.number(body, "pageSize", 1, least=1, most=10000)
    lines = max(size, 1000)  # The vendor's client counts in pages of its own and asks for one.
    try:
        with io.open(compat.fs(farm.loop.log_path(row["task"], row["id"])), "rb") as source:
            text = source.read(_LARGEST_LOG).decode("utf-8", "replace")
    except EnvironmentError:
        return ""
    return "\n".join(text.splitlines()[(page - 1) * lines:page * lines])


def thumbnail(farm, body):
    """Return the names of a finished frame's thumbnail on the output storage."""
    row = _frame(farm, body)
    if fields.number(body, "frameStatus") != states.FRAME_DONE or row["state"] != states.FRAME_DONE or not row["file"]:
        return []
    content = farm.output.read(row["file"], _LARGEST_PICTURE)
    if content is None:
        return []
    mark = hashlib.sha256(content).hexdigest()[:12]  # A frame that was rendered again gets another name.
    name = "/.thumbnails/%d/%d_%s.png" % (row["task"], row["number"], mark)
    if not farm.output.has(name):
        try:
            small = png.shrink(*(png.decode(content) + (_THUMBNAIL_WIDTH,)))
        except SyncError:  # No picture that can be read here.
            return []
        farm.put_bytes(farm.output, name, png.encode(*small))
    return [name]


def _like(keyword):
    for special in "!%_":
        keyword = keyword.replace(special, "!" + special)
    return "%%%s%%" % keyword


def _frame(farm, body):
    frame = fields.number(body, "id")
    found = farm.store.rows("SELECT frame.* FROM frame JOIN task ON task.id=frame.task"
                            " WHERE frame.id=? AND NOT deleted", (frame,))
    if not found:
        raise FarmError("Frame %d is unknown to this farm." % frame, fields.UNKNOWN)
    return found[0]


def _frames_of(body):
    """Return ``(task, frame ids or None for all)``; the farm's SDK writes "ids" and "Ids"."""
    task = fields.number(body, "taskId")
    if fields.number(body, "selectAll", 0, most=1):
        return task, None
    return task, fields.numbers(body, "ids" if body.get("ids") is not None else "Ids")


def _frame_states(body, default):
    wanted = fields.numbers(body, "status", None)
    return tuple(state for state in wanted if state in _ALL_FRAMES) if wanted else default
