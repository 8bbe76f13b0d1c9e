# -*- coding: utf-8 -*-
"""Cutting upload.json: exact parts, raw bytes, all or nothing."""
from __future__ import absolute_import, division, print_function, unicode_literals

import errno
import json
import os
import random
import subprocess
import sys

import pytest

from rayvision_sync import compat
from rayvision_sync.errors import ManifestError
from rayvision_sync.manifest import cut, entries, flat, read_assets, window

from support_manifest import get, listing, load, manifest, pairs, put


@pytest.fixture
def folder(tmpdir):
    return compat.text(str(tmpdir))


@pytest.fixture
def path(folder):
    return os.path.join(folder, "upload.json")


def refused(*arguments):
    with pytest.raises(ManifestError) as caught:
        cut(*arguments)
    return caught.value.message


def assets_of(parts):
    return [pair for part in parts for batch in read_assets(part) for pair in batch]


@pytest.mark.parametrize("count, size, sizes", [
    (4, 2, [2, 2]), (5, 2, [2, 2, 1]), (3, 1, [1, 1, 1]), (2001, 800, [800, 800, 401]),
    (1600, 800, [800, 800]), (321, 107, [107, 107, 107]), (801, 800, [800, 1])])
def test_parts_hold_exactly_so_many_assets_in_order(path, folder, count, size, sizes):
    put(path, manifest(count))
    parts = cut(path, size)
    assert parts == [os.path.join(folder, "upload_%d.json" % number) for number in range(1, len(sizes) + 1)]
    assert [len(load(part)["asset"]) for part in parts] == sizes
    assert assets_of(parts) == pairs(count)
    assert len(listing(folder)) == len(sizes) + 1


@pytest.mark.parametrize("size", [None, 3, 4, 10 ** 30])
def test_one_part_is_the_source_itself(path, folder, size):
    put(path, manifest(3))
    target = os.path.join(folder, "new", "parts")
    assert cut(path, size) == [path]
    assert cut(path, size, target) == [path]
    assert listing(folder) == ["upload.json"]


def test_an_empty_list_is_one_part(path, folder):
    put(path, '{"asset": [ ]}')
    assert cut(path, 1) == [path]
    assert listing(folder) == ["upload.json"]


def test_every_part_is_the_sources_own_bytes(path):
    first = '{ "local":"a\\u00e9é" ,"server":"/a", "n":1.50, "deep": [{"x": "},{"}, []] }'
    second = '{"server": "\\/b", "local": "b"}'
    third = '{"local": "中\U0001F600", "server": "/c"}'
    head, tail = '\n{"é": {"asset": [1]},\t"asset" : [', '\n  ] , "z": "\\u4e2d", "z": 1e2}\n\n'
    put(path, head + " " + first + ",\n" + second + " , " + third + tail)
    assert [get(part).decode("utf-8") for part in cut(path, 1)] == [
        head + " " + first + tail, head + "\n" + second + tail, head + " " + third + tail]
    assert [get(part).decode("utf-8") for part in cut(path, 2)] == [
        head + " " + first + ",\n" + second + tail, head + " " + third + tail]


def test_a_byte_order_mark_is_left_out_of_the_parts(path):
    put(path, b"\xef\xbb\xbf" + manifest(3, a=1).encode("ascii"))
    parts = cut(path, 2)
    assert [get(part)[:1] for part in parts] == [b"{", b"{"]
    assert assets_of(parts) == pairs(3)


@pytest.mark.parametrize("size", [0, -1, -800, True, False, 2.0, 2.5, "800", b"8", [], float("nan")])
def test_a_size_that_is_no_whole_number_from_1_up_is_refused(path, folder, size):
    put(path, manifest(3))
    message = refused(path, size)
    assert message.startswith("The number of assets in a part must be a whole number from 1 up, not ")
    assert message.endswith(". Nothing was written.")
    assert listing(folder) == ["upload.json"]


def test_the_folder_is_created(path, folder):
    put(path, manifest(3))
    target = os.path.join(folder, "é", "parts")
    parts = cut(path, 2, target)
    assert parts == [os.path.join(target, "upload_1.json"), os.path.join(target, "upload_2.json")]
    assert listing(target) == ["upload_1.json", "upload_2.json"]


def test_a_relative_path_gives_absolute_parts(path, folder, monkeypatch):
    put(path, manifest(2))
    monkeypatch.chdir(folder)
    parts = cut("upload.json", 1)
    assert all(os.path.isabs(part) and os.path.isfile(part) for part in parts)


