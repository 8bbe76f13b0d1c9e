# -*- coding: utf-8 -*-
"""Where frames land, and that nothing of the user's is lost on the way."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os

import pytest
from support_download import TIME, Bench, after_first_block, fails, gives, parts, put, whole
from support_farm import folder, read, tree, write

from rayvision_sync import compat, fetch, landing, paths
from rayvision_sync.errors import Incomplete, LandingError, StorageBusy
from rayvision_sync.fetch import Wanted
from rayvision_sync.landing import Place, choose
from rayvision_sync.model import Stored
from rayvision_sync.record import Landed

STORED = Stored("/1_city/a.0001.png", 100, TIME, None)
ORIGIN = "folder:/farm/1_city/a.0001.png"

posix = pytest.mark.skipif(os.name == "nt", reason="links and permissions are other ones on Windows")


@pytest.fixture
def bench(tmpdir):
    return Bench(folder(tmpdir, "bench"))


def row(path, size=100, mtime=TIME, source_mtime=TIME, source=ORIGIN):
    return Landed(path, size, mtime, source, 100, source_mtime, "crc32:00000000")


def decide(states, rows=(), same=()):
    """Return the `Place` of `STORED` at "/a.png", given what is here and what is recorded."""
    rows = dict((one.path, one) for one in rows)
    return choose("/a.png", ORIGIN, STORED, states.get, rows.get, lambda path: path in same)


# ---------------------------------------------------------------- deciding

def test_a_frame_that_is_not_here_is_fetched():
    assert decide({}) == Place("fetch", "/a.png", None, None)


def test_a_frame_that_landed_is_not_fetched_again():
    assert decide({"/a.png": (100, TIME)}, [row("/a.png")]) == Place("skip", "/a.png", (100, TIME), None)


def test_a_frame_rendered_again_replaces_the_one_that_we_wrote():
    old = row("/a.png", source_mtime=TIME - 10 ** 9)
    assert decide({"/a.png": (100, TIME)}, [old]) == Place("fetch", "/a.png", (100, TIME), None)


def test_a_file_that_the_record_does_not_explain_is_kept():
    assert decide({"/a.png": (7, TIME)}) == Place("fetch", "/a_farm.png", None, "/a.png")


def test_a_landed_frame_that_the_user_changed_is_kept_and_the_same_frame_not_fetched_again():
    changed = {"/a.png": (100, TIME + 10 ** 9)}
    assert decide(changed, [row("/a.png")]) == Place("skip", "/a.png", changed["/a.png"], "/a.png")


def test_a_newer_frame_lands_beside_the_one_that_the_user_changed():
    changed = {"/a.png": (99, TIME)}
    old = row("/a.png", source_mtime=TIME - 10 ** 9)
    assert decide(changed, [old]) == Place("fetch", "/a_farm.png", None, "/a.png")


def test_the_version_beside_is_replaced_by_a_newer_one():
    states = {"/a.png": (7, TIME), "/a_farm.png": (100, TIME)}
    old = row("/a_farm.png", source_mtime=TIME - 10 ** 9)
    assert decide(states, [old]) == Place("fetch", "/a_farm.png", (100, TIME), "/a.png")


def test_a_version_beside_that_the_user_changed_is_kept_too():
    states = {"/a.png": (7, TIME), "/a_farm.png": (8, TIME)}
    assert decide(states) == Place("fetch", "/a_farm2.png", None, "/a.png")


def test_a_file_of_the_same_size_and_time_is_taken_for_the_frame():
    assert decide({"/a.png": (100, TIME)}) == Place("adopt", "/a.png", (100, TIME), None)


def test_two_programs_on_one_record_are_no_conflict():
    # The other one has replaced the frame and not written its row yet.
    old = row("/a.png", mtime=TIME - 10 ** 9, source_mtime=TIME - 10 ** 9)
    assert decide({"/a.png": (100, TIME)}, [old]).verdict == "adopt"


def test_a_file_with_the_same_bytes_is_taken_for_the_frame_whatever_its_time():
    assert decide({"/a.png": (100, 5)}, same=["/a.png"]) == Place("adopt", "/a.png", (100, 5), None)


def test_a_version_beside_with_other_bytes_is_never_taken_for_the_frame():
    states = {"/a.png": (7, TIME), "/a_farm.png": (100, 5)}
    assert decide(states) == Place("fetch", "/a_farm2.png", None, "/a.png")


def test_files_are_not_compared_again_once_the_frame_is_beside():
    asked = []
    states = {"/a.png": (100, 5), "/a_farm.png": (100, TIME)}
    rows = {"/a_farm.png": row("/a_farm.png")}
    place = choose("/a.png", ORIGIN, STORED, states.get, rows.get, asked.append)
    assert place == Place("skip", "/a_farm.png", (100, TIME), "/a.png") and not asked


def test_versions_have_an_end():
    with pytest.raises(LandingError) as error:
        choose("/a.png", ORIGIN, STORED, lambda path: (7, 7), lambda path: None, lambda path: False)
    assert "too many versions" in error.value.message


def test_checksums_decide_where_both_sides_have_one():
    assert landing.is_same_source(row("/a", source_mtime=5), STORED._replace(checksum="crc32:00000000"))
    assert not landing.is_same_source(row("/a"), STORED._replace(checksum="crc32:00000001"))
    assert landing.is_same_source(row("/a"), STORED._replace(checksum="md5:1"))
    assert not landing.is_same_source(row("/a"), STORED._replace(size=101))


def test_unfinished_files_have_a_name_of_their_own_that_every_disk_takes(tmpdir):
    assert landing.part_path("/x/a.png") == "/x/a.png" + landing.PART
    longest = folder(tmpdir, "é" * 125 + ".png")
    assert len(os.path.basename(landing.part_path(longest)).encode("utf-8")) < 255
    assert landing.part_path(longest) != landing.part_path(longest + "g")
    write(landing.part_path(longest), b"")


# ---------------------------------------------------------------- landing

def test_frames_land_whole_with_their_time_and_nothing_beside_them(bench):
    bench.put("1_city/beauty/a.0001.png", b"one" * 1000, TIME)
    bench.put("1_city/empty.png", b"", TIME)
    report = bench.download()
    assert (report.sent, report.skipped, report.failed, report.bytes) == (2, 0, 0, 3000)
    assert bench.here("1_city/beauty/a.0001.png") == b"one" * 1000
    assert bench.here("1_city/empty.png") == b""
    assert bench.names() == ["1_city/beauty/a.0001.png", "1_city/empty.png"]
    assert compat.same_time(compat.mtime_ns(os.stat(compat.fs(bench.path("1_city/empty.png")))), TIME)
    assert bench.download().skipped == 2 and len(bench.storage.fetched) == 2


def test_the_longest_name_that_a_disk_takes_lands(bench):
    name = "f" * 251 + ".png"
    bench.put("1_city/a.png", b"a")
    os.rename(compat.fs(os.path.join(bench.storage.root, "1_city", "a.png")),
              compat.fs(os.path.join(bench.storage.root, "1_city", name)))
    assert bench.download().ok and bench.names() == ["1_city/" + name]


def test_the_users_own_file_is_kept_and_the_frame_lands_beside_it(bench):
    write(bench.path("a.0001.png"), b"painted by hand")
    bench.put("a.0001.png", b"rendered", TIME)
    report = bench.download()
    assert bench.here("a.0001.png") == b"painted by hand"
    assert bench.here("a_farm.0001.png") == b"rendered"
    assert report.ok and report.sent == 1
    assert report.kept == (bench.path("a.0001.png"),) == tuple(bench.said("kept"))


def test_a_changed_frame_is_kept_again_and_again_and_versions_do_not_pile_up(bench):
    bench.put("a.png", b"version 1", TIME)
    bench.download()
    write(bench.path("a.png"), b"corrected by hand")
    assert bench.download().kept == (bench.path("a.png"),)
    for number in range(2, 6):
        bench.put("a.png", b"version %d" % number, TIME + number * 10 ** 9)
        report = bench.download()
        assert report.sent == 1 and report.kept == (bench.path("a.png"),)
        assert bench.download().sent == 0
    assert bench.names() == ["a.png", "a_farm.png"]
    assert bench.here("a.png") == b"corrected by hand" and bench.here("a_farm.png") == b"version 5"
    write(bench.path("a_farm.png"), b"that one corrected, too")
    bench.put("a.png", b"version 6", TIME + 6 * 10 ** 9)
    bench.download()
    assert bench.names() == ["a.png", "a_farm.png", "a_farm2.png"]
    assert bench.here("a_farm.png") == b"that one corrected, too" and bench.here("a_farm2.png") == b"version 6"


def test_a_frame_rendered_again_with_the_same_size_is_fetched(bench):
    bench.put("a.png", b"dark", TIME)
    bench.download()
    bench.put("a.png", b"pale", TIME + 10 ** 9)
    assert bench.download().sent == 1
    assert bench.names() == ["a.png"] and bench.here("a.png") == b"pale"


def test_a_file_with_the_same_bytes_is_adopted_without_being_fetched(bench):
    write(bench.path("a.png"), b"the same")
    bench.put("a.png", b"the same", TIME)
    report = bench.download()
    assert (report.sent, report.skipped, report.kept) == (0, 1, ())
    assert bench.storage.fetched == [] and bench.names() == ["a.png"]
    bench.download()
    assert bench.storage.asked == ["/a.png"]  # Compared once: then it is recorded.


def test_a_file_of_the_same_size_is_compared_once_and_not_in_every_poll(bench):
    write(bench.path("a.png"), b"mine")
    bench.put("a.png", b"farm", TIME)
    for _ in range(3):
        bench.download()
    assert bench.storage.asked == ["/a.png"] and bench.storage.fetched == ["/a.png"]
    assert bench.here("a.png") == b"mine" and bench.here("a_farm.png") == b"farm"


def test_without_the_record_nothing_is_fetched_twice_and_nothing_of_the_users_is_lost(bench):
    for number in range(1, 5):
        bench.put("a.%d.png" % number, b"rendered", TIME)
    bench.download()
    write(bench.path("a.1.png"), b"corrected")
    write(bench.path("a.2.png"), b"replaced")  # As long as what was rendered.
    bench.lose_record()
    report = bench.download()
    assert (report.sent, report.skipped, report.failed) == (2, 2, 0)
    assert bench.here("a.1.png") == b"corrected" and bench.here("a_farm.1.png") == b"rendered"
    assert bench.here("a.2.png") == b"replaced" and bench.here("a_farm.2.png") == b"rendered"
    bench.lose_record()
    report = bench.download()
    assert (report.sent, report.skipped, len(bench.storage.fetched)) == (0, 4, 6)


def test_a_frame_that_was_removed_here_is_fetched_again(bench):
    bench.put("a.png", b"a", TIME)
    bench.download()
    os.remove(compat.fs(bench.path("a.png")))
    assert bench.download().sent == 1 and bench.names() == ["a.png"]


# ---------------------------------------------------------------- while it is fetched

def test_a_frame_replaced_on_the_farm_in_mid_read_lands_in_its_new_version(bench):
    bench.put("a.png", b"old" * 100, TIME)
    bench.storage.faults["/a.png"] = [after_first_block(lambda: bench.put("a.png", b"new" * 100, TIME + 10 ** 9))]
    report = bench.download()
    assert report.ok and report.sent == 1 and len(bench.storage.fetched) == 2
    assert bench.here("a.png") == b"new" * 100 and bench.names() == ["a.png"]


def test_a_frame_written_over_in_place_in_mid_read_is_never_torn(bench):
    bench.put("a.png", b"old" * 100, TIME)

    def write_over():
        with open(compat.fs(os.path.join(bench.storage.root, "a.png")), "r+b") as target:
            target.write(b"new" * 100)
    seen = []

    def fetch(engine, stored, sink):
        seen.append(os.path.lexists(compat.fs(bench.path("a.png"))))
        whole(engine, stored, sink)
    bench.storage.faults["/a.png"] = [after_first_block(write_over), fetch]
    assert bench.download().ok
    assert seen == [False] and bench.here("a.png") == b"new" * 100


def test_a_frame_that_never_comes_to_rest_fails_and_leaves_nothing(bench):
    bench.put("a.png", b"0", TIME)

    def again():
        bench.put("a.png", b"0", TIME + len(bench.storage.fetched) * 10 ** 9)
    bench.storage.faults["/a.png"] = [after_first_block(again) for _ in range(9)]
    report = bench.download()
    assert (report.sent, report.failed) == (0, 1) and bench.names() == []
    assert "rendered again while it was fetched" in report.problems[0].reason
    assert len(bench.storage.fetched) == 3


def test_a_file_that_the_user_saves_while_the_frame_is_fetched_is_kept(bench):
    bench.put("a.png", b"rendered" * 10, TIME)
    bench.storage.faults["/a.png"] = [after_first_block(lambda: write(bench.path("a.png"), b"saved meanwhile"))]
    report = bench.download()
    assert report.ok and report.kept == (bench.path("a.png"),)
    assert bench.here("a.png") == b"saved meanwhile" and bench.here("a_farm.png") == b"rendered" * 10
    assert bench.names() == ["a.png", "a_farm.png"]


def test_a_landed_frame_that_the_user_saves_while_its_next_version_is_fetched_is_kept(bench):
    bench.put("a.png", b"version 1", TIME)
    bench.download()
    bench.put("a.png", b"version 2", TIME + 10 ** 9)
    bench.storage.faults["/a.png"] = [after_first_block(lambda: write(bench.path("a.png"), b"corrected"))]
    assert bench.download().kept == (bench.path("a.png"),)
    assert bench.here("a.png") == b"corrected" and bench.here("a_farm.png") == b"version 2"


@pytest.mark.parametrize("content", [b"", b"short", b"much longer than it was promised"])
def test_too_few_and_too_many_bytes_are_fetched_again_and_never_land(bench, content):
    bench.put("a.png", b"twelve bytes", TIME)
    seen = []

    def look(engine, stored, sink):
        seen.extend(name for name in bench.names() if not name.endswith(landing.PART))
        whole(engine, stored, sink)
    bench.storage.faults["/a.png"] = [gives(content), look]
    report = bench.download()
    assert report.ok and not seen and len(bench.storage.fetched) == 2
    assert bench.names() == ["a.png"] and bench.here("a.png") == b"twelve bytes"


def test_a_storage_that_never_stops_sending_does_not_fill_the_disk(bench):
    bench.put("a.png", b"twelve bytes", TIME)
    written = []

    def flood(engine, stored, sink):
        while True:
            sink.write(b"x" * 12)
            written.append(12)
    bench.storage.faults["/a.png"] = [flood]
    report = bench.download(attempts=1)
    assert report.failed == 1 and len(written) == 1 and bench.names() == []
    assert "more than its 12 bytes" in report.problems[0].reason


def test_other_bytes_than_the_storage_vouches_for_are_not_kept(bench):
    bench.put("a.png", b"rendered", TIME)
    stored = next(bench.storage.list("/"))._replace(checksum="crc32:12345678")
    report = bench.download([Wanted(stored, bench.folder, "a.png")], attempts=1)
    assert report.failed == 1 and "other bytes" in report.problems[0].reason and bench.names() == []


@pytest.mark.parametrize("error", [StorageBusy("The storage failed."), Incomplete("It was cut.")])
def test_a_cut_transfer_is_tried_again(bench, error):
    bench.put("a.png", b"rendered", TIME)
    bench.storage.faults["/a.png"] = [fails(error)]
    assert bench.download().ok and bench.here("a.png") == b"rendered"


def test_a_transfer_that_fails_for_good_leaves_nothing_and_says_why(bench):
    bench.put("a.png", b"rendered", TIME)
    bench.put("b.png", b"rendered, too", TIME)
    bench.storage.faults["/a.png"] = [fails(StorageBusy("The storage failed.")), fails(ValueError("a defect"))]
    report = bench.download(attempts=1)
    assert (report.sent, report.failed) == (1, 1) and bench.names() == ["b.png"]
    assert bench.said("failed") == ["The storage failed."]
    report = bench.download(attempts=1)
    assert "unforeseen" in report.problems[0].reason and bench.names() == ["b.png"]
    assert bench.download().ok


# ---------------------------------------------------------------- hostile names

HOSTILE = ["../x.png", "../../x.png", "/etc/x.png", "C:/x.png", "c:x.png", "a//b.png", "a/../../x.png", "./x.png", "",
           ".", "..", "a/", "a\x00.png", "a\nb.png", "a\x1b[2J.png", "a\\..\\..\\x.png", "NUL", "con.png", "a/COM1.exr",
           "lpt9", "x.png" + landing.PART]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_refused_and_nothing_is_written(bench, tmpdir, name):
    bench.put("real.png", b"rendered", TIME)
    before = tree(compat.text(tmpdir.strpath))
    stored = next(bench.storage.list("/"))
    report = bench.download([Wanted(stored._replace(name="/" + name), bench.folder, name)])
    assert (report.sent, report.failed) == (0, 1) and report.problems[0].kind == "refused"
    assert "was refused" in report.problems[0].reason and "\n" not in report.problems[0].reason
    assert [name for name in tree(compat.text(tmpdir.strpath)) if "record.sqlite" not in name] == before
    assert bench.storage.fetched == []


@pytest.mark.parametrize("name", ["it's.png", 'say "cheese".png', "$(touch x).png", "`touch x`.png", "a b;c&d|e.png",
                                  "城市/夜景.0001.png", "-rf.png", "%s%n.png", "\U0001F600.png", "100%.png"])
@posix
def test_names_that_only_look_strange_land_as_they_are(bench, name):
    bench.put(name, b"rendered", TIME)
    assert bench.download().ok
    assert bench.names() == [name] and bench.here(name) == b"rendered"


@posix
def test_a_line_break_in_a_name_is_refused_and_the_others_land(bench):
    bench.put("a\nb.png", b"rendered", TIME)
    bench.put("c.png", b"rendered", TIME)
    report = bench.download()
    assert (report.sent, report.failed) == (1, 1) and bench.names() == ["c.png"]


@posix
def test_a_linked_folder_that_leads_out_is_refused(bench, tmpdir):
    outside = folder(tmpdir, "outside")
    write(os.path.join(outside, "kept.png"), b"kept")
    compat.make_folder(bench.folder)
    os.symlink(outside, compat.fs(bench.path("1_city")))
    bench.put("1_city/a.png", b"rendered")
    bench.put("1_city/below/a.png", b"rendered")
    report = bench.download()
    assert (report.sent, report.failed) == (0, 2) and "leads out of it" in report.problems[0].reason
    assert tree(outside) == ["kept.png"]


@posix
def test_a_linked_frame_is_the_users_own_and_what_it_leads_to_is_not_written(bench, tmpdir):
    outside = folder(tmpdir, "outside.png")
    write(outside, b"kept")
    compat.make_folder(bench.folder)
    os.symlink(outside, compat.fs(bench.path("a.png")))
    os.symlink(folder(tmpdir, "nowhere.png"), compat.fs(bench.path("b.png")))
    bench.put("a.png", b"rendered", TIME)
    bench.put("b.png", b"rendered", TIME)
    report = bench.download()
    assert report.ok and sorted(report.kept) == [bench.path("a.png"), bench.path("b.png")]
    assert read(outside) == b"kept" and not os.path.lexists(folder(tmpdir, "nowhere.png"))
    assert bench.here("a_farm.png") == bench.here("b_farm.png") == b"rendered"


@posix
def test_a_link_under_the_name_of_an_unfinished_file_is_not_followed(bench, tmpdir):
    outside = folder(tmpdir, "outside.png")
    write(outside, b"kept")
    compat.make_folder(bench.folder)
    os.symlink(outside, compat.fs(landing.part_path(bench.path("a.png"))))
    bench.put("a.png", b"rendered", TIME)
    assert bench.download().ok and bench.names() == ["a.png"]
    assert read(outside) == b"kept" and bench.here("a.png") == b"rendered"


@posix
def test_a_linked_download_folder_is_fine(bench, tmpdir):
    real = folder(tmpdir, "real")
    os.mkdir(real)
    bench.put("1_city/a.png", b"rendered")
    os.symlink(real, compat.fs(bench.folder))
    assert bench.download().ok and tree(real) == ["1_city/a.png"]


# ---------------------------------------------------------------- the local disk refuses

def test_a_file_where_the_download_folder_should_be_is_said(bench):
    write(bench.folder, b"a file")
    bench.put("a.png", b"rendered")
    report = bench.download()
    assert report.failed == 1 and "cannot be written" in report.problems[0].reason
    assert read(bench.folder) == b"a file"


def test_a_folder_that_cannot_be_made_is_said_at_once_also_on_a_full_disk(bench):
    write(bench.folder, b"a file")
    bench.put("a.png", b"rendered")
    report = bench.download(free=lambda folder: 0, patience_s=None)
    assert report.failed == 1 and "cannot be written" in report.problems[0].reason


def test_a_folder_under_a_frames_name_is_said_and_the_others_land(bench):
    compat.make_folder(bench.path("a.png"))
    bench.put("a.png", b"rendered")
    bench.put("b.png", b"rendered")
    report = bench.download()
    assert (report.sent, report.failed) == (1, 1) and "is a folder" in report.problems[0].reason
    assert "is a folder" in bench.said("failed")[0]


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_said(bench):
    compat.make_folder(bench.folder)
    os.chmod(compat.fs(bench.folder), 0o500)
    bench.put("a.png", b"rendered")
    try:
        report = bench.download()
    finally:
        os.chmod(compat.fs(bench.folder), 0o700)
    assert report.failed == 1 and "Check who may write there" in report.problems[0].reason


def test_a_time_that_no_disk_can_hold_is_left_out(bench):
    bench.put("a.png", b"rendered", TIME)
    stored = next(bench.storage.list("/"))._replace(mtime=1 << 80)
    bench.storage.ask = lambda names: {"/a.png": stored}
    assert bench.download([Wanted(stored, bench.folder, "a.png")]).sent == 1
    assert bench.here("a.png") == b"rendered"


# ---------------------------------------------------------------- what is left behind

def test_unfinished_files_of_a_killed_program_are_reused_or_removed(bench):
    bench.put("a.png", b"rendered", TIME)
    bench.put("b.png", b"rendered", TIME)
    bench.download()
    os.remove(compat.fs(bench.path("a.png")))
    for name in ("a.png", "b.png", "gone.png"):
        write(landing.part_path(bench.path(name)), b"half of something, and longer than it")
    write(bench.path("theirs.part"), b"a browser's")
    assert bench.download().sent == 1
    assert bench.names() == ["a.png", "b.png", "theirs.part"] and bench.here("a.png") == b"rendered"


def test_an_unfinished_file_that_another_program_writes_is_left_alone(bench):
    bench.put("a.png", b"rendered", TIME)
    part = landing.part_path(bench.path("other.png"))
    write(part, b"half")
    with open(compat.fs(part), "ab") as other:
        assert compat.lock_file(other.fileno())
        bench.download()
        assert bench.names() == ["a.png", os.path.basename(part)]
    bench.download()
    assert bench.names() == ["a.png"] and not parts(bench.folder)


def test_a_frame_that_another_program_lands_is_waited_for(bench):
    bench.put("a.png", b"rendered", TIME)
    part = landing.part_path(bench.path("a.png"))
    write(part, b"half")
    other = open(compat.fs(part), "ab")
    assert compat.lock_file(other.fileno())

    def land(names):
        # Asked when it is decided again, after it was found to be busy.
        if not other.closed:
            put(bench.path("a.png"), b"rendered", TIME)
            other.close()
        return bench.storage.engine.ask(names)
    bench.storage.ask = land
    report = bench.download()
    assert report.ok and (report.sent, report.skipped) == (0, 1)
    assert bench.storage.fetched == [] and bench.names() == ["a.png"]


def test_a_program_that_hangs_in_a_frame_is_not_waited_for_without_end(bench, monkeypatch):
    monkeypatch.setattr(fetch, "_BUSY_S", 0.3)
    bench.put("a.png", b"rendered", TIME)
    bench.put("b.png", b"rendered", TIME)
    part = landing.part_path(bench.path("a.png"))
    write(part, b"half")
    with open(compat.fs(part), "ab") as other:
        assert compat.lock_file(other.fileno())
        report = bench.download()
        assert (report.sent, report.failed) == (1, 1) and read(part) == b"half"
    assert "another program" in report.problems[0].reason and bench.said("failed") == [report.problems[0].reason]
    assert bench.download().sent == 1


def test_versioned_names_are_a_sequence_of_their_own():
    assert paths.versioned("/x/a.0001.exr", 1) == "/x/a_farm.0001.exr"
    assert paths.versioned("/x/a.0001.exr", 2) == "/x/a_farm2.0001.exr"
