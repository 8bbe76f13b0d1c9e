"""Who is let in, and what is let out, where the files are in a bucket."""
from __future__ import absolute_import, division, print_function, unicode_literals

import contextlib
import os
import uuid

import pytest
import support_cli
import support_s3
from fault_proxy import Proxy, certificates
from support_farm import folder, read, tree
from support_jobs import Site
from test_s3_wire import Script, say
from test_security import ID, KEY, CommandLines

from rayvision_sync import compat, settings
from rayvision_sync.engines.s3.engine import S3Engine
from rayvision_sync.errors import SettingsError, StorageError


@support_cli.posix
def test_a_run_over_a_bucket_leaves_its_secrets_nowhere(moto, home, tmpdir):
    secret, token = uuid.uuid4().hex, uuid.uuid4().hex
    # That store takes any keys: these are of this run alone.
    options = support_s3.options(moto.space(), secret_key=secret, session_token=token)
    out, listed = [], support_cli.assets(support_cli.folder(tmpdir))
    with Site(home, access_id=ID, access_key=KEY) as site, CommandLines((secret, token)) as lines:
        settings.save({"access_id": ID, "access_key": KEY, "domain": site.farm.domain, "protocol": "http",
                       "storage": {"engine": "s3", "input": options, "output": options, "config": options}})
        for command in (("upload", listed), ("verify", listed), ("jobs",),
                        ("download", "--server-path", "/", "--local-path", folder(tmpdir, "images"))):
            out.append(support_cli.run(*command))
            assert out[-1].code == 0, out[-1]
        job = site.client.add("upload", {"manifests": [site.manifest(site.files(3, 100))]}, "in a job")
        assert site.wait(job).state == "done"
        lost = dict(options, bucket="no-such-bucket")
        settings.change({"storage": {"engine": "s3", "input": lost, "output": lost, "config": lost}})
        out.append(support_cli.run("upload", listed, "--no-record"))
        job = site.client.add("upload", {"manifests": [site.manifest(site.files(3, 70), "other.json")]}, "refused")
        assert site.wait(job).state == "failed" and out[-1].code and "NoSuchBucket" in out[-1].err
        texts = [text for result in out for text in (result.out, result.err)] + [repr(site.client.jobs())]
        texts += [repr(site.client.files(one.id)) + site.log(one.id) for one in site.client.jobs()]
    assert not [text for text in texts if secret in text or token in text]
    assert not lines.telling and (lines.seen or not os.path.isdir("/proc"))
    top = compat.text(tmpdir.strpath)
    holding = [name for name in tree(top) if any(one.encode("ascii") in read(os.path.join(top, name))
                                                 for one in (secret, token))]
    assert [os.path.basename(name) for name in holding] == ["settings.json"]
    assert os.stat(os.path.join(top, holding[0])).st_mode & 0o077 == 0


def _bucket(port, scheme="http", host="127.0.0.1", **more):
    """Return an open engine."""
    found = S3Engine(dict({"endpoint": "%s://%s:%d" % (scheme, host, port), "bucket": "bucket", "access_key": ID,
                           "secret_key": KEY}, **more), environ=lambda name: None)
    found.open()
    return found


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_of_a_store_is_refused_and_its_target_never_asked(status):
    other = Script(say(200))
    store = Script(say(status, b"", "Location: http://127.0.0.1:%d/bucket" % other.port,
                       "x-amz-bucket-region: elsewhere-1"))
    with contextlib.closing(store), contextlib.closing(other), contextlib.closing(_bucket(store.port)) as engine:
        with pytest.raises(StorageError) as caught:
            list(engine.list("/"))
        assert not caught.value.retryable and "elsewhere-1" in caught.value.message
        assert other.connections == 0 and len(store.requests) == 1


@pytest.mark.parametrize("status", [200, 403])
def test_entities_in_a_stores_answer_are_refused_and_never_expanded(status):
    laughs = "".join("<!ENTITY e%d \"%s\">" % (number, "&e%d;" % (number - 1) * 10 if number else "ha" * 10)
                     for number in range(9))
    body = ("<?xml version=\"1.0\"?><!DOCTYPE x [%s<!ENTITY f SYSTEM \"file:///etc/passwd\">]><Error><Code>&e8;&f;"
            "</Code></Error>" % laughs).encode("ascii")
    store = Script(say(status, body))
    with contextlib.closing(store), contextlib.closing(_bucket(store.port)) as engine:
        with pytest.raises(StorageError) as caught:
            list(engine.list("/"))
    # Expanded, they are two thousand million letters, of which the message would show some.
    assert "root:" not in caught.value.message and "haha" not in caught.value.message


@pytest.mark.parametrize("certificate, options, is_taken", [
    (certificates.GOOD, {"ca_bundle": certificates.CA}, True), (certificates.GOOD, {}, False),
    (certificates.STRANGER, {"ca_bundle": certificates.CA}, False),
    (certificates.EXPIRED, {"ca_bundle": certificates.CA}, False),
    (certificates.OTHER_HOST, {"ca_bundle": certificates.CA}, False)],
    ids=["of the studio", "of nobody known", "changed", "expired", "of another host"])
def test_a_store_has_a_certificate_that_is_trusted_or_gets_nothing_signed(certificate, options, is_taken):
    store = Script(say(200, b"<ListBucketResult></ListBucketResult>"))
    with contextlib.closing(store), Proxy(("127.0.0.1", store.port), certificate=certificate) as proxy:
        with contextlib.closing(_bucket(proxy.port, "https", "localhost", **options)) as engine:
            if is_taken:
                assert list(engine.list("/")) == []
            else:
                with pytest.raises(SettingsError, match="ertificate"):
                    list(engine.list("/"))
        assert len(proxy.exchanges) == len(store.requests) == is_taken