def test_parts_bear_the_name_of_their_source(folder):
    parts = cut(put(os.path.join(folder, "shot é.v2.json"), manifest(2)), 1)
    assert [os.path.basename(part) for part in parts] == ["shot é.v2_1.json", "shot é.v2_2.json"]


def test_parts_of_an_earlier_cut_go(path, folder):
    put(path, manifest(10))
    cut(path, 1)
    kept = ["upload_012.json", "upload_x.json", "upload_99.json", "other_7.json", "upload_5.json.bak"]
    for name in kept:
        put(os.path.join(folder, name), manifest(1) if name != "upload_99.json" else "{}")
    assert len(cut(path, 4)) == 3
    assert listing(folder) == sorted(["upload.json", "upload_1.json", "upload_2.json", "upload_3.json"] + kept)
    assert load(os.path.join(folder, "upload_3.json"))["asset"][-1]["local"] == pairs(10)[-1][0]


@pytest.mark.parametrize("content", ["", "my notes", '{"frames": []}', '{"asset": 1}'])
def test_a_file_that_is_no_upload_list_is_never_overwritten(path, folder, content):
    put(path, manifest(4))
    cut(path, 1)
    before = dict((name, get(os.path.join(folder, name))) for name in listing(folder))
    mine = put(os.path.join(folder, "upload_2.json"), content)
    message = refused(path, 2)
    assert message.startswith(mine + " is in the way and is not an upload list: ")
    before["upload_2.json"] = content.encode("ascii")
    assert dict((name, get(os.path.join(folder, name))) for name in listing(folder)) == before


def test_a_folder_in_the_way_is_kept(path, folder):
    put(path, manifest(4))
    os.mkdir(os.path.join(folder, "upload_2.json"))
    assert "upload_2.json is in the way" in refused(path, 2)
    assert listing(folder) == ["upload.json", "upload_2.json"]


@pytest.mark.skipif(compat.WINDOWS, reason="links need rights there")
def test_the_source_is_not_overwritten_through_a_link(path, folder):
    real = put(os.path.join(folder, "upload_1.json"), manifest(4))
    os.symlink(real, path)
    assert "leads to the file that is being cut" in refused(path, 2)
    assert load(real) == json.loads(manifest(4))
    assert listing(folder) == ["upload.json", "upload_1.json"]


@pytest.mark.parametrize("damage", [
    lambda text: text[:-2], lambda text: text + "x", lambda text: text[:-1] + ', "asset": []}',
    lambda text: text.replace("wall_00070", "wall_\n00070"), lambda text: text.replace('/D/tex/wall_00070.exr', ''),
    lambda text: text.replace("wall_00070", "wall_\\q"), lambda text: text.replace("wall_00070", "\x7f\x1f"),
    lambda text: text[:-1] + ', "z": NaN}'])
def test_bad_input_leaves_everything_as_it_was(path, folder, damage):
    put(path, damage(manifest(75)))
    target = os.path.join(folder, "new", "parts")
    message = refused(path, 10, target)
    assert message.endswith("Nothing was written.")
    assert listing(folder) == ["upload.json"]
    os.makedirs(target)
    put(os.path.join(target, "upload_1.json"), manifest(1))
    assert refused(path, 10, target) == message
    assert listing(target) == ["upload_1.json"]
    assert get(os.path.join(target, "upload_1.json")).decode("ascii") == manifest(1)


def test_bytes_that_are_not_utf8_are_found_inside_usual_entries(path, folder):
    put(path, manifest(300).encode("ascii").replace(b"wall_00200", b"wall_\xff"))
    assert "line 804, column 35: a character is not valid UTF-8" in refused(path, 20)
    assert listing(folder) == ["upload.json"]


def test_a_missing_source_is_clear(path, folder):
    for size in (None, 2):
        assert refused(path, size) == path + " does not exist: check the path. Nothing was written."
    assert "is a folder" in refused(folder, 2)


def test_a_file_where_the_folder_should_be_is_clear(path, folder):
    put(path, manifest(4))
    for target in (path, os.path.join(path, "deeper")):
        message = refused(path, 2, target)
        assert message.startswith("The parts cannot be written into " + target)
    assert listing(folder) == ["upload.json"]


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() == 0, reason="needs a user whom a mode stops")
def test_an_unwritable_folder_is_clear_and_not_needed_for_one_part(path, folder):
    put(path, manifest(4))
    os.chmod(folder, 0o555)
    try:
        assert refused(path, 2).startswith("The parts cannot be written into " + folder)
        assert cut(path, 4) == [path]
    finally:
        os.chmod(folder, 0o755)


