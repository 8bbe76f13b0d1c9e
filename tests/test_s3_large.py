"""Large files and TLS through the S3 engine, against a real store behind a proxy that fails."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os

import pytest
from fault_proxy import Proxy, certificates, faults
from support_upload import folder_of, gear, get, put

from rayvision_sync import stream
from rayvision_sync.engines.s3.engine import S3Engine
from rayvision_sync.errors import SettingsError
from rayvision_sync.record import Record
from rayvision_sync.transfer import Upload

#: Three parts.
SIZE = (40 << 20) + 5


def engine_at(space, endpoint=None, **options):
    return S3Engine(dict(options, endpoint=endpoint or space.endpoint, bucket=space.bucket, prefix=space.prefix,
                         access_key=space.access_key, secret_key=space.secret_key))


def run(engine, pairs, record=None, threads=4, attempts=5):
    """Run an upload; return its report."""
    engine.open()
    try:
        return Upload(engine, gear(), record, threads, attempts).run(lambda: iter([pairs]))
    finally:
        engine.close()


@pytest.fixture
def large(tmpdir):
    return put(folder_of(tmpdir, "large"), os.urandom(1 << 20) * (SIZE >> 20) + b"tail!")


def sent_parts(proxy):
    return [one for one in proxy.exchanges if one.method == "PUT" and "partNumber" in one.target]


def test_a_large_file_that_broke_off_is_gone_on_with_at_its_parts(seaweed, large, tmpdir):
    space = seaweed.space()
    with Proxy(("127.0.0.1", seaweed.port)) as proxy, Record(folder_of(tmpdir, "record")) as record:
        proxy.add(faults.reset(1 << 20), method="PUT", path="partNumber=3&")
        first = run(engine_at(space, proxy.url), [(large, "/big.vdb")], record, threads=1, attempts=1)
        assert first.failed == 1 and len(seaweed.client(space).uploads()) == 1
        seen = len(sent_parts(proxy))
        second = run(engine_at(space, proxy.url), [(large, "/big.vdb")], record)
        again = [one.target for one in sent_parts(proxy)[seen:]]
    assert second.sent == 1 and len(again) == 1 and "partNumber=3&" in again[0]
    client = seaweed.client(space)
    assert client.get("big.vdb") == get(large) and client.uploads() == []


def test_a_large_file_is_there_already_and_its_checksum_is_of_all_of_it(seaweed, large, tmpdir):
    space = seaweed.space()
    with Record(folder_of(tmpdir, "record")) as record:
        assert run(engine_at(space), [(large, "/big.vdb")], record).sent == 1
        row = record.sent(record.storage(engine_at(space).identity), ["/big.vdb"])["/big.vdb"]
    assert row.checksum == stream.file_checksum(large)
    assert run(engine_at(space), [(large, "/big.vdb")]).skipped == 1


def test_tls_is_spoken_with_an_authority_of_the_studio_and_with_no_other(seaweed, tmpdir):
    space = seaweed.space()
    path = put(folder_of(tmpdir, "file"), b"x" * (3 << 20))
    with Proxy(("127.0.0.1", seaweed.port), certificate=certificates.GOOD) as proxy:
        endpoint = "https://localhost:%d" % proxy.port  # By name: 2.7 compares no addresses.
        assert run(engine_at(space, endpoint, ca_bundle=certificates.CA), [(path, "/a")]).sent == 1
        with pytest.raises(SettingsError, match="ca_bundle"):
            run(engine_at(space, endpoint, ca_bundle=certificates.STRANGER_CA), [(path, "/b")])
    assert seaweed.client(space).get("a") == get(path)
