"""A job in words: title, numbers, what may be done with it."""
from __future__ import absolute_import, division, print_function, unicode_literals

from .. import words
from ..jobs.schema import CANCELLED, DONE, FAILED, INTERRUPTED, PAUSED, QUEUED, RUNNING
from . import formats, orders
from .texts import sentence, tr

#: Kind -> icon of a job that goes on.
ICONS = {"upload": "upload", "submit": "upload", "download": "download", "refetch": "download", "watch": "download",
         "verify": "verify"}

_PENDING = {"pause": "Pausing ...", "cancel": "Cancelling ...", "remove": "Cancelling ..."}

#: State -> actions that a row offers, in the order of their buttons.
_ACTIONS = {
    RUNNING: ("pause", "cancel"), QUEUED: ("pause", "cancel"), PAUSED: ("resume", "cancel"),
    INTERRUPTED: ("resume", "remove"), FAILED: ("retry", "remove"), CANCELLED: ("retry", "remove"),
    DONE: ("remove",),
}

#: Action -> (icon, text, tip).
LABELS = {
    "pause": ("pause", "Pause", "Pause: it stays where it is (Space)"),
    "resume": ("resume", "Resume", "Go on where it was (Space)"),
    "cancel": ("cancel", "Cancel", "End this transfer; what was moved stays (Delete)"),
    "retry": ("retry", "Retry", "Try again; what is there already is skipped (R)"),
    "folder": ("folder", "Open folder", "Open the folder of the files that landed (O)"),
    "remove": ("remove", "Remove", "Take it off this list; no file is removed (Delete)"),
}


def title(job):
    """Return "city_v042.ma", "city_v042.ma, task 18164087", "Task 18164087"."""
    if job.title.isdigit():
        return tr("Task {id}", id=job.title)
    scene, comma, number = job.title.rpartition(", task ")
    if comma and number.isdigit():
        return tr("{scene}, task {id}", scene=scene, id=number)
    if job.kind == "submit" and job.task_id:
        return tr("{scene}, task {id}", scene=job.title, id=job.task_id)
    return job.title


def kind(job):
    """Return what a job does, in a word or two."""
    return tr(_KINDS.get(job.kind, "Transfer"))


_KINDS = {"upload": "Upload", "submit": "Submit and upload", "download": "Download", "refetch": "Fetch again",
          "watch": "Auto-download", "verify": "Verify"}


def folder(job):
    """Return the folder that a job's files land in, "" where none is known."""
    return orders.result(job).get("folder") or orders.params(job).get("local_path") or ""


def actions(job):
    """Return the names of what may be done."""
    if job.want in ("cancel", "remove"):
        return ()
    found = _ACTIONS.get(job.state, ())
    if job.state == DONE and job.failed:
        found = ("retry",) + found
    if job.kind in ("download", "watch", "refetch") and folder(job):
        found = ("folder",) + found
    return found


def share(job):
    """Return how far a job is, 0 to 1; None where nobody knows."""
    if job.state == DONE:
        return 1.0
    if job.kind == "watch":  # Its bytes are those that were rendered so far: always all of them.
        found = orders.result(job)
        return min(1.0, found.get("frames", 0) / float(found["frames_total"])) if found.get("frames_total") else None
    if job.bytes_total:
        return min(1.0, job.bytes / float(job.bytes_total))
    if job.files_total:
        return min(1.0, job.files / float(job.files_total))
    return None


def numbers(job):
    """Return "78 %", "41 MB/s", "2 min": those that are known."""
    found = []
    done = share(job) if job.bytes_total or job.kind == "watch" else None
    if job.state in (RUNNING, PAUSED, INTERRUPTED, QUEUED) and done is not None:
        found.append(formats.percent(done, 1.0))
    if job.state == RUNNING:
        found.append(formats.rate(job.rate))
        if job.kind != "watch" and job.left_s is not None and job.bytes < job.bytes_total:
            found.append(formats.left(job.left_s))
    return [text for text in found if text]


def moved(job):
    """Return "214 of 312 files, 11.1 of 14.2 GB"."""
    if not job.files_total:
        return ""
    files = tr("{done} of {files}", done=words.count(job.files), files=formats.files(job.files_total))
    if not job.bytes_total:
        return files
    return tr("{files}, {sizes}", files=files, sizes=words.part(job.bytes, job.bytes_total).replace("/", tr(" of ")))


def state(job, now=None):
    """Return the job's state in words: "Done 14:05, 120 frames, 96 GB, 41 min"."""
    if job.want in _PENDING and job.state in (RUNNING, QUEUED, PAUSED):
        return tr(_PENDING[job.want])
    at = formats.moment(job.ended, now) if job.ended else ""
    if job.state == DONE:
        parts = [tr("Done {at}", at=at)]
        frames = orders.result(job).get("frames") if job.kind == "watch" else None
        if frames:  # The upload of a task and what fetches its frames stand side by side, with one title.
            parts.append(formats.number_of(frames, "frame"))
        if job.bytes:
            parts.append(formats.size(job.bytes))
        if job.started and job.ended and job.ended - job.started >= 1:
            parts.append(formats.left(max(0.0, job.ended - job.started)))
        return ", ".join(parts)
    return tr(_STATES[job.state], at=at).strip() if job.state in _STATES else job.state


_STATES = {QUEUED: "Waits for its turn", RUNNING: "Running", PAUSED: "Paused", FAILED: "Failed {at}",
           CANCELLED: "Cancelled {at}", INTERRUPTED: "Interrupted {at}"}


def detail(job, now=None):
    """Return the row's second line."""
    parts = []
    if job.state == RUNNING and job.want not in _PENDING:
        text = job.message if job.kind == "watch" and job.message else moved(job) or said(job)
        parts.append(text or tr("Starting ..."))
    elif job.state == FAILED:
        parts.append(said(job) or state(job, now))
    else:
        parts.append(state(job, now))
        if job.state in (PAUSED, INTERRUPTED):
            parts.append(moved(job))
        if job.state == DONE and job.skipped and not job.bytes:
            parts.append(tr("{files} were there already", files=formats.files(job.skipped)))
    return ". ".join(part.rstrip(".") for part in parts if part)


def said(job):
    """Return what a job says, in the panel's language; what is to be filled in here, not on a command line."""
    if job.result and orders.result(job).get("is_without_account"):
        return tr("There is no account: fill in Access id and Access key in the settings, or choose a local farm "
                  "there.")
    return sentence(job.message)


def problems(job):
    """Return "2 failed, 1 missing", "" where all is well."""
    return ", ".join(part for part in (
        tr("{n} failed", n=words.count(job.failed)) if job.failed else "",
        tr("{n} missing", n=words.count(job.missing)) if job.missing else "") if part)


def warning(job):
    """Return what stands in red behind the second line."""
    return problems(job) if job.state != FAILED else ""


def spoken(job):
    """Return a whole row as a sentence, for those who hear it."""
    return ", ".join(part for part in [kind(job), title(job)] + numbers(job) + [detail(job), warning(job)] if part)


#: Kind of file -> its heading.
FILE_STATES = {"active": "moving now", "failed": "failed", "missing": "missing", "refused": "refused",
               "kept": "your own, kept", "skipped": "there already"}

