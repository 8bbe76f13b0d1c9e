"""Processes are killed or stopped at random points: both sides are equal in the end, and nothing is left behind.

benchmarks/torture.py does hundreds of rounds, of more kinds. The seed of a failure replays it there.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import os
import random
import sys

import pytest
from support_blows import play
from support_upload import folder_of

#: What goes both ways in a round without a large file.
FILES = 81

#: Many processes: on one Python.
pytestmark = [
    pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="runs on one Python only"),
    pytest.mark.skipif(os.name == "nt", reason="POSIX signals")]


@pytest.fixture(params=[1, None], ids=["the fixed seed", "another seed"])
def seed(request):
    found = request.param or random.SystemRandom().randrange(2, 1000000)
    print("replay it: benchmarks/torture.py --only ... --seed %d --rounds 1" % found)
    return found


def test_a_command_that_is_killed_goes_on(home, tmpdir, seed):
    assert play(folder_of(tmpdir), seed, "worker").files == FILES


def test_a_worker_of_a_job_that_is_killed_goes_on_to_a_bucket(seaweed, home, tmpdir):
    assert play(folder_of(tmpdir), 1, "worker", seaweed, as_job=True).files == FILES


def test_a_farm_that_is_killed_and_started_again_is_survived_by_commands(home, tmpdir):
    assert play(folder_of(tmpdir), 1, "farm").files == FILES


def test_a_farm_in_a_bucket_that_is_killed_is_survived_by_jobs(seaweed, home, tmpdir, seed):
    assert play(folder_of(tmpdir), seed, "farm", seaweed, as_job=True).files == FILES


def test_a_store_that_is_killed_and_started_again_is_survived(seaweed, home, tmpdir):
    assert play(folder_of(tmpdir), 1, "store", seaweed, both=False).files == FILES


def test_a_farm_that_stands_still_for_longer_than_everybody_waits_is_survived(home, tmpdir):
    assert play(folder_of(tmpdir), 1, "farm", is_stop=True).files == FILES


def test_a_worker_that_stands_still_for_longer_than_everybody_waits_goes_on(seaweed, home, tmpdir):
    assert play(folder_of(tmpdir), 1, "worker", seaweed, as_job=True, is_stop=True).files == FILES
