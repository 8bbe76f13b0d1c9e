"""The documented way of a Maya scene, from login to the frames, on a local farm."""
from __future__ import absolute_import, division, print_function, unicode_literals

import json
import os

import pytest
import support_maya_demo
from support_farm import Farm, folder, read, tree, write
from support_tree import native, text
from support_vendor_run import run_program

from rayvision_sync.api import RayvisionAPI, task_files
from rayvision_sync.api.exception import (AnalyseFailError, HardwareConfigIdError, NotSupportCGSoftwareError,
                                          NotSupportHardwareCodeError, NotSupportPluginError, RayvisionError)
from rayvision_sync.api.task.check import RayvisionCheck
from rayvision_sync.errors import ManifestError, SettingsError, SourceMissing
from rayvision_sync.upload import RayvisionUpload

HERE = os.path.dirname(os.path.abspath(__file__))


@pytest.fixture
def farm(tmpdir):
    with Farm(folder(tmpdir, "farm")) as running:
        yield running


def task_json(scene):
    return {
        "task_info": {"input_cg_file": scene, "cg_id": "2000", "platform": "2", "os_name": "1", "task_id": "",
                      "user_id": "", "project_id": "", "project_name": "Project1", "pre_frames": "000",
                      "stop_after_test": "2", "ram": "64", "hardwareConfigIds": [], "graphics_cards_num": "2"},
        "software_config": {"cg_name": "Maya", "cg_version": "2019", "plugins": {"mtoa": "3.2.1.1"}},
        "scene_info_render": dict((layer, {"renderable": "1", "common": {
            "frames": "1-2[1]", "width": "64", "height": "36", "image_format": "png"}})
            for layer in ("l_ayer1", "l_ayer2"))}


def analysed(tmpdir, tips=None):
    """Write what an analysis leaves behind, and the files of the scene; return the folder."""
    work = folder(tmpdir, "workspace")
    scene, texture = os.path.join(work, "muti_layer_test.ma"), os.path.join(work, "a b.tx")
    for path in (scene, texture, os.path.join(work, "extra.tx")):
        write(path, path.encode("utf-8"))
    for name, content in (("task", task_json("/show/muti_layer_test.ma")), ("tips", tips or {}), ("asset", {}),
                          ("upload", {"scene": [], "asset": [
                              {"local": scene, "server": "/show/muti_layer_test.ma"},
                              {"local": texture, "server": "/show/a b.tx"}]})):
        write(os.path.join(work, name + ".json"), json.dumps(content).encode("ascii"))
    return work


def values_for(farm, work, method=1, vendor=False):
    """Return what `support_maya_demo.go` takes."""
    account = {"access_id": farm.farm.access_id, "access_key": farm.farm.access_key, "domain": farm.farm.domain,
               "platform": "2", "protocol": "http"}
    return {"account": account, "folder": work, "extra": os.path.join(work, "extra.tx"), "method": method,
            "vendor": vendor}


def check(found, farm, work, home):
    """Everything that the demo promises is there."""
    task = found["task_id"]
    assert found == {"task_id": task, "uploaded": True, "submitted": True, "downloaded": True}
    root = farm.farm.input.root
    for local, server in (("muti_layer_test.ma", "show/muti_layer_test.ma"), ("a b.tx", "show/a b.tx"),
                          ("extra.tx", os.path.join(work, "extra.tx").lstrip("/"))):
        assert read(os.path.join(root, *server.split("/"))) == read(os.path.join(work, local))
    config = os.path.join(farm.farm.config.root, "%d" % task, "cfg")
    assert tree(config) == ["asset.json", "task.json", "tips.json", "upload.json"]
    sent = json.loads(read(os.path.join(config, "task.json")).decode("utf-8"))
    assert sent["additional_info"] == {"note": "from the pipeline"}
    assert farm.client("getTaskList")["items"][0]["projectName"] == "Project1"
    info = sent["task_info"]
    assert (info["task_id"], info["user_id"], info["project_id"]) == ("%d" % task, "10000001", "1")
    assert (info["pre_frames"], info["ram"], info["hardwareConfigIds"]) == ("100", "128", ["2"])
    frames = farm.outputs()
    assert len(frames) == 4 and all(name.startswith("%d_muti_layer_test/" % task) for name in frames)
    assert tree(os.path.join(home, "renderfarm_sdk")) == frames


