"""The faults that were provoked in other programs, by number: files that move; 1 to 13 stand in test_peer_faults.py."""
from __future__ import absolute_import, division, print_function, unicode_literals

import errno
import os
import signal
import subprocess
import sys

import pytest
import support_cli
import support_faults
from fault_proxy import Proxy, faults
from support_download import Storage, fails, gives, parts
from support_farm import tree, write
from support_faults import Meddling, through
from support_jobs import Site
from support_upload import THEN, folder_of, get, has_leftovers, put, scene, stored, write_manifest

from rayvision_sync import compat
from rayvision_sync.cancel import Cancel
from rayvision_sync.download import RayvisionDownload
from rayvision_sync.errors import Cancelled
from rayvision_sync.record import Record
from rayvision_sync.upload import RayvisionUpload

farm, api, here = support_faults.farm, support_faults.api, support_faults.here


def recorded(engine, targets):
    """Return which of some targets the record has a row of."""
    with Record() as record:
        return sorted(record.sent(record.storage(engine.identity), targets))


def test_14_a_file_that_vanishes_before_it_is_sent_is_an_error_and_not_recorded(api, tmpdir, monkeypatch):
    pairs = scene(folder_of(tmpdir, "tex"), 3, server="/tex")
    gone, target = pairs[2]
    engine = Meddling(folder_of(tmpdir, "storage"), before=lambda sent: compat.remove_file(gone))
    values = through(monkeypatch, engine)
    upload = RayvisionUpload(api, settings=values)
    assert upload.multi_thread_upload([write_manifest(folder_of(tmpdir, "upload.json"), pairs)], 1) is False
    report = upload.report
    assert (report.sent, report.missing + report.failed) == (2, 1) and gone in report.problems[0].reason
    assert recorded(engine, [server for _, server in pairs]) == [pairs[0][1], pairs[1][1]]
    assert sorted(stored(engine.root)) == [pairs[0][1], pairs[1][1]]


def test_15_a_file_that_is_edited_while_it_is_sent_is_sent_again(api, tmpdir, monkeypatch):
    local = put(folder_of(tmpdir, "tex", "big.tex"), b"old" * 1000000, THEN)
    edits = [b"new" * 1000001]
    engine = Meddling(folder_of(tmpdir, "storage"), during=lambda sent: edits and put(local, edits.pop()))
    upload = RayvisionUpload(api, settings=through(monkeypatch, engine))
    assert upload.upload_asset(write_manifest(folder_of(tmpdir, "upload.json"), [(local, "/big.tex")])) is True
    assert stored(engine.root) == {"/big.tex": get(local)} and get(local).startswith(b"new")
    assert engine.sent == ["/big.tex", "/big.tex"] and recorded(engine, ["/big.tex"]) == ["/big.tex"]


def test_16_new_content_of_another_size_under_the_old_time_is_sent(farm, api, tmpdir):
    local = put(folder_of(tmpdir, "a.tex"), b"one", THEN)
    listed = write_manifest(folder_of(tmpdir, "upload.json"), [(local, "/sixteen/a.tex")])
    upload = RayvisionUpload(api)
    assert upload.upload_asset(listed) and upload.report.sent == 1
    put(local, b"three", THEN)
    assert upload.upload_asset(listed) and upload.report.sent == 1
    assert stored(os.path.join(farm.farm.input.root, "sixteen")) == {"/a.tex": b"three"}


@support_cli.posix
@pytest.mark.parametrize("is_edited", [False, True], ids=["as it was", "edited"])
def test_17_a_kill_in_mid_multipart_resumes_at_the_part_and_leaves_no_orphan(seaweed, home, tmpdir, is_edited):
    space = seaweed.space()
    local = put(folder_of(tmpdir, "big.vdb"), os.urandom(1 << 20) * 50, THEN)  # Four parts, the last of 2 MB.
    listed = write_manifest(folder_of(tmpdir, "upload.json"), [(local, "/big.vdb")])
    command = ("upload", listed, "--threads", "1", "--storage", "s3://%s/%s" % (space.bucket, space.prefix))
    with Proxy(("127.0.0.1", seaweed.port)) as proxy:
        keys = {"AWS_ACCESS_KEY_ID": space.access_key, "AWS_SECRET_ACCESS_KEY": space.secret_key,
                "AWS_ENDPOINT_URL": proxy.url}
        rule = proxy.add(faults.stall(0.5), method="PUT", path="partNumber=3&")
        process = support_cli.start(*command, environ=keys)
        try:
            rule.wait()  # Two parts are there, the third one is half on its way.
        finally:
            process.kill()
            support_cli.finish(process)
        proxy.release()
        assert process.returncode == -signal.SIGKILL and len(seaweed.client(space).uploads()) == 1
        if is_edited:
            put(local, b"edited" * 6000000, THEN + 1000)  # Three parts of another file: none of the old ones fits.
        seen = len(proxy.exchanges)
        result = support_cli.run(*command, environ=keys)
        assert result.code == 0, result
        again = [one for one in proxy.exchanges[seen:] if one.method == "PUT"]
    numbers = sorted(one.target.partition("partNumber=")[2].partition("&")[0] for one in again)
    assert numbers == (["1", "2", "3"] if is_edited else ["3", "4"])
    client = seaweed.client(space)
    assert client.uploads() == [] and client.objects() == {"big.vdb": get(local)}


