"""An upload that is killed, and started again until it ends."""
from __future__ import absolute_import, division, print_function, unicode_literals

import sys

import pytest
from s3_kills import upload_and_kill
from support_upload import folder_of

#: Moves some hundred megabytes.
ONCE = pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="runs on one Python only")

SIZES = [3000] * 240 + [40 << 20, 50 << 20]


@ONCE
@pytest.mark.parametrize("seed", [1])
def test_a_run_that_is_killed_at_random_moments_loses_nothing_and_leaves_nothing(seaweed, tmpdir, seed):
    found = upload_and_kill(seaweed, folder_of(tmpdir), SIZES, 6, seed)
    assert found.killed >= 4, (seed, found)
    assert found.report["failed"] == 0 and found.wrong == [], (seed, found)
    assert found.twice == [] and found.open == [], (seed, found)
