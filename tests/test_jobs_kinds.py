"""What jobs do, each by a real worker against a real farm."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os
import sys

import pytest
import support_farm
from support_jobs import Site, until
from support_tree import native

from rayvision_sync import compat
from rayvision_sync.jobs import snapshot


@pytest.fixture
def site(home):
    with Site(home) as found:
        yield found


def result(job):
    return compat.parse_json(job.result)


def test_an_upload_sends_what_is_not_there(site):
    paths = site.files(20, 3000)
    job = site.wait(site.add("upload", manifests=[site.manifest(paths)]))
    assert job.state == "done" and job.message == "20 files sent (60 KB), 0 already there."
    assert (job.files, job.files_total, job.bytes, job.bytes_total) == (20, 20, 60050, 60050)
    assert sorted(site.stored()) == sorted(os.path.basename(path) for path in paths)
    again = site.wait(site.add("upload", manifests=[site.manifest(paths)]))
    assert (again.files, again.skipped) == (0, 20)
    assert sorted((row.name, row.state) for row in site.client.files(again.id)) == [
        (path, "skipped") for path in sorted(paths)]
    assert compat.parse_json(job.hello)["requests"]


def test_missing_files_make_an_upload_fail_and_are_listed(site):
    paths = site.files(2, 10) + [os.path.join(site.home, "gone.exr")]
    job = site.wait(site.add("upload", manifests=[site.manifest(paths)]))
    assert job.state == "failed" and "1 missing" in job.message and job.missing == 1
    assert [(found.name, found.state) for found in site.client.files(job.id)] == [(paths[2], "missing")]
    support_farm.write(paths[2], b"back")
    assert site.client.retry(job.id)
    job = site.wait(job.id)
    assert job.state == "done" and (job.files, job.skipped, job.missing) == (1, 2, 0)
    assert sorted((row.name, row.state) for row in site.client.files(job.id)) == [
        (path, "skipped") for path in sorted(paths[:2])]


def test_a_manifest_that_is_none_is_a_sentence(site):
    path = os.path.join(site.home, "upload.json")
    support_farm.write(path, b'{"asset": [')
    job = site.wait(site.add("upload", manifests=[path]))
    assert job.state == "failed" and "is not valid JSON" in job.message
    assert "Traceback" not in site.log(job.id)


def test_verify_compares_both_sides(site):
    paths = site.files(3, 100)
    names = [site.manifest(paths)]
    site.wait(site.add("upload", manifests=names))
    assert site.wait(site.add("verify", manifests=names)).message == "3 files are the same on both sides."
    stored = os.path.join(site.farm.input.root, paths[0].lstrip("/"))
    support_farm.write(stored, b"y" * os.path.getsize(stored))
    job = site.wait(site.add("verify", manifests=names))
    assert job.state == "failed" and "1 different" in job.message and result(job)["failed"] == 1


def test_an_estimate_counts_and_sends_nothing(site):
    paths = site.files(3, 1000000)
    site.wait(site.add("upload", manifests=[site.manifest(paths[:1])]))
    record = os.path.join(site.home, "rayvision_sync", "record.sqlite")
    before = support_farm.read(record), sorted(site.stored())
    site.client.store.set_meta("rate_up", "2000")
    gone = {"path": "/show/gone.<UDIM>.exr", "node": "file12", "attribute": "fileTextureName"}
    path = site.snapshot(paths, files=[{"path": path} for path in paths] + [gone, gone])
    job = site.wait(site.add("estimate", snapshot=path))
    found = result(job)
    assert job.message == ("3 files, 2.0 MB to send, 1.0 MB already there, 1 missing, "
                           "about 17 minutes at your last rate.")
    assert (found["files"], found["there_files"], found["missing_files"]) == (3, 1, 1)
    assert found["missing"] == [dict(gone, count=2, kind="missing", reason=found["missing"][0]["reason"])]
    assert (support_farm.read(record), sorted(site.stored())) == before


def test_an_estimate_of_what_is_all_there_says_so(site):
    names = [site.manifest(site.files(2, 10))]
    site.wait(site.add("upload", manifests=names))
    job = site.wait(site.add("estimate", manifests=names))
    assert job.message == "Nothing to send: all 2 files are already there."


def test_submit_and_upload_ends_in_frames_in_the_output_folder(site):
    job = site.wait(site.add("submit", snapshot=site.snapshot(site.files(5, 100)), poll_s=0.2))
    assert job.state == "done" and job.stage == "watched", job
    assert result(job)["task_id"] == job.task_id and result(job)["sent"] == 6
    watch = site.wait(result(job)["watch"])
    assert watch.state == "done" and watch.title == "city.ma, task %d" % job.task_id
    assert watch.message.startswith("3 of 3 frames here")
    names = ["city.%04d.png" % number for number in (1, 2, 3)]
    assert support_farm.tree(os.path.join(site.home, "images")) == names
    rows = site.client.frames(job.task_id)
    assert [(row.number, row.name, row.state, row.flag) for row in rows] == [
        (number, names[number - 1], "here", "") for number in (1, 2, 3)]
    # A frame may land before the farm has noted its end.
    assert all(os.path.isfile(row.thumb) and abs(row.landed - row.rendered) < 3600 and row.farm_id for row in rows)
    # Done once is done: neither a second task nor a second auto-download.
    jobs = len(site.client.jobs())
    assert site.client.retry(job.id)
    assert site.wait(job.id).state == "done"
    assert len(site.client.jobs()) == jobs and len(site.farm.store.rows("SELECT id FROM task")) == 1


def test_a_scene_that_lacks_files_is_submitted_only_if_the_artist_says_so(site):
    job = site.wait(site.add("submit", snapshot=site.snapshot(["/show/gone.exr"]), watch=False))
    assert job.state == "failed" and "send the scene anyway" in job.message and result(job)["incomplete"]
    assert "/show/gone.exr" in job.message and site.farm.store.rows("SELECT id FROM task") == []
    assert site.client.send_anyway(job.id)
    job = site.wait(job.id)
    assert job.state == "done" and "1 missing" in job.message
    assert site.farm.store.rows("SELECT id, submitted FROM task") == [{"id": job.task_id, "submitted": 1}]


def test_layers_have_rows_of_their_own(site):
    path = site.snapshot(layers=["beauty", "shadow"], frames=[1, 2])
    job = site.wait(site.add("submit", snapshot=path, poll_s=0.2))
    site.wait(result(job)["watch"])
    assert [(row.layer, row.number, row.state) for row in site.client.frames(job.task_id)] == [
        (layer, number, "here") for layer in ("beauty", "shadow") for number in (1, 2)]
    assert sorted(os.listdir(os.path.join(site.home, "images"))) == ["beauty", "shadow"]


def test_a_frame_is_fetched_again_or_rendered_again_when_somebody_asks(site):
    job = site.wait(site.add("submit", snapshot=site.snapshot(frames=[1, 2]), poll_s=0.2))
    site.wait(result(job)["watch"])
    first, second = site.client.frames(job.task_id)
    before = [os.stat(row.path).st_ino for row in (first, second)]
    fetched = site.wait(site.add("refetch", task_id=job.task_id, frames=[["", 2]], keep=False,
                                 local_path=os.path.join(site.home, "images")))
    assert fetched.state == "done" and fetched.files == 1
    after = [os.stat(row.path).st_ino for row in (first, second)]
    assert after[0] == before[0] and after[1] != before[1]
    ended = first.rendered
    assert site.wait(site.add("restart", task_id=job.task_id, frame_ids=[first.farm_id])).state == "done"
    until(lambda: site.farm.store.rows("SELECT id FROM task WHERE state = 25"))
    site.wait(site.add("watch", task_ids=[job.task_id], poll_s=0.2, local_path=os.path.join(site.home, "images")))
    row = site.client.frames(job.task_id)[0]
    assert row.state == "here" and row.rendered > ended


def test_a_file_of_the_artists_own_is_kept_and_shown_so(site):
    own = os.path.join(site.home, "images", "city.0002.png")
    support_farm.write(own, b"painted over")
    job = site.wait(site.add("submit", snapshot=site.snapshot(), poll_s=0.2))
    watch = site.wait(result(job)["watch"])
    assert support_farm.read(own) == b"painted over"
    assert own in [found.name for found in site.client.files(watch.id) if found.state == "kept"]
    assert [row.state for row in site.client.frames(job.task_id)] == ["here", "kept", "here"]


def test_a_frame_that_comes_damaged_is_fetched_twice_and_lands_with_a_flag(site):
    job = site.wait(site.add("submit", snapshot=site.snapshot(), watch=False))
    until(lambda: site.farm.store.rows("SELECT id FROM task WHERE state = 25"))
    broken = os.path.join(site.farm.output.root, "%d_city" % job.task_id, "city.0002.png")
    support_farm.write(broken, support_farm.read(broken)[:5000])
    watch = site.wait(site.add("watch", task_ids=[job.task_id], poll_s=0.2,
                               local_path=os.path.join(site.home, "images")))
    assert watch.state == "done"
    assert [row.flag for row in site.client.frames(job.task_id)] == ["", "truncated", ""]
    assert "fetched again" in site.log(watch.id)
    assert [found.state for found in site.client.files(watch.id)] == ["flagged"]


def test_frames_that_failed_carry_the_farms_reason(home, tmpdir):
    script = support_farm.script(os.path.join(home, "render.py"), [
        "import sys", "if sys.argv[1] == '2':", "    sys.exit('no licence')", "open(sys.argv[2], 'wb').write(b'GIF')"])
    with Site(home, render='"%s" %s {frame} {output}' % (sys.executable, script)) as site:
        job = site.wait(site.add("submit", snapshot=site.snapshot(), poll_s=0.2))
        watch = site.wait(result(job)["watch"])
        rows = site.client.frames(job.task_id)
        assert [row.state for row in rows] == ["here", "failed", "here"], (rows, watch)
        assert rows[1].note and "2 of 3 frames here" in watch.message


def test_a_download_fetches_what_is_there(site):
    job = site.wait(site.add("submit", snapshot=site.snapshot(), watch=False))
    until(lambda: site.farm.store.rows("SELECT id FROM task WHERE state = 25"))
    folder = os.path.join(site.home, "later")
    found = site.wait(site.add("download", task_ids=[job.task_id], local_path=folder))
    assert found.state == "done" and found.message.startswith("3 files landed in %s" % folder)
    assert support_farm.tree(folder) == ["%d_city/city.%04d.png" % (job.task_id, number) for number in (1, 2, 3)]
    assert [row.state for row in site.client.frames(job.task_id)] == ["here"] * 3
    lost = site.wait(site.add("download", task_ids=[99], local_path=folder))
    assert lost.state == "failed" and "does not know task 99" in lost.message


def test_the_short_questions_answer(site):
    login = site.wait(site.add("login"))
    assert login.message == "Logged in to %s as local." % site.farm.domain and result(login)["user_id"]
    job = site.wait(site.add("submit", snapshot=site.snapshot(), watch=False))
    tasks = result(site.wait(site.add("tasks")))["tasks"]
    assert [(task["id"], task["name"]) for task in tasks] == [(job.task_id, "city.ma")]


def test_a_wrong_key_and_a_farm_that_is_down_are_sentences(site, monkeypatch):
    domain = site.farm.domain
    given = {"domain": domain, "protocol": "http", "access_id": site.farm.access_id}
    monkeypatch.setenv(native("RAYVISION_API_KEY"), native("wrong-key-0123456789"))
    wrong = site.wait(site.client.add("login", {"settings": given}, "login"))
    assert wrong.state == "failed" and "key" in wrong.message
    monkeypatch.setenv(native("RAYVISION_API_KEY"), native(site.farm.access_key))
    assert site.wait(site.client.add("login", {"settings": given}, "login")).state == "done"
    site.farm.stop()
    down = site.wait(site.client.add("login", {"settings": given}, "login"), seconds=180)
    assert down.state == "failed" and domain in down.message


def test_a_transfer_waits_for_a_farm_that_is_down(site, monkeypatch):
    monkeypatch.setenv(native("RAYVISION_API_KEY"), native(site.farm.access_key))
    given = {"domain": site.farm.domain, "protocol": "http", "access_id": site.farm.access_id}
    names = [site.manifest(site.files(3, 100))]
    site.farm.stop()
    job = site.client.add("upload", {"settings": given, "manifests": names}, "upload")
    try:
        until(lambda: "goes on by itself" in site.client.job(job).message, "it does not say that it waits", 180,
              lambda: site.client.job(job))
        assert site.client.job(job).state == "running"
    finally:
        site.farm.start()
    assert site.wait(job, seconds=180).state == "done"


@pytest.mark.parametrize("values", [
    {}, {"scene": ""}, {"scene": 5}, {"scene": "/a", "files": "x"}, {"scene": "/a", "files": [{"path": ""}]},
    {"scene": "/a", "frames": {"start": "x"}}, {"scene": "/a", "frames": {"start": 5, "end": 4}},
    {"scene": "/a", "plugins": []}, {"scene": "/a", "layers": [5]}, []])
def test_a_snapshot_of_other_types_is_refused(values):
    with pytest.raises(snapshot.SnapshotError):
        snapshot.make(values)


def test_a_snapshot_comes_back_as_it_was_written(home):
    made = snapshot.make({
        "scene": "/show/st\xe4dt.ma", "files": [{"path": "/a", "node": "n", "attribute": "b", "more": 1}],
        "host": "maya", "frames": {"start": 1, "end": 9.0, "step": 2, "ranges": None}, "plugins": {"mtoa": "5"},
        "cameras": ["c"],
        "unknown": True})
    assert snapshot.load(snapshot.save(made)) == made
    assert snapshot.frame_text(made.frames) == "1-9[2]"
    with pytest.raises(snapshot.SnapshotError):
        snapshot.load(os.path.join(home, "none.json"))
