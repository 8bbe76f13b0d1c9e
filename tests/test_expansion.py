"""From the paths of a snapshot to the files that are there."""
from __future__ import absolute_import, division, print_function, unicode_literals

import errno
import os
import sys

import pytest
from support_expansion import Disk, Tree, frames, reasons

from rayvision_sync import compat
from rayvision_sync.cancel import Cancel
from rayvision_sync.errors import Cancelled, SettingsError
from rayvision_sync.expansion import expand
from rayvision_sync.expansion.folders import Folders


@pytest.fixture
def tree(tmpdir):
    return Tree(compat.text(tmpdir.mkdir("show").strpath))


def test_files_keep_their_order_and_who_names_them(tree):
    tree.make("tex/a.exr", "tex/b.exr")
    found = expand(tree.snapshot(tree.path("tex/b.exr"), tree.path("tex/a.exr"), tree.path("tex/b.exr")))
    assert found.pairs == [(tree.path("tex/b.exr"), tree.path("tex/b.exr")), (tree.path("tex/a.exr"),) * 2]
    assert [owner.node for owner in found.origins[tree.path("tex/b.exr")]] == ["file1", "file3"]
    assert (found.missing, found.refused, found.notes) == ([], [], [])


def test_one_file_by_two_names_counts_once(tree):
    tree.make("tex/a.exr")
    names = [tree.path("tex/a.exr"), tree.path("tex/../tex/./a.exr"), "tex/a.exr", tree.path("tex//a.exr")]
    found = tree.expander(*names)
    assert tree.names(found) == ["tex/a.exr"]
    assert [owner.node for owner in found.origins[tree.path("tex/a.exr")]] == ["file1", "file2", "file3", "file4"]


def test_all_tiles_of_a_set_are_taken(tree):
    tree.make("tex/wall.1001.exr", "tex/wall.1002.exr", "tex/wall.1011.exr", "tex/wall.exr", "tex/wall_b.1001.exr",
              "tex/wall.0001.exr", "tex/wall.1001.exr.bak")
    tiles = ["tex/wall.1001.exr", "tex/wall.1002.exr", "tex/wall.1011.exr"]
    assert tree.taken(tree.path("tex/wall.<UDIM>.exr")) == tiles
    tree.make("tex/rock_u1_v1.tif", "tex/rock_u2_v1.tif")
    assert tree.taken(tree.path("tex/rock_<UVTILE>.tif")) == ["tex/rock_u1_v1.tif", "tex/rock_u2_v1.tif"]
    assert tree.taken("tex/rock_u<U>_v<V>.tif") == ["tex/rock_u1_v1.tif", "tex/rock_u2_v1.tif"]


def test_a_hole_in_a_row_of_tiles_is_a_note_not_an_error(tree):
    tree.make("wall.1001.exr", "wall.1002.exr", "wall.1005.exr", "wall.1011.exr")
    found = tree.expander("wall.<UDIM>.exr")
    assert found.missing == [] and len(found.pairs) == 4
    assert [note.reason for note in found.notes] == [
        "Tiles 1003, 1004 of wall.<UDIM>.exr are not there: nothing is wrong where no object uses them."]


def test_only_frames_of_the_range_are_taken(tree):
    tree.make(*["smoke.%04d.vdb" % number for number in range(1, 21)])
    assert tree.taken(frames("smoke.####.vdb")) == ["smoke.%04d.vdb" % number for number in (1, 2, 3)]
    assert tree.taken(frames("smoke.%04d.vdb", offset=10)) == ["smoke.%04d.vdb" % number for number in (11, 12, 13)]
    given = {"start": 1, "end": 9, "step": 4}
    assert tree.taken(frames("smoke.$F4.vdb"), frames=given) == ["smoke.%04d.vdb" % number for number in (1, 5, 9)]
    given = {"ranges": "2,5-6,10-20[5]"}
    assert tree.taken(frames("smoke.<f>.vdb"), frames=given) == [
        "smoke.%04d.vdb" % number for number in (2, 5, 6, 10, 15, 20)]
    assert len(tree.taken("smoke.####.vdb")) == 20


