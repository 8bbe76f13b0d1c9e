# -*- coding: utf-8 -*-
"""The demo: the whole main job on one machine."""
from __future__ import absolute_import, division, print_function, unicode_literals

import errno
import io
import json
import os
import re
import signal
import socket
import sys

import pytest
from support_cli import CONTROL, finish, folder, one_line, posix, run, start, stop, until
from support_farm import read, tree, write
from support_limits import SOON_S
from support_tree import ROOT, native

from rayvision_sync import compat, png, task_config
from rayvision_sync.demo import check, sample, sheet

sys.path.insert(0, native(ROOT))
import install


#: Small frames, so that the tests are quick.
_SMALL = ("import sys\n"
          "from rayvision_sync.demo import run\n"
          "from rayvision_sync.cli import main\n"
          "run.SIZE = (160, 90)\n"
          "sys.exit(main())\n")


def demo(tmpdir, *more):
    more = more if "--root" in more else ("--root", os.path.join(compat.text(tmpdir.strpath), "demo")) + more
    return run("demo", "--frames", "1-2", *more, script=_SMALL)


def is_listening(port):
    with_socket = socket.socket()
    try:
        return with_socket.connect_ex(("127.0.0.1", port)) != errno.ECONNREFUSED
    finally:
        with_socket.close()


def port_of(root):
    with io.open(os.path.join(root, "farm", "farm.json"), encoding="utf-8") as source:
        return json.load(source)["port"]


def test_the_sample_project_goes_all_the_way(tmpdir, home):
    root = os.path.join(compat.text(tmpdir.strpath), "demo")
    result = run("demo", "--root", root, "--frames", "1-2")
    assert (result.code, result.err) == (0, "")
    assert not CONTROL.search(result.out)
    lines = result.out.splitlines()
    assert re.match(r"Sample project: 431 files, 91 MB, in .*project\Z", lines[0])
    assert lines[1] == "1  manifest    upload.json, 431 assets, cut into 5 parts of 100"
    assert re.match(r"2  upload      431 files, 91 MB in \d+\.\d s \(20 threads\) +ok\Z", lines[2])
    assert lines[3] == "3  submit      task 10000001, frames 1-2"
    assert re.match(r"4  frames      ## 2 of 2 landed in .*images +ok\Z", lines[4])
    assert re.match(r"5  verify      input and frames equal byte for byte on both sides +ok\Z", lines[5])
    assert re.match(r"6  again       nothing to send: 431 files already there \(\d+\.\d s\) +ok\Z", lines[6])
    images = os.path.join(root, "project", "images")
    assert tree(images) == ["city_v042.0001.png", "city_v042.0002.png", "contact_sheet.png"]
    for name in tree(images):
        width, height, _ = png.decode(read(os.path.join(images, name)))
        assert (width, height) == (1920, 1080) or name == "contact_sheet.png" and width <= 2000
    assert not is_listening(port_of(root))
    assert tree(home) == []  # Nothing of the user's own was touched.


@pytest.fixture
def project(tmpdir):
    """A small project with a scene, a name of its own and the artist's pictures in images."""
    made = folder(tmpdir, "my project")
    write("%s/scenes/a b.blend" % made, b"BLENDER")
    write("%s/scenes/backup/a b.blend" % made, b"BLENDER")
    write("%s/tex/城市 $(x) 'y'.tx" % made, b"x" * 5000)
    write("%s/empty.tx" % made, b"")
    write("%s/images/a b.0001.png" % made, b"the artist's own")
    write("%s/images/contact_sheet.png" % made, b"the artist's own, too")
    return made


def test_a_project_of_ones_own_is_left_as_it_is(tmpdir, home, project):
    before = {name: read(os.path.join(project, name)) for name in tree(project)}
    for more in ((), (), ("--root", project + "/demo"), ("--root", project + "/demo")):
        result = demo(tmpdir, "--project", project, *more)
        assert (result.code, result.err) == (0, "")
        assert "4 assets" in result.out and result.out.count("  ok\n") == 4
        assert "a b.blend" in result.out and "backup" not in result.out
        assert "Frames and contact sheet land in " in result.out.partition("1  manifest")[0]
        assert "a b.0001.png is yours and was kept; the frame is beside it: a b_farm.0001.png\n" in result.out
        assert "a farm of yours" in result.out.splitlines()[-1] and "contact_sheet_farm.png" in result.out
    after = {name: read(os.path.join(project, name)) for name in tree(project) if not name.startswith("demo/")}
    assert {name: after[name] for name in before} == before
    assert sorted(set(after) - set(before)) == ["images/a b.0002.png", "images/a b_farm.0001.png",
                                                "images/contact_sheet_farm.png"]


def test_a_project_without_a_scene_is_asked_for_one(tmpdir, home):
    made = folder(tmpdir, "textures")
    write("%s/a.tx" % made, b"x")
    result = demo(tmpdir, "--project", made)
    assert result.code == 1 and "--scene" in one_line(result.err)
    assert demo(tmpdir, "--project", made, "--scene", "none.tx").code == 1
    assert demo(tmpdir, "--project", made, "--scene", "a.tx").code == 0
    result = demo(tmpdir, "--project", made + "/nowhere")
    assert result.code == 1 and "nowhere" in one_line(result.err)


@posix
def test_a_name_that_no_farm_takes_is_named_and_leaves_nothing_behind(tmpdir, home):
    made = folder(tmpdir, "project")
    write("%s/a.ma" % made, b"//Maya ASCII")
    write("%s/tex/wall\\a.tx" % made, b"x")
    result = demo(tmpdir, "--project", made)
    assert result.code == 1
    message = one_line(result.err)
    assert "wall\\a.tx" in message and "ename it" in message
    assert tree(made) == ["a.ma", "tex/wall\\a.tx"] and not os.path.exists(os.path.join(made, "images"))


