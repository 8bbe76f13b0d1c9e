"""An upload killed at many random moments and started again: what is lost, what is sent twice, what is left over?

    python3 benchmarks/kills.py [--kills 50] [--seed 7] [--files 3000] [--large 300] [--folder FOLDER]

SeaweedFS, a proxy that counts requests in front of it, and an upload of many
4 KB files and two large ones (in MB) by a process of its own, which is killed
(SIGKILL) when the proxy has seen some random number of requests. At the end
another client reads every object.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import argparse
import os
import sys

import s3
import support

sys.path.insert(0, os.path.join(support.CHECKOUT, "tests"))
from s3_kills import upload_and_kill
from s3_servers import Server


def main():
    """Run it once; the exit code is 0 if nothing was lost."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=50, help="default: %(default)s")
    parser.add_argument("--seed", type=int, default=7, help="of the moments; default: %(default)s")
    parser.add_argument("--files", type=int, default=3000, help="of 4 KB; default: %(default)s")
    parser.add_argument("--large", type=int, default=300, help="MB of each of the two large files")
    parser.add_argument("--folder", help="where everything is made (default: the system's temporary folder)")
    options = parser.parse_args()
    servers, _ = s3.prepare_peers()
    with support.workbench(options.folder) as top, Server("seaweed", servers, top) as server:
        os.environ["PYTHONPATH"] = os.path.join(top, "site")
        os.environ["RAYVISION_SYNC_HOME"] = os.path.join(top, "home")
        found = upload_and_kill(server, top, [4096] * options.files + [options.large << 20] * 2, options.kills,
                                options.seed, print)
    print("seed %d: %d of %d runs were killed, %d requests, %d parts" % (
        options.seed, found.killed, options.kills, found.requests, found.parts))
    print("the last run: %s" % found.report)
    for name, some in (("objects that differ from their source", found.wrong),
                       ("parts that were sent again though the store had confirmed them", found.twice),
                       ("multipart uploads that were left open", found.open)):
        print("%s: %d %s" % (name, len(some), some[:10] or ""))
    is_well = not (found.wrong or found.twice or found.open or found.report["failed"])
    print("nothing was lost" if is_well else "FAILED")
    return 0 if is_well else 1


if __name__ == "__main__":
    sys.exit(main())