def test_gaps_are_said_with_the_range(tree):
    present = [number for number in range(1001, 1121) if number != 1003 and not 1007 <= number <= 1010]
    tree.make(*["a.%d.exr" % number for number in present])
    found = tree.expander(frames(tree.path("a.####.exr")), frames={"start": 1001, "end": 1120})
    assert len(found.pairs) == 115
    assert reasons(found) == ["Frames 1003, 1007-1010 of 1001-1120 are missing: %s. Restore them or take it out of the "
                              "scene." % tree.path("a.####.exr")]
    problem = found.missing[0]
    assert problem.source == tree.path("a.####.exr") and found.origins[problem.source][0].node == "file1"


def test_a_sequence_is_taken_though_the_current_frame_is_missing(tree):
    tree.make("plate.1001.exr", "plate.1003.exr")
    found = tree.expander(frames("plate.1002.exr"), frames={"start": 1001, "end": 1003})
    assert tree.names(found) == ["plate.1001.exr", "plate.1003.exr"]
    assert "Frame 1002 of 1001-1003 is missing" in reasons(found)[0]


def test_a_still_named_as_a_sequence_is_taken(tree):
    tree.make("logo.exr")
    assert tree.taken(frames("logo.exr")) == ["logo.exr"]


def test_frames_outside_of_the_range_are_no_excuse(tree):
    tree.make("a.0100.exr")
    found = tree.expander(frames("a.####.exr"))
    assert found.pairs == [] and "Frames 1-3 are missing" in reasons(found)[0]


def test_frames_of_tiles_are_counted_tile_by_tile(tree):
    tree.make("w.1001.0001.exr", "w.1001.0002.exr", "w.1001.0003.exr", "w.1002.0001.exr", "w.1002.0003.exr",
              "w.1002.0004.exr")
    found = tree.expander(frames("w.<UDIM>.####.exr"))
    assert tree.names(found) == ["w.1001.0001.exr", "w.1001.0002.exr", "w.1001.0003.exr", "w.1002.0001.exr",
                                 "w.1002.0003.exr"]
    assert reasons(found)[0].startswith("Frame 2 of 1-3 is missing of tile 1002: w.<UDIM>.####.exr.")


def test_tokens_stand_in_names_of_folders_too(tree):
    tree.make("c/1/a.0001.exr", "c/2/a.0002.exr", "c/2/a.0001.exr", "c/x/a.0003.exr", "d/1001/t.exr", "d/1002/t.exr",
              "d/1003/other.exr")
    assert tree.taken("c/<f>/a.####.exr") == ["c/1/a.0001.exr", "c/2/a.0002.exr"]
    assert tree.taken("d/<UDIM>/t.exr") == ["d/1001/t.exr", "d/1002/t.exr"]


@pytest.mark.parametrize("name", ["a#b.exr", "50%d.exr", "a$F.exr", "a####.exr"])
def test_a_file_that_is_called_like_a_pattern_is_a_file(tree, name):
    tree.make(name, "a1b.exr", "501.exr", "a1.exr", "a0001.exr")
    assert tree.taken(tree.path(name)) == [name]


def test_a_file_called_udim_hides_no_tiles(tree):
    name = "wall.<UDIM>.exr"
    if os.name == "nt":
        pytest.skip("no such name on Windows")
    tree.make(name)
    assert tree.taken(name) == [name]
    tree.make("wall.1001.exr")
    assert tree.taken(name) == ["wall.1001.exr"]


def test_a_token_is_never_sent_as_a_name(tree):
    found = tree.expander(tree.path("tex/wall.<UDIM>.exr"))
    assert found.pairs == []
    assert reasons(found) == ["%s is missing: no file of that pattern is there, nor its folder %s. Restore it or take "
                              "it out of the scene." % (tree.path("tex/wall.<UDIM>.exr"), tree.path("tex"))]


def test_a_token_that_nobody_knows_is_named(tree):
    found = tree.expander("wall.<shape>.exr")
    assert "<shape> is not known here" in reasons(found)[0]


def test_a_missing_file_says_what_to_do(tree):
    tree.make("tex/a.exr")
    found = tree.expander(tree.path("tex/b.exr"), tree.path("gone/b.exr"), {"path": "tex/c.exr", "kind": "optional"})
    assert reasons(found) == [
        "%s is missing. Restore it or take it out of the scene." % tree.path("tex/b.exr"),
        "%s is missing: there is no folder %s. Restore it or take it out of the scene." % (
            tree.path("gone/b.exr"), tree.path("gone"))]


