"""Few files may be open, and clocks are set back and forward: a run works, or says why, and the next one finishes."""
from __future__ import absolute_import, division, print_function, unicode_literals

import contextlib
import errno
import logging
import os
import random
import socket
import sys
import time

import pytest
import support_blows
import support_cli
from support_farm import Farm, folder
from support_jobs import Site
from support_torture import make_files
from support_tree import native
from support_upload import folder_of, sources, stored
from support_victims import FarmProcess, interpreter, until

from rayvision_sync import errors, logs
from rayvision_sync.api import RayvisionAPI
from rayvision_sync.download import RayvisionDownload
from rayvision_sync.jobs import cleaning, desk, lanes, process, spawn
from rayvision_sync.jobs.client import Client
from rayvision_sync.settings import Settings
from rayvision_sync.upload import RayvisionUpload

#: Files that a process may have open here, its own three and Python's among them; and threads that each want two.
FEW, THREADS = 40, "20"

DAY_S = 86400.0

posix = pytest.mark.skipif(os.name == "nt", reason="POSIX limits and signals")
once = pytest.mark.skipif(sys.version_info[:2] not in ((2, 7), (3, 11)), reason="runs on two Pythons only")


# ---------------------------------------------------------------- few files

@pytest.fixture(params=["a folder", "a bucket"])
def storage(request, tmpdir):
    """A storage: its options on the command line, its environment, and what returns all that it has."""
    if request.param == "a folder":
        root = folder(tmpdir, "storage")
        yield ["--storage", root], {}, lambda: stored(root)
    else:
        server = request.getfixturevalue(str("seaweed"))
        space = server.space()
        keys = {"AWS_ACCESS_KEY_ID": space.access_key, "AWS_SECRET_ACCESS_KEY": space.secret_key}
        with contextlib.closing(server.client(space)) as client:
            yield (["--storage", "s3://%s/%s" % (space.bucket, space.prefix), "--endpoint", space.endpoint], keys,
                   lambda: dict(("/" + name, content) for name, content in client.objects().items()))


def run(arguments, keys):
    """Run a command with few files; it ends well, or says why."""
    # 2.7 would hand over what this suite has open, too.
    result = support_cli.finish(support_cli.start(*arguments, environ=keys, script=_WITH_FEW, close_fds=True))
    assert "Traceback" not in result.out + result.err and result.err == "", result
    told = [event.get("message") or event.get("reason") for event in support_cli.events(result)
            if event["event"] in ("error", "failed", "note")]
    assert all("unforeseen" not in one and "does not know" not in one for one in told), told
    assert result.code == 0 or told and all("oo many files are open" in one or "oo many open files" in one
                                            for one in told), told


#: Not by a shell: on 2.7 and 3 alike, what Python needs itself is open by then.
_WITH_FEW = """
import resource, runpy, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (%d, %d))
runpy.run_module(str("rayvision_sync"), run_name=str("__main__"), alter_sys=True)
""" % (FEW, FEW)


@posix
@once
def test_many_threads_in_a_process_that_may_open_few_files(storage, tmpdir, home):
    options, keys, found = storage
    manifest, pairs = make_files(folder(tmpdir), [7000] * 80 + [12 << 20], random.Random(1))
    run(["upload", manifest, "--threads", THREADS, "--json"] + options, keys)
    assert support_cli.run("upload", manifest, *options, environ=keys).code == 0
    assert found() == sources(pairs)
    landed = folder(tmpdir, "landed")
    arguments = ["download", "--server-path", "/", "--local-path", landed] + options
    run(arguments + ["--threads", THREADS, "--json"], keys)
    assert support_cli.run(*arguments, environ=keys).code == 0
    assert stored(landed) == sources(pairs)


@posix
@once
def test_a_worker_that_may_open_few_files_finishes_its_job(tmpdir, home):
    python = interpreter(folder(tmpdir, "python"), limit=FEW)
    with Site(home) as site, Client(settings=Settings([("test", {"interpreter": python})])) as client:
        paths = site.files(80, 7000)
        job = client.add("upload", {"farm": site.farm.root, "manifests": [site.manifest(paths)]}, "few",
                         threads=THREADS)
        assert site.wait(job).state == "done", site.log(job)
        assert len(site.stored()) == 80


@posix
@once
def test_a_farm_that_may_open_few_files_answers_again_when_there_are_fewer_clients(tmpdir, home):
    farm = FarmProcess(folder(tmpdir, "farm"), interpreter(folder(tmpdir, "python"), limit=FEW))
    farm.start()
    try:
        client = farm.ready()
        host, port = client.domain.split(":")
        crowd = [socket.create_connection((host, int(port))) for _ in range(FEW + 10)]
        for one in crowd:
            one.close()
        assert until(lambda: client("createTask", count=1, taskUserLevel=50), "an answer")["taskIdList"]
        assert farm.ready()("getConfig")
    finally:
        farm.end()


