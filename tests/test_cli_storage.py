"""A storage without a farm: upload, verify, download and watch name it themselves."""
from __future__ import absolute_import, division, print_function, unicode_literals

import contextlib
import json
import os
import signal
import socket

import pytest
from support_cli import assets, events, finish, folder, one_line, posix, report, run, start, stop, until
from support_farm import Farm, read, tree, write
from support_torture import Hurried

from rayvision_sync import compat, follow, settings, storages
from rayvision_sync.engines import addresses
from rayvision_sync.errors import Cancelled, SettingsError, StorageBusy
from rayvision_sync.jobs import lanes
from rayvision_sync.session import Session

SECRET = "a-very-secret-key"

KEYS = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}


@pytest.fixture
def bucket(seaweed):
    """Return ``(options of the command line, environment)`` of a place of its own in SeaweedFS."""
    space = seaweed.space()
    environ = {"AWS_ACCESS_KEY_ID": space.access_key, "AWS_SECRET_ACCESS_KEY": space.secret_key, "AWS_PROFILE": ""}
    return ["--storage", "s3://%s/%s" % (space.bucket, space.prefix), "--endpoint", space.endpoint], environ


def test_assets_go_to_a_folder_and_come_back_without_an_account(tmpdir, home):
    there, back = folder(tmpdir, "there"), folder(tmpdir, "back")
    source = assets(folder(tmpdir, "project"))
    assert report(run("upload", source, "--storage", there, "--json"))["sent"] == 2
    assert report(run("upload", source, "--storage", there, "--json"))["skipped"] == 2
    assert run("verify", source, "--storage", there).code == 0
    result = run("download", "--storage", there, "--server-path", "/", "--local-path", back, "--json")
    assert (result.code, report(result)["sent"]) == (0, 2)
    assert sorted(os.path.basename(name) for name in tree(back)) == ["a.tx", "b.tx"]


def test_assets_go_to_a_bucket_and_come_back_without_an_account(tmpdir, home, bucket):
    place, environ = bucket
    source, back = assets(folder(tmpdir, "project")), folder(tmpdir, "back")
    first = run("upload", source, "--json", *place, environ=environ)
    assert (first.code, report(first)["sent"]) == (0, 2)
    assert report(run("upload", source, "--json", *place, environ=environ))["skipped"] == 2
    assert run("verify", source, "--clean", *place, environ=environ).code == 0
    result = run("watch", "--server-path", "/", "--local-path", back, "--flat", "--until-idle", "0", "--json", *place,
                 environ=environ)
    assert (result.code, report(result)["sent"]) == (0, 2)
    assert sorted(os.path.basename(name) for name in tree(back)) == ["a.tx", "b.tx"]
    wrong = run("upload", source, *place, environ=dict(environ, AWS_SECRET_ACCESS_KEY=SECRET))
    assert wrong.code == 1 and SECRET not in wrong.out + wrong.err


@posix
def test_verify_counts_each_asset_once_and_says_once_what_to_do(tmpdir, home):
    source, there = assets(folder(tmpdir), ["gone", "short", "other", "same"]), folder(tmpdir, "there")
    place = ["--storage", there]
    assert run("upload", source, *place).code == 0
    gone, short, other = ["%s%s/%s" % (there, folder(tmpdir), name) for name in ("gone", "short", "other")]
    os.remove(gone)
    write(short, b"x")
    compat.set_mtime_ns(other, 1)
    write(other, b"x" * os.path.getsize(other))
    for quick in (["--quick"], []):
        told = events(run("verify", source, "--json", *(place + quick)))
        found = [(event["event"], os.path.basename(event["source"])) for event in told if "reason" in event]
        assert sorted(found) == [("failed", "other"), ("failed", "short"), ("missing", "gone")]
        assert [event["false"] for event in told if event["event"] == "record"] == [3]
    result = run("verify", source, *place)
    way = "The record says what is not true of 3 assets. Run verify --fix, then upload again."
    assert (result.code, result.err) == (1, "") and result.out.splitlines()[-1] == way
    assert result.out.count("upload") == 1 and "1 the same on both sides, 1 missing, 2 failed." in result.out
    quiet = run("verify", source, "--quiet", *place)
    assert (quiet.code, quiet.out, quiet.err.splitlines()[-1]) == (1, "", way)
    fixed = run("verify", source, "--fix", *place)
    assert fixed.code == 1 and "--fix" not in fixed.out
    assert fixed.out.splitlines()[-1] == "The record said what is not true of 3 assets: it was corrected. Upload again."
    assert run("verify", source, *place).out.splitlines()[-1] == "Upload again."
    assert run("upload", source, *place).code == 0
    result = run("verify", source, *place)
    assert (result.code, len(result.out.splitlines())) == (0, 1)


