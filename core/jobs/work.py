"""What a kind of job works with: its parameters, its account, its desk."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os
from collections import namedtuple

from .. import compat, login, places, settings as settings_module
from ..errors import FarmUnreachable, SettingsError, SyncError
from ..model import Event
from ..progress import Progress
from ..session import Session
from ..stream import Gear

#: How a job ended: its state, a sentence, and what JSON can hold of its result.
Outcome = namedtuple("Outcome", "state message result")

#: Seconds between attempts to reach a farm; the last one again and again.
_PAUSES_S = (1, 2, 5, 10, 30, 60)

#: After so many seconds in a row without the farm, a job gives up.
_PATIENCE_S = 24 * 3600.0


def settings_of(params):
    """Read the settings that hold for a job.

    Args:
        params (dict): ``settings`` wins over the user's own values; ``farm`` is the folder of a local farm.
    """
    own = dict((name, value) for name, value in (params.get("settings") or {}).items()
               if name in settings_module.KNOWN and name not in settings_module.SECRET)
    return login.settings_for(own, params.get("farm"))


class JobSession(Session):
    """A session whose runs report to a desk, and whose speed and threads are the job's.

    Args:
        api (RayvisionAPI): Logged in.
        work (Work): Of the job.
    """

    def __init__(self, api, work):
        super(JobSession, self).__init__(api, work.settings(), work.cancel, work.hear)
        self._desk = work.desk

    def gear(self, max_speed=None):
        """See `Session.gear`; the speed is the steward's to set."""
        self._desk.follow()
        return Gear(self.cancel, self._desk.throttle, Progress(self.listener))

    def threads(self, number=None):
        """See `Session.threads`; they may change while a run goes on."""
        return self._desk.threads


class Work(object):
    """One job while it runs.

    Args:
        desk (Desk): Of the job.
        settings (FreshSettings): Of the job.
        start_queued (callable): Starts workers for what is queued.

    Attributes:
        params (dict): Of the job.
        is_patient (bool): Whether the farm is waited for.
    """

    def __init__(self, desk, settings, start_queued):
        self.desk = desk
        self.job = desk.job
        self.cancel = desk.cancel
        self.settings = settings
        self.start_queued = start_queued
        self.params = compat.parse_json(desk.job.params)
        self.is_patient = desk.job.lane != "quick"
        self.hearers = []
        self._session = None

    def param(self, name, default=None):
        """Return a parameter; None counts as missing."""
        value = self.params.get(name)
        return default if value is None else value

    def need(self, name):
        """Return a parameter.

        Raises:
            SettingsError: It is missing.
        """
        value = self.param(name)
        if value in (None, "", []):
            raise SettingsError("This job cannot begin: \"%s\" is missing among its parameters." % name)
        return value

    def hear(self, event):
        """Pass an event of the transfer on."""
        for hearer in self.hearers:
            hearer(event)
        self.desk.hear(event)

    def tell(self, kind, note):
        """Make an event of the job's own."""
        self.hear(Event(kind, None, 0, note))

    def folder(self):
        """Return a folder for what this job writes, made for this user only; it goes with the job."""
        places.make_home()
        path = os.path.join(places.home(), "jobs", "job-%d" % self.job.id)
        compat.make_folder(path)
        return path

    def session(self):
        """Log in, once; return the `JobSession`."""
        if self._session is None:
            self._session = JobSession(login.connect(self.settings(), self.cancel), self)
        return self._session

    def drop_session(self):
        """Log in anew the next time."""
        self._session = None


def run(kind, work):
    """Run a job to its end, through times in which the farm cannot be reached.

    Args:
        kind (callable): Takes a `Work`, returns an `Outcome`.
        work (Work): Of the job.

    Raises:
        SyncError: What ended the job.
    """
    tries, until = 0, None
    while True:
        try:
            work.desk.wait_while_paused()
            return kind(work)
        except SyncError as error:
            if not (error.retryable and work.is_patient):
                raise
            now = compat.monotonic()
            moved = work.desk.moved_at
            if until is None or (moved is not None and moved > until - _PATIENCE_S):
                tries, until = 0, now + _PATIENCE_S
            if now > until:
                raise
            if isinstance(error, FarmUnreachable):
                work.drop_session()
            work.desk.say("%s It goes on by itself as soon as that works." % error.message)
            work.cancel.wait(_PAUSES_S[min(tries, len(_PAUSES_S) - 1)])
            tries += 1
