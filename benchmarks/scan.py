"""How long does a host's main thread wait while the files of a heavy scene are collected?

    python3 benchmarks/scan.py [--rounds 3] [--host maya ...]

The scene: 20 000 nodes, 6 000 names of files, UDIM sets, sequences of 1 000 frames on 40 layers, references nested
five deep, 30 broken nodes, in the fakes of the tests. It is collected by the panel's own `Scan`, slice by slice. Own
time is the processor's, so that a busy machine does not count, outside of the fake where that can be told apart: a
real host adds what its commands take. The aim: under 5 ms a slice, and under 2 s in all.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import argparse
import importlib
import json
import os
import sys
import time

import support

#: Host -> module of its world, which has ``World`` and ``heavy(world)``, and may have ``timed(world, clock)``.
HOSTS = (("maya", "support_maya"), ("houdini", "support_houdini"), ("3dsmax", "support_max"))

TESTS = os.path.join(support.CHECKOUT, "tests")


def child(name, top):
    """Collect once; print what came out as JSON."""
    sys.path.insert(0, TESTS)
    from rayvision_sync.jobs.snapshot import File, Trouble
    from rayvision_sync.panel.scan import Scan
    clock = time.process_time
    module = importlib.import_module(dict(HOSTS)[name])
    folder = os.path.join(top, "scene-%d" % os.getpid())
    os.makedirs(folder)
    with module.World(folder) as world:
        module.heavy(world)
        has_clock = hasattr(module, "timed")
        of_fake = module.timed(world, clock) if has_clock else lambda: 0.0
        host = world.host  # Imported, as a start does.
        slices, steps = [], []
        scan = Scan(_each(host.assets(), clock, of_fake, steps))
        more = True
        while more:
            began, fake = clock(), of_fake()
            more = scan.step()
            slices.append(clock() - began - (of_fake() - fake))
    assert all(isinstance(found, File) for found in scan.files)
    assert all(isinstance(found, Trouble) for found in scan.troubles)
    print(json.dumps({
        "files": len(scan.files), "troubles": len(scan.troubles), "slices": len(slices), "total_s": sum(slices),
        "longest_ms": max(slices) * 1000, "median_ms": support.median(slices) * 1000, "step_ms": max(steps) * 1000,
        "fake_s": of_fake() if has_clock else None}))


def _each(found, clock, of_fake, steps):
    """Pass finds on, and note the own time of each step."""
    found = iter(found)
    while True:
        began, fake = clock(), of_fake()
        try:
            item = next(found)
        except StopIteration:
            return
        steps.append(clock() - began - (of_fake() - fake))
        yield item


def main(arguments=None):
    """Print one line for each host."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--host", action="append", choices=[name for name, _ in HOSTS])
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.child:
        child(*options.child)
        return
    rows = [("host", "files", "troubles", "slices", "own s", "longest slice ms", "median ms", "longest step ms",
             "fake's own s")]
    with support.workbench() as top:
        for name in options.host or [name for name, _ in HOSTS]:
            rounds = [support.measure(os.path.abspath(__file__), top, name, top) for _ in range(options.rounds)]
            middle = {key: support.median([found[key] for found in rounds]) for key in rounds[0] if key != "fake_s"}
            fake = rounds[0]["fake_s"]
            rows.append((name, "%d" % middle["files"], "%d" % middle["troubles"], "%d" % middle["slices"],
                         "%.2f" % middle["total_s"], "%.1f" % middle["longest_ms"], "%.2f" % middle["median_ms"],
                         "%.1f" % middle["step_ms"], "with own" if fake is None else "%.2f" % fake))
    support.table(rows)


if __name__ == "__main__":
    main()
