"""Who is let in, and what is let out: a whole run leaves no secret anywhere, names of others lead nowhere else."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import json
import os
import ssl
import subprocess
import threading
import uuid

import pytest
import support_cli
from support_api import ScriptedFarm, answer
from support_farm import Farm, Refused, folder, read, task_json, tree, write
from support_jobs import Site

from rayvision_sync import compat, settings
from rayvision_sync.api import RayvisionAPI
from rayvision_sync.errors import FarmError, FarmUnreachable, RecordError, SettingsError
from rayvision_sync.jobs.client import Client
from rayvision_sync.jobs.store import Store, StoreError
from rayvision_sync.record import Record

#: Of this run alone: other tests on this machine may show theirs.
ID = "artist-%s" % uuid.uuid4().hex[:8]
KEY, WRONG = uuid.uuid4().hex, uuid.uuid4().hex


class CommandLines(object):
    """Reads the command lines of all processes as long as it is open; notes those that hold a secret."""

    def __init__(self, secrets):
        self._secrets = [secret.encode("ascii") for secret in secrets]
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self.seen, self.telling = 0, []

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._ended.set()
        self._thread.join()

    def _look(self):
        while not self._ended.wait(0.02):
            for name in os.listdir("/proc") if os.path.isdir("/proc") else ():
                try:
                    with io.open("/proc/%s/cmdline" % name, "rb") as source:
                        line = source.read()
                except (IOError, OSError):
                    continue
                self.seen += b"rayvision_sync" in line
                self.telling += [line for secret in self._secrets if secret in line]


@support_cli.posix
def test_a_whole_run_leaves_the_keys_nowhere(home, tmpdir):
    project, out = support_cli.folder(tmpdir), []
    listed = support_cli.assets(project)
    scene = "%s/city.ma" % project
    write(scene, b"//Maya ASCII")
    whole = support_cli.manifest(project, [(scene, scene)], "scene.json")
    with Site(home, access_id=ID, access_key=KEY) as site, CommandLines((KEY, WRONG)) as lines:
        settings.save({"access_id": ID, "access_key": KEY, "domain": site.farm.domain, "protocol": "http"})
        for command in (("upload", listed), ("submit", "--scene", scene, "--manifest", whole, "--frames", "1-2",
                                             "--watch", "--local-path", folder(tmpdir, "images")),
                        ("verify", listed), ("tasks",), ("jobs",)):
            out.append(support_cli.run(*command))
            assert out[-1].code == 0, out[-1]
        job = site.client.add("upload", {"manifests": [site.manifest(site.files(3, 100))]}, "in a job")
        assert site.wait(job).state == "done"
        # Logins that fail: by the command line, in a job, in a call.
        out.append(support_cli.run("upload", listed, environ={"RAYVISION_API_KEY": WRONG}))
        assert out[-1].code and "611" in out[-1].err
        settings.change({"access_key": WRONG})
        job = site.client.add("upload", {"manifests": [listed]}, "refused")
        found = site.wait(job)
        assert found.state == "failed" and "611" in found.message
        with pytest.raises(FarmError) as caught:
            RayvisionAPI(ID, WRONG, domain=site.farm.domain, protocol="http")
        texts = [repr(caught.value), compat.text_type(caught.value), repr(site.client.jobs())]
        texts += [text for result in out for text in (result.out, result.err)]
        texts += [repr(site.client.files(one.id)) + site.log(one.id) for one in site.client.jobs()]
    assert not [text for text in texts if KEY in text or WRONG in text]
    assert not lines.telling and (lines.seen or not os.path.isdir("/proc"))
    top = compat.text(tmpdir.strpath)
    holding = [name for name in tree(top) if any(key.encode("ascii") in read(os.path.join(top, name))
                                                 for key in (KEY, WRONG))]
    assert sorted(os.path.basename(name) for name in holding) == ["farm.json", "settings.json"], holding
    assert all(os.stat(os.path.join(top, name)).st_mode & 0o077 == 0 for name in holding)


# ---------------------------------------------------------------- files of another user

@pytest.fixture
def give_away(monkeypatch):
    """Return a function that makes a file another user's."""
    if not hasattr(os, "getuid"):
        pytest.skip("files have owners on POSIX")

    def give(path):
        if os.getuid() == 0:
            os.chown(compat.fs(path), 65534, 65534)
        else:
            monkeypatch.setattr(os, "getuid", lambda: 54321)
    return give


@pytest.mark.parametrize("make, error", [(Store, StoreError), (Record, RecordError)])
def test_a_database_of_another_user_is_refused_with_a_sentence(home, give_away, make, error):
    path = os.path.join(home, "base.sqlite")
    make(path).open().close()
    give_away(path)
    with pytest.raises(error) as caught:
        make(path).open()
    assert "belongs to another user" in caught.value.message and path in caught.value.message


