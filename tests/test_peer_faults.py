"""The faults that were provoked in other programs, by number: names, lists, secrets, the farm's answers.

17, a multipart upload that is killed, needs an S3 storage; 14 to 22 stand in test_peer_faults_transfers.py.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import json
import logging
import os
import sys

import pytest
import support_api
import support_cli
import support_faults
from support_download import Storage
from support_farm import folder, read, script, task_json, tree, write
from support_faults import login, through
from support_gate import Gate
from support_upload import folder_of, put, scene, sources, stored, write_manifest

from rayvision_sync import compat, settings, watch
from rayvision_sync.api import RayvisionAPI
from rayvision_sync.download import RayvisionDownload
from rayvision_sync.errors import DownloadFailed, FarmError, FarmUnreachable, ManifestError
from rayvision_sync.farm import LocalFarm
from rayvision_sync.model import Stored
from rayvision_sync.upload import RayvisionUpload
from rayvision_sync.utils import cutting_upload

farm, api, here = support_faults.farm, support_faults.api, support_faults.here


@pytest.fixture(autouse=True)
def short_polls(monkeypatch):
    monkeypatch.setattr(watch, "_SHORTEST_POLL_S", 0.01)


def entries(path):
    """Return the list of an upload.json, and its other keys."""
    found = json.loads(read(path).decode("utf-8"))
    return found.pop("asset"), found


@support_cli.posix
def test_01_a_name_that_is_a_shell_command_runs_nothing(home, tmpdir):
    project, frames = support_cli.folder(tmpdir), folder(tmpdir, "images")
    painted = folder(tmpdir, "paint.py")
    script(painted, ["import sys", "open(sys.argv[1], 'wb').write(sys.argv[2].encode('utf-8'))"])
    name = "%s/job_$(touch X);touch X;`touch X`&.ma" % project
    write(name, b"//Maya ASCII")
    render = '"%s" "%s" {output} {scene}' % (compat.text(sys.executable), painted)
    with LocalFarm(folder(tmpdir, "farm"), access_id=support_cli.ID, access_key=support_cli.KEY, render=render) as farm:
        found = support_cli.run(
            "submit", "--farm", farm.root, "--scene", name, "--frames", "1-2", "--watch", "--local-path", frames,
            "--manifest", support_cli.manifest(project, [(name, name)]), cwd=compat.fs(project))
    assert found.code == 0, found
    assert len(tree(frames)) == 2 and all(b"touch X" in read(os.path.join(frames, one)) for one in tree(frames))
    assert not [one for one in tree(folder_of(tmpdir)) if one.endswith("X")] and not os.path.exists("X")


def test_02_nothing_outside_of_our_own_folders_is_touched(farm, api, tmpdir, here, home):
    project = folder_of(tmpdir, "project")
    pairs = scene(project, 4)
    for number, (local, _) in enumerate(pairs):
        os.chmod(local, (0o640, 0o600, 0o444, 0o755)[number])

    def state():
        found = dict((name, os.stat(os.path.join(project, name))) for name in tree(project))
        return dict((name, (one.st_mode, one.st_uid, compat.mtime_ns(one), one.st_ino)) for name, one in found.items())

    files, variables, above = state(), dict(os.environ), sorted(os.listdir(folder_of(tmpdir)))
    assert RayvisionUpload(api).upload_asset(write_manifest(os.path.join(home, "upload.json"), pairs))
    assert RayvisionDownload(api).download([farm.task_id], local_path=here, print_log=False)
    assert (state(), dict(os.environ)) == (files, variables)
    assert sorted(os.listdir(folder_of(tmpdir))) == sorted(above + ["images"])
    # Of the home, too, only the folder that is ours.
    assert sorted(os.listdir(home)) == ["rayvision_sync", "upload.json"]


def test_03_four_assets_by_two_are_two_parts_with_all_other_keys(tmpdir):
    listed = [{"local": "/a/%d" % number, "server": "/a/%d" % number} for number in range(4)]
    source = put(folder_of(tmpdir, "upload.json"),
                 json.dumps({"scene": {"name": "city"}, "asset": listed, "version": 2}).encode("ascii"))
    parts = cutting_upload(source, 2)
    assert [entries(part) for part in parts] == [(listed[:2], {"scene": {"name": "city"}, "version": 2}),
                                                 (listed[2:], {"scene": {"name": "city"}, "version": 2})]


@pytest.mark.parametrize("number", [0, -2])
def test_04_a_part_of_no_assets_is_a_clear_error(tmpdir, number):
    source = write_manifest(folder_of(tmpdir, "upload.json"), [("/a/1", "/a/1")])
    with pytest.raises(ManifestError) as caught:
        cutting_upload(source, number)
    assert "from 1 up, not %d" % number in caught.value.message and tree(folder_of(tmpdir)) == ["upload.json"]


def test_05_an_earlier_cut_is_never_mixed_into_a_later_one_and_the_folder_is_made(tmpdir):
    pairs = [("/a/%d" % number, "/a/%d" % number) for number in range(6)]
    source = write_manifest(folder_of(tmpdir, "upload.json"), pairs)
    parts_folder = folder_of(tmpdir, "parts", "of today")
    assert len(cutting_upload(source, 1, parts_folder)) == 6
    parts = cutting_upload(source, 4, parts_folder)
    assert [os.path.dirname(part) for part in parts] == [parts_folder] * 2
    assert tree(parts_folder) == ["upload_1.json", "upload_2.json"] and tree(folder_of(tmpdir))[-1] == "upload.json"
    assert [len(entries(part)[0]) for part in parts] == [4, 2]


def test_06_the_documented_pool_call_works_and_says_what_failed(farm, api, tmpdir):
    pairs = scene(folder_of(tmpdir, "tex"), 9, server="/six")
    pool = cutting_upload(write_manifest(folder_of(tmpdir, "upload.json"), pairs), 3)
    upload = RayvisionUpload(api)
    assert upload.thread_pool_upload(pool, pool_size=20) is True
    assert stored(os.path.join(farm.farm.input.root, "six")) == dict(
        (name[len("/six"):], content) for name, content in sources(pairs).items())
    os.remove(compat.fs(pairs[4][0]))
    assert upload.thread_pool_upload(pool, pool_size=20) is False
    assert pairs[4][0] in upload.report.problems[0].reason and upload.report.missing == 1


def test_07_attempts_are_bounded_with_growing_pauses_and_a_missing_file_is_no_success(farm, api, tmpdir, home):
    pauses = support_api.Pauses()
    with support_api.ScriptedFarm(support_api.text("gone mad", status=599)) as broken:
        lost = RayvisionAPI("id", "key", domain=broken.domain, platform="2", protocol="http", cancel=pauses)
        with pytest.raises(FarmUnreachable):
            lost.query.task_info([1])
        assert len(broken.seen) == 5 and len(pauses.taken) == 4 and pauses.taken[3] > pauses.taken[0] > 0
    upload = RayvisionUpload(api)
    absent = folder_of(tmpdir, "task.json")
    assert upload.upload_config(farm.task_id, [absent]) is False
    assert upload.report.missing == 1 and absent in upload.report.problems[0].reason


def task_of(farm):
    """Create a task of four frames on a `LocalFarm` by the documented calls."""
    account = login(farm)
    local = os.path.join(farm.root, "city.ma")
    write(local, b"//Maya ASCII")
    write(os.path.join(farm.input.root, "show", "city.ma"), b"//Maya ASCII")
    task = account.task.create_task()["taskIdList"][0]
    path = os.path.join(farm.root, "task.json")
    with io.open(path, "w", encoding="utf-8") as target:
        target.write(compat.dump_json(task_json("/show/city.ma", "1-4[1]")))
    assert RayvisionUpload(account).upload_config(task, [path])
    account.submit(task)
    return task


def test_08_auto_download_keeps_the_list_ends_on_a_deleted_task_and_survives_a_lost_farm(tmpdir, here, home):
    root = folder(tmpdir, "restarted")
    farms = [LocalFarm(root)]
    farms[0].start()
    Gate(farms[0], 1).__enter__()  # Never opened: it is far from done when it is lost.
    try:
        first = task_of(farms[0])

        def hear(event):
            if event.kind == "done" and len(farms) == 1:
                farms[0].stop()
            elif event.kind == "note" and len(farms) == 1:
                farms.append(LocalFarm(root))
                farms[1].start()

        wanted = [first, 999999999]
        download = RayvisionDownload(login(farms[0]), listener=hear)
        with pytest.raises(DownloadFailed) as caught:
            download.auto_download(wanted, local_path=here, sleep_time=0)
        assert "999999999" in caught.value.message and wanted == [first, 999999999]
        assert len(farms) == 2 and len(tree(here)) == 4 and download.report.sent == 4
    finally:
        for one in farms:
            one.stop()


@pytest.mark.parametrize("name", ["/9_x/../../../evil", "/9_x//evil", "/../evil", "/9_x/C:/evil", "/9_x/a\\..\\evil"])
def test_09_a_storages_name_that_leads_out_of_the_folder_is_refused_and_reported(farm, api, tmpdir, here, monkeypatch,
                                                                                 name):
    storage = Storage(folder_of(tmpdir, "storage"))
    put(folder_of(tmpdir, "storage", "9_x", "good.exr"), b"good")
    storage.listing = [Stored(name, 4, None, None), Stored("/9_x/good.exr", 4, None, None)]
    download = RayvisionDownload(api, settings=through(monkeypatch, storage))
    assert download.download(server_path=["9_x"], local_path=here, print_log=False) is False
    assert tree(here) == ["9_x/good.exr"] and "evil" not in " ".join(tree(folder_of(tmpdir)))
    assert [problem.kind for problem in download.report.problems] == ["refused"]
    assert "evil" not in " ".join(storage.fetched)


@pytest.mark.parametrize("name", ["../../evil", "/etc", "C:\\evil", "a/../../evil"])
def test_09_a_farms_name_of_a_tasks_folder_that_leads_out_is_refused(tmpdir, here, home, name, monkeypatch):
    put(folder_of(tmpdir, "evil", "x.exr"), b"evil")
    item = {"id": 9, "taskStatus": 25, "outputFileName": name, "isOpen": 0, "totalFrames": 0, "doneFrames": 1}
    storage = Storage(folder_of(tmpdir, "storage", "deep"))
    with support_api.ScriptedFarm(support_api.answer({"items": [item]})) as farm:
        account = RayvisionAPI("id", "key", domain=farm.domain, platform="2", protocol="http")
        download = RayvisionDownload(account, settings=through(monkeypatch, storage))
        assert download.download([9], local_path=here, print_log=False) is False
    assert download.report.problems and not storage.fetched and not os.path.exists(here)


def test_10_unknown_states_and_empty_fields_are_tolerated(tmpdir, here, home, monkeypatch):
    item = {"id": 9, "taskStatus": 77, "isOpen": None, "outputFileName": None, "respRenderingTaskList": None}
    storage = Storage(folder_of(tmpdir, "storage"))
    put(folder_of(tmpdir, "storage", "9_city", "a.0001.png"), b"frame")
    ended = dict(item, taskStatus=25, outputFileName="9_city")
    with support_api.ScriptedFarm(support_api.answer({"items": [item, None, 7, {}]}),
                                  support_api.answer({"items": [dict(item, isOpen="x", totalFrames=None)]}),
                                  support_api.answer({"items": [ended]})) as farm:
        account = RayvisionAPI("id", "key", domain=farm.domain, platform="2", protocol="http")
        download = RayvisionDownload(account, settings=through(monkeypatch, storage))
        assert download.auto_download([9], local_path=here, sleep_time=0) is True
    assert tree(here) == ["9_city/a.0001.png"]


def test_11_two_projects_with_folders_of_one_name_share_no_record(farm, api, tmpdir):
    upload = RayvisionUpload(api)
    for project in ("red", "blue"):
        pairs = scene(folder_of(tmpdir, project, "textures"), 3, server="/%s/textures" % project)
        assert upload.upload_asset(write_manifest(folder_of(tmpdir, project, "upload.json"), pairs)) is True
        assert (upload.report.sent, upload.report.skipped) == (3, 0)
        assert len(stored(os.path.join(farm.farm.input.root, project))) == 3


def test_12_no_secret_is_logged_and_what_holds_one_is_private(farm, api, tmpdir, home, caplog):
    caplog.set_level(logging.DEBUG)
    account = login(farm.farm)
    assert RayvisionUpload(account).upload_asset(
        write_manifest(folder_of(tmpdir, "upload.json"), scene(folder_of(tmpdir, "tex"), 2, server="/twelve")))
    assert account.query.task_info([farm.task_id])
    assert caplog.text and farm.farm.access_key not in caplog.text
    settings.save({"access_key": farm.farm.access_key})
    ours = os.path.join(home, "rayvision_sync")
    for name in tree(ours):
        path = os.path.join(ours, name)
        assert (name == "settings.json") == (farm.farm.access_key.encode("ascii") in read(path))
        assert os.name == "nt" or os.stat(path).st_mode & 0o077 == 0, name
    assert os.name == "nt" or os.stat(os.path.join(farm.farm.root, "farm.json")).st_mode & 0o077 == 0


@pytest.mark.parametrize("step", [support_api.nothing, support_api.half, support_api.text("oops", status=500)])
def test_13_a_task_is_created_once_whatever_becomes_of_the_answer(home, step):
    with support_api.ScriptedFarm(step) as farm:
        account = RayvisionAPI("id", "key", domain=farm.domain, platform="2", protocol="http")
        with pytest.raises(FarmError):
            account.task.create_task()
        assert [path for path, _, _ in farm.seen] == ["/api/render/submit/createTask"]
