"""What an S3 store and the files with its keys say, as inputs for their readers."""
from __future__ import absolute_import, division, print_function, unicode_literals

import functools
import os
import shutil

from support_farm import tree, write
from support_fuzz_inputs import Target, any_json, mutated, parsed, text_of

from rayvision_sync import compat, fetch, paths, stream
from rayvision_sync.cancel import Cancel
from rayvision_sync.engines import addresses
from rayvision_sync.engines.s3 import answers, connection, credentials, faults, options
from rayvision_sync.engines.s3.engine import S3Engine
from rayvision_sync.errors import NameRefused, SyncError
from rayvision_sync.model import Stored
from rayvision_sync.progress import Progress
from rayvision_sync.record import Record
from rayvision_sync.throttle import Throttle

_LISTING = (b"<?xml version=\"1.0\"?><ListBucketResult xmlns=\"x\"><EncodingType>url</EncodingType><IsTruncated>true"
            b"</IsTruncated><NextContinuationToken>t</NextContinuationToken><Contents><Key>a%2Bb/c+d</Key><Size>12"
            b"</Size><ETag>&quot;e&quot;</ETag><LastModified>2026-11-28T04:05:08.250Z</LastModified></Contents>"
            b"<Contents><Key>b</Key><Size>0</Size></Contents></ListBucketResult>")
_PARTS = (b"<ListPartsResult><IsTruncated>true</IsTruncated><NextPartNumberMarker>2</NextPartNumberMarker><Part>"
          b"<PartNumber>1</PartNumber><Size>5</Size><ETag>\"a\"</ETag></Part><Part><PartNumber>1</PartNumber><Size>6"
          b"</Size><ETag>\"b\"</ETag></Part></ListPartsResult>")
_UPLOADS = (b"<ListMultipartUploadsResult><IsTruncated>true</IsTruncated><NextKeyMarker>b</NextKeyMarker>"
            b"<NextUploadIdMarker>2</NextUploadIdMarker><Upload><Key>a</Key><UploadId>1</UploadId><Initiated>"
            b"2026-11-28T04:05:08Z</Initiated></Upload></ListMultipartUploadsResult>")
_ERROR = (b"<Error><Code>SlowDown</Code><Message>Slow &lt; down</Message><Region>x</Region></Error>")
_BOMB = (b"<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;\"><!ENTITY c SYSTEM \"file:///etc/passwd\">]>"
         b"<Error><Code>&b;&c;</Code></Error>")
_XML = [_LISTING, _PARTS, _UPLOADS, _ERROR, _BOMB, b"<InitiateMultipartUploadResult><UploadId>7</UploadId>"
        b"</InitiateMultipartUploadResult>", b"<CompleteMultipartUploadResult><ETag>\"x-2\"</ETag>"
        b"</CompleteMultipartUploadResult>"]

_STATUS = [b"200 OK", b"206 Partial Content", b"204 No", b"301 Moved", b"307 T", b"400 Bad", b"403 No",
           b"404 Not Found", b"412 Failed", b"503 Busy", b"100 Continue\r\n\r\nHTTP/1.1 200 OK", b"999 x", b"101 x"]
_FIELDS = [b"ETag: \"00000000000000000000000000000000\"", b"x-amz-checksum-crc32: AAAAAA==", b"Connection: close",
           b"x-amz-meta-rayvision-mtime: 1600000000000000000", b"Date: Sat, 28 Nov 2026 04:00:00 GMT",
           b"Retry-After: 7", b"Retry-After: \xb2", b"Content-Length: \xb2", b"Content-Length: " + b"9" * 5000,
           b"Location: http://evil.example/", b"x-amz-bucket-region: eu\x01-1", b"Retry-After: " + b"9" * 5000,
           b"Content-Length: -1", b"Transfer-Encoding: chunked", b"Date: x, 99 Foo 99999999999 99:99:99"]

_KEYS = [b"a/b.exr", b"../../evil", b"/etc/passwd", b"a/../../evil", b"a\\..\\..\\evil", b"C:/evil", b"con.txt",
         b"a\x00b", b"%2e%2e/evil", b"%252e%252e/evil", b"a//b", b"a/./b", b"aux/", b"~/x", b"a/" * 500, b"x" * 1024,
         b"\xe2\x80\xa5/x", b"\xc2\x85", b"a. ", b"a:b", b".rvsync.part", b"a.rvsync.part/b"]
