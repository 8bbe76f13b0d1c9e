"""The engine: one of the account's storages, reached through the vendor's transfer program."""
from __future__ import absolute_import, division, print_function, unicode_literals

import functools
import itertools
import os
from collections import namedtuple

from ... import compat, plan
from ...errors import FarmError, LandingError, SourceChanged, SourceMissing
from . import line, program
from .collection import Collection, Ground
from .errand import Setup
from .hideout import Hideout
from .listing import Listing, is_gone
from .pool import Pool, lists

#: Programs at a time where nobody says how many: each costs seconds to start, and a connection.
PROGRAMS = 4

#: However many are asked for.
MOST_PROGRAMS = 64

#: Files of a list that is sent, and of one that is fetched: those land when they have come.
_SENT, _FETCHED = 800, 200
_FETCHED_BYTES = 1 << 30

#: Seconds before a program is started again that could not do everything; they double.
PAUSE_S = 2.0

#: How often a file is sent that changes while it is sent, and the pause before that.
_CHANGES, _SETTLE_S = 3, 0.3

#: Where an engine leads and by what. ``kind`` "input", "output" or "config"; ``answers`` a `line.Answers`, ``wish`` a
#: `line.Wish`; ``domain`` and ``platform`` of the farm; ``exe`` what the call names, ``setting`` what the settings
#: do; ``log_folder`` for what the programs say; ``silence_s`` see `run.Run`.
Place = namedtuple("Place", "kind answers wish domain platform exe setting log_folder silence_s")


class TransmitterEngine(object):
    """See `rayvision_sync.engines`: it moves whole lists.

    Args:
        place (Place): Where it leads.
        ask (callable, optional): See `Listing`; the output storage only.
    """

    name = "transmitter"
    first_threads = most_threads = 1
    fold = staticmethod(list)
    is_dear = True

    def __init__(self, place, ask=None):
        self._place = place
        self._listing = Listing(ask) if ask is not None else None
        #: bool: `ask` and `list` know what is there. The program itself cannot be asked.
        self.answers = ask is not None
        self._route = self._program = None
        self._owners = {}

    @property
    def identity(self):
        """str: The farm, and whose storage of it."""
        route = self._find_route()
        return "transmitter:%s/%s/%s/%s" % (self._place.domain, self._place.platform, route.storage, route.user)

    def open(self, cancel=None):
        """Find the way and the program.

        Raises:
            SettingsError: There is none.
        """
        place = self._place
        found = program.find(place.exe, place.setting)
        self._find_route()
        self._program = program.runnable(found)

    def _find_route(self):
        if self._route is None:
            self._route = self._choose()
        return self._route

    def _choose(self, owner=None):
        place = self._place
        return line.choose(place.kind, place.answers, place.wish, domain=place.domain, platform=place.platform,
                           owner=owner)

    def close(self):
        """Nothing is kept open."""

    # -- what is there

    def claim(self, name, owner=None, task_id=None):
        """Note whose a folder of the output storage is.

        Args:
            name (str): "/18164087_city/layer".
            owner (tuple, optional): (user, storage) that the task's item names: another account's.
            task_id (int, optional): The task that puts its frames there.
        """
        if owner is not None:
            self._owners[name] = self._choose(owner)
        if task_id is not None and self._listing is not None:
            self._listing.claim(name, task_id)

    def list(self, prefix):
        """Yield the `Stored` of every file below a folder, as the farm lists it."""
        try:
            for stored in self._listing.files("/" + prefix.strip("/")):
                yield stored
        except FarmError as error:
            if not is_gone(error):
                raise

    def ask(self, targets):
        """Return ``{name: Stored}`` of what is there, as far as the farm lists it; nothing of an input storage."""
        return self._listing.look(targets) if self._listing is not None else {}

    # -- whole lists

    def send_all(self, items, gear, threads=None):
        """See `rayvision_sync.engines`."""
        for change in range(1, _CHANGES + 1):
            again = []
            results = self._pool(gear, threads).run(lists(items, _SENT))
            try:
                for item, stored, error in results:
                    if not isinstance(error, SourceChanged):
                        yield item, stored, error
                    elif change == _CHANGES:
                        yield item, None, plan.give_up_changing(error, _CHANGES)
                    else:
                        again.append(item)
            finally:
                results.close()
            if not again:
                return
            gear.cancel.wait(_SETTLE_S * change)  # Whoever writes them may be about to finish.
            items = []
            for item in again:
                fresh, error = _look_again(item, gear.progress)
                if error is None:
                    items.append(fresh)
                else:
                    yield item, None, error

    def fetch_all(self, jobs, gear, threads, lander):
        """See `rayvision_sync.engines`."""
        hideouts, troubles = {}, {}
        try:
            for folder in sorted(set(job.folder for job in jobs)):
                try:
                    hideouts[folder] = Hideout(folder).__enter__()
                except LandingError as error:
                    troubles[folder] = error
            for job in jobs:
                if job.folder in troubles:
                    yield job, None, troubles[job.folder]
            jobs = [job for job in jobs if job.folder in hideouts]
            ground = Ground(self._route_of, self.ask, lambda job: hideouts[job.folder], lander)
            results = self._pool(gear, threads, functools.partial(Collection, ground)).run(_by_folder(jobs))
            try:
                for result in results:
                    yield result
            finally:
                results.close()
        finally:
            for hideout in hideouts.values():
                hideout.__exit__()

    def _route_of(self, name):
        """Return the route of a name: of the folder that was claimed, if it lies in one."""
        while name:
            if name in self._owners:
                return self._owners[name]
            name = name.rpartition("/")[0]
        return self._find_route()

    def _pool(self, gear, threads, errand=None):
        place, throttle = self._place, gear.throttle
        setup = Setup(self._program, self._find_route(), gear.progress, None, place.log_folder, place.silence_s,
                      pause_s=PAUSE_S, is_paused=lambda: throttle.is_paused)
        options = {} if errand is None else {"errand": errand}
        return Pool(setup, gear.cancel, programs_of(threads), lambda: throttle.speed_kb, **options)


def programs_of(threads):
    """Return how many programs work at a time, by a number of threads (int, `crew.Threads` or None)."""
    number = getattr(threads, "number", threads)
    return min(number, MOST_PROGRAMS) if number else PROGRAMS


def _look_again(item, progress):
    """Return an item as its file is now, and an error where it is gone."""
    progress.restart(item.target)
    try:
        status = os.stat(compat.fs(item.source))
    except OSError:
        return item, SourceMissing("%s is missing: it was there a moment ago. It was not sent." % item.source)
    progress.expect(0, status.st_size - item.size)
    return item._replace(size=status.st_size, mtime=compat.mtime_ns(status)), None


def _by_folder(jobs):
    """Yield lists of jobs of one remote and one local folder; the program tells files of several not apart."""
    def key(job):
        return job.folder, job.source.rpartition("/")[0]

    for _, some in itertools.groupby(sorted(jobs, key=lambda job: key(job) + (job.source,)), key):
        for part in lists(some, _FETCHED, _FETCHED_BYTES):
            yield part
