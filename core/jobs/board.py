"""The frames of tasks, from what the farm says and from what landed here, written into the store's frame rows."""
from __future__ import absolute_import, division, print_function, unicode_literals

import logging
import os
import re
from collections import namedtuple

from .. import compat, landing, paths, tasks, words
from ..errors import SyncError
from ..fetch import Wanted
from ..frames.verdict import OTHER_RESOLUTION, TRUNCATED, UNREADABLE
from ..record import Record
from .desk import kept_sentence
from .inspector import Finding, Inspector

log = logging.getLogger(__name__)

#: States of frames on the farm; source: the farm's SDK.
_FARM = {1: "waiting", 2: "rendering", 3: "failed", 4: "rendered", 5: "failed"}

_NUMBER = re.compile(r"(-?\d+)(?=\.[^./]+\Z)")
_INDEX = re.compile(r"(-?\d+)(?:-(-?\d+)(?:\[(\d+)\])?)?\Z")
_WRITE_S = 0.4

#: Asking for frames takes this part of the time at most: the farm gives all of a task's frames, or none.
_ASKING_SHARE = 0.1
_MOST_NUMBERS = 100000

#: Flags of frames that landed though they are not as they should be.
FLAWS = (TRUNCATED, UNREADABLE, OTHER_RESOLUTION)

#: Where files of a leaf of a task lie, and which layer they show.
_Leaf = namedtuple("_Leaf", "task_id output layer")


class _Cell(object):
    """A frame in memory. ``farm`` and ``file`` are its two sides; together they are the row's state."""

    __slots__ = ("farm", "file", "values", "is_new")

    def __init__(self):
        self.farm = self.file = None
        self.values = {}
        self.is_new = True

    def state(self):
        if self.file == "fetching":
            return "fetching"
        if self.farm in ("waiting", "rendering", "failed"):
            return self.farm
        return self.file or "rendered"