def test_verify_advises_no_upload_where_none_would_help(tmpdir, home):
    source, there = assets(folder(tmpdir)), folder(tmpdir, "there")
    assert run("upload", source, "--storage", there).code == 0
    os.remove(folder(tmpdir) + "/a.tx")
    assert run("verify", source, "--storage", there).out.splitlines()[-1].endswith("is missing here. Restore it.")


def test_a_watch_fetches_what_comes_until_ctrl_c_or_until_nothing_does(tmpdir, home):
    there, back = folder(tmpdir, "there"), folder(tmpdir, "back")
    options = ["watch", "--storage", there, "--server-path", "shot/a", "--local-path", back, "--interval", "0.1",
               "--json"]
    process = start(*options)
    until(process, "begin")
    for name in ("a.0001.exr", "a.0002.exr"):
        write(os.path.join(there, "shot", "a", name), b"frame " + name.encode("ascii"))
        lines = until(process, name)
    assert json.loads(lines[-1])["event"] == "done"
    process.send_signal(signal.SIGINT)
    result = finish(process)
    assert result.code == 130 and json.loads(result.out.splitlines()[-1])["sent"] == 2
    assert tree(back) == ["shot/a/a.0001.exr", "shot/a/a.0002.exr"]
    write(os.path.join(there, "shot", "a", "a.0003.exr"), b"the last")
    last = run(*(options + ["--until-idle", "0.5"]))
    assert (last.code, report(last)["sent"], report(last)["skipped"]) == (0, 1, 2)


def test_a_farm_keeps_its_files_in_seaweedfs_and_a_client_finds_it_by_its_keys(tmpdir, home, bucket, monkeypatch):
    place, environ = bucket
    for name, value in environ.items():
        monkeypatch.setenv(str(name), compat.like(value, str("")))
    source = assets(folder(tmpdir, "project"), names=("city.ma", "a.tx"))
    root, back = folder(tmpdir, "farm"), folder(tmpdir, "back")
    url = "%s/%s" % (place[3], place[1][len("s3://"):])
    with Farm(root, s3=url):
        scene = source.replace("upload.json", "city.ma")
        result = run("submit", "--farm", root, "--scene", scene, "--manifest", source, "--frames", "1-2",
                     "--width", "64", "--height", "36", "--watch", "--interval", "0.1", "--local-path", back, "--flat",
                     environ={"AWS_SECRET_ACCESS_KEY": ""})
        assert (result.code, result.err) == (0, "")
        assert tree(back) == ["city.0001.png", "city.0002.png"]
    assert not [name for name in tree(root) if name.endswith((".png", ".tx"))]


@pytest.mark.parametrize("arguments, said", [
    (["upload", "x.json", "--endpoint", "http://a"], "go with --storage"),
    (["upload", "x.json", "--storage", "s3://b", "--farm", "farm"], "without a farm"),
    (["watch", "--storage", "s3://b"], "--server-path"), (["watch"], "name tasks"),
    (["watch", "7", "--server-path", "a"], "go with --storage"),
    (["download", "7", "--storage", "s3://b"], "tasks are a farm's"),
    (["farm", "--root", "x", "--s3", "http://user:%s@host/b" % SECRET], "no bucket"),
    (["farm", "--root", "x", "--cache-gb", "5"], "--s3"),
])
def test_options_that_do_not_go_together_are_named(arguments, said, home):
    result = run(*arguments)
    assert result.code == 2 and said in one_line(result.err) and SECRET not in result.err


@pytest.mark.parametrize("storage", ["", "ftp://host/x", "s3://", "s3://user:%s@bucket/x" % SECRET])
def test_what_is_no_storage_is_refused_without_its_secrets(storage, tmpdir, home):
    result = run("upload", assets(folder(tmpdir)), "--storage", storage)
    assert result.code == 2 and "s3://bucket/prefix" in one_line(result.err) and SECRET not in result.err


