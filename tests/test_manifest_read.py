# -*- coding: utf-8 -*-
"""Reading upload.json: exact, strict, bounded."""
from __future__ import absolute_import, division, print_function, unicode_literals

import json
import os
import random
import subprocess
import sys

import pytest

from rayvision_sync import compat, paths
from rayvision_sync.errors import ManifestError
from rayvision_sync.manifest import count, read_assets
from rayvision_sync.manifest import entries, window

from support_manifest import manifest, pairs, put
from support_memory import PEAK, needs_peak

GOOD = '{"local": "a", "server": "/a"}'


@pytest.fixture
def path(tmpdir):
    return os.path.join(compat.text(str(tmpdir)), "upload.json")


@pytest.fixture(params=[None, 7, 64])
def block(request, monkeypatch):
    """Read in blocks of the usual size and in tiny ones: every place is a block's end once."""
    if request.param:
        monkeypatch.setattr(window, "BLOCK", request.param)
        monkeypatch.setattr(entries, "_SLICE", request.param)


def read(path, **options):
    return [pair for batch in read_assets(path, **options) for pair in batch]


def error(path, data):
    with pytest.raises(ManifestError) as caught:
        read(put(path, data))
    return caught.value.message


def test_assets_come_in_order_and_in_batches(path):
    put(path, manifest(2500, scene="x"))
    batches = list(read_assets(path))
    assert [len(batch) for batch in batches] == [1000, 1000, 500]
    assert sum(batches, []) == pairs(2500)
    assert count(path) == 2500


def test_an_empty_list_has_no_batch(path):
    assert list(read_assets(put(path, '{"asset": [ ], "a": 1}'))) == []


def test_keys_around_the_list_do_not_matter(path, block):
    data = ('{"x": "\\"asset\\": [", "y": {"asset": [1, {"a": "}]"}]}, "asset": [%s, %s],\n "z": [{}, {"asset": []}]}'
            % (GOOD, GOOD))
    assert read(put(path, data)) == [("a", "/a")] * 2


def test_the_name_asset_may_be_written_with_escapes(path):
    assert read(put(path, '{"\\u0061sset": [%s]}' % GOOD)) == [("a", "/a")]


@pytest.mark.parametrize("entry, pair", [
    ('{"server": "/s", "local": "l"}', ("l", "/s")),
    ('{"local":"l","server":"/s","size":12,"more":{"a":[{"}":"},{"}]}}', ("l", "/s")),
    ('{"local": "C:\\\\t\\"ex\\\\", "server": "/\\u4e2d\\ud83d\\ude00"}', ("C:\\t\"ex\\", "/中\U0001F600")),
    ('{"local": "é中\U0001F600},{", "server": "/é"}', ("é中\U0001F600},{", "/é")),
    ('{"local": "old", "local": "new", "server": "/s"}', ("new", "/s")),
    ('{"local": "l", "server": "/s", "n": %s}' % ("9" * 5000), ("l", "/s")),
    ('{"local": "l", "server": "/s", "n": -0.5e+10}', ("l", "/s")),
    ('{"local": "l", "server": "/\\ud800"}', ("l", "/\ud800")),
    ('{"local": "%s", "server": "/s"}' % ("x" * 100000), ("x" * 100000, "/s")),
])
def test_an_entry_is_read_whatever_its_form(path, block, entry, pair):
    data = '{"asset": [%s, %s, %s,\n%s\n]}' % (GOOD, entry, entry, GOOD)
    assert read(put(path, data)) == [("a", "/a"), pair, pair, ("a", "/a")]


def test_a_byte_order_mark_is_accepted(path):
    assert read(put(path, b"\xef\xbb\xbf" + manifest(3).encode("ascii"))) == pairs(3)