def test_a_root_of_no_use_is_named(tmpdir, home, project):
    root = os.path.join(compat.text(tmpdir.strpath), "demo")
    write(root, b"a file")
    result = demo(tmpdir, "--project", project)
    assert result.code == 1 and root in one_line(result.err)
    os.remove(root)
    write(os.path.join(root, "farm", "input", "precious"), b"not ours")
    result = demo(tmpdir, "--project", project)
    assert result.code == 1 and "no local farm" in one_line(result.err)
    assert read(os.path.join(root, "farm", "input", "precious")) == b"not ours"


@pytest.mark.skipif(sys.version_info < install.OLDEST, reason="the demo's Python is a newer one")
def test_a_project_without_a_scene_is_said_before_anything_is_prepared(tmpdir, home, capsys, monkeypatch):
    from rayvision_sync_installer import demo as installer, environments
    assert sorted(installer.SCENES) == sorted(task_config.ENDINGS) and installer.IMAGES == sample.IMAGES
    prepared = []

    def stop(*_):
        prepared.append(1)
        raise KeyboardInterrupt()
    monkeypatch.setattr(environments, "private_python", stop)
    top = folder(tmpdir, "empty")
    write(os.path.join(top, "images", "a.ma"), b"")
    write(os.path.join(top, "a.txt"), b"")
    arguments = ["--demo", "--root", os.path.join(folder(tmpdir), "demo"), "--project"]
    for more, said in (([top + "x"], "is no folder"), ([top], "There is no scene in %s" % top),
                       ([top, "--scene", "b.txt"], "does not exist")):
        assert install.main(arguments + more) == 1
        assert said in one_line(capsys.readouterr().err) and not prepared
    assert install.main(arguments + [top, "--scene", "a.txt"]) == 130 and prepared
    assert "nothing runs on" in capsys.readouterr().err
    write(os.path.join(top, "scenes", "a.MA"), b"")
    assert install.main(arguments + [top]) == 130


@posix
def test_ctrl_c_leaves_no_farm_behind(tmpdir, home, project):
    root = os.path.join(compat.text(tmpdir.strpath), "demo")
    process = start("demo", "--root", root, "--frames", "1-5000", "--project", project, script=_SMALL)
    until(process, "3  submit")
    port = port_of(root)
    assert is_listening(port)
    result, seconds = stop(process, signal.SIGINT)
    assert result.code == 130 and result.err == "Cancelled.\n"
    assert "Nothing runs any more." in result.out and (
        "The same command begins anew; all that the demo made itself is in %s." % root) in result.out
    assert seconds < SOON_S
    assert not is_listening(port)
    assert demo(tmpdir, "--project", project).code == 0


@posix
def test_the_farm_may_be_kept_for_a_look(tmpdir, home, project):
    root = os.path.join(compat.text(tmpdir.strpath), "demo")
    process = start("demo", "--root", root, "--frames", "1", "--project", project, "--keep-farm", script=_SMALL)
    until(process, "The farm stays at")
    assert "a b.blend" in run("tasks", "--farm", os.path.join(root, "farm")).out
    second = demo(tmpdir, "--project", project)
    assert second.code == 1 and "runs on" in one_line(second.err)
    process.send_signal(signal.SIGINT)
    assert finish(process).code == 0


def test_the_check_sees_a_single_other_byte(tmpdir):
    a, b = [os.path.join(folder(tmpdir), name) for name in "ab"]
    write(a, b"x" * 3000000)
    write(b, b"x" * 2999999 + b"y")
    assert check.is_same(a, a) and not check.is_same(a, b) and not check.is_same(a, a + ".none")


@pytest.mark.parametrize("count", [1, 2, 5, 12, 13, 31, 130])
def test_a_contact_sheet_shows_any_number_of_frames(tmpdir, count):
    made = folder(tmpdir)
    path = os.path.join(made, "frame.png")
    width = 640 if count == 12 else 96
    write(path, png.encode(width, 54, b"\x40\x80\xc0" * (width * 54), level=1))
    sheet.write(os.path.join(made, "sheet.png"), [sheet.Cell("%04d" % number, path) for number in range(count)],
                "city 城市.ma" * 20, "task 1   " * 30)
    width, height, pixels = png.decode(read(os.path.join(made, "sheet.png")))
    assert width <= sheet.MOST_WIDTH
    assert b"\x40\x80\xc0" * 96 in pixels


@pytest.mark.parametrize("count", [1, 12, 40])
def test_long_names_stay_inside_their_places_on_a_sheet(tmpdir, count):
    made = folder(tmpdir)
    path = os.path.join(made, "city_" + "long_layer_" * 15 + ".0001.png")
    write(path, png.encode(320, 54, b"\x40\x80\xc0" * (320 * 54), level=1))
    sheet.write(os.path.join(made, "sheet.png"), [sheet.Cell("a very long name of a frame " * 20, path)] * count,
                "city", "")
    width, height, pixels = png.decode(read(os.path.join(made, "sheet.png")))
    assert width <= sheet.MOST_WIDTH and len(pixels) == width * height * 3
    paper = bytes(bytearray((24, 26, 30)))
    edge = [pixels[(line * width + width - 10) * 3:(line + 1) * width * 3] for line in range(70, height)]
    assert set(edge) == {paper * 10}  # The margin on the right is empty.
