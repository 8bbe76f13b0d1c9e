"""A worker's side of its job: what happens is written into the row, what somebody asks is read from it.

The thread that runs the job hears its events and writes progress; a second one, the `Steward`, keeps the
heartbeat and obeys. Each has a `Store` of its own.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import logging
import os
import threading

from .. import compat, settings as settings_module, timetable, tuner, words
from ..cancel import Cancel
from ..errors import SyncError
from ..model import Problem
from ..throttle import Throttle
from . import lanes, schema
from .schema import PAUSED, QUEUED, RUNNING
from .store import Store

log = logging.getLogger(__name__)

_WRITE_S = 0.25
_MOST_ACTIVE = 40


class Desk(object):
    """Where a running job's progress arrives. All calls are the running thread's, but for what the steward reads.

    Args:
        store (Store): Open, of this thread.
        job (Job): The row.
        worker (str): `process.token` of this process.

    Attributes:
        cancel (Cancel): Ends the job.
        throttle (Throttle): Of all its runs.
        threads (tuner.Threads): Of all its runs.
        adds_up (bool): Totals of one run after the other are added; else the last one's count.
    """

    def __init__(self, store, job, worker):
        self.store = store
        self.job = job
        self.worker = worker
        self.cancel = Cancel()
        self.throttle = Throttle()
        self.threads = tuner.Threads()
        self.adds_up = False
        self.moved_at = None
        self.fields = {}
        self._unwritten = {}
        self._written_at = 0.0
        self._open = threading.Event()
        self._open.set()
        self._base = (0, 0, 0, 0)
        self._last = (0, 0, 0, 0)
        self._moved = 0
        self._problems = {}
        self._named, self._there = set(), []
        self._active = ()

    # -- what the job says

    def set(self, **fields):
        """Change columns of the row, at the next write."""
        for name, value in fields.items():
            if self.fields.get(name, self) != value:
                self.fields[name] = self._unwritten[name] = value

    def stage(self, name, **fields):
        """Enter a stage: on the disk before this returns, so that a resumed job knows."""
        self.set(stage=name, **fields)
        self.flush(durable=True)

    def say(self, message):
        """Show a sentence in the row."""
        self.set(message=words.printable(message))
        self.flush()

    def follow(self):
        """Begin to count a new run."""
        self._base = self._last if self.adds_up else (0, 0, 0, 0)
        self._last = self._base

    def hear(self, event):
        """Take note of an event of the transfer."""
        take = _HEARERS.get(event.kind)
        if take is not None:
            take(self, event)
        if compat.monotonic() - self._written_at >= _WRITE_S:
            self.flush()

    def _tick(self, event):
        totals = event.note
        self._last = tuple(a + b for a, b in zip(self._base, (totals.files, totals.files_total, totals.bytes,
                                                             totals.bytes_total)))
        if self._last[2] > self._moved:
            self.moved_at = compat.monotonic()
        self._moved = self._last[2]
        self.set(files=self._last[0], files_total=self._last[1], bytes=self._last[2], bytes_total=self._last[3],
                 rate=float(totals.rate), left_s=totals.left_s)
        self._active = tuple(totals.active[:_MOST_ACTIVE])

    def _plan(self, event):
        plan = event.note
        self.set(skipped=plan.skipped, missing=plan.missing, failed=plan.failed, message="")
        for name in plan.skipped_some:
            self._skip(name)

    def _skipped(self, event):
        self._skip(event.note)

    def _skip(self, name):
        if name not in self._named:
            self._named.add(name)
            self._there.append((self.job.id, name))

    def _survey(self, event):
        self.set(message="Looking at the files: %s" % words.count(event.done))
        self.wait_while_paused()

    def _problem(self, event):
        if isinstance(event.note, Problem):
            kind, name, reason = event.note.kind, event.note.source or event.note.target, event.note.reason
        elif event.item is not None:
            kind, name, reason = "failed", event.item.source, event.note or ""
        else:
            return
        self.problem(kind, name, reason)

    def problem(self, kind, name, reason):
        """Keep a problem of a file, up to a thousand of them."""
        if len(self._problems) < schema.MOST_PROBLEMS and name not in self._problems:
            self._problems[name] = (self.job.id, name, kind, words.printable(reason or ""), False)

    def _kept(self, event):
        self.problem("kept", event.note, kept_sentence(event.item.target if event.item is not None else None))

    def _done(self, event):
        if event.item is not None and self._problems:
            self._problems.pop(event.item.source, None)

    def _note(self, event):
        log.info("%s", event.note)
        self.set(message=words.printable(compat.text(event.note)))

    # -- writing

    def flush(self, durable=False):
        """Write what changed since the last time."""
        self._written_at = compat.monotonic()
        fields, self._unwritten = self._unwritten, {}
        new = [row for row in self._problems.values() if not row[-1]]
        active, self._active = self._active, ()
        there, self._there = self._there, []
        if not (fields or new or active or there):
            return
        try:
            self._write(durable, fields, new, active, there)
        except SyncError as error:
            self._unwritten = dict(fields, **self._unwritten)
            self._there = there + self._there
            if durable:
                raise
            log.warning("%s The transfer goes on.", error.message)  # What people see can wait, bytes cannot.

    def _write(self, durable, fields, new, active, there):
        self.store.refresh()
        with self.store.write(durable) as db:
            if fields:
                self.store.update(db, self.job.id, "worker = ?", (self.worker,), **fields)
            db.execute("DELETE FROM job_file WHERE job = ? AND state = 'active'", (self.job.id,))
            db.executemany("INSERT OR REPLACE INTO job_file (job, name, state, done) VALUES (?, ?, 'active', ?)",
                           [(self.job.id, name, done) for name, done in active])
            db.executemany("INSERT OR REPLACE INTO job_file (job, name, state, reason) VALUES (?, ?, ?, ?)",
                           [row[:4] for row in new])
            # Not over a problem of the same file.
            db.executemany("INSERT OR IGNORE INTO job_file (job, name, state) VALUES (?, ?, 'skipped')", there)
        for row in new:
            self._problems[row[1]] = row[:4] + (True,)

    def put_back(self, store):
        """Write the row anew if it is gone: the store was damaged and begun anew while the job ran (any thread)."""
        job = self.job._replace(state=RUNNING, worker=self.worker, heartbeat=store.now(), want="", **self.fields.copy())
        names = [name for name in schema.JOB_FIELDS if name != "changed"]
        with store.write() as db:
            db.execute("INSERT OR IGNORE INTO job (%s, changed) VALUES (%s, (SELECT value FROM counter))" % (
                ", ".join(names), ", ".join("?" * len(names))), [getattr(job, name) for name in names])

    # -- pause, for the steward and for what moves no bytes

    def pause(self):
        """Let nothing move (any thread)."""
        self._open.clear()
        self.throttle.pause()

    def go_on(self):
        """Let it move again (any thread)."""
        self._open.set()
        self.throttle.resume()

    def wait_while_paused(self):
        """Wait for the end of a pause.

        Raises:
            Cancelled: The job was cancelled.
        """
        while not self._open.is_set():
            self.flush()
            self.cancel.wait(_WRITE_S)


_HEARERS = {
    "tick": Desk._tick, "plan": Desk._plan, "survey": Desk._survey, "missing": Desk._problem, "refused": Desk._problem,
    "failed": Desk._problem, "problem": Desk._problem, "kept": Desk._kept, "skipped": Desk._skipped, "done": Desk._done,
    "note": Desk._note,
}


def kept_sentence(beside):
    """Return what there is to say of a file of the user's own; `beside` is where the farm's version lies, or None."""
    if beside is None:
        return "It is your own or was changed here: it stays as it is."
    return "It is your own or was changed here. The farm's version is beside it: %s" % os.path.basename(beside)


class Steward(object):
    """The thread that keeps a job's heartbeat and does what is asked of it.

    Args:
        desk (Desk): Of the job.
        settings (callable): Returns the settings as they are now.
        start (callable): Takes a `Job` and starts a worker: a paused job leaves its place to another.
    """

    _LOOK_S = 0.2
    _BEAT_S = 2.0
    _SPEED_S = 1.0
    _LATELY_S = 4.0

    def __init__(self, desk, settings, start):
        self._desk = desk
        self._job = desk.job
        self._settings = settings
        self._start = start
        self._store = Store(desk.store.path)
        self._ended = threading.Event()
        self._has_looked = threading.Event()
        self._thread = None
        self._due = {}

    def __enter__(self):
        self._thread = threading.Thread(target=self._run, name=str("steward"))
        self._thread.daemon = True
        self._thread.start()
        # Else the first block, a large one, is read before the limit is known.
        self._has_looked.wait(self._BEAT_S)
        return self

    def __exit__(self, *_):
        self._ended.set()
        self._thread.join()

    def _run(self):
        with self._store:
            while not self._ended.is_set():
                try:
                    self._look()
                except SyncError as error:
                    # A full disk or a settings file that is being written: the transfer goes on.
                    log.warning("%s", error.message)
                self._has_looked.set()
                self._ended.wait(self._LOOK_S)

    def _is_due(self, what, seconds):
        now = compat.monotonic()
        if now < self._due.get(what, 0.0):
            return False
        self._due[what] = now + seconds
        return True

    def _look(self):
        if not os.path.isdir(compat.fs(os.path.dirname(self._store.path))):
            log.error("The folder of the job store is gone: nobody can see or steer job %d. It ends.", self._job.id)
            return self._desk.cancel.cancel()
        self._store.refresh()
        if self._is_due("beat", self._BEAT_S):
            self._beat()
        rows = self._store.rows("SELECT want, state, max_speed, threads, worker FROM job WHERE id = ?", (self._job.id,))
        if not rows:
            return self._desk.put_back(self._store)
        want, state, max_speed, threads, worker = rows[0]
        if worker != self._desk.worker:
            if self._ended.is_set():
                return
            log.warning("Job %d was given to another worker: this one ends.", self._job.id)
            return self._desk.cancel.cancel()
        if want in ("cancel", "remove"):
            return self._desk.cancel.cancel()
        if want == "pause":
            self._pause()
        elif (want == "run" or state == QUEUED) and self._is_due("turn", self._LOOK_S):
            self._resume(state)
        if self._is_due("speed", self._SPEED_S):
            self._set_speed(max_speed, threads)

    def _beat(self):
        desk, moved = self._desk, self._desk.moved_at
        values = [self._store.now()]
        if moved is not None and compat.monotonic() - moved < self._LATELY_S:
            values.append(self._store.now())
        with self._store.write() as db:
            # Not through `update`: nobody needs to draw a heartbeat.
            db.execute("UPDATE job SET heartbeat = ?%s WHERE id = ? AND worker = ?"
                       % (", moving = ?" if len(values) > 1 else ""), values + [self._job.id, desk.worker])

    def _pause(self):
        self._desk.pause()
        with self._store.write() as db:
            self._store.update(db, self._job.id, "worker = ? AND want = 'pause'", (self._desk.worker,), state=PAUSED,
                               want="", rate=0, left_s=None)
        lanes.fill(self._store, self._settings(), self._start)

    def _resume(self, state):
        if state == RUNNING:
            with self._store.write() as db:
                self._store.update(db, self._job.id, "worker = ? AND want = 'run' AND state = 'running'",
                                   (self._desk.worker,), want="")
            self._desk.go_on()
        elif lanes.step_back_in(self._store, self._job.id, self._job.lane, lanes.room(self._job.lane, self._settings()),
                                self._desk.worker):
            self._desk.go_on()

    def _set_speed(self, max_speed, threads):
        settings = self._settings()
        limit = settings.read("max_speed", timetable.parse).speed()
        if limit:
            lately = self._LATELY_S + self._BEAT_S  # What lies far ahead was written before the clock was set back.
            # One that has just begun is taken for one that moves: better too slow for a moment than too fast.
            others = self._store.value(
                "SELECT COUNT(*) FROM job WHERE state = 'running' AND lane != 'quick' AND id != ?"
                " AND MAX(IFNULL(moving, 0), started) BETWEEN ? AND ?",
                (self._job.id, self._store.now() - lately, self._store.now() + lately), 0)
            limit = max(limit // (others + 1), 1)
        speeds = [speed for speed in (limit, max_speed) if speed]
        self._desk.throttle.set_speed(min(speeds) if speeds else None)
        self._desk.threads.number = settings.read("threads", tuner.parse_threads, threads)


class FreshSettings(object):
    """The user's settings, read again when the file, or the studio's, has changed.

    Args:
        load (callable): Reads them.
    """

    def __init__(self, load=settings_module.load):
        self._load = load
        self._lock = threading.Lock()
        self._stamp = self._value = None

    def __call__(self):
        with self._lock:
            stamp = settings_module.stamp(with_site=True)
            if self._value is None or stamp != self._stamp:
                self._stamp = stamp
                try:
                    self._value = self._load()
                except SyncError as error:
                    if self._value is None:
                        raise
                    # Half saved, or a share that is away for a moment: no reason to end a transfer.
                    log.warning("%s Until then the settings from before hold.", error.message)
            return self._value