@pytest.mark.parametrize("method", [1, 2])
def test_the_documented_demo_goes_from_login_to_frames(tmpdir, farm, home, method):
    work = analysed(tmpdir)
    check(support_maya_demo.go(values_for(farm, work, method)), farm, work, home)


def test_the_documented_demo_goes_with_the_vendors_client_too(tmpdir, farm, home):
    work = analysed(tmpdir)
    check(run_program("support_maya_demo.py", values_for(farm, work, vendor=True), home), farm, work, home)


# ---------------------------------------------------------------- the check

NODES = [{"id": 1, "model": "Default", "ram": "64GB", "gpuNum": None, "platform": 2, "status": 1},
         {"id": 2, "model": "1080Ti", "ram": "64GB", "gpuNum": "2*GPU", "platform": 2, "status": 1},
         {"id": 3, "model": "2080Ti", "ram": "64GB", "gpuNum": "2*GPU", "platform": 2, "status": 1},
         {"id": 4, "model": "1080Ti", "ram": "64GB", "gpuNum": "2*GPU", "platform": 2, "status": 0},
         {"id": 5, "model": "1080Ti", "ram": "64GB", "gpuNum": "2*GPU", "platform": 20, "status": 1}]
DEFAULT = {"model": "Default", "ram": "64GB", "gpuNum": None}
GPU = {"model": "1080Ti", "ram": "64GB", "gpuNum": "2*GPU"}


@pytest.fixture
def api(farm):
    found = RayvisionAPI(farm.farm.access_id, farm.farm.access_key, domain=farm.farm.domain, platform="2",
                         protocol="http")
    found.user.get_hardware_config = lambda task_ids=None: NODES
    return found


def execute(api, work, wish=None, **options):
    return RayvisionCheck(api, support_maya_demo.Analysed(native(work))).execute(
        wish or DEFAULT, os.path.join(work, "task.json"), **options)


def info(work):
    return json.loads(read(os.path.join(work, "task.json")).decode("utf-8"))["task_info"]


@pytest.mark.parametrize("wish, ids", [
    (DEFAULT, ["1"]), (GPU, ["2"]), (dict(GPU, model=["1080Ti", "2080Ti"]), ["2", "3"]),
    (dict(GPU, model="Default"), ["2", "3"])])
def test_the_wanted_nodes_are_those_of_the_tasks_platform_that_are_there(tmpdir, api, wish, ids):
    work = analysed(tmpdir)
    execute(api, work, wish)
    assert info(work)["hardwareConfigIds"] == ids


@pytest.mark.parametrize("change, kind", [
    ({"notSupportCgId": "2000,2001"}, NotSupportCGSoftwareError),
    ({"notSupportCgVersions": [{"cgId": 2000, "cgVersionName": "2019"}]}, NotSupportCGSoftwareError),
    ({"notSupportCode": ["15000"]}, NotSupportHardwareCodeError),
    ({"notSupportPluginList": ["(", "MTOA 3"]}, NotSupportPluginError), ({"ram": "1GB"}, HardwareConfigIdError),
    ({"status": 0}, HardwareConfigIdError)])
def test_nodes_that_do_not_take_the_scene_are_refused_before_a_task_is_made(tmpdir, api, change, kind):
    work = analysed(tmpdir, tips={"15000": ["slow"]})
    before = read(os.path.join(work, "task.json"))
    api.user.get_hardware_config = lambda task_ids=None: [dict(NODES[0], **change)]
    with pytest.raises(kind) as caught:
        execute(api, work)
    assert isinstance(caught.value, RayvisionError) and "Default" in caught.value.message or change == {"status": 0}
    assert read(os.path.join(work, "task.json")) == before and api.query.get_task_list()["total"] == 0


def test_errors_of_the_analysis_end_it_and_warnings_are_kept(tmpdir, api):
    work = analysed(tmpdir, tips={"15000": ["slow"], "15001": ["a.tx"]})
    checked = RayvisionCheck(api, support_maya_demo.Analysed(native(work)))
    checked.execute(DEFAULT, os.path.join(work, "task.json"))
    assert [(one["code"], one["details"]) for one in checked.error_warn_info_list] == [
        ("15000", ["slow"]), ("15001", ["a.tx"])]
    api.query.error_detail = lambda code=None, **_: [{"code": code, "type": 1, "desDescriptionEn": "File is missing."}]
    with pytest.raises(AnalyseFailError) as caught:
        execute(api, work)
    assert "2 errors" in caught.value.message and "File is missing. (a.tx)" in caught.value.message


