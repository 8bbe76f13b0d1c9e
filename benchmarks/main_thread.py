"""What a transfer costs the main thread of a DCC: a 1 ms Qt timer beside an upload by a job, and by threads.

    python3 benchmarks/main_thread.py [--files 25000] [--seconds 3] [--rounds 5] [--s3]

The real panel (offscreen) stands open on a store with 300 jobs, one of them
with 500 000 files, and 5 000 frames. A timer of 1 ms in its process measures
the gaps between two turns of the event loop while nothing is sent, while 4 KB
files go to a local farm (a process of its own) by a job, and while 20 threads
in the panel's own process send as many: with our engine, and with `requests`.
Every run is a fresh process; the runs alternate. Half of each run the list of
transfers is on show, half of it the frames. Then it measures what building
and opening the panel costs.

With ``--s3`` the farm keeps its files in a SeaweedFS of this machine, and boto3
with 20 threads is one more contender, into the same store.

Qt is this Python's own, if Qt.py finds one here; else install.py's private
environment (made in the user's cache folder) brings it.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import argparse
import contextlib
import json
import os
import shutil
import subprocess
import sys
import time

import crowded_store
import support
from uploads import MODES, THREADS, UPLOADS

SIZE = crowded_store.SIZE
FRAME_MS = 1000 / 60.0
OPENINGS = 5

#: Seconds that a tab is on show, and how long its first look is not counted.
_TURN_S, _SETTLE_S = 1.0, 0.3
_LIMIT_S = 120.0

#: What a DCC's process must not load.
HEAVY = ("requests", "urllib3", "ssl", "_ssl", "http.client", "rayvision_sync.engines", "rayvision_sync.transfer",
         "rayvision_sync.api", "rayvision_sync.farm")


def percentile(values, share):
    """Return the value that a share of the values does not exceed."""
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


# ---------------------------------------------------------------- in the panel's process

class Panel(object):
    """The panel, open, and its event loop.

    Attributes:
        built_ms (float): What building and opening it took, without the import of Qt and the application's making.
        qt_ms (float): What those took.
    """

    def __init__(self, tab="transfers"):
        began = time.perf_counter()
        from Qt import QtCore, QtGui, QtWidgets  # noqa: F401
        self.core = QtCore
        app = self.app = QtWidgets.QApplication([str("bench")])
        app.setStyle("Fusion")
        self.qt_ms = (time.perf_counter() - began) * 1000
        _remember(tab)
        began, used = time.perf_counter(), time.process_time()
        from rayvision_sync.hosts.standalone import StandaloneHost
        from rayvision_sync.panel import open_panel
        self.widget = open_panel(StandaloneHost())
        app.processEvents()
        self.built_ms = (time.perf_counter() - began) * 1000
        self.built_cpu_ms = (time.process_time() - used) * 1000
        self.widget.resize(900, 900)

    def run(self, seconds):
        """Let the event loop run."""
        loop = self.core.QEventLoop()
        timer = self.core.QTimer()
        timer.setSingleShot(True)
        timer.timeout.connect(loop.quit)
        timer.start(int(seconds * 1000))
        (getattr(loop, "exec", None) or loop.exec_)()

    def close(self):
        """Close it; jobs go on."""
        from rayvision_sync.panel import link
        self.widget.close()
        link.close_link()


def _remember(tab):
    """Let the panel open on a tab, in English, with all jobs on the list."""
    path = os.path.join(os.environ["RAYVISION_SYNC_HOME"], "panel.json")
    with open(path, "w") as out:
        json.dump({"tab": tab, "language": "en", "transfers_filter": "all", "frames_task": crowded_store.TASK}, out)


class Gaps(object):
    """Times between two turns of the event loop, in ms, by a timer of 1 ms."""

    def __init__(self, core):
        self.found = []
        self._last = None
        self._timer = core.QTimer()
        self._timer.setTimerType(core.Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._turn)

    def _turn(self):
        now = time.perf_counter()
        if self._last is not None:
            self.found.append((now - self._last) * 1000)
        self._last = now

    def go(self):
        """Begin to measure."""
        self._last = None
        self._timer.start(1)

    def rest(self):
        """Measure nothing for a while."""
        self._timer.stop()


def measure_gaps(mode, manifest, farm, seconds):
    """Show the panel, upload, and measure; returns what JSON can hold."""
    panel = Panel()
    transfers = panel.widget.show_tab("transfers")
    transfers.act(crowded_store.JOBS, "open")
    panel.widget.show_tab("frames")
    upload = UPLOADS[mode](panel, manifest, farm)
    panel.run(1.5)
    upload.start()
    until = time.perf_counter() + _LIMIT_S
    while not upload.has_begun() and time.perf_counter() < until:
        panel.run(0.05)
    gaps, measured, tabs, begun = Gaps(panel.core), 0.0, ("transfers", "frames"), time.perf_counter()
    while measured < seconds and not upload.is_over():
        panel.widget.show_tab(tabs[int(measured / _TURN_S) % 2])
        panel.run(_SETTLE_S)
        began = time.perf_counter()
        gaps.go()
        while not upload.is_over() and time.perf_counter() - began < _TURN_S:
            panel.run(0.1)
        gaps.rest()
        measured += time.perf_counter() - began
    rate = upload.files() / (time.perf_counter() - begun)
    upload.end()
    while mode == "a job" and not upload.is_over() and time.perf_counter() < until:
        panel.run(0.1)
    panel.close()
    found = gaps.found or [0.0]
    return {"p50": percentile(found, 0.5), "p99": percentile(found, 0.99), "max": max(found),
            "dropped": sum(gap > FRAME_MS for gap in found), "seconds": measured, "rate": rate, "note": upload.note,
            "heavy": [name for name in HEAVY if name in sys.modules], "binding": _binding()}


def _binding():
    import Qt
    return "%s %s" % (Qt.__binding__, Qt.__binding_version__)


def measure_opening(tab):
    """Build and open the panel on a tab; returns what JSON can hold."""
    panel = Panel(tab)
    panel.close()
    return {"ms": panel.built_ms, "cpu_ms": panel.built_cpu_ms, "qt_ms": panel.qt_ms,
            "heavy": [name for name in HEAVY if name in sys.modules], "binding": _binding()}


def serve_sink(path):
    """Take what is PUT, keep nothing, until it is ended."""
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

    class Sink(BaseHTTPRequestHandler):
        """Reads and forgets."""

        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_PUT(self):
            """Answer that it was kept."""
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Sink)
    with open(path + ".part", "w") as out:
        json.dump("http://127.0.0.1:%d" % server.server_address[1], out)
    os.replace(path + ".part", path)
    server.serve_forever()


CHILDREN = {"prepare": crowded_store.fill, "open": measure_opening, "sink": serve_sink,
            "gaps": lambda mode, manifest, farm, seconds: measure_gaps(mode, manifest, farm, float(seconds))}


# ---------------------------------------------------------------- the parent

class Store(object):
    """A SeaweedFS that keeps the farm's files, and what boto3 needs to reach it.

    Args:
        top (str): Folder of the run.
    """

    def __init__(self, top):
        sys.path.append(os.path.join(support.CHECKOUT, "tests"))
        import s3
        import s3_servers
        folder, programs = s3.prepare_peers()
        self._libraries = subprocess.check_output(
            [programs["python"], "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]).decode("utf-8")
        self._servers = s3_servers
        self._server = s3_servers.Server("seaweed", folder, top)

    def __enter__(self):
        self._server.open()
        return self

    def __exit__(self, *_):
        self._server.close()

    def _endpoint(self):
        return "http://127.0.0.1:%d" % self._server.port

    def arguments(self):
        """Return those that the farm is started with."""
        return ["--s3", "%s/%s/farm" % (self._endpoint(), self._server.bucket)]

    def environ(self):
        """Return environment variables of the farm and of boto3."""
        keys = self._servers
        place = {"endpoint": self._endpoint(), "bucket": self._server.bucket, "access_key": keys.ACCESS_KEY,
                 "secret_key": keys.SECRET_KEY, "region": keys.REGION, "libraries": self._libraries.strip()}
        return {"AWS_ACCESS_KEY_ID": keys.ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": keys.SECRET_KEY,
                "AWS_DEFAULT_REGION": keys.REGION, "BENCH_STORE": json.dumps(place)}


class Bench(object):
    """The processes of a run, and what they need.

    Args:
        top (str): Folder of the run.
        files (int): Files of an upload.
        store (Store, optional): That keeps the farm's files.
    """

    def __init__(self, top, files, store=None):
        self.top = top
        self.files = files
        self._store = store
        self.farm = os.path.join(top, "farm")
        self._python, path = support.python_with_qt()
        self._environ = support.environment(PYTHONPATH=os.pathsep.join([os.path.join(top, "site")] + path),
                             RAYVISION_SYNC_HOME=os.path.join(top, "home"), QT_QPA_PLATFORM="offscreen")
        if store:
            self._environ.update(store.environ())
        self._servers = []
        self._runs = 0

    def __enter__(self):
        self._serve("farm.json", "-m", "rayvision_sync", "farm", "--root", self.farm, "--quiet",
                    *(self._store.arguments() if self._store else []), ready=os.path.join(self.farm, "farm.json"))
        sink = os.path.join(self.top, "sink.json")
        self._serve("sink.json", os.path.abspath(__file__), "--child", "sink", sink, ready=sink)
        self.child("prepare", self.top)
        self._make_files()
        return self

    def __exit__(self, *_):
        for server in self._servers:
            server.terminate()
        for server in self._servers:
            server.wait()

    def _serve(self, name, *arguments, **options):
        with open(os.path.join(self.top, name + ".log"), "wb") as log:
            self._servers.append(subprocess.Popen([self._python] + list(arguments), stdout=log, stderr=log,
                                                  env=self._environ))
        until = time.time() + 30
        while not os.path.exists(options["ready"]):
            if self._servers[-1].poll() is not None or time.time() > until:
                raise SystemExit("%s did not start: see %s" % (name, log.name))
            time.sleep(0.05)

    def _make_files(self):
        for number in range(self.files):
            folder = os.path.join(self.top, "source", "folder%04d" % (number // 200))
            if number % 200 == 0:
                os.makedirs(folder)
            with open(os.path.join(folder, "tile_%06d.tx" % number), "wb") as out:
                out.write(os.urandom(SIZE))

    def child(self, *arguments):
        """Run a child to its end; returns what it printed."""
        with open(os.path.join(self.top, "child.log"), "w+b") as log:  # Offscreen, Qt says much.
            child = subprocess.Popen([self._python, os.path.abspath(__file__), "--child"] + list(arguments),
                                     stdout=subprocess.PIPE, stderr=log, env=self._environ)
            out = child.communicate()[0]
            if child.returncode:
                log.seek(0)
                raise SystemExit("%s failed: %s" % (" ".join(arguments), log.read().decode("utf-8", "replace")))
        return json.loads(out.decode("utf-8"))

    def gaps(self, mode, seconds):
        """Measure a run; its files are new to the storage, and gone afterwards."""
        self._runs += 1
        manifest = os.path.join(self.top, "upload.json")
        with open(manifest, "w") as out:
            json.dump({"asset": [
                {"local": os.path.join(self.top, "source", "folder%04d" % (number // 200), "tile_%06d.tx" % number),
                 "server": "/run%d/folder%04d/tile_%06d.tx" % (self._runs, number // 200, number)}
                for number in range(self.files)]}, out)
        found = self.child("gaps", mode, manifest, self.farm, "%s" % seconds)
        if not self._store:
            shutil.rmtree(os.path.join(self.farm, "input"), ignore_errors=True)
            os.makedirs(os.path.join(self.farm, "input"))
        if hasattr(os, "sync"):
            os.sync()  # What is left to write would slow the next run down.
        return found


def show_gaps(found):
    """Print the table of the runs."""
    rows = [("uploading in", "p50 ms", "p99 ms", "max ms", "> 16.7 ms", "runs without", "p99 x idle", "files/s",
             "seconds")]
    for mode, runs in found.items():
        ratios = [run["p99"] / idle["p99"] for run, idle in zip(runs, found["nothing"])]
        rows.append((mode,) + tuple("%.2f" % support.median([run[name] for run in runs])
                                    for name in ("p50", "p99", "max")) + (
            "%d" % support.median([run["dropped"] for run in runs]),
            "%d of %d" % (sum(not run["dropped"] for run in runs), len(runs)),
            "%.2f" % support.median(ratios),
            "%d" % support.median([run["rate"] for run in runs]),
            "%.1f" % support.median([run["seconds"] for run in runs])))
    support.table(rows)
    print("Gaps over 16.7 ms, run by run: " + "; ".join(
        "%s %s" % (mode, " ".join("%d" % run["dropped"] for run in found[mode])) for mode in found))
    if "boto3" in found:
        show_targets(found)
    print("p99 of a job over idle's, run by run: " + " ".join(
        "%.2f" % (run["p99"] / idle["p99"]) for run, idle in zip(found["a job"], found["nothing"])))
    print("Adding the job, with the start of its worker, took %.1f ms." % support.median(
        [run["note"] for run in found["a job"]]))


def show_targets(found):
    """Print what a job must show beside boto3 in the panel's process."""
    pairs = list(zip(found["a job"], found["boto3"]))
    faster = support.median([ours["rate"] / theirs["rate"] for ours, theirs in pairs])
    share = support.median([ours["p99"] / theirs["p99"] for ours, theirs in pairs])
    support.table([("a job against boto3", "target", "reached"),
                   ("files a second", "at least 4 x", "%.2f x" % faster),
                   ("p99 of the gaps", "at most 0.125 x", "%.3f x" % share)])


