"""What a person sees of a run."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os
from collections import namedtuple

from .. import tasks, words
from . import line

#: How a kind of run is spoken of. ``there`` is said of what needed no sending.
Wording = namedtuple("Wording", "doing done there has_missing")

SENDING = Wording("Uploading", "sent", "already there", True)
FETCHING = Wording("Fetching", "fetched", "already here", False)
VERIFYING = Wording("Verifying", None, "the same on both sides", True)

_MOST_PROBLEMS = 20
_MOST_KEPT = 5
_DOTS = 27


class Screen(object):
    """Show a run to a person.

    Args:
        out (Out): For what goes on.
        err (Out): For errors.
        quiet (bool): Show only what is wrong.
    """

    def __init__(self, out, err, quiet=False):
        self._err = err
        self._quiet = quiet
        self.line = line.Silent() if quiet else line.Live(out) if out.is_terminal else line.Slow(out)
        self._problems = line.Slow(err) if quiet else self.line
        self._wording = SENDING
        self._source = ""
        self._assets = self._fetched = 0
        self._tasks = {}
        self._submitted = set()
        self._watching = False
        self._name = ""
        self._folder = self._last_word = None
        self._say_last = self.say

    # -- what a command tells

    def begin(self, command, wording=SENDING, source="", watching=False, folder=None):
        """Take note of what is going to happen.

        Args:
            command (str): Its name.
            wording (Wording): How it is spoken of.
            source (str): What is read, e.g. "upload.json".
            watching (bool): Frames of tasks are fetched as they are rendered.
            folder (str, optional): Where files land.
        """
        self._folder = folder
        self._wording, self._source, self._watching = wording, source, watching
        self._fetched, self._name = 0, ""

    def say(self, text):
        """Say something in a line of its own."""
        self.line.say(text)

    def fact(self, label, value):
        """Say "Already there .............. 47 890"."""
        label = words.fit(words.printable(label), 60)
        self.line.say("%s %s %s" % (label, "." * max(2, _DOTS - 1 - words.columns(label)), value))

    def last_word(self, text, is_wrong=False):
        """Say something after the summary.

        Args:
            text (str): A line; nothing is said where it is empty.
            is_wrong (bool): It belongs to what is wrong: say it also where nothing else is shown.
        """
        self._last_word = text
        self._say_last = self.problem if is_wrong else self.say

    def problem(self, text):
        """Say what is wrong in a line of its own, also where nothing else is shown."""
        self._problems.say(text)

    def tell(self, event, **fields):
        """Only machines want to know."""

    # -- the end

    def end(self):
        """End a command that has no report."""
        self.line.clear()

    def finish(self, report):
        """Say how a run ended."""
        if not report.ok or not self._quiet:
            self._summary("Done in" if report.ok else "Ended after", report)
        self._say_last_word()

    def _say_last_word(self):
        if self._last_word:
            self._say_last(self._last_word)
            self._last_word = None

    def finish_part(self, report):
        """Say how a part of a command ended, after which another one begins."""
        self.finish(report)

    def fail(self, message, report=None):
        """Say what ended a command early."""
        if report is not None and (report.sent or report.problems or report.failed):
            self._summary("Ended after", report)
        self.line.clear()
        self._err.write(words.printable(message) + "\n")

    def cancelled(self, report=None):
        """Say that the user has ended it, and what was done until then."""
        self.line.clear()
        if report is None:
            self._err.write("Cancelled.\n")
        else:
            self._summary("Cancelled after", report)
        self._say_last_word()

    def _summary(self, beginning, report):
        wording = self._wording
        parts = []
        if wording.done:
            parts.append("%s %s (%s)" % (words.count(report.sent), wording.done, words.size(report.bytes)))
        parts.append("%s %s" % (words.count(report.skipped), wording.there))
        if wording.has_missing:
            parts.append("%s missing" % words.count(report.missing))
        parts.append("%s failed" % words.count(report.failed))
        if self._folder and (report.sent or report.skipped):
            parts.append("into %s" % self._folder)
        self.line.settle()
        say = self._problems.say
        say("%s %s: %s." % (beginning, words.clock(report.seconds), ", ".join(parts)))
        for problem in report.problems[:_MOST_PROBLEMS]:
            say("  " + problem.reason)
        hidden = len(report.problems) - _MOST_PROBLEMS
        if hidden > 0:
            # Of very many, not all are in the list; one problem may stand for several frames.
            say("  and %s more" % words.count(max(hidden, report.missing + report.failed - _MOST_PROBLEMS)))
        if report.kept:
            self._say_kept(report)

    def _say_kept(self, report):
        say = self._problems.say
        beside = dict(report.beside)
        say("%s of yours %s kept:" % (words.plural(len(report.kept), "file"),
                                      "was" if len(report.kept) == 1 else "were"))
        for path in report.kept[:_MOST_KEPT]:
            there = beside.get(path)
            say("  %s%s" % (path, " (the farm's version: %s)" % os.path.basename(there) if there else ""))
        if len(report.kept) > _MOST_KEPT:
            say("  and %s more" % words.count(len(report.kept) - _MOST_KEPT))

    # -- what a run tells

    def hear(self, event):
        """Show an event of a run."""
        show = self._SHOWN.get(event.kind)
        if show:
            show(self, event)

    def _connecting(self, event):
        self.line.announce("Connecting to %s ..." % event.note)

    def _survey(self, event):
        self._assets = event.done
        self.line.show("Reading %s" % self._source, rest=words.plural(event.done, "asset"))

    def _plan(self, event):
        plan = event.note
        self.fact("Reading %s" % self._source, words.plural(self._assets, "asset"))
        self.fact("Already there", "%s (%s)" % (words.count(plan.skipped), words.size(plan.skipped_bytes)))
        if plan.missing:
            self.fact("Missing", words.count(plan.missing))
        if plan.failed:
            self.fact("Refused", words.count(plan.failed))
        self.fact("To send", "%s (%s)" % (words.count(plan.files), words.size(plan.bytes)))

    def _tick(self, event):
        totals = event.note
        if self._watching:
            self._watch_line(words.size(totals.rate) + "/s" if totals.active else "", urgent=True)
            return
        if not totals.files_total:
            return
        share = totals.bytes / totals.bytes_total if totals.bytes_total else totals.files / totals.files_total
        rest = [words.part(min(totals.bytes, totals.bytes_total), totals.bytes_total), words.size(totals.rate) + "/s"]
        if totals.left_s is not None:
            rest.append(words.clock(totals.left_s))
        if totals.failed:
            rest.append("%s failed" % words.count(totals.failed))
        name = totals.active[0][0] if totals.active else self._name
        self.line.show(self._wording.doing, share, "  ".join(rest), os.path.basename(name), urgent=True)

    def _done(self, event):
        self._fetched += 1
        self._name = event.item.target
        if self._watching:
            self._watch_line()

    def _tasks_seen(self, event):
        for state in event.note:
            before = self._tasks.get(state.id)
            self._tasks[state.id] = state
            if before is None or before.text != state.text:
                self.line.say("Task %d%s: %s%s" % (
                    state.id, " " + state.name if state.name else "", state.text,
                    ", %s" % words.plural(state.total, "frame") if state.total else ""))
                if state.text == tasks.NOT_SUBMITTED and state.id not in self._submitted:
                    self.line.say("It is waited for. To submit it, run the submit command with --task-id %d."
                                  % state.id)
        self._watch_line()

    def _watch_line(self, rate="", urgent=False):
        states = self._tasks.values()
        total = sum(state.total or 0 for state in states)
        done = sum(state.done or 0 for state in states)
        rest = ["%s of %s rendered" % (words.count(done), words.count(total))] if total else []
        rest += ["%s fetched" % words.count(self._fetched), rate]
        self.line.show("Watching", done / total if total else None, "  ".join(part for part in rest if part),
                       os.path.basename(self._name), urgent)

    def _has_submitted(self, event):
        self._submitted.add(event.note)  # A farm may need a moment to see that.

    def _note(self, event):
        self.line.say(event.note)

    _SHOWN = {"connecting": _connecting, "survey": _survey, "plan": _plan, "tick": _tick, "done": _done,
              "tasks": _tasks_seen, "submitted": _has_submitted, "note": _note}
