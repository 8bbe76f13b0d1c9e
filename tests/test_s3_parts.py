"""Which checksum goes with a part, and what a store's answer proves: a scripted server on the loopback."""
from __future__ import absolute_import, division, print_function, unicode_literals

import hashlib
import os
import zlib

import pytest
from support_upload import folder_of, gear, put
from test_s3_wire import say, scripted  # noqa: F401

from rayvision_sync import compat
from rayvision_sync.engines.s3.checksums import encode_crc
from rayvision_sync.errors import Incomplete
from rayvision_sync.model import Item
from rayvision_sync.span import Span

CONTENT = b"part of a large one" * 1000
MD5 = compat.text(hashlib.md5(CONTENT).hexdigest())
ETAG, OTHER = "ETag: \"%s\"" % MD5, "ETag: \"%s\"" % ("0" * 32)
CRC = "x-amz-checksum-crc32: " + encode_crc(zlib.crc32(CONTENT))
SEALED = "x-amz-server-side-encryption: aws:kms"


@pytest.fixture
def send(tmpdir):
    """Return a function that sends one part by an engine."""
    path = put(folder_of(tmpdir, "file"), CONTENT)
    found = os.stat(compat.fs(path))
    item = Item(path, "/a", found.st_size, compat.mtime_ns(found))

    def call(engine, number):
        with Span(item, 0, len(CONTENT), gear(), lambda done: None) as span:
            span.checksum()
            return engine.send_part(span, "/a", "upload", number)
    return call


def md5s(script):
    return ["content-md5" in head for head, _ in script.requests]


def test_a_store_that_confirms_the_crc_gets_no_md5(scripted, send):  # noqa: F811
    engine, script = scripted(say(200, b"", ETAG, CRC), say(200, b"", ETAG, CRC))
    assert [send(engine, 1), send(engine, 2)] == [MD5, MD5]
    assert md5s(script) == [False, False] and all("x-amz-checksum-crc32: " in head for head, _ in script.requests)


def test_of_a_store_that_does_not_the_first_part_is_proven_by_its_tag_and_the_others_go_with_an_md5(
        scripted, send):  # noqa: F811
    engine, script = scripted(say(200, b"", ETAG), say(200, b"", ETAG))
    assert [send(engine, 1), send(engine, 2)] == [MD5, MD5]
    assert md5s(script) == [False, True]


def test_a_first_part_whose_tag_proves_nothing_is_sent_again_with_an_md5(scripted, send):  # noqa: F811
    engine, script = scripted(say(200, b"", OTHER, SEALED), say(200, b"", OTHER, SEALED))
    assert send(engine, 1) == "0" * 32
    assert md5s(script) == [False, True] and [body for _, body in script.requests] == [CONTENT, CONTENT]


def test_a_part_that_came_as_other_bytes_is_not_taken_for_sent(scripted, send):  # noqa: F811
    engine, _ = scripted(say(200, b"", OTHER), say(200, b"", OTHER))
    with pytest.raises(Incomplete):
        send(engine, 1)
    engine, _ = scripted(say(200, b"", ETAG, "x-amz-checksum-crc32: AAAAAA=="))
    with pytest.raises(Incomplete):
        send(engine, 1)
