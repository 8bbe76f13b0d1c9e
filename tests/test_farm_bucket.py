# coding: utf-8
"""The local farm whose files are behind an engine. A folder stands in for the bucket here: the way is the same."""
from __future__ import absolute_import, division, print_function, unicode_literals

import json
import os
import sys

import pytest
from support_farm import Farm, folder, read, script, task_json, tree, write

from rayvision_sync import compat, engines, png
from rayvision_sync.engines.folder import FolderEngine
from rayvision_sync.errors import StorageBusy, StorageError
from rayvision_sync.farm import bucket, identity
from rayvision_sync.farm.cache import Cache
from rayvision_sync.model import Stored

URL = "http://127.0.0.1:1/shots/city"


class Store(object):
    """The bucket: a folder, which may be away or refuse; what is fetched from it is noted."""

    def __init__(self, root):
        self.root = root
        self.error = None
        self.fetched = []

    def path(self, name):
        return os.path.join(self.root, *name.strip("/").split("/"))

    def engine(self, options):
        store = self

        class Engine(FolderEngine):
            def _path(self, target):
                if store.error:
                    raise store.error
                return FolderEngine._path(self, target)

            def ask(self, targets):
                if store.error:
                    raise store.error
                return FolderEngine.ask(self, targets)

            def list(self, prefix):
                if store.error:
                    raise store.error
                return FolderEngine.list(self, prefix)

            def fetch(self, stored, sink):
                store.fetched.append(stored.name)
                return FolderEngine.fetch(self, stored, sink)

        return Engine(store.path(options["prefix"]))


@pytest.fixture
def store(tmpdir, monkeypatch):
    """A store; farms that are started with `URL` keep their files in it."""
    made = Store(folder(tmpdir, "store"))
    monkeypatch.setitem(engines.ENGINES, "s3", made.engine)
    monkeypatch.setattr(bucket, "with_keys", lambda options: dict(options, access_key="id", secret_key="a secret key"))
    return made


def command(tmpdir, *lines):
    """Return the command of a renderer in Python: it gets the scene and the output."""
    path = os.path.join(folder(tmpdir, "renderer"), "render.py")
    return '"%s" %s {scene} {output}' % (sys.executable, script(path, ["# coding: utf-8", "import io, os, sys"]
                                                               + list(lines)))


def upload_json(farm, task, names):
    farm.client("taskJsonFile", taskId=task, fileName="upload.json",
                content=json.dumps({"asset": [{"local": "x", "server": name} for name in names]}))


def scene(store, name="/show/city.ma"):
    write(store.path("city/input" + name), b"//Maya ASCII")


def test_frames_scenes_configuration_and_thumbnails_are_in_the_bucket_alone(tmpdir, store):
    scene(store)
    with Farm(folder(tmpdir, "farm"), s3=URL) as farm:
        task = farm.task(frames="1-3[1]", present=False)
        assert farm.wait(task)["doneFrames"] == 3
        config = farm.client("getConfig")["syncStorage"]
        assert config["engine"] == "s3" and config["input"]["prefix"] == "city/input"
        assert (config["output"]["endpoint"], config["output"]["bucket"]) == ("http://127.0.0.1:1", "shots")
        assert config["output"]["secret_key"] == "a secret key"
        frame = farm.client("queryTaskFrames", taskId=task, pageNum=1, pageSize=10)["items"][0]
        small = farm.client("loadingFrameThumbnail", id=frame["id"], frameStatus=4)[0]
        png.decode(read(store.path("city/output" + small)))
        found = farm.client("files", treePath="/%d_city" % task)
        assert [item["fileName"] for item in found] == ["city.%04d.png" % number for number in (1, 2, 3)]
        assert [item["fileName"] for item in farm.client("files", treePath="/")] == ["%d_city" % task]
    assert not [name for name in tree(folder(tmpdir, "farm")) if name.endswith(".png")]
    assert store.fetched.count("/show/city.ma") == 1  # It has not changed between frames.


def test_a_restarted_farm_goes_on_in_its_bucket_and_no_file_that_others_read_knows_the_keys(tmpdir, store):
    scene(store)
    root = folder(tmpdir, "farm")
    with Farm(root, s3=URL, frame_seconds=0.2) as farm:
        task = farm.task(frames="1-4[1]", present=False)
        farm.watch.until(lambda: farm.client.task(task)["doneFrames"] >= 1)
        if not compat.WINDOWS:
            for name in ("farm.json", "farm.sqlite", "farm.sqlite-wal"):
                assert os.stat(os.path.join(root, name)).st_mode & 0o777 == 0o600
    assert identity.read(root)["s3"] == URL
    with Farm(root) as farm:
        assert farm.wait(task)["doneFrames"] == 4
    for name in tree(root):
        assert b"a secret key" not in read(os.path.join(root, name))


