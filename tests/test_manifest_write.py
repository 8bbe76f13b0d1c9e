# -*- coding: utf-8 -*-
"""Writing upload.json, and making it from files and folders."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os
import sys

import pytest

from rayvision_sync import compat
from rayvision_sync.errors import ManifestError, SourceError, SourceMissing
from rayvision_sync.manifest import build, read_assets, write

from support_manifest import get, listing, load, pairs, put

links = pytest.mark.skipif(compat.WINDOWS, reason="links need rights there")


@pytest.fixture
def folder(tmpdir):
    return os.path.realpath(compat.text(str(tmpdir)))


def read(path):
    return [pair for batch in read_assets(path) for pair in batch]


def names(folder, found):
    return [local[len(folder.replace(os.sep, "/")) + 1:] for local, _ in found]


@pytest.mark.parametrize("count", [0, 1, 1000, 2345])
def test_what_is_written_is_read(folder, count):
    path = os.path.join(folder, "upload.json")
    assert write(path, iter(pairs(count))) == count
    assert read(path) == pairs(count)
    assert listing(folder) == ["upload.json"]


def test_every_name_survives(folder):
    path = os.path.join(folder, "upload.json")
    odd = [('C:\\a"b\n\t\x01', "/é中\U0001F600"), ("\udc80", "/$(x)`'{}"), ("", "/")]
    write(path, odd)
    assert read(path) == odd


def test_other_keys_stand_beside_the_assets(folder):
    path = os.path.join(folder, "upload.json")
    write(path, pairs(2), {"scene": {"é": [1, None]}, "b": "x"})
    assert load(path)["scene"] == {"é": [1, None]} and load(path)["b"] == "x"
    assert read(path) == pairs(2)
    with pytest.raises(ManifestError):
        write(path, [], {"asset": []})


def test_a_source_that_fails_leaves_the_old_manifest(folder):
    path = os.path.join(folder, "upload.json")
    write(path, pairs(1))
    before = get(path)

    def broken():
        yield "a", "/a"
        raise SourceMissing("gone")
    with pytest.raises(SourceMissing):
        write(path, broken())
    assert get(path) == before
    assert listing(folder) == ["upload.json"]


def test_an_unwritable_manifest_is_clear(folder):
    put(os.path.join(folder, "file"), b"")
    with pytest.raises(ManifestError) as caught:
        write(os.path.join(folder, "file", "upload.json"), pairs(1))
    assert "upload.json cannot be written" in caught.value.message and "name another one" in caught.value.message
    with pytest.raises(ManifestError) as caught:
        write(folder, pairs(1))
    assert caught.value.message.startswith(folder + " is a folder")
    assert listing(folder) == ["file"]


# ---------------------------------------------------------------- files and folders

def test_the_folder_of_a_manifest_is_made(folder):
    path = os.path.join(folder, "lists", "city", "upload.json")
    assert write(path, [("/a", "/a")]) == 1 and read(path) == [("/a", "/a")]


def test_folders_are_walked_in_order(folder):
    for name in ("b.exr", "a/z.exr", "a/b/c é.exr", "a/.hidden", "c.exr.part", "a/x.part"):
        path = os.path.join(folder, *name.split("/"))
        compat.make_folder(os.path.dirname(path))
        put(path, b"x")
    found = list(build([folder]))
    assert names(folder, found) == ["a/.hidden", "a/b/c é.exr", "a/z.exr", "b.exr"]
    if not compat.WINDOWS:
        assert all(local == server for local, server in found)


def test_files_and_folders_keep_the_order_they_were_given_in(folder):
    for name in ("a", "b", "c"):
        put(os.path.join(folder, name), b"x")
    os.mkdir(os.path.join(folder, "d"))
    put(os.path.join(folder, "d", "e"), b"x")
    given = [os.path.join(folder, name) for name in ("c", "d", "a", "c", os.path.join("d", "e"))]
    assert names(folder, build(given)) == ["c", "d/e", "a"]


def test_a_relative_name_becomes_absolute(folder, monkeypatch):
    put(os.path.join(folder, "a"), b"x")
    monkeypatch.chdir(folder)
    assert names(folder, build(["a"])) == ["a"]
    assert names(folder, build(["."])) == ["a"]


def test_a_missing_name_is_said_before_anything_is_read(folder):
    missing = os.path.join(folder, "gone")
    with pytest.raises(SourceMissing) as caught:
        build([folder, missing])
    assert caught.value.message == missing + " does not exist: check the path."


@links
def test_links_to_folders_are_followed_on_request_only(folder):
    inside = os.path.join(folder, "project")
    os.makedirs(os.path.join(folder, "elsewhere"))
    os.makedirs(inside)
    put(os.path.join(folder, "elsewhere", "a"), b"x")
    os.symlink(os.path.join(folder, "elsewhere"), os.path.join(inside, "linked"))
    os.symlink(inside, os.path.join(inside, "circle"))
    os.symlink(os.path.join(folder, "elsewhere", "a"), os.path.join(inside, "file"))
    os.symlink(os.path.join(folder, "gone"), os.path.join(inside, "broken"))
    left = []
    assert names(inside, build([inside], left_out=left.append)) == ["broken", "file"]
    assert left == [os.path.join(inside, "circle"), os.path.join(inside, "linked")]
    assert names(inside, build([inside], follow=True, left_out=left.append)) == ["broken", "file", "linked/a"]
    assert len(left) == 2
    assert names(inside, build([inside, os.path.join(inside, "linked")])) == ["broken", "file", "linked/a"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems refuse such a name")
@pytest.mark.parametrize("is_folder", [False, True])
def test_a_name_that_is_not_utf8_is_refused(folder, is_folder):
    raw = os.path.join(folder.encode("utf-8"), b"caf\xe9")
    if is_folder:
        os.mkdir(raw)
    else:
        open(raw, "wb").close()
    with pytest.raises(SourceError) as caught:
        list(build([folder]))
    assert "is not valid UTF-8" in caught.value.message


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes")
def test_what_is_no_file_is_left_out(folder):
    os.mkfifo(os.path.join(folder, "pipe"))
    put(os.path.join(folder, "a"), b"x")
    assert names(folder, build([folder])) == ["a"]


@pytest.mark.skipif(compat.WINDOWS, reason="a backslash is a separator there")
def test_a_name_that_no_storage_takes_is_named_and_should_be_renamed(folder):
    put(os.path.join(folder, "back\\slash.tif"), "")
    with pytest.raises(SourceError) as caught:
        list(build([folder]))
    assert "back\\slash.tif" in caught.value.message and "Rename it" in caught.value.message