_FILE = (b"[default]\naws_access_key_id = AKIA\naws_secret_access_key = se/cr+et\naws_session_token = t\n"
         b"; x\n[profile other]\nregion = eu-west-1\n s3 =\n  x = 1\n")
_OPTIONS = {"endpoint": "https://s3.example.com:8333/x", "bucket": "frames", "prefix": "a/b", "region": "eu-1",
            "access_key": "a", "secret_key": "b", "session_token": "c", "style": "auto", "ca_bundle": "/x",
            "proxy": "http://u:p@proxy:3128"}
_URLS = ["http://[::1", "http://a:99999999", "s3://b/p", "https://u:p@h/x", "http://h:\u0663", "//", "http://\ud800/x",
         "file:///etc/passwd", "http://h\r\nX: y/b", "http://[::1]:8333/b/p", "h%00st", "http://a..b/c?d#e"]


class _Socket(object):
    """Takes everything and says some bytes."""

    def __init__(self, content):
        self._content = content

    def send(self, block):
        return len(block)

    def recv(self, most):
        most = min(most, 97)
        block, self._content = self._content[:most], self._content[most:]
        return block

    def close(self):
        pass


class _Pool(object):
    """Every connection says the same."""

    target, login = "", ()

    def __init__(self, content):
        self.dialler = self
        self._content = content

    def take(self, is_new=False, is_careful=False):
        return connection.Connection(_Socket(self._content), lambda: None, 1.0)

    def give(self, one):
        one.close()

    def drop_idle(self):
        pass

    close = drop_idle


class _Hasty(Cancel):
    def wait(self, seconds):
        pass


class _Sink(object):
    block_size = 4096

    def write(self, block):
        assert len(block) <= self.block_size


def engine_that_hears(content):
    """Return an open engine; whatever it asks, bytes are the answer."""
    engine = S3Engine({"endpoint": "http://127.0.0.1:9", "bucket": "bucket", "access_key": "AK", "secret_key": "SK"},
                      environ=lambda name: None)
    engine.open(_Hasty())
    engine._pool = engine._calls._pool = _Pool(content)
    return engine


def targets(place):
    """Return the `Target`s."""
    return [
        Target("s3 xml", lambda chooser: mutated(chooser.choice(_XML), chooser), _parse, 6),
        Target("s3 answers", _make_answer, _ask, 6),
        Target("s3 bodies", lambda chooser: mutated(_framed(chooser.choice(_XML), chooser), chooser), _ask, 6),
        Target("s3 keys", lambda chooser: mutated(chooser.choice(_KEYS), chooser),
               lambda content: _list(place, content), 6),
        Target("s3 downloads", lambda chooser: mutated(chooser.choice(_KEYS), chooser),
               lambda content: _download(place, content), 0.2),
        Target("s3 credentials", lambda chooser: mutated(_FILE, chooser),
               lambda content: _find_keys(place, content), 6),
        Target("s3 options", _make_options, _read_options, 6),
    ]


def _parse(content):
    try:
        top = answers.parse(content)
        assert top.name
    except answers.BadAnswer:
        pass
    code, message = faults.read_refusal(content)
    assert len(message) <= 300 and len(code) <= 100


def _framed(body, chooser):
    kind = chooser.randrange(3)
    head = b"HTTP/1.1 200 OK\r\n"
    if kind == 0:
        return head + ("Content-Length: %d\r\n\r\n" % len(body)).encode("ascii") + body
    if kind == 1:
        return head + b"\r\n" + body
    cut = chooser.randrange(1, len(body))
    chunks = [("%x;x=y\r\n" % len(block)).encode("ascii") + block + b"\r\n" for block in (body[:cut], body[cut:])]
    return head + b"Transfer-Encoding: chunked\r\n\r\n" + b"".join(chunks) + b"0\r\nTrailer: x\r\n\r\n"


def _make_answer(chooser):
    body = chooser.choice(_XML)
    fields = chooser.sample(_FIELDS, chooser.randrange(4)) + (
        [("Content-Length: %d" % len(body)).encode("ascii")] if chooser.random() < 0.7 else [])
    chooser.shuffle(fields)
    content = b"\r\n".join([b"HTTP/1.1 " + chooser.choice(_STATUS)] + fields) + b"\r\n\r\n" + body
    return mutated(content, chooser) if chooser.random() < 0.5 else content


