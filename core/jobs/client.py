"""What a panel, a shelf button or a command asks of the job store. Every call takes milliseconds.

Nothing here waits for a worker: an action is a row, which the worker finds within half a second.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

from collections import namedtuple

from .. import compat, login, settings as settings_module
from . import lanes, schema, spawn
from .schema import CANCELLED, PAUSED, QUEUED
from .store import Store

#: What a poll found: ``jobs`` that changed, the numbers of all that exist, and where the next poll begins.
Poll = namedtuple("Poll", "jobs ids changed")

_IDLE = "worker IS NULL"


class Client(object):
    """Open and close it, or use ``with``; one thread only.

    Args:
        python (str, optional): A plain interpreter, named by the host; the setting ``interpreter`` wins.
            By default this process's own, if it is one.
        host (str, optional): Who asks, e.g. "Maya 2024": for sentences about its Python.
        path (str, optional): The store; by default this user's.
        settings (Settings, optional): By default the user's, read when it is opened and when they change.
    """

    def __init__(self, python=None, host=None, path=None, settings=None):
        self._python = python
        self._host = host
        self._store = Store(path)
        self._given = settings
        self._settings = settings
        self._stamp = None

    def open(self):
        """Open the store.

        Raises:
            StoreError: The disk refuses.
            SettingsError: The settings cannot be read.
        """
        self._store.open()
        return self

    def close(self):
        """Close the store. Workers go on."""
        self._store.close()

    def __enter__(self):
        return self.open()

    def __exit__(self, *_):
        self.close()

    @property
    def store(self):
        """Store: For whoever reads more than the calls below give."""
        return self._store

    @property
    def settings(self):
        """Settings: As they are now; read again only if the user's file has changed."""
        if self._given is None:
            stamp = settings_module.stamp()
            if self._settings is None or stamp != self._stamp:
                self._settings, self._stamp = settings_module.load(), stamp
        return self._settings

    # -- add

    def add(self, kind, params, title, priority=0, threads=None, max_speed=None):
        """Add a job, and start a worker if there is room.

        Args:
            kind (str): A name in `lanes.KINDS`.
            params (dict): What JSON can hold; see `kinds`. Never a secret.
            title (str): For people.
            priority (int): Higher ones go first.
            threads (int, optional): Instead of the setting's.
            max_speed (int, optional): KB/s, within the setting's.

        Returns:
            int: The job's number.

        Raises:
            SettingsError: An unknown kind, or a secret among the parameters.
        """
        self.settings.get("max_jobs")  # Settings that cannot be read are an error before, not after.
        params = self._complete(params)
        with self._store.write() as db:
            job_id = lanes.insert(self._store, db, kind, params, title, priority=priority, max_speed=max_speed or None,
                                  threads=_threads(threads))
        self.fill()
        return job_id

    def _complete(self, params):
        """Return parameters with who asks, and with the local farm that holds now.

        Whoever lets the job go on later may have another farm in his settings, and its task is on this one.
        """
        params = dict(params, host=self._host) if self._host else dict(params)
        folder = params.get("farm") or login.local_folder(self.settings)
        if folder:
            params["farm"] = compat.absolute(compat.text(folder))  # Workers run in a folder of their own.
        return params

    def fill(self):
        """Start workers for what is queued, as far as there is room. Returns how many."""
        return lanes.fill(self._store, self.settings, self._start)

    def _start(self, job):
        python = self.settings.get("interpreter") or self._python or spawn.own_interpreter()
        return spawn.start(job.id, python, self._store.path)

    # -- act

    def _act(self, job_id, *changes):
        """Make the first change that fits the job's state, in one transaction.

        Args:
            changes: ``(condition, dict of columns)``.

        Returns:
            bool: One of them did.
        """
        with self._store.write() as db:
            return any(self._store.update(db, job_id, where, **fields) for where, fields in changes)

    def pause(self, job_id):
        """Pause a job: it stays where it is. Returns False where there is nothing to pause."""
        return self._act(
            job_id,
            ("state = 'queued' AND heartbeat IS NULL AND want NOT IN ('cancel', 'remove')",
             {"state": PAUSED, "worker": None, "spawned": None, "want": ""}),
            ("state IN ('queued', 'running') AND want NOT IN ('cancel', 'remove')", {"want": "pause"}),
            ("state = 'paused' AND want = 'run'", {"want": "pause"}))

    def resume(self, job_id):
        """Let a paused, interrupted, failed or cancelled job go on where it was."""
        found = self._act(
            job_id,
            ("state = 'paused' AND worker IS NOT NULL AND want NOT IN ('cancel', 'remove')", {"want": "run"}),
            ("state IN ('queued', 'running') AND want = 'pause'", {"want": "run"}),
            ("state IN ('paused', 'interrupted', 'failed', 'cancelled') AND " + _IDLE, _AGAIN))
        self.fill()
        return found

    def retry(self, job_id):
        """Do a job again: what is there already is skipped, what failed is tried again."""
        with self._store.write() as db:
            found = self._store.update(
                db, job_id, "state IN ('done', 'failed', 'cancelled', 'interrupted') AND " + _IDLE, **_AGAIN)
            if found:
                db.execute("DELETE FROM job_file WHERE job = ?", (job_id,))
        self.fill()
        return found

    def send_anyway(self, job_id):
        """Let a submission that lacks files go on without them."""
        job = self.job(job_id)
        if job is None or job.kind != "submit":
            return False
        params = dict(compat.parse_json(job.params), send_anyway=True)
        self._act(job_id, ("1", {"params": compat.dump_json(params, sort_keys=True)}))
        return self.resume(job_id)

    def cancel(self, job_id):
        """End a job; what was moved stays."""
        found = self._act(
            job_id,
            ("state IN ('queued', 'paused') AND heartbeat IS NULL", self._ended()),
            ("state IN ('paused', 'interrupted') AND " + _IDLE, self._ended()),
            ("state IN ('queued', 'running', 'paused') AND want != 'remove'", {"want": "cancel"}))
        self.fill()
        return found

    def _ended(self):
        return {"state": CANCELLED, "worker": None, "spawned": None, "want": "", "message": "Cancelled.",
                "ended": self._store.now()}

    def remove(self, job_id):
        """Take a job off the list; one that runs is cancelled first."""
        with self._store.write() as db:
            if self._store.update(db, job_id, "state IN ('queued', 'running', 'paused') AND heartbeat IS NOT NULL"
                                              " AND worker IS NOT NULL", want="remove"):
                return True
            found = db.execute("SELECT 1 FROM job WHERE id = ?", (job_id,)).fetchone() is not None
            lanes.forget(db, job_id)
        return found

    def set_speed(self, job_id, max_speed):
        """Bound a job's speed in KB/s, now; None or 0 takes the bound away."""
        return self._act(job_id, ("1", {"max_speed": max_speed or None}))

    def set_threads(self, job_id, threads):
        """Set how many threads move a job's files, now; None adapts."""
        return self._act(job_id, ("1", {"threads": _threads(threads)}))

    def set_priority(self, job_id, priority):
        """Let a queued job begin before others."""
        return self._act(job_id, ("1", {"priority": int(priority)}))

    def pause_all(self):
        """Pause all transfers that run or wait. Returns how many."""
        return sum(self.pause(job.id) for job in self._store.jobs(
            "lane IN ('transfer', 'watch') AND state IN ('queued', 'running')"))

    def resume_all(self):
        """Let all paused transfers go on. Returns how many."""
        return sum(self.resume(job.id) for job in self._store.jobs("state = 'paused'", order="priority DESC, id"))

    def resume_interrupted(self):
        """Let all interrupted transfers go on. Returns how many."""
        return sum(self.resume(job.id) for job in self._store.jobs("state = 'interrupted'", order="priority DESC, id"))

    # -- look

    def poll(self, since=0):
        """Return a `Poll` of what changed since another one's ``changed``."""
        self._store.refresh()
        changed = self._store.counter()
        ids = [row[0] for row in self._store.rows("SELECT id FROM job ORDER BY id")]
        return Poll(self.jobs(since if since <= changed else 0), ids, changed)

    def jobs(self, since=0):
        """Return the `schema.Job` rows that changed after a number that `poll` gave; 0 is all of them."""
        return self._store.jobs("changed > ?", (since,))

    def job(self, job_id):
        """Return a `schema.Job`, None where there is none."""
        return self._store.job(job_id)

    def files(self, job_id, state=None):
        """Return the `schema.JobFile` rows of a job: what moves now, problems first found first, some skipped ones."""
        where = " AND state = ?" if state else ""
        rows = self._store.rows("SELECT job, name, state, done, size, reason FROM job_file WHERE job = ?%s"
                                " ORDER BY rowid" % where, (job_id, state) if state else (job_id,))
        return [schema.JobFile(*row) for row in rows]

    def frames(self, task_id, since=0):
        """Return the `schema.Frame` rows of a task that changed after a number that `poll` gave."""
        return self._frames("task_id = ? AND changed > ?", (task_id, since))

    def frames_after(self, task_id, last, most):
        """Return some `schema.Frame` rows of a task, in the order of layers and numbers.

        Args:
            task_id (int): The task.
            last (tuple or None): Layer and number of the last one that is known; None begins.
            most (int): How many are wanted.
        """
        where, values = "task_id = ?", (task_id,)
        if last is not None:  # Row values are unknown to the SQLite of old hosts.
            where += " AND layer >= ? AND (layer > ? OR number > ?)"
            values += (last[0], last[0], last[1])
        return self._frames(where, values, " LIMIT %d" % most)

    def _frames(self, where, values, limit=""):
        rows = self._store.rows("SELECT %s FROM frame WHERE %s ORDER BY layer, number%s" % (
            ", ".join(schema.FRAME_FIELDS), where, limit), values)
        return [schema.Frame(*row) for row in rows]

    def tasks(self):
        """Return the numbers of the tasks that have frames here, the newest first."""
        return [row[0] for row in self._store.rows("SELECT DISTINCT task_id FROM frame ORDER BY task_id DESC")]

    def events(self, since=0):
        """Return the `schema.EventRow`s after a number of one of them."""
        return [schema.EventRow(*row) for row in self._store.rows(
            "SELECT id, at, job, kind, text FROM event WHERE id > ? ORDER BY id", (since,))]

    def damage(self):
        """Return what to tell the user about a store that was damaged; None, and only once."""
        text = self._store.meta("damaged")
        if text is not None:
            self._store.set_meta("damaged", None)
        return text

    def log_path(self, job_id):
        """Return the path of a job's log."""
        return spawn.log_path(job_id)

    def sweep(self):
        """Find workers that died, and start queued jobs. Call it every second or two.

        Returns:
            list of int: Jobs that were found interrupted.
        """
        self._store.refresh()
        spawn.reap()
        dead = lanes.bury(self._store)
        self.fill()
        return dead

    def enter(self):
        """Call it when a panel opens: a sweep, and interrupted jobs go on if the settings say so."""
        dead = self.sweep()
        if self.settings.get("resume_on_open"):
            self.resume_interrupted()
        return dead


#: What a job that begins again forgets. Its ``stage`` and ``task_id`` stay: nothing is created twice.
_AGAIN = {"state": QUEUED, "want": "", "worker": None, "heartbeat": None, "spawned": None, "starts": 0, "ended": None,
          "message": "", "rate": 0, "left_s": None}


def _threads(value):
    return None if value in (None, "auto", "") else "%d" % int(value)
