"""A scene's files are collected in slices on the host's main thread, so that its window stays alive meanwhile."""
from __future__ import absolute_import, division, print_function, unicode_literals

import logging

from .. import compat
from ..errors import SyncError
from ..jobs import snapshot
from ..jobs.snapshot import File, Trouble
from . import scene
from .texts import tr

log = logging.getLogger(__name__)

#: What a slice may take of our own time; a host that draws 60 pictures a second has 16 ms for each.
BUDGET_S = 0.003

#: Between slices the host has the main thread for itself.
PAUSE_MS = 2


class Scan(object):
    """Takes what a host tells of its scene, a slice at a time.

    Args:
        found (iterable): `snapshot.File`, `snapshot.Trouble` and None, from ``host.assets()``.
        clock (callable, optional): Seconds of a clock that nobody sets back.

    Attributes:
        files (list of File): So far, each once.
        texts (list of str): The same ones as a snapshot's file holds them.
        variables (dict): Environment variables that their paths name, see `scene.add_variables`.
        troubles (list of Trouble): So far.
        is_over (bool): Nothing comes any more.
        is_cancelled (bool): Somebody ended it before.
        longest_s (float): The longest slice.
    """

    def __init__(self, found, clock=compat.monotonic):
        self.files = []
        self.texts = []
        self.variables = {}
        self.troubles = []
        self.is_over = self.is_cancelled = False
        self.longest_s = 0.0
        self._found = iter(found)
        self._clock = clock
        self._known = set()
        self._slow_s = 0.0

    def step(self, budget_s=BUDGET_S):
        """Collect until the time is spent: one step at least, and none that would probably outlast it.

        Args:
            budget_s (float): In seconds.

        Returns:
            bool: There is more to come.
        """
        began = before = self._clock()
        while not self.is_over:
            self._take()
            now = self._clock()
            # Half of what the slowest one took is kept in mind: nodes of one kind come one after the other.
            self._slow_s = max(now - before, self._slow_s / 2)
            before = now
            if now + self._slow_s - began >= budget_s:
                break
        self.longest_s = max(self.longest_s, before - began)
        return not self.is_over

    def _take(self):
        try:
            found = next(self._found)
        except StopIteration:
            self.is_over = True
            return
        except Exception as error:  # Hosts raise whatever they like; what was found until then still counts.
            log.exception("The scene's files could not all be listed.")
            self.troubles.append(Trouble("", tr("The list of files ended early: {reason}", reason=_reason(error))))
            self.is_over = True
            return
        if isinstance(found, File):
            if found.path and found not in self._known:
                self._known.add(found)
                self.files.append(found)
                self.texts.append(snapshot.file_text(found))
                scene.add_variables(found.path, self.variables)
        elif isinstance(found, Trouble):
            self.troubles.append(found)

    def cancel(self):
        """Stop; the host's own generator is closed."""
        if not self.is_over:
            self.is_over = self.is_cancelled = True
            close = getattr(self._found, "close", None)
            if close is not None:
                close()


def _reason(error):
    text = ""
    if isinstance(error, SyncError):
        text = error.message
    elif error.args and isinstance(error.args[0], (bytes, compat.text_type)):
        text = compat.text(error.args[0])  # `str` of it may fail on Python 2.
    return text or compat.text(type(error).__name__)
