"""What size a frame should have: that of most of its sequence."""
from __future__ import absolute_import, division, print_function, unicode_literals

import pytest

from rayvision_sync.frames.neighbours import Neighbours, sequence_of


@pytest.mark.parametrize("one, other, same", [
    ("a/city_v042.1001.exr", "a/city_v042.1002.exr", True), ("frame0001.png", "frame12345.png", True),
    ("shot.0001_L.exr", "shot.0002_L.exr", True), ("shot.0001_L.exr", "shot.0001_R.exr", False),
    ("a/x.0001.exr", "b/x.0001.exr", False), ("x.1.exr", "x.1.png", False), ("take1/x.exr", "take2/x.exr", False),
    ("\u57ce.0001.exr", "\u57ce.0002.exr", True), ("-0010.png", "-0009.png", True), ("x.png", "x.png", True)])
def test_names_that_differ_in_the_last_number_are_one_sequence(one, other, same):
    assert (sequence_of(one) == sequence_of(other)) is same


def test_the_size_of_most_is_expected():
    seen = Neighbours()
    assert seen.expect("a.0001.exr") is None
    seen.add("a.0001.exr", 960, 540)
    assert seen.expect("a.0002.exr") is None, "one frame alone proves nothing"
    seen.add("a.0002.exr", 1920, 1080)
    assert seen.expect("a.0003.exr") is None
    seen.add("a.0003.exr", 1920, 1080)
    assert seen.expect("a.0004.exr") == (1920, 1080)
    assert seen.expect("b.0001.exr") is None
    assert seen.others("a.0004.exr") == ["a.0001.exr"]


def test_a_frame_does_not_vote_for_itself():
    seen = Neighbours()
    for name, size in (("a.1.exr", (10, 10)), ("a.2.exr", (10, 10)), ("a.3.exr", (20, 20)), ("a.4.exr", (20, 20))):
        seen.add(name, *size)
    assert seen.expect("a.4.exr") == (10, 10)
    assert seen.expect("a.5.exr") is None
    assert seen.others("a.1.exr") == []


def test_a_frame_fetched_again_takes_the_place_of_what_it_was():
    seen = Neighbours()
    for number in range(3):
        seen.add("a.%d.exr" % number, 10, 10)
    seen.add("a.7.exr", 5, 5)
    assert seen.others("a.0.exr") == ["a.7.exr"]
    seen.add("a.7.exr", 10, 10)
    assert seen.others("a.0.exr") == []