def test_a_bucket_that_refuses_ends_a_watch_at_once_and_an_empty_one_is_waited_for(tmpdir, home, bucket):
    place, environ = bucket
    options = ["watch", "--server-path", "shot", "--local-path", folder(tmpdir, "back")] + list(place)
    refused = run(*options, environ=dict(environ, AWS_SECRET_ACCESS_KEY="bad"))
    assert refused.code == 1 and "Correct the access key" in refused.err
    waited = run(*(options + ["--until-idle", "0.2", "--interval", "0.1"]), environ=environ)
    assert waited.code == 0 and waited.out.count("There is nothing under \"shot\" of the storage yet") == 1


def test_a_storage_that_stays_away_ends_a_watch_that_is_to_end(tmpdir, home):
    result = run("watch", "--storage", "s3://bucket", "--endpoint", "http://127.0.0.1:1", "--server-path", "/",
                 "--local-path", folder(tmpdir, "back"), "--until-idle", "0", "--interval", "0.1",
                 environ={"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"})
    assert result.code == 1 and "127.0.0.1:1" in one_line(result.err)


def test_a_watch_of_a_folder_that_does_not_exist_says_so_and_fails(tmpdir, home):
    there = os.path.join(folder(tmpdir), "there")
    options = ["watch", "--storage", there, "--server-path", "shot", "--local-path", folder(tmpdir, "back")]
    wrong = run(*(options + ["--until-idle", "0"]))
    assert wrong.code == 1 and "The storage folder %s does not exist" % there in one_line(wrong.err)
    os.mkdir(there)
    assert run(*(options + ["--until-idle", "0"])).code == 0


def test_a_watched_folder_that_vanishes_is_waited_for(tmpdir, home):
    there, cancel, said = folder(tmpdir, "there"), Hurried(), []

    def hear(event):
        if event.kind != "note":
            return
        said.append(event.note)
        if "nothing under" in event.note:
            os.rmdir(there)
        elif "does not exist" in event.note:
            write(os.path.join(there, "a.exr"), b"a frame")
        elif "answers again" in event.note:
            cancel.cancel()

    storage = settings.Settings([("test", {"storage": addresses.of_name(there, None, None)})])
    session = Session(None, storage, cancel, hear)
    options = follow.Options(folder(tmpdir, "back"), False, 0.01, None)
    with pytest.raises(Cancelled):
        follow.Follow(session, ["/"], options).run()
    assert len(said) == 3 and "The download goes on as soon as it answers" in said[1]


def test_a_studio_that_has_set_a_storage_is_obeyed(tmpdir, home):
    site = os.path.join(folder(tmpdir), "site.json")
    write(site, b'{"locked": {"storage": {"engine": "folder", "input": {"root": "/x"}}}}')
    result = run("upload", assets(folder(tmpdir)), "--storage", folder(tmpdir, "there"),
                 environ={"RAYVISION_SYNC_SITE": site})
    assert result.code == 1 and "your studio" in one_line(result.err) and not tree(folder(tmpdir, "there"))


def test_the_endpoint_comes_from_the_option_or_the_variables_of_aws():
    environ = {"AWS_ENDPOINT_URL": "http://general"}
    assert addresses.of_name("s3://b/p/", None, None, environ.get)["input"] == {
        "bucket": "b", "prefix": "p", "endpoint": "http://general"}
    environ["AWS_ENDPOINT_URL_S3"] = "http://for-s3"
    assert addresses.of_name("s3://b", None, "eu", environ.get)["output"]["endpoint"] == "http://for-s3"
    assert addresses.of_name("s3://b", "http://given", None, environ.get)["output"]["endpoint"] == "http://given"


OWN = {"engine": "s3", "input": {"endpoint": "http://127.0.0.1:1", "bucket": "shots", "access_key": "an-access-key",
                                 "secret_key": SECRET, "session_token": "a-session-token"}}


class Api(object):
    """A farm that names a storage."""

    def __init__(self, domain, storage):
        self.user_info = {"domain": domain}
        self.transmit = self
        self._storage = storage

    def get_transfer_config(self):
        return {"syncStorage": self._storage}


def test_a_storage_of_ones_own_wins_over_what_a_farm_names():
    engine = storages.engine_for(Api("task.renderbus.com", {"engine": "none"}), "input", settings.Settings(
        [("test", {"storage": OWN})]))
    assert engine.name == "s3" and SECRET not in engine.identity + repr(engine)