def test_while_the_store_is_away_a_rendered_frame_waits_and_nothing_is_rendered_twice(tmpdir, store):
    scene(store)
    count = os.path.join(folder(tmpdir, "rendered"), "count")
    write(count, b"")
    away = StorageBusy("The storage shots does not answer.")
    render = command(tmpdir, "io.open(%s, 'ab').write(b'x')" % json.dumps(count),
                     "io.open(sys.argv[2], 'wb').write(b'frame')")
    with Farm(folder(tmpdir, "farm"), s3=URL, render=render) as farm:
        put, calls = farm.farm.output.put, []

        def put_late(*values):
            calls.append(values)
            store.error = away if len(calls) == 1 else store.error
            return put(*values)
        farm.farm.output.put = put_late
        task = farm.task(frames="1-2[1]", present=False)
        farm.watch.until(lambda: any(away.message in line for line in farm.watch.lines))
        said = [frame["frameStatusText"] for frame in
                farm.client("queryTaskFrames", taskId=task, pageNum=1, pageSize=10)["items"]]
        assert away.message + " Frame 1 waits for it." in said
        with pytest.raises(Exception) as refused:
            farm.client("files", treePath="/")
        assert away.message in "%s" % refused.value
        store.error = None
        assert farm.wait(task)["doneFrames"] == 2
        assert any("answers again" in line for line in farm.watch.lines)
    assert read(count) == b"xx"


def test_a_farm_begins_without_its_store_but_not_with_one_that_refuses(tmpdir, store):
    scene(store)
    store.error = StorageError("The storage shots refused the keys.")
    with pytest.raises(StorageError):
        Farm(folder(tmpdir, "farm"), s3=URL).__enter__()
    store.error = StorageBusy("The storage shots does not answer.")
    with Farm(folder(tmpdir, "farm"), s3=URL) as farm:
        assert farm.watch.lines[0].startswith("The storage shots does not answer. The farm begins all the same")
        store.error = None
        assert farm.wait(farm.task(frames="1", present=False))["doneFrames"] == 1


def test_a_render_command_finds_all_assets_around_its_scene_and_gets_no_keys(tmpdir, store, monkeypatch):
    monkeypatch.setenv(str("AWS_SECRET_ACCESS_KEY"), str("a secret key"))
    scene(store)
    write(store.path("city/input/show/tex/wall $(x) 城.exr"), b"wall")
    render = command(tmpdir, "assert 'AWS_SECRET_ACCESS_KEY' not in os.environ",
                     "names = os.listdir(os.path.join(os.path.dirname(sys.argv[1]), 'tex'))",
                     "tex = os.path.join(os.path.dirname(sys.argv[1]), 'tex', names[0])",
                     "io.open(sys.argv[2], 'wb').write(io.open(tex, 'rb').read())")
    with Farm(folder(tmpdir, "farm"), s3=URL, render=render) as farm:
        task = farm.client("createTask", count=1, taskUserLevel=50)["taskIdList"][0]
        upload_json(farm, task, ["/show/tex/wall $(x) 城.exr", "/show/gone.exr", "/../../evil", 7])
        farm.client("taskJsonFile", taskId=task, fileName="task.json",
                    content=json.dumps(task_json("/show/city.ma", "1", ("one", "two"))))
        farm.client("submit", taskId=task)
        assert farm.wait(task)["doneFrames"] == 2
        write(store.path("city/input/show/tex/wall $(x) 城.exr"), b"another wall")
        frames = farm.client("queryTaskFrames", taskId=task, pageNum=1, pageSize=10)["items"]
        farm.client("recommitTaskFrames", taskId=frames[0]["taskId"], ids=[frames[0]["id"]])
        farm.watch.until(lambda: any(read(store.path("city/output/" + name)) == b"another wall"
                                     for name in tree(store.path("city/output"))))


def test_the_cache_keeps_to_its_size_but_never_drops_what_the_frame_needs(tmpdir):
    cache = Cache(folder(tmpdir), 250)

    def put(name, content, mtime=10 ** 18):
        stored = Stored(name, len(content), mtime, None)
        write(cache.path(name) + ".part", content)
        cache.take(stored, cache.path(name) + ".part")
        return stored
    first, second = put("/a", b"x" * 100), put("/b", b"x" * 100)
    for names in (["/b"], ["/a"], ["/c"]):
        cache.hold(names)
    third = put("/c", b"x" * 100)
    cache.trim()
    assert [cache.has(stored) for stored in (first, second, third)] == [True, False, True]
    cache.hold(["/a", "/c", "/d"])
    big = put("/d", b"x" * 1000)
    cache.trim()
    assert all(cache.has(stored) for stored in (first, third, big))


def test_another_version_of_a_file_is_never_taken_from_the_cache(tmpdir):
    cache = Cache(folder(tmpdir), 1 << 30)
    for stored in (Stored("/a", 1, 10 ** 18, None), Stored("/a", 1, None, "md5:1"), Stored("/a", 1, None, None)):
        write(cache.path("/a") + ".part", b"x")
        cache.take(stored, cache.path("/a") + ".part")
        assert cache.has(stored) == (stored != Stored("/a", 1, None, None))
        for other in (Stored("/a", 2, 10 ** 18, None), Stored("/a", 1, 2 * 10 ** 18, None),
                      Stored("/a", 1, None, "md5:2")):
            assert not cache.has(other)
