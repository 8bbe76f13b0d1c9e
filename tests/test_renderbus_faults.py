"""Faults of the vendor's program, and wishes that cannot be met: true results, nothing left behind."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os
import shutil
import tempfile

import pytest
from support_farm import read, tree, write
from support_transmitter import are_gone, leaping, needs_posix, pids, renderbus  # noqa: F401
from support_tree import native
from test_renderbus import many

from rayvision_sync import compat, fetch, landing
from rayvision_sync.cancel import Cancel
from rayvision_sync.engines.transmitter import hideout
from rayvision_sync.errors import Cancelled, SettingsError
from rayvision_sync.model import Stored
from rayvision_sync.progress import Progress
from rayvision_sync.settings import Settings
from rayvision_sync.space import Space
from rayvision_sync.stream import Gear
from rayvision_sync.throttle import Throttle
from rayvision_sync.upload import RayvisionUpload
from rayvision_sync.utils import cutting_upload

pytestmark = needs_posix


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


def test_a_folder_that_cannot_be_written_is_said_of_each_frame(renderbus, tmpdir):  # noqa: F811
    world = renderbus()
    task = world.farm.task(frames="1-2[1]")
    world.farm.wait(task)
    tmpdir.join("frames").mkdir().join(hideout.NAME).write("a file")
    download = world.download()
    assert download.download([task], local_path=tmpdir.join("frames").strpath, print_log=False) is False
    assert download.report.failed == 2 and "cannot be written" in download.report.problems[0].reason
    assert not world.stand_in.runs()


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


def test_a_cancel_ends_a_download_that_hangs_and_leaves_no_process(renderbus, tmpdir):  # noqa: F811
    orphans = compat.text(tmpdir.join("pids").strpath)
    world = renderbus(hang_at=1, orphan=orphans)
    task = world.farm.task(frames="1-3[1]")
    world.farm.wait(task)
    folder = compat.text(tmpdir.join("frames").strpath)

    def hear(event):
        if event.kind == "tick" and pids(orphans):
            download._session.cancel.cancel()

    download = world.download(listener=hear)
    with pytest.raises(Cancelled):
        download.download([task], local_path=folder, print_log=False)
    assert are_gone(orphans)
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


@pytest.mark.parametrize("fault", [{"hang_at": 2, "bad_runs": 1}, {"crash_at": 2, "bad_runs": 1}])
def test_a_program_that_hangs_or_crashes_is_started_again_for_what_is_left(renderbus, tmpdir, monkeypatch,  # noqa: F811
                                                                           fault):
    orphans, hung = [compat.text(tmpdir.join(name).strpath) for name in ("pids", "hung")]
    leaping(monkeypatch, hung)
    world = renderbus(orphan=orphans, hung=hung, **fault)
    upload = RayvisionUpload(world.api(), settings=world.settings(transmitter_silence_s="600"))
    assert upload.upload_asset(world.manifest(many(4))) and upload.report.sent == 4
    assert [len(world.stand_in.names_of_run(run)) for run in (0, 1)] == [4, 2]
    assert are_gone(orphans)


def test_one_failing_part_neither_stops_nor_hides_behind_the_others(renderbus):  # noqa: F811
    world = renderbus(fail=dict(("%05d.tx" % number, [5, "refused"]) for number in range(20, 30)), exit=255)
    parts = cutting_upload(world.manifest(many(100)), max_resources_number=10)
    upload = world.upload()
    assert upload.thread_pool_upload(parts, pool_size=10) is False
    assert (upload.report.sent, upload.report.failed) == (90, 10)
    assert all("refused" in problem.reason for problem in upload.report.problems)


def test_what_the_studio_has_locked_holds_against_a_call(renderbus):  # noqa: F811
    world = renderbus()
    locked = Settings([], {"transmitter_exe": world.stand_in.program, "internet_provider": "local"})
    upload = RayvisionUpload(world.api(), transmitter_exe="/nowhere/else", internet_provider="telecom", settings=locked)
    assert upload.upload_asset(world.manifest(many(1)))


@pytest.mark.parametrize("silence", ["soon", 0, -5, True, 1e9])
def test_a_silence_that_is_no_time_is_one_sentence(renderbus, silence):  # noqa: F811
    world = renderbus()
    with pytest.raises(SettingsError) as caught:
        RayvisionUpload(world.api(), settings=world.settings(transmitter_silence_s=silence)).upload_asset(
            world.manifest(many(1)))
    assert "transmitter_silence_s" in caught.value.message


def test_a_frame_that_came_on_another_disk_is_copied_to_its_place(tmpdir):
    elsewhere = "/dev/shm"
    if not os.path.isdir(elsewhere) or os.stat(elsewhere).st_dev == os.stat(tmpdir.strpath).st_dev:
        pytest.skip("there is no second disk here")
    folder = tempfile.mkdtemp(dir=elsewhere)
    try:
        came = os.path.join(folder, "a.exr")
        write(came, b"frame")
        gear = Gear(Cancel(), Throttle(1), Progress())
        target = compat.text(tmpdir.join("shots", "a.exr").strpath)
        lander = landing.Lander(gear, lambda path: Space(compat.text(tmpdir.strpath), gear))
        stored = Stored("/18/a.exr", 5, 1500000000 * 10 ** 9, None)
        place = landing.Place("fetch", target, None, None)
        job = fetch._Job("/18/a.exr", target, 5, fetch.Wanted(stored, "", ""), "x/18/a.exr", place)
        row = lander.land(job, came, {})
        assert read(target) == b"frame" and (row.source_mtime, row.size) == (stored.mtime, 5)
        assert os.listdir(native(os.path.dirname(target))) == ["a.exr"]
    finally:
        shutil.rmtree(folder)
