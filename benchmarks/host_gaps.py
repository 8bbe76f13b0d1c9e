"""How long a fake host's main loop is held up, from the shelf's click to the last frame.

    python benchmarks/host_gaps.py [maya houdini max] [--files N] [--mb N] [--heavy]

Each host runs in a process of its own: its fake, real Qt without a screen, a real worker, a farm in another process.
A timer of 1 ms notes the gaps between two turns of the loop in each phase; what the fake's own calls take counts, too.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import argparse
import importlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

HOSTS = ("maya", "houdini", "max")
PHASES = ("idle", "click on the shelf", "reading the scene", "looking at the files", "click on Submit", "upload",
          "frames land")
_LIMIT_S = 90
_FRAME_MS = 16.7


class Loop(object):
    """The host's main loop, and its gaps in ms by phase."""

    def __init__(self, app, core, world):
        self._app = app
        self._world = world
        self.found = dict((phase, []) for phase in PHASES)
        self._phase = None
        self._last = None
        self._timer = core.QTimer()
        self._timer.setTimerType(core.Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._turn)
        self._timer.start(1)

    def _turn(self):
        now = time.perf_counter()
        if self._last is not None and self._phase is not None:
            self.found[self._phase].append((now - self._last) * 1000)
        self._last = now

    def run(self, phase, until, act=None):
        """Turn until something holds; `act` is called first, and is a part of the first gap."""
        end = time.perf_counter() + _LIMIT_S
        self._phase, self._last = phase, time.perf_counter()
        if act is not None:
            act()
        self._turn()
        while not until():
            if time.perf_counter() > end:
                raise SystemExit("%s: it never ended" % phase)
            self._app.processEvents()
            self._world.idle()
            time.sleep(0.0005)
        self._phase = None


def measure(name, folder, files, size_mb, heavy):
    """Run one host; prints JSON."""
    sys.path.insert(0, os.path.join(ROOT, "tests"))
    home = os.environ["RAYVISION_SYNC_HOME"]
    import conftest  # noqa: F401  It makes the package importable, and moves the home.
    os.environ["RAYVISION_SYNC_HOME"] = home
    import support_hosts
    from support_panel import QtCore, click, end_workers

    from rayvision_sync.jobs.store import Store
    from rayvision_sync.panel import standalone
    module = importlib.import_module("support_" + name)
    app = standalone.application()
    with module.World(os.path.join(folder, "world")) as world, Store() as store:
        support_hosts.fill(world, os.path.join(folder, "tex"), files, int(size_mb * 1e6 / files))
        if heavy and hasattr(module, "heavy"):
            module.heavy(world)
        world.start()
        world.idle()
        loop = Loop(app, QtCore, world)
        began = time.perf_counter()
        loop.run("idle", lambda: time.perf_counter() - began > 2)
        loop.run("click on the shelf", support_hosts.panels, lambda: world.click(support_hosts.shelf_label()))
        tab = support_hosts.panels()[0].page("submit")
        tab.frames.setText("1-24")
        tab.form.layers.choose(tab.form.layers.names()[:2])
        loop.run("reading the scene", lambda: not tab.work.is_reading)
        loop.run("looking at the files", lambda: tab.work.lacking is not None)

        def job(kind, state):
            return any(found.kind == kind and found.state == state for found in store.jobs())

        button = tab.anyway if tab.work.lacking else tab.go
        loop.run("click on Submit", lambda: not tab.work.is_reading, lambda: click(button))
        loop.run("upload", lambda: job("submit", "done"))
        loop.run("frames land", lambda: job("watch", "done"))
        scan = tab.work.scan
        end_workers(store)
        print(json.dumps({"gaps": loop.found, "files": len(scan.files), "slice_ms": scan.longest_s * 1000}))


def show(name, found):
    """Print one host's table."""
    print("\n%s: %d files in the scene, longest slice %.1f ms" % (name, found["files"], found["slice_ms"]))
    print("%-22s %8s %8s %8s %10s" % ("gaps, ms", "p50", "p99", "max", "> 16.7 ms"))
    for phase in PHASES:
        gaps = sorted(found["gaps"][phase]) or [0.0]
        print("%-22s %8.1f %8.1f %8.1f %10d" % (phase, gaps[len(gaps) // 2], gaps[int(len(gaps) * 0.99)], gaps[-1],
                                                sum(gap > _FRAME_MS for gap in gaps)))


def run(name, options):
    """Measure one host beside a farm of its own."""
    folder = tempfile.mkdtemp(prefix="host-gaps-")
    package = os.path.join(folder, "package")
    os.makedirs(package)
    sys.path.insert(0, os.path.join(ROOT, "tests"))
    from support_tree import link_package
    link_package(package)
    farm = os.path.join(folder, "farm")
    environ = dict(os.environ, RAYVISION_SYNC_HOME=os.path.join(folder, "home"), QT_QPA_PLATFORM="offscreen",
                   PYTHONPATH=package)
    server = subprocess.Popen([sys.executable, "-m", "rayvision_sync", "farm", "--root", farm, "--quiet"], env=environ,
                              stdout=subprocess.DEVNULL)
    try:
        account = os.path.join(farm, "farm.json")
        until = time.time() + 30
        while not os.path.isfile(account) and time.time() < until:
            time.sleep(0.05)
        with open(account) as source:
            found = json.load(source)
        os.makedirs(environ["RAYVISION_SYNC_HOME"])
        os.makedirs(os.path.join(folder, "world"))
        with open(os.path.join(environ["RAYVISION_SYNC_HOME"], "settings.json"), "w") as target:
            json.dump(dict((key, found[key]) for key in ("domain", "protocol", "access_id", "access_key")), target)
        answer = subprocess.check_output(
            [sys.executable, os.path.abspath(__file__), "--child", name, folder, "%d" % options.files,
             "%f" % options.mb, "%d" % options.heavy], env=environ)
        show(name, json.loads(answer.decode("utf-8").strip().splitlines()[-1]))
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree(folder, ignore_errors=True)


def main():
    """Run the command line."""
    if sys.argv[1:2] == ["--child"]:
        name, folder, files, size, heavy = sys.argv[2:]
        measure(name, folder, int(files), float(size), heavy == "1")
        return
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("hosts", nargs="*", default=HOSTS, help="maya, houdini, max")
    parser.add_argument("--files", type=int, default=2000, help="files that are sent")
    parser.add_argument("--mb", type=float, default=200.0, help="MB of all of them")
    parser.add_argument("--heavy", action="store_true", help="the fake's heavy scene on top: most of its files are "
                                                             "missing and are left out")
    options = parser.parse_args()
    for name in options.hosts:
        run(name, options)


if __name__ == "__main__":
    main()
