"""What the processes of load.py do: each is one of these functions, alone in its process."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import json
import os
import resource
import sys
import time


def cpu():
    """Return this process's seconds of processor time, the system's for it included."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def peak_mb():
    """Return the peak of this process's memory."""
    # Not ``ru_maxrss``: on Linux a child begins with its parent's peak.
    with open("/proc/self/status") as status:
        return [int(line.split()[1]) / 1024.0 for line in status if line.startswith("VmHWM")][0]


class Meter(object):
    """Measures what happens within ``with``: imports are not counted."""

    def __enter__(self):
        self._base = peak_mb()
        self._cpu, self._began = cpu(), time.time()
        return self

    def __exit__(self, *_):
        self.cpu, self.wall = cpu() - self._cpu, time.time() - self._began
        self.peak = peak_mb()

    def found(self, **more):
        """Return what was measured."""
        return dict(more, cpu=self.cpu, wall=self.wall, peak_mb=self.peak, base_mb=self._base)


def login(domain, access_id, access_key):
    """Return the API object for the farm of `farm`."""
    from rayvision_sync.api import RayvisionAPI
    return RayvisionAPI(access_id=access_id, access_key=access_key, domain=domain, platform="2", protocol="http")


# ---------------------------------------------------------------- a million assets

def cut(path, folder):
    """Cut a manifest by 800."""
    from rayvision_sync import utils
    with Meter() as meter:
        parts = utils.cutting_upload(path, 800, folder)
    return meter.found(parts=len(parts))


def upload(path, folder, *account):
    """Upload one manifest, or all the parts of a folder, by the documented calls."""
    from rayvision_sync.upload import RayvisionUpload
    call = RayvisionUpload(login(*account))
    call.logger.disabled = True
    with Meter() as meter:
        if folder:
            call.multi_thread_upload([os.path.join(folder, name) for name in sorted(os.listdir(folder))])
        else:
            call.upload_asset(path)
    report = call.report
    return meter.found(sent=report.sent, skipped=report.skipped, missing=report.missing, failed=report.failed)


def again(path, root):
    """Upload a manifest to a storage folder that has everything; the second time the record has it, too."""
    from rayvision_sync import session
    from rayvision_sync.settings import Settings
    one = session.Session(None, Settings([("load", {"storage": {"engine": "folder", "input": {"root": root}}})]))
    with Meter() as meter:
        report = one.upload([path])
    return meter.found(sent=report.sent, skipped=report.skipped)


def look(path):
    """Only ask the system for each file of a manifest: the least that any upload does."""
    from rayvision_sync import compat, manifest
    with Meter() as meter:
        for batch in manifest.read_assets(path):
            for local, _ in batch:
                os.stat(compat.fs(local))
    return meter.found()


def verify(path, *account):
    """Compare sizes and times of all assets on both sides, and the record."""
    from rayvision_sync import session, verify as verify_module
    from rayvision_sync.settings import Settings  # noqa: F401  Loaded before the meter runs.
    run = session.Session(login(*account))
    with Meter() as meter:
        report = verify_module.verify(run, [path], quick=True).report
    return meter.found(skipped=report.skipped, missing=report.missing, failed=report.failed)


# ---------------------------------------------------------------- a farm

class _NoLoop(object):
    """Instead of the render loop: `Rounds` renders."""

    def start(self):
        """See `RenderLoop`."""

    stop = wake = start

    def cancel(self, is_unwanted):
        """See `RenderLoop`."""