def test_a_farm_gets_no_keys_of_the_users_and_no_file_of_his():
    for domain, more in (("farm.example.com", {"secret_key": None}), ("127.0.0.1:80", {"access_key": None}),
                         ("farm.example.com", {"ca_bundle": "/etc/ca.pem"})):
        offered = {"engine": "s3", "input": dict(OWN["input"], **more)}
        with pytest.raises(SettingsError) as refused:
            storages.engine_for(Api(domain, offered), "input", settings.Settings([]))
        assert domain in refused.value.message and SECRET not in refused.value.message


def test_the_keys_of_a_storage_are_private_and_in_no_job(home):
    settings.save({"storage": OWN, "proxy": "http://me:proxy-password@proxy:3128"})
    if not compat.WINDOWS:
        assert os.stat(settings.default_path()).st_mode & 0o777 == 0o600
    found = settings.load()
    assert set(settings.secrets(found)) == {SECRET, "an-access-key", "a-session-token", "me:proxy-password"}
    assert SECRET not in repr(found)
    with pytest.raises(SettingsError):
        lanes.refuse_secrets({"settings": {"storage": OWN}})
    result = run("upload", "none.json")
    assert SECRET not in result.out + result.err + "".join(
        read(os.path.join(home, name)).decode("utf-8", "replace") for name in tree(home) if name.endswith(".log"))


@pytest.mark.parametrize("endpoint, said", [
    ("127.0.0.1:8333", "write http://127.0.0.1:8333, or https://127.0.0.1:8333"),
    ("http://127.0.0.1:1", "The storage http://127.0.0.1:1/bucket cannot be reached")])
def test_an_endpoint_that_leads_nowhere_is_one_sentence_without_a_files_name(endpoint, said, tmpdir, home):
    result = run("upload", assets(folder(tmpdir)), "--storage", "s3://bucket", "--endpoint", endpoint, environ=KEYS)
    assert result.code == 1 and said in one_line(result.err) and "a.tx" not in result.err


def test_an_https_endpoint_that_speaks_plain_http_is_told_apart_from_a_broken_one(tmpdir, home, bucket):
    place, environ = bucket
    address = place[3].replace("http://", "")
    result = run("upload", assets(folder(tmpdir)), *place[:3] + ["https://" + address], environ=environ)
    assert result.code == 1 and "its endpoint is http://%s." % address in one_line(result.err)
    assert "SSL" not in result.err


@posix
@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("arguments", [
    ["upload"], ["verify"], ["download", "--server-path", "/"], ["watch", "--server-path", "/"]])
def test_a_silent_store_is_named_at_once_and_ctrl_c_ends_the_wait(scheme, arguments, tmpdir, home):
    silent = socket.socket()
    silent.bind(("127.0.0.1", 0))
    silent.listen(64)  # It connects, and never answers.
    endpoint = "%s://127.0.0.1:%d" % (scheme, silent.getsockname()[1])
    if len(arguments) == 1:
        arguments = arguments + [assets(folder(tmpdir))]
    else:
        arguments = arguments + ["--local-path", folder(tmpdir, "back")]
    process = start(*arguments + ["--storage", "s3://bucket/show", "--endpoint", endpoint], environ=KEYS)
    until(process, "Connecting to %s/bucket ..." % endpoint)
    result, _ = stop(process, signal.SIGINT)
    # A stall is given up after 30 s only, and then another attempt is told.
    assert result.code == 130 and "Attempt" not in result.out
    silent.close()


@pytest.mark.parametrize("variable, value, arguments", [
    ("RAYVISION_THREADS", "many", ["upload"]), ("RAYVISION_MAX_SPEED", "fast", ["upload"]),
    ("RAYVISION_LOCAL_PATH", "upload.json", ["download", "--server-path", "/"])])
def test_a_wrong_value_names_the_variable_that_it_stands_in(variable, value, arguments, tmpdir, home):
    listed = assets(folder(tmpdir))
    value = listed if value == "upload.json" else value
    arguments = arguments + ([listed] if arguments == ["upload"] else [])
    result = run(*arguments + ["--storage", folder(tmpdir, "there")], environ={variable: value})
    assert result.code == 1 and one_line(result.err).endswith(" (It stands in the variable %s.)" % variable)


