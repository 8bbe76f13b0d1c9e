"""Names: the two gates, and the way there."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os

import pytest
from support_upload import folder_of, put

from rayvision_sync import compat, paths
from rayvision_sync.errors import NameRefused

REFUSED = [
    "", "/", "a", "a/b", "//a", "/a//b", "/a/", "/.", "/..", "/./a", "/a/.", "/a/..", "/../a", "/a/../b", "/a/./b",
    "D:/a", "/D:/a", "/D:", "/a/c:", "/a/C:x", "/a\\b", "\\a", "\\\\host\\a", "/a\x00b", "/a\nb", "/a\rb", "/a\tb",
    "/\x1b[31m", "/a\x7f", "/a\x85b", "/a/b\x00", "/a\n", "http://host/a",
]

ACCEPTED = [
    "/a", "/a/b", "/D/tex/wall.exr", "/...", "/..a", "/a../b", "/.hidden/a", "/a b", "/ a", "/a ", "/a.", "/100%",
    "/%0A", "/it's", '/a"b', "/$(touch x)", "/`id`", "/;rm -rf", "/a&b", "/a|b", "/*?", "/<a>", "/ab:c", "/nul",
    "/\u4e2d\u6587/\xfc.exr", "/\U0001f600.png", "/e\u0301", "/" + "n" * 255,
    "/" + "/".join("d" * 200 for _ in range(20)),
]


@pytest.mark.parametrize("name", REFUSED)
def test_a_server_name_is_refused(name):
    with pytest.raises(NameRefused) as caught:
        paths.check_server(name)
    shown = caught.value.message
    assert not any(ord(sign) < 32 or 127 <= ord(sign) < 160 for sign in shown), "one printable line"


@pytest.mark.parametrize("name", ACCEPTED)
def test_a_server_name_is_accepted(name):
    assert paths.check_server(name) == name


@pytest.mark.skipif(not compat.SURROGATES, reason="text is UTF-16 here")
def test_half_a_surrogate_pair_is_refused_and_shown():
    with pytest.raises(NameRefused) as caught:
        paths.check_server("/a/\ud800.png")
    caught.value.message.encode("utf-8")
    assert "%D800" in caught.value.message


def test_a_long_refused_name_is_shown_in_part():
    with pytest.raises(NameRefused) as caught:
        paths.check_server("/../" + "x" * 5000)
    assert len(caught.value.message) < 500


@pytest.mark.parametrize("local, server", [
    ("D:/tex/a.exr", "/D/tex/a.exr"),
    ("D:\\tex\\a.exr", "/D/tex/a.exr"),
    ("d:\\a/b\\c", "/d/a/b/c"),
    ("D:\\tex\\..\\a.exr", "/D/a.exr"),
    ("D:/a//b/./c", "/D/a/b/c"),
    ("D:\\..\\..\\a", "/D/a"),
    ("\\\\host\\share\\a.exr", "/host/share/a.exr"),
    ("\\\\host\\share\\..\\..\\..\\a", "/host/share/a"),
    ("\\\\?\\D:\\deep\\a.exr", "/D/deep/a.exr"),
    ("\\\\?\\UNC\\host\\share\\a.exr", "/host/share/a.exr"),
    ("//host/share/a.exr", "/host/share/a.exr"),
    ("D:\\\u4e2d\u6587\\\U0001f600.png", "/D/\u4e2d\u6587/\U0001f600.png"),
])
def test_windows_paths_become_server_names(local, server):
    assert paths.server_path(local) == server
    assert paths.server_path(local, windows=True) == server


@pytest.mark.parametrize("local, server", [
    ("/home/a/x.exr", "/home/a/x.exr"),
    ("/home/../x", "/x"),
    ("/../../x", "/x"),
    ("/a//b/./c/", "/a/b/c"),
    ("/a/two\nlines", "/a/two%0Alines"),
    ("/a/\x1bm\x7f", "/a/%1Bm%7F"),
    ("/a/it's $(touch x) `id` \"b\"", "/a/it's $(touch x) `id` \"b\""),
    (b"/a/\xc3\xbc", "/a/\xfc"),
])
def test_posix_paths_become_server_names(local, server):
    assert paths.server_path(local, windows=False) == server


@pytest.mark.parametrize("local", ["", "a/b", "D:a", "./a", "C", "relative\\a", "/", "/..", "\\"])
def test_a_path_that_is_not_absolute_has_no_server_name(local):
    with pytest.raises(NameRefused):
        paths.server_path(local)


@pytest.mark.parametrize("local", ["/a/b\\c", "/home/C:/x"])
def test_a_posix_name_that_no_storage_takes_is_refused(local):
    with pytest.raises(NameRefused):
        paths.server_path(local, windows=False)


# ---------------------------------------------------------------- landing

OUTSIDE = ["../x", "a/../../x", "/etc/passwd", "//host/x", "C:/x", "C:x", "..", ".", "", "a//b", "a/", "./a", "\\x",
           "a\\..\\x", "\\\\host\\x", "a\x00b", "a\nb", "a/\x1b"]
DEVICES = ["con", "NUL", "nul.exr", "a/PRN.txt", "aux/x", "COM1", "com0.log", "lpt9.x.y", "CONIN$", "con .exr",
           "com\xb9", "LPT\xb2.exr"]


@pytest.mark.parametrize("name", OUTSIDE + DEVICES)
def test_a_name_does_not_land(tmpdir, name):
    for windows in (True, False):
        with pytest.raises(NameRefused):
            paths.land(folder_of(tmpdir), name, windows)
    assert not tmpdir.listdir()


@pytest.mark.parametrize("name", ["a<b", "a>b", "a:b", "beauty:left.exr", 'a"b', "a|b", "a?", "a*", "a.", "a ",
                                  "a./b", "a /b"])
def test_what_windows_cannot_hold_lands_elsewhere_only(tmpdir, name):
    with pytest.raises(NameRefused):
        paths.land(folder_of(tmpdir), name, windows=True)
    if not compat.WINDOWS and ":" not in name[1:2]:
        assert paths.land(folder_of(tmpdir), name, windows=False) == os.path.join(folder_of(tmpdir), name)


@pytest.mark.parametrize("name", ["a.exr", "l_ayer/beauty.0001.exr", "..a", "a..b", "console.txt", "com10", "null",
                                  "\u4e2d\u6587/\U0001f600.png", "$(touch x)", "`id`", "it's"])
def test_a_name_lands_inside(tmpdir, name):
    folder = folder_of(tmpdir)
    assert paths.land(folder, name) == os.path.join(folder, *name.split("/"))


@pytest.mark.skipif(compat.WINDOWS, reason="links need rights there")
def test_links_inside_the_folder_do_not_lead_out(tmpdir):
    folder, outside = folder_of(tmpdir, "renders"), folder_of(tmpdir, "outside")
    for path in (folder, outside, os.path.join(folder, "inner")):
        compat.make_folder(path)
    os.symlink(compat.fs(outside), compat.fs(os.path.join(folder, "link")))
    os.symlink(compat.fs("inner"), compat.fs(os.path.join(folder, "good")))
    with pytest.raises(NameRefused):
        paths.land(folder, "link/a.exr")
    with pytest.raises(NameRefused):
        paths.land(folder, "link/deeper/a.exr")
    assert paths.land(folder, "good/a.exr").startswith(folder)


@pytest.mark.skipif(compat.WINDOWS, reason="links need rights there")
def test_the_folder_itself_may_be_a_link(tmpdir):
    compat.make_folder(folder_of(tmpdir, "disk"))
    os.symlink(compat.fs(folder_of(tmpdir, "disk")), compat.fs(folder_of(tmpdir, "renders")))
    assert paths.land(folder_of(tmpdir, "renders"), "a/b.exr") == folder_of(tmpdir, "renders", "a", "b.exr")


def test_a_sibling_with_the_folders_name_in_front_is_outside(tmpdir):
    put(folder_of(tmpdir, "renders2", "x"))
    with pytest.raises(NameRefused):
        paths.land(folder_of(tmpdir, "renders"), "../renders2/x")


@pytest.mark.skipif(compat.WINDOWS, reason="a POSIX root")
def test_the_root_of_the_disk_may_be_the_folder():
    assert paths.land("/", "renders/a.exr") == "/renders/a.exr"


def test_versions_of_a_frame_stay_a_sequence():
    def name(path, number):
        return paths.versioned(path, number).replace(os.sep, "/")
    assert name("r/beauty.1034.exr", 1) == "r/beauty_farm.1034.exr"
    assert name("r/beauty.1034.exr", 2) == "r/beauty_farm2.1034.exr"
    assert name("beauty", 1) == "beauty_farm"
    assert name("a.b/.hidden", 3) == "a.b/.hidden_farm3"
