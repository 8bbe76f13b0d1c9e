"""From a scene to a task that renders: create, configure, upload, submit.

Creating and submitting are done once and never again by themselves: the farm
would make two tasks of it, or render twice.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import errno
import os
import shutil
import tempfile
from collections import namedtuple

from . import compat, manifest, paths, storages, task_config, tasks, words
from .errors import Cancelled, FarmError, ManifestError, SettingsError, SyncError, UnknownTask
from .model import Problem, empty_report
from .plan import MOST_PROBLEMS

#: What to render. ``scene`` is a path; ``manifests`` paths of upload.json files, the parts of one or
#: one alone; ``frames`` e.g. "1-12"; ``layers`` names, none is the whole scene; ``width`` and ``height``
#: in pixels, None is the scene's own; ``prefix`` of the frames' names; ``software`` a key of
#: `task_config.SOFTWARE`, None goes by the scene's ending; ``task_id`` a task that was created but not submitted;
#: ``renderer``, ``cameras`` (those to render), ``plugins`` (name -> version), ``project`` (folder) and ``details``
#: (what only this kind of host tells, see `task_config`) as the host told them; ``tips`` and ``assets`` as
#: `task_config.tips` and `task_config.assets` make them; ``is_copied``: the manifests have a copy of the scene, so
#: that the scene itself need not be there any more.
Job = namedtuple("Job", "scene manifests frames layers width height project_name prefix software software_version "
                        "task_id send_anyway max_speed use_record threads renderer cameras plugins project details "
                        "tips assets is_copied")
Job.__new__.__defaults__ = ("1-1", (), None, None, "", "", None, "", None, False, None, True, None, "", (), {}, "", {},
                            {}, {}, False)

#: Missing assets that a sentence names.
_MOST_NAMED = 5

#: Why a task can never be submitted: the farm does not know it, or it has been submitted.
UNKNOWN, SUBMITTED = "unknown", "submitted"

#: ``report`` is of the assets.
Submitted = namedtuple("Submitted", "task_id report")


class NotSubmitted(SyncError):
    """Something came before the submission of a task; it may have been created already.

    Attributes:
        task_id (int or None): The task that was created; give it to the next `Job` to go on.
        report (Report): Of the assets, as far as they came.
        is_incomplete (bool): Only assets are lacking: `Job.send_anyway` submits all the same.
        obstacle (str or None): `UNKNOWN` or `SUBMITTED`, where it is of no use to go on with ``task_id``.
    """

    def __init__(self, message, task_id, report=None, is_incomplete=False, retryable=None, obstacle=None):
        super(NotSubmitted, self).__init__(message, retryable)
        self.task_id = task_id
        self.report = report or empty_report()
        self.is_incomplete = is_incomplete
        self.obstacle = obstacle


def submit(session, job):
    """Create a task, send its configuration and its assets, and submit it.

    Args:
        session (Session): Of the account. Its listener hears ``created``,
            ``configured`` and ``submitted``, with the task's number as note, and the transfers.
        job (Job): What to render.

    Returns:
        Submitted: The task's number, and the report of its assets.

    Raises:
        SettingsError, ManifestError: The job cannot work; nothing was created.
        NotSubmitted: Assets are missing; the task was created but not submitted; or the job's ``task_id`` cannot be.
        Cancelled: Ended by the user; its ``task_id`` is the created task's or None.
    """
    job = _checked(job)
    if job.task_id is not None:
        _check_task(session, tasks.task_number(job.task_id))
    folder = compat.text(tempfile.mkdtemp(prefix=str("rayvision_sync-")))
    try:
        listed, lacking = _list_assets(session, job, folder)
        if lacking.count and not job.send_anyway and job.task_id is None:
            raise refused(session, sorted(lacking.problems.values()), lacking.count)
        task_id = _create(session) if job.task_id is None else tasks.task_number(job.task_id)
        session.tell("created", task_id)
        return _go_on(session, job, task_id, folder, listed)
    finally:
        shutil.rmtree(compat.fs(folder), ignore_errors=True)


def _checked(job):
    """Return the job with its scene made absolute, after everything was looked at that can be."""
    scene = compat.text(job.scene) if job.is_copied else compat.absolute(compat.text(job.scene))
    if not job.is_copied and not os.path.isfile(compat.fs(scene)):
        raise SettingsError("The scene %s %s: nothing was submitted." % (
            scene, "is a folder" if os.path.isdir(compat.fs(scene)) else "does not exist"))
    paths.server_path(scene)
    task_config.software_of(scene, job.software)
    task_config.parse_frames(job.frames)
    for what, value in (("width", job.width), ("height", job.height)):
        if value is not None and not 1 <= value <= 100000:
            raise SettingsError("The %s of a picture is 1 to 100000 pixels, not %s." % (what, value))
    if not job.manifests:
        raise SettingsError("Nothing says which files the scene needs: give an upload.json.")
    return job._replace(scene=scene)


def _check_task(session, task_id):
    """Look at a task that was created before, so that nothing is sent for one that cannot be submitted.

    Raises:
        NotSubmitted: It cannot.
    """
    state = session.ask(lambda: tasks.read_tasks(session.api, [task_id]))[task_id]
    if state is not None and tasks.is_submitted(state):
        raise NotSubmitted("Task %d is submitted already: its frames can be fetched." % task_id, task_id,
                           obstacle=SUBMITTED)
    # Only the local farm is known to tell of tasks that are not submitted yet.
    if state is None and storages.is_loopback(storages.domain_of(session.api)):
        raise NotSubmitted("The farm does not know task %d: check the number, or whether it was deleted." % task_id,
                           task_id, obstacle=UNKNOWN)


def _list_assets(session, job, folder):
    """Read all manifests, and look for the scene in them.

    Returns:
        tuple: Path of one upload.json with all assets, and the `_Lacking` ones.
    """
    wanted = paths.server_path(job.scene)
    found, lacking = [], _Lacking()
    keep = len(job.manifests) > 1 or os.path.basename(job.manifests[0]) != "upload.json"

    def pairs():
        for path in job.manifests:
            for batch in manifest.read_assets(path, ending="Nothing was submitted."):
                session.cancel.check()
                for local, server in batch:
                    if server == wanted:
                        found.append(local)
                    lacking.look(local, server)
                    yield local, server

    if keep:
        path = os.path.join(folder, "upload.json")
        manifest.write(path, pairs())
    else:
        path = job.manifests[0]
        for _ in pairs():
            pass
    if not found:
        raise ManifestError("The scene %s is not among the assets (no asset has the server path %s). Nothing was "
                            "submitted: make the upload.json with the scene in it." % (job.scene, wanted))
    return path, lacking


class _Lacking(object):
    """Assets without a source, found before a task is created for them; the first ones by name."""

    def __init__(self):
        self.count = 0
        self.problems = {}

    def look(self, local, server):
        """Take note of an asset whose source is not there; one that is listed twice counts once."""
        try:
            os.stat(compat.fs(local))
            return
        except OSError as error:
            if error.errno not in (errno.ENOENT, errno.ENOTDIR):
                return  # It is there; the upload says what is wrong with it.
        if (local, server) not in self.problems:
            self.count += 1
            if len(self.problems) < MOST_PROBLEMS:
                self.problems[local, server] = Problem(
                    "missing", local, server, "%s is missing. Restore it or take it out of the scene." % local)


def refused(session, problems, count=None, task_id=None):
    """Return the error for a scene that lacks assets, and tell the session's listener of each one.

    Args:
        session (Session): Of the account.
        problems (list of Problem): The missing ones, or the first of them.
        count (int, optional): How many there are in all.
        task_id (int, optional): The task, if it was created before.
    """
    count, problems = count or len(problems), tuple(problems[:MOST_PROBLEMS])
    for problem in problems:
        session.tell("missing", problem)
    names = ", ".join(problem.source for problem in problems[:_MOST_NAMED])
    if count > _MOST_NAMED:
        names += " and %s more" % words.count(count - _MOST_NAMED)
    return NotSubmitted("%s missing: %s. %s" % (
        "1 asset is" if count == 1 else "%s assets are" % words.count(count), names,
        "No task was created." if task_id is None else "Task %d is not submitted." % task_id), task_id,
        empty_report()._replace(missing=count, problems=problems), is_incomplete=True)


def _create(session):
    answer = tasks.ask(session.api.task.create_task, count=1)
    created = answer.get("taskIdList") if isinstance(answer, dict) else None
    if not isinstance(created, list) or not created:
        raise FarmError("The farm created no task: its answer has no number. Look at the list of tasks before you "
                        "try again.")
    return tasks.task_number(created[0])


def _go_on(session, job, task_id, folder, listed):
    report = empty_report()
    try:
        contents = task_config.build(job, task_id, session.api.user_info)
        config = session.upload_config(task_id, task_config.write(folder, contents) + [listed], job.max_speed)
        if not config.ok:
            raise NotSubmitted("The configuration did not get to the farm: %s" % config.problems[0].reason, task_id)
        session.tell("configured", task_id)
        report = session.upload(job.manifests, job.max_speed, job.use_record, job.threads)
        if not report.ok and not job.send_anyway:
            raise _incomplete(task_id, report)
        session.cancel.check()
        tasks.ask(session.api.submit, task_id)
    except Cancelled as error:
        error.task_id = task_id
        raise
    except NotSubmitted:
        raise
    except SyncError as error:
        raise NotSubmitted(error.message, task_id, report, retryable=error.retryable,
                           obstacle=UNKNOWN if isinstance(error, UnknownTask) else None)
    except EnvironmentError as error:
        raise NotSubmitted("The configuration cannot be written (%s)." % compat.text(error.strerror or "unknown"),
                           task_id, report)
    session.tell("submitted", task_id)
    return Submitted(task_id, report)


def _incomplete(task_id, report):
    lacking = report.missing + report.failed
    return NotSubmitted("%s not on the farm (%s missing, %s failed)." % (
        "1 asset is" if lacking == 1 else "%s assets are" % words.count(lacking),
        words.count(report.missing), words.count(report.failed)), task_id, report, is_incomplete=True)
