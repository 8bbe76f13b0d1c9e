"""Disks that are full or may only be read, on each side of a real run: a sentence, nothing lost, and it goes on."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os
import sqlite3
import sys

import pytest
import support_cli
import support_disks
from support_farm import Farm, Refused, folder
from support_jobs import Site, until
from support_upload import put, sources, stored, write_manifest

from rayvision_sync import compat
from rayvision_sync.farm import render, server
from rayvision_sync.jobs.schema import DONE
from rayvision_sync.jobs.store import StoreError

#: Real disks and processes: on one Python of each line.
pytestmark = pytest.mark.skipif(sys.version_info[:2] not in ((2, 7), (3, 11)), reason="runs on two Pythons only")


def make(tmpdir, count=6, size=100000):
    """Write files and their manifest; returns ``(manifest, pairs)``."""
    pairs = [(put(folder(tmpdir, "src/%d.tx" % number), ("%d" % number).encode("ascii") * size),
              "/tex/%d.tx" % number) for number in range(count)]
    return write_manifest(folder(tmpdir, "upload.json"), pairs), pairs


def upload(manifest, storage, *more, **options):
    return support_cli.run("upload", manifest, "--storage", storage, "--json", *more, **options)


def sentences(result):
    """Return what a run that failed said."""
    assert result.code == 1 and result.err == "", result
    return [event.get("message") or event["reason"] for event in support_cli.events(result)
            if event["event"] in ("error", "failed")]


# ---------------------------------------------------------------- the download folder

def test_a_download_onto_a_full_disk_says_so_waits_and_goes_on(tmpdir, home):
    storage = folder(tmpdir, "storage")
    for number in range(4):
        put(os.path.join(storage, "shot", "%d.exr" % number), b"x" * 200000)
    with support_disks.small(folder(tmpdir, "images"), "16m") as images:
        with support_disks.full(images):
            process = support_cli.start("download", "--storage", storage, "--server-path", "/shot",
                                        "--local-path", images, "--json")
            said = support_cli.until(process, "No space left")
            assert sorted(os.listdir(images)) in (["ballast"], ["ballast", "shot"])
        result = support_cli.finish(process)
        assert "4 frames wait" in said[-1] and (result.code, result.err) == (0, ""), result
        assert stored(os.path.join(images, "shot")) == stored(os.path.join(storage, "shot"))


def test_a_download_folder_that_may_only_be_read_is_said_and_nothing_is_lost(tmpdir, home):
    storage, images = folder(tmpdir, "storage"), folder(tmpdir, "images")
    for number in range(3):
        put(os.path.join(storage, "shot", "%d.exr" % number), b"x" * 2000)
    compat.make_folder(images)
    arguments = ("download", "--storage", storage, "--server-path", "/shot", "--local-path", images, "--json")
    with support_disks.only_readable(images):
        result = support_cli.run(*arguments)
        said, = sentences(result)
        assert "Nothing can be written to the download folder %s (" % images in said and "name another folder" in said
        assert support_cli.report(result)["failed"] == 3
    assert support_cli.run(*arguments).code == 0
    assert stored(os.path.join(images, "shot")) == stored(os.path.join(storage, "shot"))


# ---------------------------------------------------------------- the farm's side

def test_an_upload_to_a_full_storage_says_so_and_goes_on_when_there_is_room(tmpdir, home):
    manifest, pairs = make(tmpdir)
    with support_disks.small(folder(tmpdir, "storage")) as storage:
        with support_disks.full(storage):
            for said in sentences(upload(manifest, storage)):
                assert "No space left on the storage" in said and "run the upload again" in said
            assert list(stored(storage)) == ["/ballast"]
        result = upload(manifest, storage)
        assert result.code == 0 and support_cli.report(result)["sent"] == 6
        assert stored(storage) == sources(pairs)


def test_an_upload_to_a_storage_that_may_only_be_read_is_said(tmpdir, home):
    manifest, pairs = make(tmpdir)
    storage = folder(tmpdir, "storage")
    compat.make_folder(storage)
    with support_disks.only_readable(storage):
        said, = sentences(upload(manifest, storage))
        assert "Nothing can be written to the storage folder" in said and "Check who may write there" in said
    assert upload(manifest, storage).code == 0 and stored(storage) == sources(pairs)


def test_a_farm_whose_disk_is_full_says_so_and_goes_on_when_there_is_room(tmpdir, home):
    with support_disks.small(folder(tmpdir, "farm"), "4m") as root, Farm(root) as farm:
        with support_disks.full(root):
            with pytest.raises(Refused) as caught:
                for _ in range(1000):  # In a file that is there, a few rows find room.
                    farm.client("createTask", count=1, taskUserLevel=50)
            assert caught.value.message == server._NO_ROOM
        assert farm.wait(farm.task(frames="1-2[1]"))["taskStatus"] == 25


def test_a_frame_that_ends_while_the_farms_disk_is_full_does_not_hold_its_task_for_ever(tmpdir, home, monkeypatch):
    monkeypatch.setattr(render, "_KEEP_S", 0.1)
    with Farm(folder(tmpdir, "farm")) as farm:
        end, refused = farm.farm.store.end_frame, []

        def full(job, *values):
            if len(refused) < 3:
                refused.append(job.number)
                raise sqlite3.OperationalError("database or disk is full")
            return end(job, *values)
        monkeypatch.setattr(farm.farm.store, "end_frame", full)
        assert farm.wait(farm.task(frames="1-2[1]"))["taskStatus"] == 25
        assert refused == [1, 1, 1]


# ---------------------------------------------------------------- this user's own disk

def test_a_full_home_is_said_and_the_next_run_finishes(tmpdir, home):
    manifest, pairs = make(tmpdir)
    storage = folder(tmpdir, "storage")
    with support_disks.small(folder(tmpdir, "own"), "1m") as own:
        environ = {"RAYVISION_SYNC_HOME": own}
        with support_disks.full(own):
            said, = sentences(upload(manifest, storage, environ=environ))
            assert "record.sqlite cannot be opened" in said and "Free the disk" in said
        assert upload(manifest, storage, environ=environ).code == 0
        os.utime(pairs[0][0], (1, 1))
        with support_disks.full(own):
            said, = sentences(upload(manifest, storage, environ=environ))
            assert "record.sqlite cannot be opened" in said and "Free the disk" in said
            assert upload(manifest, storage, "--no-record", environ=environ).code == 0
        result = upload(manifest, storage, environ=environ)
        assert result.code == 0 and support_cli.report(result)["sent"] == 0
        assert stored(storage) == sources(pairs)


def test_an_auto_download_waits_while_there_is_no_room_for_its_record(tmpdir, home):
    with support_disks.small(folder(tmpdir, "own"), "1m") as own, Farm(folder(tmpdir, "farm")) as farm:
        task = farm.task(frames="1-3[1]")
        farm.wait(task)
        environ, images = {"RAYVISION_SYNC_HOME": own}, folder(tmpdir, "images")
        with support_disks.full(own):
            process = support_cli.start("watch", "--farm", farm.farm.root, "%d" % task, "--local-path", images,
                                        "--interval", "0.2", "--json", environ=environ)
            said = support_cli.until(process, "no space is left")
        result = support_cli.finish(process)
        assert '"note"' in said[-1] and (result.code, result.err) == (0, ""), (said, result)
        assert stored(images) == stored(farm.farm.output.root) and len(stored(images)) == 3


def test_a_home_that_may_only_be_read_is_said_and_the_next_run_finishes(tmpdir, home):
    manifest, pairs = make(tmpdir)
    storage, own = folder(tmpdir, "storage"), folder(tmpdir, "own")
    compat.make_folder(own)
    with support_disks.only_readable(own):
        said, = sentences(upload(manifest, storage, environ={"RAYVISION_SYNC_HOME": own}))
        assert "record.sqlite cannot be opened" in said and "RAYVISION_SYNC_HOME" in said
    assert upload(manifest, storage, environ={"RAYVISION_SYNC_HOME": own}).code == 0
    assert stored(storage) == sources(pairs)


def test_a_job_whose_store_has_no_room_any_more_moves_all_and_is_seen_to_its_end(tmpdir, home, monkeypatch):
    with support_disks.small(folder(tmpdir, "own"), "3m") as own:
        monkeypatch.setenv(str("RAYVISION_SYNC_HOME"), compat.like(own, str()))
        with Site(folder(tmpdir, "site")) as site:
            paths = site.files(8, 300000)
            manifest = site.manifest(paths)
            job = site.add("upload", manifests=[manifest], max_speed=500)
            pid = compat.parse_json(site.moving(job).worker)["pid"]
            with support_disks.full(own):
                with pytest.raises(StoreError) as caught:
                    for number in range(1000):
                        site.client.store.set_meta("filler %d" % number, "x" * 4000)
                assert "No space left for the job store" in caught.value.message
                until(lambda: not compat.is_running(pid), "the worker has not ended", 180)
            assert len(site.stored()) == len(paths), "the transfer went on"
            assert "Traceback" not in site.log(job)
            found = site.wait(job)
            if found.state != DONE:  # Its end found no room in the store.
                assert found.state == "interrupted" and site.client.resume(job)
                found = site.wait(job)
            assert (found.state, found.skipped + found.files, found.failed) == (DONE, len(paths), 0)
