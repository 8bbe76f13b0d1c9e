"""Many small files into a folder storage: ours against ``cp -r``, and against a disk that answers slowly.

    python3 benchmarks/small_files.py [--files 20000] [--rounds 5]

In each round ``cp -r``, a bare Python loop (read, write to a temporary name,
rename) and ours with 1, 20 and the default number of threads copy the same
4 KB files to the same disk, each to an empty folder. Then 600 files go to a
storage on which each file takes 5 ms longer, as on a mount across a network.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import time

import support

SIZE = 4096
DELAY_S = 0.005


def make_files(top, count):
    """Make the files, 200 to a folder, and their manifest."""
    pairs = []
    for number in range(count):
        folder = os.path.join(top, "source", "folder%04d" % (number // 200))
        if number % 200 == 0:
            os.makedirs(folder)
        path = os.path.join(folder, "tile_%06d.tx" % number)
        with open(path, "wb") as out:
            out.write(os.urandom(SIZE))
        pairs.append({"local": path, "server": path[len(top):]})
    for name, some in (("upload.json", pairs), ("few.json", pairs[:600])):
        with open(os.path.join(top, name), "w") as out:
            json.dump({"asset": some}, out)


def ours(top, threads, delay=False):
    """Upload to an empty folder with an empty record; return seconds."""
    import threading

    from rayvision_sync import cancel, manifest, progress, record, stream, throttle, transfer
    from rayvision_sync.engines import folder

    class Slow(folder.FolderEngine):
        """A disk on the other side of a network."""

        def send(self, source, target):
            threading.Event().wait(DELAY_S)
            return folder.FolderEngine.send(self, source, target)

    engine = (Slow if delay else folder.FolderEngine)(os.path.join(top, "storage"))
    path = os.path.join(top, "few.json" if delay else "upload.json")
    gear = stream.Gear(cancel.Cancel(), throttle.Throttle(), progress.Progress())
    began = time.perf_counter()
    engine.open()
    with record.Record(os.path.join(top, "record.sqlite")) as rows:
        report = transfer.Upload(engine, gear, rows, threads).run(lambda: manifest.read_assets(path))
    engine.close()
    seconds = time.perf_counter() - began
    assert report.ok and report.sent, report
    return seconds


def bare_loop(top):
    """Copy with the fewest Python steps that leave no half file."""
    began = time.perf_counter()
    for folder, _, names in os.walk(os.path.join(top, "source")):
        target = os.path.join(top, "storage") + folder[len(top):]
        os.makedirs(target)
        for name in names:
            temp = os.path.join(target, ".part")
            with open(os.path.join(folder, name), "rb") as source, open(temp, "wb") as out:
                out.write(source.read())
            os.replace(temp, os.path.join(target, name))
    return time.perf_counter() - began


def cp(top):
    """Copy with cp -r."""
    os.makedirs(os.path.join(top, "storage"))
    began = time.perf_counter()
    subprocess.check_call(["cp", "-r", os.path.join(top, "source"), os.path.join(top, "storage")])
    return time.perf_counter() - began


LOCAL = {
    "cp -r": cp,
    "bare Python loop": bare_loop,
    "ours, default": lambda top: ours(top, None),
    "ours, 1 thread": lambda top: ours(top, 1),
    "ours, 20 threads": lambda top: ours(top, 20),
}
SLOW = {
    "5 ms a file, 1 thread": lambda top: ours(top, 1, delay=True),
    "5 ms a file, default": lambda top: ours(top, None, delay=True),
    "5 ms a file, 20 threads": lambda top: ours(top, 20, delay=True),
}


def clean(top):
    """Remove what a contender left."""
    shutil.rmtree(os.path.join(top, "storage"), ignore_errors=True)
    for tail in ("", "-wal", "-shm"):
        if os.path.exists(os.path.join(top, "record.sqlite" + tail)):
            os.remove(os.path.join(top, "record.sqlite" + tail))


def compare(top, contenders, rounds):
    """Run the rounds and print a table; the first contender is the measure."""
    found = dict((name, []) for name in contenders)
    for _ in range(rounds):
        for name in contenders:
            found[name].append(support.measure(__file__, top, name, top))
            clean(top)
    base = [row["seconds"] for row in next(iter(found.values()))]
    rows = [("", "seconds", "speed", "cpu s", "peak MB")]
    for name, results in found.items():
        rows.append((name, "%.2f" % support.median([row["seconds"] for row in results]),
                     "%.2f x" % support.median([unit / row["seconds"] for row, unit in zip(results, base)]),
                     "%.2f" % support.median([row["cpu"] for row in results]),
                     "%.0f" % support.median([row["peak_mb"] for row in results])))
    support.table(rows)


def main():
    """Run both comparisons."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=20000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", help="where the files are made (default: the system's temporary folder)")
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        name, top = options.child
        seconds = dict(LOCAL, **SLOW)[name](top)
        own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
        print(json.dumps({"seconds": seconds, "peak_mb": own.ru_maxrss / 1024.0,
                          "cpu": own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime}))
        return
    with support.workbench(options.folder) as top:
        print("Making %d files of %d bytes ..." % (options.files, SIZE))
        sys.stdout.flush()
        make_files(top, options.files)
        compare(top, LOCAL, options.rounds)
        print()
        compare(top, SLOW, options.rounds)


if __name__ == "__main__":
    main()
