"""Count what a run tells, for the report of one that ends early."""
from __future__ import absolute_import, division, print_function, unicode_literals

from .. import compat
from ..model import Problem, Report

_MOST_PROBLEMS = 1000


class Tally(object):
    """Listens to a run.

    Attributes:
        has_begun (bool): The run has told something.
    """

    def __init__(self):
        self.has_begun = False
        self._began = compat.monotonic()
        self._plan = None
        self._sent = self._bytes = self._refused = 0
        self._failed = {}

    def hear(self, event):
        """Count an event."""
        self.has_begun = self.has_begun or event.kind != "connecting"
        if event.kind == "plan":
            self._plan = event.note
        elif event.kind == "done":
            self._sent += 1
            self._bytes += event.item.size
            self._failed.pop(event.item.target, None)
        elif event.kind == "failed" and event.item is not None:
            self._failed[event.item.target] = Problem("failed", event.item.source, event.item.target, event.note)
        elif event.kind == "refused" and self._plan is None:
            self._refused += 1

    def report(self):
        """Return the `Report` up to now, None before a run has begun."""
        if not self.has_begun:
            return None
        skipped = missing = failed = 0
        problems = ()
        if self._plan is not None:
            # What was refused on the way is in the plan's counts, what failed is not in both.
            skipped, missing, failed = self._plan.skipped, self._plan.missing, self._plan.failed
            problems = tuple(self._plan.problems)
        else:
            failed = self._refused + len(self._failed)
            problems = tuple(self._failed.values())
        return Report(self._sent, skipped, missing, failed, self._bytes, compat.monotonic() - self._began,
                      problems[:_MOST_PROBLEMS], ())
