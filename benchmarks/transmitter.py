"""What an upload through the vendor's transfer program costs us: the tests' stand-in says what the program would say.

    python3 benchmarks/transmitter.py [--assets 200000] [--parts 250] [--programs 10] [--rounds 3]

The stand-in moves no bytes, so that what is left is ours: survey, lists, what is said for each file, record. One
file in each thousand fails. Processor time and memory are of our process, without its children.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import argparse
import io
import json
import os
import sys
import time

import support

STAND_IN = os.path.join(support.CHECKOUT, "tests", "stand_in", "transmitter.py")


def fill(top, assets, parts):
    """Make files, their upload.json, cut, and the stand-in; one file of a thousand is to fail."""
    listed, failing = [], {}
    for number in range(assets):
        folder = os.path.join(top, "project", "%03d" % (number // 1000))
        if not number % 1000:
            os.makedirs(folder)
            failing["%06d.tx" % number] = [47, "no such storage"]
        path = os.path.join(folder, "%06d.tx" % number)
        with open(path, "wb"):
            pass
        listed.append({"local": path, "server": path})
    with io.open(os.path.join(top, "upload.json"), "wb") as target:
        target.write(json.dumps({"asset": listed}).encode("ascii"))
    for name in ("runs", "program"):
        os.mkdir(os.path.join(top, name))
    with io.open(os.path.join(top, "config.json"), "wb") as target:
        target.write(json.dumps({"root": top, "runs": os.path.join(top, "runs"), "quick": True, "fail": failing,
                                 "exit": 255}).encode("ascii"))
    program = os.path.join(top, "program", "rayvision_transmitter")
    with io.open(program, "wb") as target:
        target.write(("#!/bin/sh\nexec '%s' -E -S '%s' '%s' \"$@\"\n" % (
            sys.executable, STAND_IN, os.path.join(top, "config.json"))).encode("ascii"))
    os.chmod(program, 0o700)
    return (assets + parts - 1) // parts


def upload(top, number, part, programs):
    """Be the process that is measured: upload once; print what it took."""
    import resource

    from rayvision_sync import settings
    from rayvision_sync.api import RayvisionAPI
    from rayvision_sync.farm import LocalFarm
    from rayvision_sync.upload import RayvisionUpload
    from rayvision_sync.utils import cutting_upload
    os.environ["RAYVISION_SYNC_HOME"] = os.path.join(top, "home-%s" % number)
    chosen = settings.Settings([("bench", {"transmitter_exe": os.path.join(top, "program")})])
    with LocalFarm(os.path.join(top, "farm"), line=("127.0.0.1", 10221)) as farm:
        api = RayvisionAPI(farm.access_id, farm.access_key, farm.domain, "2", protocol="http")
        parts = cutting_upload(os.path.join(top, "upload.json"), part)
        call = RayvisionUpload(api, settings=chosen)
        call.logger.disabled = True
        began, busy = time.time(), time.process_time()
        call.thread_pool_upload(parts, pool_size=programs)
        spent, busy = time.time() - began, time.process_time() - busy
    print(json.dumps({"seconds": spent, "cpu": busy, "parts": len(parts), "sent": call.report.sent,
                      "failed": call.report.failed,
                      "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0}))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assets", type=int, default=200000)
    parser.add_argument("--parts", type=int, default=250)
    parser.add_argument("--programs", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with support.workbench() as top:
        part = fill(top, options.assets, options.parts)
        found = [support.measure(os.path.abspath(__file__), top, top, "%d" % number, "%d" % part,
                                 "%d" % options.programs) for number in range(options.rounds)]
    for row in found:
        print("%(parts)d parts: %(sent)d sent, %(failed)d failed, %(seconds).1f s, %(cpu).1f s of our processor, "
              "%(mb).0f MB" % row)
    middle = support.median([row["cpu"] for row in found])
    print("%.3f ms of processor time an asset (median)" % (middle * 1000 / options.assets))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        upload(sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5]))
    else:
        main()
