"""A job's own copy of a scene."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os

import pytest
from support_farm import folder, read, tree, write

from rayvision_sync import compat
from rayvision_sync.errors import Cancelled, SettingsError, SourceChanged, SourceMissing
from rayvision_sync.jobs import scene_copy


class Saving(object):
    """A `Cancel` during whose checks an artist saves.

    Args:
        path (str): The scene.
        times (int): How often.
    """

    def __init__(self, path, times):
        self.path, self.left, self.waits = path, times, 0

    def check(self):
        if self.left:
            self.left -= 1
            write(self.path, read(self.path) + b"more")

    def wait(self, seconds):
        self.waits += 1


@pytest.fixture
def scene(tmpdir):
    path = folder(tmpdir, "src/city.ma")
    write(path, b"//Maya ASCII" + b"x" * (3 << 20))
    compat.set_mtime_ns(path, 1700000000123456000)
    return path


@pytest.fixture
def job(tmpdir):
    path = folder(tmpdir, "job")
    compat.make_folder(path)
    return path


def test_a_copy_has_the_bytes_and_the_time_of_the_scene(scene, job):
    copy = scene_copy.take(scene, job, Saving(scene, 0))
    assert copy == os.path.join(job, "city.ma") and read(copy) == read(scene)
    assert compat.same_time(compat.mtime_ns(os.stat(copy)), 1700000000123456000)
    assert tree(job) == ["city.ma"]


def test_a_job_that_goes_on_uses_the_copy_that_it_has(scene, job):
    before = read(scene)
    scene_copy.take(scene, job, Saving(scene, 0))
    write(scene, b"saved meanwhile")
    assert read(scene_copy.take(scene, job, Saving(scene, 0))) == before
    os.remove(scene)
    assert read(scene_copy.take(scene, job, Saving(scene, 0))) == before


def test_a_scene_that_is_saved_meanwhile_is_copied_again(scene, job):
    cancel = Saving(scene, 2)
    assert read(scene_copy.take(scene, job, cancel)) == read(scene)
    assert read(scene).endswith(b"moremore") and 1 <= cancel.waits <= 2


def test_a_scene_that_never_rests_is_a_sentence(scene, job):
    with pytest.raises(SourceChanged) as caught:
        scene_copy.take(scene, job, Saving(scene, 1000))
    assert scene in caught.value.message and "5 times" in caught.value.message and tree(job) == []


def test_a_copy_that_the_host_wrote_is_moved(scene, job, tmpdir):
    written = folder(tmpdir, "written/4711/city.ma")
    write(written, b"unsaved")
    before = read(scene)
    copy = scene_copy.take(scene, job, Saving(scene, 0), written)
    assert read(copy) == b"unsaved" and read(scene) == before
    assert os.listdir(folder(tmpdir, "written")) == []
    assert scene_copy.take(scene, job, Saving(scene, 0), written) == copy
    with pytest.raises(SourceMissing) as caught:
        scene_copy.take(scene, folder(tmpdir), Saving(scene, 0), written)
    assert written in caught.value.message and "submit the scene again" in caught.value.message


def test_what_is_no_scene_is_a_sentence(scene, job):
    with pytest.raises(SourceMissing) as caught:
        scene_copy.take(scene + "x", job, Saving(scene, 0))
    assert "does not exist" in caught.value.message
    with pytest.raises(SettingsError) as caught:
        scene_copy.take(os.path.dirname(scene), job, Saving(scene, 0))
    assert "is a folder" in caught.value.message and tree(job) == []


def test_a_cancel_leaves_nothing(scene, job):
    class Cancel(Saving):
        def check(self):
            raise Cancelled()

    with pytest.raises(Cancelled):
        scene_copy.take(scene, job, Cancel(scene, 0))
    assert tree(job) == []
