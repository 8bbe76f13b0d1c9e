"""What the S3 engine does when a store answers as no store should: a scripted server on the loopback."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os
import socket
import threading
import time
from email.utils import formatdate

import pytest
from support_network import Impatient
from support_upload import folder_of, gear, put

from rayvision_sync import compat, stream
from rayvision_sync.cancel import Cancel
from rayvision_sync.engines.s3 import answers, connection, faults
from rayvision_sync.engines.s3.engine import S3Engine
from rayvision_sync.errors import (
    Cancelled, Incomplete, NotStored, Outdated, StorageBusy, StorageError, StorageFull, StorageLost)
from rayvision_sync.model import Item, Stored


class Script(object):
    """Answer request after request with the next of some answers; bytes, or a function of (socket, request).

    None closes the connection instead. `requests` is what came: head and body.
    """

    def __init__(self, *answers):
        self._answers = list(answers)
        self.requests = []
        self.connections = 0
        self._listener = socket.socket()
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen(16)
        self.port = self._listener.getsockname()[1]
        self._open = []
        self._thread = threading.Thread(target=self._serve)
        self._thread.daemon = True
        self._thread.start()

    def _serve(self):
        while True:
            try:
                sock, _ = self._listener.accept()
            except (IOError, OSError):
                return
            self.connections += 1
            self._open.append(sock)
            thread = threading.Thread(target=self._talk, args=(sock,))
            thread.daemon = True
            thread.start()

    def _talk(self, sock):
        try:
            kept = b""
            while self._answers:
                while b"\r\n\r\n" not in kept:
                    block = sock.recv(65536)
                    if not block:
                        return
                    kept += block
                head, _, kept = kept.partition(b"\r\n\r\n")
                length = [int(line.split(b":")[1]) for line in head.lower().split(b"\r\n")
                          if line.startswith(b"content-length:")]
                while length and len(kept) < length[0]:
                    kept += sock.recv(65536)
                size = length[0] if length else 0
                self.requests.append((head.decode("ascii"), kept[:size]))
                kept = kept[size:]
                answer = self._answers.pop(0)
                if answer is None:
                    return
                sock.sendall(answer) if isinstance(answer, bytes) else answer(sock)
        except (IOError, OSError):
            pass
        finally:
            sock.close()

    def close(self):
        self._listener.close()
        for sock in self._open:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except (IOError, OSError):
                pass


def say(status, body=b"", *headers):
    lines = ["HTTP/1.1 %d Said" % status, "Content-Length: %d" % len(body)] + list(headers)
    return "\r\n".join(lines).encode("ascii") + b"\r\n\r\n" + body


def refuse(status, code, *headers):
    return say(status, ("<?xml version=\"1.0\"?><Error><Code>%s</Code><Message>So.</Message></Error>" % code).encode(
        "ascii"), *headers)


@pytest.fixture
def scripted():
    """Return a function of answers that gives ``(open engine, script)``."""
    made = []

    def make(*answers, **options):
        script = Script(*answers)
        engine = S3Engine({"endpoint": "http://127.0.0.1:%d" % script.port, "bucket": "bucket", "access_key": "AK",
                           "secret_key": "hidden"})
        engine.open(options.get("cancel"))
        made.append((engine, script))
        return engine, script
    yield make
    for engine, script in made:
        engine.close()
        script.close()


@pytest.fixture
def give(tmpdir):
    """Return a function that sends a file of some bytes with an engine."""
    path = folder_of(tmpdir, "file")

    def send(engine, content=b"hello", target="/a", cancel=None):
        put(path, content)
        item = Item(path, target, len(content), compat.mtime_ns(os.stat(compat.fs(path))))
        with stream.Source(item, gear(cancel=cancel)) as source:
            return engine.send(source, target)
    return send


class Sink(object):
    block_size = 7

    def __init__(self):
        self.got = b""

    def write(self, block):
        self.got += block


def fetch(engine, version=None):
    sink = Sink()
    engine.fetch(Stored("/a", None, None, None, version), sink)
    return sink.got


def test_a_request_carries_what_the_store_can_check(scripted, give):
    engine, script = scripted(say(200))
    give(engine)
    head, body = script.requests[0]
    assert head.startswith("PUT /bucket/a HTTP/1.1\r\n") and body == b"hello"
    assert "x-amz-checksum-crc32: NhCmhg==" in head and "content-md5: XUFAKrxLKna5cZ2REBfFkg==" in head
    assert "x-amz-content-sha256: UNSIGNED-PAYLOAD" in head and "hidden" not in head


@pytest.mark.parametrize("headers", [("x-amz-checksum-crc32: AAAAAA==",), ("ETag: \"%s\"" % ("0" * 32),)])
def test_a_confirmation_of_other_bytes_is_an_error_that_may_pass(scripted, give, headers):
    engine, _ = scripted(say(200, b"", *headers))
    with pytest.raises(Incomplete) as caught:
        give(engine)
    assert caught.value.retryable


def test_the_tag_of_an_encrypted_object_is_not_taken_for_its_md5(scripted, give):
    engine, _ = scripted(say(200, b"", "ETag: \"%s\"" % ("0" * 32), "x-amz-server-side-encryption: aws:kms"))
    assert give(engine).size == 5


@pytest.mark.parametrize("answer, kind, retryable, word", [
    (refuse(403, "AccessDenied"), StorageError, False, "right"),
    (refuse(403, "SignatureDoesNotMatch"), StorageLost, False, "secret key"),
    (refuse(403, "ExpiredToken"), StorageLost, False, "renew"),
    (refuse(404, "NoSuchBucket"), StorageLost, False, "Create the bucket"),
    (say(501, b"<html>"), StorageLost, False, "does not speak S3"),
    (refuse(400, "BadDigest"), Incomplete, True, "other bytes"),
    (refuse(507, "XMinioStorageFull"), StorageFull, False, "space"),
    (refuse(301, "PermanentRedirect", "x-amz-bucket-region: eu-west-3", "Location: http://127.0.0.1:1/"),
     StorageError, False, "eu-west-3"),
    (say(503, b"busy", "Retry-After: 7"), StorageBusy, True, "failed"), (say(500), StorageBusy, True, "500"),
    (say(429), StorageBusy, True, "429"), (refuse(400, "RequestTimeout"), StorageBusy, True, "RequestTimeout"),
    (b"SSH-2.0-OpenSSH\r\n\r\n", StorageBusy, True, "not HTTP"), (None, StorageBusy, True, "closed"),
    (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70000, StorageBusy, True, "does not end")])
def test_a_refusal_says_what_to_do_and_whether_trying_again_helps(scripted, give, answer, kind, retryable, word):
    engine, script = scripted(answer)
    with pytest.raises(kind) as caught:
        give(engine)
    assert caught.value.retryable == retryable and word in caught.value.message
    assert ("/a" in caught.value.message) == (kind is not StorageLost)
    assert "hidden" not in caught.value.message and len(script.requests) == 1


def test_what_a_busy_store_asks_for_is_kept(scripted, give):
    engine, _ = scripted(say(503, b"", "Retry-After: 7"), refuse(503, "SlowDown", "Retry-After: " + formatdate(
        time.time() + 60, usegmt=True)))
    waits = []
    for _ in range(2):
        with pytest.raises(StorageBusy) as caught:
            give(engine)
        waits.append(caught.value.retry_after)
    assert waits[0] == 7 and 30 < waits[1] <= 61


def test_a_wrong_clock_is_allowed_for(scripted, give):
    ahead = "Date: " + formatdate(time.time() + 7200, usegmt=True)
    engine, script = scripted(refuse(403, "RequestTimeTooSkewed", ahead), say(200))
    with pytest.raises(StorageBusy, match="clock"):
        give(engine)
    give(engine)
    dates = [[line[12:] for line in head.split("\r\n") if line.startswith("x-amz-date")][0]
             for head, _ in script.requests]
    assert dates[0] < dates[1]
    engine, _ = scripted(refuse(403, "AccessDenied", "Date: " + formatdate(usegmt=True)))
    with pytest.raises(StorageError, match="right"):
        give(engine)


def test_a_connection_serves_on_and_one_that_was_closed_is_opened_again(scripted, give):
    engine, script = scripted(say(200), say(200, b"", "Connection: close"), say(200), None, say(200))
    for _ in range(4):
        give(engine)
    # The one that closed without an answer was an old one: the request was sent once more.
    assert [body for _, body in script.requests] == [b"hello"] * 5 and script.connections == 3


@pytest.mark.parametrize("answer", [
    b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4;x=y\r\n0123\r\n06\r\n456789\r\n0\r\nT: 1\r\n\r\n"])
def test_every_framing_gives_the_same_bytes_and_keeps_the_connection(scripted, answer):
    engine, script = scripted(answer, answer)
    assert fetch(engine) == b"0123456789" == fetch(engine) and script.connections == 1


def test_a_body_without_a_length_ends_with_its_connection(scripted):
    def talk(sock):
        sock.sendall(b"HTTP/1.0 200 OK\r\n\r\n0123456789")
        sock.close()
    engine, _ = scripted(talk)
    assert fetch(engine) == b"0123456789"


@pytest.mark.parametrize("head", [b"Content-Length: 20", b"Transfer-Encoding: chunked", b"Content-Length: -1",
                                  b"Content-Length: 1e3"])
def test_an_answer_that_is_cut_or_lies_about_its_length_may_pass(scripted, head):
    def talk(sock):
        sock.sendall(b"HTTP/1.1 200 OK\r\n" + head + b"\r\n\r\n5\r\n012")
        sock.shutdown(socket.SHUT_WR)
    engine, _ = scripted(talk)
    with pytest.raises(StorageBusy):
        fetch(engine)


def test_another_version_is_never_fetched_for_the_one_that_was_listed(scripted):
    engine, script = scripted(refuse(412, "PreconditionFailed"), say(200, b"new", "ETag: \"new\""), say(404))
    for _ in range(2):
        with pytest.raises(Outdated):
            fetch(engine, "old")
    assert "if-match: \"old\"" in script.requests[0][0]
    with pytest.raises(NotStored):
        fetch(engine)


@pytest.mark.parametrize("body", [
    b"<!DOCTYPE x [<!ENTITY a \"aaaaaaaa\">]><ListBucketResult>&a;</ListBucketResult>", b"<a>" * 1000,
    b"<Error><Code>AccessDenied</Code></Error>", b"<html><body>Welcome to the hotel</body></html>",
    b"<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>",
    b"<ListBucketResult><Contents><Key>a</Key><Size>many</Size></Contents></ListBucketResult>"])
def test_a_listing_that_is_none_is_refused(scripted, body):
    engine, _ = scripted(say(200, body))
    with pytest.raises(StorageError) as caught:
        list(engine.list("/"))
    assert not caught.value.retryable


def test_a_listing_that_is_damaged_is_asked_for_again_and_not_for_ever(scripted):
    whole = b"<ListBucketResult><Contents><Key>a</Key><Size>1</Size></Contents></ListBucketResult>"
    engine, script = scripted(say(200, whole[:60]), say(200), say(200, whole.replace(b"</Key>", b"</Kez>")),
                              say(200, whole), *[say(200, b"<html>")] * 9, cancel=Impatient())
    assert [one.name for one in engine.list("/")] == ["/a"] and len(script.requests) == 4
    with pytest.raises(StorageError, match="endpoint"):
        list(engine.list("/"))
    assert len(script.requests) == 9


def test_one_name_that_is_refused_leaves_the_others_alone_and_a_store_that_refuses_all_is_said_once(scripted):
    def head(*answers):
        engine, script = scripted(*answers, cancel=Impatient())
        return engine.ask_each, script
    there = say(200).replace(b"Content-Length: 0", b"Content-Length: 5")
    ask_each, _ = head(there, say(403), *[say(503)] * 5)
    assert list(ask_each(["/a"])[0]) == ["/a"]
    assert [list(found) for found in ask_each(["/b"])] == [[], ["/b"]]
    found, failed = ask_each(["/c"])
    assert not found and failed["/c"].retryable and "/c" in failed["/c"].message
    ask_each, script = head(*[say(403)] * 60)
    with pytest.raises(StorageError, match="right"):
        ask_each(["/%d" % number for number in range(60)])
    assert len(script.requests) < 60


@pytest.mark.parametrize("field", ["Content-Length: \xb2", "Content-Length: " + "9" * 5000])
def test_a_length_that_no_python_makes_a_number_of_may_pass(scripted, give, field):
    engine, _ = scripted(("HTTP/1.1 200 OK\r\n%s\r\n\r\n" % field).encode("latin-1"))
    with pytest.raises(StorageBusy, match="no number"):
        give(engine)


@pytest.mark.parametrize("encoding", ["utf-7", "base64", "nosuch", "iso-8859-1"])
def test_an_answer_that_names_another_encoding_is_read_as_s3_speaks(encoding):
    body = "<?xml version=\"1.0\" encoding=\"%s\"?><Error><Code>\xe9</Code></Error>" % encoding
    assert answers.parse(body.encode("utf-8")).get("Code") == "\xe9"


def test_a_code_of_a_store_is_one_short_printable_line():
    code, _ = faults.read_refusal(b"<Error><Code>Slow\nDown\r" + b"9" * 5000 + b"</Code></Error>")
    assert code.startswith("Slow Down 99") and len(code) == 100


@pytest.mark.parametrize("value", ["\xb2", "9" * 5000])
def test_a_pause_that_is_no_number_is_none(value):
    assert faults.wait_of({"retry-after": value}) is None


def test_a_listing_goes_on_over_pages(scripted):
    page = ("<ListBucketResult><EncodingType>url</EncodingType><IsTruncated>%s</IsTruncated>"
            "<NextContinuationToken>t/1</NextContinuationToken><Contents><Key>%s</Key><Size>1</Size>"
            "<ETag>&quot;e&quot;</ETag><LastModified>2026-11-28T04:05:08.250Z</LastModified></Contents>"
            "</ListBucketResult>")
    engine, script = scripted(say(200, (page % ("true", "a%2Bb+c")).encode("ascii")),
                              say(200, (page % ("false", "%C3%BC")).encode("ascii")))
    found = list(engine.list("/"))
    assert [one.name for one in found] == ["/a+b c", "/\xfc"] and found[0].version == "e"
    assert found[0].mtime % 10 ** 9 == 250000000 and "continuation-token=t%2F1" in script.requests[1][0]


def test_a_store_that_says_nothing_is_left_after_a_time(scripted, give, monkeypatch):
    monkeypatch.setattr("rayvision_sync.engines.s3.calls.STALL_S", 0.3)
    engine, _ = scripted(lambda sock: sock.recv(1))
    with pytest.raises(StorageBusy, match="nothing moved"):
        give(engine)


def test_a_cancel_ends_a_wait_for_an_answer(scripted, give):
    cancel = Cancel()

    def talk(sock):
        cancel.cancel()
        sock.recv(1)
    engine, _ = scripted(talk, cancel=cancel)
    with pytest.raises(Cancelled):
        give(engine)


def test_a_refusal_of_a_body_that_is_still_being_sent_is_heard(scripted, give):
    engine, _ = scripted(refuse(400, "EntityTooLarge"))
    with pytest.raises(StorageError, match="EntityTooLarge"):
        give(engine, b"x" * (3 << 20))


def test_a_store_that_cannot_be_reached_is_said(give):
    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))  # Bound, not listening.
    engine = S3Engine({"endpoint": "http://127.0.0.1:%d" % taken.getsockname()[1], "bucket": "bucket",
                       "access_key": "AK", "secret_key": "hidden"})
    engine.open()
    with pytest.raises(StorageBusy, match="^The storage .* cannot be reached") as caught:
        give(engine)
    assert "/a" not in caught.value.message
    engine.close()
    taken.close()


def test_waits_are_short_enough_for_a_cancel_within_a_second():
    assert connection.SLICE_S <= 0.25


def test_a_small_body_that_came_in_two_pieces_is_handed_on_in_one():
    near, far = socket.socketpair()
    try:
        far.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 30000\r\n\r\n" + b"x" * 30000 + b"HTTP/1.1 204 OK\r\n\r\n")
        one = connection.Connection(near, lambda: None, 30.0, connection.bound_waits(near, connection.SLICE_S))
        assert [len(block) for block in one.answer("GET").blocks()] == [30000]
        assert one.answer("GET").status == 204  # What follows was not taken for a part of it.
    finally:
        near.close()
        far.close()


@pytest.mark.skipif(compat.WINDOWS, reason="the system does not bound waits there")
def test_a_body_that_stands_still_is_handed_on_as_far_as_it_came():
    near, far = socket.socketpair()
    try:
        far.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n" + b"x" * 30000)
        one = connection.Connection(near, lambda: None, 30.0, connection.bound_waits(near, connection.SLICE_S))
        blocks, came = one.answer("GET").blocks(), 0
        while came < 30000:
            came += len(next(blocks))
        assert came == 30000
    finally:
        near.close()
        far.close()