def _ask(content):
    """Ask everything of a store that answers so."""
    engine = engine_that_hears(content)
    wanted = Stored("/a", 12, 0, None, "e")
    for call in (lambda: list(engine.list("/")), lambda: engine.ask(["/a", "/b/c"]), lambda: engine.checksum("/a"),
                 lambda: engine.fetch(wanted, _Sink()), lambda: engine.begin_parts("/a", 1),
                 lambda: engine.parts_there("/a", "1"), lambda: list(engine.open_parts("/")),
                 lambda: engine.finish_parts("/a", "1", [(1, "x", 2)], 1, 2), lambda: engine.drop_parts("/a", "1")):
        try:
            call()
        except SyncError as error:
            assert "SK" not in error.message.split() and len(error.message) < 2000
            assert "\n" not in error.message and "\x01" not in error.message


def _listing_of(key):
    quoted = "".join("%%%02X" % number for number in bytearray(key))
    body = ("<ListBucketResult><EncodingType>url</EncodingType><Contents><Key>%s</Key><Size>1</Size></Contents>"
            "</ListBucketResult>" % quoted).encode("ascii")
    return ("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body)).encode("ascii") + body


def _list(place, content):
    top = os.path.join(place.folder, "landed")
    for found in engine_that_hears(_listing_of(content)).list("/"):
        for windows in (True, False):
            try:
                path = paths.land(top, found.name[1:], windows)
            except NameRefused:
                continue
            assert os.path.normpath(path).startswith(top + os.sep) and "\0" not in path


class _Giving(object):
    """An engine that lists what the store says, and gives one byte of anything."""

    name, identity, first_threads, most_threads = "test", "test", 1, 1

    def __init__(self, engine):
        self.list = engine.list

    @staticmethod
    def fetch(stored, sink):
        sink.write(b"x")


def _download(place, content):
    """Let a hostile store's key come to the end of a download: it lands in the folder or nowhere."""
    top = os.path.join(place.folder, "hostile")
    engine = _Giving(engine_that_hears(_listing_of(content)))
    inside = os.path.join(top, "a", "b", "images")
    compat.make_folder(inside)
    write(os.path.join(top, "evil"), b"mine")
    gear = stream.Gear(_Hasty(), Throttle(), Progress())
    with Record(os.path.join(place.folder, "hostile.sqlite")) as record:
        report = fetch.Download(engine, gear, record, 1).run(
            fetch.Wanted(stored, inside, stored.name[1:]) for stored in engine.list("/"))
    found = tree(top)
    with open(os.path.join(top, "evil"), "rb") as source:
        assert source.read() == b"mine"
    assert len([name for name in found if name.startswith("a/b/images/")]) == len(found) - 1 <= 1
    assert len(found) - 1 >= report.sent
    shutil.rmtree(compat.fs(top))


def _find_keys(place, content):
    path = place.put("credentials", content)
    for profile in (None, "other", text_of(content)[:7]):
        environ = {"AWS_SHARED_CREDENTIALS_FILE": path, "AWS_CONFIG_FILE": path, "AWS_PROFILE": profile}.get
        for read in (functools.partial(credentials.find_credentials, {}), credentials.find_region):
            try:
                found = read(environ)
                assert repr(found) == "<Credentials>" or found is None or isinstance(found, compat.text_type)
            except SyncError as error:
                assert "se/cr+et" not in error.message


def _make_options(chooser):
    content = any_json(chooser, list(options.KNOWN) + ["x"], _OPTIONS)
    found = parsed(content)
    if isinstance(found, dict) and chooser.random() < 0.5:
        found[chooser.choice(("endpoint", "proxy", "prefix", "bucket"))] = chooser.choice(_URLS)
        content = compat.dump_json(found).encode("utf-8", "replace")
    return content


def _read_options(content):
    found = parsed(content)
    found = found if isinstance(found, dict) else {"endpoint": text_of(content), "bucket": "frames"}
    proxy = "%s" % (found.get("proxy"),)
    environ = {"http_proxy": proxy, "https_proxy": proxy, "no_proxy": proxy}.get
    text = text_of(content)
    for read in (lambda: S3Engine(found, environ=environ).identity,
                 lambda: options.choose_proxy(options.read_place(found), environ), lambda: options.read_proxy(text),
                 lambda: addresses.of_url(text), lambda: addresses.of_name(text, "%s" % found.get("endpoint")),
                 lambda: addresses.of_url("%s" % found.get("endpoint"))):
        try:
            read()
        except SyncError as error:
            assert error.message