@pytest.mark.parametrize("number", ["EMFILE", "ENFILE"])
def test_too_many_open_files_may_pass_and_are_no_matter_of_permissions(number):
    error = errors.crowded(OSError(getattr(errno, number), "x"), "/a")
    assert error.retryable and "/a" in error.message and "fewer threads" in error.message
    assert errors.crowded(OSError(errno.EACCES, "x"), "/a") is None


# ---------------------------------------------------------------- clocks

class Jumping(object):
    """A clock that is set to another day by every call of `jump`."""

    def __init__(self):
        self._real, self._days = time.time, [3, -3, 0.1, -0.1]
        self.ahead_s = 0.0

    def jump(self, *_):
        self._days.append(self._days.pop(0))
        self.ahead_s = self._days[0] * DAY_S

    def __call__(self):
        return self._real() + self.ahead_s


@pytest.mark.parametrize("whose", ["the client's", "the farm's"])
def test_a_clock_that_is_set_again_and_again_stops_no_upload_and_no_auto_download(tmpdir, home, whose):
    clock = Jumping()
    manifest, pairs = make_files(folder(tmpdir), [1000] * 20, random.Random(1))
    with Farm(folder(tmpdir, "farm"), **({"clock": clock} if whose == "the farm's" else {})) as farm:
        found = farm.farm
        api = RayvisionAPI(found.access_id, found.access_key, found.domain, "2", protocol="http")
        if whose == "the client's":
            api.connect.clock = clock

        def jump(event):
            if event.kind == "done":
                clock.jump()
        assert RayvisionUpload(api, listener=jump).upload_asset(manifest)
        clock.jump()
        task = farm.task(frames="1-6[1]", width="8", height="8")
        landed = folder(tmpdir, "landed")
        assert RayvisionDownload(api, listener=jump).auto_download([task], local_path=landed, sleep_time=0.1)
        clock.jump()
        assert farm.client.task(task)["taskStatus"] == 25
        inputs = stored(found.input.root)
        assert stored(landed) == stored(found.output.root) and len(stored(landed)) == 6
        assert dict((name, inputs[name]) for name in sources(pairs)) == sources(pairs)


@posix
@pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="runs on one Python only")
def test_commands_whose_clock_jumps_every_moment_reach_their_end(home, tmpdir):
    assert support_blows.play(folder_of(tmpdir), 5, "clock").files == 81


@pytest.fixture
def client(home, monkeypatch):
    """A client whose workers never begin."""
    monkeypatch.setattr(spawn, str("start"), lambda *_: process.token(os.getpid()))
    with Client() as found:
        yield found


@pytest.mark.parametrize("days", [-400, 400])
def test_a_reservation_from_before_the_clock_was_set_holds_no_job_up(client, days):
    store = client.store
    with store.write() as db:
        job = lanes.insert(store, db, "upload", {}, "one")
        other = lanes.insert(store, db, "upload", {}, "two")
        # Whoever reserved it died before it started a worker.
        store.update(db, job, spawned=store.now())
    before = store.now()
    store.now = lambda: before + days * DAY_S
    assert [lanes.reserve(store, "transfer", 1), lanes.reserve(store, "transfer", 1)] == [job, None]
    assert client.job(other).state == "queued"


@pytest.mark.parametrize("days", [-400, 400])
def test_a_job_that_moved_before_the_clock_was_set_takes_no_share_of_the_speed(client, days):
    store = client.store
    with store.write() as db:
        mine, idle = [lanes.insert(store, db, "upload", {}, "one") for _ in range(2)]
        for job in (mine, idle):
            then = store.now() - days * DAY_S
            store.update(db, job, state="running", started=then, moving=then)
    found = desk.Desk(store, client.job(mine), "")
    steward = desk.Steward(found, lambda: Settings([("test", {"max_speed": "1000"})]), None)
    speeds = []
    found.throttle.set_speed = speeds.append
    with steward._store:
        steward._set_speed(None, None)
    assert speeds == [1000]


@pytest.mark.parametrize("days", [-400, 400])
def test_the_store_is_cleaned_whatever_the_clock_was_when_that_was_done_last(client, days):
    client.store.set_meta(cleaning._KEY, "%f" % (client.store.now() + days * DAY_S))
    cleaning.clean_now_and_then(client.store)
    assert abs(float(client.store.meta(cleaning._KEY)) - client.store.now()) < DAY_S


# ---------------------------------------------------------------- a log that has no room

@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a file that is always full")
def test_a_log_without_room_stops_nothing_and_shows_no_traceback(tmpdir, home, capfd):
    name = folder(tmpdir, "full.log")
    os.symlink("/dev/full", native(name))
    logger = logs.logger_for("rayvision_sync.test", folder=os.path.dirname(name), name="full.log")
    handler = logs._handler_of(logging.getLogger("rayvision_sync"), name)
    try:
        logger.warning("This finds no room.")
        assert capfd.readouterr()[1] == ""
    finally:
        logging.getLogger("rayvision_sync").removeHandler(handler)
        handler.close()
