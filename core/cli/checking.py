"""The command verify."""
from __future__ import absolute_import, division, print_function, unicode_literals

from .. import words
from ..verify import verify as compare
from .screen import VERIFYING


def verify(run):
    """Compare manifests, sources, record and storage."""
    session = run.session()
    run.screen.begin("verify", VERIFYING)
    result = compare(session, run.options.manifest, quick=run.options.quick, mend=run.options.fix,
                     clean=run.options.clean)
    run.screen.tell("record", false=result.stale, unrecorded=result.unrecorded, corrected=result.mended,
                    unfinished=result.unfinished, ended=result.ended, freed_bytes=result.freed)
    if result.ended:
        run.screen.say("%s that broke off %s ended: %s of parts freed on the storage." % (
            words.plural(result.ended, "upload"), _age(result), words.size(result.freed)))
    elif run.options.clean:
        run.screen.say("There is no upload to end: none of these files broke off over a day ago.")
    elif result.unfinished:
        run.screen.say("%s that broke off over a day ago left parts on the storage: go on with an upload, or end "
                       "what is left with --clean." % words.plural(result.unfinished, "upload"))
    run.screen.last_word(_way(result), is_wrong=not result.report.ok)
    return result.report


def _way(result):
    """Return what there is to do, once for all that was found; empty where an upload would change nothing."""
    if result.mended:
        return "The record said what is not true of %s: it was corrected. Upload again." % words.plural(
            result.mended, "asset")
    if result.stale:
        # An upload believes the record, and asks the storage about a sample of it.
        return "The record says what is not true of %s. Run verify --fix, then upload again." % words.plural(
            result.stale, "asset")
    return "Upload again." if result.to_send else ""


def _age(result):
    days = int(result.oldest_s // 86400)
    if result.ended == 1:
        return "%s ago was" % words.plural(days, "day")
    return "over a day ago, the oldest %s ago, were" % words.plural(days, "day")
