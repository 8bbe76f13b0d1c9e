"""What a download counts and says."""
from __future__ import absolute_import, division, print_function, unicode_literals

from . import compat
from .model import Item, Problem, Report
from .plan import MOST_PROBLEMS, MOST_SKIPPED


#: How often a watch looks again at files that were here already: somebody may have removed or changed them.
_LOOKS_AGAIN = 30


class History(object):
    """What the earlier runs of a watch did, so that the next one neither counts nor says it again.

    Attributes:
        claims (dict): Local name -> the remote file that it was given to.
        counted (dict): Remote file that landed or was here already -> the `Stored` that is here, None where the
            user's own file stands in its place.
        said (dict): Name -> what was said of it last.
        looks (int): Runs so far.
    """

    def __init__(self):
        self.looks = 0
        self.claims = {}
        self.counted = {}
        self.said = {}

    def is_due(self, stored):
        """Tell whether a remote file is to be looked at.

        One whose very version landed, or was here already, only now and then: else each file of a watch would cost
        more, the more there are.
        """
        return self.looks % _LOOKS_AGAIN == 0 or self.counted.get(stored.name) != stored

    def is_news(self, name, words):
        """Tell whether something else was said last, and remember it."""
        if self.said.get(name) == words:
            return False
        self.said[name] = words
        return True


class Tally(object):
    """Count as it goes.

    Args:
        progress (Progress): Of the run.
        history (History): Of the watch.
    """

    def __init__(self, progress, history):
        self._progress = progress
        self._history = history
        self._began = compat.monotonic()
        self._sent = self._skipped = self._missing = self._failed = self._bytes = 0
        self._known = set()
        self._problems, self._kept, self._beside = [], [], {}

    def done(self, job):
        """A file has landed."""
        self._sent += 1
        self._bytes += job.size
        self._history.counted[job.source] = job.wanted.stored
        self._history.said.pop(job.source, None)
        self._progress.finish("done", job)

    def skip(self, stored, place):
        """A remote file is here already. Some are named."""
        counted = self._history.counted
        self._history.said.pop(stored.name, None)
        if stored.name not in counted:
            self._skipped += 1
            if self._skipped <= MOST_SKIPPED:
                self._progress.say("skipped", note=place.path)
        counted[stored.name] = None if place.kept else stored

    def keep(self, path, landing):
        """A file of the user's own was left alone.

        Args:
            path (str): The file.
            landing (str): Where the farm's version is or will be; `path` itself where the farm has nothing newer.
        """
        if path not in self._kept and len(self._kept) < MOST_PROBLEMS:
            self._kept.append(path)
        if landing != path and path in self._kept:
            self._beside[path] = landing
        if self._history.is_news(path, "kept"):
            self._progress.say("kept", Item(path, landing, 0, None) if landing != path else None, note=path)

    def fail(self, job, reason):
        """A file that was to be fetched did not land."""
        self._add(Problem("failed", job.source, job.target, reason))
        if self._history.is_news(job.source, reason):
            self._progress.finish("failed", job, reason)
        else:
            self._progress.expect(-1, -job.size)
            self._progress.restart(job.target)

    def problem(self, problem):
        """Something cannot even be tried."""
        self._add(problem)
        if self._history.is_news(problem.source, problem.reason):
            if problem.kind == "failed":
                self._progress.say("failed", Item(problem.source, problem.target, 0, None), note=problem.reason)
            else:
                self._progress.say(problem.kind, note=problem)

    def bar(self, barred, waits):
        """Nothing can be written where files should land.

        Args:
            barred (barrier.Barred): Which, and why.
            waits (bool): They are looked at again: that is said at once, not only in the end.
        """
        self._failed += len(barred.jobs) - 1  # One more is counted below.
        what = "Nothing can be written to the download folder %s (%s). Check who may write there" % (
            barred.folder, barred.reason)
        if waits and self._history.is_news("barred " + barred.folder, what):
            self._progress.say("note", note=what + ": until this watch ends, it is tried again.")
        self.problem(Problem("failed", barred.folder, barred.folder, what + ", or name another folder."))

    def note(self, message):
        """Something went wrong that is of no single file."""
        if self._history.is_news("", message):
            self._progress.say("note", note=message)

    def _add(self, problem):
        """Count a problem; the same one, of folders that are named twice, counts once."""
        if problem in self._known:
            return
        if problem.kind == "missing":
            self._missing += 1
        else:
            self._failed += 1
        if len(self._problems) < MOST_PROBLEMS:
            self._problems.append(problem)
            self._known.add(problem)

    def report(self):
        """Return the `Report` so far."""
        return Report(self._sent, self._skipped, self._missing, self._failed, self._bytes,
                      compat.monotonic() - self._began, tuple(self._problems), tuple(self._kept),
                      tuple(sorted(self._beside.items())))
