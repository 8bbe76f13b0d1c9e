"""What the vendor's transfer program says, line by line.

By what rayvision_transmitter 1.1.5 prints. A line that is not known is no
error: the next version will say things that this one does not.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import logging
import re
from collections import deque, namedtuple

log = logging.getLogger(__name__)

#: One thing that was said. ``kind`` is "begin", "progress", "done", "failed", "interrupted" or "unreadable" (of the
#: file ``path``); "success", "recoverable" or "failure" (of the run). ``done`` is percent of the file,
#: ``code`` the program's number of an error or None, ``text`` its words.
Said = namedtuple("Said", "kind path done code text")

#: A longer line without an end is let go of.
LONGEST = 64 * 1024

#: A name has no more line breaks: with each of them, all that came before is read again.
_MOST_BREAKS = 50

_KEPT = 5
_SHOWN = 300

_FILE = re.compile(r"(?:upload|download) file (begin|done) \((.*)\)\s*\Z", re.S)
_PROGRESS = re.compile(r"(?:upload|download) speed: *([\d.]+) *KB/S, progress: *([\d.]+)% file progress \((.*)\)\s*\Z",
                       re.S | re.I)
_INTERRUPTED = re.compile(r"(?:upload|download) file interrupt \((.*)\), error-(-?\d*):? ?(.*)\Z", re.S)
#: Only the first "file fail (" is tried: a line that is full of them would else take the square of its length.
_FAILED = re.compile(r"(?:upload|download) (-?\d+): ?((?:(?! ?file fail \().)*) ?file fail \((.*)\)"
                     r"(?:, error-.*)?\s*\Z", re.S)
_UNREADABLE = re.compile(r"get path \((.*)\) info failed\s*\Z", re.S)
_RUN = re.compile(r"(?:upload|download) task (success|failure): ?(.*)\Z", re.S)

#: What it says of itself, and what is said again in the lines above.
_IDLE = re.compile(r"rayvision transmitter |(?:upload|download) is |(?:upload|download) task has |run state is |"
                   r"need_retry |send connect request")

#: What a line of the program's own begins with: a name with a line break in it goes on until one comes.
_BEGINS = re.compile(r"(?:upload|download) (?:file|speed|task|is|-?\d+:)|get path \(")
_OPEN = re.compile(r"(?:upload|download) (?:file (?:begin|done|interrupt)|speed:.*file progress|-?\d+:.*file fail) \(|"
                   r"get path \(")


class Output(object):
    """Turn bytes, as they come, into what was said.

    Attributes:
        unknown (int): Lines that were not understood.
        last (deque of str): The last few of them, cut to a bearable length.
    """

    def __init__(self):
        self.unknown = 0
        self.last = deque(maxlen=_KEPT)
        self._rest = b""
        self._open = None
        self._skips = False

    def feed(self, data):
        """Return a list of `Said` for what more bytes completed."""
        lines = (self._rest + data).split(b"\n")
        self._rest = lines.pop()
        if self._skips and lines:
            del lines[0]
            self._skips = False
        said = []
        for line in lines:
            if self._open is None and line in (b"", b"\r"):
                continue
            self._take(line.decode("utf-8", "replace"), said)
        if len(self._rest) > LONGEST:
            if not self._skips:
                self._missed(self._rest[:LONGEST].decode("utf-8", "replace"))
            self._rest, self._skips = b"", True
        return said

    def end(self):
        """Return what the last bytes said, which no line end follows."""
        said = []
        if self._rest and not self._skips:
            self._take(self._rest.decode("utf-8", "replace"), said)
        self._rest = b""
        self._give_up()
        return said

    def _take(self, line, said):
        if self._open is not None:
            if _BEGINS.match(line):
                self._give_up()  # What was open never ended.
            else:
                line = self._open + "\n" + line
                self._open = None
        elif line.endswith("\r"):
            line = line[:-1]
        found = parse(line) or (parse(line[:-1]) if line.endswith("\r") else None)
        if found is not None:
            said.append(found)
        elif _OPEN.match(line) and len(line) < LONGEST and line.count("\n") < _MOST_BREAKS:
            self._open = line
        elif line.strip() and not _IDLE.match(line):
            self._missed(line)

    def _give_up(self):
        if self._open is not None:
            self._missed(self._open)
            self._open = None

    def _missed(self, line):
        self.unknown += 1
        line = line.strip()[:_SHOWN]
        self.last.append(line)
        log.debug("The transfer program says what is not known: %s", line)


def parse(line):
    """Return the `Said` of one whole line, None where it is not known."""
    found = _FILE.match(line)
    if found:
        kind, path = found.groups()
        return Said(kind, path, 100.0 if kind == "done" else 0.0, None, "")
    found = _PROGRESS.match(line)
    if found:
        speed, done, path = found.groups()
        return Said("progress", path, _percent(done), None, speed)
    found = _RUN.match(line)
    if found:
        word, text = found.groups()
        kind = word if word == "success" else "recoverable" if "retry" in text else "failure"
        return Said(kind, None, None, None, text.strip())
    found = _INTERRUPTED.match(line)
    if found:
        path, code, text = found.groups()
        return Said("interrupted", path, None, _code(code), text.strip())
    found = _FAILED.match(line)
    if found:
        code, text, path = found.groups()
        return Said("failed", path, None, _code(code), text.strip())
    found = _UNREADABLE.match(line)
    return Said("unreadable", found.group(1), None, None, "") if found else None


def _percent(digits):
    try:
        return min(float(digits), 100.0)
    except ValueError:
        return 0.0


def _code(digits):
    return int(digits) if 0 < len(digits) < 20 and digits != "-" else None