@pytest.mark.parametrize("data, message", [
    ('{"asset": [\n%s,\n  %s %s]}' % (GOOD, GOOD, GOOD), "line 3, column 34: expected ',' or ']'."),
    ('{"asset": [%s,]}' % GOOD, "line 1, column 43: expected a value."),
    ('{"asset": [,]}', "line 1, column 12: expected a value."),
    ('{"asset": [%s' % GOOD, "line 1, column 42: expected ',' or ']', but the file ends."),
    ('{"asset": [%s}' % GOOD, "line 1, column 42: expected ',' or ']'."),
    ('{"asset":', "line 1, column 10: expected '[', but the file ends."),
    ('{"asset": tru', "line 1, column 11: expected '['."),
    ('{"asset": []', "line 1, column 13: expected ',' or '}', but the file ends."),
    ('{"asset": []}\n {', "line 2, column 2: expected the end of the file."),
    ('{"asset": [],}', "line 1, column 14: expected a name in double quotes."),
    ('{"asset": [], "a": NaN}', "line 1, column 20: expected a value."),
    ('{"asset": [], "a": -Infinity}', "line 1, column 20: expected a value."),
    ('{"asset": [], "a": [1 2]}', "line 1, column 23: expected ',' or ']'."),
    ('{"asset": [], "a": 01}', "line 1, column 21: expected ',' or '}'."),
    ('{"asset": [], "a" 1}', "line 1, column 19: expected ':'."),
    ('{"asset": [], \'a\': 1}', "line 1, column 15: expected a name in double quotes."),
    ('{"asset": [{"local": "a", "server": "b", "x": NaN}]}', "line 1, column 47: expected a value."),
    ('{"asset": [{"local": "é\n"}]}',
     "line 1, column 24: a control character in a string, or its closing quote is missing."),
    ('{"asset": [{"local": "D:\\x"}]}',
     "line 1, column 25: a backslash in a string must be written twice (\\\\) or begin an escape."),
    ('{"asset": [{"local": "a}]}', "line 1, column 27: the closing quote of a string is missing."),
    (b'{"asset": [{"local": "\xff"}]}', "line 1, column 23: a character is not valid UTF-8."),
    (b'{"a": "\xc3", "asset": []}', "line 1, column 8: a character is not valid UTF-8."),
    ('{"asset": [%s]}' % ("[" * 5000 + "]" * 5000),
     "line 1, column 212: more than 200 lists and objects inside each other."),
])
def test_broken_json_is_refused_with_its_place(path, block, data, message):
    assert error(path, data) == "%s is not valid JSON: %s Nothing was uploaded." % (path, message)


def test_the_place_counts_characters_and_leaves_the_mark_out(path):
    data = b"\xef\xbb\xbf" + '{"é": "中中",\r\n"中": oops}'.encode("utf-8")
    assert "line 2, column 6: expected a value" in error(path, data)


def test_a_place_far_into_the_file_is_right(path):
    lines = manifest(20000).split("\n")
    lines[61235] = lines[61235].replace(":", ";")
    assert "line 61236, column 20: expected ':'" in error(path, "\n".join(lines))


@pytest.mark.parametrize("data, message", [
    ('', 'is empty: it should be a JSON object with an "asset" list.'),
    (' \n', 'is empty: it should be a JSON object with an "asset" list.'),
    ('[]', 'is not an upload list: it should be a JSON object with an "asset" list.'),
    ('oops', 'is not an upload list: it should be a JSON object with an "asset" list.'),
    ('{}', 'is not an upload list: it has no "asset".'),
    ('{"a": {"asset": []}}', 'is not an upload list: it has no "asset".'),
    ('{"asset": null}', 'is not an upload list: its "asset" is not a list.'),
    ('{"asset": {"local": "a"}}', 'is not an upload list: its "asset" is not a list.'),
    ('{"asset": [], "asset": []}', 'is not an upload list: it has "asset" twice.'),
    (manifest(1).encode("utf-16"), "is UTF-16 or UTF-32 text: save it as UTF-8."),
    (manifest(1).encode("utf-16-be"), "is UTF-16 or UTF-32 text: save it as UTF-8."),
])
def test_what_is_no_upload_list_is_refused(path, data, message):
    assert error(path, data) == "%s %s Nothing was uploaded." % (path, message)


