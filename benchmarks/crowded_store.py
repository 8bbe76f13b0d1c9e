"""A job store as an artist has it after a year: hundreds of jobs, a huge one, thousands of frames."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os

SIZE = 4096
JOBS = 300
HUGE = 500000
FRAMES = 5000
TASK = 10000001


def fill(top):
    """Fill the store: jobs, the problems of a huge one, frames with small pictures."""
    from rayvision_sync import png
    from rayvision_sync.jobs import schema
    from rayvision_sync.jobs.store import Store
    thumbs = os.path.join(top, "thumbs")
    os.makedirs(thumbs)
    for number in range(200):
        with open(os.path.join(thumbs, "%d.png" % number), "wb") as out:
            out.write(png.encode(160, 90, bytes(bytearray((number, 90, 160))) * (160 * 90), level=1))
    states = ("done", "done", "done", "failed", "cancelled", "paused")
    with Store() as store:
        with store.write() as db:
            for number in range(JOBS - 1):
                _put_job(db, store.now() - 60 * number, "city_v%03d.ma" % number, states[number % len(states)], 300, 12)
            huge = _put_job(db, store.now(), "crowd_v001.ma", "paused", HUGE, schema.MOST_PROBLEMS)
            db.executemany(
                "INSERT INTO job_file (job, name, state, reason) VALUES (?, ?, 'failed', 'The disk is full.')", [
                    (huge, "/show/cache/crowd/part_%06d.ass" % number) for number in range(schema.MOST_PROBLEMS)])
            db.executemany(
                "INSERT INTO frame (task_id, layer, number, name, state, path, size, rendered, landed, thumb, changed)"
                " VALUES (?, 'beauty', ?, ?, ?, ?, 1000000, ?, ?, ?, 1)", [
                    (TASK, number, "crowd.%04d.png" % number, ("here", "here", "rendered", "waiting")[number % 4],
                     "/show/images/crowd.%04d.png" % number, store.now(), store.now(),
                     os.path.join(thumbs, "%d.png" % (number % 200)) if number % 4 < 2 else None)
                    for number in range(1, FRAMES + 1)])


def _put_job(db, now, title, state, files, failed):
    return db.execute(
        "INSERT INTO job (kind, params, lane, message, changed, title, state, created, started, ended, files,"
        " files_total, bytes, bytes_total, failed, task_id)"
        " VALUES ('submit', '{}', 'transfer', '', 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", (
            title, state, now - 90, now - 80, now if state != "paused" else None, files // 2, files,
            files * SIZE // 2, files * SIZE, failed if state in ("failed", "paused") else 0, TASK)).lastrowid
