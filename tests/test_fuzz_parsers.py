"""Everything that parses what others wrote gets changed and arbitrary bytes: errors of our tree, nothing else.

benchmarks/fuzz.py gives the same targets a million inputs.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import os
import random

import pytest
import support_fuzz
from support_fuzz_inputs import Place

from rayvision_sync import compat, references
from rayvision_sync.engines.transmitter import line, output
from rayvision_sync.errors import SettingsError
from rayvision_sync.jobs import process, snapshot
from rayvision_sync.jobs.store import Store
from rayvision_sync.record import Record

NAMES = ("manifest", "answers", "tasks", "transmitter", "lines", "settings", "snapshot", "names", "ranges", "frames",
         "references", "farm", "store", "s3 xml", "s3 answers", "s3 bodies", "s3 keys", "s3 downloads",
         "s3 credentials", "s3 options")
_INPUTS = 25


@pytest.fixture
def targets(tmpdir, home):
    return dict((target.name, target) for target in support_fuzz.targets(compat.text(tmpdir.join("fuzz").strpath)))


@pytest.fixture
def place(tmpdir):
    return Place(compat.text(tmpdir.join("inputs").strpath))


@pytest.mark.parametrize("name", NAMES)
def test_changed_inputs_raise_nothing_but_our_errors(targets, name):
    assert sorted(targets) == sorted(NAMES)
    target = targets[name]
    for seed in range(max(3, int(_INPUTS * target.weight))):
        try:
            target.one(random.Random("%s %d" % (name, seed)))
        except Exception:
            print("benchmarks/fuzz.py --target %s --seed %d --inputs 1" % (name, seed))
            raise


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("store", "s3 downloads")])
def test_arbitrary_bytes_raise_nothing_but_our_errors(targets, name):
    hypothesis = pytest.importorskip("hypothesis")
    st = pytest.importorskip("hypothesis.strategies")

    @hypothesis.settings(max_examples=50, deadline=None, database=None, derandomize=True)
    @hypothesis.given(st.one_of(st.binary(max_size=200), st.text(max_size=100).map(lambda text: text.encode("utf-8"))))
    def run(content):
        targets[name].bytes(content)

    run()


# ---------------------------------------------------------------- what was found, each once

def test_json_that_is_nested_too_deeply_is_no_json():
    with pytest.raises(ValueError):
        compat.parse_json("[" * 200000)


def test_an_infinite_number_in_a_snapshot_is_an_error_of_ours():
    with pytest.raises(snapshot.SnapshotError):
        snapshot.make({"scene": "/a.ma", "width": float("inf")})


@pytest.mark.parametrize("pid", ["1e999", "-1", "0", "9" * 40])
def test_a_worker_whose_number_is_none_is_dead(pid):
    worker = compat.dump_json({"pid": 7, "start": "", "host": process.host_name()}).replace("7", pid, 1)
    assert process.is_alive(worker) is False


@pytest.mark.parametrize("content", [b"7", b"true", b"[]", b"\"default\""])
def test_a_transports_json_that_is_no_object_is_an_error_of_ours(place, content):
    wish = line.NO_WISH._replace(automatic_line=False, transports_json=place.put("transports.json", content))
    with pytest.raises(SettingsError) as caught:
        line.choose("input", line.Answers({}, {}, {}), wish)
    assert "names no" in caught.value.message


@pytest.mark.parametrize("make", [Store, Record])
def test_a_database_whose_schema_is_no_text_is_set_aside(place, make):
    path = os.path.join(place.folder, "damaged.sqlite")
    make(path).open().close()
    with open(path, "rb") as source:
        content = source.read()
    # SQLite quotes the statement that it cannot parse.
    place.put("damaged.sqlite", content.replace(b"CREATE TABLE", b"CREATE \xff\xfeBLE"))
    make(path).open().close()
    assert [name for name in os.listdir(place.folder) if "damaged-" in name]


def test_an_error_number_without_end_is_no_number():
    said, = output.Output().feed(b"upload " + b"9" * 6000 + b": MSG file fail (/a), error-\n")
    assert (said.kind, said.path, said.code) == ("failed", "/a", None)


def test_a_name_with_line_breaks_without_end_is_given_up():
    heard = output.Output()
    assert heard.feed(b"upload file begin (" + b"a\n" * 20000) == []
    assert heard.unknown > 300  # Else each line would be read again with all lines before it.


_NAME = "setAttr \".ftn\" -type \"string\" \""

#: (ending, how it begins, what is repeated, how it ends) of files that took the square of their length.
SQUARES = {
    "blanks before a word of an image list": (".ifl", "a", " ", "x"),
    "blanks in a list of folders": (".ocio", "search_path:\n  - a", " ", "x"),
    "a number without end": (".ma", "createNode file;\nsetAttr \".ufe\" yes;\n" + _NAME, "1", "x\";\n"),
    "tiles without end": (".ma", "createNode file;\nsetAttr \".uvt\" 3;\n" + _NAME, ".1001", "x\";\n"),
    "a string that is not closed": (".ma", _NAME, "\\\"", ";\n"),
}


@pytest.mark.parametrize("name", sorted(SQUARES))
def test_a_file_made_to_be_slow_takes_time_by_its_length(place, name):
    ending, head, repeated, tail = SQUARES[name]

    def seconds(count):
        path = place.put("slow" + ending, (head + repeated * (count // len(repeated)) + tail).encode("ascii"))
        began = compat.cpu_seconds()
        list(references.of(path))
        return compat.cpu_seconds() - began

    # The square of 60 000 took twenty seconds and more; by the length it is milliseconds. A machine that stands still
    # may count as work, but not again and again.
    assert any(seconds(60000) < 3 for _ in range(3))


def test_a_line_full_of_failures_takes_time_by_its_length():
    def seconds():
        heard, began = output.Output(), compat.cpu_seconds()
        heard.feed(b"upload 1: " + b"file fail (" * 5500 + b"\n")
        heard.end()
        return compat.cpu_seconds() - began
    assert any(seconds() < 2 for _ in range(3))
