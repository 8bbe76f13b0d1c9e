# -*- coding: utf-8 -*-
"""What a real terminal shows, and what is left on it."""
from __future__ import absolute_import, division, print_function, unicode_literals

import argparse
import codecs
import io
import os
import re
import signal
import struct

import pytest
from support_cli import Place, folder, manifest, start, stop
from support_farm import write
from support_limits import SOON_S

from rayvision_sync import compat, words
from rayvision_sync.cli import transfers
from rayvision_sync.cli.line import Live, Slow
from rayvision_sync.cli.out import Out
from rayvision_sync.cli.screen import FETCHING, Screen
from rayvision_sync.model import Event, Item, empty_report

pty = pytest.importorskip("pty")


@pytest.fixture(scope="module")
def place(tmpdir_factory):
    made = Place(os.path.join(compat.text(tmpdir_factory.mktemp("farm").strpath), "farm"))
    with made.farm:
        yield made


class Terminal(object):
    """A terminal of a width; a command writes to its other end."""

    def __init__(self, columns):
        import fcntl
        import termios
        self._ours, self.theirs = pty.openpty()
        fcntl.ioctl(self.theirs, termios.TIOCSWINSZ, struct.pack(b"hhhh", 24, columns, 0, 0))
        self.raw = ""
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode

    def until(self, found):
        """Read until a text was written."""
        while found not in self.raw:
            self._read()

    def rest(self):
        """Read to the end."""
        os.close(self.theirs)
        try:
            while self._read():
                pass
        except OSError:  # Linux: nobody has the other end open any more.
            pass
        os.close(self._ours)

    def _read(self):
        block = os.read(self._ours, 65536)
        self.raw += self._decode(block)  # It may end in the middle of a letter.
        return block

    def drawn(self):
        """Return every state of every line, and the lines as they were left: what a person sees."""
        states, lines = [], []
        for line in self.raw.replace("\r\n", "\n").split("\n"):
            shown = ""
            for part in line.split("\r"):
                shown = part + shown[len(part):]
                states.append(part.rstrip())
            lines.append(shown.rstrip())
        return states, lines


def slow_project(tmpdir):
    project = folder(tmpdir)
    name = "%s/%s.abc" % (project, "城市霓虹灯" * 12)
    write(name, b"x" * 3000000)
    return manifest(project, [(name, name)])


@pytest.mark.parametrize("columns", [40, 80, 120])
def test_the_bar_fits_the_terminal_and_leaves_it_clean(place, tmpdir, home, columns):
    terminal = Terminal(columns)
    process = start("upload", slow_project(tmpdir), "--farm", place.root, "--max-speed", "2048", "--no-record",
                    stdout=terminal.theirs, environ={"LANG": "C.UTF-8", "PYTHONIOENCODING": "utf-8"})
    terminal.until("Done in")
    process.wait()
    process.watchdog.cancel()
    process.stderr.close()
    terminal.rest()
    states, lines = terminal.drawn()
    bars = [state for state in states if state.startswith("Uploading")]
    assert len(bars) >= 2
    assert all(words.columns(state) < columns for state in bars)
    assert re.match("Uploading  #*-* +[0-9]+ %", bars[-1])
    assert columns < 80 or [state for state in bars if "城市" in state]
    assert "\x1b" not in terminal.raw
    assert lines[-2].startswith("Done in") and lines[-1] == ""
    assert not [line for line in lines if line.startswith("Uploading")]


def test_ctrl_c_leaves_the_terminal_clean(place, tmpdir, home):
    terminal = Terminal(80)
    process = start("upload", slow_project(tmpdir), "--farm", place.root, "--max-speed", "64", "--no-record",
                    stdout=terminal.theirs, environ={"LANG": "C.UTF-8", "PYTHONIOENCODING": "utf-8"})
    terminal.until("Uploading")
    result, seconds = stop(process, signal.SIGINT)
    terminal.rest()
    assert result.code == 130 and seconds < SOON_S
    lines = terminal.drawn()[1]
    assert lines[-3].startswith("Cancelled after") and lines[-2:] == ["Run it again to go on.", ""]
    assert not [line for line in lines if line.startswith("Uploading")]


