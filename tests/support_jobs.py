"""Jobs with real workers against a local farm: what the tests of `rayvision_sync.jobs` share."""
from __future__ import absolute_import, division, print_function, unicode_literals

import errno
import os
import signal
import threading

from support_farm import write
from support_limits import WAIT_S

from rayvision_sync import compat, manifest
from rayvision_sync.farm import LocalFarm
from rayvision_sync.jobs import process, snapshot
from rayvision_sync.jobs.client import Client

ENDED = ("done", "failed", "cancelled", "interrupted")


def until(found, what="it never happened", seconds=WAIT_S, show=None):
    """Return ``found()`` as soon as it is true."""
    pause, end = threading.Event(), compat.monotonic() + seconds
    while True:
        value = found()
        if value:
            return value
        if compat.monotonic() > end:
            raise AssertionError("%s%s" % (what, ": %s" % (show(),) if show else ""))
        pause.wait(0.03)


def end_process(pid):
    """Send SIGKILL to a process, which may have ended by itself just before."""
    try:
        os.kill(pid, signal.SIGKILL)
    except OSError as error:
        if error.errno != errno.ESRCH:
            raise


class Site(object):
    """A home with a job store, a farm and some files. Use it as ``with``: no worker survives it.

    Args:
        home (str): From the fixture of that name.
        farm_options: For `LocalFarm`.
    """

    def __init__(self, home, **farm_options):
        self.home = home
        self.farm = LocalFarm(os.path.join(home, "farm"), **farm_options)
        self.client = Client()

    def __enter__(self):
        self.farm.start()
        self.client.open()
        return self

    def __exit__(self, *_):
        self.kill_workers()
        self.client.close()
        self.farm.stop()

    # -- files

    def files(self, count, size, folder="src"):
        """Make files; returns their paths."""
        paths = [os.path.join(self.home, folder, "file_%04d.bin" % number) for number in range(count)]
        for number, path in enumerate(paths):
            write(path, (b"%d " % number if str is not bytes else str("%d " % number)) + b"x" * size)
        return paths

    def manifest(self, paths, name="upload.json"):
        """Write an upload.json; returns its path."""
        target = os.path.join(self.home, name)
        manifest.write(target, [(path, path) for path in paths])
        return target

    def snapshot(self, paths=(), frames=(1, 3), **more):
        """Write a scene and its snapshot; returns the snapshot's path."""
        scene = os.path.join(self.home, "src", "city.ma")
        write(scene, b"//Maya ASCII 2018 scene")
        values = {"host": "maya", "host_version": "2024", "scene": scene,
                  "output_folder": os.path.join(self.home, "images"),
                  "files": [{"path": path, "node": "file%d" % number, "attribute": "fileTextureName"}
                            for number, path in enumerate(paths)],
                  "frames": {"start": frames[0], "end": frames[1]}}
        values.update(more)
        return snapshot.save(snapshot.make(values))

    def stored(self):
        """Return ``{name: size}`` of the files on the farm's input storage."""
        found = {}
        for folder, _, names in os.walk(self.farm.input.root):
            for name in names:
                if ".rayvision_sync" not in folder:
                    found[name] = os.path.getsize(os.path.join(folder, name))
        return found

    # -- jobs

    def add(self, kind, title="job", **params):
        """Add a job of the local farm."""
        options = dict((name, params.pop(name)) for name in ("threads", "max_speed", "priority") if name in params)
        return self.client.add(kind, dict(params, farm=self.farm.root), title, **options)

    def wait(self, job_id, *states, **options):
        """Return a job once it is in one of `states`, by default an end."""
        states = states or ENDED

        def look():
            if options.get("sweep", True):
                self.client.sweep()
            job = self.client.job(job_id)
            return job if job.state in states else None

        return until(look, "job %d is not %s" % (job_id, " or ".join(states)), options.get("seconds", WAIT_S),
                     lambda: "%s\n%s" % (self.client.job(job_id), self.log(job_id)))

    def moving(self, job_id, least=1):
        """Return a job that has moved some bytes."""
        def look():
            job = self.client.job(job_id)
            return job if job.state == "running" and job.bytes >= least else None

        return until(look, "nothing moves", show=lambda: "%s\n%s" % (self.client.job(job_id), self.log(job_id)))

    def log(self, job_id):
        """Return the log of a job."""
        path = self.client.log_path(job_id)
        if not os.path.exists(path):
            return ""
        with open(path, "rb") as source:
            return source.read().decode("utf-8")

    def pid(self, job_id):
        """Return the process that works on a job."""
        return compat.parse_json(self.client.job(job_id).worker)["pid"]

    def kill(self, job_id, number=signal.SIGKILL):
        """Send a signal to the worker of a job; returns its process number."""
        pid = self.pid(job_id)
        os.kill(pid, number)
        return pid

    def kill_workers(self):
        """End all workers of this store."""
        for job in self.client.jobs():
            worker = compat.parse_json(job.worker) if job.worker else None
            if worker and process.is_alive(job.worker):
                end_process(worker["pid"])
        until(lambda: not [job for job in self.client.jobs() if job.worker and process.is_alive(job.worker)])
