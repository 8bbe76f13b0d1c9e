# -*- coding: utf-8 -*-
"""The commands upload, config and verify, against a local farm."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import json
import os
import re
import signal
import stat

import pytest
from support_cli import (CONTROL, ID, KEY, Place, assets, events, folder, manifest, one_line, posix, report, run, start,
                         stop, until)
from support_farm import write
from support_jobs import until as until_true
from support_limits import SOON_S

from rayvision_sync import compat
from rayvision_sync.cancel import Cancel
from rayvision_sync.cli import signals

#: What an upload that is held up sends: it would take minutes.
_SLOW = ("--max-speed", "64", "--threads", "4", "--json")


@pytest.fixture(scope="module")
def place(tmpdir_factory):
    made = Place(os.path.join(compat.text(tmpdir_factory.mktemp("farm").strpath), "farm"))
    with made.farm:
        yield made


def large(tmpdir):
    """Return the upload.json of a file that goes up slowly, after some small ones."""
    project = folder(tmpdir)
    small = ["%d.tx" % number for number in range(3)]
    assets(project, small, size=300)
    write("%s/cache.abc" % project, b"x" * 20000000)
    return manifest(project, [("%s/%s" % (project, name),) * 2 for name in small + ["cache.abc"]])


def test_an_upload_sends_then_skips(place, tmpdir, home):
    source = assets(folder(tmpdir))
    result = run("upload", source, "--farm", place.root)
    assert (result.code, result.err) == (0, "")
    lines = result.out.splitlines()
    assert lines[:3] == ["Reading upload.json ....... 2 assets", "Already there ............. 0 (0 bytes)",
                         "To send ................... 2 (2 KB)"]
    assert re.match(r"Done in \d+:\d\d: 2 sent \(2 KB\), 0 already there, 0 missing, 0 failed\.\Z", lines[-1])
    assert not CONTROL.search(result.out)
    again = run("upload", source, "--farm", place.root, "--json")
    assert again.code == 0 and again.err == ""
    assert [event["event"] for event in events(again)] == ["begin", "plan", "report"]
    assert report(again)["skipped"] == 2 and report(again)["sent"] == 0


def test_machines_read_every_event_as_an_object(place, tmpdir, home):
    source = assets(folder(tmpdir), ["a.tx", "城市 \U0001f303 'it''s' $(x) `y`.tx"])
    result = run("upload", source, "--farm", place.root, "--json")
    assert result.code == 0
    kinds = [event["event"] for event in events(result)]
    assert kinds[:2] == ["begin", "plan"] and kinds.count("done") == 2 and kinds[-1] == "report"
    assert all(ord(sign) < 128 for sign in result.out)
    assert result.out.splitlines()[-1].startswith(
        '{"event": "report", "sent": 2, "skipped": 0, "missing": 0, "failed": 0, "bytes": 1998,')
    assert os.path.isfile(compat.fs(place.input(folder(tmpdir) + "/城市 \U0001f303 'it''s' $(x) `y`.tx")))


def test_what_is_missing_is_said_and_the_rest_is_sent(place, tmpdir, home):
    project = folder(tmpdir)
    write("%s/here.tx" % project, b"x")
    names = ["here.tx"] + ["gone%02d.tx" % number for number in range(25)]
    pairs = [("%s/%s" % (project, name),) * 2 for name in names]
    result = run("upload", manifest(project, pairs), "--farm", place.root)
    assert result.code == 1
    lines = result.out.splitlines()
    ended = [line for line in lines if line.startswith("Ended after")]
    assert len(ended) == 1 and "1 sent (1 byte), 0 already there, 25 missing" in ended[0]
    assert lines[-1] == "  and 5 more"
    assert "%s/gone00.tx is missing" % project in lines[-21]
    assert os.path.isfile(place.input("%s/here.tx" % project))
    quiet = run("upload", manifest(project, pairs), "--farm", place.root, "--quiet")
    assert quiet.code == 1 and quiet.out == "" and "gone00.tx is missing" in quiet.err
    told = run("upload", manifest(project, pairs), "--farm", place.root, "--json")
    assert told.code == 1 and report(told)["missing"] == 25
    assert len([event for event in events(told) if event["event"] == "missing"]) == 25


def test_a_broken_manifest_sends_nothing(place, tmpdir, home):
    project = folder(tmpdir)
    write("%s/a.tx" % project, b"x")
    source = os.path.join(project, "upload.json")
    write(source, ('{"asset": [{"local": "%s/a.tx", "server": "%s/a.tx"}\n]' % (project, project)).encode("utf-8"))
    result = run("upload", source, "--farm", place.root)
    assert result.code == 1
    assert "upload.json is not valid JSON: line 2" in one_line(result.err)
    assert not os.path.exists(place.input("%s/a.tx" % project))
    assert run("upload", os.path.join(project, "none.json"), "--farm", place.root).code == 1


def test_a_run_that_had_begun_ends_with_its_report_also_after_an_error(place, tmpdir, home):
    source = os.path.join(folder(tmpdir), "upload.json")
    write(source, b'{"asset": [')
    for command in ("upload", "verify"):
        told = run(command, source, "--farm", place.root, "--json")
        assert told.code == 1
        assert [event["event"] for event in events(told)] == ["begin", "error", "report"]
        assert report(told)["sent"] == 0


def test_an_empty_list_of_assets_is_said_to_hold_nothing(place, tmpdir, home):
    result = run("upload", manifest(folder(tmpdir), []), "--farm", place.root)
    assert result.code == 0
    said, summary = result.out.splitlines()[-2:]
    assert said == "There is nothing to send: upload.json lists no assets." and summary.startswith("Done in ")


def test_nothing_is_said_of_a_quiet_success(place, tmpdir, home):
    result = run("upload", assets(folder(tmpdir)), "--farm", place.root, "--quiet")
    assert (result.code, result.out, result.err) == (0, "", "")


def test_the_record_is_used_or_left_alone(place, tmpdir, home):
    source = assets(folder(tmpdir))
    record = os.path.join(home, "rayvision_sync", "record.sqlite")
    assert run("upload", source, "--farm", place.root, "--no-record").code == 0
    assert not os.path.exists(record)
    assert report(run("upload", source, "--farm", place.root, "--json"))["skipped"] == 2
    assert os.path.exists(record)


def test_the_account_comes_from_options_environment_or_file(place, tmpdir, home):
    source = assets(folder(tmpdir))
    options = ("--access-id", ID, "--access-key", KEY, "--domain", place.farm.domain, "--protocol", "http")
    assert run("upload", source, *options).code == 0
    environ = {"RAYVISION_API_ACCESS_ID": ID, "RAYVISION_API_KEY": KEY, "RAYVISION_DOMAIN": place.farm.domain,
               "RAYVISION_PROTOCOL": "http"}
    assert run("upload", source, environ=environ).code == 0
    settings = os.path.join(folder(tmpdir, "settings"), "mine.json")
    write(settings, json.dumps({"access_id": ID, "access_key": KEY, "domain": place.farm.domain,
                                "protocol": "http"}).encode("ascii"))
    assert run("upload", source, "--settings", settings).code == 0
    if os.name != "nt":
        assert stat.S_IMODE(os.stat(settings).st_mode) == 0o600
    assert run("upload", source, "--settings", settings + ".none").code == 1


def test_no_account_is_told_how_to_give_one(tmpdir, home):
    result = run("upload", assets(folder(tmpdir)))
    assert result.code == 1
    assert "--access-id" in one_line(result.err) and "RAYVISION_API_ACCESS_ID" in result.err


def test_a_wrong_key_is_refused_in_one_sentence(place, tmpdir, home):
    wrong = "another-key-0123456789"
    result = run("upload", assets(folder(tmpdir)), "--farm", place.root, "--access-key", wrong)
    assert result.code == 1
    assert "611" in one_line(result.err) and wrong not in result.err
    told = run("upload", assets(folder(tmpdir)), "--farm", place.root, "--access-key", wrong, "--json")
    assert [event["event"] for event in events(told)] == ["error"] and wrong not in told.out


def test_a_farm_that_is_down_is_said_to_be(tmpdir, home):
    result = run("upload", assets(folder(tmpdir)), "--access-id", ID, "--access-key", KEY, "--protocol", "http",
                 "--domain", "127.0.0.1:9")
    assert result.code == 1
    assert "127.0.0.1:9" in one_line(result.err)
    assert run("upload", assets(folder(tmpdir)), "--farm", folder(tmpdir, "no farm")).code == 1


@posix
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_ends_an_upload_with_what_was_done(place, tmpdir, home, number):
    process = start("upload", large(tmpdir), "--farm", place.root, *_SLOW)
    until(process, '"progress"')
    result, seconds = stop(process, number)
    assert result.code == 130 and result.err == ""
    assert seconds < SOON_S, "it took %.1f s" % seconds
    assert report(result)["sent"] <= 3
    assert not os.path.exists(place.input(folder(tmpdir) + "/cache.abc"))


@posix
def test_what_is_said_of_a_cancel_is_not_broken_off_by_a_signal_of_our_own(monkeypatch):
    monkeypatch.setattr(signals, "_PATIENCE_S", 0)
    cancel = Cancel()
    with pytest.raises(KeyboardInterrupt), signals.Interrupts(cancel) as interrupts:
        interrupts.end()
        os.kill(os.getpid(), signal.SIGINT)
        until_true(lambda: cancel.is_cancelled)
        interrupts._threads[0].join()
        interrupts._has_knocked = True  # As if it had been sent in the moment of the end.
        os.kill(os.getpid(), signal.SIGINT)
        until_true(lambda: not interrupts._has_knocked)
        os.kill(os.getpid(), signal.SIGINT)  # That is the user.
        until_true(lambda: False)


@posix
def test_ctrl_c_is_heard_while_a_farm_is_silent(tmpdir, home):
    import socket
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(5)
    try:
        process = start("tasks", "--access-id", ID, "--access-key", KEY, "--protocol", "http", "--domain",
                        "127.0.0.1:%d" % listener.getsockname()[1])
        connection = listener.accept()[0]
        connection.recv(1)
        result, seconds = stop(process, signal.SIGINT)
        connection.close()
    finally:
        listener.close()
    assert result.code == 130
    assert result.err == "Cancelled.\n"
    assert seconds < SOON_S, "it took %.1f s" % seconds


def test_a_configuration_is_sent(place, tmpdir, home):
    path = os.path.join(folder(tmpdir), "task.json")
    write(path, b"{}")
    result = run("config", "10000077", path, "--farm", place.root)
    assert result.code == 0 and "1 sent" in result.out
    with io.open(os.path.join(place.farm.config.root, "10000077", "cfg", "task.json"), "rb") as sent:
        assert sent.read() == b"{}"
    result = run("config", "10000077", path + ".none", "--farm", place.root)
    assert result.code == 1 and "is missing" in one_line(result.err)


def test_verify_finds_what_differs_and_changes_it_only_if_told(place, tmpdir, home):
    source = assets(folder(tmpdir))
    assert run("upload", source, "--farm", place.root).code == 0
    result = run("verify", source, "--farm", place.root)
    assert result.code == 0 and "2 the same on both sides, 0 missing, 0 failed." in result.out
    damaged = place.input(folder(tmpdir) + "/a.tx")
    status = os.stat(damaged)
    write(damaged, b"X" * status.st_size)
    compat.set_mtime_ns(damaged, compat.mtime_ns(status))
    assert run("verify", source, "--farm", place.root, "--quick").code == 0
    told = run("verify", source, "--farm", place.root, "--json")
    assert told.code == 1 and report(told)["failed"] == 1
    assert run("verify", source, "--farm", place.root).out.splitlines()[-2:] == [
        "  %s/a.tx has other bytes than its copy on the storage." % folder(tmpdir),
        "The record says what is not true of 1 asset. Run verify --fix, then upload again."]
    fixed = run("verify", source, "--farm", place.root, "--fix")
    assert fixed.code == 1 and fixed.out.endswith("it was corrected. Upload again.\n")
    assert "Upload again.\n" == run("verify", source, "--farm", place.root).out.splitlines(True)[-1]
    assert run("verify", source, "--farm", place.root, "--quick", "--fix").code == 0, "and it does not forget"
    assert run("upload", source, "--farm", place.root).code == 0
    assert run("verify", source, "--farm", place.root).code == 0
