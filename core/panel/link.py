"""The panel's only way to the job store: one timer that polls, and actions that become rows.

There is one link in a process, whatever panels come and go: docking makes new panels all the time.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import logging

from .. import compat
from ..errors import SyncError
from ..jobs.client import Client
from ..jobs.schema import LIVE
from .binding import QtCompat, QtCore, Signal

log = logging.getLogger(__name__)

_POLL_MS = 500
_IDLE_MS = 2000
_BUSY_MS = 30
_SWEEP_S = 2.0

#: Kinds of jobs that are transfers; the others answer questions of the panel.
TRANSFERS = ("upload", "submit", "download", "verify", "refetch", "watch")


class Link(QtCore.QObject):
    """Polls while somebody looks.

    Args:
        client (Client): Not yet open.
    """

    #: Numbers of jobs that changed, and whether any came or went.
    jobs_changed = Signal(object, bool)
    #: After each poll.
    polled = Signal()
    #: At each turn of the timer: a little work may be done.
    beat = Signal()
    #: A `schema.EventRow` that is new.
    happened = Signal(object)
    #: A sentence about what does not work; "" when it works again.
    trouble = Signal(str)

    def __init__(self, client, clock=compat.monotonic):
        super(Link, self).__init__()
        self.client = client
        self.jobs = {}
        self._clock = clock
        self._is_open = False
        self._trouble = ""
        self._viewers = []
        self._busy = set()
        self._asked = {}
        self._since = self._event = 0
        self._polled = self._swept = -1e9
        self._timer = QtCore.QTimer(self)
        self._timer.timeout.connect(self._turn)

    # -- who looks

    def attach(self, viewer):
        """Poll for a panel, as often as it is visible (its ``isVisible`` is asked)."""
        if viewer not in self._viewers:
            self._viewers.append(viewer)
        self._open()
        self.poll()
        self._timer.start(_POLL_MS)

    def detach(self, viewer):
        """A panel was closed."""
        if viewer in self._viewers:
            self._viewers.remove(viewer)
        if not self._viewers and not self._asked:
            self._timer.stop()

    def close(self):
        """Stop, and let go of the store. Jobs go on."""
        self._timer.stop()
        self._viewers = []
        self.client.close()
        self._is_open = False

    def set_busy(self, who, is_busy):
        """Ask for turns in quick succession, while there is work for `beat`."""
        (self._busy.add if is_busy else self._busy.discard)(who)
        self._set_pace()

    def _set_pace(self):
        # A host deletes panels without closing them.
        self._viewers = [viewer for viewer in self._viewers if QtCompat.isValid(viewer)]
        if any(viewer.isVisible() for viewer in self._viewers):
            wanted = _BUSY_MS if self._busy else _POLL_MS
        else:
            wanted = _IDLE_MS
        if self._timer.isActive() and self._timer.interval() != wanted:
            self._timer.setInterval(wanted)

    def now(self):
        """Return seconds of a clock that nobody sets back."""
        return self._clock()

    @property
    def changed(self):
        """int: The store's count of changes at the last look; what changes later has a higher one."""
        return self._since

    # -- poll

    def _open(self):
        if self._is_open:
            return True
        try:
            self.client.open()
            self._is_open = True
            self._event = self._last_event()
            self.client.enter()
            self._swept = self._clock()
        except SyncError as error:
            self._tell(error.message)
        return self._is_open

    def _last_event(self):
        events = self.client.events(0)
        return events[-1].id if events else 0

    def _turn(self):
        now = self._clock()
        if (now - self._polled) * 1000 >= _POLL_MS * 0.9:
            self.poll()
        self.beat.emit()
        self._set_pace()
        if not self._viewers and not self._asked:
            self._timer.stop()

    def poll(self):
        """Look for what has changed. Takes a few milliseconds."""
        self._polled = self._clock()
        if not self._open():
            return
        try:
            if self._polled - self._swept >= _SWEEP_S:
                self._swept = self._polled
                self.client.sweep()
            found = self.client.poll(self._since)
            events = self.client.events(self._event)
        except SyncError as error:
            self._tell(error.message)
            return
        self._tell("")
        self._take(found)
        for event in events:
            self._event = event.id
            self.happened.emit(event)
        self.polled.emit()

    def _take(self, found):
        """Bring the jobs up to date and tell who asked."""
        if found.changed < self._since:  # The store was begun anew.
            self.jobs.clear()
            self._since, found = 0, self.client.poll(0)
        before = set(self.jobs)
        for job in found.jobs:
            self.jobs[job.id] = job
        for number in before - set(found.ids):
            del self.jobs[number]
        self._since = found.changed
        if found.jobs or before - set(found.ids):
            self.jobs_changed.emit([job.id for job in found.jobs], before != set(self.jobs))
        for job in found.jobs:
            self._answer(job)

    def _tell(self, sentence):
        if sentence != self._trouble:
            self._trouble = sentence
            self.trouble.emit(sentence)

    # -- act

    def act(self, action, *args, **kwargs):
        """Call one of the client's actions; what it refuses becomes a sentence.

        Args:
            action (str): Name of a method of `Client`.

        Returns:
            What the method returns, None where it did not work.
        """
        if not self._open():
            return None
        try:
            result = getattr(self.client, action)(*args, **kwargs)
        except SyncError as error:
            self._tell(error.message)
            return None
        self.poll()
        return result

    def act_quietly(self, action, *args):
        """Read something, as `act` does, without looking for what changed."""
        if not self._is_open:
            return None
        try:
            return getattr(self.client, action)(*args)
        except SyncError as error:
            self._tell(error.message)
            return None

    def ask(self, order, then):
        """Add a short job, and hear of every change of it.

        Args:
            order (orders.Order): What to do.
            then (callable): Takes the job's row each time it has changed.

        Returns:
            int or None: The job.
        """
        number = self.add(order)
        if number is not None:
            self._asked[number] = then
            if not self._timer.isActive():  # Whoever asks was closed meanwhile.
                self._timer.start(_IDLE_MS)
            if number in self.jobs:
                self._answer(self.jobs[number])
        return number

    def forget(self, number):
        """Nobody waits for the answer of a short job any more: it is ended and removed."""
        if self._asked.pop(number, None) is not None:
            self.act("remove", number)

    def add(self, order):
        """Add a job. Returns its number, None where it did not work."""
        return self.act("add", order.kind, order.params, order.title)

    def _answer(self, job):
        then = self._asked.get(job.id)
        if then is None:
            return
        asker = getattr(then, "__self__", None)
        is_gone = isinstance(asker, QtCore.QObject) and not QtCompat.isValid(asker)
        if job.state not in LIVE or is_gone:
            del self._asked[job.id]
        if not is_gone:
            then(job)


_links = []


def link_for(host):
    """Return the process's `Link`."""
    if not _links:
        _links.append(Link(Client(python=host.plain_interpreter(), host="%s %s" % (host.title, host.version))))
        application = QtCore.QCoreApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(close_link)
    return _links[0]


def close_link():
    """Let go of the process's link: at its end, or when a host unloads us."""
    while _links:
        _links.pop().close()
