"""The line that moves: redrawn in place on a terminal, written now and then elsewhere."""
from __future__ import absolute_import, division, print_function, unicode_literals

from .. import compat, words

_LABEL = 11
_BAR = 20
_SHORT_BAR = 12
_WIDE = 100
_SHORTEST_NAME = 12


class Live(object):
    """On a terminal: one line, redrawn in place, in one write, so that it does not flicker.

    Args:
        out (Out): The terminal.
        clock (callable): Seconds of a monotonic clock.
    """

    _PAUSE_S = 0.09

    def __init__(self, out, clock=compat.monotonic):
        self._out = out
        self._clock = clock
        self._drawn = 0
        self._at = None

    def show(self, label, share=None, rest="", name="", urgent=False):
        """Draw the line anew, at most ten times a second.

        Args:
            label (str): What goes on.
            share (float or None): How much of it is done, 0 to 1, for a bar.
            rest (str): Numbers.
            name (str): The file that is moving; left out where there is no room.
            urgent (bool): At any rate: nothing may follow for a while.
        """
        now = self._clock()
        if urgent or self._at is None or now - self._at >= self._PAUSE_S:
            self._at = now
            self._draw(self._layout(label, share, rest, name, self._out.columns - 1))

    def announce(self, text):
        """Show at once what is waited for."""
        self.show(text, urgent=True)

    def _layout(self, label, share, rest, name, room):
        line = words.printable(label).ljust(_LABEL)
        if share is not None:
            longest = _BAR if room >= _WIDE else _SHORT_BAR  # A narrow terminal has better use for its columns.
            bar = max(0, min(longest, room - len(line) - len(rest) - 9))
            line += words.bar(share, bar) + "  %3d %%" % int(min(share, 1.0) * 100)
        line += "  " + rest if rest else ""
        left = room - words.columns(line) - 2
        if name and left >= _SHORTEST_NAME:
            line += "  " + words.fit(self._out.shown(words.printable(name)), left)
        return words.fit(self._out.shown(line), room)

    def _draw(self, line):
        width = words.columns(line)
        self._out.write("\r" + line + " " * (self._drawn - width))
        self._drawn = width

    def say(self, line):
        """Write a line that stays, above the moving one."""
        line = self._out.shown(words.printable(line))
        self._out.write("\r" * bool(self._drawn) + line + " " * (self._drawn - words.columns(line)) + "\n")
        self._drawn, self._at = 0, None

    def settle(self):
        """The line that moves gives way to the sum."""

    def clear(self):
        """Take the moving line away."""
        if self._drawn:
            drawn, self._drawn, self._at = self._drawn, 0, None
            self._out.write("\r" + " " * drawn + "\r")


class Slow(object):
    """Elsewhere: a plain line every few seconds, without any control character."""

    _PAUSE_S = 3.0

    def __init__(self, out, clock=compat.monotonic):
        self._out = out
        self._clock = clock
        self._at = clock()
        self._last = self._newest = None

    def show(self, label, share=None, rest="", name="", urgent=False):
        """Write the line if the last one was some time ago. Arguments as for `Live.show`."""
        percent = "" if share is None else "%3d %%" % int(min(share, 1.0) * 100)
        self._newest = "  ".join(part for part in (label.strip(), percent, rest, name) if part)
        now = self._clock()
        if now - self._at >= self._PAUSE_S:
            self._at = now
            self._show()

    def announce(self, text):
        """Say at once what is waited for."""
        self.say(text)

    def _show(self):
        if self._newest != self._last:
            self._last = self._newest
            self.say(self._newest)

    def settle(self):
        """Before the sum: what was written last is brought up to date."""
        if self._last is not None:
            self._show()
            self._last = self._newest = None

    def say(self, line):
        """Write a line."""
        self._out.write(words.printable(line) + "\n")

    def clear(self):
        """There is nothing to take away."""


class Silent(object):
    """For ``--quiet``: nothing moves, nothing is said."""

    def show(self, label, share=None, rest="", name="", urgent=False):
        """Show nothing."""

    def announce(self, text):
        """Say nothing."""

    def say(self, line):
        """Say nothing."""

    def settle(self):
        """There is nothing to bring up to date."""

    def clear(self):
        """There is nothing to take away."""
