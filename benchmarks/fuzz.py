"""Give everything that parses what others wrote changed and arbitrary bytes; count what comes out that should not.

    python benchmarks/fuzz.py --inputs 1000000
    python benchmarks/fuzz.py --target manifest --seed 17 --inputs 1     # replays one input
    python benchmarks/fuzz.py --atheris 60                              # guided by coverage, where atheris is installed

An input is made from its target and its seed alone. A failure is an exception that is neither of core/errors.py nor
the parser's documented one, a file that was written elsewhere, or an input that takes longer than `--slow` seconds.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import argparse
import os
import random
import shutil
import sys
import tempfile
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "tests"))

import support_tree  # noqa: E402


def prepare(folder):
    """Make this checkout's package importable."""
    site = os.path.join(folder, "site")
    os.mkdir(site)
    support_tree.link_package(site)
    sys.path.insert(0, site)
    os.environ["RAYVISION_SYNC_HOME"] = os.path.join(folder, "home")


def run(target, first, inputs, until, slow_s):
    """Try inputs of a target one after the other.

    Returns:
        tuple: (inputs tried, seconds, list of (seed, what came out)).
    """
    began, tried, wrong = time.time(), 0, []
    while tried < inputs and time.time() < until:
        seed = first + tried
        started = time.process_time()
        try:
            target.one(random.Random("%s %d" % (target.name, seed)))
        except Exception:
            wrong.append((seed, traceback.format_exc()))
        if time.process_time() - started > slow_s:
            wrong.append((seed, "it took %.1f s" % (time.process_time() - started)))
        tried += 1
        if len(wrong) >= 5:
            break
    return tried, time.time() - began, wrong


def guided(targets, seconds):
    """Let atheris choose the bytes that the mutators begin with, for each target in a process of its own."""
    import atheris
    for target in targets:
        child = os.fork()
        if not child:
            atheris.Setup([sys.argv[0], "-max_total_time=%d" % seconds, "-timeout=20", "-max_len=8192"], target.bytes)
            with atheris.instrument_imports():
                pass
            atheris.instrument_all()
            atheris.Fuzz()
            os._exit(0)
        print("%s: %s" % (target.name, "ended well" if os.waitpid(child, 0)[1] == 0 else "FAILED, see above"))


def main():
    """Run what was asked for; the exit code is 1 where anything failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--inputs", type=int, default=1000000, help="over all targets")
    parser.add_argument("--seconds", type=float, default=1e9, help="at most, over all targets")
    parser.add_argument("--seed", type=int, default=0, help="of the first input of each target")
    parser.add_argument("--target", action="append", help="only this one; may be given again")
    parser.add_argument("--slow", type=float, default=5.0, help="seconds of processor that an input may take")
    parser.add_argument("--atheris", type=float, default=0, metavar="SECONDS", help="for each target")
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="rayvision-fuzz-")
    try:
        prepare(folder)
        import logging

        import support_fuzz
        logging.disable(logging.CRITICAL)
        targets = [target for target in support_fuzz.targets(os.path.join(folder, "work"))
                   if not options.target or target.name in options.target]
        if options.atheris:
            return guided(targets, options.atheris)
        weight = float(sum(target.weight for target in targets))
        until, total, failed = time.time() + options.seconds, 0, 0
        for target in targets:
            share = target.weight / weight
            tried, seconds, wrong = run(target, options.seed, max(1, int(options.inputs * share + 0.5)),
                                        min(until, time.time() + options.seconds * share), options.slow)
            total, failed = total + tried, failed + len(wrong)
            print("%-12s %9d inputs  %8.0f a second  %d failed" % (
                target.name, tried, tried / max(seconds, 1e-9), len(wrong)))
            for seed, what in wrong:
                print("    --target %s --seed %d --inputs 1\n%s" % (target.name, seed, what))
            sys.stdout.flush()
        print("%d inputs, %d failed" % (total, failed))
        return 1 if failed else 0
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
