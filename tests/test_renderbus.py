"""A farm whose files are reached through the vendor's program only: the whole documented API, by a strict stand-in."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import json
import os

import pytest
import support_examples
import support_maya_demo
import test_documented_examples as documented
import test_maya_demo as maya
from support_farm import read, task_json, tree, write
from support_transmitter import needs_posix, pids, renderbus  # noqa: F401
from support_tree import native
from support_vendor_run import run_program
from test_transmitter_pool import NAMES

from rayvision_sync import compat
from rayvision_sync.engines.transmitter import hideout
from rayvision_sync.errors import SettingsError
from rayvision_sync.utils import cutting_upload

pytestmark = needs_posix

#: What the default line and storages of the local farm must lead to, whatever is moved.
ROUTE = {"-E": "aspera", "-H": "127.0.0.1", "-P": "10221", "-U": "10000001", "-p": "0"}


def many(number, size=10):
    return dict(("/tex/%04d.tx" % index, ("%04d" % index).encode("ascii") + b"x" * size) for index in range(number))


def test_every_documented_example_runs_through_the_program(renderbus, tmpdir, home, monkeypatch):  # noqa: F811
    world = renderbus()
    monkeypatch.setenv(native("RAYVISION_TRANSMITTER"), native(world.stand_in.program))
    values = documented.prepare(tmpdir, world.farm, vendor=False)
    # What the storage has cannot be asked: configuration has no record, so it is sent each time.
    documented.check(support_examples.run(values), values, world.farm, home, again=4)
    runs = world.stand_in.runs()
    assert set(run["-T"] for run in runs) == {"upload_json", "download_list"}
    assert all(run[name] == value for run in runs for name, value in ROUTE.items())
    assert sorted(set(run["-S"] for run in runs)) == ["10201", "20201", "30201"]
    assert hideout.NAME not in os.listdir(native(os.path.join(home, "renderfarm_sdk")))


def test_the_vendors_api_object_leads_through_the_program_too(renderbus, tmpdir, home, monkeypatch):  # noqa: F811
    world = renderbus()
    monkeypatch.setenv(native("RAYVISION_TRANSMITTER"), native(world.stand_in.program))
    values = documented.prepare(tmpdir, world.farm, vendor=True)
    found = documented.run_with_the_vendors_client(values, home)
    documented.check(found, values, world.farm, home, again=4)
    assert set(world.kinds) == {"upload_json", "download_list"}


@pytest.mark.parametrize("vendor", [False, True])
def test_the_documented_maya_demo_goes_through_the_program(renderbus, tmpdir, home, monkeypatch, vendor):  # noqa: F811
    world = renderbus()
    monkeypatch.setenv(native("RAYVISION_TRANSMITTER"), native(world.stand_in.program))
    work = maya.analysed(tmpdir)
    values = maya.values_for(world.farm, work, vendor=vendor)
    found = run_program("support_maya_demo.py", values, home) if vendor else support_maya_demo.go(values)
    maya.check(found, world.farm, work, home)
    assert set(world.kinds) == {"upload_json", "download_list"}


def test_ten_programs_send_the_parts_of_a_cut_list_and_the_second_run_sends_nothing(renderbus):  # noqa: F811
    world = renderbus()
    whole = world.manifest(many(600))
    parts = cutting_upload(whole, max_resources_number=50)
    upload = world.upload()
    assert upload.thread_pool_upload(parts, pool_size=10, max_speed="5000") and upload.report.sent == 600
    assert world.stored("/tex/0599.tx").startswith(b"0599")
    assert all(int(run["-s"]) <= 5000 for run in world.stand_in.runs())
    before = len(world.stand_in.runs())
    assert upload.multi_thread_upload(parts, thread_num=10) and upload.report.skipped == 600
    assert len(world.stand_in.runs()) == before
    assert upload.upload_asset(whole, is_db=False) and upload.report.sent == 600


def test_a_changed_file_is_sent_again_in_the_next_run(renderbus):  # noqa: F811
    world = renderbus()
    manifest = world.manifest(many(3))
    upload = world.upload()
    assert upload.upload_asset(manifest)
    write(os.path.join(world.work, "src", "00001.tx"), b"something else")
    assert upload.upload_asset(manifest)
    assert (upload.report.sent, upload.report.skipped) == (1, 2)
    assert world.stored("/tex/0001.tx") == b"something else"


def test_a_file_that_changes_while_it_is_sent_is_sent_again_and_recorded_as_it_is_then(renderbus):  # noqa: F811
    world = renderbus()
    manifest = world.manifest(many(2))
    path = os.path.join(world.work, "src", "00000.tx")
    changes = [b"first change", b"second"]

    def hear(event):
        if event.kind in ("plan", "tick") and changes and (event.kind == "plan" or not world.stand_in.runs()):
            with io.open(native(path), "wb") as target:
                target.write(changes.pop())

    upload = world.upload(listener=hear)
    assert upload.upload_asset(manifest), upload.report
    assert world.stored("/tex/0000.tx") == read(path)
    assert upload.upload_asset(manifest) and upload.report.skipped == 2


def test_the_configuration_goes_to_the_tasks_folder_of_its_storage(renderbus):  # noqa: F811
    world = renderbus()
    manifest = world.manifest(many(2))
    upload = world.upload()
    assert upload.upload("5165465", task_json_path=manifest, upload_json_path=manifest, network_mode=1)
    assert tree(world.farm.farm.config.root) == ["5165465/cfg/upload.json"]
    assert [(run["-S"], run["-p"]) for run in world.stand_in.runs()] == [("30201", "2"), ("10201", "2")]


def test_frames_land_one_list_after_the_other_while_the_farm_renders(renderbus, tmpdir):  # noqa: F811
    world = renderbus()
    task = world.farm.task(frames="1-6[1]", layers=("", "shadow"))
    folder = compat.text(tmpdir.join("frames").strpath)
    download = world.download()
    assert download.auto_download([task], local_path=folder, sleep_time=0.2)
    assert tree(folder) == world.farm.outputs() and len(tree(folder)) == 12
    for run in world.stand_in.runs():
        names = run["list"].splitlines()
        assert (run["-T"], run["-S"], len(set(name.rpartition("/")[0] for name in names))) == (
            "download_list", "20201", 1)
    fetched = [name for run in world.stand_in.runs() for name in run["list"].splitlines()]
    assert len(fetched) == len(set(fetched)) == 12  # Nothing that is here is fetched again.
    before = len(world.stand_in.runs())
    assert download.auto_download_after_task_completed([task], local_path=folder, sleep_time=0.2)
    assert len(world.stand_in.runs()) == before and download.report.skipped == 12


def test_paths_of_the_storage_are_kept_or_dropped_as_documented(renderbus, tmpdir):  # noqa: F811
    world = renderbus()
    task = world.farm.task(frames="1-2[1]", layers=("a", "b"))
    world.farm.wait(task)
    top = "%d_city" % task
    kept, dropped = [compat.text(tmpdir.join(name).strpath) for name in ("kept", "dropped")]
    download = world.download()
    assert download.download(server_path="%s/b" % top, local_path=kept, print_log=False)
    assert tree(kept) == [name for name in world.farm.outputs() if name.startswith("%s/b/" % top)]
    assert download.download([task], local_path=dropped, download_filename_format="false", print_log=False)
    assert tree(dropped) == [name.partition("/")[2] for name in world.farm.outputs()]
    one = world.farm.outputs()[0]
    assert download.download(server_path=one, local_path=dropped, download_filename_format="false", print_log=False)
    assert os.path.isfile(native(os.path.join(dropped, one.rpartition("/")[2])))
    assert download.download(server_path="no/such", local_path=kept, print_log=False) is False


def test_a_frame_rendered_again_is_fetched_again_and_the_artists_own_stays(renderbus, tmpdir):  # noqa: F811
    world = renderbus()
    task = world.farm.task(frames="1-2[1]")
    world.farm.wait(task)
    folder = compat.text(tmpdir.join("frames").strpath)
    download = world.download()
    assert download.download([task], local_path=folder, print_log=False)
    first, second = world.farm.outputs()
    with io.open(native(os.path.join(folder, second)), "wb") as target:
        target.write(b"the artist's")
    for name in (first, second):
        path = os.path.join(world.farm.farm.output.root, name)
        content = read(path)[:-1] + b"!"
        with io.open(native(path), "wb") as target:
            target.write(content)
        compat.set_mtime_ns(path, 1500000000 * 10 ** 9)
    assert download.download([task], local_path=folder, print_log=False)
    assert read(os.path.join(folder, first)).endswith(b"!")
    assert read(os.path.join(folder, second)) == b"the artist's"
    assert len(download.report.kept) == 1 and read(download.report.beside[0][1]).endswith(b"!")


def test_the_vendors_keywords_lead_where_they_say(renderbus, tmpdir):  # noqa: F811
    world = renderbus()
    manifest = world.manifest(many(1))
    assert world.upload().upload_asset(manifest, server_ip="127.0.0.9", server_port="333", network_mode=2,
                                       is_record=False, redis_flag=None, upload_num=2)
    lines = os.path.join(world.work, "transports.json")
    with io.open(native(lines), "wb") as target:
        target.write(json.dumps({"renderbus_www2": {"aspera": {"server_ip": "127.0.0.8", "server_port": "44"}}}).encode(
            "ascii"))
    upload = world.upload(transports_json=lines, automatic_line=False)
    assert upload.thread_pool_upload([manifest], pool_size=2, is_db=False)
    assert [(run["-H"], run["-P"], run["-p"]) for run in world.stand_in.runs()] == [
        ("127.0.0.9", "333", "1"), ("127.0.0.8", "44", "0")]
    with pytest.raises(SettingsError) as caught:
        world.upload(internet_provider="telecom").upload_asset(manifest, is_db=False)
    assert "It has: local" in caught.value.message


def test_names_that_a_shell_would_obey_go_through_as_themselves(renderbus):  # noqa: F811
    world = renderbus()
    assets = []
    for number, name in enumerate(NAMES):
        local = os.path.join(world.work, "src", name)
        write(local, name.encode("utf-8"))
        server = "/n/%d/%s" % (number, "plain" if "\n" in name or "\\" in name else name)
        assets.append({"local": local, "server": server})
    path = os.path.join(world.work, "upload.json")
    write(path, json.dumps({"asset": assets}).encode("ascii"))
    assert world.upload().upload_asset(path)
    assert [world.stored(asset["server"]) for asset in assets] == [name.encode("utf-8") for name in NAMES]


def test_frames_with_such_names_land_as_themselves(renderbus, tmpdir):  # noqa: F811
    world = renderbus()
    names = [name for name in NAMES if "\n" not in name and "\\" not in name]
    for name in names:
        write(os.path.join(world.farm.farm.output.root, "18_city", name), name.encode("utf-8"))
    folder = compat.text(tmpdir.join("frames").strpath)
    assert world.download().download(server_path="18_city", local_path=folder, print_log=False)
    assert [read(os.path.join(folder, "18_city", name)) for name in names] == [name.encode("utf-8") for name in names]


def test_a_scene_goes_the_documented_way_from_login_to_frames(renderbus, tmpdir):  # noqa: F811
    world = renderbus()
    api = world.api()
    scene = os.path.join(world.work, "city.ma")
    write(scene, b"//Maya ASCII")
    files = {"task.json": task_json("/show/city.ma", "1-3[1]", ("",)), "tips.json": {}, "asset.json": {},
             "upload.json": {"asset": [{"local": scene, "server": "/show/city.ma"}]}}
    for name, content in files.items():
        write(os.path.join(world.work, name), json.dumps(content).encode("ascii"))
    task_id = api.task.task_id
    assert world.upload().upload(task_id, *[os.path.join(world.work, name) for name in (
        "task.json", "tips.json", "asset.json", "upload.json")])
    api.submit(int(task_id))
    folder = compat.text(tmpdir.join("frames").strpath)
    assert world.download().auto_download([int(task_id)], local_path=folder, sleep_time=0.2, is_test_stop=False)
    assert len(tree(folder)) == 3
