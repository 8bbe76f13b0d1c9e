"""The commands about tasks: submit, tasks; and the local farm itself."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os
import shutil
import tempfile

from .. import compat, submission, tasks as farm_tasks, words
from ..errors import Cancelled, FarmError, SourceError
from . import manifests, transfers
from .screen import SENDING

#: Tasks that are listed where none is named.
_NEWEST = 50

_SCENE_COLUMNS = 40

_GO_ON = "Task %d was created but not submitted: run the same command with --task-id %d."

#: What to do where a task can never be submitted.
_INSTEAD = {submission.UNKNOWN: "Without --task-id, a new task is made.",
            submission.SUBMITTED: "Run watch %(task)d, or download %(task)d for what is there now."}

_WATCH_IT = "The farm goes on with task %d. To fetch its frames, run watch %d%s."

#: Options of submit that watch needs, too, to come to the same farm and folder.
_FOR_WATCH = ("farm", "settings", "access_id", "access_key", "domain", "platform", "protocol", "local_path", "flat")


def submit(run):
    """Create a task, send what it needs and submit it; follow it if that is wanted."""
    folder = compat.text(tempfile.mkdtemp(prefix=str("rayvision_sync-")))
    try:
        done = _submit(run, folder)
    finally:
        shutil.rmtree(compat.fs(folder), ignore_errors=True)
    run.screen.last_word("Task %d was submitted." % done.task_id)
    if not run.options.watch:
        return done.report
    run.screen.finish_part(done.report)
    return _follow(run, done)


def _submit(run, folder):
    session = run.session()
    job = _job(run, folder)
    run.screen.begin("submit", SENDING, transfers.source_of(job.manifests))
    try:
        return submission.submit(session, job)
    except submission.NotSubmitted as error:
        if error.task_id is None:
            error.message += " Restore what is missing, or add --send-anyway."
            error.report = error.report._replace(problems=())  # Its sentence names them.
        elif error.obstacle:
            error.message += " " + _INSTEAD[error.obstacle] % {"task": error.task_id}
        else:
            error.message += " " + _GO_ON % (error.task_id, error.task_id)
            if error.is_incomplete:
                error.message += " Add --send-anyway to do without what is not there."
        raise
    except Cancelled as error:
        task_id = getattr(error, "task_id", None)
        if task_id is not None:
            run.screen.say(_GO_ON % (task_id, task_id))
        raise


def _job(run, folder):
    options = run.options
    names = options.manifest
    if not names:
        names = [os.path.join(folder, "upload.json")]
        try:
            manifests.write(run, names[0], [options.scene] + options.path)
        except SourceError as error:
            error.message += " Nothing was submitted."
            raise
    return submission.Job(
        scene=options.scene, manifests=names, frames=options.frames, layers=options.layer, width=options.width,
        height=options.height, project_name=options.name, prefix=options.prefix, software=options.software,
        software_version=options.software_version, task_id=options.task_id, send_anyway=options.send_anyway,
        use_record=not options.no_record)


def _follow(run, done):
    run.options.task_id, run.options.after_completed = [done.task_id], False
    run.is_lacking = not done.report.ok
    # Said of a watch that is ended early: the same command again would make a second task.
    run.screen.last_word(_WATCH_IT % (done.task_id, done.task_id, _same_options(run.options)), is_wrong=True)
    report = transfers.watch(run)
    run.screen.last_word("")
    return report


def _same_options(options):
    """Return the options that were given and that a watch needs, too: " with the same --farm and --flat"."""
    given = ["--" + name.replace("_", "-") for name in _FOR_WATCH if getattr(options, name, None)]
    listed = " and ".join([", ".join(given[:-1])] * (len(given) > 1) + given[-1:])
    return " with the same " + listed if listed else ""


def tasks(run):
    """List tasks."""
    session = run.session()
    wanted = run.options.task_id or _newest(session.api)
    found = farm_tasks.read_tasks(session.api, wanted)
    lost = [number for number in wanted if found[number] is None]
    states = [found[number] for number in wanted if found[number] is not None]
    if states:
        run.screen.say("%-10s  %-24s %13s  %s" % ("TASK", "STATE", "FRAMES", "SCENE"))
    elif not lost:
        run.screen.say("There are no tasks.")
    for state in states:
        frames = "%s/%s" % (state.done or 0, state.total) if state.total else "-"
        if state.failed:
            frames = "%d failed %s" % (state.failed, frames)
        run.screen.say("%-10d  %-24s %13s  %s" % (
            state.id, words.fit(state.text, 24), frames,
            words.fit(words.printable(state.name), _SCENE_COLUMNS) or "-"))
        run.screen.tell("task", task_id=state.id, scene=state.name, status=state.status, state=state.text,
                        frames=state.total, done=state.done, failed=state.failed, ended=state.is_ended)
    if lost:
        raise FarmError("The farm does not know task %s: check the number, or whether it was deleted."
                        % ", ".join("%d" % number for number in lost))


def _newest(api):
    answer = farm_tasks.ask(api.query.get_task_list, page_num=1, page_size=_NEWEST)
    items = answer.get("items") if isinstance(answer, dict) else None
    numbers = [item.get("id") for item in items or () if isinstance(item, dict)]
    return [farm_tasks.task_number(number) for number in numbers if number is not None]


def farm(run):
    """Run a farm on this machine."""
    from ..farm import serve
    options = run.options
    key = options.access_key or (compat.environ("RAYVISION_API_KEY") if options.access_id else None)

    def say(line):
        run.screen.say(line)
        run.screen.tell("farm", message=line)

    serve(options.root, options.port, options.access_id, key, options.render, options.frame_seconds, say=say,
          s3=options.s3, cache_gb=options.cache_gb)
