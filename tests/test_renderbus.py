"""A farm whose files are reached through the vendor's program only: the whole documented API, by a strict stand-in."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import json
import os

import pytest
import support_examples
import test_documented_examples as documented
from support_farm import read, tree
from support_transmitter import needs_posix, pids, renderbus  # noqa: F401
from support_tree import native

from rayvision_sync import compat
from rayvision_sync.engines.transmitter import hideout
from rayvision_sync.errors import Cancelled, SettingsError
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


def test_ten_programs_send_the_parts_of_a_cut_list_and_the_second_run_sends_nothing(renderbus):  # noqa: F811
    world = renderbus()
    whole = world.manifest(many(1700))
    parts = cutting_upload(whole, max_resources_number=100)
    upload = world.upload()
    assert upload.thread_pool_upload(parts, pool_size=10, max_speed="5000") and upload.report.sent == 1700
    assert world.stored("/tex/1699.tx").startswith(b"1699")
    assert all(int(run["-s"]) <= 5000 for run in world.stand_in.runs())
    before = len(world.stand_in.runs())
    assert upload.multi_thread_upload(parts, thread_num=10) and upload.report.skipped == 1700
    assert len(world.stand_in.runs()) == before
    assert upload.upload_asset(whole, is_db=False) and upload.report.sent == 1700


def test_a_changed_file_is_sent_again_in_the_next_run(renderbus):  # noqa: F811
    world = renderbus()
    manifest = world.manifest(many(3))
    upload = world.upload()
    assert upload.upload_asset(manifest)
    world.manifest(dict(many(3), **{"/tex/0001.tx": b"something else"}))
    assert upload.upload_asset(manifest)
    assert (upload.report.sent, world.stored("/tex/0001.tx")) == (3, b"something else")


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


def test_failed_and_missing_files_are_named_and_the_others_go(renderbus):  # noqa: F811
    world = renderbus(fail={"00002.tx": [47, "disk full"]}, lies=True)
    manifest = world.manifest(many(8))
    os.remove(native(os.path.join(world.work, "src", "00005.tx")))
    upload = world.upload()
    assert upload.upload_asset(manifest) is False
    assert (upload.report.sent, upload.report.missing, upload.report.failed) == (6, 1, 1)
    reasons = " ".join(problem.reason for problem in upload.report.problems)
    assert "00005.tx is missing" in reasons and "00002.tx was not sent" in reasons and "47 (disk full)" in reasons
    # Neither is taken for sent by the next run.
    world.stand_in.write_config(fail={})
    assert upload.upload_asset(manifest) is False and (upload.report.sent, upload.report.skipped) == (1, 6)


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


def test_a_frame_of_which_half_came_is_fetched_again_though_it_is_said_to_be_done(renderbus, tmpdir):  # noqa: F811
    world = renderbus()
    task = world.farm.task(frames="1-3[1]")
    world.farm.wait(task)
    name = world.farm.outputs()[1]
    world.stand_in.write_config(cut=[name.rpartition("/")[2]], bad_runs=1)
    folder = compat.text(tmpdir.join("frames").strpath)
    download = world.download()
    assert download.download([task], local_path=folder, print_log=False)
    assert read(os.path.join(folder, name)) == read(os.path.join(world.farm.farm.output.root, name))
    assert [len(run["list"].splitlines()) for run in world.stand_in.runs()] == [3, 1]


def test_frames_that_cannot_be_fetched_are_named_and_leave_nothing_behind(renderbus, tmpdir):  # noqa: F811
    world = renderbus()
    task = world.farm.task(frames="1-3[1]")
    world.farm.wait(task)
    name = world.farm.outputs()[0]
    world.stand_in.write_config(fail={name.rpartition("/")[2]: [5, "no right"]}, exit=255)
    folder = compat.text(tmpdir.join("frames").strpath)
    download = world.download()
    assert download.download([task], local_path=folder, print_log=False) is False
    assert (download.report.sent, download.report.failed) == (2, 1)
    assert "%s was not fetched" % name in download.report.problems[0].reason
    assert tree(folder) == world.farm.outputs()[1:] and hideout.NAME not in os.listdir(native(folder))


def test_what_a_killed_download_left_is_removed_by_the_next_one(renderbus, tmpdir):  # noqa: F811
    folder = compat.text(tmpdir.join("frames").strpath)
    left = hideout.Hideout(folder).__enter__()
    compat.make_folder(left.empty(0))
    left._lock.close()  # As the system does with a killed program's.
    alive = hideout.Hideout(folder).__enter__()
    assert os.listdir(native(os.path.join(folder, hideout.NAME))) and not os.path.exists(native(left._own))
    hideout.Hideout(folder).__enter__().__exit__()
    assert os.path.isdir(native(alive._own))
    alive.__exit__()
    assert os.listdir(native(folder)) == []


def test_a_cancel_ends_a_download_within_a_second_and_leaves_no_process(renderbus, tmpdir):  # noqa: F811
    orphans = compat.text(tmpdir.join("pids").strpath)
    world = renderbus(hang_at=1, orphan=orphans)
    task = world.farm.task(frames="1-3[1]")
    world.farm.wait(task)
    folder = compat.text(tmpdir.join("frames").strpath)
    ended = []

    def hear(event):
        if event.kind == "tick" and pids(orphans) and not ended:
            ended.append(compat.monotonic())
            download._session.cancel.cancel()

    download = world.download(listener=hear)
    with pytest.raises(Cancelled):
        download.download([task], local_path=folder, print_log=False)
    assert compat.monotonic() - ended[0] < 1.5
    assert not [pid for pid in pids(orphans) if compat.is_running(pid)]
    assert hideout.NAME not in os.listdir(native(folder))


@pytest.mark.parametrize("options, words", [
    ({"engine_type": "raysyncproxy"}, "Use engine_type=\"aspera\""), ({"proxy_ip": "10.0.0.1"}, "proxy_ip"),
    ({"redis_flag": True}, "is_db=True"), ({"network_mode": 3}, "network_mode"), ({"server_ip": "1.2.3.4"}, "together"),
    ({"transmit_type": "upload_path"}, "transmit_type")])
def test_what_the_vendor_has_and_we_do_not_is_one_sentence(renderbus, options, words):  # noqa: F811
    world = renderbus()
    with pytest.raises(SettingsError) as caught:
        world.upload().upload_asset(world.manifest(many(1)), **options)
    assert words in caught.value.message and not world.stand_in.runs()


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