def test_a_missing_file_that_two_nodes_name_is_one_problem(tree):
    found = tree.expander("gone.exr", "gone.exr")
    assert len(found.missing) == 1 and len(found.origins["gone.exr"]) == 2


def test_a_link_without_its_end_is_missing(tree):
    tree.make("a.exr")
    os.symlink(compat.fs(tree.path("a.exr")), compat.fs(tree.path("good.exr")))
    os.symlink(compat.fs(tree.path("none")), compat.fs(tree.path("broken.exr")))
    found = tree.expander("good.exr", "broken.exr")
    assert tree.names(found) == ["good.exr"] and len(found.missing) == 1


@pytest.mark.parametrize("path", [" ", "\"\"", ".", "./", "  . ", "tex", "tex/", "..", "{top}", "{top}/",
                                  "{top}/tex/.."])
def test_an_empty_path_or_a_folder_is_never_the_folders_content(tree, path):
    tree.make("tex/a.exr", "scenes/b.exr")
    found = tree.expander(path.replace("{top}", tree.top))
    assert found.pairs == [] and found.missing == []
    if path.strip(" \""):
        assert "what is in it is not sent" in found.notes[0].reason


def test_a_folder_is_taken_where_a_host_says_so(tree):
    tree.make("cache/a.xuv", "cache/deep/b.ptx", "cache/b.part", "other/c")
    assert sorted(tree.taken({"path": "cache", "kind": "folder"})) == ["cache/a.xuv", "cache/deep/b.ptx"]
    assert sorted(tree.taken({"path": tree.path("cache/"), "kind": "folder"})) == ["cache/a.xuv", "cache/deep/b.ptx"]
    assert tree.taken({"path": "other/c", "kind": "folder"}) == ["other/c"]
    found = tree.expander({"path": "gone", "kind": "folder"})
    assert found.pairs == [] and len(found.missing) == 1


@pytest.mark.parametrize("path", ["{top}", "{top}/scenes", "/", "{top}/..", "~", "//host/share", "."])
def test_a_folder_that_is_the_whole_project_is_refused(tree, path):
    tree.make("tex/a.exr", "scenes/city.ma")
    found = tree.expander({"path": path.replace("{top}", tree.top), "kind": "folder"}, variables={"HOME": tree.top},
                          search=[tree.top])
    assert found.pairs == [] and len(found.refused) + len(found.missing) == 1


def test_a_folder_that_links_lead_round_in_ends(tree):
    tree.make("cache/a")
    os.symlink(compat.fs(tree.path("cache")), compat.fs(tree.path("cache/again")))
    assert tree.taken({"path": "cache", "kind": "folder"}) == ["cache/a"]
    found = tree.expander({"path": "cache", "kind": "folder"})
    assert [note.reason for note in found.notes] == [
        "%s is a link to a folder: what is in it is not sent. Add that folder itself where it is needed."
        % tree.path("cache/again")]
    assert tree.expander({"path": "cache", "kind": "folder"}, output_folder=tree.path("cache/again")).notes == []


def test_the_output_folder_is_no_input(tree):
    tree.make("data/a.exr", "data/images/old.0001.exr", "images/beauty.0001.exr")
    out = tree.path("data/images")
    assert tree.taken({"path": "data", "kind": "folder"}, output_folder=out) == ["data/a.exr"]
    written = {"path": tree.path("images/beauty.$F4.exr"), "node": "/out/mantra1", "attribute": "vm_picture"}
    assert tree.taken(written) == []
    elsewhere = {"path": tree.path("geo/x.$F4.bgeo"), "node": "/obj/cache", "attribute": "sopoutput"}
    assert tree.taken(elsewhere) == []
    tree.make("geo/x.0001.bgeo")
    assert tree.taken(elsewhere) == ["geo/x.0001.bgeo"]


def test_a_texture_that_lies_in_the_output_folder_is_taken(tree):
    tree.make("images/beauty.0001.exr", "images/plate.exr")
    assert tree.taken(tree.path("images/plate.exr"), tree.path("images/beauty.####.exr")) == [
        "images/plate.exr", "images/beauty.0001.exr"]


