"""Lists of files go through several programs; every file is told of once, and truly."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import os
import re

import pytest
from support_transmitter import are_gone, leaping, needs_posix, pids, stand_in  # noqa: F401
from support_tree import native

from rayvision_sync import compat
from rayvision_sync.engines.transmitter import pool as pool_module
from rayvision_sync.engines.transmitter.pool import Pool, lists
from rayvision_sync.errors import (Cancelled, NameRefused, SettingsError, SourceChanged, SourceMissing, StorageError)
from rayvision_sync.model import Item
from rayvision_sync.throttle import Throttle

pytestmark = needs_posix

NAMES = ["plain.ma", "with space.ma", "\"double\" 'single'.ma", "$(touch X).ma", "`touch Y`;touch Z.ma",
         "\u573a\u666f.ma", "two\nlines.ma", "(1) copy (2).ma", "-R.ma", "back\\slash.ma", "x), error-1: y.ma"]


def files(world, number, size=10):
    return [world.item("f%03d.tex" % index, ("%03d" % index).encode("ascii") + b"x" * size) for index in range(number)]


def test_any_name_goes_through_as_itself(stand_in):  # noqa: F811
    world = stand_in()
    items = [world.item(name, name.encode("utf-8"), "/n/%d.ma" % index) for index, name in enumerate(NAMES)]
    assert world.send([items], 1) == dict((name, None) for name in NAMES)
    assert [world.stored(item) for item in items] == [name.encode("utf-8") for name in NAMES]
    assert not os.path.exists(native(os.path.join(os.path.dirname(world.program), "X")))
    assert len(world.runs()) == 1


def test_the_bytes_arrive_and_the_arguments_are_the_contract(stand_in):  # noqa: F811
    world = stand_in()
    items = files(world, 50)
    found = world.send(lists(items, 8), 3)
    assert len(found) == 50 and set(found.values()) == {None}
    assert all(world.stored(item) for item in items)
    runs = world.runs()
    assert len(runs) == 7
    for options in runs:
        assert (options["-T"], options["-S"], options["-U"], options["-R"], options["-K"]) == (
            "upload_json", "20202", "10001", "/", "false")


def test_one_failing_list_neither_stops_nor_hides_behind_the_others(stand_in):  # noqa: F811
    world = stand_in(fail={"f011.tex": [47, "no such storage"]})
    items = files(world, 40)
    found = world.send(lists(items, 10), 2)
    assert [name for name, error in sorted(found.items()) if error] == ["f011.tex"]
    assert "47 (no such storage)" in found["f011.tex"].message
    assert world.stored(items[11]) is None


def test_only_what_is_left_is_sent_again(stand_in):  # noqa: F811
    world = stand_in(interrupt={"f002.tex": [12, "connection lost"], "f004.tex": [12, "x"]}, bad_runs=1)
    found = world.send([files(world, 6)], 1)
    assert set(found.values()) == {None}
    assert [world.names_of_run(0)[2], world.names_of_run(1)] == ["f002.tex", ["f002.tex", "f004.tex"]]
    assert len(world.runs()) == 2


def test_retries_are_bounded(stand_in):  # noqa: F811
    world = stand_in(interrupt={"f001.tex": [12, "connection lost"]})
    found = world.send([files(world, 3)], 1, attempts=4)
    assert isinstance(found["f001.tex"], StorageError) and "error 12" in found["f001.tex"].message
    assert len(world.runs()) == 4


def test_success_with_failed_files_is_no_success(stand_in):  # noqa: F811
    world = stand_in(fail={"f001.tex": [5, "disk"]}, lies=True)
    found = world.send([files(world, 3)], 1)
    assert isinstance(found["f001.tex"], StorageError) and found["f000.tex"] is None


def test_a_file_that_was_never_named_is_not_sent(stand_in):  # noqa: F811
    world = stand_in(silent=["f001.tex"])
    found = world.send([files(world, 3)], 1)
    assert "without a word" in found["f001.tex"].message and found["f002.tex"] is None


def test_a_fatal_exit_is_not_tried_again(stand_in):  # noqa: F811
    world = stand_in(fail={"f000.tex": [5, "refused"]}, exit=255, chatter=["license expired"])
    found = world.send([files(world, 2)], 1)
    assert "error 5 (refused)" in found["f000.tex"].message and found["f001.tex"] is None
    assert len(world.runs()) == 1


def test_a_crash_is_tried_again(stand_in):  # noqa: F811
    world = stand_in(crash_at=2, bad_runs=1)
    found = world.send([files(world, 5)], 1)
    assert set(found.values()) == {None}
    assert world.names_of_run(1) == ["f002.tex", "f003.tex", "f004.tex"]


def test_a_hang_is_ended_and_what_is_left_goes_in_the_next_run(stand_in, tmpdir, monkeypatch):  # noqa: F811
    orphan, hung = [os.path.join(compat.text(tmpdir.strpath), name) for name in ("pids", "hung")]
    leaping(monkeypatch, hung)
    world = stand_in(hang_at=2, bad_runs=1, orphan=orphan, hung=hung)
    found = world.send([files(world, 4)], 1, silence_s=600.0)
    assert set(found.values()) == {None}
    assert world.names_of_run(1) == ["f002.tex", "f003.tex"]
    assert are_gone(orphan)


def test_a_hang_without_end_is_one_sentence(stand_in):  # noqa: F811
    world = stand_in(hang_at=0)
    found = world.send([files(world, 1)], 1, silence_s=0.3, attempts=2)
    assert "said nothing new for 0.3 s" in found["f000.tex"].message
    # Not by its runs: on a busy machine one is over before it has begun.
    assert len([event for event in world.listener if event.kind == "note"]) == 1


def test_a_file_that_vanished_is_missing(stand_in):  # noqa: F811
    world = stand_in()
    items = files(world, 4)
    os.remove(native(items[1].source))
    found = world.send([items[:3], items[3:]], 2)
    assert isinstance(found["f001.tex"], SourceMissing)
    assert [error for error in found.values() if error is not None] == [found["f001.tex"]]
    os.remove(native(items[3].source))
    assert isinstance(world.send([items[3:]], 2)["f003.tex"], SourceMissing)  # Alone: the program exits with 255.


def test_a_file_that_changed_is_not_told_of_as_sent(stand_in):  # noqa: F811
    world = stand_in()
    items = files(world, 2)
    items[1] = items[1]._replace(mtime=items[1].mtime - 10 ** 9)
    found = world.send([items], 1)
    assert isinstance(found["f001.tex"], SourceChanged) and found["f000.tex"] is None


def test_a_name_that_no_list_can_carry_is_refused_and_the_rest_goes(stand_in):  # noqa: F811
    world = stand_in()
    items = files(world, 2) + [Item("relative.ma", "/x.ma", 1, 1), Item("/a/up.ma", "/../up.ma", 1, 1)]
    found = world.send([items], 1)
    assert sorted(name for name, error in found.items() if isinstance(error, NameRefused)) == ["relative.ma", "up.ma"]
    assert found["f001.tex"] is None


def test_one_file_for_two_places_is_sent_to_both(stand_in):  # noqa: F811
    world = stand_in()
    item = world.item("a.ma")
    pool = Pool(world.setup(), world.cancel, 1)
    found = list(pool.run([[item, item._replace(target="/second.ma")]]))
    assert [(one.target, error) for one, _, error in found] == [(item.target, None), ("/second.ma", None)]
    assert world.stored(item) == world.stored(item._replace(target="/second.ma")) == b"bytes"


def test_the_speed_is_shared_and_never_exceeded(stand_in):  # noqa: F811
    world = stand_in()
    world.send(lists(files(world, 12), 3), 4, max_speed_kb=1000)
    assert [int(options["-s"]) for options in world.runs()] == [250] * 4
    world = stand_in()
    world.send([files(world, 2)], 4, max_speed_kb=1000)
    assert [options["-s"] for options in world.runs()] == ["1000"]
    world = stand_in()
    world.send(lists(files(world, 6), 2), 10, max_speed_kb=2)
    assert [options["-s"] for options in world.runs()][:2] == ["1", "1"]
    world = stand_in()
    world.send([files(world, 1)], 3)
    assert [options["-s"] for options in world.runs()] == ["1048576"]


def test_a_big_list_is_cut_where_programs_would_be_idle(stand_in):  # noqa: F811
    world = stand_in()
    items = files(world, 40)
    found = world.send([items], 4, least_weight=1)
    assert set(found.values()) == {None} and len(found) == 40
    sizes = sorted(len(world.names_of_run(number)) for number in range(len(world.runs())))
    assert sum(sizes) == 40 and len(sizes) >= 4 and sizes[-1] <= 20
    # Where pieces would be too small to pay, it stays whole.
    world = stand_in()
    world.send([files(world, 40)], 4, least_weight=1 << 40)
    assert len(world.runs()) == 1


def test_halves_are_about_equal_and_never_empty():
    items = [Item("/%d" % index, "/%d" % index, size, 0) for index, size in enumerate([1 << 30, 1, 1, 1])]
    assert [len(half) for half in pool_module._halves(items)] == [1, 3]
    assert [len(half) for half in pool_module._halves(items[::-1])] == [1, 3]
    assert [len(half) for half in pool_module._halves(items[1:3])] == [1, 1]


def test_a_cancel_ends_all_programs_that_hang(stand_in, tmpdir):  # noqa: F811
    orphan = os.path.join(compat.text(tmpdir.strpath), "pids")
    world = stand_in(hang_at=1, orphan=orphan, stubborn=True)
    pool = Pool(world.setup(silence_s=600.0), world.cancel, 4)
    results = pool.run(lists(files(world, 8), 2))
    assert [next(results)[2] for _ in range(4)] == [None] * 4
    world.cancel.cancel()
    with pytest.raises(Cancelled):
        list(results)
    assert are_gone(orphan) and len(pids(orphan)) == 4


def test_who_stops_listening_ends_the_programs_too(stand_in, tmpdir):  # noqa: F811
    orphan = os.path.join(compat.text(tmpdir.strpath), "pids")
    world = stand_in(hang_at=1, orphan=orphan)
    results = Pool(world.setup(silence_s=600.0), world.cancel, 2).run(lists(files(world, 4), 2))
    next(results)
    results.close()
    assert are_gone(orphan)


def test_a_program_that_cannot_be_started_ends_the_run(stand_in):  # noqa: F811
    world = stand_in()
    os.chmod(native(world.program), 0o600)
    with pytest.raises(SettingsError):
        world.send(lists(files(world, 4), 2))


def test_a_pause_ends_the_program_and_what_is_left_goes_with_the_speed_of_then(stand_in):  # noqa: F811
    world = stand_in(hang_at=2, bad_runs=1)
    throttle = Throttle(500)

    def is_paused():
        if throttle.is_paused and not pool._running:
            throttle.resume()  # The program has ended.
        return throttle.is_paused

    pool = Pool(world.setup(is_paused=is_paused), world.cancel, 2, lambda: throttle.speed_kb)
    found = []
    for result in pool.run([files(world, 5)]):
        found.append(result)
        if len(found) == 2:
            throttle.pause()
            throttle.set_speed(77)
    assert len(found) == 5 and not [error for _, _, error in found if error]
    assert [len(world.names_of_run(run)) for run in (0, 1)] == [5, 3]
    assert [run["-s"] for run in world.runs()] == ["500", "77"]


@pytest.mark.parametrize("number", [0, -1, 257, True, "10"])
def test_a_bad_number_of_programs_is_refused(stand_in, number):  # noqa: F811
    world = stand_in()
    with pytest.raises(SettingsError):
        Pool(world.setup(), world.cancel, number)


def test_progress_hears_of_bytes_and_of_retries(stand_in):  # noqa: F811
    world = stand_in(crash_at=1, bad_runs=1)
    world.send([files(world, 3)], 1)
    notes = [event.note for event in world.listener if event.kind == "note"]
    assert len(notes) == 1 and re.match("2 files are sent again: .*broke off", notes[0])


def test_nothing_to_send_starts_nothing(stand_in):  # noqa: F811
    world = stand_in()
    assert world.send([]) == {} and world.send([[], []]) == {}
    assert world.runs() == []


def test_each_program_has_its_log(stand_in):  # noqa: F811
    world = stand_in()
    world.send(lists(files(world, 4), 2), 2)
    for name in os.listdir(native(world.logs)):
        with io.open(os.path.join(native(world.logs), name), encoding="utf-8") as log:
            assert "all files are success" in log.read()
    assert os.listdir(native(world.logs))


def test_one_failing_file_among_thousands_is_the_one_that_is_told(stand_in):  # noqa: F811
    world = stand_in(quick=True, fail={"f77.tex": [47, "disk"]})
    first = world.item("source.tex")
    found, paths = [], []
    for index in range(6000):
        paths.append(os.path.join(world.local, "f%d.tex" % index))
        os.link(native(first.source), native(paths[-1]))
    items = (first._replace(source=path, target="/n/%s" % os.path.basename(path)) for path in paths)
    setup = world.setup()
    for item, _, error in Pool(setup, world.cancel, 10).run(lists(items, 800)):
        setup.progress.finish("failed" if error else "done", item)
        if error:
            found.append(os.path.basename(item.source))
    assert found == ["f77.tex"] and setup.progress.totals().failed == 1
