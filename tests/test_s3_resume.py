"""Files in parts on bad networks: what broke off is sent again, and the next run sends what the store lacks."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os
import re
import threading
from collections import Counter

import pytest
from fault_proxy import faults
from support_limits import WAIT_S
from support_network import Line
from support_upload import folder_of, sources, stored

from rayvision_sync import transfer
from rayvision_sync.engines.s3 import multipart
from rayvision_sync.engines.s3.calls import Calls
from rayvision_sync.engines.s3.checksums import decode_crc
from rayvision_sync.engines.s3.engine import S3Engine
from rayvision_sync.record import Record

#: The smallest part that the store takes.
PART = 5 << 20

DENIED = b"<Error><Code>AccessDenied</Code></Error>"


@pytest.fixture
def small_parts(monkeypatch):
    for module in (transfer, multipart):
        monkeypatch.setattr(module, "LARGE_BYTES", PART + 1)
    monkeypatch.setattr(multipart, "_PART_BYTES", PART)


@pytest.fixture
def line(seaweed, small_parts, tmpdir):
    with Line(seaweed, folder_of(tmpdir)) as found:
        yield found


@pytest.fixture(params=["seaweed", "moto"])
def any_line(request, small_parts, tmpdir):
    with Line(request.getfixturevalue(str(request.param)), folder_of(tmpdir)) as found:
        yield found


def confirmed(line):
    """Return how often the store confirmed each part: ``{number: count}``."""
    return Counter(int(re.search("partNumber=([0-9]+)", one.target).group(1)) for one in line.proxy.exchanges
                   if "partNumber=" in one.target and one.status == 200 and one.done)


def record(line):
    return Record(os.path.join(line.folder, "sent.sqlite"))


@pytest.mark.parametrize("fault", [
    faults.cut(0.5), faults.reset(0.5), faults.cut(None, "answer"), faults.busy(), faults.flip(), faults.garbage()],
    ids=lambda fault: "%s-%s" % (fault.kind, fault.side))
def test_only_the_part_that_broke_off_is_sent_again(line, fault):
    pairs = line.files([5 * PART + 3])
    rule = line.proxy.add(fault, path="partNumber=3")
    with record(line) as rows:
        report = line.upload(pairs, rows)
    assert (report.sent, report.failed) == (1, 0), report.problems
    assert rule.count == 1
    assert confirmed(line) == {1: 1, 2: 1, 3: 1, 4: 1, 5: 1, 6: 1}
    assert line.client.objects() == {"file000": sources(pairs)["/file000"]} and line.client.uploads() == []


def test_the_next_run_sends_the_parts_that_are_missing_and_no_other(any_line):
    pairs = any_line.files([5 * PART + 3])
    any_line.proxy.add(faults.answer(403, body=DENIED), path="partNumber=4&")
    with record(any_line) as rows:
        report = any_line.upload(pairs, rows)
    before = confirmed(any_line)
    assert report.failed == 1 and any_line.client.objects() == {} and before
    with record(any_line) as rows:
        report = any_line.upload(pairs, rows)
    assert (report.sent, report.failed) == (1, 0)
    assert confirmed(any_line) == {number: 1 for number in range(1, 7)}
    assert any_line.client.objects() == {"file000": sources(pairs)["/file000"]} and any_line.client.uploads() == []


def test_an_upload_of_which_no_part_arrived_is_gone_on_with(any_line):
    pairs = any_line.files([3 * PART])
    refused = any_line.proxy.add(faults.answer(403, body=DENIED), path="partNumber=", times=None)
    with record(any_line) as rows:
        assert any_line.upload(pairs, rows).failed == 1
    refused.end()
    with record(any_line) as rows:
        report = any_line.upload(pairs, rows)
    assert (report.sent, report.failed) == (1, 0), report.problems
    assert any_line.client.objects() == {"file000": sources(pairs)["/file000"]}


def test_a_complete_whose_answer_is_lost_is_not_an_upload_begun_anew(line):
    pairs = line.files([3 * PART])
    line.proxy.add(faults.cut(None, "answer"), method="POST", path=r"\?uploadId=")
    with record(line) as rows:
        report = line.upload(pairs, rows)
    assert (report.sent, report.failed) == (1, 0)
    assert line.client.objects() == {"file000": sources(pairs)["/file000"]} and line.client.uploads() == []


def test_an_upload_whose_name_was_lost_is_ended_though_the_store_is_busy_at_first(line):
    pairs = line.files([3 * PART])
    line.proxy.add(faults.cut(None, "answer"), method="POST", path=r"\?uploads=")
    line.proxy.add(faults.busy(), method="DELETE")
    with record(line) as rows:
        report = line.upload(pairs, rows)
    assert (report.sent, report.failed) == (1, 0), report.problems
    assert line.client.objects() == {"file000": sources(pairs)["/file000"]} and line.client.uploads() == []


def test_a_flipped_bit_in_what_was_sent_in_parts_is_found_out_when_it_is_fetched(any_line):
    pairs = any_line.files([3 * PART + 1])
    any_line.upload(pairs)
    rule = any_line.proxy.add(faults.flip(0.5, "answer"), method="GET", path="file000")
    report = any_line.download()
    assert (report.sent, report.failed, rule.count) == (1, 0, 1), report.problems
    assert stored(os.path.join(any_line.folder, "landed")) == sources(pairs)


def test_an_object_that_is_replaced_when_its_last_range_has_come_is_fetched_as_it_is_now(line, monkeypatch):
    line.upload(line.files([3 * PART]))
    describe, new = S3Engine.describe, [os.urandom(3 * PART)]

    def replaced(engine, stored):
        if len(new) == 1:
            new.append(line.client.put("file000", new[0]))
        return describe(engine, stored)
    monkeypatch.setattr(S3Engine, "describe", replaced)
    report = line.download()
    assert (report.sent, report.failed) == (1, 0), report.problems
    assert stored(os.path.join(line.folder, "landed")) == {"/file000": new[0]}


@pytest.mark.parametrize("status, said", [
    (400, b"<Error><Code>InvalidArgument</Code><Message>Unsupported header '%s' received for this API call.</Message>"
          b"</Error>"),
    (501, b"<Error><Code>NotImplemented</Code><Message>Header '%s' with value 'CRC32' not implemented</Message>"
          b"</Error>")], ids=["400", "501"])
@pytest.mark.parametrize("sizes, first", [([2 * PART + 1], "POST"), ([4000, PART - 1], "PUT")], ids=["parts", "whole"])
def test_a_store_that_refuses_checksums_gets_md5s_and_all_files(line, status, said, sizes, first):
    for header in ("x-amz-checksum-crc32", "x-amz-checksum-algorithm", "x-amz-checksum-mode"):
        line.proxy.add(faults.answer(status, body=said.replace(b"%s", header.encode("ascii"))), times=None,
                       header=header)
    pairs = line.files(sizes)
    with record(line) as rows:
        report = line.upload(pairs, rows)
    assert (report.sent, report.failed) == (len(pairs), 0), report.problems
    assert line.client.objects() == dict((name[1:], content) for name, content in sources(pairs).items())
    landed = [one for one in line.proxy.exchanges if one.method == "PUT" and one.status == 200]
    # The ETag of a part is its MD5, too, and was compared.
    assert landed and all("content-md5" in one.headers for one in landed if "partNumber" not in one.target)
    report = line.download()
    assert (report.sent, report.failed) == (len(pairs), 0), report.problems
    assert stored(os.path.join(line.folder, "landed")) == sources(pairs)
    refused = [one.method for one in line.proxy.exchanges if one.fault]
    assert first in refused and "HEAD" in refused


def test_checksums_that_are_refused_to_several_threads_at_once_fail_no_file(line, monkeypatch):
    send, refused, both = Calls._send, [], threading.Event()

    def together(calls, connection, request, *more):
        answer = send(calls, connection, request, *more)
        if request.method == "PUT" and answer.status == 400:
            refused.append(request.name)
            if len(refused) > 1:
                both.set()
            assert both.wait(WAIT_S)
        return answer
    monkeypatch.setattr(Calls, "_send", together)
    said = b"<Error><Message>Unsupported header 'x-amz-checksum-crc32'</Message></Error>"
    line.proxy.add(faults.answer(400, body=said), method="PUT", times=None, header="x-amz-checksum-crc32")
    report = line.upload(line.files([4000] * 8), threads=4)
    assert (report.sent, report.failed) == (8, 0) and len(refused) > 1, report.problems


def test_parts_that_the_store_joins_to_other_bytes_are_removed_and_sent_anew(any_line, monkeypatch):
    said = iter(["crc32:00000000"])
    monkeypatch.setattr(multipart, "decode_crc", lambda value: next(said, decode_crc(value)))
    pairs = any_line.files([3 * PART])
    with record(any_line) as rows:
        report = any_line.upload(pairs, rows)
    assert (report.sent, report.failed) == (1, 0), report.problems
    assert sorted(confirmed(any_line).items()) == [(1, 2), (2, 2), (3, 2)]
    assert any_line.client.objects() == {"file000": sources(pairs)["/file000"]} and any_line.client.uploads() == []
