# -*- coding: utf-8 -*-
"""Paths of one system, found on another."""
from __future__ import absolute_import, division, print_function, unicode_literals

import pytest

from rayvision_sync import mapping
from rayvision_sync.errors import SettingsError
from rayvision_sync.mapping import Mapping

PAIRS = [["P:/", "/mnt/projects"], ["//nas/show", "/mnt/show"], ["P:\\city\\tex", "/mnt/fast/tex/"], ["R:", "/"]]


@pytest.mark.parametrize("given, here", [
    ("P:/show/images", "/mnt/projects/show/images"),
    ("p:\\show\\images\\", "/mnt/projects/show/images"),
    ("P:/", "/mnt/projects"), ("P:", "/mnt/projects"),
    ("\\\\nas\\show\\a.exr", "/mnt/show/a.exr"), ("//NAS/Show/A.exr", "/mnt/show/A.exr"),
    ("P:/City/TEX/Wall.<UDIM>.exr", "/mnt/fast/tex/Wall.<UDIM>.exr"),
    ("P:/city/texture/a", "/mnt/projects/city/texture/a"),
    ("P:/city/./x/../tex//a", "/mnt/fast/tex/a"),
    ("P:/city/tex/../b", "/mnt/projects/city/b"),
    ("\\\\?\\P:\\a", "/mnt/projects/a"), ("\\\\?\\UNC\\nas\\show\\a", "/mnt/show/a"),
    ("R:/a/b", "/a/b"), ("R:/", "/"),
    ("P:/\u57ce/\xfc b.exr", "/mnt/projects/\u57ce/\xfc b.exr"),
])
def test_a_windows_path_is_found_here(given, here):
    assert Mapping.parse(PAIRS).to_here(given, windows=False) == here


@pytest.mark.parametrize("given", ["//nas/shows/a", "//nas", "Q:/x", "PP:/x", "P:relative", "sourceimages/a.exr", "",
                                   "/mnt/projects/a", "$JOB/a", "/P:/x", "%TEX%\\a"])
def test_what_fits_no_pair_stays_as_it_is(given):
    assert Mapping.parse(PAIRS).to_here(given, windows=False) == given


@pytest.mark.parametrize("given, here", [
    ("/mnt/projects/show/a.exr", "P:/show/a.exr"), ("/mnt/projects", "P:/"), ("/mnt/show//x", "//nas/show/x"),
    ("/mnt/fast/tex/w.exr", "P:/city/tex/w.exr"), ("/home/a", "R:/home/a"), ("D:/x", "D:/x"), ("//nas/y", "//nas/y"),
    ("\\\\nas\\show\\x", "\\\\nas\\show\\x"), ("relative/x", "relative/x")])
def test_the_other_way_round_on_windows(given, here):
    assert Mapping.parse(PAIRS).to_here(given, windows=True) == here


def test_elsewhere_capitals_count():
    found = Mapping.parse([["P:/", "/mnt/projects"]])
    assert found.to_here("/mnt/Projects/a", windows=True) == "/mnt/Projects/a"
    assert found.to_here("/mnt/projects/A", windows=True) == "P:/A"


def test_pairs_may_be_an_object_or_stand_the_other_way_round():
    for value in ({"P:/": "/mnt/p"}, [["/mnt/p", "P:"]], [("P:\\", "/mnt/p/")]):
        assert Mapping.parse(value).to_here("P:/a", windows=False) == "/mnt/p/a"
        assert Mapping.parse(value).to_here("/mnt/p/a", windows=True) == "P:/a"


@pytest.mark.parametrize("value", [None, [], {}, ()])
def test_without_pairs_nothing_changes(value):
    assert Mapping.parse(value).to_here("P:/a", windows=False) == "P:/a"


def test_the_first_of_two_names_of_one_folder_wins():
    found = Mapping.parse([["P:/", "/mnt/p"], ["//nas/p", "/mnt/p"], ["P:/", "/other"]])
    assert found.to_here("/mnt/p/a", windows=True) == "P:/a"
    assert found.to_here("P:/a", windows=False) == "/mnt/p/a"
    assert found.to_here("//nas/p/a", windows=False) == "/mnt/p/a"


@pytest.mark.parametrize("value", [
    "P:/=/mnt", 5, [["P:/"]], [["P:/", "/a", "/b"]], [["P:/", "Q:/"]], [["/a", "/b"]], [["P:/", "relative"]],
    [["P:relative", "/a"]], [["//", "/a"]], [["P:/", None]], [["", ""]], {"P:/": 5}, ["P:/"], {"x": "y"}])
def test_a_wrong_setting_is_one_clear_sentence(value):
    with pytest.raises(SettingsError) as caught:
        Mapping.parse(value)
    assert "path_mapping" in caught.value.message and "/mnt/projects" in caught.value.message
    assert "\n" not in caught.value.message


@pytest.mark.parametrize("path, here, there", [
    ("P:/x", True, False), ("\\\\nas\\x", True, False), ("//nas/x", True, False), ("/mnt/x", False, True),
    ("x/y", False, False), ("", False, False)])
def test_a_path_of_another_system_is_known_as_such(path, here, there):
    assert mapping.is_foreign(path, windows=False) is here
    assert mapping.is_foreign(path, windows=True) is there