class Board(object):
    """The frame rows of a job's tasks. Calls are the running thread's.

    Args:
        work (Work): Of the job; its events are heard.
    """

    def __init__(self, work):
        self._work = work
        self._store = work.desk.store
        self._cells = {}
        self._changed = set()
        self._leaves = {}
        self._numbers = {}
        self._stems = {}
        self._seen = {}
        self._by_path = {}
        self._told = {}
        self._news = {}
        self._ask_at = 0.0
        self._active = set()
        self._written_at = 0.0
        self._loaded = set()
        self._inspector = Inspector(work.cancel)
        work.hearers.append(self.hear)

    # -- the farm's side

    def ask_farm(self, session, states):
        """Take note of what the farm says about tasks' frames; it is asked only where numbers changed.

        Where that took long, it is not done again at once, but for a task that has ended: see `ask_again`.

        Args:
            session (JobSession): Logged in.
            states (list of TaskState): The tasks.
        """
        for state in states:
            told = (state.status, state.done, state.failed, state.executing, state.total, state.outputs)
            if self._told.get(state.id) != told:
                self._news[state.id] = state, told
        self.ask_again(session)

    def ask_again(self, session):
        """Ask for the frames of the tasks with news, as far as their turn has come."""
        began = compat.monotonic()
        wanted = [(state, told) for state, told in self._news.values() if state.is_ended or began >= self._ask_at]
        if not wanted:
            return
        for state, told in wanted:
            self._load(state.id)
            for leaf_id, leaf in self._leaves_of(session, state):
                for frame in session.ask(lambda leaf_id=leaf_id: list(tasks.frames(session.api, leaf_id))):
                    self._note_farm(leaf, frame)
            self._told[state.id] = told
            del self._news[state.id]
        now = compat.monotonic()
        self._ask_at = now + (now - began) * (1 / _ASKING_SHARE - 1)
        self.flush(force=True)

    def _leaves_of(self, session, state):
        ids = [number for number in state.leaves if number is not None] or [state.id]
        if len(ids) == 1 and ids[0] == state.id:
            found = {state.id: state}
        else:
            found = session.ask(lambda: tasks.read_tasks(session.api, ids))
        leaves = []
        for number in ids:
            output = found[number].outputs[0] if found.get(number) and found[number].outputs else ""
            leaf = _Leaf(state.id, "/" + output.strip("/"), output.strip("/").partition("/")[2])
            if output:
                self._leaves.setdefault(leaf.output, leaf)
            leaves.append((number, leaf))
        return leaves

    def _note_farm(self, leaf, frame):
        for number in _numbers(frame.index):
            self._numbers.setdefault((leaf.task_id, leaf.layer), set()).add(number)
            cell = self._cell(leaf.task_id, leaf.layer, number)
            cell.farm = _FARM.get(frame.status, cell.farm)
            values = {"farm_id": frame.id, "rendered": _seconds(frame.end)}
            if cell.farm == "failed":
                values["note"] = frame.text
            elif cell.values.get("state") == "failed":
                values["note"] = ""
            self._set(leaf.task_id, leaf.layer, number, **values)

    # -- the local side

    def download(self, session, wanted_of, **options):
        """Download, and take note of each file; arguments as for `Session.download`."""
        def observed(engine):
            for item in wanted_of(engine):
                if isinstance(item, Wanted):
                    self._see(item, engine.identity)
                yield item

        session.inspect = self._inspector
        beside = {}
        try:
            report = session.download(observed, **options)
            beside.update(report.beside)
            return report
        finally:
            session.inspect = None
            self._reconcile(session.record_path, beside)

    def _see(self, item, identity):
        path = path_of(item)
        self._seen[item.stored.name] = (item.stored, path, identity + item.stored.name)
        if path:
            self._by_path[path] = item.stored.name

    def hear(self, event):
        """Take note of an event of a download."""
        if event.kind == "done" and event.item is not None:
            self._note_rendered(event.item.source)
            found = self._inspector.take(event.item.target) or Finding("", "", None)
            self._file(event.item.source, "here", path=event.item.target, size=event.item.size,
                       landed=self._store.now(), flag=found.flag, note=found.note, thumb=found.thumb)
            if found.flag in FLAWS:
                self._work.desk.problem("flagged", event.item.target, found.note)
        elif event.kind == "failed" and event.item is not None:
            self._file(event.item.source, "failed", note=words.printable(event.note or ""))
        elif event.kind == "tick":
            active = set(self._by_path.get(name) for name, _ in event.note.active) - set([None])
            for name in active - self._active:
                self._file(name, "fetching")
            self._active = active
        else:
            return
        self.flush()

    def _note_rendered(self, name):
        """A file that landed is rendered, whatever the farm said of it when it was last asked."""
        key = self._key(name)
        if key is not None and self._cell(*key).farm in ("waiting", "rendering"):
            self._cell(*key).farm = "rendered"

    def _file(self, name, state, **values):
        key = self._key(name)
        if key is None:
            return
        self._cell(*key).file = state
        if "path" in values:
            values["name"] = os.path.basename(values["path"])
        self._set(*key, **values)

    def _key(self, name):
        """Return ``(task, layer, number)`` of a file on the storage; None for what is no frame of a known task."""
        leaf = self._leaf_of(name)
        if leaf is None:
            return None
        folder, _, base = name[len(leaf.output) + 1:].rpartition("/")
        known = self._numbers.get((leaf.task_id, leaf.layer), ())
        number = _number_in(base, known)
        if number is None:
            return None
        layer = "/".join(part for part in (leaf.layer, folder) if part)
        stem = _NUMBER.sub("#", base)
        first = self._stems.setdefault((leaf.task_id, layer), stem)
        if stem != first:  # Another pass beside the first one.
            layer = "%s:%s" % (layer, stem.partition("#")[0].rstrip("._-") or stem)
        return leaf.task_id, layer, number

    def _leaf_of(self, name):
        """Return the leaf in whose folder a file lies: the innermost one, None where there is none."""
        folder = name.rpartition("/")[0]
        while folder and folder not in self._leaves:
            folder = folder.rpartition("/")[0]
        return self._leaves.get(folder)

    def _reconcile(self, record_path, beside):
        """Compare what the storage listed with what lies here: the events told only what moved."""
        with Record(record_path) as record:
            rows = record.landed([path for _, path, _ in self._seen.values() if path])
            for name, (stored, path, source) in self._seen.items():
                if not path:
                    continue
                try:
                    state = landing.file_state(path)
                except SyncError:
                    continue
                if state is None:
                    continue
                row = rows.get(path)
                if row is not None and row.source == source and landing.is_ours(state, row):
                    if landing.is_same_source(row, stored):
                        self._file(name, "here", path=path, size=state[0])
                else:
                    self._file(name, "kept", path=path, size=state[0], note=kept_sentence(beside.get(path)))
        self._seen.clear()
        self._by_path.clear()
        self._active = set()
        self.flush(force=True)

    def counts(self, task_ids):
        """Return ``(frames here, frames in all)`` of tasks: those that the farm has told of."""
        here = total = 0
        for (task_id, layer), numbers in self._numbers.items():
            if task_id in task_ids:
                total += len(numbers)
                here += sum(self._cells[task_id, layer, number].state() in ("here", "kept") for number in numbers)
        return here, total

    # -- rows

    def _load(self, task_id):
        if task_id in self._loaded:
            return
        self._loaded.add(task_id)
        for layer, number, name, state, path in self._store.rows(
                "SELECT layer, number, name, state, path FROM frame WHERE task_id = ?", (task_id,)):
            cell = self._cells[task_id, layer, number] = _Cell()
            cell.is_new = False
            cell.values["state"] = state
            if state in ("here", "kept") and path and os.path.exists(compat.fs(path)):
                cell.file = state
            if name and ":" not in layer:
                self._stems.setdefault((task_id, layer), _NUMBER.sub("#", name))

    def _cell(self, task_id, layer, number):
        key = task_id, layer, number
        if key not in self._cells:
            self._cells[key] = _Cell()
        return self._cells[key]

    def _set(self, task_id, layer, number, **values):
        cell = self._cells[task_id, layer, number]
        values["state"] = cell.state()
        for name, value in values.items():
            if cell.values.get(name, self) != value:
                cell.values[name] = value
                self._changed.add((task_id, layer, number))

    def flush(self, force=False):
        """Write the rows that changed."""
        if not self._changed or (not force and compat.monotonic() - self._written_at < _WRITE_S):
            return
        self._written_at = compat.monotonic()
        changed, self._changed = self._changed, set()
        try:
            with self._store.write() as db:
                for key in sorted(changed):
                    self._write(db, key, self._cells[key])
        except SyncError as error:
            self._changed |= changed
            log.warning("%s The download goes on.", error.message)
            return
        for key in changed:
            self._cells[key].is_new = False

    @staticmethod
    def _write(db, key, cell):
        names = sorted(cell.values)
        values = [cell.values[name] for name in names]
        if cell.is_new:
            db.execute("INSERT OR IGNORE INTO frame (task_id, layer, number, state, changed)"
                       " VALUES (?, ?, ?, '', 0)", key)
        db.execute("UPDATE frame SET %s, changed = (SELECT value FROM counter)"
                   " WHERE task_id = ? AND layer = ? AND number = ?" % ", ".join("%s = ?" % name for name in names),
                   values + list(key))


def path_of(item):
    """Return where a `fetch.Wanted` would land, None where its name is refused."""
    try:
        return paths.land(item.folder, item.name)
    except SyncError:
        return None


def _numbers(index):
    """Return the numbers of a frame as the farm names it: "12", or "1-10[1]" for several in one."""
    found = _INDEX.match(index.strip())
    if not found:
        return []
    first = int(found.group(1))
    last, step = int(found.group(2) or first), max(int(found.group(3) or 1), 1)
    return list(range(first, min(last, first + _MOST_NUMBERS) + 1, step))


def _number_in(name, known):
    """Return the frame's number in a file's name, given the numbers that the task has."""
    found = _NUMBER.search(name)
    numbers = [int(found.group(1)), abs(int(found.group(1)))] if found else []
    for number in reversed(numbers):
        if number in known:
            return number
    for number in numbers:
        if number in known:
            return number
    if len(known) == 1:
        return next(iter(known))  # A still: its name has no number, or another one.
    return numbers[-1] if numbers and not known else None


def _seconds(milliseconds):
    """Return a time of the farm's in seconds."""
    if isinstance(milliseconds, bool) or not isinstance(milliseconds, (int, float)) or milliseconds <= 0:
        return None
    return milliseconds / 1000.0
