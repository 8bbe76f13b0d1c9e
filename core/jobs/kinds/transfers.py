"""Upload, download, fetch again, verify."""
from __future__ import absolute_import, division, print_function, unicode_literals

import logging

from ... import compat, outputs, tasks, verify as verify_module, words
from ...errors import DownloadFailed, SettingsError, SyncError
from ...record import Record
from ..board import Board
from ..desk import kept_sentence
from ..schema import DONE, FAILED
from ..work import Outcome

log = logging.getLogger(__name__)


def upload(work):
    """Upload assets. Parameters: ``manifests`` (paths of upload.json), ``use_record`` (True)."""
    session = work.session()
    work.desk.stage("assets")
    report = session.upload(work.need("manifests"), use_record=work.param("use_record", True))
    return uploaded(work, report)


def uploaded(work, report):
    """Return the outcome of an upload."""
    keep(work, report)
    work.desk.set(skipped=report.skipped)
    note_rate(work, "rate_up", report)
    text = "%s sent (%s), %s already there" % (words.plural(report.sent, "file"), words.size(report.bytes),
                                               words.count(report.skipped))
    return Outcome(DONE if report.ok else FAILED, text + lacking(report) + ".", counts(report))


def lacking(report):
    """Return ", 2 missing, 1 failed", or nothing."""
    return "".join(", %s %s" % (words.count(number), what) for number, what in (
        (report.missing, "missing"), (report.failed, "failed")) if number)


def counts(report):
    """Return a report for a job's result."""
    return dict((name, getattr(report, name)) for name in ("sent", "skipped", "missing", "failed", "bytes", "seconds"))


def keep(work, report):
    """Write what a report says into the row."""
    for problem in report.problems:
        work.desk.problem(problem.kind, problem.source or problem.target, problem.reason)
    beside = dict(report.beside)
    for path in report.kept:
        work.desk.problem("kept", path, kept_sentence(beside.get(path)))
    work.desk.set(missing=report.missing, failed=report.failed)
    work.desk.flush()


def tell_landed(work, report, folder):
    """Let panels know that files have landed: a "frames" event whose text is the folder."""
    if not report.sent:
        return
    try:
        with work.desk.store.write() as db:
            work.desk.store.tell(db, work.job.id, "frames", folder)
    except SyncError as error:
        log.warning("%s The download goes on.", error.message)  # What people see can wait.


def note_rate(work, key, report):
    """Remember how fast it went, for the next estimate."""
    if report.sent and report.bytes > 1000000 and report.seconds > 0.2:
        try:
            work.desk.store.set_meta(key, "%d" % (report.bytes / report.seconds))
        except SyncError as error:
            log.warning("%s The transfer is done all the same.", error.message)


def download(work):
    """Fetch what is on the output storage now.

    Parameters: ``task_ids`` or ``server_paths``, ``local_path`` (default: the setting's), ``keep`` (True: the folder of
    the task stays in the local names).
    """
    session = work.session()
    folder, keeps = folder_of(work), work.param("keep", True)
    board = Board(work)
    names = work.param("server_paths")
    if names:
        names = outputs.server_names(names)

        def wanted(engine):
            return outputs.of_paths(engine, names, folder, keeps)
    else:
        numbers = work.need("task_ids")
        found = session.ask(lambda: tasks.read_tasks(session.api, numbers))
        lost = [compat.text(number) for number in numbers if found[number] is None]
        if lost:
            raise DownloadFailed("The farm does not know task %s: check the number, or whether it was deleted. "
                                 "Nothing was downloaded." % ", ".join(lost))
        states = list(found.values())
        board.ask_farm(session, states)

        def wanted(engine):
            return outputs.of_tasks(engine, states, folder, keeps)
    work.desk.stage("files")
    report = board.download(session, wanted)
    return downloaded(work, report, folder)


def downloaded(work, report, folder):
    """Return the outcome of a download."""
    tell_landed(work, report, folder)
    keep(work, report)
    work.desk.set(skipped=report.skipped)
    note_rate(work, "rate_down", report)
    text = "%s landed in %s (%s)" % (words.plural(report.sent, "file"), folder, words.size(report.bytes))
    if report.skipped:
        text += ", %s %s here" % (words.count(report.skipped), "was" if report.skipped == 1 else "were")
    return Outcome(DONE if report.ok else FAILED, text + lacking(report) + ".", dict(counts(report), folder=folder))


def folder_of(work):
    """Return the download folder of a job."""
    return outputs.folder_for(work.param("local_path"), work.settings())


def refetch(work):
    """Fetch files again, though they are here: what landed and is as we left it is replaced, what is the user's stays.

    Parameters: ``server_paths`` (names on the output storage), ``local_path``, ``keep`` as for `download`; or
    ``task_id`` and ``frames`` (list of [layer, number]) of the frame rows.
    """
    paths = [row[0] for row in _rows_of(work)] if work.param("frames") else []
    session, folder, keeps = work.session(), folder_of(work), work.param("keep", True)
    board = Board(work)
    if work.param("frames"):
        task_id = tasks.task_number(work.need("task_id"))
        states = [state for state in session.ask(lambda: tasks.read_tasks(session.api, [task_id])).values() if state]
        board.ask_farm(session, states)

        def wanted(engine):
            return (item for item in outputs.of_tasks(engine, states, folder, keeps) if _path(item) in paths)
    else:
        names = outputs.server_names(work.need("server_paths"))

        def wanted(engine):
            return outputs.of_paths(engine, names, folder, keeps)
    report = board.download(session, lambda engine: _doubted(wanted(engine), session.record_path))
    return downloaded(work, report, folder)


def _rows_of(work):
    for layer, number in work.need("frames"):
        for row in work.desk.store.rows("SELECT path FROM frame WHERE task_id = ? AND layer = ? AND number = ?",
                                        (work.need("task_id"), layer, number)):
            if row[0]:
                yield row


def _path(item):
    from ..board import path_of
    return path_of(item)


def _doubted(wanted, record_path):
    """Yield what is wanted, after the record was told that what lies here is not it."""
    items = list(wanted)
    with Record(record_path) as record:
        rows = record.landed([_path(item) for item in items if _path(item)])
        # The file is still known to be ours, but of another version: it may be replaced.
        record.write_landed([row._replace(source_size=-1, source_mtime=None, checksum=None) for row in rows.values()])
    if not items:
        raise SettingsError("The output storage has none of these files. Were they removed from the farm?")
    return items


def verify(work):
    """Compare manifest, sources, record and storage. Parameters: ``manifests``, ``quick`` (False), ``mend`` (False)."""
    session = work.session()
    work.desk.stage("compare")
    found = verify_module.verify(session, work.need("manifests"), work.param("quick", False), work.param("mend", False))
    report = found.report
    keep(work, report)
    text = "%s %s the same on both sides" % (words.plural(report.skipped, "file"),
                                             "is" if report.skipped == 1 else "are")
    if report.missing:
        text += ", %s missing" % words.count(report.missing)
    if report.failed:
        text += ", %s different" % words.count(report.failed)
    return Outcome(DONE if report.ok else FAILED, text + ".", dict(
        counts(report), stale=found.stale, unrecorded=found.unrecorded, mended=found.mended))
