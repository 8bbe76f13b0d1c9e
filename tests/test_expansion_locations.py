"""Variables, relative paths, URLs and paths of other systems."""
from __future__ import absolute_import, division, print_function, unicode_literals

import pytest
from support_expansion import Disk, Tree, frames, reasons

from rayvision_sync import compat
from rayvision_sync.mapping import Mapping


@pytest.fixture
def tree(tmpdir):
    return Tree(compat.text(tmpdir.mkdir("show").strpath))


def nothing(name, default=None):
    return default


@pytest.mark.parametrize("path", ["$TEX/a.exr", "${TEX}/a.exr", "%TEX%/a.exr", "$TEX\\a.exr", "[TEX]/a.exr",
                                  "$DEEP/a.exr", " \"$TEX/a.exr\" ", "$TEX//a.exr"])
def test_variables_of_the_snapshot_are_put_in(tree, path):
    tree.make("tex/a.exr")
    known = {"TEX": tree.path("tex"), "DEEP": "${TEX}"}
    assert tree.taken(path, variables=known) == ["tex/a.exr"]


def test_the_environment_comes_after_the_snapshot(tree):
    tree.make("tex/a.exr", "other/a.exr")
    found = {"A": tree.path("other"), "B": tree.path("tex")}
    assert tree.taken("$A/a.exr", "$B/a.exr", variables={"A": tree.path("tex")}, environ=found.get) == ["tex/a.exr"]


def test_a_variable_without_a_value_is_named(tree):
    found = tree.expander("$TEX/a.exr", "${A}/%B%/a.exr", "$EMPTY/a.exr", environ=nothing, variables={"EMPTY": ""})
    assert reasons(found) == [
        "$TEX/a.exr is missing: the variable TEX has no value. Set it or correct the path in the scene.",
        "${A}/%B%/a.exr is missing: the variables A, B have no value. Set them or correct the path in the scene.",
        "$EMPTY/a.exr is missing: the variable EMPTY has no value. Set it or correct the path in the scene."]


def test_a_folder_behind_an_empty_variable_is_not_the_whole_disk(tree):
    found = tree.expander({"path": "$CACHE/", "kind": "folder"}, variables={"CACHE": ""}, environ=nothing)
    assert found.pairs == [] and "CACHE" in reasons(found)[0]


def test_signs_of_variables_may_stand_in_a_name(tree):
    tree.make("a$b.exr", "100%wool%.exr", "[x].exr")
    assert tree.taken("a$b.exr", "100%wool%.exr", "[x].exr", environ=nothing) == ["a$b.exr", "100%wool%.exr", "[x].exr"]


def test_variables_that_name_each_other_end(tree):
    found = tree.expander("$A/x.exr", variables={"A": "$B", "B": "$A"}, environ=nothing)
    assert len(found.missing) == 1


def test_frames_are_no_variables(tree):
    tree.make("s/a.0001.exr", "s/a.0001_x.exr")
    known = {"F": "nonsense", "F4": "nonsense"}
    assert tree.taken("s/a.$F4.exr", "s/a.${F4}.exr", variables=known) == ["s/a.0001.exr"]
    assert tree.taken("s/a.$F4_x.exr", environ=nothing) == ["s/a.0001_x.exr"]


def test_the_home_is_put_in(tree):
    tree.make("a.exr")
    assert tree.taken("~/a.exr", variables={"HOME": tree.top}) == ["a.exr"]


def test_relative_paths_stand_in_the_first_folder_that_has_them(tree):
    tree.make("one/b.exr", "two/a.exr", "two/b.exr", "two/s.0001.exr", "two/s.0002.exr", "two/s.0003.exr")
    folders = [tree.path("none"), tree.path("one"), "$SHOW/two"]
    options = {"search": folders, "variables": {"SHOW": tree.top}}
    assert tree.taken("a.exr", "b.exr", "./b.exr", frames("s.####.exr"), **options) == [
        "two/a.exr", "one/b.exr", "two/s.0001.exr", "two/s.0002.exr", "two/s.0003.exr"]


def test_without_folders_the_project_and_the_scene_are_looked_in(tree):
    tree.make("a.exr", "scenes/b.exr")
    assert tree.taken("a.exr", "b.exr") == ["a.exr", "scenes/b.exr"]


@pytest.mark.parametrize("path", ["file://{top}/a b.exr", "file://{top}/a%20b.exr", "file://localhost{top}/a%20b.exr",
                                  "FILE:{top}/a b.exr"])
def test_file_addresses_are_paths(tree, path):
    tree.make("a b.exr")
    assert tree.taken(path.replace("{top}", tree.top)) == ["a b.exr"]


def test_percent_signs_of_an_address_are_utf8(tree):
    tree.make("w\xe4nd.exr")
    assert tree.taken("file://%s/w%%C3%%A4nd.exr" % tree.top) == ["w\xe4nd.exr"]


@pytest.mark.parametrize("path", ["https://host/a.exr", "s3://bucket/a.exr", "op:/obj/geo1", "opdef:/Sop/x?a.jpg"])
def test_other_addresses_are_noted(tree, path):
    found = tree.expander(path)
    assert found.pairs == found.missing == [] and "is not sent" in found.notes[0].reason


def test_slashes_may_be_mixed(tree):
    tree.make("tex/deep/a.exr")
    assert tree.taken("tex\\deep/a.exr", tree.top + "\\tex\\deep\\a.exr") == ["tex/deep/a.exr"]


