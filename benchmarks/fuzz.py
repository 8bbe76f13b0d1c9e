"""Give everything that parses what others wrote changed and arbitrary bytes; count what comes out that should not.

    python3 benchmarks/fuzz.py                                           # a million inputs, on all processors
    python3 benchmarks/fuzz.py --target manifest --seed 17 --inputs 1    # replays one input
    python3 benchmarks/fuzz.py --target manifest --file crash-1f0a       # tries the bytes of a file

An input is made from its target and its seed alone. A failure is an exception that is neither of core/errors.py nor
the parser's documented one, a file that was written elsewhere, an input that takes longer than `--slow` seconds of
processor, or one that has not ended after `--hang` seconds. `fuzz_guided.py` lets atheris choose the bytes.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import argparse
import logging
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections import namedtuple
from concurrent.futures import ProcessPoolExecutor

import support

sys.path.insert(0, os.path.join(support.CHECKOUT, "tests"))
import support_tree

#: Inputs of a target that one process tries in one go.
_PIECE = 500
_ENOUGH = 5

#: Some inputs of one target: its name, the seed of the first one, how many.
Piece = namedtuple("Piece", "target first count")

#: What trying them gave: how many were tried, seconds, list of (seed, what came out).
Tried = namedtuple("Tried", "inputs seconds wrong")

#: When to stop (None for never), seconds of processor that an input may take, and seconds until it hangs.
Bounds = namedtuple("Bounds", "until slow_s hang_s")

_targets = {}


class Hangs(BaseException):
    """An input did not end. No `Exception`: what is tried must not catch it."""


def memory_folder():
    """Return a folder in memory, where this system has one: most targets write small files all the time."""
    return "/dev/shm" if os.path.isdir("/dev/shm") and os.access("/dev/shm", os.W_OK) else None


def prepare(top):
    """Make this checkout's package importable, in this process; returns its targets by their names."""
    site = os.path.join(top, "site")
    if not os.path.isdir(site):
        os.mkdir(site)
        support_tree.link_package(site)
    sys.path.insert(0, site)
    own = os.path.join(top, "%d" % os.getpid())
    os.environ["RAYVISION_SYNC_HOME"] = os.path.join(own, "home")
    import support_fuzz
    logging.disable(logging.CRITICAL)
    return dict((target.name, target) for target in support_fuzz.targets(os.path.join(own, "work")))


def begin(top):
    """Begin a process that tries inputs."""
    _targets.clear()
    _targets.update(prepare(top))
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, _say_that_it_hangs)


def _say_that_it_hangs(number, frame):
    raise Hangs("it did not end")


def run(piece, bounds):
    """Try inputs of a target one after the other; returns a `Tried`."""
    began, tried, wrong = time.time(), 0, []
    while tried < piece.count and len(wrong) < _ENOUGH and not (bounds.until and time.time() > bounds.until):
        seed = piece.first + tried
        found = attempt(_targets[piece.target].one, random.Random("%s %d" % (piece.target, seed)), bounds)
        if found:
            wrong.append((seed, found))
        tried += 1
    return Tried(tried, time.time() - began, wrong)


def attempt(call, value, bounds):
    """Try one input; returns what is wrong with what came out, None where nothing is."""
    started = time.process_time()
    _set_alarm(bounds.hang_s)
    try:
        call(value)
    except (Exception, Hangs):
        return traceback.format_exc()
    finally:
        _set_alarm(0)
    seconds = time.process_time() - started
    return "it took %.1f s of processor" % seconds if seconds > bounds.slow_s else None


def _set_alarm(seconds):
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)


def cut(targets, inputs, first):
    """Return the `Piece`s of all targets, each target's spread evenly: a run that is cut short has tried all alike."""
    weight = float(sum(target.weight for target in targets))
    placed = []
    for target in targets:
        count = max(1, int(inputs * target.weight / weight + 0.5))
        for start in range(0, count, _PIECE):
            placed.append((start / float(count), Piece(target.name, first + start, min(_PIECE, count - start))))
    return [piece for _, piece in sorted(placed)]


def show(name, tried):
    """Print the row of a target; returns (inputs, failures)."""
    inputs, seconds = sum(one.inputs for one in tried), sum(one.seconds for one in tried)
    wrong = [found for one in tried for found in one.wrong]
    print("%-14s %9d inputs  %8.0f a second in a process  %d failed" % (
        name, inputs, inputs / max(seconds, 1e-9), len(wrong)))
    for seed, what in wrong[:_ENOUGH]:
        print("    --target \"%s\" --seed %d --inputs 1\n%s" % (name, seed, what))
    return inputs, len(wrong)


def run_all(top, targets, options):
    """Try all inputs on several processes; returns how many failed."""
    began = time.time()
    bounds = Bounds(began + options.seconds if options.seconds else None, options.slow, options.hang)
    pieces = cut(targets, options.inputs, options.seed)
    with ProcessPoolExecutor(min(options.jobs, len(pieces)), initializer=begin, initargs=(top,)) as pool:
        found = list(pool.map(run, pieces, [bounds] * len(pieces)))
    total = failed = 0
    for target in targets:
        row = show(target.name, [tried for piece, tried in zip(pieces, found) if piece.target == target.name])
        total, failed = total + row[0], failed + row[1]
    print("%d inputs, %d failed, %.0f s" % (total, failed, time.time() - began))
    return failed


def try_file(top, name, path, options):
    """Try the bytes of a file; returns how many failed."""
    begin(top)
    with open(path, "rb") as source:
        content = source.read()
    found = attempt(_targets[name].bytes, content, Bounds(None, options.slow, options.hang))
    print(found or "nothing is wrong")
    return 1 if found else 0


def read_options():
    """Return the command's options."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--inputs", type=int, default=1000000, help="over all targets (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=0, help="at most, over all targets")
    parser.add_argument("--seed", type=int, default=0, help="of the first input of each target")
    parser.add_argument("--target", action="append", help="only this one; may be given again")
    parser.add_argument("--file", help="try these bytes instead, on the one target that is named")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes (default: %(default)s)")
    parser.add_argument("--slow", type=float, default=5.0, help="seconds of processor that an input may take")
    parser.add_argument("--hang", type=float, default=120.0, help="seconds after which an input hangs")
    options = parser.parse_args()
    if options.file and len(options.target or ()) != 1:
        parser.error("--file needs one --target")
    return options


def main():
    """Run what was asked for; the exit code is 1 where anything failed."""
    options = read_options()
    try:
        import requests  # noqa: F401
        import six  # noqa: F401
    except ImportError:
        python = support.prepared_python("fuzz", [os.path.join(support.CHECKOUT, "requirements.txt")])
        return subprocess.call([python, os.path.abspath(__file__)] + sys.argv[1:])
    top = tempfile.mkdtemp(prefix="rayvision-fuzz-", dir=memory_folder())
    try:
        targets = [target for name, target in prepare(top).items() if name in (options.target or [name])]
        if not targets:
            print("There is no such target. There are: %s" % ", ".join(prepare(top)))
            return 2
        if options.file:
            return 1 if try_file(top, options.target[0], options.file, options) else 0
        return 1 if run_all(top, targets, options) else 0
    finally:
        shutil.rmtree(top, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
