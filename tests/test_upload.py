"""The documented calls, against a real local farm."""
from __future__ import absolute_import, division, print_function, unicode_literals

import json
import logging
import os
import shutil
import threading

import pytest
from support_upload import THEN, folder_of, put, scene, sources, stored, write_manifest
from support_vendor import task_json

from rayvision_sync import compat, settings
from rayvision_sync.api import RayvisionAPI
from rayvision_sync.cancel import Cancel
from rayvision_sync.engines.folder import FolderEngine
from rayvision_sync.errors import Cancelled, ManifestError, SettingsError, SyncError
from rayvision_sync.farm import LocalFarm
from rayvision_sync.model import empty_report
from rayvision_sync.upload import RayvisionUpload
from rayvision_sync.utils import cutting_upload

ACCESS_KEY = "s3cret-key"


@pytest.fixture(scope="module")
def farm(tmpdir_factory):
    root = compat.text(tmpdir_factory.mktemp("farm").strpath)
    with LocalFarm(root, access_id="id", access_key=ACCESS_KEY) as running:
        yield running


@pytest.fixture
def api(farm, home):
    for storage in (farm.input, farm.config):
        shutil.rmtree(storage.root)
        os.mkdir(storage.root)
    return RayvisionAPI(access_id="id", access_key=ACCESS_KEY, domain=farm.domain, platform="2", protocol="http")


@pytest.fixture
def pairs(tmpdir):
    return scene(folder_of(tmpdir, "scene"), 30)


@pytest.fixture
def manifest(tmpdir, pairs):
    return write_manifest(folder_of(tmpdir, "upload.json"), pairs)


def task_of(api):
    return api.task.create_task()["taskIdList"][0]


def counts(upload):
    return upload.report.sent, upload.report.skipped, upload.report.missing, upload.report.failed


def test_the_assets_arrive_and_are_not_sent_again(api, farm, manifest, pairs):
    upload = RayvisionUpload(api)
    assert upload.upload_asset(manifest) is True
    assert counts(upload) == (30, 0, 0, 0) and upload.report.bytes > 0
    assert stored(farm.input.root) == sources(pairs)
    assert upload.upload_asset(upload_json_path=manifest, max_speed="1048576", is_db=True) is True
    assert counts(upload) == (0, 30, 0, 0)


def test_without_the_record_nothing_is_noted(api, farm, manifest, home):
    upload = RayvisionUpload(api)
    assert upload.upload_asset(manifest, is_db=False) is True and counts(upload) == (30, 0, 0, 0)
    assert not os.path.exists(os.path.join(home, "rayvision_sync", "record.sqlite"))
    assert upload.upload_asset(manifest, is_db=False) is True and counts(upload) == (0, 30, 0, 0)


def test_a_second_workstation_sends_nothing(api, manifest, monkeypatch, tmpdir):
    RayvisionUpload(api).upload_asset(manifest)
    monkeypatch.setenv(str("RAYVISION_SYNC_HOME"), str(tmpdir.join("second")))
    second = RayvisionUpload(api)
    assert second.upload_asset(manifest) is True and counts(second) == (0, 30, 0, 0)


@pytest.mark.parametrize("call", ["multi_thread_upload", "thread_pool_upload"])
def test_the_pool_calls_send_all_parts(api, farm, manifest, pairs, tmpdir, call):
    parts = cutting_upload(manifest, max_resources_number=8, after_cutting_position=folder_of(tmpdir, "parts"))
    assert len(parts) == 4
    upload = RayvisionUpload(api)
    assert getattr(upload, call)(tuple(parts)) is True
    assert counts(upload) == (30, 0, 0, 0) and stored(farm.input.root) == sources(pairs)


def test_the_documented_names_of_arguments_work(api, manifest):
    upload = RayvisionUpload(api)
    assert upload.multi_thread_upload(upload_pool=[manifest], thread_num=20) is True
    assert upload.thread_pool_upload(upload_pool=[manifest], pool_size=20) is True
    assert upload.multi_thread_upload([manifest], 3, max_speed=100000, is_db=False) is True