@pytest.mark.parametrize("variable, value", [
    ("RAYVISION_PROTOCOL", "ftp"), ("RAYVISION_PLATFORM", "a b"), ("RAYVISION_DOMAIN", "http://farm/"),
    ("RAYVISION_CA_BUNDLE", "/none"), ("RAYVISION_FARM", "/none")])
def test_a_wrong_value_of_the_farm_names_its_variable(variable, value, home):
    account = [] if variable == "RAYVISION_FARM" else ["--access-id", "a"]
    result = run("tasks", *account, environ={"RAYVISION_API_KEY": "b", variable: value})
    assert result.code == 1 and one_line(result.err).endswith(" (It stands in the variable %s.)" % variable)


def test_a_storage_that_cannot_be_made_is_one_sentence(tmpdir, home):
    source = assets(folder(tmpdir))
    result = run("upload", source, "--storage", os.path.join(source, "storage"))
    assert result.code == 1 and "%s is a file" % source in one_line(result.err) and not result.out


@pytest.mark.parametrize("arguments", [["verify"], ["download", "--server-path", "/"]])
def test_a_storage_folder_that_is_not_there_is_said_once_and_not_taken_for_an_empty_one(arguments, tmpdir, home):
    arguments += [assets(folder(tmpdir))] if arguments == ["verify"] else ["--local-path", folder(tmpdir, "back")]
    result = run(*arguments + ["--storage", os.path.join(folder(tmpdir), "none")])
    said = (result.err or result.out).strip()
    assert result.code == 1 and said.count("does not exist: check its name") == 1, result
    assert "upload it" not in said and not os.path.exists(os.path.join(folder(tmpdir), "none"))


def test_each_attempt_to_reach_a_store_is_told(tmpdir, home):
    with contextlib.closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))  # Nothing listens there.
        result = run("upload", assets(folder(tmpdir)), "--storage", "s3://bucket", "--endpoint",
                     "http://127.0.0.1:%d" % taken.getsockname()[1],
                     environ=KEYS)
    assert result.code == 1 and "cannot be reached" in one_line(result.err)
    assert [result.out.count("Attempt %d of 5 follows." % number) for number in range(1, 7)] == [0, 1, 1, 1, 1, 0]


def test_a_watch_tells_attempts_of_its_first_look_only(home):
    with contextlib.closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))  # Nothing listens there.
        options = {"access_key": "a", "secret_key": "b", "bucket": "bucket",
                   "endpoint": "http://127.0.0.1:%d" % taken.getsockname()[1]}
        storage = settings.Settings([("test", {"storage": {"engine": "s3", "output": options}})])
        told = []
        session = Session(None, storage, Hurried(), lambda event: told.append((event.kind, event.note)))
        for _ in range(3):
            with contextlib.closing(session.engine("output")) as engine, pytest.raises(StorageBusy):
                session.reach(engine)
                list(engine.list("/"))
    assert [kind for kind, _ in told] == ["connecting"] + ["note"] * 4
    assert told[1][1].endswith("Attempt 2 of 5 follows.")


def test_keys_of_which_one_is_missing_name_its_variable_before_anything_is_connected_to(tmpdir, home):
    result = run("upload", assets(folder(tmpdir)), "--storage", "s3://bucket", "--endpoint", "http://127.0.0.1:9",
                 environ={"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": ""})
    assert result.code == 1 and "(AWS_SECRET_ACCESS_KEY)" in one_line(result.err) and "Connecting" not in result.out


def test_an_empty_storage_and_an_empty_path_are_said_without_empty_quotes(tmpdir, home):
    options = ["--storage", folder(tmpdir, "there"), "--local-path", folder(tmpdir, "back")]
    nothing, empty = run("download", "--server-path", "/", *options), run("download", "--server-path", "", *options)
    assert nothing.code == 1 and "There is nothing on the storage yet." in nothing.out
    assert empty.code == 1 and one_line(empty.err).startswith("server_path is empty: name a folder")
    assert '""' not in nothing.out + empty.err


def test_a_clash_of_names_is_said_once_however_often_its_folder_is_named(tmpdir, home):
    there, back = folder(tmpdir, "there"), folder(tmpdir, "back")
    for name in ("x", "y"):
        write(os.path.join(there, name, "a"), name.encode("ascii"))
    result = run("download", "--server-path", "x", "--server-path", "y", "--server-path", "y/", "--flat",
                 "--storage", there, "--local-path", back)
    assert result.code == 1 and result.out.count("would both land on") == 1 and "1 failed" in result.out