@pytest.mark.parametrize("software, cg_id, word", [
    ({"cg_name": "Maya", "cg_version": "2016"}, "2000", "2019"), ({}, "2000", "2019"), ({}, "1", "cg_id")])
def test_a_program_that_the_farm_has_not_is_named_with_those_it_has(tmpdir, api, software, cg_id, word):
    tree_ = task_json("/show/a.ma")
    tree_["software_config"], tree_["task_info"]["cg_id"] = software, cg_id
    with pytest.raises(NotSupportCGSoftwareError) as caught:
        RayvisionCheck(api, workspace=folder(tmpdir, "w")).execute(DEFAULT, tree_)
    assert word in caught.value.message and not os.path.exists(folder(tmpdir, "w"))


def test_the_content_of_the_files_may_be_given_and_copies_be_wanted(tmpdir, api):
    work = analysed(tmpdir)
    before = read(os.path.join(work, "task.json"))
    tree_, number = execute(api, work, is_cover=False, only_id=False)
    assert read(os.path.join(work, "task.json")) == before and tree_["task_info"]["task_id"] == "%d" % number
    copies = [name for name in tree(work) if "/" in name]
    assert [name.rpartition("/")[2] for name in copies] == ["asset.json", "task.json", "tips.json", "upload.json"]
    checked = RayvisionCheck(api, workspace=folder(tmpdir, "new"))
    assert checked.execute(DEFAULT, task_json("/show/a.ma"), {"asset": []}) > 0
    assert tree(folder(tmpdir, "new")) == ["task.json", "upload.json"]
    with pytest.raises(SettingsError):
        checked.execute(DEFAULT, {"asset": []})


def test_numbers_that_a_task_bears_are_kept(tmpdir, api):
    tree_ = task_json("/show/a.ma")
    tree_["task_info"].update(task_id="77", user_id="5", project_id="9", project_name="")
    found, number = RayvisionCheck(api, workspace=folder(tmpdir, "w")).execute(DEFAULT, tree_, only_id=False)
    assert (number, found["task_info"]["user_id"], found["task_info"]["project_id"]) == (77, "5", "9")


# ---------------------------------------------------------------- the files

def test_changes_that_cannot_be_change_nothing(tmpdir):
    work = analysed(tmpdir)
    task, upload = os.path.join(work, "task.json"), os.path.join(work, "upload.json")
    task_files.append_to_task({"a": 1}, task)
    before = dict((name, read(os.path.join(work, name))) for name in tree(work))
    for error, call in (
            (SettingsError, lambda: task_files.update_task_info({"ram": "1", "no_such": "1"}, task)),
            (SettingsError, lambda: task_files.append_to_task({"b": 1, "a": 2}, task, cover=False)),
            (SourceMissing, lambda: task_files.append_to_upload([os.path.join(work, "gone.tx")], upload)),
            (ManifestError, lambda: task_files.append_to_upload([], task)),
            (SourceMissing, lambda: task_files.update_task_info({}, os.path.join(work, "gone.json"))),
            (SettingsError, lambda: task_files.update_task_info({}, upload))):
        with pytest.raises(error):
            call()
    assert dict((name, read(os.path.join(work, name))) for name in tree(work)) == before


def test_files_are_added_once_with_all_other_keys_kept(tmpdir):
    work = analysed(tmpdir)
    upload = os.path.join(work, "upload.json")
    for _ in range(2):
        task_files.append_to_upload([os.path.join(work, "a b.tx"), os.path.join(work, "extra.tx")], upload)
    found = json.loads(read(upload).decode("utf-8"))
    assert found["scene"] == [] and [os.path.basename(text(asset["local"])) for asset in found["asset"]] == [
        "muti_layer_test.ma", "a b.tx", "extra.tx"]


def test_names_without_their_slash_are_sent_to_the_same_place(tmpdir, farm, home):
    work = analysed(tmpdir)
    upload = os.path.join(work, "upload.json")
    write(upload, json.dumps({"asset": [{"local": os.path.join(work, "a b.tx"), "server": name} for name in (
        "show/a b.tx", "/show/a b.tx")]}).encode("ascii"))
    api = RayvisionAPI(farm.farm.access_id, farm.farm.access_key, domain=farm.farm.domain, platform="2",
                       protocol="http")
    sender = RayvisionUpload(api)
    assert sender.upload_asset(upload) is True and sender.report.sent == 1
    assert tree(farm.farm.input.root) == ["show/a b.tx"]