@pytest.mark.parametrize("call", ["multi_thread_upload", "thread_pool_upload"])
def test_one_path_instead_of_a_list_works(api, manifest, call):
    upload = RayvisionUpload(api)
    for pool in (manifest, manifest.encode("utf-8")):
        assert getattr(upload, call)(pool) is True
    pathlib = pytest.importorskip("pathlib")
    assert getattr(upload, call)(pathlib.Path(manifest)) is True
    assert counts(upload) == (0, 30, 0, 0)


def test_the_pool_uses_one_set_of_threads(api, manifest, tmpdir, monkeypatch):
    seen, send, all_there = set(), FolderEngine.send, threading.Event()

    def noting(self, source, target):
        seen.add(threading.current_thread().name)
        if len(seen) == 3:
            all_there.set()
        assert all_there.wait(120), "a thread that gets no turn for long is there, too"
        return send(self, source, target)
    monkeypatch.setattr(FolderEngine, "send", noting)
    parts = cutting_upload(manifest, 3, folder_of(tmpdir, "parts"))
    assert len(parts) == 10
    assert RayvisionUpload(api).multi_thread_upload(parts, thread_num=3) is True
    assert len(seen) == 3


def test_a_broken_part_fails_alone_and_is_named(api, farm, manifest, pairs, tmpdir):
    parts = cutting_upload(manifest, 10, folder_of(tmpdir, "parts"))
    put(parts[1], b'{"asset": [{"local": "/a", "server": "/a"}, {"local":')
    upload = RayvisionUpload(api)
    assert upload.multi_thread_upload(parts + [folder_of(tmpdir, "none.json")]) is False
    assert counts(upload) == (20, 0, 0, 2)
    assert [problem.source for problem in upload.report.problems] == [parts[1], folder_of(tmpdir, "none.json")]
    assert "upload_2.json" in upload.report.problems[0].reason
    assert stored(farm.input.root) == sources(pairs[:10] + pairs[20:])
    assert upload.thread_pool_upload([parts[1], parts[1]]) is False and upload.report.sent == 0


@pytest.mark.parametrize("number", [0, -1, "x", True, 1.5, 257, "0"])
@pytest.mark.parametrize("call", ["multi_thread_upload", "thread_pool_upload"])
def test_a_wrong_number_of_threads_is_refused_before_anything(api, farm, manifest, call, number):
    with pytest.raises(SettingsError):
        getattr(RayvisionUpload(api), call)([manifest], number)
    assert stored(farm.input.root) == {}


@pytest.mark.parametrize("speed", [-1, "fast", 2.5, True])
def test_a_wrong_speed_is_refused_before_anything(api, farm, manifest, speed):
    upload = RayvisionUpload(api)
    for call in (lambda: upload.upload_asset(manifest, speed),
                 lambda: upload.multi_thread_upload([manifest], max_speed=speed),
                 lambda: upload.upload_config("1", [manifest], speed),
                 lambda: upload.upload("1", manifest, None, None, manifest, speed)):
        with pytest.raises(SettingsError):
            call()
    assert stored(farm.input.root) == {} == stored(farm.config.root)


@pytest.mark.parametrize("speed", [None, "", 0, "0", 100000, "100000", "1048576"])
def test_speeds_as_the_documentation_has_them(api, manifest, speed):
    assert RayvisionUpload(api).upload_asset(manifest, speed) is True


@pytest.mark.parametrize("pool", [[], (), None, [None]])
def test_nothing_to_upload_is_an_error(api, pool):
    with pytest.raises(SettingsError):
        RayvisionUpload(api).multi_thread_upload(pool)


@pytest.mark.parametrize("content, says", [
    (b'{"asset": [\n{"local": "/a", "server": "/a"},\n oops]}', "line 3"), (b"", "empty"), (b"{}", "asset"),
    (b"[]", "object"),
    (b'{"asset": {}}', "list"), (b'{"asset": [{"local": "/a"}]}', "server"), (b'{"asset": [5]}', "asset 1")])
