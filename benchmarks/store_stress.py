"""Random actions on one job store for minutes: does anybody hear of a lock, is any action lost?

    python3 benchmarks/store_stress.py [--seconds 600] [--seed N]

Two clients that poll as a panel does, the real panel (offscreen) where this
Python has a Qt, and the ``jobs`` command line add, pause, resume, cancel,
retry and remove uploads and change their speed, threads and priority, on one
store, while real workers send files to a local farm. Every 15 seconds all
stop, and each job must stand as the last action on it says; values are read
back. The same seed asks for the same again, as far as the workers are as far.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import argparse
import itertools
import os
import random
import subprocess
import sys

import support

ROUND_S = 15.0
MOST_JOBS = 12


class RealPanel(object):
    """The panel, offscreen; it acts at the turns of its own timer.

    Args:
        actor (Actor): Chooses.
    """

    def __init__(self, actor):
        from rayvision_sync.panel import standalone
        from rayvision_sync.hosts.standalone import StandaloneHost
        from rayvision_sync.panel import open_panel
        self._actor = actor
        self._app = standalone.application()
        self._panel = open_panel(StandaloneHost())
        self._panel.show_tab("transfers")
        self._is_acting = False
        self._panel.link.beat.connect(self._beat)
        self._panel.link.trouble.connect(lambda text: actor.ledger.fail("the panel: " + text) if text else None)

    def _beat(self):
        if self._is_acting:
            self._actor.act(_Through(self._panel.link))

    def run(self, is_over):
        """Act until something is over."""
        self._panel.link.set_busy(self, True)
        self._is_acting = True
        while not is_over():
            self._app.processEvents()
            _pause(0.01)
        self._is_acting = False

    def close(self):
        """Close the window."""
        from rayvision_sync.panel import link
        self._panel.close()
        link.close_link()


class _Through(object):
    """The client's actions by way of the panel's link, as its buttons do it."""

    def __init__(self, link):
        self._link = link
        self.job = link.client.job

    def __getattr__(self, name):
        return lambda *values, **more: self._link.act(name, *values, **more)


def _pause(seconds):
    import threading
    threading.Event().wait(seconds)


def _uploads(site):
    """Return what adds an upload of new files through a client."""
    numbers = itertools.count()

    def add(client):
        number = next(numbers)
        path = site.manifest(site.files(12, 8000, "d%d" % number), "%d.json" % number)
        return client.add("upload", {"manifests": [path], "farm": site.farm.root}, "stress %d" % number,
                          max_speed=40, threads=1)

    return add


def _panel(actor):
    try:
        return RealPanel(actor)
    except Exception as error:  # Whatever keeps Qt away: the run goes on without.
        print("Without the real panel: %s" % error)
        return None


def stress(seconds, seed):
    """Run all rounds; returns the exit code."""
    import support_stress
    from support_jobs import Site

    from rayvision_sync import compat
    ledger = support_stress.Ledger()
    with Site(os.environ["RAYVISION_SYNC_HOME"]) as site:
        add = _uploads(site)
        actors = [support_stress.Actor(ledger, seed + number, add, MOST_JOBS) for number in range(4)]
        panel = _panel(actors[3])
        end, rounds = compat.monotonic() + seconds, 0
        while compat.monotonic() < end:
            _act(actors, panel, min(end, compat.monotonic() + ROUND_S))
            rounds += 1
            count = ledger.check(site.client)
            print("round %d: %d actions, %d jobs, %d locks, %d lost" % (
                rounds, sum(ledger.actions.values()), count, len(ledger.locks), len(ledger.lost)))
            sys.stdout.flush()
        if panel:
            panel.close()
    return _report(ledger)


def _act(actors, panel, until):
    import support_stress
    threads = support_stress.together((support_stress.panel_like, actors[0], until),
                                      (support_stress.panel_like, actors[1], until),
                                      (support_stress.commands, actors[2], until))
    if panel:
        panel.run(lambda: not any(thread.is_alive() for thread in threads))
    for thread in threads:
        thread.join()


def _report(ledger):
    support.table([("", "count", "median ms", "p99 ms", "slowest ms")] + [
        (name, "%d" % len(times)) + tuple("%.1f" % (1000 * sorted(times)[int((len(times) - 1) * share)])
                                          for share in (0.5, 0.99, 1.0))
        for name, times in (("reads", ledger.reads), ("actions", ledger.writes)) if times])
    print("An action may start a worker; the command line's are not timed.")
    print("Actions: " + ", ".join("%d %s" % (count, name) for name, count in sorted(ledger.actions.items())))
    print("Lock errors %d, other errors %d, lost actions %d" % (
        len(ledger.locks), len(ledger.wrong), len(ledger.lost)))
    for text in ledger.locks[:5] + ledger.wrong[:5] + ledger.lost[:5]:
        print("  " + text)
    return 1 if ledger.locks or ledger.wrong or ledger.lost else 0


def main():
    """Run it in a process whose home is a temporary folder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=600, help="default: %(default)s")
    parser.add_argument("--seed", type=int, help="of an earlier run, to ask for the same again")
    parser.add_argument("--folder", help="where the store is made (default: the system's temporary folder)")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        sys.exit(stress(options.seconds, options.seed))
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(1 << 31)
    print("Seed %d" % seed)
    sys.stdout.flush()
    with support.workbench(options.folder) as top:
        python, path = support.python_with_qt()
        environ = dict(os.environ, QT_QPA_PLATFORM="offscreen",
                       QT_LOGGING_RULES="default.warning=false", RAYVISION_SYNC_HOME=os.path.join(top, "home"),
                       PYTHONPATH=os.pathsep.join([os.path.join(top, "site"),
                                                   os.path.join(support.CHECKOUT, "tests")] + path))
        code = subprocess.call([python, os.path.abspath(__file__), "--child", "--seconds", "%s" % options.seconds,
                                "--seed", "%d" % seed], env=environ)
    sys.exit(code)


if __name__ == "__main__":
    main()