@pytest.mark.parametrize("entry, message", [
    ('{"local": "a"}', 'asset 1502 has no "server".'),
    ('{"server": "/a"}', 'asset 1502 has no "local".'),
    ('{"local": "a", "server": ""}', 'asset 1502 has an empty "server".'),
    ('{"local": "a", "server": 1}', 'asset 1502 has no text as "server".'),
    ('{"local": null, "server": "/a"}', 'asset 1502 has no text as "local".'),
    ('{"local": "a", "server": ["/a"]}', 'asset 1502 has no text as "server".'),
    ('"local"', 'asset 1502 is not an object.'),
    ('12', 'asset 1502 is not an object.'),
    ('[]', 'asset 1502 is not an object.'),
])
def test_an_entry_that_is_no_asset_is_named(path, block, entry, message):
    data = '{"asset": [%s]}' % ", ".join([GOOD] * 1501 + [entry] + [GOOD] * 10)
    assert error(path, data) == '%s is not an upload list: %s Each one looks like %s. Nothing was uploaded.' % (
        path, message, '{"local": "...", "server": "/..."}')


def test_a_missing_file_a_folder_and_a_bad_name_are_clear(path, tmpdir):
    with pytest.raises(ManifestError) as caught:
        count(path)
    assert caught.value.message == path + " does not exist: check the path. Nothing was uploaded."
    with pytest.raises(ManifestError) as caught:
        count(compat.text(str(tmpdir)), ending="")
    assert caught.value.message == compat.text(str(tmpdir)) + " is a folder: give the upload.json itself."


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() == 0, reason="needs a user whom a mode stops")
def test_an_unreadable_file_is_clear(path):
    os.chmod(put(path, manifest(1)), 0)
    with pytest.raises(ManifestError) as caught:
        count(path)
    assert "cannot be read" in caught.value.message


def test_a_big_broken_file_ends_soon(path):
    text = manifest(50000)
    half = len(text) // 2
    for data in (text[:half] + '"' + text[half:],            # quotes inverted from there on
                 text.replace("\n", " ")[:-3] + ',"',        # one line, open string
                 '{"asset": [{"local": "' + "\\\\" * 2000000,
                 '{"asset": [' + '{"local": ' * 150,
                 '{"asset": [' + " " * 5000000 + "x"):
        assert "is not valid JSON: line " in error(path, data)


@needs_peak
def test_memory_does_not_grow_with_the_manifest(path):
    put(path, manifest(200000))
    code = PEAK + ("import sys; from rayvision_sync import manifest\n"
                   "before = peak_mb(); n = manifest.count(sys.argv[1])\n"
                   "manifest.cut(sys.argv[1], 800)\n"
                   "print(n, peak_mb() - before)")
    out = subprocess.check_output([sys.executable, "-c", code, path]).decode("ascii")
    number, megabytes = out.replace("(", "").replace(")", "").replace(",", "").split()
    assert int(number) == 200000
    assert int(megabytes) < 25


def test_reading_agrees_with_json_on_every_mutation(path, monkeypatch):
    """Flip, drop and double bytes of a small manifest: accepted exactly where strict JSON accepts."""
    monkeypatch.setattr(window, "BLOCK", 48)
    random.seed(7)
    seed = ('{"a": [1.5e3, true, {"b": null}], "asset": [%s, {"server": "/é\\\\", "local": "\\u00e9}", "n": {}},\n'
            '{"local": "b", "server": "/b"} ], "c": "d"}' % GOOD).encode("utf-8")
    accepted = 0
    for _ in range(1200):
        data = bytearray(seed)
        for _ in range(random.choice((1, 1, 2))):
            at = random.randrange(len(data))
            data[at:at + random.choice((0, 1))] = bytearray(
                random.choice([b"", b",", b"}", b"]", b"{", b'"', b"\\", b" ", b"\n", b"0", b"e", b"\xc3", b"\x00",
                               b":"]))
        data = bytes(data)
        expected = _oracle(data)
        try:
            found = read(put(path, data))
        except ManifestError:
            found = None
        assert found == (expected and paths.rooted(expected)), data
        accepted += found is not None
    assert accepted > 50


def _oracle(data):
    try:
        document = json.loads(data.decode("utf-8"), object_pairs_hook=list, parse_constant=lambda _: 1 / 0)
    except (ValueError, ZeroDivisionError):
        return None
    if not isinstance(document, list) or [name for name, _ in document if name == "asset"] != ["asset"]:
        return None
    found = []
    for entry in dict(document)["asset"]:
        try:
            entry = dict(entry)
        except (TypeError, ValueError):
            return None
        pair = entry.get("local"), entry.get("server")
        if not all(isinstance(value, compat.text_type) for value in pair) or not pair[1]:
            return None
        found.append(pair)
    return found