def show_openings(bench, count):
    """Measure and print what opening the panel costs; returns the runs."""
    rows, runs = [("building and opening the panel on", "ms", "cpu ms", "Qt itself ms")], []
    bench.child("open", "submit")  # Compiles the modules.
    for tab in ("submit", "transfers", "frames"):
        some = [bench.child("open", tab) for _ in range(count)]
        rows.append((tab,) + tuple("%.0f" % support.median([run[name] for run in some])
                                   for name in ("ms", "cpu_ms", "qt_ms")))
        runs += some
    support.table(rows)
    print("Without the import of Qt and the making of its application, which a DCC has behind it (last column).")
    return runs


def main():
    """Run all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=25000, help="files of an upload (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=3, help="to measure in a run (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="default: %(default)s")
    parser.add_argument("--s3", action="store_true", help="keep the farm's files in SeaweedFS, and compare with boto3")
    parser.add_argument("--folder", help="where the files are made (default: the system's temporary folder)")
    parser.add_argument("--child", nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        print(json.dumps(CHILDREN[options.child[0]](*options.child[1:])))
        return
    modes = MODES + (("boto3",) if options.s3 else ())
    with contextlib.ExitStack() as stack:
        top = stack.enter_context(support.workbench(options.folder))
        store = stack.enter_context(Store(top)) if options.s3 else None
        bench = stack.enter_context(Bench(top, options.files, store))
        print("%d jobs, one of %d files, %d frames; %d files of %d bytes, %d threads; %d rounds" % (
            crowded_store.JOBS, crowded_store.HUGE, crowded_store.FRAMES, options.files, SIZE, THREADS, options.rounds))
        sys.stdout.flush()
        found = dict((mode, []) for mode in modes)
        for _ in range(options.rounds):
            for mode in modes:
                found[mode].append(bench.gaps(mode, options.seconds))
        show_gaps(found)
        print()
        openings = show_openings(bench, OPENINGS)
        heavy = sorted(set(name for run in found["nothing"] + found["a job"] + openings for name in run["heavy"]))
        print("Qt: %s. Of requests, ssl and engines the panel's process had loaded: %s." % (
            openings[0]["binding"], ", ".join(heavy) or "nothing"))


if __name__ == "__main__":
    main()
