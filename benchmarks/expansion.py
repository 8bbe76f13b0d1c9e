"""From a scene's paths to 60 000 files: how long from the start of the interpreter?

    python3 benchmarks/expansion.py [--rounds 5] [--python PATH ...]

The tree: 1 000-frame sequences on 40 layers, 1 500 UDIM sets of 12 tiles in 30 folders, 2 000 single textures, and
Maya references nested five deep. In each round, every contender is a process of its own, started cold but for the
disk's cache, and timed from outside: imports count. "listing" is the floor, ``os.listdir`` of every folder; "glob" is
what a script would do, ``glob`` of each pattern and ``os.path.isfile`` of each name. With ``--python``, ours runs on
those interpreters, too.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import argparse
import glob
import io
import json
import os
import re
import subprocess
import sys
import time

import support

LAYERS, FRAMES, SETS, TILES, SINGLES, DEPTH = 40, 1000, 1500, 12, 2000, 5


def touch(path):
    """Make an empty file."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))


def make_tree(top):
    """Make the project and its snapshot; returns how many files a full expansion finds."""
    project = os.path.join(top, "project")
    files, count = [], 1
    for layer in range(LAYERS):
        folder = os.path.join(project, "cache", "layer%02d" % layer)
        os.makedirs(folder)
        for frame in range(1, FRAMES + 1):
            touch(os.path.join(folder, "smoke_%02d.%04d.vdb" % (layer, frame)))
        files.append((os.path.join(folder, "smoke_%02d.####.vdb" % layer), "frames"))
        count += FRAMES
    for number in range(SETS):
        folder = os.path.join(project, "tex", "asset%02d" % (number % 30))
        if not os.path.isdir(folder):
            os.makedirs(folder)
        for tile in range(TILES):
            touch(os.path.join(folder, "surface_%04d.%d.exr" % (number, 1001 + tile % 10 + 10 * (tile // 10))))
        # Several attributes name each set, as in a real scene.
        files += [(os.path.join(folder, "surface_%04d.<UDIM>.exr" % number), "")] * 3
        count += TILES
    os.makedirs(os.path.join(project, "single"))
    for number in range(SINGLES):
        path = os.path.join(project, "single", "detail_%04d.tx" % number)
        touch(path)
        files.append((path, ""))
        count += 1
    for depth in range(DEPTH):
        with io.open(os.path.join(project, "ref%d.ma" % depth), "w", encoding="utf-8") as target:
            target.write('//Maya ASCII 2024 scene\nfile -r -typ "mayaAscii" "ref%d.ma";\n' % (depth + 1)
                         + 'createNode mesh;\n\tsetAttr ".vt[0:3]"  0 0 0 1 0 0;\n' * 20000)
        count += 1
    with io.open(os.path.join(project, "ref%d.ma" % DEPTH), "w", encoding="utf-8") as target:
        target.write("//Maya ASCII 2024 scene\n")
    files.append((os.path.join(project, "ref0.ma"), ""))
    touch(os.path.join(project, "city.ma"))
    with io.open(os.path.join(top, "snapshot.json"), "w", encoding="utf-8") as target:
        text = json.dumps({"host": "maya", "scene": os.path.join(project, "city.ma"), "project": project, "files": [
            {"path": path, "node": "node%d" % number, "attribute": "fileTextureName", "kind": kind}
            for number, (path, kind) in enumerate(files)], "frames": {"start": 1, "end": FRAMES}})
        target.write(text if isinstance(text, type("")) else text.decode("utf-8"))
    return count + 1


def ours(top):
    """Load the snapshot and list its files, as a job does."""
    from rayvision_sync.jobs import assets, snapshot
    found = assets.listing(snapshot.load(os.path.join(top, "snapshot.json")))
    assert not found.missing and not found.refused, (found.missing[:3], found.refused[:3])
    return len(found.pairs)


def listing(top):
    """List every folder; no name is compared."""
    return sum(len(names) for _, _, names in os.walk(os.path.join(top, "project")))


def globbing(top):
    """Expand each pattern by itself."""
    with io.open(os.path.join(top, "snapshot.json"), encoding="utf-8") as source:
        names = sorted(set(entry["path"] for entry in json.load(source)["files"]))
    found = set()
    for name in names:
        pattern = re.sub("<UDIM>|####", "[0-9][0-9][0-9][0-9]", name)
        found.update(path for path in (glob.glob(pattern) if pattern != name else [name]) if os.path.isfile(path))
    return len(found)


CONTENDERS = (("listing", listing), ("ours", ours), ("glob", globbing))


def run(python, name, top):
    """Return the seconds of a process, those that it had a processor, and how many files it found."""
    environment = support.environment(PYTHONPATH=os.path.join(top, "site"),
                                      RAYVISION_SYNC_HOME=os.path.join(top, "home"))
    before, began = os.times(), time.time()
    out = subprocess.check_output([python, os.path.abspath(__file__), "--child", name, top], env=environment)
    spent, after = time.time() - began, os.times()
    return spent, sum(after[2:4]) - sum(before[2:4]), int(out)


def main():
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--python", action="append", default=[], help="another interpreter that has six")
    options = parser.parse_args()
    with support.workbench() as top:
        expected = make_tree(top)
        rows = [(name, sys.executable, name) for name, _ in CONTENDERS]
        rows += [("ours, %s" % path, path, "ours") for path in options.python]
        seconds = dict((row[0], []) for row in rows)
        for number in range(options.rounds + 1):
            for title, python, name in rows:
                spent, busy, found = run(python, name, top)
                assert name != "ours" or found == expected, (title, found, expected)
                if number:  # The first round compiles the modules and fills the disk's cache.
                    seconds[title].append((spent, busy))
        print("%d files, medians of %d rounds, from the start of the interpreter" % (expected, options.rounds))
        support.table([("", "seconds", "slowest", "processor")] + [
            (title, "%.2f" % support.median([spent for spent, _ in seconds[title]]),
             "%.2f" % max(spent for spent, _ in seconds[title]),
             "%.2f" % support.median([busy for _, busy in seconds[title]])) for title, _, _ in rows])


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        print(dict(CONTENDERS)[sys.argv[2]](sys.argv[3]))
    else:
        main()