class _Stream(object):
    """A stream of an encoding, in memory."""

    def __init__(self, encoding="utf-8", terminal=True):
        self.buffer = io.BytesIO()
        self.encoding = encoding
        self._terminal = terminal

    def isatty(self):
        return self._terminal

    def fileno(self):
        return -1

    def text(self):
        return self.buffer.getvalue().decode(self.encoding)


def test_letters_that_the_terminal_lacks_are_spelled_out():
    stream = _Stream("ascii")
    Live(Out(stream)).say("城.tx")
    assert stream.text() == "\\u57ce.tx\n"


def test_a_spelled_out_name_still_fits():
    stream = _Stream("ascii")
    Live(Out(stream)).show("Uploading", 0.5, "1/2 MB", "城市" * 30)
    assert len(stream.text()) <= 80


def test_a_secret_is_never_shown():
    stream = _Stream()
    Out(stream, ["0123456789abcdef"]).write("key 0123456789abcdef refused")
    assert stream.text() == "key *** refused"


def test_a_shorter_line_covers_the_longer_one():
    stream, now = _Stream(), [0.0]
    line = Live(Out(stream), clock=lambda: now[0])
    line.show("Reading", rest="a long one")
    now[0] += 1
    line.show("Short")
    line.clear()
    shown = stream.text().split("\r")
    assert len(shown[2]) == len(shown[1]) and shown[3].strip() == ""


def test_the_line_is_drawn_ten_times_a_second_at_most():
    stream, now = _Stream(), [0.0]
    line = Live(Out(stream), clock=lambda: now[0])
    for _ in range(100):
        now[0] += 0.01
        line.show("Reading", rest="%f" % now[0])
    assert stream.text().count("\r") <= 12


def test_without_a_terminal_a_line_comes_every_few_seconds():
    stream, now = _Stream(terminal=False), [0.0]
    line = Slow(Out(stream), clock=lambda: now[0])
    for second in range(10):
        now[0] = float(second)
        line.show("Uploading", second / 10, "%d/10 MB" % second, "a\x1b.tx")
    assert stream.text() == "Uploading   30 %  3/10 MB  a\\x1b.tx\nUploading   60 %  6/10 MB  a\\x1b.tx\n" \
                            "Uploading   90 %  9/10 MB  a\\x1b.tx\n"


def test_the_last_line_before_the_sum_says_what_the_sum_says():
    stream, now = _Stream(terminal=False), [0.0]
    screen = Screen(Out(stream), Out(stream))
    screen.line = screen._problems = Slow(Out(stream), clock=lambda: now[0])
    screen.begin("watch", FETCHING, watching=True, folder="/images")
    for second in range(4):
        now[0] = float(second)
        screen.hear(Event("done", Item("/a", "/images/a", 10, None), 10, None))
    now[0] = 3.5
    screen.hear(Event("done", Item("/b", "/images/b", 10, None), 10, None))
    assert stream.text() == "Watching  4 fetched  a\n"
    screen.finish(empty_report()._replace(sent=5, bytes=50))
    assert stream.text().splitlines()[1:] == [
        "Watching  5 fetched  b", "Done in 0:00: 5 fetched (50 bytes), 0 already here, 0 failed, into /images."]


def test_a_farm_on_this_machine_is_looked_at_every_second():
    class Run(object):
        def __init__(self, domain, interval=None):
            self.options = argparse.Namespace(interval=interval)
            self.api = argparse.Namespace(connect=argparse.Namespace(domain=domain))

        def session(self):
            return self
    assert transfers._interval(Run("127.0.0.1:4711")) == 1.0
    assert transfers._interval(Run("task.renderbus.com")) == 10.0
    assert transfers._interval(Run("127.0.0.1:4711", 0.2)) == 0.2
