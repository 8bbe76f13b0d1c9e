"""From a click on a fake host's shelf to frames in its project: real Qt, real workers, a real farm."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os
import random
import signal
import subprocess
import sys

import pytest
import support_hosts
from support_farm import read
from support_jobs import until
from support_panel import Stage, click, end_workers, use_farm
from support_tree import ROOT, native

from rayvision_sync import compat, paths
from rayvision_sync.farm import LocalFarm
from rayvision_sync.jobs.client import Client

SESSION = os.path.join(ROOT, "tests", "fake_session.py")

#: Set it to see a failure again.
SEED = compat.environ("RAYVISION_TEST_SEED")

DCCS = [found for found in support_hosts.worlds() if found.values[0][1] is not None]


class HostStage(Stage):
    """A panel that is opened by a click on a host's shelf."""

    def __init__(self, world):
        super(HostStage, self).__init__(world.host)
        self.world = world

    def open_panel(self):
        """See `Stage`."""
        return support_hosts.open_by_click(self.world)


def text(folder):
    return compat.text(folder.strpath)


def pictures(folder):
    """Return the names of all pictures below a folder."""
    return sorted(name for _, _, names in os.walk(compat.fs(folder)) for name in names
                  if not compat.from_fs(name).endswith((".part", ".ma", ".hip", ".max")))


def check_farm(farm, files):
    """See that the farm has files byte for byte."""
    for path in files:
        stored = os.path.join(farm.input.root, *paths.server_path(path).strip("/").split("/"))
        assert read(stored) == read(path), stored


@pytest.mark.parametrize("named", DCCS)
def test_a_click_on_the_shelf_brings_frames_into_the_project(named, home, tmpdir):
    files = []
    with LocalFarm(text(tmpdir.mkdir("farm"))) as farm:
        use_farm(farm)
        with support_hosts.load(*named)(tmpdir.mkdir("world")) as world:
            files = support_hosts.fill(world, text(tmpdir.mkdir("tex")))
            refreshed = []
            real = world.host.refresh
            world.host.refresh = lambda folder: (refreshed.append(folder), real(folder))
            with HostStage(world) as stage:
                tab = stage.page("submit")
                assert (tab.scene_path(), tab.output.text().rstrip("/")) == (world.scene_path, world.output.rstrip("/"))
                stage.until(lambda: tab.work.lacking is not None, "the estimate")
                assert tab.work.lacking == 0, tab.estimate_card.warning_text.text()
                tab.frames.setText("1-3")
                click(tab.go)
                assert stage.job("submit", "done", "failed").state == "done"
                stage.job("watch", "done")
                assert len(pictures(world.output)) >= 3
                stage.until(lambda: refreshed, "a refresh of the host")
                assert set(folder.rstrip("/") for folder in refreshed) == set([world.output.rstrip("/")])
                assert world.save_count == 0
        check_farm(farm, files)


@pytest.mark.parametrize("named", DCCS)
def test_an_unsaved_scene_is_sent_as_a_copy_or_saved_once(named, home, tmpdir):
    with LocalFarm(text(tmpdir.mkdir("farm"))) as farm:
        use_farm(farm)
        with support_hosts.load(*named)(tmpdir.mkdir("world")) as world:
            support_hosts.fill(world, text(tmpdir.mkdir("tex")), 1)
            world.set_changed(True)
            with HostStage(world) as stage:
                tab = stage.page("submit")
                tab.frames.setText("1")
                stage.until(lambda: tab.work.lacking == 0, "the estimate")
                click(tab.go)
                click(tab.unsaved_card.copy)
                assert stage.job("submit", "done", "failed").state == "done"
                assert (world.save_count, bool(world.host.is_changed())) == (0, True)
                tab = stage.page("submit")
                stage.until(lambda: tab.work.lacking == 0, "the estimate")
                click(tab.go)
                click(tab.unsaved_card.save)
                stage.until(lambda: len([job for job in stage.store.jobs() if job.kind == "submit"]) == 2, "the second")
                assert stage.job("submit", "done", "failed").state == "done"
                assert (world.save_count, bool(world.host.is_changed())) == (1, False)


#: What has to be in the store when the host is killed.
POINTS = {
    "the worker has begun": lambda jobs: "submit" in jobs and jobs["submit"].state != "queued",
    "the task exists": lambda jobs: "submit" in jobs and jobs["submit"].task_id,
    "the download waits": lambda jobs: "watch" in jobs,
    "a frame is here": lambda jobs: "watch" in jobs and jobs["watch"].files,
}


@pytest.mark.parametrize("named", DCCS)
def test_a_host_that_is_killed_at_any_point_loses_nothing(named, home, tmpdir):
    seed = SEED or "%d" % random.randrange(10 ** 6)
    point = random.Random(seed).choice(sorted(POINTS))
    farm_folder, world, tex = [text(tmpdir.mkdir(name)) for name in ("farm", "world", "tex")]
    with LocalFarm(farm_folder) as farm, Client() as client:
        use_farm(farm)
        child = start_session(named[1], world, tex)
        try:
            until(lambda: POINTS[point](jobs_of(client)), "%s: never (seed %s)" % (point, seed))
            os.kill(child.pid, signal.SIGKILL)
            child.wait()
            until(lambda: jobs_of(client).get("watch") and jobs_of(client)["watch"].state == "done",
                  "killed when %s (seed %s): it never ended" % (point, seed), show=client.jobs)
            output = jobs_of(client)["watch"]
            folder = compat.parse_json(output.params)["local_path"]
            assert len(pictures(folder)) >= 4, (point, seed)
            check_farm(farm, [os.path.join(tex, name) for name in os.listdir(tex)])
        finally:
            if child.poll() is None:
                child.kill()
                child.wait()
            end_workers(client.store)


def start_session(module, world, tex):
    """Start a fake host that submits; returns the process."""
    environ = dict(os.environ)
    environ[native("RAYVISION_TEST_HOME")] = native(compat.environ("RAYVISION_SYNC_HOME"))
    return subprocess.Popen([sys.executable, native(SESSION), native(module), native(world), native(tex)],
                            env=environ)


def jobs_of(client):
    """Return kind -> job."""
    return dict((job.kind, job) for job in client.jobs())