def test_a_disk_that_takes_no_more_leaves_nothing(path, folder):
    """A limit on the size of files makes the kernel refuse bytes in mid-part, like a full disk."""
    pytest.importorskip("resource")
    put(path, manifest(5000))
    code = ("import resource, sys; from rayvision_sync import compat, errors, manifest\n"
            "resource.setrlimit(resource.RLIMIT_FSIZE, (100000, 100000))\n"
            "try: manifest.cut(compat.text(sys.argv[1]), 2000, compat.text(sys.argv[2]))\n"
            "except errors.ManifestError as error: print(error.message)")
    target = os.path.join(folder, "new")
    out = subprocess.check_output([sys.executable, "-c", code, path, target]).decode("utf-8")
    assert out.startswith("The parts cannot be written into " + target)
    assert out.strip().endswith("Nothing was written.")
    assert listing(folder) == ["upload.json"]


def test_a_full_disk_is_said(path, folder, monkeypatch):
    put(path, manifest(5))

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")
    monkeypatch.setattr(compat, "replace", full)
    assert refused(path, 2).startswith("No space left in %s: free some" % folder)
    assert listing(folder) == ["upload.json"]


def test_a_move_that_fails_midway_is_taken_back(path, folder, monkeypatch):
    put(path, manifest(6))
    cut(path, 2)
    before = dict((name, get(os.path.join(folder, name))) for name in listing(folder))
    put(path, manifest(9))
    before["upload.json"] = get(path)
    replace = compat.replace

    def fails_once(source, target):
        if os.path.basename(target) == "upload_2.json" and os.path.basename(source) == "2.json":
            monkeypatch.setattr(compat, "replace", replace)
            raise OSError(13, "Permission denied")
        replace(source, target)
    monkeypatch.setattr(compat, "replace", fails_once)
    assert "Permission denied" in refused(path, 3)
    assert dict((name, get(os.path.join(folder, name))) for name in listing(folder)) == before


def test_one_huge_part_and_one_small(path):
    put(path, manifest(9001))
    parts = cut(path, 9000)
    assert [len(load(part)["asset"]) for part in parts] == [9000, 1]
    assert assets_of(parts) == pairs(9001)


def test_cutting_agrees_with_json_on_mixed_entries(path, monkeypatch):
    """Usual entries, odd ones, odd white space and tiny blocks: the parts add up to the source."""
    random.seed(3)
    forms = ['{"local": "%d", "server": "/x"}', '{"local":"%d","server":"/x"}', '{"server": "/x", "local": "%d"}',
             '{\n  "local": "%d",\r\n\t"server": "/x"}', '{"local": "C:\\\\%d", "server": "/é"}',
             '{"local": "%d},{", "server": "/中", "n": [1, {}]}', '{"local": "%d\\"", "server": "/},"}']
    for _ in range(20):
        monkeypatch.setattr(window, "BLOCK", random.choice((16, 300, 5000)))
        monkeypatch.setattr(flat, "_AHEAD", random.choice((0, 100, 2000)))
        monkeypatch.setattr(entries, "_SLICE", random.choice((30, 1000)))
        usual = random.choice((0.0, 0.9, 1.0))
        found = [(forms[0] if random.random() < usual else random.choice(forms)) % number for number in range(400)]
        text = '{"a": 1, "asset": [' + "".join(
            (random.choice((", ", ",\n", " , ", ",")) if number else "") + entry
            for number, entry in enumerate(found)) + ' ], "b": {"é": []}}'
        put(path, text)
        size = random.choice((1, 7, 60, 77, 130, 399))
        parts = [load(part) for part in cut(path, size)]
        assert [len(part["asset"]) for part in parts[:-1]] == [size] * (len(parts) - 1)
        assert sum((part.pop("asset") for part in parts), []) == json.loads(text)["asset"]
        assert parts == [{"a": 1, "b": {"é": []}}] * len(parts)


def test_cutting_refuses_what_json_refuses(path, folder, monkeypatch):
    random.seed(5)
    monkeypatch.setattr(window, "BLOCK", 600)
    monkeypatch.setattr(flat, "_AHEAD", 300)
    seed = manifest(60, a=["x"]).encode("ascii")
    for _ in range(250):
        data = bytearray(seed)
        at = random.randrange(len(data))
        data[at:at + random.choice((0, 1))] = bytearray(
            random.choice([b"", b",", b"}", b"{", b'"', b"\\", b"\n", b"\x01", b"\xc3", b"7", b"\xc3\xa9"]))
        put(path, bytes(data))
        try:
            list(read_assets(path))
        except ManifestError as error:
            assert refused(path, 7) == error.message.replace("uploaded", "written"), data
        else:
            assert assets_of(cut(path, 7)) == assets_of([path]), data
