"""The farm's memory: tasks and frames in one SQLite file."""
from __future__ import absolute_import, division, print_function, unicode_literals

import contextlib
import os
import sqlite3
import threading
from collections import namedtuple

from .. import compat
from ..errors import FarmError, SettingsError
from . import fields, notes, states

FIRST_TASK = 10000001
_SCHEMA = 1

_TABLES = """
CREATE TABLE task(
    id INTEGER PRIMARY KEY, parent INTEGER NOT NULL DEFAULT 0,
    state INTEGER NOT NULL DEFAULT 0, text TEXT NOT NULL DEFAULT '',
    submitted INTEGER NOT NULL DEFAULT 0, layered INTEGER NOT NULL DEFAULT 0, deleted INTEGER NOT NULL DEFAULT 0,
    level INTEGER NOT NULL DEFAULT 50, artist TEXT NOT NULL DEFAULT '', producer TEXT NOT NULL DEFAULT '',
    labels TEXT NOT NULL DEFAULT '[]', project TEXT NOT NULL DEFAULT '',
    scene TEXT NOT NULL DEFAULT '', scene_name TEXT NOT NULL DEFAULT '', layer TEXT NOT NULL DEFAULT '',
    output TEXT, prefix TEXT NOT NULL DEFAULT '', range TEXT NOT NULL DEFAULT '0',
    first INTEGER NOT NULL DEFAULT 0, last INTEGER NOT NULL DEFAULT 0,
    width INTEGER NOT NULL DEFAULT 0, height INTEGER NOT NULL DEFAULT 0,
    created INTEGER NOT NULL, begun INTEGER, ended INTEGER);
CREATE INDEX task_parent ON task(parent);
CREATE TABLE frame(
    id INTEGER PRIMARY KEY AUTOINCREMENT, task INTEGER NOT NULL, number INTEGER NOT NULL,
    state INTEGER NOT NULL, text TEXT NOT NULL DEFAULT '', held INTEGER NOT NULL DEFAULT 0,
    test INTEGER NOT NULL DEFAULT 0, file TEXT, started INTEGER, ended INTEGER);
CREATE UNIQUE INDEX frame_number ON frame(task, number);
CREATE INDEX frame_next ON frame(task, state, held, test DESC, number);
CREATE TABLE project(id INTEGER PRIMARY KEY, name TEXT UNIQUE NOT NULL);
"""

#: States that only a request changes.
_FIXED = (states.STOPPED, states.FAILED, states.ABORTED)

#: A frame to render now. Times in milliseconds.
FrameJob = namedtuple("FrameJob", "frame task number scene scene_name layer output prefix width height first last")


