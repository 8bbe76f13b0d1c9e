"""Who runs when: kinds of jobs stand in lanes, and a lane has room for so many.

A job that may begin is reserved for a worker in one transaction, so that two panels never start two for it.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

from .. import compat, settings as settings_module
from ..errors import SettingsError
from . import process
from .schema import CANCELLED, FAILED, INTERRUPTED, PAUSED, QUEUED, RUNNING

#: Kind -> lane.
KINDS = {
    "upload": "transfer", "submit": "transfer", "download": "transfer", "verify": "transfer", "refetch": "transfer",
    "watch": "watch",
    "login": "quick", "tasks": "quick", "estimate": "quick", "restart": "quick",
}

_ROOM = {"watch": 50, "quick": 4}

#: A worker that was started but has not begun ends its reservation after this time, should its process not be known.
#: One of a time to come was made before somebody set the clock back: it holds nothing.
_START_S = 30.0

#: Workers that may end before they begin, until the job is given up.
_STARTS = 3

#: A worker on another computer is taken for dead after this time without a heartbeat.
_SILENT_S = 60.0


def room(lane, settings):
    """Return how many jobs of a lane may run."""
    if lane in _ROOM:
        return _ROOM[lane]
    value = settings.get("max_jobs")
    try:
        number = 0 if isinstance(value, (bool, float)) else int(value)
    except (TypeError, ValueError):
        number = 0
    if not 1 <= number <= 64:
        raise SettingsError("max_jobs, how many transfers run at a time, is a whole number of 1 to 64, not %s." % value)
    return number


def insert(store, db, kind, params, title, **columns):
    """Add a queued job inside a transaction. Returns its number.

    Raises:
        SettingsError: An unknown kind, or a secret among the parameters.
    """
    if kind not in KINDS:
        raise SettingsError("There is no kind of job called \"%s\"." % kind)
    refuse_secrets(params)
    names = sorted(columns)
    return db.execute(
        "INSERT INTO job (kind, title, params, state, lane, created, changed%s)"
        " VALUES (?, ?, ?, 'queued', ?, ?, (SELECT value FROM counter)%s)" % (
            "".join(", " + name for name in names), ", ?" * len(names)),
        [kind, title, compat.dump_json(params, sort_keys=True), KINDS[kind], store.now()]
        + [columns[name] for name in names]).lastrowid


def refuse_secrets(params):
    """Look through parameters for a name that bears a secret.

    Raises:
        SettingsError: There is one.
    """
    todo = [params]
    while todo:
        value = todo.pop()
        if isinstance(value, dict):
            if set(value) & set(settings_module.SECRET):
                raise SettingsError("Keys do not belong into a job: they are read from the settings.")
            todo.extend(value.values())
        elif isinstance(value, (list, tuple)):
            todo.extend(value)


def _taken(db, lane, now):
    """Return how many jobs of a lane run, or have a worker that is about to begin."""
    return db.execute("SELECT COUNT(*) FROM job WHERE lane = ? AND (state = 'running' OR"
                      " (state = 'queued' AND spawned BETWEEN ? AND ? AND heartbeat IS NULL))",
                      (lane, now - _START_S, now + _START_S)).fetchone()[0]


def _next(db, lane, now):
    """Return the number of the job whose turn it is: one that nobody works on or is about to."""
    row = db.execute("SELECT id FROM job WHERE lane = ? AND state = 'queued' AND want NOT IN ('cancel', 'remove')"
                     " AND worker IS NULL AND (spawned IS NULL OR spawned NOT BETWEEN ? AND ?)"
                     " ORDER BY priority DESC, id LIMIT 1", (lane, now - _START_S, now + _START_S)).fetchone()
    return row[0] if row else None


def reserve(store, lane, limit):
    """Set a queued job aside for a new worker.

    Returns:
        int or None: The job to start a worker for; None where there is no room or nothing waits.
    """
    if not store.rows("SELECT 1 FROM job WHERE lane = ? AND state = 'queued' AND worker IS NULL LIMIT 1", (lane,)):
        return None  # Most polls end here, without a lock.
    now = store.now()
    with store.write() as db:
        if _taken(db, lane, now) >= limit:
            return None
        job_id = _next(db, lane, now)
        if job_id is not None:
            db.execute("UPDATE job SET spawned = ?, starts = starts + 1 WHERE id = ?", (now, job_id))
        return job_id


def fill(store, settings, start):
    """Start workers for what is queued, as far as there is room.

    Args:
        store (Store): Open.
        settings (Settings): For ``max_jobs``.
        start (callable): Takes a `Job`; starts a worker and returns its `process.token`.

    Returns:
        int: Workers started.
    """
    count = 0
    for lane in sorted(set(KINDS.values())):
        while True:
            job_id = reserve(store, lane, room(lane, settings))
            if job_id is None:
                break
            try:
                worker = start(store.job(job_id))
            except SettingsError as error:
                end(store, job_id, FAILED, error.message)
                continue
            count += 1
            with store.write() as db:
                # Unless it has begun by itself meanwhile.
                db.execute("UPDATE job SET worker = ? WHERE id = ? AND state = 'queued' AND worker IS NULL",
                           (worker, job_id))
    return count


def end(store, job_id, state, message):
    """Give a job that nobody works on its last state, and tell it."""
    with store.write() as db:
        store.update(db, job_id, state=state, message=message, ended=store.now(), want="", worker=None, heartbeat=None,
                     spawned=None, rate=0, left_s=None)
        job = db.execute("SELECT title FROM job WHERE id = ?", (job_id,)).fetchone()
        store.tell(db, job_id, state, "%s: %s" % (job[0], message) if job and message else message)


# ---------------------------------------------------------------- in a worker

def claim(store, job_id, worker):
    """Begin a job.

    Args:
        worker (str): `process.token` of the caller.

    Returns:
        bool: It is the caller's now; False: it was cancelled, or another worker has it.
    """
    with store.write() as db:
        return _begin(store, db, job_id, worker)


def _begin(store, db, job_id, worker):
    now = store.now()
    return store.update(
        db, job_id, "state = 'queued' AND (worker IS NULL OR worker = ? OR heartbeat IS NULL)", (worker,),
        state=RUNNING, worker=worker, heartbeat=now, started=now, ended=None, spawned=None, starts=0, message="",
        want="")


def next_in(store, db, lane, limit, worker):
    """Begin the next job of a lane inside a transaction, if there is room. Returns its number or None."""
    now = store.now()
    if _taken(db, lane, now) >= limit:
        return None
    job_id = _next(db, lane, now)
    return job_id if job_id is not None and _begin(store, db, job_id, worker) else None


def step_back_in(store, job_id, lane, limit, worker):
    """Let a paused job of the caller run again, if there is room.

    Returns:
        bool: It runs. False: it waits for its turn, as "queued".
    """
    now = store.now()
    with store.write() as db:
        mine = "worker = ? AND want IN ('', 'run') AND state IN ('paused', 'queued')"
        if _taken(db, lane, now) < limit:
            return store.update(db, job_id, mine, (worker,), state=RUNNING, want="", message="")
        store.update(db, job_id, mine + " AND state != 'queued'", (worker,), state=QUEUED, want="")
        return False


# ---------------------------------------------------------------- for whoever looks

def bury(store):
    """Find jobs whose worker has died, and say so in their rows.

    Returns:
        list of int: The jobs that were interrupted, or could not begin.
    """
    found = []
    for job in store.jobs("worker IS NOT NULL AND state IN ('queued', 'running', 'paused')"):
        alive = process.is_alive(job.worker)
        if alive is None:
            alive = store.now() - (job.heartbeat or job.spawned or job.created) < _SILENT_S
        if not alive and _bury(store, job):
            found.append(job.id)
    return found


def _bury(store, job):
    state, message = _fate(job)
    with store.write() as db:
        fields = {"state": state, "worker": None, "heartbeat": None, "spawned": None, "rate": 0, "left_s": None,
                  "want": ""}
        if state != QUEUED:
            fields.update(message=message, ended=store.now())
        # Unless it moved on meanwhile: ended after all, or was begun by another worker.
        if not store.update(db, job.id, "worker = ? AND state = ?", (job.worker, job.state), **fields):
            return False
        db.execute("DELETE FROM job_file WHERE job = ? AND state = 'active'", (job.id,))
        if job.want == "remove":
            forget(db, job.id)
        elif state in (INTERRUPTED, FAILED):
            store.tell(db, job.id, state, "%s: %s" % (job.title, message))
    return True


def _fate(job):
    """Return the state and message of a job whose worker is gone: what was asked of it still happens."""
    if job.want in ("cancel", "remove"):
        return CANCELLED, "Cancelled."
    if job.want == "pause":
        return PAUSED, ""
    if job.state == QUEUED and job.heartbeat is None:
        if job.starts < _STARTS:
            return QUEUED, ""
        return FAILED, ("The program that should do this ended before it began, %d times. Choose another Python in "
                        "Settings > Interpreter; the log tells more." % job.starts)
    if job.state in (PAUSED, QUEUED):
        return (QUEUED if job.want == "run" else job.state), ""
    return INTERRUPTED, "Interrupted: the program that did this ended. Resume goes on where it was."


def forget(db, job_id):
    """Remove a job's rows inside a transaction."""
    db.execute("DELETE FROM job_file WHERE job = ?", (job_id,))
    db.execute("DELETE FROM job WHERE id = ?", (job_id,))
    db.execute("UPDATE counter SET value = value + 1")
