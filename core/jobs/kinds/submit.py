"""From a snapshot to frames that come by themselves: manifest, task, configuration, assets, submission, auto-download.

The scene is copied first: what is sent is what was on the disk when the job began, whatever is saved meanwhile. Each
step is in the row before the next one begins: a job that goes on after a crash neither creates nor submits a task
twice.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import os

from ... import compat, manifest, mapping, outputs, submission, task_config, tasks, words
from ...errors import SettingsError, SyncError
from ...plan import MOST_PROBLEMS
from .. import assets, lanes, scene_copy, snapshot as snapshot_module
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

    Parameters: ``snapshot`` (path), ``scene_copy`` (path of a copy of the scene that the host wrote: it is taken
    instead, and moved), ``send_anyway`` (False), ``watch`` (True: frames come by themselves), ``output_folder``
    (default: the snapshot's), ``frames`` ("1-12"; default: the snapshot's), ``layers``, ``width``, ``height``,
    ``folders`` and ``manifests`` (paths, whose files are sent, too), ``project_name``, ``prefix``, ``software``,
    ``software_version``, ``use_record`` (True), ``poll_s``.
    """
    row = work.desk.store.job(work.job.id)
    snap = snapshot_module.load(work.need("snapshot"))
    landing = _landing(work, snap) if work.param("watch", True) else None
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
    watch_id = _watch(work, snap, task_id, landing)
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
    job, missing = _job(work, snap, task_id)
    work.hearers.append(hear)
    api, session.api = session.api, _Api(session.api, lambda: work.desk.stage(_SUBMITTING))
    try:
        if missing and not job.send_anyway:
            raise submission.refused(session, missing, task_id=task_id)
        done = submission.submit(session, job)
    except submission.NotSubmitted as error:
        keep(work, error.report)
        if not error.is_incomplete:
            raise
        return Outcome(FAILED, "%s Restore what is missing and resume, or send the scene anyway. Nothing is "
                       "rendered yet." % error.message,
                       dict(counts(error.report), task_id=error.task_id, incomplete=True))
    except SyncError as error:
        if error.retryable and not work.desk.fields.get("task_id"):
            # Not again by itself: the farm may have made the task, and only its answer was lost.
            error.retryable = False
            error.message += " Whether it has made a task is not known. Nothing is rendered; resume to try again."
        raise
    finally:
        work.hearers.remove(hear)
        session.api = api
    report = done.report._replace(missing=done.report.missing + len(missing),
                                  problems=(tuple(missing) + done.report.problems)[:MOST_PROBLEMS])
    keep(work, report)
    work.desk.set(skipped=report.skipped)
    note_rate(work, "rate_up", report)
    return done.task_id, report


def _is_on_the_farm(session, task_id):
    """Tell whether a submission arrived whose answer did not."""
    state = session.ask(lambda: tasks.read_tasks(session.api, [task_id]))[task_id]
    return state is not None and tasks.is_submitted(state)


def _job(work, snap, task_id):
    """Copy the scene and write the manifest.

    Returns:
        tuple: What to submit, and the `Problem`s of files that are not there.
    """
    folder = work.folder()
    paths_here = mapping.Mapping.parse(work.settings().get("path_mapping"))
    copy = scene_copy.take(paths_here.to_here(snap.scene), folder, work.cancel, work.param("scene_copy"))
    listing = assets.for_work(work, snap, copy)
    send_anyway = work.param("send_anyway", False)
    if listing.refused and not send_anyway:
        raise SettingsError("%s Nothing was submitted." % listing.refused[0].reason)
    whole = os.path.join(folder, "upload.json")
    manifest.write(whole, listing.pairs)
    parts = manifest.cut(whole, _PART, folder) if len(listing.pairs) > _PART else [whole]
    software = work.param("software") or _SOFTWARE.get(snap.host.lower())
    return submission.Job(
        scene=snap.scene, manifests=parts, frames=work.param("frames") or snapshot_module.frame_text(snap.frames),
        layers=tuple(work.param("layers") or snap.layers),
        project_name=work.param("project_name", ""), prefix=work.param("prefix", ""), software=software,
        software_version=work.param("software_version") or snap.host_version,
        task_id=task_id, send_anyway=send_anyway, use_record=work.param("use_record", True), renderer=snap.renderer,
        plugins=snap.plugins, project=snap.project, is_copied=True, **dict(
            _choices(work, snap), **_findings(snap, listing, task_config.key_of(snap.scene, software)))
    ), list(listing.missing)


def _choices(work, snap):
    """Return size, cameras and details. What the artist left as the host told it, layers may have otherwise."""
    details = dict(snap.details)
    # Nobody can change the size in a panel: where the host says no more, it is the scene's.
    details.setdefault("width", snap.width)
    details.setdefault("height", snap.height)
    found = dict((name, work.param(name) or (getattr(snap, name) if getattr(snap, name) != details[name] else None))
                 for name in ("width", "height"))
    is_left = list(snap.cameras) == details.get("cameras")
    return dict(found, cameras=() if is_left else snap.cameras, details=details)


def _findings(snap, listing, software):
    """Return what the farm is told of the files."""
    found = [task_config.Need(local, owner.node, owner.attribute) for local, _ in listing.pairs
             for owner in listing.origins.get(local) or ()]
    missing = [task_config.Need(problem.source, owner.node, owner.attribute) for problem in listing.missing
               for owner in listing.origins.get(problem.source) or [_NOBODY]]
    troubles = list(snap.troubles) + [("", problem.reason) for problem in listing.refused + listing.notes]
    return {"tips": task_config.tips(software, missing, troubles), "assets": task_config.assets(found, missing)}


_NOBODY = snapshot_module.File("")


def _landing(work, snap):
    """Return where frames land, and whether each task has a folder of its own there.

    Raises:
        SettingsError: A folder that cannot exist on this computer.
    """
    settings = work.settings()
    if settings.is_locked("local_path"):
        return outputs.folder_for(None, settings), True
    given = work.param("output_folder") or snap.output_folder
    if not given:
        return None, True
    paths_here = mapping.Mapping.parse(settings.get("path_mapping"))
    folder = paths_here.to_here(given)
    if mapping.is_foreign(folder):
        raise SettingsError("The frames of this scene belong into %s, which is a folder of another system. Choose "
                            "another output folder, or say what it is called here: path_mapping in the settings. "
                            "Nothing was sent." % given)
    if not os.path.isabs(folder):
        base = snap.project or snap.scene.replace("\\", "/").rpartition("/")[0]
        folder = os.path.join(paths_here.to_here(base), folder)
    return folder, False


def _watch(work, snap, task_id, landing):
    """Add the auto-download, once. Returns the job's number, or None where it is not wanted."""
    store = work.desk.store
    if landing is None:
        return None
    params = {"task_ids": [task_id], "local_path": landing[0], "keep": landing[1]}
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