class Rounds(object):
    """Renders some frames of a task whenever it is asked about: a round for each look of a watch.

    Args:
        farm (LocalFarm): Running.
        tasks, frames, looks (int): How many tasks, frames in all, and looks until all of them are done.
    """

    def __init__(self, farm, tasks, frames, looks):
        from rayvision_sync import png
        self._farm = farm
        self._frames = frames // tasks
        self._a_round = max(self._frames // looks, 1)
        self._picture = png.encode(64, 36, bytes(bytearray((200, 90, 60))) * (64 * 36))
        self.next = dict((self._task(number), 1) for number in range(tasks))

    def _task(self, number):
        from rayvision_sync.farm import intake
        store, name = self._farm.store, "shot%03d" % number
        task = store.create_tasks(1, 50, "", [])[0]
        shot = intake.Shot("", "", name, list(range(1, self._frames + 1)), (), 64, 36)
        store.submit(task, intake.Order("/show/%s.ma" % name, name + ".ma", name, "load", False, [shot]), "")
        os.makedirs(os.path.join(self._farm.output.root, store.task(task)["output"]))
        return task

    def render(self, task):
        """Let some frames of a task be done."""
        from rayvision_sync.farm import states
        store, first = self._farm.store, self.next[task]
        self.next[task] = last = min(first + self._a_round, self._frames + 1)
        if first == last:
            return
        folder = os.path.join(self._farm.output.root, store.task(task)["output"])
        for number in range(first, last):
            path = os.path.join(folder, "frame.%05d.png" % number)
            with io.open(path + "~", "wb") as out:
                out.write(self._picture)
            os.rename(path + "~", path)
        with store.writing() as db:
            db.execute("UPDATE task SET begun = COALESCE(begun, 1) WHERE id = ?", (task,))
            db.execute("UPDATE frame SET state = ?, started = 1, ended = ? WHERE task = ? AND number >= ?"
                       " AND number < ?", (states.FRAME_DONE, store.now(), task, first, last))
            store.settle(db, task)

    def look(self, call):
        """Return a call of the farm's API that renders first."""
        def looked(farm, body):
            for task in body.get("taskIds", ()):
                self.render(task)
            return call(farm, body)
        return looked


def farm(root, tasks, frames, looks):
    """Be a farm until the standard input ends; the line that is printed is its account and its tasks."""
    from rayvision_sync.farm import local, task_calls
    running = local.LocalFarm(root)
    running.loop = _NoLoop()
    with running:
        rounds = Rounds(running, int(tasks), int(frames), int(looks)) if int(tasks) else None
        for url, call in list(local.CALLS.items()) if rounds else ():
            if call is task_calls.task_info:
                local.CALLS[url] = rounds.look(call)
        print(json.dumps({"account": [running.domain, running.access_id, running.access_key],
                          "tasks": sorted(rounds.next) if rounds else []}))
        sys.stdout.flush()
        sys.stdin.read()


# ---------------------------------------------------------------- twenty thousand frames

def watch(folder, tasks, *account):
    """Auto-download tasks by the documented call."""
    from rayvision_sync.download import RayvisionDownload
    call = RayvisionDownload(login(*account))
    call.logger.disabled = True
    with Meter() as meter:
        call.auto_download(json.loads(tasks), sleep_time=0.1, local_path=folder)
    return meter.found(sent=call.report.sent, failed=call.report.failed)


def watch_job(folder, tasks, farm_root):
    """Auto-download tasks as the panel does: by a job of the store, which keeps a row for each frame."""
    from rayvision_sync import compat
    from rayvision_sync.jobs import desk, kinds, lanes, runner, store as store_module, work  # noqa: F401
    with store_module.Store() as store:
        with store.write() as db:
            number = lanes.insert(store, db, "watch", {
                "task_ids": json.loads(tasks), "local_path": folder, "farm": farm_root, "keep": True,
                "poll_s": 0.1}, "load")
        path = store.path
        saved = [os.dup(1), os.dup(2)]  # A worker writes into the job's log.
        with Meter() as meter:
            runner.main(["%d" % number, "--store", path])
        os.dup2(saved[0], 1), os.dup2(saved[1], 2)
        job = store.job(number)
        rows = store.value("SELECT COUNT(*) FROM frame WHERE state = 'here'")
        assert job.state == "done", job
    return meter.found(sent=compat.parse_json(job.result)["sent"], failed=job.failed, rows=rows)


def watch_jobs(folder, tasks, farm_root):
    """Auto-download each task by a job and a process of its own, and poll the store as a panel does."""
    from rayvision_sync import compat
    from rayvision_sync.jobs import spawn
    from rayvision_sync.jobs.client import Client
    from rayvision_sync.jobs.schema import LIVE
    polls, files, memory, most_memory = [], 0, {}, 0
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with Client(python=sys.executable) as client:
        began = time.time()
        for task in json.loads(tasks):
            client.add("watch", {"task_ids": [task], "local_path": folder, "farm": farm_root, "keep": True,
                                 "poll_s": 0.1}, "task %d" % task)
        while True:
            moment = compat.monotonic()
            jobs = client.poll(0).jobs
            polls.append((compat.monotonic() - moment) * 1000)
            workers = [compat.parse_json(job.worker)["pid"] for job in jobs if job.worker]
            memory = dict((pid, _of_process(pid)) for pid in workers)
            files = max([files] + [found[1] for found in memory.values()])
            most_memory = max(most_memory, sum(found[0] for found in memory.values()))
            if not any(job.state in LIVE for job in jobs):
                break
            time.sleep(0.5)
            client.sweep()
        states = set(job.state for job in jobs)
        assert states == set(["done"]), jobs
        rows = client.store.value("SELECT COUNT(*) FROM frame WHERE state = 'here'")
    while spawn._children:
        spawn.reap()
        time.sleep(0.05)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {"sent": rows, "cpu": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
            "wall": time.time() - began, "peak_mb": most_memory, "worst_poll_ms": max(polls), "files": files}


def _of_process(pid):
    """Return a process's memory that nobody shares, in MB, and how many files it has open."""
    try:
        with open("/proc/%d/smaps_rollup" % pid) as lines:
            kb = [int(line.split()[1]) for line in lines if line.startswith("Pss:")]
        return sum(kb) / 1024.0, len(os.listdir("/proc/%d/fd" % pid))
    except OSError:
        return 0, 0  # It has just ended.


# ---------------------------------------------------------------- a hundred jobs

#: Kind and state of each job of ten.
_JOBS = (("upload", "done"), ("upload", "failed"), ("submit", "done"), ("watch", "done"), ("download", "cancelled"),
         ("upload", "paused"), ("submit", "interrupted"), ("upload", "queued"), ("watch", "running"),
         ("upload", "running"))


def fill(jobs):
    """Put jobs in all states into the store; return the numbers of those that run."""
    from rayvision_sync.jobs import process, store as store_module
    with store_module.Store() as store:
        with store.write() as db:
            for number in range(int(jobs)):
                kind, state = _JOBS[number % len(_JOBS)]
                row = db.execute(
                    "INSERT INTO job (kind, title, params, state, lane, created, started, changed, files_total, failed,"
                    " want) VALUES (?, ?, '{}', ?, ?, ?, ?, (SELECT value FROM counter), 1000, ?, '')",
                    (kind, "city_v%03d.ma" % number, state, "watch" if kind == "watch" else "transfer",
                     store.now() - number, store.now(), 20 if state == "failed" else 0)).lastrowid
                db.executemany("INSERT INTO job_file (job, name, state, reason) VALUES (?, ?, 'failed', 'It is away.')",
                               [(row, "/show/tex/%04d.tx" % item) for item in range(20 if state == "failed" else 0)])
        return {"running": [job.id for job in store.jobs("state = 'running'")], "me": process.token(os.getpid())}


def worker(jobs, seconds):
    """Write progress into the rows of jobs, each ten times a second, as a desk does with what it hears."""
    from rayvision_sync import compat
    from rayvision_sync.jobs import desk as desk_module, process, store as store_module
    from rayvision_sync.model import Event
    from rayvision_sync.progress import Totals
    token, rounds, waits = process.token(os.getpid()), 0, []
    with store_module.Store() as store:
        desks = []
        for number in json.loads(jobs):
            with store.write() as db:
                store.update(db, number, worker=token, heartbeat=store.now())
            desks.append(desk_module.Desk(store, store.job(number), token))
        with Meter() as meter:
            until = compat.monotonic() + float(seconds)
            while compat.monotonic() < until:
                rounds += 1
                for desk in desks:
                    began = compat.monotonic()
                    desk.hear(Event("tick", None, 0, Totals(
                        rounds, 1000, rounds * 4096, 4096000, 0, 40960.0, 100.0, rounds / 10.0,
                        [("/show/tex/%04d.tx" % (rounds + item), 100) for item in range(8)])))
                    waits.append(compat.monotonic() - began)
                time.sleep(0.1)
    return meter.found(rounds=rounds, worst_ms=max(waits) * 1000)


def panel(seconds):
    """Poll as the panel's one timer does, twenty times as often."""
    from rayvision_sync import compat
    from rayvision_sync.jobs.client import Client
    polls, rows, sweeps = [], 0, 0
    with Client() as client:
        since = event = 0
        with Meter() as meter:
            until = compat.monotonic() + float(seconds)
            while compat.monotonic() < until:
                began = compat.monotonic()
                found = client.poll(since)
                events = client.events(event)
                polls.append((compat.monotonic() - began) * 1000)
                since, event, rows = found.changed, events[-1].id if events else event, rows + len(found.jobs)
                if len(polls) % 80 == 0:
                    client.store.rows("SELECT 1")
                    from rayvision_sync.jobs import lanes
                    assert not lanes.bury(client.store)
                    sweeps += 1
                time.sleep(0.025)
    polls.sort()
    return meter.found(polls=len(polls), median_ms=polls[len(polls) // 2], p99_ms=polls[len(polls) * 99 // 100],
                       worst_ms=polls[-1], rows=rows, sweeps=sweeps)


WORK = dict((call.__name__, call) for call in (cut, upload, again, look, verify, farm, watch, watch_job, watch_jobs,
                                            fill, worker, panel))


def main():
    """Do one piece of work and print what was measured."""
    found = WORK[sys.argv[1]](*sys.argv[2:])
    if found is not None:
        print(json.dumps(found))


if __name__ == "__main__":
    main()
