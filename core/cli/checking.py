"""The command verify."""
from __future__ import absolute_import, division, print_function, unicode_literals

from .. import words
from ..verify import verify as compare
from .screen import VERIFYING


def verify(run):
    """Compare manifests, sources, record and storage."""
    session = run.session()
    run.screen.begin("verify", VERIFYING)
    result = compare(session, run.options.manifest, quick=run.options.quick, mend=run.options.fix)
    run.screen.tell("record", false=result.stale, unrecorded=result.unrecorded, corrected=result.mended)
    if result.mended:
        run.screen.say("The record said what is not true of %s: it was corrected. Upload again."
                       % words.plural(result.mended, "asset"))
    elif result.stale:
        run.screen.say("The record says what is not true of %s: --fix corrects it." % words.plural(
            result.stale, "asset"))
    return result.report