class Store(object):
    """Tasks and frames. One connection, one lock: calls are short.

    Args:
        path (str): The SQLite file, on a local disk.
        clock (callable): Seconds since 1970.
    """

    def __init__(self, path, clock):
        self._path = path
        self._clock = clock
        self._lock = threading.RLock()
        self._db = None

    def open(self):
        """Open or make the file; frames that were being rendered wait again."""
        _keep_private(self._path)
        self._db = sqlite3.connect(self._path, timeout=30, isolation_level=None, check_same_thread=False)
        self._db.row_factory = _row
        try:
            self._db.execute("PRAGMA journal_mode=WAL").fetchall()
            self._db.execute("PRAGMA synchronous=NORMAL")
            with self.writing() as db:
                version = db.execute("PRAGMA user_version").fetchone()["user_version"]
                if version == 0:
                    for statement in _TABLES.split(";"):
                        db.execute(statement)
                    db.execute("PRAGMA user_version=%d" % _SCHEMA)
                elif version != _SCHEMA:
                    raise SettingsError("%s was written by another version of this farm: start it with another "
                                        "--root, or move the file away." % self._path)
                for statement in notes.TABLES.split(";"):
                    db.execute(statement)
                db.execute("UPDATE frame SET state=?, started=NULL WHERE state=?",
                           (states.FRAME_WAITING, states.FRAME_EXECUTING))
        except SettingsError:
            self.close()
            raise
        except sqlite3.Error as error:
            self.close()
            raise SettingsError("%s cannot be used (%s). Move it away to start with an empty farm."
                                % (self._path, compat.text(error.args[0]) if error.args else "SQLite"))

    def close(self):
        """Close the file; the write-ahead log is folded in."""
        with self._lock:
            if self._db is not None:
                self._db.close()
                self._db = None

    def now(self):
        """Return the time in milliseconds."""
        return int(self._clock() * 1000)

    @contextlib.contextmanager
    def writing(self):
        """Yield the connection inside one write transaction."""
        with self._lock:
            if self._db is None:
                raise FarmError("The farm is closing.", fields.INTERNAL)
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def rows(self, query, values=()):
        """Return all rows of a query."""
        with self._lock:
            if self._db is None:
                raise FarmError("The farm is closing.", fields.INTERNAL)
            return self._db.execute(query, values).fetchall()

    # ------------------------------------------------------------ tasks

    def create_tasks(self, count, level, artist, labels):
        """Make new, empty tasks and return their ids."""
        with self.writing() as db:
            ids = _new_ids(db, count)
            db.executemany("INSERT INTO task(id, level, artist, labels, created) VALUES (?,?,?,?,?)",
                           [(task, level, artist, compat.dump_json(labels), self.now()) for task in ids])
        return ids

    def task(self, task):
        """Return a task's row.

        Raises:
            FarmError: 404 for an unknown or deleted one.
        """
        found = self.rows("SELECT * FROM task WHERE id=? AND NOT deleted", (task,))
        if not found:
            raise FarmError("Task %d is unknown to this farm." % task, fields.UNKNOWN)
        return found[0]

    def whole(self, task):
        """Return the id of the task that a layer is of; a task without layers is its own."""
        found = self.rows("SELECT parent FROM task WHERE id=?", (task,))
        return found[0]["parent"] or task if found else task

    def note_frame(self, job, text):
        """Say of a frame that is being rendered what it waits for."""
        with self.writing() as db:
            db.execute("UPDATE frame SET text=? WHERE id=? AND state=?", (text, job.frame, states.FRAME_EXECUTING))

    def leaves(self, task):
        """Return the ids that carry a task's frames: its layers, or itself."""
        self.task(task)
        return [row["id"] for row in self.rows("SELECT id FROM task WHERE parent=? ORDER BY id", (task,))] or [task]

    def submit(self, task, order, producer):
        """Turn a task and its order into frames that wait to be rendered."""
        with self.writing() as db:
            row = self.task(task)
            if row["submitted"] or row["parent"]:
                raise FarmError("Task %d was submitted before." % task, fields.BAD_STATE)
            top = "%d_%s" % (task, order.stem)
            layered = len(order.shots) > 1
            db.execute("UPDATE task SET submitted=1, state=0, layered=?, producer=?, project=?, scene=?, scene_name=?,"
                       " output=?, range=?, text='' WHERE id=?",
                       (layered, producer, order.project, order.scene, order.scene_name, top,
                        _range(order.shots[0].frames), task))
            ids = _new_ids(db, len(order.shots)) if layered else [task]
            for leaf, shot in zip(ids, order.shots):
                if layered:
                    db.execute("INSERT INTO task(id, parent, submitted, level, artist, producer, project, scene,"
                               " scene_name, created) SELECT ?, id, 1, level, artist, producer, project, scene,"
                               " scene_name, created FROM task WHERE id=?", (leaf, task))
                self._add_shot(db, leaf, "%s/%s" % (top, shot.output) if layered else top, shot, order.held)

    def _add_shot(self, db, leaf, output, shot, held):
        db.execute("UPDATE task SET layer=?, output=?, prefix=?, range=?, first=?, last=?, width=?, height=?"
                   " WHERE id=?", (shot.layer, output, shot.prefix, _range(shot.frames), shot.frames[0],
                                   shot.frames[-1], shot.width, shot.height, leaf))
        tests = set(shot.tests)
        db.executemany("INSERT INTO frame(task, number, state, held, test) VALUES (?,?,?,?,?)",
                       [(leaf, number, states.FRAME_WAITING, bool(held and tests and number not in tests),
                         number in tests) for number in shot.frames])

    def fail_task(self, task, reason):
        """End a task that cannot be rendered at all, and say why."""
        with self.writing() as db:
            for leaf in self.leaves(task):
                self._set_state(db, leaf, states.FAILED, reason)
            self._settle_parent(db, task)

    # ------------------------------------------------------------ rendering

    def next_frame(self):
        """Take the next frame to render, or return None."""
        with self.writing() as db:
            row = _first_waiting(db)
            if row is None:
                return None
            db.execute("UPDATE frame SET state=?, text='', started=?, ended=NULL WHERE id=?",
                       (states.FRAME_EXECUTING, self.now(), row["frame"]))
            db.execute("UPDATE task SET begun=COALESCE(begun, ?) WHERE id=?", (self.now(), row["task"]))
            self.settle(db, row["task"])
        return FrameJob(**row)

    def end_frame(self, job, state, text="", file_name=None):
        """Write how a frame ended, unless someone decided otherwise meanwhile.

        Args:
            job (FrameJob): The frame.
            state (int): `FRAME_DONE`, `FRAME_FAILED`, or `FRAME_WAITING` to render it again.
            text (str): Why it failed.
            file_name (str, optional): Its name on the output storage.
        """
        with self.writing() as db:
            ended = None if state == states.FRAME_WAITING else self.now()
            db.execute("UPDATE frame SET state=?, text=?, ended=?, file=COALESCE(?, file) WHERE id=? AND state=?",
                       (state, text, ended, file_name, job.frame, states.FRAME_EXECUTING))
            self.settle(db, job.task)

    # ------------------------------------------------------------ states

    def settle(self, db, leaf):
        """Bring a task's state in line with its frames; a stopped or failed one stays so."""
        row = db.execute("SELECT state, begun FROM task WHERE id=?", (leaf,)).fetchone()
        if row["state"] in _FIXED:
            return
        counts, open_frames = {}, 0
        for found in db.execute("SELECT state, held, COUNT(*) AS frames FROM frame WHERE task=? GROUP BY state, held",
                                (leaf,)).fetchall():
            counts[found["state"]] = counts.get(found["state"], 0) + found["frames"]
            if found["state"] == states.FRAME_WAITING and not found["held"]:
                open_frames += found["frames"]
        self._set_state(db, leaf, states.of_frames(counts, open_frames, row["begun"] is not None))
        self._settle_parent(db, leaf)

    def _settle_parent(self, db, task):
        row = db.execute("SELECT id, parent, layered FROM task WHERE id=?", (task,)).fetchone()
        top = row["id"] if row["layered"] else row["parent"]
        if not top:
            return
        found = db.execute("SELECT state, text FROM task WHERE parent=?", (top,)).fetchall()
        state = states.of_children([child["state"] for child in found])
        texts = [child["text"] for child in found if child["state"] == state and child["text"]]
        self._set_state(db, top, state, texts[0] if texts else "")

    def _set_state(self, db, task, state, text=""):
        ended = self.now() if state in states.ENDED else None
        db.execute("UPDATE task SET state=?, text=?, ended=CASE WHEN ? IS NULL THEN NULL ELSE COALESCE(ended, ?) END"
                   " WHERE id=?", (state, text, ended, ended, task))

    def set_leaves(self, task, state, only):
        """Set the state of a task's leaves.

        Args:
            task (int): Id.
            state (int): A fixed one stays; with `WAITING` the frames decide.
            only (tuple of int): States that are changed, others are left alone.
        """
        with self.writing() as db:
            for leaf in self.leaves(task):
                if self.task(leaf)["state"] in only:
                    self._set_state(db, leaf, state)
                    self.settle(db, leaf)
            self._settle_parent(db, task)

    def delete(self, task):
        """Hide a task and its layers for good; its files stay."""
        with self.writing() as db:
            self.task(task)
            db.execute("UPDATE task SET deleted=1 WHERE id=? OR parent=?", (task, task))

    def set_frames(self, task, ids, only, state):
        """Set the state of frames of a task.

        Args:
            task (int): Id; a layered task stands for all its layers.
            ids (list of int or None): Frames; None for all.
            only (tuple of int): Frame states that are changed, others are left alone.
            state (int): `FRAME_WAITING` or `FRAME_ABANDONED`.

        Returns:
            int: How many frames changed.
        """
        marks = ",".join("?" * len(only))
        query = "UPDATE frame SET state=?, text='', held=0 WHERE task=? AND state IN (%s)" % marks
        total = 0
        with self.writing() as db:
            for leaf in self.leaves(task):
                values = (state, leaf) + tuple(only)
                if ids is None:
                    changed = db.execute(query, values).rowcount
                else:
                    changed = sum(db.execute(query + " AND id=?", values + (frame,)).rowcount for frame in ids)
                if changed and state == states.FRAME_WAITING:
                    self._set_state(db, leaf, states.WAITING)
                if changed:
                    self.settle(db, leaf)
                total += changed
        return total

    def release_held(self, task):
        """Let the frames behind the test frames be rendered, too."""
        with self.writing() as db:
            for leaf in self.leaves(task):
                db.execute("UPDATE frame SET held=0 WHERE task=? AND held", (leaf,))
                self.settle(db, leaf)


