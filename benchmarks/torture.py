"""Kill and stop workers, farms and an S3 store at random points, hundreds of times; both sides are equal in the end.

    python benchmarks/torture.py --rounds 200
    python benchmarks/torture.py --only "kill farm, s3" --seed 17 --rounds 1     # replays one seed

A round uploads some files to a local farm and fetches what it renders, with commands or with jobs in workers; one kind
of process is struck meanwhile. What must be true after it stands in tests/support_blows.py. A seed chooses files,
victims and moments; those are shares of the files or seconds, so that a busy machine meets others. Needs what
`python3 tests/run.py` prepares: run it once before, and give the folder of the S3 servers by --s3 or
RAYVISION_TEST_S3.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import argparse
import logging
import os
import shutil
import sys
import tempfile
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "tests"))

from fuzz import prepare  # noqa: E402

#: Every so many rounds, there is a large file as well: it goes in parts to a bucket.
_LARGE_EVERY, _LARGE = 4, 40 << 20

#: What strikes, whom, where the files are, and whether jobs move them.
KINDS = [(what, victim, where, mover) for what in ("kill", "stop") for victim in ("worker", "farm", "store")
         for where in ("folder", "s3") for mover in ("commands", "jobs") if (victim, where) != ("store", "folder")]
KINDS += [("set", "clock", where, mover) for where in ("folder", "s3") for mover in ("commands", "jobs")]


def name_of(kind):
    """Return what ``--only`` may name a part of."""
    return "%s %s, %s, %s" % kind


def one(kind, top, seed, server):
    """Do a round; return ``(Outcome or None, seconds, what went wrong or None)``."""
    import support_blows
    what, victim, where, mover = kind
    folder, began = tempfile.mkdtemp(dir=top), time.time()
    os.environ["RAYVISION_SYNC_HOME"] = os.path.join(folder, "home")
    try:
        return support_blows.play(
            folder, seed, victim, server if where == "s3" else None, mover == "jobs", what == "stop",
            [_LARGE] if seed % _LARGE_EVERY == 0 else []), time.time() - began, None
    except Exception:
        return None, time.time() - began, traceback.format_exc()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main():
    """Run what was asked for; the exit code is 1 where anything failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=200, help="over all kinds")
    parser.add_argument("--seed", type=int, default=1, help="of the first round of each kind")
    parser.add_argument("--only", action="append", help="kinds whose name has this in it: %s" % "; ".join(
        name_of(kind) for kind in KINDS))
    parser.add_argument("--s3", default=os.environ.get("RAYVISION_TEST_S3"), help="folder of the S3 servers")
    options = parser.parse_args()
    kinds = [kind for kind in KINDS if not options.only or any(part in name_of(kind) for part in options.only)]
    top = tempfile.mkdtemp(prefix="rayvision-torture-")
    try:
        prepare(top)
        # Children find the package there, too.
        os.environ["PYTHONPATH"] = os.path.join(top, "site")
        import s3_servers
        logging.disable(logging.CRITICAL)
        with s3_servers.Server("seaweed", options.s3, top) as server:
            return torture(options, top, kinds, server)
    finally:
        shutil.rmtree(top, ignore_errors=True)


def torture(options, top, kinds, server):
    """Do the rounds, print what came of them and return the exit code."""
    totals = dict((kind, [0, 0, 0, 0, 0, 0.0]) for kind in kinds)
    for number in range(options.rounds):
        kind, seed = kinds[number % len(kinds)], options.seed + number // len(kinds)
        found, seconds, wrong = one(kind, top, seed, server)
        row = totals[kind]
        row[0], row[4], row[5] = row[0] + 1, row[4] + bool(wrong), row[5] + seconds
        if wrong:
            print("FAILED: --only \"%s\" --seed %d --rounds 1\n%s" % (name_of(kind), seed, wrong))
            sys.stdout.flush()
        else:
            row[1], row[2], row[3] = row[1] + found.met, row[2] + found.files, row[3] + found.runs
    for kind in kinds:
        print("%-26s %4d rounds %5d met %7d files %5d runs %3d failed %8.1f s" % (
            (name_of(kind),) + tuple(totals[kind])))
    rows = list(totals.values())
    print("%d rounds, %d blows met something, %d failed" % tuple(sum(row[at] for row in rows) for at in (0, 1, 4)))
    return 1 if any(row[4] for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
