"""What the job store holds: its tables, their steps from version to version, and a row of each as a tuple."""
from __future__ import absolute_import, division, print_function, unicode_literals

from collections import namedtuple

QUEUED, RUNNING, PAUSED = "queued", "running", "paused"
DONE, FAILED, CANCELLED, INTERRUPTED = "done", "failed", "cancelled", "interrupted"

#: A job in one of these has a worker, or will get one by itself.
LIVE = (QUEUED, RUNNING, PAUSED)

#: A job in one of these moves only if somebody asks.
ENDED = (DONE, FAILED, CANCELLED, INTERRUPTED)

#: A job. ``params``, ``result``, ``worker`` and ``hello`` are JSON as text; times are seconds since 1970, sizes bytes,
#: ``rate`` bytes a second, ``left_s`` seconds or None, ``max_speed`` KB/s. ``want`` is what somebody asked of the
#: worker: "", "pause", "run", "cancel" or "remove". ``changed`` grows with every change of any row.
JOB_FIELDS = (
    "id kind title params state stage lane priority created started ended worker heartbeat want threads max_speed "
    "files files_total bytes bytes_total skipped missing failed rate left_s message result task_id changed "
    "hello spawned starts moving").split()
Job = namedtuple("Job", JOB_FIELDS)

#: A file of a job: those that move now, the first thousand with a problem, and some that were there already.
#: ``state``: "active", "failed", "missing", "refused", "skipped", "kept" or "flagged" (it landed, but
#: is not as it should be); ``done`` and ``size`` in bytes.
JobFile = namedtuple("JobFile", "job name state done size reason")

#: A frame of a task: one for each layer (or sub-folder of a layer) and number. ``state``: "waiting", "rendering",
#: "rendered", "fetching", "here", "failed" or "kept"; ``flag``: "", or what is wrong with the picture.
FRAME_FIELDS = "task_id layer number name state path size rendered landed flag note thumb farm_id changed".split()
Frame = namedtuple("Frame", FRAME_FIELDS)

#: Something that a panel tells: ``kind`` is the state a job got into, "frames", or "note".
EventRow = namedtuple("EventRow", "id at job kind text")

#: Rows of problems that a job keeps; of skipped files, `plan.MOST_SKIPPED`.
MOST_PROBLEMS = 1000
MOST_EVENTS = 1000

#: The program's version of the schema is the number of steps. A step only ever adds: what an older program
#: wrote stays readable, and an older program that still runs goes on working.
STEPS = (
    (
        "CREATE TABLE job (id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, title TEXT NOT NULL,"
        " params TEXT NOT NULL, state TEXT NOT NULL, stage TEXT NOT NULL DEFAULT '', lane TEXT NOT NULL,"
        " priority INTEGER NOT NULL DEFAULT 0, created REAL NOT NULL, started REAL, ended REAL, worker TEXT,"
        " heartbeat REAL, want TEXT NOT NULL DEFAULT '', threads TEXT, max_speed INTEGER,"
        " files INTEGER NOT NULL DEFAULT 0, files_total INTEGER NOT NULL DEFAULT 0,"
        " bytes INTEGER NOT NULL DEFAULT 0, bytes_total INTEGER NOT NULL DEFAULT 0,"
        " skipped INTEGER NOT NULL DEFAULT 0, missing INTEGER NOT NULL DEFAULT 0,"
        " failed INTEGER NOT NULL DEFAULT 0, rate REAL NOT NULL DEFAULT 0, left_s REAL,"
        " message TEXT NOT NULL DEFAULT '', result TEXT, task_id INTEGER, changed INTEGER NOT NULL,"
        " hello TEXT, spawned REAL, starts INTEGER NOT NULL DEFAULT 0, moving REAL)",
        "CREATE INDEX job_changed ON job (changed)",
        "CREATE INDEX job_state ON job (state, lane)",
        "CREATE TABLE job_file (job INTEGER NOT NULL, name TEXT NOT NULL, state TEXT NOT NULL,"
        " done INTEGER NOT NULL DEFAULT 0, size INTEGER NOT NULL DEFAULT 0, reason TEXT NOT NULL DEFAULT '',"
        " PRIMARY KEY (job, state, name))",
        "CREATE TABLE frame (task_id INTEGER NOT NULL, layer TEXT NOT NULL, number INTEGER NOT NULL,"
        " name TEXT NOT NULL DEFAULT '', state TEXT NOT NULL, path TEXT, size INTEGER, rendered REAL, landed REAL,"
        " flag TEXT NOT NULL DEFAULT '', note TEXT NOT NULL DEFAULT '', thumb TEXT, farm_id INTEGER,"
        " changed INTEGER NOT NULL, PRIMARY KEY (task_id, layer, number))",
        "CREATE INDEX frame_changed ON frame (task_id, changed)",
        "CREATE TABLE event (id INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, job INTEGER, kind TEXT NOT NULL,"
        " text TEXT NOT NULL)",
        "CREATE TABLE meta (key TEXT PRIMARY KEY NOT NULL, value TEXT)",
        "CREATE TABLE counter (value INTEGER NOT NULL)",
        "INSERT INTO counter VALUES (0)",
    ),
)

#: The oldest version of the schema whose programs can work with the current one.
READABLE_BY = 1