def test_a_broken_list_is_an_error_and_nothing_is_sent(api, farm, tmpdir, content, says):
    path = put(folder_of(tmpdir, "upload.json"), content)
    config = put(folder_of(tmpdir, "task.json"), b"{}")
    upload = RayvisionUpload(api)
    for call in (lambda: upload.upload_asset(path), lambda: upload.upload(task_of(api), config, None, None, path)):
        with pytest.raises(ManifestError) as caught:
            call()
        assert "upload.json" in caught.value.message and says in caught.value.message
    assert stored(farm.input.root) == {} == stored(farm.config.root)
    assert upload.report == empty_report()


def test_a_list_that_is_not_there_is_an_error(api, tmpdir):
    for path in (folder_of(tmpdir, "none.json"), folder_of(tmpdir)):
        with pytest.raises(ManifestError) as caught:
            RayvisionUpload(api).upload_asset(path)
        assert path in caught.value.message
    with pytest.raises(SettingsError):
        RayvisionUpload(api).upload_asset(None)


def test_a_byte_order_mark_is_accepted(api, tmpdir, pairs):
    path = put(folder_of(tmpdir, "upload.json"), b"\xef\xbb\xbf" + json.dumps(
        {"asset": [{"local": local, "server": server} for local, server in pairs]}).encode("ascii"))
    assert RayvisionUpload(api).upload_asset(path) is True


def test_what_is_not_sent_is_told_to_the_logger(api, tmpdir, pairs, caplog):
    path = write_manifest(folder_of(tmpdir, "upload.json"), pairs[:3] + [(folder_of(tmpdir, "gone.exr"), "/D/gone.exr"),
                                                                         (pairs[0][0], "/D/../x")])
    upload = RayvisionUpload(api, logger=logging.getLogger("studio"))
    with caplog.at_level(logging.ERROR, logger="studio"):
        assert upload.upload_asset(path) is False
    assert counts(upload) == (3, 0, 1, 1)
    assert "gone.exr" in caplog.text and "/D/../x" in caplog.text and ACCESS_KEY not in caplog.text


# ---------------------------------------------------------------- configuration

def configuration(folder):
    return [put(os.path.join(folder, name), json.dumps({"n": name}).encode("ascii"), THEN)
            for name in ("tips.json", "task.json", "asset.json", "upload.json")]


def test_configuration_files_arrive(api, farm, tmpdir):
    files, task = configuration(folder_of(tmpdir)), task_of(api)
    upload = RayvisionUpload(api)
    for _ in range(2):
        assert upload.upload_config("%d" % task, files) is True
    named = [(path, "/%d/cfg/%s" % (task, os.path.basename(path))) for path in files]
    assert stored(farm.config.root) == sources(named)
    assert counts(upload) == (0, 4, 0, 0)
    assert upload.upload_config(task_id=task, config_file_list=files[0], max_speed=5000) is True


def test_a_missing_configuration_file_stops_all_of_them(api, farm, tmpdir):
    files = configuration(folder_of(tmpdir))
    upload = RayvisionUpload(api)
    for bad in (folder_of(tmpdir, "none.json"), folder_of(tmpdir)):
        assert upload.upload_config(task_of(api), files + [bad]) is False
        assert upload.report.missing == 1 and bad in upload.report.problems[0].reason
    assert stored(farm.config.root) == {}


@pytest.mark.parametrize("task", ["x", "", None, "../1", -1, "1/2"])
def test_a_wrong_task_number_is_refused(api, farm, tmpdir, task):
    with pytest.raises(SyncError):
        RayvisionUpload(api).upload_config(task, configuration(folder_of(tmpdir)))
    assert stored(farm.config.root) == {}


def test_configuration_and_assets_in_one_call(api, farm, tmpdir, manifest, pairs):
    tips, task_file, asset, _ = configuration(folder_of(tmpdir, "cfg"))
    task = task_of(api)
    upload = RayvisionUpload(api)
    config = {"task_json_path": task_file, "tips_json_path": tips, "asset_json_path": asset,
              "upload_json_path": manifest}
    assert upload.upload("%d" % task, **config) is True
    assert counts(upload) == (34, 0, 0, 0)
    assert stored(farm.input.root) == sources(pairs)
    assert sorted(stored(farm.config.root)) == sorted(
        "/%d/cfg/%s.json" % (task, name) for name in ("asset", "task", "tips", "upload"))
    assert upload.upload(task, task_file, tips, asset, manifest) is True and counts(upload) == (0, 34, 0, 0)


