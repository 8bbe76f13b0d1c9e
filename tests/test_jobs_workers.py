"""Workers that are killed, stopped, paused and steered while they work; those who asked for them, too."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os
import signal
import subprocess
import sys

import pytest
import support_farm
from support_gate import Gate
from support_jobs import Site, until
from support_tree import native

from rayvision_sync import compat, settings
from rayvision_sync.jobs import process
from rayvision_sync.jobs.client import Client
from rayvision_sync.jobs.desk import Desk
from rayvision_sync.jobs.store import StoreError

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")

#: A program that adds a job and then hangs, as a DCC does that crashes.
ADDER = """
import sys, json
from rayvision_sync.jobs.client import Client
with Client() as client:
    job = client.add(sys.argv[1], json.loads(sys.argv[2]), "from another program", max_speed=int(sys.argv[3]))
    sys.stdout.write("%d\\n" % job)
    sys.stdout.flush()
    sys.stdin.read()
"""


#: Bytes of the last file of a slow upload.
LAST = 12 << 20


@pytest.fixture
def site(home):
    with Site(home) as found:
        yield found


def slow_manifest(site):
    """Write the list of an upload that at 150 KB/s is far from its end, however long this process gets no turn."""
    path = os.path.join(site.home, "upload.json")
    if not os.path.exists(path):  # Other jobs may be at the files.
        paths = site.files(30, 20000)
        with open(paths[-1], "r+b") as last:
            last.truncate(LAST)
        site.manifest(paths)
    return path


def slow_upload(site, max_speed=150):
    """Add an upload that goes on until a test lifts its limit."""
    return site.add("upload", manifests=[slow_manifest(site)], max_speed=max_speed, threads=2)


def inodes(site):
    """Return ``{name: inode}`` of what the farm has: a file that is sent again gets another one."""
    found = {}
    for folder, _, names in os.walk(site.farm.input.root):
        for name in names:
            if ".rayvision_sync" not in folder:
                found[name] = os.stat(os.path.join(folder, name)).st_ino
    return found


def finished_without_sending_twice(site, job, before):
    site.client.set_speed(job, None)
    found = site.wait(job)
    after = inodes(site)
    assert found.state == "done" and len(after) == 30, (found, site.log(job))
    assert dict((name, after[name]) for name in before) == before
    assert found.skipped >= len(before)


def test_a_worker_that_is_killed_is_shown_as_interrupted_and_resumes_where_it_was(site):
    job = slow_upload(site)
    worker = site.moving(job, 100000).worker
    site.kill(job)
    until(lambda: not process.is_alive(worker))
    assert site.client.sweep() == [job]  # At once: no silence is waited for.
    found = site.client.job(job)
    assert found.state == "interrupted" and "Resume" in found.message and found.worker is None
    assert [event.kind for event in site.client.events()] == ["interrupted"]
    before = inodes(site)
    assert 0 < len(before) < 30
    assert site.client.resume(job)
    finished_without_sending_twice(site, job, before)


def test_a_worker_that_is_asked_to_end_says_interrupted_itself(site):
    job = slow_upload(site)
    site.moving(job)
    site.kill(job, signal.SIGTERM)
    found = site.wait(job, sweep=False)
    assert found.state == "interrupted" and "Resume" in found.message


def test_a_stopped_worker_is_not_dead(site):
    job = slow_upload(site)
    site.moving(job)
    pid = site.kill(job, signal.SIGSTOP)
    store, now = site.client.store, site.client.store.now
    try:
        store.now = lambda: now() + 7200  # The laptop slept for two hours.
        assert site.client.sweep() == []
        assert site.client.job(job).state == "running"
    finally:
        store.now = now
        os.kill(pid, signal.SIGCONT)
    site.client.set_speed(job, 0)
    assert site.wait(job).state == "done"


def start_adder(site, kind, params, max_speed=150):
    """Start a program that adds a job in its own process group; returns it and the job."""
    params = compat.dump_json(dict(params, farm=site.farm.root))
    adder = subprocess.Popen([sys.executable, "-c", ADDER, kind, params, "%d" % max_speed],
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE, **compat.group_options())
    return adder, int(adder.stdout.readline())


def kill_adder(adder):
    os.killpg(adder.pid, signal.SIGKILL)
    adder.wait()
    for stream in (adder.stdin, adder.stdout):
        stream.close()


def test_the_upload_goes_on_when_the_program_that_asked_for_it_is_killed(site):
    adder, job = start_adder(site, "upload", {"manifests": [slow_manifest(site)]})
    site.moving(job)
    kill_adder(adder)
    site.client.set_speed(job, None)
    assert site.wait(job).state == "done" and len(site.stored()) == 30


def test_after_a_reboot_everything_goes_on_when_the_panel_opens(site):
    adder, job = start_adder(site, "upload", {"manifests": [slow_manifest(site)]})
    site.moving(job, 100000)
    os.kill(site.pid(job), signal.SIGKILL)
    kill_adder(adder)
    before = inodes(site)
    with Client() as panel:
        until(lambda: panel.enter() == [job])
        assert panel.job(job).state == "queued"
    finished_without_sending_twice(site, job, before)


def test_interrupted_jobs_stay_so_if_the_settings_say_so(site):
    settings.save({"resume_on_open": False})
    job = slow_upload(site)
    site.moving(job)
    site.kill(job)
    until(lambda: site.client.enter() == [job])
    assert site.client.enter() == [] and site.client.job(job).state == "interrupted"
    assert site.client.cancel(job) and site.client.job(job).state == "cancelled"


def test_a_job_is_paused_and_goes_on_in_the_same_process(site):
    job = slow_upload(site)
    site.moving(job)
    pid = site.pid(job)
    assert site.client.pause(job)
    site.wait(job, "paused")
    still = until(lambda: _settled(site, job))
    assert site.pid(job) == pid and still < LAST
    assert site.client.resume(job)
    site.wait(job, "running", "done")
    site.client.set_speed(job, None)
    assert site.wait(job).state == "done"
    assert len(site.stored()) == 30


def _settled(site, job):
    """Return the bytes moved once they stay the same over several heartbeats of the row."""
    first = site.client.job(job)
    until(lambda: site.client.job(job).heartbeat > first.heartbeat)
    return site.client.job(job).bytes if site.client.job(job).bytes == first.bytes else 0


def test_a_job_that_was_paused_when_its_worker_died_stays_paused(site):
    job = slow_upload(site)
    site.moving(job)
    site.client.pause(job)
    site.wait(job, "paused")
    site.kill(job)
    until(lambda: site.client.sweep() == [job] or site.client.job(job).worker is None)
    assert site.client.job(job).state == "paused"
    site.client.set_speed(job, None)
    assert site.client.resume(job)
    assert site.wait(job).state == "done"


def test_what_was_asked_of_a_worker_that_died_still_happens(site):
    job = slow_upload(site)
    site.moving(job)
    pid = site.kill(job, signal.SIGSTOP)
    assert site.client.cancel(job)
    os.kill(pid, signal.SIGKILL)
    assert site.wait(job).state == "cancelled"


def test_a_job_is_cancelled_at_once_and_may_be_resumed(site):
    job = slow_upload(site, max_speed=20)
    site.moving(job)
    assert site.client.cancel(job)
    found = site.wait(job, sweep=False)
    assert found.state == "cancelled" and found.message == "Cancelled."
    before = inodes(site)
    site.client.set_speed(job, None)
    assert site.client.resume(job)
    finished_without_sending_twice(site, job, before)


def test_a_paused_job_may_be_cancelled_or_removed(site):
    first, second = slow_upload(site), slow_upload(site)
    for job in (first, second):
        site.moving(job)
        site.client.pause(job)
        site.wait(job, "paused")
    assert site.client.cancel(first) and site.client.remove(second)
    assert site.wait(first, sweep=False).state == "cancelled"
    until(lambda: site.client.job(second) is None)
    assert site.client.poll().ids == [first]


def test_speed_and_threads_change_while_a_job_runs(site):
    job = slow_upload(site, max_speed=10)
    site.moving(job)
    site.client.set_threads(job, 5)
    site.client.set_speed(job, 100000)
    assert site.wait(job).state == "done"
    assert site.client.job(job).threads == "5"


def test_the_limit_of_the_settings_holds_over_all_jobs_together(site):
    settings.save({"max_speed": "00:00-24:00 200, else 1"})
    jobs = [slow_upload(site, max_speed=None) for _ in range(2)]

    def rates():
        return [site.client.job(job).rate for job in jobs]

    # Each alone would move 200 KB in a second: they come to share that.
    until(lambda: all(0 < rate < 130 * 1024 for rate in rates()), "they do not share it", 120, rates)
    settings.save({})
    for job in jobs:
        assert site.wait(job).state == "done"


def test_two_run_and_the_others_wait_for_their_turn(site):
    first, second = slow_upload(site), slow_upload(site)
    for job in (first, second):
        site.moving(job)
    names = [site.manifest(site.files(4, 20000, "dir%d" % number), "%d.json" % number) for number in range(3)]
    waiting = [site.add("upload", manifests=[name], max_speed=200) for name in names[:2]]
    waiting.append(site.add("upload", manifests=names[2:], max_speed=200, priority=5))
    site.client.sweep()
    assert [site.client.job(job).state for job in waiting] == ["queued"] * 3
    # A worker that ends a job begins the next ones itself: nobody looks. The other job keeps its place meanwhile.
    site.client.set_speed(first, None)
    for job in waiting:
        site.wait(job, "done", sweep=False)
    begun = sorted(waiting, key=lambda job: site.client.job(job).started)
    assert begun[0] == waiting[2]  # The one of higher priority went before those that waited longer.
    assert [site.client.job(job).state for job in (first, second)] == ["done", "running"]
    site.client.set_speed(second, None)
    assert site.wait(second).state == "done"


def test_no_more_than_two_run_whoever_looks(site):
    names = [site.manifest(site.files(4, 20000, "dir%d" % number), "%d.json" % number) for number in range(5)]
    for name in names:
        site.add("upload", manifests=[name], max_speed=200)
    most = []

    def are_done():
        site.client.sweep()
        rows = site.client.jobs()
        most.append(sum(row.state == "running" for row in rows))
        return all(row.state == "done" for row in rows)

    until(are_done, "they are not done", 120, site.client.jobs)
    assert max(most) <= 2


def test_a_paused_job_leaves_its_place_to_another_and_waits_for_its_turn(site):
    settings.save({"max_jobs": 1})
    first, second = slow_upload(site), slow_upload(site)
    site.moving(first)
    assert site.client.job(second).state == "queued"
    site.client.pause(first)
    site.wait(second, "running", sweep=False)
    site.client.resume(first)
    site.wait(first, "queued", sweep=False)
    assert site.client.job(second).state == "running"
    site.client.cancel(second)
    site.wait(first, "running", sweep=False)
    site.client.set_speed(first, None)
    assert site.wait(first).state == "done"


def test_pause_all_and_resume_all(site):
    jobs = [slow_upload(site) for _ in range(3)]
    site.moving(jobs[0])
    assert site.client.pause_all() == 3
    for job in jobs:
        site.wait(job, "paused")
    assert site.client.resume_all() == 3
    for job in jobs:  # Two run at a time: which ones, chance decides.
        site.client.set_speed(job, None)
    for job in jobs:
        assert site.wait(job).state == "done"


@pytest.mark.parametrize("stage", ["config", "assets", "submitting", "submitted"])
def test_a_submission_that_is_killed_makes_one_task_and_submits_it_once(site, stage):
    path = site.snapshot(site.files(3, 100), frames=[1, 2])
    # The worker kills itself as soon as the row says where it is.
    folder = os.path.join(site.home, "killer")
    support_farm.write(os.path.join(folder, "sitecustomize.py"), KILLER.encode("ascii"))
    killing = os.path.join(site.home, "python")
    support_farm.write(killing, ('#!/bin/sh\nKILL_AT=%s PYTHONPATH="%s:$PYTHONPATH" exec "%s" "$@"\n' % (
        stage, folder, sys.executable)).encode("utf-8"))
    os.chmod(killing, 0o755)
    settings.save({"interpreter": killing})
    job = site.add("submit", snapshot=path, poll_s=0.2)
    found = site.wait(job, "interrupted")
    assert found.stage == stage and found.task_id
    settings.save({})
    assert site.client.resume(job)
    found = site.wait(job)
    assert found.state == "done" and found.stage == "watched", site.log(job)
    rows = site.farm.store.rows("SELECT id, submitted FROM task")
    assert [(row["id"], row["submitted"]) for row in rows] == [(found.task_id, 1)]
    assert [row.kind for row in site.client.jobs()] == ["submit", "watch"]
    assert site.wait(compat.parse_json(found.result)["watch"]).state == "done"
    assert len(site.client.frames(found.task_id)) == 2


KILLER = """
import os, signal, sys
def watch(frame, event, argument):
    if event == "return" and frame.f_code.co_name == "stage" and frame.f_code.co_filename.endswith("desk.py"):
        if frame.f_locals.get("name") == os.environ["KILL_AT"]:
            os.kill(os.getpid(), signal.SIGKILL)
