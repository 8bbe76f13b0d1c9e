"""What an upload would do: nothing is sent, and the record stays as it is."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os

from ... import compat, manifest, record as record_module, timetable, words
from ...errors import RecordError
from ...survey import Survey
from .. import assets, snapshot as snapshot_module
from ..schema import DONE
from ..work import Outcome

#: Missing files that a result lists; beyond, they are counted.
_MOST_LISTED = 1000


class ReadOnlyRecord(record_module.Record):
    """A record that is only asked."""

    def storage(self, name):
        """Return the number of a storage, one that no row has where it is unknown."""
        known = self._db.execute("SELECT id FROM storage WHERE name = ?", (name,)).fetchone()
        return known[0] if known else -1

    def write(self, storage, rows):
        """Write nothing."""

    def forget(self, storage, targets=None):
        """Refuse: whoever wanted to forget rows must not believe them."""
        raise RecordError("Nothing is sent now: the record stays as it is.")

    doubt = write_landed = write


def estimate(work):
    """Survey a scene or manifests.

    Parameters: ``snapshot`` (path), and ``folders`` and ``manifests`` whose files are sent too; or ``manifests`` alone.

    Result: ``files`` and ``bytes`` to send, ``there_files`` and ``there_bytes``, ``missing_files``, ``refused_files``,
    ``missing`` and ``notes`` (lists of path, node, attribute, count, reason, kind), ``seconds`` (None without an
    earlier rate), ``text``. A set of files that lacks some counts as one that is missing.
    """
    listing = None
    if work.param("snapshot"):
        work.desk.stage("manifest")
        listing = assets.for_work(work, snapshot_module.load(work.param("snapshot")))

        def read():
            return assets.batches(listing.pairs)
    else:
        paths = work.need("manifests")

        def read():
            for path in paths:
                for batch in manifest.read_assets(path, ending="Nothing was looked for."):
                    yield batch
    session = work.session()
    work.desk.stage("survey")
    engine = session.engine("input")
    engine.open(session.cancel)
    record = _record(session.record_path)
    try:
        plan = Survey(engine, record, session.cancel, session.gear().progress).make(read)
        try:
            return _outcome(work, plan, listing)
        finally:
            plan.close()
    finally:
        if record is not None:
            record.close()
        engine.close()


def _record(path):
    path = path or record_module.default_path()
    return ReadOnlyRecord(path).open() if os.path.isfile(compat.fs(path)) else None


def _outcome(work, plan, listing):
    problems = (listing.missing + listing.refused if listing else []) + list(plan.problems)
    refused = plan.failed + (len(listing.refused) if listing else 0)
    missing = plan.missing + (len(listing.missing) if listing else 0)
    origins = listing.origins if listing else {}
    notes = listing.notes[:_MOST_LISTED] if listing else ()
    rate = work.desk.store.meta("rate_up")
    limit = timetable.parse(work.settings().get("max_speed")).speed()
    rate = min(float(rate), limit * 1024.0) if rate and limit else float(rate or 0)
    seconds = plan.bytes / rate if rate > 0 else None
    text = _text(plan, missing, refused, seconds)
    for problem in problems:
        work.desk.problem(problem.kind, problem.source, problem.reason)
    work.desk.set(files_total=plan.files, bytes_total=plan.bytes, skipped=plan.skipped, missing=missing,
                  failed=refused, files=0, bytes=0)
    return Outcome(DONE, text, {
        "files": plan.files, "bytes": plan.bytes, "there_files": plan.skipped, "there_bytes": plan.skipped_bytes,
        "missing_files": missing, "refused_files": refused, "seconds": seconds, "text": text,
        "missing": [assets.named(problem, origins) for problem in problems[:_MOST_LISTED]],
        "notes": [assets.named(note, origins) for note in notes]})


def _text(plan, missing, refused, seconds):
    """Return "312 files, 14.2 GB to send, 212 GB already there, 9 missing, about 9 minutes at your last rate"."""
    if not plan.files and not missing and not refused:
        return "Nothing to send: %s already there." % (
            "1 file is" if plan.skipped == 1 else "all %s files are" % words.count(plan.skipped))
    parts = ["%s, %s to send" % (words.plural(plan.files, "file"), words.size(plan.bytes))]
    if plan.skipped:
        parts.append("%s already there" % words.size(plan.skipped_bytes))
    if missing:
        parts.append("%s missing" % words.count(missing))
    if refused:
        parts.append("%s that cannot be sent" % words.count(refused))
    if seconds is not None and plan.files:
        parts.append("%s at your last rate" % about(seconds))
    return ", ".join(parts) + "."


def about(seconds):
    """Return a duration as people guess one: "about 9 minutes"."""
    if seconds < 45:
        return "less than a minute"
    if seconds < 90 * 60:
        return "about %s" % words.plural(max(int(seconds / 60.0 + 0.5), 1), "minute")
    if seconds < 36 * 3600:
        return "about %s" % words.plural(int(seconds / 3600.0 + 0.5), "hour")
    return "about %s" % words.plural(int(seconds / 86400.0 + 0.5), "day")