def test_18_a_cancel_of_many_small_files_begins_no_other_file(api, tmpdir, monkeypatch):
    pairs = scene(folder_of(tmpdir, "tex"), 400, server="/tex")
    cancel = Cancel()

    def before(target):
        if len(engine.sent) >= 20:
            cancel.cancel()

    engine = Meddling(folder_of(tmpdir, "storage"), before=before)
    upload = RayvisionUpload(api, settings=through(monkeypatch, engine), cancel=cancel)
    with pytest.raises(Cancelled):
        upload.multi_thread_upload([write_manifest(folder_of(tmpdir, "upload.json"), pairs)], 4)
    assert len(engine.sent) < 20 + 4 and not has_leftovers(engine.root)
    assert len(stored(engine.root)) == upload.report.sent


@pytest.mark.parametrize("fault", [fails(OSError(errno.EIO, "read error")), gives(b"12345")])
def test_19_a_download_that_fails_leaves_nothing_under_the_final_name(api, tmpdir, here, monkeypatch, fault):
    storage = Storage(folder_of(tmpdir, "storage"))
    put(folder_of(tmpdir, "storage", "9_x", "a.exr"), b"x" * 999999)
    storage.faults["/9_x/a.exr"] = [fault] * 20
    download = RayvisionDownload(api, settings=through(monkeypatch, storage))
    monkeypatch.setattr(download._session.cancel, "wait", lambda seconds: None)
    assert download.download(server_path="9_x", local_path=here, print_log=False) is False
    assert download.report.failed == 1 and "/9_x/a.exr" in download.report.problems[0].reason
    assert not os.path.isdir(here) or tree(here) == []


def test_20_a_file_that_came_short_or_wrong_is_fetched_again(api, tmpdir, here, monkeypatch):
    storage = Storage(folder_of(tmpdir, "storage"))
    put(folder_of(tmpdir, "storage", "9_x", "a.exr"), b"x" * 999999)
    storage.faults["/9_x/a.exr"] = [gives(b"12345")]
    download = RayvisionDownload(api, settings=through(monkeypatch, storage))
    assert download.download(server_path="9_x", local_path=here, print_log=False) is True
    assert storage.fetched == ["/9_x/a.exr"] * 2 and get(os.path.join(here, "9_x", "a.exr")) == b"x" * 999999
    assert parts(here) == []


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_21_what_failed_in_a_job_can_be_tried_again_and_another_job_is_not_concerned(home):
    with Site(home) as site:
        paths = site.files(4, 200)
        lacking = os.path.join(home, "src", "later.bin")
        job = site.add("upload", manifests=[site.manifest(paths + [lacking])])
        other = site.add("upload", manifests=[site.manifest(site.files(2, 100, "other"), "other.json")])
        assert site.wait(job).state == "failed" and site.wait(other).state == "done"
        assert site.client.job(job).missing == 1
        write(lacking, b"here it is")
        assert site.client.retry(job)
        found = site.wait(job)
        assert found.state == "done" and "later.bin" in site.stored() and found.skipped == 4


#: A program that adds a job and then hangs, as a DCC does that crashes.
_PROGRAM = """
import json, sys
from rayvision_sync.jobs.client import Client
with Client() as client:
    job = client.add("upload", json.loads(sys.argv[1]), "from another program", max_speed=150)
    sys.stdout.write("%d\\n" % job)
    sys.stdout.flush()
    sys.stdin.read()
"""


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_22_an_upload_outlives_the_program_that_asked_for_it_and_does_not_hold_it_up(home):
    with Site(home) as site:
        paths = site.files(20, 20000)
        with open(paths[-1], "r+b") as last:
            last.truncate(12 << 20)  # It goes on until its limit is lifted.
        params = compat.dump_json({"farm": site.farm.root, "manifests": [site.manifest(paths)]})
        program = subprocess.Popen([sys.executable, "-c", _PROGRAM, params], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, **compat.group_options())
        job = int(program.stdout.readline())  # It said so while nothing has been sent yet.
        site.moving(job)
        os.killpg(program.pid, signal.SIGKILL)
        program.communicate()
        site.client.set_speed(job, None)
        assert site.wait(job).state == "done" and len(site.stored()) == 20
