"""Let everything between two sides fail by chance, thousands of times; both must be equal in the end.

    python benchmarks/network_torture.py --faults 2000
    python benchmarks/network_torture.py --seed 17 --rounds 1            # replays one seed
    python benchmarks/network_torture.py --only disk --seed 17 --rounds 1

What a round does, and what must be true after it, stands in tests/support_torture.py. Needs what
`python3 tests/run.py` prepares: run it once before, and give the folder of the S3 servers by --s3 or
RAYVISION_TEST_S3.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import argparse
import os
import shutil
import sys
import tempfile
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "tests"))

from fuzz import prepare  # noqa: E402

#: A stalled connection is given up after so long here.
STALL_S = 1.0

#: Every so many rounds, the bucket gets a large file as well.
_LARGE_EVERY = 5


def rounds_of(torture, server, transmitter):
    """Return the rounds by name: functions of ``(folder, seed)``."""
    kinds = torture.KINDS + ("stall",)
    small = [0, 1, 100, 7000, 7000, 70000, 70000, 300000, 2 << 20]

    def bucket(folder, seed):
        sizes = small * 7 + ([40 << 20] if seed % _LARGE_EVERY == 0 else [])
        return torture.bucket(server, folder, seed, kinds=kinds, sizes=sizes)

    def program(folder, seed):
        with transmitter.Renderbus(os.path.join(folder, "renderbus")) as world:
            return torture.program(world, os.path.join(folder, "frames"), seed)
    return [("bucket", bucket), ("disk", torture.disk),
            ("farm", lambda folder, seed: torture.farm(folder, seed, kinds=kinds, timeout=STALL_S)),
            ("farm s3", lambda folder, seed: torture.farm_in_bucket(server, folder, seed, kinds=kinds,
                                                                    timeout=STALL_S * 3)),
            ("program", program)]


def one(call, top, seed):
    """Do a round; return ``(faults, seconds, what went wrong or None)``."""
    folder, began = tempfile.mkdtemp(dir=top), time.time()
    os.environ["RAYVISION_SYNC_HOME"] = os.path.join(folder, "home")
    try:
        return call(folder, seed), time.time() - began, None
    except Exception:
        return 0, time.time() - began, traceback.format_exc()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def hurry():
    """Give up sooner what stalls, and start the vendor's program again at once."""
    from rayvision_sync.engines.s3 import calls
    from rayvision_sync.engines.transmitter import engine
    calls.STALL_S = calls._COMPLETE_S = STALL_S
    engine.PAUSE_S = 0.01


def main():
    """Run what was asked for; the exit code is 1 where anything failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--faults", type=int, default=2000, help="until there were so many, over all kinds of rounds")
    parser.add_argument("--seed", type=int, default=1, help="of the first round")
    parser.add_argument("--rounds", type=int, default=1 << 30, help="at most")
    parser.add_argument("--only", action="append", help="this kind of round: bucket, disk, farm, farm s3, program")
    parser.add_argument("--s3", default=os.environ.get("RAYVISION_TEST_S3"), help="folder of the S3 servers")
    options = parser.parse_args()
    top = tempfile.mkdtemp(prefix="rayvision-torture-")
    try:
        prepare(top)
        import logging

        import s3_servers
        import support_torture
        import support_transmitter
        logging.disable(logging.CRITICAL)
        hurry()
        with s3_servers.Server("seaweed", options.s3, top) as server:
            return torture(options, top, rounds_of(support_torture, server, support_transmitter))
    finally:
        shutil.rmtree(top, ignore_errors=True)


def torture(options, top, kinds):
    """Do rounds until there were faults enough; print what came of them and return the exit code."""
    kinds = [kind for kind in kinds if not options.only or kind[0] in options.only]
    totals, failed, seed = dict((name, [0, 0, 0.0]) for name, _ in kinds), 0, options.seed
    while seed - options.seed < options.rounds and sum(row[1] for row in totals.values()) < options.faults:
        for name, call in kinds:
            count, seconds, wrong = one(call, top, seed)
            totals[name] = [totals[name][0] + 1, totals[name][1] + count, totals[name][2] + seconds]
            if wrong:
                failed += 1
                print("FAILED: --only \"%s\" --seed %d --rounds 1\n%s" % (name, seed, wrong))
                sys.stdout.flush()
        seed += 1
    for name, _ in kinds:
        print("%-8s %5d rounds %6d faults %8.1f s" % ((name,) + tuple(totals[name])))
    print("%d faults, %d rounds failed" % (sum(row[1] for row in totals.values()), failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