def test_names_of_any_language_are_found(tree):
    names = ["t\xebx/w\xe4nd.1001.exr", "t\xebx/w\xe4nd.1002.exr", "t\xebx/\u96ea.exr", "t\xebx/\U0001f3a8 b.exr"]
    tree.make(*names)
    assert tree.taken("t\xebx/w\xe4nd.<UDIM>.exr", "t\xebx/\u96ea.exr", "t\xebx/\U0001f3a8 b.exr") == names


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="names are bytes on Linux only")
def test_names_that_are_no_text_are_refused_not_lost(tree):
    tree.make("tex/wall.1001.exr")
    bad = os.path.join(tree.path("tex").encode("utf-8"), b"\xff.1002.exr")
    with open(bad, "wb") as target:
        target.write(b"x")
    found = tree.expander("tex/wall.<UDIM>.exr", {"path": "tex", "kind": "folder"})
    assert tree.names(found) == ["tex/wall.1001.exr"]
    assert len(found.refused) == 1 or str is bytes
    for problem in found.refused:
        problem.source.encode("utf-8") and problem.reason.encode("utf-8")


def test_a_path_that_no_storage_takes_is_a_sentence_that_can_be_written(tree):
    found = tree.expander("tex/\ud83d.exr", "tex/\udcff.<UDIM>.exr")
    for problem in found.missing + found.refused:
        assert found.origins[problem.source][0].node
        if str is not bytes:
            problem.source.encode("utf-8") and problem.reason.encode("utf-8")


def test_one_listing_serves_a_folder_however_many_names_are_asked_for(tree):
    paths = ["/p/tex/a.%d.exr" % number for number in range(1001, 1100)] + ["/p/tex/b.exr"]
    disk = Disk(paths, folds=False)
    scene = {"project": "/p", "scene": "/p/city.ma"}
    found = tree.expander("/p/tex/a.<UDIM>.exr", "/p/tex/b.exr", "tex/gone.exr", "/p/none/a.exr", "/p/none/b.exr",
                          frames("/p/none/c.####.exr"), folders=disk.folders(), **scene)
    assert len(found.pairs) == 100 and len(found.missing) == 4
    assert sorted(disk.listed) == sorted(set(disk.listed))
    assert disk.listed.count("/p/tex") == 1 and disk.listed.count("/p/none") == 1


def test_case_does_not_count_where_the_disk_takes_it_for_one(tree):
    disk = Disk(["/P/Tex/Wall.1001.EXR", "/P/Tex/wall.1002.exr", "/P/Tex/Rock.exr"])
    scene = {"project": "/P", "scene": "/P/city.ma", "folders": disk.folders()}
    found = tree.expander("tex/wall.<udim>.exr", "/P/Tex/ROCK.exr", "/p/tex/rock.EXR", **scene)
    assert [local for local, _ in found.pairs] == ["/P/tex/Wall.1001.EXR", "/P/tex/wall.1002.exr", "/P/Tex/ROCK.exr"]
    strict = Disk(["/P/Tex/Rock.exr"], folds=False)
    assert len(tree.expander("/P/Tex/ROCK.exr", **dict(scene, folders=strict.folders())).missing) == 1


def test_a_folder_that_may_not_be_listed_is_asked_file_by_file(tree):
    def scan(folder):
        raise OSError(errno.EACCES, "Permission denied")

    tree.make("a.exr")
    found = tree.expander("a.exr", "b.<UDIM>.exr", folders=Folders(scan))
    assert tree.names(found) == ["a.exr"]
    assert "cannot be read (Permission denied)" in reasons(found)[0]


def test_names_that_no_disk_takes_are_missing_not_a_crash(tree):
    found = tree.expander("a\0b.exr", "x" * 5000 + ".exr", "y" * 300 + "/a.exr", "a" * 300 + ".####.exr")
    assert found.pairs == [] and len(found.missing) == 3 and len(found.notes) == 1


def test_a_range_that_is_none_is_a_sentence(tree):
    tree.make("a.0001.exr")
    with pytest.raises(SettingsError):
        tree.expander(frames("a.####.exr"), frames={"ranges": "1-"})
    with pytest.raises(SettingsError):
        tree.expander(frames("a.####.exr"), frames={"start": 1, "end": 10 ** 9})


def test_a_run_that_was_cancelled_ends(tree):
    cancel = Cancel()
    cancel.cancel()
    with pytest.raises(Cancelled):
        tree.expander("a.exr", cancel=cancel)