sys.setprofile(watch)
"""


def test_a_submission_whose_answer_was_lost_is_not_repeated(site):
    job = site.wait(site.add("submit", snapshot=site.snapshot(frames=[1, 2]), watch=False))
    with site.client.store.write() as db:
        site.client.store.update(db, job.id, stage="submitting", state="interrupted")
    assert site.client.resume(job.id)
    found = site.wait(job.id)
    assert found.state == "done" and found.task_id == job.task_id
    assert len(site.farm.store.rows("SELECT id FROM task")) == 1


def test_an_auto_download_that_is_killed_goes_on(home):
    with Site(home) as site, Gate(site.farm, 2) as gate:
        job = site.wait(site.add("submit", snapshot=site.snapshot(frames=[1, 8]), poll_s=0.2))
        watch = compat.parse_json(job.result)["watch"]
        until(lambda: [row for row in site.client.frames(job.task_id) if row.state == "here"])
        site.kill(watch)
        site.wait(watch, "interrupted")
        assert "waiting" in set(row.state for row in site.client.frames(job.task_id))
        gate.open()
        site.client.resume(watch)
        found = site.wait(watch)
        assert found.state == "done" and found.message.startswith("8 of 8 frames here")
        assert [row.state for row in site.client.frames(job.task_id)] == ["here"] * 8


def test_a_python_without_tls_gives_a_sentence_that_helps(site):
    folder = os.path.join(site.home, "no-tls")
    support_farm.write(os.path.join(folder, "ssl.py"), b"raise ImportError('libssl.so.10 cannot be opened')\n")
    broken = os.path.join(site.home, "mayapy")
    support_farm.write(broken, ('#!/bin/sh\nPYTHONPATH="%s:$PYTHONPATH" exec "%s" "$@"\n' % (
        folder, sys.executable)).encode("utf-8"))
    os.chmod(broken, 0o755)
    with Client(python=broken, host="Maya 2018") as client:
        job = client.add("login", {"farm": site.farm.root}, "login")
    found = site.wait(job)
    assert found.state == "failed"
    assert found.message.startswith("This Maya 2018's Python has no working TLS (ssl cannot be imported). Choose "
                                    "another Python in Settings > Interpreter")
    assert compat.parse_json(found.hello)["ssl_error"]


def test_a_python_that_ends_before_it_begins_is_given_up(site):
    with Client(python="/bin/false") as client:
        job = client.add("login", {}, "login")
        until(lambda: client.sweep() is not None and client.job(job).state == "failed")
        assert "ended before it began, 3 times" in client.job(job).message


def test_a_python_that_is_not_there_is_said_at_once(site):
    with Client(python="/nowhere/mayapy") as client:
        job = client.add("upload", {"manifests": ["/a"]}, "upload")
        assert client.job(job).state == "failed" and "/nowhere/mayapy cannot be started" in client.job(job).message


def test_no_secret_is_in_rows_arguments_or_logs(site, monkeypatch):
    key = site.farm.access_key
    monkeypatch.setenv(native("RAYVISION_API_KEY"), native(key))
    given = {"domain": site.farm.domain, "protocol": "http", "access_id": site.farm.access_id}
    names = [slow_manifest(site)]
    job = site.client.add("upload", {"settings": given, "manifests": names}, "upload", max_speed=100)
    worker = site.moving(job).worker
    if os.path.isdir("/proc/self"):
        arguments = support_farm.read("/proc/%d/cmdline" % site.pid(job)).split(b"\0")
        assert arguments[1:5] == [b"-m", b"rayvision_sync", b"job", ("%d" % job).encode("ascii")]
        assert key.encode("ascii") not in b" ".join(arguments)
    site.client.set_speed(job, None)
    assert site.wait(job).state == "done"
    until(lambda: not process.is_alive(worker))  # It clears away after itself.
    folder = os.path.join(site.home, "rayvision_sync")
    for name in support_farm.tree(folder):
        assert key.encode("ascii") not in support_farm.read(os.path.join(folder, name)), name
        assert os.stat(os.path.join(folder, name)).st_mode & 0o077 == 0 or "record" in name, name


def test_a_worker_ends_when_the_folder_of_its_store_is_gone(site):
    job = slow_upload(site, max_speed=20)
    site.moving(job)
    worker, folder = site.client.job(job).worker, os.path.dirname(site.client.store.path)
    site.client.close()
    os.rename(folder, folder + "-gone")
    until(lambda: not process.is_alive(worker), "it goes on for ever")
    os.rename(folder + "-gone", folder)
    site.client.open()
    assert site.wait(job).state == "interrupted"


def test_a_transfer_goes_on_while_its_progress_cannot_be_written(site):
    job = site.wait(site.add("login"))
    worker = '{"host": "elsewhere", "pid": 1, "start": ""}'
    desk = Desk(site.client.store, job, worker)
    site.client.store.rows("PRAGMA query_only = 1")
    desk.say("halfway")
    with pytest.raises(StoreError):
        desk.stage("assets", task_id=7)
    site.client.store.rows("PRAGMA query_only = 0")
    with site.client.store.write() as db:
        db.execute("UPDATE job SET worker = ?", (worker,))
    desk.flush()
    job = site.client.jobs()[0]
    assert (job.message, job.stage, job.task_id) == ("halfway", "assets", 7)


def test_a_store_that_is_damaged_while_jobs_run_gets_them_back(site):
    job = slow_upload(site, max_speed=60)
    site.moving(job)
    worker = site.client.job(job).worker
    path = site.client.store.path
    for tail in ("-wal", "-shm"):
        compat.remove_file(path + tail)
    support_farm.write(path + ".new", b"no database at all" * 1000)
    compat.replace(path + ".new", path)
    with Client() as panel:
        text = panel.damage()
        assert "damaged" in text and panel.damage() is None
        found = until(lambda: panel.poll().jobs)[0]
        assert (found.id, found.worker, found.state, found.title) == (job, worker, "running", "job")
        later = panel.add("login", {"farm": site.farm.root}, "later")
        assert later > job
        panel.set_speed(job, None)
    site.client.sweep()
    assert site.wait(job).state == "done" and site.wait(later).state == "done"
    assert not process.is_alive(worker) or until(lambda: not process.is_alive(worker))
