"""Let atheris look for inputs that reach new code of what parses what others wrote, and for failures among them.

    python3 benchmarks/fuzz_guided.py [--seconds 75] [--jobs 2] [--target frames]

atheris comes from PyPI into the user's cache folder. Each target runs in a
process of its own, over code that counts its branches, and begins with two
hundred inputs as fuzz.py makes them. A failure is what it is there, or an
input that takes 20 seconds or a gigabyte of memory. Its bytes stay in
`--keep`, for `fuzz.py --target NAME --file FILE`.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import argparse
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

import fuzz
import support

HERE = os.path.dirname(os.path.abspath(__file__))

#: Where a search pays: formats with a grammar of their own. The others are JSON, which json parses.
TARGETS = ("manifest", "s3 xml", "s3 bodies", "s3 credentials", "frames", "references", "settings", "transmitter",
           "lines", "names", "ranges")

_SEEDS = 200
_OLDEST, _NEWEST = (3, 11), (3, 13)
_STATS = {"inputs": r"stat::number_of_executed_units:\s*(\d+)", "branches": r"cov: (\d+)", "kept": r"corp: (\d+)"}


def search(name, top, arguments):
    """Search in this process, which atheris ends.

    Args:
        name (str): Of a target.
        top (str): Folder of the run.
        arguments (list of str): What libFuzzer takes.
    """
    import atheris
    with atheris.instrument_imports(include=["rayvision_sync"]):
        target = fuzz.prepare(top)[name]
    corpus = os.path.join(top, "corpus")
    os.mkdir(corpus)
    for seed in range(_SEEDS):
        with open(os.path.join(corpus, "%03d" % seed), "wb") as out:
            out.write(target.make(random.Random("%s %d" % (name, seed))))
    atheris.Setup([sys.argv[0]] + arguments + [corpus], target.bytes)
    atheris.Fuzz()


def run(python, name, options):
    """Search in a process of its own; returns (row of the table, what it said where it failed)."""
    top, began = tempfile.mkdtemp(prefix="rayvision-guided-", dir=fuzz.memory_folder()), time.time()
    prefix = os.path.join(options.keep, name.replace(" ", "-") + "-")
    command = [python, os.path.abspath(__file__), "--search", name, "--top", top, "--",
               "-max_total_time=%d" % options.seconds, "-timeout=20", "-rss_limit_mb=1024", "-max_len=8192",
               "-print_final_stats=1", "-artifact_prefix=" + prefix]
    try:
        with tempfile.TemporaryFile() as log:
            code = subprocess.call(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                   env=support.environment())
            log.seek(0)
            said = log.read().decode("utf-8", "replace")
    finally:
        shutil.rmtree(top, ignore_errors=True)
    last = dict((word, (re.findall(pattern, said) or ["?"])[-1]) for word, pattern in _STATS.items())
    row = (name, last["inputs"], "%.0f" % (time.time() - began), last["branches"], last["kept"],
           "FAILED" if code else "0")
    return row, "%s:\n%s\n" % (name, said[-4000:]) if code else ""


def read_options():
    """Return the command's options."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=75, help="for each target (default: %(default)s)")
    parser.add_argument("--target", action="append", help="any of fuzz.py; may be given again (default: %s)"
                        % ", ".join(TARGETS))
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes (default: %(default)s)")
    parser.add_argument("--keep", default=tempfile.gettempdir(), help="folder for inputs that fail")
    parser.add_argument("--search", help=argparse.SUPPRESS)
    parser.add_argument("--top", help=argparse.SUPPRESS)
    parser.add_argument("libfuzzer", nargs="*", help=argparse.SUPPRESS)
    return parser.parse_args()


def main():
    """Search in all targets; the exit code is 1 where anything failed."""
    options = read_options()
    if options.search:
        return search(options.search, options.top, options.libfuzzer)
    if not _OLDEST <= sys.version_info[:2] <= _NEWEST:
        print("atheris comes for Python %d.%d to %d.%d: run this with one of them." % (_OLDEST + _NEWEST))
        return 2
    python = support.prepared_python("atheris", [os.path.join(support.CHECKOUT, "requirements.txt"),
                                                 os.path.join(HERE, "fuzz.txt")])
    with ThreadPoolExecutor(options.jobs) as pool:
        found = list(pool.map(lambda name: run(python, name, options), options.target or TARGETS))
    support.table([("target", "inputs", "seconds", "branches", "kept inputs", "failed")] + [row for row, _ in found])
    print("".join(said for _, said in found), end="")
    return 1 if any(said for _, said in found) else 0


if __name__ == "__main__":
    sys.exit(main())
