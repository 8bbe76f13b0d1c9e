"""A million assets, a hundred jobs, fifty tasks with twenty thousand frames: is the cost of each one the same?

    python3 benchmarks/load.py [--assets 1000000] [--tasks 50] [--frames 20000] [--only assets] [--folder DIRECTORY]

Everything is measured in a process of its own, against a local farm in another: seconds of processor time (wall-clock
time says little on a machine that does other things, too), the peak of its memory, the most files that it had open.
Each thing is done in a tenth of the size, before and after; "x" is the time per asset, or frame, over that. It needs
4 KB of disk for each asset, and Linux. Of "50 jobs, in all", processor time and memory are the sum over their
processes, and the open files those of the one that had most.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import argparse
import contextlib
import io
import json
import os
import random
import subprocess
import sys
import threading

import support

WORK = os.path.join(support.CHECKOUT, "benchmarks", "load_work.py")

#: A file system that allows the fewest links of a file allows so many.
_LINKS = 30000
_SIZES = (0, 1, 100, 700, 1024, 2000, 3000, 4096)
_SECONDS = 20

#: What holds, on this machine or another: time per asset at the full size over that at a tenth of it.
MOST_RATIO = 1.3


# ---------------------------------------------------------------- processes

class Child(object):
    """A process that does one piece of work; how many files it has open is watched meanwhile."""

    def __init__(self, top, home, *arguments):
        environment = support.environment(PYTHONPATH=os.path.join(top, "site"), RAYVISION_SYNC_HOME=home)
        self._process = subprocess.Popen([sys.executable, WORK] + [str(word) for word in arguments], env=environment,
                                         stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._files = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._thread.daemon = True
        self._thread.start()

    def _look(self):
        while not self._ended.wait(0.02):
            try:
                self._files = max(self._files, len(os.listdir("/proc/%d/fd" % self._process.pid)))
            except OSError:
                return

    def line(self):
        """Return the next line of its output, read as JSON."""
        return json.loads(self._process.stdout.readline().decode("utf-8"))

    def end(self):
        """Wait for its end and return what it measured."""
        out, _ = self._process.communicate()
        self._ended.set()
        self._thread.join()
        if self._process.returncode:
            raise SystemExit("%s failed." % WORK)
        found = json.loads(out.decode("utf-8")) if out.strip() else {}
        return dict({"files": self._files}, **found)


def measured(top, home, *arguments):
    """Do a piece of work in a process and return what it measured."""
    return Child(top, home, *arguments).end()


@contextlib.contextmanager
def running_farm(top, root, tasks=0, frames=0, looks=1):
    """Run a farm in a process of its own; yield its account and its tasks."""
    child = Child(top, os.path.join(root, "home"), "farm", root, tasks, frames, looks)
    try:
        yield child.line()
    finally:
        child.end()


# ---------------------------------------------------------------- assets

def make_assets(top, count):
    """Make links to a few source files, 500 to a folder, and their manifests: in order, and shuffled."""
    links = os.path.join(top, "source")
    origins = []
    with io.open(os.path.join(top, "upload.json"), "w", encoding="utf-8") as out:
        out.write('{\n    "asset": [')
        for number in range(count):
            if number % _LINKS == 0:
                origins.append(os.path.join(top, "origin%d" % len(origins)))
                for place, size in enumerate(_SIZES):
                    with io.open("%s_%d" % (origins[-1], place), "wb") as target:
                        target.write(b"x" * size)
            folder = os.path.join(links, "shot%05d" % (number // 500))
            if number % 500 == 0:
                os.makedirs(folder)
            path = os.path.join(folder, "wall_diffuse_v012.%06d.tx" % number)
            os.link("%s_%d" % (origins[-1], number % len(_SIZES)), path)
            out.write('%s\n        {\n            "local": %s,\n            "server": %s\n        }' % (
                "," if number else "", json.dumps(path), json.dumps("/D" + path)))
        out.write("\n    ]\n}")


def make_shuffled(top, name):
    """Write a manifest in no order; with `name` "twice" each asset twice, with "missing" none that is there."""
    with io.open(os.path.join(top, "upload.json"), encoding="utf-8") as source:
        assets = json.load(source)["asset"]
    if name == "missing":
        assets = [dict(entry, local=entry["local"] + ".away") for entry in assets]
    else:
        assets = assets * (2 if name == "twice" else 1)
        random.Random(7).shuffle(assets)
    with io.open(os.path.join(top, "%s.json" % name), "w", encoding="utf-8") as out:
        out.write(json.dumps({"asset": assets}, ensure_ascii=False))


def measure_assets(folder, top, count):
    """Yield ``(what, measurement)`` of everything that is done with a manifest of so many assets."""
    home, parts, path = [os.path.join(folder, name) for name in ("home", "parts", "upload.json")]
    os.makedirs(folder)
    make_assets(folder, count)
    yield "cut by 800", measured(top, home, "cut", path, parts)
    with running_farm(top, os.path.join(folder, "farm")) as farm:
        account = farm["account"]
        first = measured(top, home, "upload", path, "", *account)
        assert first["sent"] == count, first
        yield "upload", first
        again = measured(top, home, "upload", path, "", *account)
        assert again["skipped"] == count, again
        yield "upload again", again
        yield "upload the parts again", measured(top, home, "upload", "", parts, *account)
        yield "verify, quick", measured(top, home, "verify", path, *account)
        for name in ("shuffled", "twice", "missing"):
            make_shuffled(folder, name)
            yield "upload again, %s" % name, measured(
                top, home, "upload", os.path.join(folder, "%s.json" % name), "", *account)
        os.rename(os.path.join(folder, "home"), os.path.join(folder, "home-before"))
        yield "no record, all there", measured(top, home, "upload", path, "", *account)


def measure_order(top, options):
    """Print what an upload with nothing to do takes of a list in order and of one in no order, sizes alternated.

    Beside it stands what only asking the system for each file takes: what grows there, no upload can help.
    """
    within, counts, found = os.path.join(top, "order"), (options.assets // 10, options.assets), {}
    for count in counts:
        folder = os.path.join(within, "%d" % count)
        os.makedirs(os.path.join(folder, "storage"))
        make_assets(folder, count)
        make_shuffled(folder, "shuffled")
        os.symlink("/", os.path.join(folder, "storage", "D"))  # The storage has it all: it is the source.
        measured(top, os.path.join(folder, "home"), "again", os.path.join(folder, "upload.json"),
                 os.path.join(folder, "storage"))
    works = [(what, name, call) for what, name in (("in order", "upload"), ("in no order", "shuffled"))
             for call in ("again", "look")]
    for _ in range(options.rounds):
        for what, name, call in works:
            for count in counts:
                folder = os.path.join(within, "%d" % count)
                one = measured(top, os.path.join(folder, "home"), call, os.path.join(folder, name + ".json"),
                               *([os.path.join(folder, "storage")] if call == "again" else []))
                found.setdefault((what, call, count), []).append(one["cpu"] / count * 1e6)
    rows = [("", "us an asset at %d" % counts[0], "at %d" % counts[1], "x, of the medians")]
    for what, _, call in works:
        less, more = [sorted(found[what, call, count]) for count in counts]
        rows.append(("%s %s" % ("upload again," if call == "again" else "only os.stat,", what),
                     " ".join("%.1f" % value for value in less), " ".join("%.1f" % value for value in more),
                     "%.2f" % (support.median(more) / support.median(less))))
    support.table(rows)
    say("Load of the machine at the end: %s" % _load())
    subprocess.check_call(["rm", "-rf", within])


# ---------------------------------------------------------------- frames and jobs

_WATCHES = {"watch": "auto_download of {} tasks", "watch_job": "a job for {} tasks", "watch_jobs": "{} jobs, in all"}


def measure_frames(within, top, tasks, frames, looks):
    """Yield ``(what, measurement)`` of auto-downloads of frames, of which so many looks of a watch find some."""
    for name in sorted(_WATCHES):
        folder = os.path.join(within, name)
        root = os.path.join(folder, "farm")
        os.makedirs(root)
        with running_farm(top, root, tasks, frames, looks) as farm:
            values = farm["account"] if name == "watch" else [root]
            found = measured(top, os.path.join(folder, "home"), name, os.path.join(folder, "frames"),
                             json.dumps(farm["tasks"]), *values)
        assert found["sent"] == frames, found
        yield _WATCHES[name].format(tasks), found


def measure_jobs(top, jobs):
    """Return the measurements of the panel, and of workers that write progress meanwhile."""
    home = os.path.join(top, "jobs-%d" % jobs)
    running = measured(top, home, "fill", jobs)["running"]
    shares = [running[number::4] for number in range(4)]
    workers = [Child(top, home, "worker", json.dumps(share), _SECONDS + 2) for share in shares if share]
    found = measured(top, home, "panel", _SECONDS)
    return found, [child.end() for child in workers]


# ---------------------------------------------------------------- the report

def say(text):
    """Print a line at once."""
    print(text)
    sys.stdout.flush()


def compare(measure, some, many, unit):
    """Measure at two sizes and print a table.

    The small size is measured before and after each thing at the large one: a busy machine, whose caches others use,
    takes half as much processor time again for the same work.

    Args:
        measure (callable): ``(size, name)`` -> yields ``(what, measurement)``; each `name` has files of its own.
        some, many (int): The sizes.
        unit (str): What there are so many of.
    """
    rows = [("", "us a %s at %d" % (unit, some), "at %d" % many, "x", "wall s", "peak MB", "at %d" % many,
             "open files", "at %d" % many)]
    for (what, before), (_, found), (_, after) in zip(measure(some, "a"), measure(many, "b"), measure(some, "c")):
        say("  %-28s %.1f, then %.1f and %.1f s of processor time; %.0f s, %.0f MB, %d files open" % (
            what, before["cpu"], found["cpu"], after["cpu"], found["wall"], found["peak_mb"], found["files"]))
        less, all_ = [one["cpu"] / some * 1e6 for one in (before, after)], found["cpu"] / many * 1e6
        ratio = all_ / (sum(less) / 2)
        rows.append((what, "%.1f, %.1f" % tuple(less), "%.1f" % all_, "%.2f%s" % (
            ratio, " !" if ratio > MOST_RATIO else ""), "%.0f" % found["wall"],
            "%.0f" % max(before["peak_mb"], after["peak_mb"]), "%.0f" % found["peak_mb"],
            "%d" % max(before["files"], after["files"]), "%d" % found["files"]))
    support.table(rows)
    say("Target: x at most %.1f. Load of the machine at the end: %s" % (MOST_RATIO, _load()))


def _load():
    return " ".join("%.1f" % value for value in os.getloadavg())


def run_assets(top, options):
    """Measure the manifest."""
    within = os.path.join(top, "assets")
    compare(lambda count, name: measure_assets(os.path.join(within, name), top, count),
            options.assets // 10, options.assets, "asset")
    subprocess.check_call(["rm", "-rf", within])  # Quicker than Python is.


def run_frames(top, options):
    """Measure auto-download: ten times the frames take ten times the looks."""
    def measure(frames, name):
        looks = options.looks * frames // options.frames
        return measure_frames(os.path.join(top, "frames", name), top, options.tasks, frames, looks)
    compare(measure, options.frames // 10, options.frames, "frame")


def run_jobs(top, options):
    """Measure the job store."""
    rows = [("jobs", "polls", "median ms", "p99 ms", "worst ms", "us of cpu a poll", "peak MB", "open files",
             "worst write ms", "of a worker: MB", "open files")]
    for jobs in (options.jobs // 10, options.jobs):
        found, workers = measure_jobs(top, jobs)
        rows.append(("%d" % jobs, "%d" % found["polls"], "%.2f" % found["median_ms"], "%.2f" % found["p99_ms"],
                     "%.1f" % found["worst_ms"], "%.0f" % (found["cpu"] / found["polls"] * 1e6),
                     "%.0f" % found["peak_mb"], "%d" % found["files"],
                     "%.1f" % max(one["worst_ms"] for one in workers),
                     "%.0f" % max(one["peak_mb"] for one in workers), "%d" % max(one["files"] for one in workers)))
    support.table(rows)


RUNS = (("jobs", run_jobs), ("frames", run_frames), ("order", measure_order), ("assets", run_assets))


def main():
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--assets", type=int, default=1000000)
    parser.add_argument("--tasks", type=int, default=50)
    parser.add_argument("--frames", type=int, default=20000)
    parser.add_argument("--looks", type=int, default=40, help="of a watch, until all frames are rendered")
    parser.add_argument("--jobs", type=int, default=100)
    parser.add_argument("--only", action="append", help="jobs, frames, order or assets")
    parser.add_argument("--rounds", type=int, default=3, help="of the order (default: %(default)s)")
    parser.add_argument("--folder", help="where the files are made (default: the system's temporary folder)")
    options = parser.parse_args()
    with support.workbench(options.folder) as top:
        for name, run in RUNS:
            if not options.only or name in options.only:
                say("\n%s, load of the machine %s" % (name, _load()))
                run(top, options)


if __name__ == "__main__":
    main()
