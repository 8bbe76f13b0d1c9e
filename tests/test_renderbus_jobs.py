"""Jobs and the command line on a farm whose files only the vendor's program reaches."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os

import pytest
from support_cli import one_line, run
from support_farm import Farm, tree
from support_jobs import Site, until
from support_transmitter import StandIn, are_gone, needs_posix, pids, renderbus, storages_of  # noqa: F401
from support_tree import native

from rayvision_sync import compat, outputs, settings, tasks, watch
from rayvision_sync.download import RayvisionDownload
from rayvision_sync.session import Session
from rayvision_sync.watch import Options, Watch

pytestmark = needs_posix


class World(Site):
    """A site behind the stand-in."""

    def __init__(self, home):
        super(World, self).__init__(home, line=("127.0.0.1", 10221))
        self.stand_in = StandIn(os.path.join(home, "vendor"), storages=storages_of(self.farm))


@pytest.fixture
def world(home):
    with World(home) as found:
        settings.save({"transmitter_exe": found.stand_in.program})
        yield found


def test_a_scene_is_submitted_and_its_frames_land(world):
    paths = world.files(3, 100)
    job = world.wait(world.add("submit", snapshot=world.snapshot(paths), poll_s=0.2))
    assert job.state == "done" and "4 files sent" in job.message
    follower = world.wait(compat.parse_json(job.result)["watch"])
    assert follower.state == "done" and follower.message.startswith("3 of 3 frames here")
    assert len(tree(os.path.join(world.home, "images"))) == 3
    assert set(run["-T"] for run in world.stand_in.runs()) == {"upload_json", "download_list"}


def test_an_estimate_trusts_the_record_and_sends_nothing(world):
    manifest = world.manifest(world.files(3, 100))
    estimate = world.wait(world.add("estimate", manifests=[manifest]))
    assert "3 files" in estimate.message and not world.stand_in.runs()
    assert world.wait(world.add("upload", manifests=[manifest])).state == "done"
    assert "all 3 files are already there" in world.wait(world.add("estimate", manifests=[manifest])).message
    refused = world.wait(world.add("verify", manifests=[manifest]))
    assert refused.state == "failed" and "cannot be asked what it has" in refused.message


def test_a_pause_ends_the_program_and_what_is_left_goes_when_it_is_over(world, tmpdir):
    orphans = compat.text(tmpdir.join("pids").strpath)
    world.stand_in.write_config(hang_at=2, bad_runs=1, orphan=orphans)
    number = world.add("upload", manifests=[world.manifest(world.files(5, 100))])
    until(lambda: world.client.job(number).files == 2)
    assert world.client.pause(number)
    world.wait(number, "paused")
    assert are_gone(orphans)
    world.client.resume(number)
    job = world.wait(number)
    assert (job.state, job.files, job.failed) == ("done", 5, 0)
    assert [len(world.stand_in.names_of_run(run)) for run in (0, 1)] == [5, 3]


def test_a_cancel_leaves_no_process(world, tmpdir):
    orphans = compat.text(tmpdir.join("pids").strpath)
    world.stand_in.write_config(hang_at=0, orphan=orphans)
    number = world.add("upload", manifests=[world.manifest(world.files(2, 100))])
    until(lambda: pids(orphans))
    world.client.cancel(number)
    assert world.wait(number).state == "cancelled"
    assert are_gone(orphans)


def test_a_worker_that_is_killed_leaves_no_process_and_the_job_goes_on(world, tmpdir):
    orphans = compat.text(tmpdir.join("pids").strpath)
    world.stand_in.write_config(hang_at=2, bad_runs=1, orphan=orphans)
    number = world.add("upload", manifests=[world.manifest(world.files(4, 100))])
    until(lambda: world.client.job(number).files == 2)
    world.kill(number)
    assert are_gone(orphans)
    world.wait(number, "interrupted")
    assert world.client.resume(number)
    job = world.wait(number)
    assert job.state == "done" and job.files + job.skipped == 4 and len(world.stored()) == 4


def test_no_program_is_one_sentence_in_the_row_and_on_the_command_line(world):
    settings.save({"transmitter_exe": "/nowhere/rayvision_transmitter"})
    manifest = world.manifest(world.files(1, 10))
    job = world.wait(world.add("upload", manifests=[manifest]))
    assert job.state == "failed" and "/nowhere/rayvision_transmitter, which the setting transmitter_exe" in job.message
    result = run("upload", manifest, "--farm", world.farm.root)
    assert result.code != 0 and "/nowhere/rayvision_transmitter" in one_line(result.err)


def test_the_command_line_uploads_and_watches(renderbus, tmpdir):  # noqa: F811
    bus = renderbus()
    folder, root = compat.text(tmpdir.join("frames").strpath), bus.farm.farm.root
    environ = {"RAYVISION_TRANSMITTER": bus.stand_in.program}
    result = run("upload", bus.manifest({"/a.tx": b"a", "/b.tx": b"b"}), "--farm", root, environ=environ)
    assert result.code == 0 and bus.stored("/b.tx") == b"b", result.err
    task = bus.farm.task(frames="1-2[1]")
    result = run("watch", task, "--farm", root, "--local-path", folder, environ=environ)
    assert result.code == 0 and len(tree(folder)) == 2, result.err
    assert bus.kinds[0] == "upload_json" and "download_list" in bus.kinds


# -- a poll costs little

class Counted(object):
    """An API object whose questions are counted."""

    def __init__(self, api):
        self.api = api
        self.asked = []
        self.transmit = self

    def __getattr__(self, name):
        return getattr(self.api, name)

    def get_transfer_config(self):
        self.asked.append("config")
        return self.api.transmit.get_transfer_config()

    def get_output_files(self, **options):
        self.asked.append(options)
        return self.api.transmit.get_output_files(**options)


@pytest.fixture
def busy(tmpdir, home, monkeypatch):
    """A farm on which a frame takes for ever, and its stand-in."""
    monkeypatch.setattr(watch, "_SHORTEST_POLL_S", 0.001)
    root = compat.text(tmpdir.join("busy").strpath)
    with Farm(root, line=("127.0.0.1", 10221), frame_seconds=600) as farm:
        farm.stand_in = StandIn(os.path.join(root, "vendor"), storages=storages_of(farm.farm))
        farm.folder = compat.text(tmpdir.join("frames").strpath)
        yield farm


def api_of(farm):
    from rayvision_sync.api import RayvisionAPI
    local = farm.farm
    return RayvisionAPI(local.access_id, local.access_key, local.domain, "2", protocol="http")


def test_a_task_without_news_is_not_listed_again_and_lines_are_asked_for_once(busy):
    task = busy.task(frames="1-2[1]")
    busy.watch.until(lambda: busy.client.task(task)["executingFrames"] == 1)  # From now on, there is no news.
    api = Counted(api_of(busy))
    polls = []

    def hear(event):
        return event

    session = Session(api, settings.Settings([("test", {"transmitter_exe": busy.stand_in.program})]), listener=hear)
    follow = Watch(session, [task], Options(busy.folder, True, 0.001))
    poll = follow._poll

    def counted():
        poll()
        polls.append(len([question for question in api.asked if question != "config"]))
        if len(polls) == 12:
            session.cancel.cancel()

    follow._poll = counted
    with pytest.raises(watch.SyncError):
        follow.run()
    assert api.asked.count("config") == 1
    assert polls[2] == polls[-1] > 0


def test_an_output_of_another_account_is_fetched_as_that_account(busy):
    task = busy.task(frames="1-2[1]")
    name = "%d_city" % task
    path = os.path.join(busy.farm.output.root, name, "a.exr")
    compat.make_folder(os.path.dirname(path))
    with open(native(path), "wb") as target:
        target.write(b"frame")
    busy.stand_in.write_config(storages=dict(storages_of(busy.farm), **{"777": busy.farm.output.root}))
    session = Session(api_of(busy), settings.Settings([("test", {"transmitter_exe": busy.stand_in.program})]))
    state = tasks.read_tasks(session.api, [task])[task]
    assert state.owners == ((("10000001", "20201"), task),)
    state = state._replace(owners=((("55", "777"), task),))
    report = session.download(lambda engine: outputs.of_tasks(engine, [state], busy.folder, True))
    assert report.sent == 1 and tree(busy.folder) == ["%s/a.exr" % name]
    assert [(run["-S"], run["-U"]) for run in busy.stand_in.runs()] == [("777", "55")]


def test_the_farms_refusal_to_list_is_an_error_and_not_an_empty_folder(busy):
    class Broken(Counted):
        def get_output_files(self, **options):
            return {"unexpected": 1}

    download = RayvisionDownload(Broken(api_of(busy)), settings=settings.Settings(
        [("test", {"transmitter_exe": busy.stand_in.program})]))
    with pytest.raises(watch.SyncError) as caught:
        download.download(server_path="x", local_path=busy.folder, print_log=False)
    assert "unknown shape" in caught.value.message
