# -*- coding: utf-8 -*-
"""Numbers and names as people read them."""
from __future__ import absolute_import, division, print_function, unicode_literals

import pytest

from rayvision_sync import words


@pytest.mark.parametrize("number, text", [
    (0, "0 bytes"), (1, "1 byte"), (812, "812 bytes"), (999, "999 bytes"), (1000, "1 KB"), (64000, "64 KB"),
    (4200000, "4.2 MB"), (91000000, "91 MB"), (999999999, "1.0 GB"), (14.2e9, "14.2 GB"), (211.8e9, "211.8 GB"),
    (3.25e12, "3.2 TB")])
def test_a_size_has_the_unit_that_fits(number, text):
    assert words.size(number) == text


def test_a_part_is_told_in_the_unit_of_the_whole():
    assert words.part(9.1e9, 14.2e9) == "9.1/14.2 GB"
    assert words.part(300000, 91e6) == "0.3/91 MB"


@pytest.mark.parametrize("seconds, text", [
    (0, "0:00"), (43.4, "0:43"), (123, "2:03"), (3600, "1:00:00"), (3725, "1:02:05")])
def test_time_is_told_as_on_a_clock(seconds, text):
    assert words.clock(seconds) == text


def test_large_numbers_are_grouped():
    assert words.count(48211) == "48 211"
    assert words.plural(1, "file") == "1 file" and words.plural(2, "file") == "2 files"


@pytest.mark.parametrize("value, posix, windows", [
    ("/show/farm", "/show/farm", "/show/farm"), ("C:\\show\\farm", "'C:\\show\\farm'", "C:\\show\\farm"),
    ("D:\\my farm", "'D:\\my farm'", '"D:\\my farm"'), ("/it's $here", "'/it'\"'\"'s $here'", '"/it\'s $here"'),
    ("", "''", '""'), ("a&b", "'a&b'", '"a&b"')])
def test_what_is_typed_in_a_command_has_quotes_where_it_needs_them(value, posix, windows):
    assert words.argument(value, False) == posix
    assert words.argument(value, True) == windows


def test_control_characters_are_spelled_out():
    assert words.printable("a\nb\x1b[2J\x9b1m\x00\u202egnp.exe") == "a\\nb\\x1b[2J\\x9b1m\\x00\\u202egnp.exe"
    assert words.printable("城市 Köln") == "城市 Köln"


def test_half_a_surrogate_pair_is_spelled_out():
    assert words.printable("a\udc80b") == "a\\udc80b"


def test_wide_letters_take_two_columns():
    assert words.columns("城市.tx") == 7
    assert words.columns("e\u0301") == 1


@pytest.mark.parametrize("most", range(1, 40))
def test_a_name_that_is_fitted_is_never_wider(most):
    for name in ("城市霓虹灯颜色贴图_0001.tx", "wall_diffuse_1001_final_v003.exr", "e\u0301" * 30):
        assert words.columns(words.fit(name, most)) <= most
    assert words.fit("a.tx", 40) == "a.tx"


def test_a_name_keeps_both_its_ends():
    short = words.fit("wall_diffuse_1001_final_v003.exr", 20)
    assert short.startswith("wall_") and short.endswith(".exr")


def test_a_bar_is_as_long_as_it_should_be():
    assert words.bar(0.5, 10) == "#####-----"
    assert words.bar(7, 4) == "####" and words.bar(-1, 4) == "----"
