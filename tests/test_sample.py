# -*- coding: utf-8 -*-
from __future__ import absolute_import, division, print_function, unicode_literals

import hashlib
import io
import os
import re
import struct

import pytest
from rayvision_sync import compat, png
from rayvision_sync.demo import pictures, sample
from rayvision_sync.errors import NoSpace, SettingsError


def contents(folder):
    """Return the checksum of every file below a folder, by its name."""
    found = {}
    for parent, _, names in os.walk(compat.fs(folder)):
        for name in names:
            path = os.path.join(parent, name)
            with io.open(path, "rb") as source:
                found[compat.from_fs(os.path.relpath(path, compat.fs(folder))).replace(os.sep, "/")] = \
                    hashlib.md5(source.read()).hexdigest()
    return found


@pytest.fixture(scope="module")
def made(tmpdir_factory):
    return sample.make_project(compat.text(tmpdir_factory.mktemp("sample").join("project").strpath))


def path_of(project, name):
    return os.path.join(project.folder, *name.split("/"))


def read(project, name):
    with io.open(compat.fs(path_of(project, name)), "rb") as source:
        return source.read()


def test_the_project_has_431_files_and_91_megabytes(made):
    found = contents(made.folder)
    assert (made.files, len(found)) == (431, 431)
    assert 90.5e6 < made.bytes < 91.5e6
    assert made.bytes == sum(os.path.getsize(compat.fs(path_of(made, name))) for name in found)


def test_the_same_bytes_are_written_every_time(made, tmpdir):
    again = sample.make_project(compat.text(tmpdir.join("again").strpath))
    assert contents(again.folder) == contents(made.folder)


def test_no_two_textures_are_equal(made):
    checksums = [checksum for name, checksum in contents(made.folder).items() if name.startswith("sourceimages/")]
    assert len(set(checksums)) == len(checksums)


def test_the_scene_names_files_that_exist(made):
    text = read(made, sample.SCENE).decode("utf-8")
    names = re.findall(r'setAttr "\.f(?:tn|n)" -type "string" "([^"]+)"', text)
    assert len(names) == 1 + 1 + 366 + 1
    wanted = [name.replace("<UDIM>", "1012") for name in names]
    assert [name for name in wanted if not os.path.isfile(compat.fs(path_of(made, name)))] == []


def test_pictures_are_real(made):
    width, height, _ = png.decode(read(made, "sourceimages/wall/wall_1012.png"))
    assert (width, height) == (256, 256)
    exr = read(made, "sourceimages/Köln/straße_größe.exr")
    assert struct.unpack(b"<I", exr[:4])[0] == 20000630
    assert read(made, "sourceimages/城市/霓虹灯_颜色.tx")[:4] == b"II*\0"


def test_a_written_exr_has_its_lines_where_the_table_says():
    data = pictures.exr(4, 3, bytes(bytearray(range(36))))
    table = data.index(struct.pack(b"<f", 1.0) + b"\0", data.index(b"screenWindowWidth")) + 5
    offsets = struct.unpack(b"<3Q", data[table:table + 24])
    assert [struct.unpack(b"<iI", data[offset:offset + 8]) for offset in offsets] == [(0, 24), (1, 24), (2, 24)]
    assert len(data) == offsets[-1] + 8 + 24


def test_a_second_call_takes_what_is_there(made, tmpdir):
    scene = compat.fs(made.scene)
    before = os.stat(scene).st_mtime
    frame = os.path.join(made.images, "beauty.0001.png")
    with io.open(compat.fs(frame), "wb") as out:
        out.write(b"a frame that landed")
    try:
        assert sample.make_project(made.folder) == made
    finally:
        os.remove(compat.fs(frame))
    assert os.stat(scene).st_mtime == before


def test_a_folder_of_the_users_own_is_left_alone(tmpdir):
    tmpdir.join("mine.ma").write("work")
    with pytest.raises(SettingsError) as caught:
        sample.make_project(compat.text(tmpdir.strpath))
    assert "not empty" in caught.value.message
    assert [entry.basename for entry in tmpdir.listdir()] == ["mine.ma"]


def test_a_changed_project_is_neither_used_nor_repaired(tmpdir, monkeypatch):
    monkeypatch.setattr(sample, "_CACHE_BYTES", 1000000)
    project = sample.make_project(compat.text(tmpdir.join("project").strpath))
    with io.open(compat.fs(project.scene), "ab") as scene:
        scene.write(b"// mine\n")
    with pytest.raises(SettingsError) as caught:
        sample.make_project(project.folder)
    assert sample.SCENE in caught.value.message
    assert read(project, sample.SCENE).endswith(b"// mine\n")


def test_a_run_that_was_ended_half_way_is_made_again(tmpdir, monkeypatch):
    monkeypatch.setattr(sample, "_CACHE_BYTES", 1000000)
    folder = compat.text(tmpdir.join("project").strpath)

    def stop(noise):
        yield b"Ogawa"
        raise KeyboardInterrupt

    with monkeypatch.context() as changed:
        changed.setattr(sample, "_cache", stop)
        with pytest.raises(KeyboardInterrupt):
            sample.make_project(folder)
    assert sample.make_project(folder).files == 431


def test_a_full_disk_is_said_before_anything_is_written(tmpdir, monkeypatch):
    monkeypatch.setattr(compat, "free_space", lambda folder: 1000000)
    with pytest.raises(NoSpace):
        sample.make_project(compat.text(tmpdir.join("project").strpath))
    assert tmpdir.listdir() == []
