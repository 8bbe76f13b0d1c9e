"""What the farm keeps besides tasks and frames: settings, environments, wishes, and what happened."""
from __future__ import absolute_import, division, print_function, unicode_literals

import functools

from .. import compat
from . import fields

#: Both are made in farms that were begun without them.
TABLES = """
CREATE TABLE IF NOT EXISTS note(
    kind TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY(kind, name));
CREATE TABLE IF NOT EXISTS event(
    id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, act TEXT NOT NULL, task INTEGER, at INTEGER NOT NULL);
"""

_MOST_EVENTS = 10000


def put(store, kind, name, value):
    """Keep a value, in the place of an earlier one; None forgets it."""
    with store.writing() as db:
        if value is None:
            db.execute("DELETE FROM note WHERE kind=? AND name=?", (kind, name))
        else:
            db.execute("INSERT OR REPLACE INTO note VALUES (?,?,?)", (kind, name, compat.dump_json(value)))


def get(store, kind, name):
    """Return what is kept, None where nothing is."""
    found = store.rows("SELECT value FROM note WHERE kind=? AND name=?", (kind, name))
    return compat.parse_json(found[0]["value"]) if found else None


def every(store, kind):
    """Return all of a kind: list of values, by their names."""
    return [compat.parse_json(row["value"]) for row in store.rows(
        "SELECT value FROM note WHERE kind=? ORDER BY name", (kind,))]


def noted(kind, act, call):
    """Return a call of the API that is written down where it came through.

    Args:
        kind (str): "login" or "task".
        act (str): What is done.
        call (callable): Takes farm and body.
    """
    @functools.wraps(call)
    def noting(farm, body):
        data = call(farm, body)
        tasks = fields.numbers(body, "taskIds", None) or [body.get("taskId")]
        now = farm.store.now()
        with farm.store.writing() as db:
            db.executemany("INSERT INTO event(kind, act, task, at) VALUES (?,?,?,?)",
                           [(kind, act, fields.digits(task), now) for task in tasks[:1000]])
            db.execute("DELETE FROM event WHERE id <= (SELECT MAX(id) FROM event) - ?", (_MOST_EVENTS,))
        return data
    return noting


def record(farm, body, kind):
    """Show a page of what happened, the newest first."""
    page, size = fields.page(body)
    where, values = "kind=?", [kind]
    for name, sign, is_end in (("startDate", ">=", False), ("endDate", "<=", True)):
        moment = fields.moment(body, name, is_end)
        if moment is not None:
            where += " AND at %s ?" % sign
            values.append(moment)
    total = farm.store.rows("SELECT COUNT(*) AS events FROM event WHERE " + where, values)[0]["events"]
    rows = farm.store.rows("SELECT * FROM event WHERE " + where + " ORDER BY id DESC LIMIT ? OFFSET ?",
                           values + [size, (page - 1) * size])
    return fields.paged([{"id": row["id"], "operate": row["act"], "taskId": row["task"], "createTime": row["at"],
                          "userName": "local"} for row in rows], total, page, size)
