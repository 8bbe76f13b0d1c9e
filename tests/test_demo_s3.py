# -*- coding: utf-8 -*-
"""The demo on a store that speaks S3: it starts SeaweedFS itself, and leaves nothing of it behind."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os
import re
import signal
import sys
import threading

import pytest
from six import text_type
from support_cli import finish, folder, one_line, posix, run, start, stop, until
from support_farm import read, tree, write
from support_limits import SOON_S, WAIT_S
from support_s3 import programs

from rayvision_sync import compat

#: It starts a store and moves 91 MB: on one Python of each line.
TWICE = pytest.mark.skipif(sys.version_info[:2] not in ((2, 7), (3, 11)), reason="runs on two Pythons only")


def options(tmpdir, *more):
    return ("--s3", "--weed", os.path.join(programs(), "bin", "weed"), "--root", folder(tmpdir, "demo")) + more


def stores(tmpdir):
    """Return the numbers of the processes that work in the folder of the demo's store."""
    place, found = os.path.join(os.path.realpath(folder(tmpdir, "demo")), "state", "store"), []
    for pid in filter(text_type.isdigit, map(compat.text, os.listdir(str("/proc")))):
        try:
            if compat.text(os.readlink("/proc/%s/cwd" % pid)) == place:
                found.append(pid)
        except EnvironmentError:
            continue  # It has ended, or is somebody else's.
    return found


def check_nothing_is_left(tmpdir, text):
    """Check that neither the store nor its keys outlive the demo, and that it said none of them."""
    assert stores(tmpdir) == []
    left = [name for name in tree(folder(tmpdir, "demo")) if name.endswith("s3.json")]
    assert left == []
    assert "secret" not in text.lower()


@TWICE
@posix
def test_the_whole_job_goes_through_a_store_that_the_demo_starts_and_ends(tmpdir, home):
    result = run("demo", "--frames", "1-2", *options(tmpdir))
    assert (result.code, result.err) == (0, "")
    for wanted in (r"Storage: SeaweedFS, an S3 store, at http://127\.0\.0\.1:\d+/demo\Z",
                   r"2  upload      431 files, 91 MB in .* ok\Z",
                   r"4  frames      ## 2 of 2 landed in .* ok\Z",
                   r"5  verify      all bytes equal on both sides, read back through S3 +ok\Z",
                   r"6  again       nothing to send: 431 files already there .* ok\Z"):
        assert [line for line in result.out.splitlines() if re.match(wanted, line)], wanted
    check_nothing_is_left(tmpdir, result.out)


@TWICE
@posix
@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="needs /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_no_store_outlives_a_demo_that_is_ended(tmpdir, home, number):
    process = start("demo", "--frames", "1-500", *options(tmpdir))
    until(process, "2  upload")
    assert stores(tmpdir)
    if number == signal.SIGINT:
        result, seconds = stop(process, number)
        assert (result.code, result.err) == (130, "Cancelled.\n") and seconds < 2 * SOON_S
        return check_nothing_is_left(tmpdir, result.out)
    process.kill()
    pause = threading.Event()
    result = finish(process)
    end = compat.monotonic() + WAIT_S
    while stores(tmpdir) and compat.monotonic() < end:
        pause.wait(0.05)
    check_nothing_is_left(tmpdir, result.out)


def test_a_program_that_is_not_there_is_said_in_one_line(tmpdir, home):
    result = run("demo", "--s3", "--weed", os.path.join(folder(tmpdir), "weed"), "--root", folder(tmpdir, "demo"))
    assert result.code == 1 and "There is no SeaweedFS" in one_line(result.err)
    assert "install.py --demo --s3" in result.err


@posix
def test_a_store_that_does_not_start_is_tried_again_and_said_in_one_line(tmpdir, home):
    """Another program may take one of its ports just then."""
    weed, starts = os.path.join(folder(tmpdir), "weed"), os.path.join(folder(tmpdir), "starts")
    write(weed, ("#!/bin/sh\necho start >> '%s'\necho 'F the port is taken' >&2\nexit 1\n" % starts).encode("utf-8"))
    os.chmod(weed, 0o755)
    result = run("demo", "--s3", "--weed", weed, "--root", folder(tmpdir, "demo"))
    assert result.code == 1 and "did not start. F the port is taken Its log is" in one_line(result.err)
    assert read(starts).count(b"start") == 3
