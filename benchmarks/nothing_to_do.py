"""A second upload of unchanged files: how much more than looking at every file does it cost?

    python3 benchmarks/nothing_to_do.py [--files 200000] [--rounds 5]

In each round, every contender runs in a process of its own, one after the
other; imports are not timed. The floor is an ``os.stat`` of every path, held
in memory; "json + dict" reads the manifest with ``json.loads``, looks at every
file and compares it with a dictionary. Ours reads the manifest, looks at every
file, compares it with the record and asks the storage about a sample.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import argparse
import json
import os
import pickle
import resource
import sys
import time

import support


def make_files(top, count):
    """Make small files, 200 to a folder, and their manifest."""
    pairs = []
    for number in range(count):
        folder = os.path.join(top, "source", "folder%04d" % (number // 200))
        if number % 200 == 0:
            os.makedirs(folder)
        path = os.path.join(folder, "texture_%06d.tx" % number)
        with open(path, "wb") as out:
            out.write(b"%d" % number)
        pairs.append({"local": path, "server": path})
    with open(os.path.join(top, "upload.json"), "w") as out:
        json.dump({"asset": pairs}, out, indent=4)


def upload(top):
    """Upload through the package's own layers; return the report."""
    from rayvision_sync import cancel, manifest, progress, record, stream, throttle, transfer
    from rayvision_sync.engines import make_engine
    gear = stream.Gear(cancel.Cancel(), throttle.Throttle(), progress.Progress())
    engine = make_engine("folder", {"root": os.path.join(top, "storage")})
    path = os.path.join(top, "upload.json")
    began = time.perf_counter()
    engine.open()
    with record.Record(os.path.join(top, "record.sqlite")) as rows:
        report = transfer.Upload(engine, gear, rows).run(lambda: manifest.read_assets(path))
    engine.close()
    return time.perf_counter() - began, report


def ours(top):
    """Seconds of a second upload."""
    seconds, report = upload(top)
    assert report.ok and report.sent == 0 and report.skipped, report
    return seconds


def floor(top):
    """Seconds of an os.stat of every path."""
    with open(os.path.join(top, "upload.json")) as source:
        paths = [entry["local"] for entry in json.load(source)["asset"]]
    began = time.perf_counter()
    for path in paths:
        os.stat(path)
    return time.perf_counter() - began


def dictionary(top):
    """Seconds of json.loads, os.stat and a dictionary of what is known."""
    with open(os.path.join(top, "known.pickle"), "rb") as source:
        known = pickle.load(source)
    began = time.perf_counter()
    with open(os.path.join(top, "upload.json"), "rb") as source:
        assets = json.loads(source.read().decode("utf-8"))["asset"]
    for entry in assets:
        found = os.stat(entry["local"])
        assert known[entry["server"]] == (found.st_size, found.st_mtime_ns)
    return time.perf_counter() - began


def prepare(top):
    """First upload, and the dictionary's knowledge."""
    upload(top)
    with open(os.path.join(top, "upload.json")) as source:
        paths = [entry["local"] for entry in json.load(source)["asset"]]
    known = {}
    for path in paths:
        found = os.stat(path)
        known[path] = (found.st_size, found.st_mtime_ns)
    with open(os.path.join(top, "known.pickle"), "wb") as out:
        pickle.dump(known, out)
    return 0.0


CONTENDERS = {"os.stat floor": floor, "json + dict": dictionary, "ours": ours}


def main():
    """Run the rounds and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=200000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", help="where the files are made (default: the system's temporary folder)")
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        name, top = options.child
        seconds = (prepare if name == "prepare" else CONTENDERS[name])(top)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0
        print(json.dumps({"seconds": seconds, "peak_mb": peak}))
        return
    with support.workbench(options.folder) as top:
        print("Making %d files and uploading them once ..." % options.files)
        sys.stdout.flush()
        make_files(top, options.files)
        support.measure(__file__, top, "prepare", top)
        found = dict((name, []) for name in CONTENDERS)
        for _ in range(options.rounds):
            for name in CONTENDERS:
                found[name].append(support.measure(__file__, top, name, top))
        rows = [("", "seconds", "x floor", "peak MB")]
        base = [row["seconds"] for row in found["os.stat floor"]]
        for name, results in found.items():
            ratio = support.median([row["seconds"] / unit for row, unit in zip(results, base)])
            rows.append((name, "%.2f" % support.median([row["seconds"] for row in results]), "%.2f" % ratio,
                         "%.0f" % support.median([row["peak_mb"] for row in results])))
        support.table(rows)


if __name__ == "__main__":
    main()
