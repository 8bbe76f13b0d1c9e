"""From a snapshot to frames that come by themselves: manifest, task, configuration, assets, submission, auto-download.

Each step is in the row before the next one begins: a job that goes on after a crash neither creates nor submits a
task twice.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import os

from ... import compat, manifest, submission, tasks, words
from ...errors import SettingsError, SyncError
from .. import assets, lanes, snapshot as snapshot_module
from ..schema import DONE, FAILED
from ..work import Outcome
from .transfers import counts, keep, lacking, note_rate

_SOFTWARE = {"maya": "maya", "houdini": "houdini", "3dsmax": "max", "max": "max", "blender": "blender"}

#: Assets in a part of the manifest.
_PART = 5000

#: The scene was handed over; the farm has to be asked whether it took it.
_SUBMITTING = "submitting"
_SUBMITTED = "submitted"
_WATCHED = "watched"


class _Api(object):
    """The account's API, which says so before it submits.

    Args:
        api (RayvisionAPI): Logged in.
        before (callable): Called before a submission.
    """

    def __init__(self, api, before):
        self._api = api
        self._before = before

    def __getattr__(self, name):
        return getattr(self._api, name)

    def submit(self, task_id, *args):
        """See `RayvisionAPI.submit`."""
        self._before()
        return self._api.submit(task_id, *args)


def submit(work):
    """Submit a scene and upload what it needs; then add the auto-download.

    Parameters: ``snapshot`` (path), ``send_anyway`` (False), ``watch`` (True: frames come by themselves),
    ``output_folder`` (default: the snapshot's), ``frames`` ("1-12"; default: the snapshot's), ``layers``, ``width``,
    ``height``, ``folders`` and ``manifests`` (paths, whose files are sent, too), ``project_name``, ``prefix``,
    ``software``, ``software_version``, ``use_record`` (True), ``poll_s``.
    """
    row = work.desk.store.job(work.job.id)
    snap = snapshot_module.load(work.need("snapshot"))
    task_id, report = row.task_id, None
    if row.stage not in (_SUBMITTED, _WATCHED):
        session = work.session()
        if row.stage == _SUBMITTING and task_id and _is_on_the_farm(session, task_id):
            work.desk.stage(_SUBMITTED)
        else:
            found = _hand_over(work, session, snap, task_id)
            if isinstance(found, Outcome):
                return found
            task_id, report = found
    watch_id = _watch(work, snap, task_id)
    text = "Task %d is on the farm" % task_id
    if report is not None:
        text += ": %s sent (%s), %s already there" % (words.plural(report.sent, "file"), words.size(report.bytes),
                                                      words.count(report.skipped))
        text += lacking(report)
    found = counts(report) if report is not None else {}
    return Outcome(DONE, text + ".", dict(found, task_id=task_id, watch=watch_id))


def _hand_over(work, session, snap, task_id):
    """Create, configure, upload and submit.

    Returns:
        tuple or Outcome: ``(task number, Report)``; how it ended, where files are missing.
    """
    stages = {"created": "config", "configured": "assets", "submitted": _SUBMITTED}

    def hear(event):
        if event.kind in stages:
            work.desk.stage(stages[event.kind], task_id=event.note)

    work.desk.stage("manifest")
    job = _job(work, snap, task_id)
    work.hearers.append(hear)
    api, session.api = session.api, _Api(session.api, lambda: work.desk.stage(_SUBMITTING))
    try:
        done = submission.submit(session, job)
    except submission.NotSubmitted as error:
        keep(work, error.report)
        if not error.is_incomplete:
            raise
        return Outcome(FAILED, "%s Restore them and resume, or send the scene anyway. Nothing is rendered yet."
                       % error.message, dict(counts(error.report), task_id=error.task_id, incomplete=True))
    except SyncError as error:
        if error.retryable and not work.desk.fields.get("task_id"):
            # Not again by itself: the farm may have made the task, and only its answer was lost.
            error.retryable = False
            error.message += " Whether it has made a task is not known. Nothing is rendered; resume to try again."
        raise
    finally:
        work.hearers.remove(hear)
        session.api = api
    keep(work, done.report)
    work.desk.set(skipped=done.report.skipped)
    note_rate(work, "rate_up", done.report)
    return done.task_id, done.report


def _is_on_the_farm(session, task_id):
    """Tell whether a submission arrived whose answer did not."""
    state = session.ask(lambda: tasks.read_tasks(session.api, [task_id]))[task_id]
    return state is not None and bool(state.outputs or state.total)


def _job(work, snap, task_id):
    """Write the manifest and return what to submit."""
    listing = assets.listing(snap, work.param("folders", ()), work.param("manifests", ()))
    if listing.refused and not work.param("send_anyway", False):
        raise SettingsError("%s Nothing was submitted." % listing.refused[0].reason)
    folder = work.folder()
    whole = os.path.join(folder, "upload.json")
    manifest.write(whole, listing.pairs)
    parts = manifest.cut(whole, _PART, folder) if len(listing.pairs) > _PART else [whole]
    return submission.Job(
        scene=snap.scene, manifests=parts, frames=work.param("frames") or snapshot_module.frame_text(snap.frames),
        layers=tuple(work.param("layers") or snap.layers), width=work.param("width"), height=work.param("height"),
        project_name=work.param("project_name", ""), prefix=work.param("prefix", ""),
        software=work.param("software") or _SOFTWARE.get(snap.host.lower()),
        software_version=work.param("software_version") or snap.host_version,
        task_id=task_id, send_anyway=work.param("send_anyway", False), use_record=work.param("use_record", True))


def _watch(work, snap, task_id):
    """Add the auto-download, once. Returns the job's number, or None where it is not wanted."""
    store = work.desk.store
    if not work.param("watch", True):
        return None
    folder = work.param("output_folder") or snap.output_folder or None
    params = {"task_ids": [task_id], "local_path": folder, "keep": not folder}
    params.update((name, work.params[name]) for name in ("farm", "settings", "host", "poll_s") if name in work.params)
    work.desk.flush()
    with store.write(durable=True) as db:
        row = db.execute("SELECT stage, result FROM job WHERE id = ?", (work.job.id,)).fetchone()
        if row is not None and row[0] == _WATCHED:
            return (compat.parse_json(row[1]) if row[1] else {}).get("watch")
        watch_id = lanes.insert(store, db, "watch", params, "%s, task %d" % (os.path.basename(snap.scene), task_id))
        store.update(db, work.job.id, stage=_WATCHED, result=compat.dump_json({"watch": watch_id, "task_id": task_id}))
    work.desk.fields["stage"] = _WATCHED
    work.start_queued()
    return watch_id
