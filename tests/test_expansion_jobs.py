"""What a scene names, as jobs of a real worker find it."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os

import pytest
import support_farm
from support_cli import posix
from support_jobs import Site

from rayvision_sync import compat


@pytest.fixture
def site(home):
    with Site(home) as found:
        yield found


def entry(path, node, **more):
    return dict({"path": path, "node": node, "attribute": "fileTextureName"}, **more)


def test_an_estimate_says_what_is_lacking_and_who_names_it(site):
    top = os.path.join(site.home, "src").replace(os.sep, "/")
    for name in ("wall.1001.exr", "wall.1002.exr", "wall.1004.exr", "plate.0001.exr", "plate.0003.exr", "t.png"):
        support_farm.write(os.path.join(top, name), b"x" * 100)
    support_farm.write(os.path.join(top, "hero.ma"), b'file -r "eye.ma";\nsetAttr ".ftn" -type "string" "t.png";\n')
    path = site.snapshot(project=top, files=[
        entry(top + "/wall.<UDIM>.exr", "file1"), entry("plate.####.exr", "file2", kind="frames"),
        entry("$NOWHERE/a.exr", "file3"), entry("hero.ma", "heroRN")])
    job = site.wait(site.add("estimate", snapshot=path))
    found = compat.parse_json(job.result)
    assert job.state == "done" and (found["files"], found["missing_files"]) == (8, 3), found
    assert [(row["node"], row["attribute"], row["path"]) for row in found["missing"]] == [
        ("file2", "fileTextureName", "plate.####.exr"), ("file3", "fileTextureName", "$NOWHERE/a.exr"),
        ("hero.ma", "line 1", top + "/eye.ma")]
    assert found["missing"][0]["reason"].startswith("Frame 2 of 1-3 is missing")
    assert [row["node"] for row in found["notes"]] == ["file1"] and "Tile 1003" in found["notes"][0]["reason"]


def test_a_scene_that_no_host_had_open_is_read_for_what_it_names(site):
    top = os.path.join(site.home, "src").replace(os.sep, "/")
    for name in ("sourceimages/wall.tx", "lib/hero.tx"):
        support_farm.write(os.path.join(top, name), b"x" * 100)
    scene = os.path.join(top, "scenes", "city.ma")
    support_farm.write(scene, (
        'createNode file -n "file1";\n\tsetAttr ".ftn" -type "string" "sourceimages/wall.tx";\n'
        'createNode file -n "file2";\n\tsetAttr ".ftn" -type "string" "%s/lib/gone.tx";\n'
        'file -rdi 1 -ns "hero" -typ "mayaAscii" "hero.ma";\n' % top).encode("utf-8"))
    support_farm.write(os.path.join(top, "scenes", "hero.ma"), (
        'createNode file -n "file1";\n\tsetAttr ".ftn" -type "string" "%s/lib/hero.tx";\n' % top).encode("utf-8"))
    job = site.wait(site.add("estimate", snapshot=site.snapshot(host="", scene=scene, project=top, files=[])))
    found = compat.parse_json(job.result)
    assert job.state == "done" and found["files"] == 4, found
    assert [(row["node"], row["attribute"], row["path"]) for row in found["missing"]] == [
        ("city.ma", "line 4", top + "/lib/gone.tx")]
    told = site.wait(site.add("estimate", snapshot=site.snapshot(host="maya", scene=scene, project=top, files=[])))
    assert compat.parse_json(told.result)["files"] == 1, "a host has told what its scene names"


@posix
def test_a_link_in_a_folder_that_is_sent_is_worth_a_look(site):
    top = os.path.join(site.home, "assets")
    support_farm.write(os.path.join(top, "a.tx"), b"x" * 100)
    os.symlink(site.home, os.path.join(top, "again"))
    job = site.wait(site.add("estimate", snapshot=site.snapshot(), folders=[top]))
    assert job.state == "done", job.message
    found = compat.parse_json(job.result)
    assert found["files"] == 2 and [row["path"] for row in found["notes"]] == [os.path.join(top, "again")]
    frames = site.snapshot(output_folder=os.path.join(top, "again"))
    job = site.wait(site.add("estimate", snapshot=frames, folders=[top]))
    assert compat.parse_json(job.result)["notes"] == [], "frames may be on another disk"


def test_a_set_of_tiles_gets_to_the_farm(site):
    top = os.path.join(site.home, "src").replace(os.sep, "/")
    names = ["w\xe4nd.1001.exr", "w\xe4nd.1002.exr"]
    for name in names:
        support_farm.write(os.path.join(top, name), b"x" * 100)
    path = site.snapshot(project=top, files=[entry("w\xe4nd.<UDIM>.exr", "file1")])
    job = site.wait(site.add("submit", snapshot=path, watch=False))
    assert job.state == "done", (job, site.log(job.id))
    assert sorted(compat.text(name) for name in site.stored()) == ["city.ma"] + names
