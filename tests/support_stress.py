"""Random actions of several clients on one job store, and whether every one of them had its effect.

Used by the suite for some seconds, and by benchmarks/store_stress.py for minutes.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import os
import random
import subprocess
import sys
import threading

from support_jobs import until

from rayvision_sync import compat, places
from rayvision_sync.jobs.client import Client

FILES, SIZE = 12, 8000

#: How a job may stand when nothing is being done to it any more, by what was asked of it last.
LEADS_TO = {"pause": ("paused", "done"), "cancel": ("cancelled", "done"), "remove": (None,),
            "add": ("queued", "running", "done"), "resume": ("queued", "running", "done"),
            "retry": ("queued", "running", "done")}

#: Column of the store -> how it is set.
VALUES = {"set_priority": "priority", "set_speed": "max_speed", "set_threads": "threads"}


class Ledger(object):
    """What was asked of each job, and how long that took; every thread writes into it.

    Attributes:
        locks (list): Errors that speak of a lock.
        wrong (list): All other errors.
        lost (list): Actions without their effect.
        reads (list of float): Seconds; ``writes`` likewise.
        actions (dict): Action -> how many had an effect.
    """

    def __init__(self):
        self.asked, self.values, self.actions = {}, {}, {}
        self.locks, self.wrong, self.lost, self.reads, self.writes = [], [], [], [], []
        self._guard = threading.Lock()
        self._turns = {}

    def jobs(self):
        """Return the jobs that nobody removed, in order."""
        with self._guard:
            return sorted(job for job, name in self.asked.items() if name != "remove")

    def turn(self, job):
        """Return the lock of a job: whose action was the last is known, other jobs' go on beside it."""
        with self._guard:
            return self._turns.setdefault(job, threading.Lock())

    def note(self, job, name, value=None):
        """Keep what was asked last."""
        with self._guard:
            self.actions[name] = self.actions.get(name, 0) + 1
            if name in VALUES:
                self.values.setdefault(job, {})[VALUES[name]] = value
            else:
                self.asked[job] = name

    def fail(self, text):
        """Keep an error."""
        (self.locks if "locked" in text or "busy" in text else self.wrong).append(text)

    def timed(self, times, call, *values):
        """Call something; returns its answer."""
        began = compat.monotonic()
        try:
            return call(*values)
        finally:
            times.append(compat.monotonic() - began)

    def check(self, client):
        """Compare the store with what was asked; nobody may act meanwhile. Returns how many jobs were looked at."""
        until(lambda: client.sweep() is not None and not [job for job in client.jobs() if job.want],
              "something that was asked was never done", 60, show=client.jobs)
        found = dict((job.id, job) for job in client.jobs())
        for job, name in sorted(self.asked.items()):
            row = found.get(job)
            if (row.state if row else None) not in LEADS_TO[name]:
                self.lost.append("%s of job %d: it is %s" % (name, job, "%s, %s" % (row.state, row.message)
                                                             if row else "gone"))
            for column, value in sorted(self.values.get(job, {}).items()) if row else ():
                if getattr(row, column) != value:
                    self.lost.append("%s of job %d: %r instead of %r" % (column, job, getattr(row, column), value))
        for job in set(found) - set(self.asked):
            self.lost.append("job %d was added by nobody" % job)
        for name in os.listdir(compat.fs(places.log_folder())):
            with open(os.path.join(compat.fs(places.log_folder()), name), "rb") as log:
                if b"is locked" in log.read():
                    self.locks.append("in a worker's log: %s" % compat.from_fs(name))
        return len(found)


class Actor(object):
    """Chooses what to do next: the same for the same seed, as far as the jobs stand alike.

    Args:
        ledger (Ledger): Of all.
        seed (int): Of this one.
        add (callable, optional): Adds a job through a client and returns its number; None: jobs neither come nor go.
        most (int): Jobs to keep about.
    """

    _STEER = ("pause", "resume", "cancel", "retry")

    def __init__(self, ledger, seed, add=None, most=10):
        self.ledger = ledger
        self.chance = random.Random(seed)
        self._add = add
        self._most = most

    def act(self, client):
        """Do something through a client."""
        jobs = self.ledger.jobs()
        if self._add and len(jobs) < self.chance.randrange(self._most) + 1:
            job = self.ledger.timed(self.ledger.writes, self._add, client)
            if job is None or client.job(job) is None:
                self.ledger.lost.append("add: job %s is not in the store" % job)
            else:
                self.ledger.note(job, "add")
            return
        job = self.chance.choice(jobs)
        name = self.chance.choice(self._STEER + tuple(sorted(VALUES)) + (("remove",) if self._add else ()))
        value = {"set_priority": self.chance.randrange(5), "set_speed": self.chance.randrange(20, 60),
                 "set_threads": self.chance.randrange(1, 4)}.get(name)
        with self.ledger.turn(job):
            if self.ledger.asked[job] == "remove":
                return  # Another one was first.
            done = self.ledger.timed(self.ledger.writes, getattr(client, name), job, *[value] if name in VALUES else [])
            if done:
                self.ledger.note(job, name, "%d" % value if name == "set_threads" else value)

    def command(self):
        """Do something by the command line."""
        jobs = self.ledger.jobs()
        if not jobs:
            return
        job, name = self.chance.choice(jobs), self.chance.choice(self._STEER + (("remove",) if self._add else ()))
        with self.ledger.turn(job):
            if self.ledger.asked[job] == "remove":
                return
            process = subprocess.Popen(
                [sys.executable, "-m", "rayvision_sync", "jobs", name, "%d" % job, "--quiet"],
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            text = process.communicate()[0].decode("utf-8")
            if process.returncode == 0:
                self.ledger.note(job, name)
            elif process.returncode != 1 or "nothing was changed" not in text:
                self.ledger.fail("jobs %s %d: %s" % (name, job, text))

    def watch(self, client):
        """Look as a panel does, and find workers that died."""
        ledger = self.ledger
        client.sweep()
        found = ledger.timed(ledger.reads, client.poll)
        for job in found.ids[-4:]:
            ledger.timed(ledger.reads, client.files, job)
        ledger.timed(ledger.reads, client.events, 0)


def panel_like(actor, until_time):
    """Act and look like a panel until a time; errors go into the ledger. Run it in a thread."""
    try:
        with Client() as client:
            while compat.monotonic() < until_time:
                actor.act(client)
                actor.watch(client)
                threading.Event().wait(actor.chance.random() * 0.1)
    except Exception as error:
        actor.ledger.fail("%s: %s" % (type(error).__name__, error))


def commands(actor, until_time):
    """Act by the command line until a time. Run it in a thread."""
    try:
        while compat.monotonic() < until_time:
            actor.command()
    except Exception as error:
        actor.ledger.fail("%s: %s" % (type(error).__name__, error))


def together(*jobs):
    """Run ``(callable, arguments...)`` each in a thread; returns the threads."""
    threads = [threading.Thread(target=job[0], args=job[1:]) for job in jobs]
    for thread in threads:
        thread.start()
    return threads
