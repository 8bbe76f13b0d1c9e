"""What a machine reads of a run: one JSON object a line, the last one is the report."""
from __future__ import absolute_import, division, print_function, unicode_literals

import json

from .. import compat
from ..model import empty_report
from . import line

_PROGRESS_S = 1.0


class Feed(object):
    """Tell a run to a machine. It has the methods of `screen.Screen`.

    Args:
        out (Out): Where the lines go.
        clock (callable): Seconds of a monotonic clock.
    """

    def __init__(self, out, clock=compat.monotonic):
        self._out = out
        self._clock = clock
        self._told = None
        self._tasks = {}
        self._lacking = {}
        self._has_begun = False
        self.line = line.Silent()

    def tell(self, event, **fields):
        """Write an event.

        Args:
            event (str): What it is.
            fields: Whatever JSON can hold, by any name but "event".
        """
        fields["event"] = event
        # ASCII: no terminal, locale or name can break a line of it.
        self._out.write(compat.text(json.dumps(fields, sort_keys=True)) + "\n")

    def begin(self, command, wording=None, source="", watching=False, folder=None):
        """Write which command begins, and where files land."""
        self._has_begun = True
        self.tell("begin", command=command, **({"folder": folder} if folder else {}))

    def say(self, text):
        """Only people want to read it."""

    def problem(self, text):
        """Write a sentence about what is wrong, which no other event tells."""

    def last_word(self, text, is_wrong=False):
        """Only people want to read it."""

    def fact(self, label, value):
        """Only people want to read it."""

    def end(self):
        """End a command that moved nothing."""
        self.finish(empty_report())

    def finish(self, report):
        """Write the report, the last line."""
        fields = report.as_dict()
        for name, lacking in self._lacking.items():
            fields[name] += lacking
        order = ("event", "sent", "skipped", "missing", "failed", "bytes", "seconds")
        self._out.write("{%s}\n" % ", ".join("%s: %s" % (json.dumps(name), json.dumps(fields[name]))
                                             for name in order))

    def finish_part(self, report):
        """Write how a part of a command ended; the report of the whole comes last."""
        fields = report.as_dict()
        del fields["event"]
        self._lacking = {"missing": report.missing, "failed": report.failed}
        self.tell("uploaded", **fields)

    def fail(self, message, report=None):
        """Write what ended a command early; and the report, if a run had begun."""
        self.tell("error", message=message)
        if report is not None or self._has_begun:
            self.finish(report or empty_report())

    def cancelled(self, report=None):
        """Write that the user has ended it; and the report, if a run had begun."""
        self.fail("Cancelled.", report)

    def hear(self, event):
        """Write an event of a run, where it is worth a line."""
        tell = self._TOLD.get(event.kind)
        if tell:
            tell(self, event)

    def _plan(self, event):
        plan = event.note
        self.tell("plan", files=plan.files, bytes=plan.bytes, skipped=plan.skipped,
                  skipped_bytes=plan.skipped_bytes, missing=plan.missing, failed=plan.failed)

    def _tick(self, event):
        totals, now = event.note, self._clock()
        if totals.files_total and (self._told is None or now - self._told >= _PROGRESS_S):
            self._told = now
            self.tell("progress", files=totals.files, files_total=totals.files_total, bytes=totals.bytes,
                      bytes_total=totals.bytes_total, failed=totals.failed, bytes_per_second=int(totals.rate),
                      seconds_left=None if totals.left_s is None else round(totals.left_s, 1))

    def _done(self, event):
        self.tell("done", source=event.item.source, target=event.item.target, bytes=event.item.size)

    def _failed(self, event):
        if event.item is None:
            self._problem(event)
        else:
            self.tell("failed", source=event.item.source, target=event.item.target, reason=event.note)

    def _problem(self, event):
        problem = event.note
        self.tell(problem.kind, source=problem.source, target=problem.target, reason=problem.reason)

    def _kept(self, event):
        self.tell("kept", path=event.note, beside=event.item.target if event.item else None)

    def _connecting(self, event):
        self.tell("connecting", storage=event.note)

    def _note(self, event):
        self.tell("note", message=event.note)

    def _tasks_seen(self, event):
        for state in event.note:
            if self._tasks.get(state.id) != state:
                self._tasks[state.id] = state
                self.task(state)

    def task(self, state):
        """Write the state of a task."""
        self.tell("task", task_id=state.id, scene=state.name, status=state.status, state=state.text,
                  frames=state.total, done=state.done, failed=state.failed, ended=state.is_ended)

    def _created(self, event):
        self.tell(event.kind, task_id=event.note)

    _TOLD = {"connecting": _connecting, "plan": _plan, "tick": _tick, "done": _done, "failed": _failed,
             "missing": _problem, "refused": _problem, "problem": _problem, "kept": _kept, "note": _note,
             "tasks": _tasks_seen, "created": _created, "submitted": _created}