def test_a_missing_task_json_is_no_success(api, farm, tmpdir, manifest):
    upload = RayvisionUpload(api)
    assert upload.upload(task_of(api), folder_of(tmpdir, "none.json"), None, None, manifest) is False
    assert upload.report.missing == 1 and stored(farm.input.root) == {} == stored(farm.config.root)


def test_an_upload_makes_a_task_ready(api, farm, tmpdir):
    path = put(folder_of(tmpdir, "scene.ma"), b"//Maya ASCII")
    manifest = write_manifest(folder_of(tmpdir, "upload.json"), [(path, "/project/scene.ma")])
    task = task_of(api)
    config = put(folder_of(tmpdir, "task.json"), task_json("/project/scene.ma").encode("utf-8"))
    assert RayvisionUpload(api).upload(task, config, None, None, manifest)
    assert api.submit(task) is True


# ---------------------------------------------------------------- ends

def test_a_cancel_leaves_a_report(api, farm, manifest):
    cancel = Cancel()

    def listen(event):
        if event.kind == "plan":
            cancel.cancel()
    upload = RayvisionUpload(api, listener=listen, cancel=cancel)
    with pytest.raises(Cancelled):
        upload.upload_asset(manifest)
    assert upload.report.sent == 0 and stored(farm.input.root) == {}
    with pytest.raises(Cancelled):
        upload.upload_asset(manifest)


def test_the_users_own_storage_wins(api, farm, manifest, pairs, tmpdir):
    own = settings.load({"storage": {"engine": "folder", "input": {"root": folder_of(tmpdir, "own")}}})
    assert RayvisionUpload(api, settings=own).upload_asset(manifest) is True
    assert stored(folder_of(tmpdir, "own")) == sources(pairs) and stored(farm.input.root) == {}


@pytest.mark.parametrize("storage", [
    "folder", {"engine": "folder"}, {"engine": "folder", "input": "x"}, {"engine": "folder", "input": {}},
    {"engine": "ftp", "input": {"root": "/x"}}, {"input": {"root": "/x"}}])
def test_a_wrong_storage_of_the_settings_is_an_error(api, manifest, storage):
    with pytest.raises(SettingsError):
        RayvisionUpload(api, settings=settings.load({"storage": storage})).upload_asset(manifest)


class Far(object):
    """A farm elsewhere that names a folder of this computer."""

    def __init__(self, offered):
        self.user_info = {"domain": "farm.example.com"}
        self.connect = self
        self.domain = "farm.example.com"
        self.transmit = self
        self.offered = offered

    def get_transfer_config(self):
        return self.offered


@pytest.mark.parametrize("offered", [
    {}, None, {"syncStorage": "x"}, {"syncStorage": None}])
def test_a_farm_that_names_no_storage_is_reached_through_its_own_program(home, manifest, offered):
    with pytest.raises(SettingsError) as caught:
        RayvisionUpload(Far(offered)).upload_asset(manifest)
    assert "transfer program" in caught.value.message and "RAYVISION_TRANSMITTER" in caught.value.message


def test_a_far_farm_may_not_name_a_folder(home, manifest):
    with pytest.raises(SettingsError) as caught:
        RayvisionUpload(Far({"syncStorage": {"engine": "folder", "input": {"root": "/etc"}}})).upload_asset(manifest)
    assert "farm.example.com" in caught.value.message


def test_secrets_are_shown_nowhere(api, manifest):
    heard = []
    upload = RayvisionUpload(api, listener=heard.append)
    upload.upload_asset(manifest)
    for shown in (api, upload, upload.report, heard, upload._session.settings):
        assert ACCESS_KEY not in repr(shown)