def test_a_path_of_windows_says_what_to_do_elsewhere(tree):
    found = tree.expander("D:/tex/a.exr", "D:\\tex\\b.<UDIM>.exr", windows=False)
    assert "Map it to a folder of this computer" in reasons(found)[0] and len(found.missing) == 2


def test_a_mapped_path_keeps_the_name_that_the_scene_has(tree):
    tree.make("tex/wall.1001.exr", "tex/wall.1002.exr", "rock.exr", "cache/x/a.vdb", "p.0001.exr", "p.0002.exr",
              "p.0003.exr")
    mapping = Mapping.parse([["P:/", tree.top], ["//nas/show", tree.top]])
    found = tree.expander("P:\\tex\\wall.<UDIM>.exr", "//nas/show/rock.exr", "\\\\NAS\\Show\\rock.exr",
                          {"path": "P:/cache", "kind": "folder"}, frames("p:/p.0002.exr"), mapping=mapping,
                          windows=False)
    assert found.missing == []
    assert found.pairs == [
        (tree.path("tex/wall.1001.exr"), "/P/tex/wall.1001.exr"),
        (tree.path("tex/wall.1002.exr"), "/P/tex/wall.1002.exr"),
        (tree.path("rock.exr"), "/nas/show/rock.exr"), (tree.path("rock.exr"), "/NAS/Show/rock.exr"),
        (tree.path("cache/x/a.vdb"), "/P/cache/x/a.vdb")] + [
            (tree.path("p.000%d.exr" % number), "/p/p.000%d.exr" % number) for number in (1, 2, 3)]


def test_relative_paths_of_a_mapped_project_keep_its_name(tree):
    tree.make("tex/a.exr")
    mapping = Mapping.parse([["P:/", tree.top]])
    found = tree.expander("tex\\a.exr", mapping=mapping, project="P:\\", scene="P:\\scenes\\city.ma", windows=False)
    assert found.pairs == [(tree.path("tex/a.exr"), "/P/tex/a.exr")]


def windows(tree, disk, *files, **more):
    values = {"project": "D:\\show", "scene": "D:\\show\\scenes\\city.max", "output_folder": "D:\\show\\images",
              "windows": True, "folders": disk.folders(), "environ": nothing}
    values.update(more)
    return tree.expander(*files, **values)


def test_drives_and_shares_are_read_by_the_rules_of_windows(tree):
    disk = Disk(["D:/show/maps/a.jpg", "E:/lib/b.jpg", "//nas/tex/c.1001.jpg", "//nas/tex/c.1002.jpg", "D:/root.jpg"])
    found = windows(tree, disk, "d:\\SHOW\\Maps\\A.JPG", "maps\\a.jpg", "E:/lib\\b.jpg", "\\\\nas\\tex\\c.<UDIM>.jpg",
                    "\\\\?\\E:\\lib\\b.jpg", "\\\\?\\UNC\\nas\\tex\\c.1001.jpg", "\\root.jpg", "file:///E:/lib/b.jpg",
                    "file://nas/tex/c.1001.jpg")
    assert found.missing == []
    assert found.pairs == [
        ("d:/SHOW/Maps/A.JPG", "/d/SHOW/Maps/A.JPG"), ("E:/lib/b.jpg", "/E/lib/b.jpg"),
        ("//nas/tex/c.1001.jpg", "/nas/tex/c.1001.jpg"), ("//nas/tex/c.1002.jpg", "/nas/tex/c.1002.jpg"),
        ("D:/root.jpg", "/D/root.jpg")]


def test_variables_of_windows_know_no_case(tree):
    disk = Disk(["D:/tex/a.jpg"])
    assert len(windows(tree, disk, "%tex%\\a.jpg", "$Tex/a.jpg", variables={"TEX": "D:\\tex"}).pairs) == 1


def test_a_path_of_linux_is_mapped_on_windows(tree):
    class Back(object):
        """Linux to Windows."""

        def to_here(self, path):
            """Return what Windows calls it."""
            return path.replace("/mnt/projects", "P:", 1)
    disk = Disk(["P:/show/a.jpg", "P:/city.ma"])
    found = windows(tree, disk, "/mnt/projects/show/a.jpg", mapping=Back(), scene="/mnt/projects/city.ma",
                    project="/mnt/projects")
    assert found.pairs == [("P:/show/a.jpg", "/mnt/projects/show/a.jpg")]


def test_the_root_of_a_drive_is_never_walked(tree):
    disk = Disk(["D:/show/maps/a.jpg", "//nas/tex/c.jpg"])
    for path in ("D:", "D:\\", "//nas", "//nas/tex", "\\", "D:\\show", "d:/SHOW/"):
        found = windows(tree, disk, {"path": path, "kind": "folder"})
        assert found.pairs == [] and len(found.refused) + len(found.missing) == 1, path
    assert len(windows(tree, disk, {"path": "D:\\show\\maps", "kind": "folder"}).pairs) == 1


def test_the_scene_may_be_sent_by_its_copy(tree):
    tree.make("scenes/city.ma", "copy.ma")
    found = tree.expander()
    found.take_scene(tree.path("scenes/city.ma"), tree.path("copy.ma"))
    assert found.pairs == [(tree.path("copy.ma"), tree.path("scenes/city.ma"))]
    assert found.take(tree.snapshot("scenes/city.ma").files[0]) == []
