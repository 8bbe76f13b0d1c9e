"""What ended jobs leave behind goes after a while: rows, snapshots, manifests, thumbnails, logs."""
from __future__ import absolute_import, division, print_function, unicode_literals

import logging
import os
import shutil

from .. import compat, places, settings as settings_module
from ..errors import SyncError
from . import lanes, snapshot, spawn

log = logging.getLogger(__name__)

_EVERY_S = 3600.0
_KEY = "cleaned"

#: What nobody asked for in so many seconds: an answer to a question that a panel had.
_QUICK_S = 24 * 3600.0

#: A file younger than this may belong to a job that is being added.
_YOUNG_S = 3600.0


def clean_now_and_then(store):
    """Clean up, unless somebody just did."""
    try:
        # A time to come was written before somebody set the clock back.
        if abs(store.now() - float(store.meta(_KEY, "0"))) > _EVERY_S:
            clean(store, settings_module.load())
    except (SyncError, EnvironmentError) as error:
        log.warning("What old jobs left could not be cleaned up: %s", compat.text_type(error))


def clean(store, settings, everything=False):
    """Forget ended jobs, and remove the files that no job needs.

    Args:
        store (Store): Open.
        settings (Settings): For ``keep_jobs_days`` and ``keep_jobs_mb``.
        everything (bool): Ended jobs go whatever their age.

    Returns:
        int: Transfers that were forgotten; jobs that answered a question of a panel go, too, and nobody saw them.
    """
    now = store.now()
    store.set_meta(_KEY, "%f" % now)
    days = 0 if everything else _number(settings, "keep_jobs_days")
    with store.write() as db:
        old = db.execute(
            "SELECT id, lane FROM job WHERE state IN ('done', 'failed', 'cancelled') AND worker IS NULL AND ended < ?"
            " OR lane = 'quick' AND state IN ('done', 'failed', 'cancelled', 'interrupted') AND ended < ?",
            (now - days * 86400.0 + (1 if everything else 0), now - (0 if everything else _QUICK_S))).fetchall()
        for job_id, _ in old:
            lanes.forget(db, job_id)
        db.execute("DELETE FROM frame WHERE task_id NOT IN (SELECT task_id FROM job WHERE task_id IS NOT NULL)"
                   " AND IFNULL(landed, 0) < ?", (now - days * 86400.0,))
    _remove_files(store, now, _number(settings, "keep_jobs_mb") * 1000000)
    return sum(lane != "quick" for _, lane in old)


def _number(settings, name):
    value = settings.get(name)
    try:
        number = -1 if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        number = -1
    if not 0 <= number < 1e9:
        raise SyncError("%s is a number of 0 or more, not %s." % (name, value))
    return number


def _remove_files(store, now, most_bytes):
    """Remove what belongs to no job; then, of what is left, the oldest beyond a number of bytes."""
    rows = store.jobs()
    ids, texts = set(job.id for job in rows), "\n".join(job.params for job in rows)
    # A set: there may be as many as there are frames.
    thumbs = set(os.path.basename(row[0]) for row in store.rows("SELECT thumb FROM frame WHERE thumb IS NOT NULL"))
    busy = set(job.id for job in rows if job.state in ("queued", "running", "paused", "interrupted"))
    kept = []
    for path, job_id, name in _files():
        try:
            found = os.lstat(compat.fs(path))
        except OSError:
            continue
        is_needed = job_id in ids if job_id is not None else (name in thumbs or name in texts)
        if not is_needed and now - found.st_mtime > _YOUNG_S:
            _remove(path)
        elif job_id is not None and job_id not in busy:
            kept.append((found.st_mtime, _size(path, found), path))
    kept.sort(reverse=True)
    total = 0
    for mtime, size, path in kept:
        total += size
        if total > most_bytes and now - mtime > _YOUNG_S:
            _remove(path)


def _files():
    """Yield ``(path, job or None, name)`` of what jobs leave behind."""
    for folder in (os.path.dirname(spawn.log_path(0)), os.path.join(places.home(), "jobs")):
        for name in _names(folder):
            number = name[len("job-"):].partition(".")[0]
            if name.startswith("job-") and number.isdigit():
                yield os.path.join(folder, name), int(number), name
    for folder in (snapshot.folder(), os.path.join(places.home(), "thumbs")):
        for name in _names(folder):
            yield os.path.join(folder, name), None, name


def _names(folder):
    try:
        return sorted(compat.from_fs(name) for name in os.listdir(compat.fs(folder)))
    except OSError:
        return []


def _size(path, found):
    if not os.path.isdir(compat.fs(path)):
        return found.st_size
    return sum(os.path.getsize(compat.fs(os.path.join(path, name))) for name in _names(path))


def _remove(path):
    try:
        if os.path.isdir(compat.fs(path)) and not os.path.islink(compat.fs(path)):
            shutil.rmtree(compat.fs(path), ignore_errors=True)
        else:
            compat.remove_file(path)
    except OSError as error:
        log.info("%s stays (%s).", path, compat.text(error.strerror))