def _keep_private(path):
    """Let nobody else read the file, nor what SQLite writes beside it: that has its rights."""
    compat.make_private(path)
    for name in (path, path + "-wal", path + "-shm") if not compat.WINDOWS else ():  # Of an older version.
        if os.path.isfile(compat.fs(name)):
            os.chmod(compat.fs(name), 0o600)


def _row(cursor, values):
    """Return a row as a dict: 2.7's own ``sqlite3.Row`` takes no text as a key."""
    return dict(zip([column[0] for column in cursor.description], values))


def _new_ids(db, count):
    last = db.execute("SELECT MAX(id) AS last FROM task").fetchone()["last"] or FIRST_TASK - 1
    return list(range(last + 1, last + 1 + count))


def _first_waiting(db):
    """Return the fields of the next `FrameJob`, or None: tasks in their order, test frames first."""
    tasks = db.execute(
        "SELECT id FROM task WHERE state IN (?,?) AND submitted AND NOT layered AND NOT deleted"
        " ORDER BY level DESC, CASE parent WHEN 0 THEN id ELSE parent END, id",
        (states.WAITING, states.RENDERING)).fetchall()
    for task in tasks:
        row = db.execute(
            "SELECT frame.id AS frame, task.id AS task, number, scene, scene_name, layer, output, prefix,"
            " width, height, first, last FROM frame JOIN task ON task.id=frame.task"
            " WHERE frame.task=? AND frame.state=? AND held=0 ORDER BY test DESC, number LIMIT 1",
            (task["id"], states.FRAME_WAITING)).fetchone()
        if row is not None:
            return row
    return None


def _range(frames):
    """Return frames as task items show them: "1-10[1]"."""
    steps = set(b - a for a, b in zip(frames, frames[1:])) or {1}
    if len(steps) == 1:
        return "%d-%d[%d]" % (frames[0], frames[-1], steps.pop())
    shown = ",".join("%d" % frame for frame in frames[:50])
    return shown + (",..." if len(frames) > 50 else "")