def test_a_client_and_the_command_line_say_so_too(home, give_away):
    with Client() as client:
        path = client.store.path
    give_away(path)
    with pytest.raises(StoreError):
        Client().open()
    if os.getuid() == 0:
        result = support_cli.run("jobs")
        assert result.code and "belongs to another user" in result.err


def test_settings_of_another_user_are_refused_with_a_sentence(home, give_away):
    settings.save({"domain": "evil.example"})
    give_away(settings.default_path())
    with pytest.raises(SettingsError) as caught:
        settings.load()
    assert "belongs to another user" in caught.value.message


# ---------------------------------------------------------------- TLS

def _certificate(tmpdir, name):
    key, cert = [compat.text(tmpdir.join("%s.%s" % (name, kind)).strpath) for kind in ("key", "pem")]
    try:
        subprocess.check_output(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key, "-out", cert,
             "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"], stderr=subprocess.STDOUT)
    except OSError:
        pytest.skip("openssl, which makes the test's certificates, is not there")
    return key, cert


def test_a_certificate_that_was_changed_is_refused_before_anything_signed_is_sent(tmpdir, home):
    trusted, other = _certificate(tmpdir, "trusted"), _certificate(tmpdir, "other")
    for (key, cert), is_taken in ((trusted, True), (other, False)):
        context = ssl.SSLContext(getattr(ssl, "PROTOCOL_TLS_SERVER", ssl.PROTOCOL_SSLv23))
        context.load_cert_chain(cert, key)
        with ScriptedFarm(answer({"items": []})) as farm:
            farm.wrap(context)
            options = {"domain": farm.domain.replace("127.0.0.1", "localhost"), "ca_bundle": trusted[1]}
            if is_taken:
                RayvisionAPI(ID, KEY, **options)
                continue
            with pytest.raises(FarmUnreachable) as caught:
                RayvisionAPI(ID, KEY, **options)
            assert "certificate" in caught.value.message and not farm.logins and not farm.seen


# ---------------------------------------------------------------- paths in every field of the local farm

TRICKS = ("../x", "/../x", "a/../../x", "/etc/x", "C:/x", "C:\\x", "\\\\host\\x", "//host/x", "a\x00b", "a\nb", "..",
          ".", "...", "con", "\u2025/x", "%2e%2e/x", "~/x", "$(touch x)", "a" * 5000, "\u202e/x")


def test_no_field_of_any_call_leads_out_of_the_farms_folder(tmpdir):
    top = compat.text(tmpdir.strpath)
    write(os.path.join(top, "x"), b"outside")
    with Farm(os.path.join(top, "deep", "farm")) as farm:
        task = farm.client("createTask", count=1, taskUserLevel=50)["taskIdList"][0]
        calls = {"taskJsonFile": {"taskId": task, "fileName": "task.json", "content": "{}"},
                 "files": {"treePath": "/", "taskId": task},
                 "createTask": {"count": 1, "taskUserLevel": 50, "artist": ""},
                 "getTaskList": {"pageNum": 1, "pageSize": 5, "searchKeyword": ""}, "showLog": {"id": 1},
                 "loadingFrameThumbnail": {"id": 1, "frameStatus": 4}, "queryTaskFrames": {"taskId": task},
                 "submit": {"taskId": task, "producer": ""}}
        for name, good in sorted(calls.items()):
            for field in sorted(good):
                for trick in TRICKS:
                    found = farm.client.answer(name, **dict(good, **{field: trick}))
                    assert found["code"] in (200, 404, 601, 620, 621), (name, field, trick, found)
                    assert "outside" not in json.dumps(found)
        ready = []
        for field in ("input_cg_file", "project_name", "layer", "image_file_prefix", "frames"):
            for trick in TRICKS:
                content = json.dumps(_task(field, trick))
                number = farm.client("createTask", count=1, taskUserLevel=50)["taskIdList"][0]
                try:
                    farm.client("taskJsonFile", taskId=number, fileName="task.json", content=content)
                    farm.client("submit", taskId=number)
                    ready.append(number)
                except Refused as error:
                    assert error.code in (601, 620), (field, trick, error)
        for number in ready:
            farm.wait(number)
    assert read(os.path.join(top, "x")) == b"outside"
    assert [name for name in tree(top) if not name.startswith("deep/farm/")] == ["x"]


def _task(field, trick):
    """Return a task.json of one small frame with a trick in a field."""
    made = task_json("/show/city.ma", "1-1[1]", (trick if field == "layer" else "a",), width="8", height="8")
    if field in ("input_cg_file", "project_name"):
        made["task_info"][field] = trick
    elif field != "layer":
        list(made["scene_info_render"].values())[0]["common"][field] = trick
    return made
