"""The S3 engine on bad networks: what breaks is sent again, what cannot pass is said at once, and nothing is lost."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os
import threading

import pytest
from fault_proxy import Schedule, faults
from support_network import Line
from support_upload import Wrapper, folder_of, get, sources, stored

from rayvision_sync import compat
from rayvision_sync.engines.s3 import calls
from rayvision_sync.errors import Cancelled, StorageBusy, StorageLost

KB, MB = 1 << 10, 1 << 20

DENIED = b"<Error><Code>AccessDenied</Code><Message>No.</Message></Error>"

#: What passes with another attempt, on the way up.
PASSING = [faults.cut(), faults.cut(0), faults.cut(0.5), faults.reset(), faults.reset(0.5), faults.cut(None, "answer"),
           faults.reset(None, "answer"), faults.busy(), faults.busy(0, 429), faults.busy(None, 500),
           faults.busy(None, 502), faults.busy(None, 504, "answer"), faults.garbage(), faults.flip(),
           faults.answer(400, body=b"<Error><Code>RequestTimeout</Code></Error>")]


@pytest.fixture
def line(seaweed, tmpdir):
    with Line(seaweed, folder_of(tmpdir)) as found:
        yield found


def name(pairs):
    return {server[1:]: content for server, content in sources(pairs).items()}


@pytest.mark.parametrize("size", [5 * KB, 2 * MB])
@pytest.mark.parametrize("fault", PASSING, ids=lambda fault: "%s-%s-%s" % (fault.kind, fault.side, fault.after))
def test_a_file_that_breaks_off_is_sent_again_and_is_whole(line, fault, size):
    pairs = line.files([size])
    line.proxy.add(fault, method="PUT")
    report = line.upload(pairs)
    assert (report.sent, report.failed) == (1, 0) and line.client.objects() == name(pairs)
    assert line.proxy.faults() == 1 and line.proxy.count("PUT", status=200) == 1


@pytest.mark.parametrize("size", [5 * KB, 2 * MB])
@pytest.mark.parametrize("server", ["seaweed", "moto"])
def test_a_flipped_bit_is_found_out_even_by_a_store_that_looks_at_no_checksum(request, tmpdir, server, size):
    with Line(request.getfixturevalue(server), folder_of(tmpdir)) as line:
        pairs = line.files([size])
        line.proxy.add(faults.flip(), method="PUT", times=2)
        report = line.upload(pairs)
        assert (report.sent, report.failed) == (1, 0) and line.client.objects() == name(pairs)
        puts = [one.status for one in line.proxy.exchanges if one.method == "PUT"]
        # moto stores whatever comes: there, the md5 that it names afterwards tells.
        assert puts == ([400, 400, 200] if server == "seaweed" else [200, 200, 200])


def test_a_busy_store_is_asked_again_when_it_said_and_not_for_ever(line):
    pairs = line.files([KB, KB])
    line.proxy.add(faults.busy(7), method="PUT", path="file000", times=None)
    report = line.upload(pairs, attempts=4)
    assert (report.sent, report.failed) == (1, 1) and list(line.client.objects()) == ["file001"]
    assert [pause >= 7 for pause in line.cancel.pauses].count(True) == 3
    assert line.proxy.count("PUT", "file000") == 4
    assert "SlowDown" in report.problems[0].reason and "/file000" in report.problems[0].reason


@pytest.mark.parametrize("fault", [faults.busy(), faults.answer(403, body=DENIED)], ids=["busy", "refused"])
def test_a_file_that_the_store_does_not_tell_of_is_sent_and_ends_no_run(line, fault):
    pairs = line.files([KB] * 20)
    rule = line.proxy.add(fault, method="HEAD", path="file007", times=None)
    report = line.upload(pairs)
    assert (report.sent, report.failed) == (20, 0) and line.client.objects() == name(pairs)
    assert rule.count == (1 if fault.value[0] == 403 else 5)


@pytest.mark.parametrize("status, body, said", [
    (403, DENIED, "right to list, read and write"),
    (301, b"<Error><Code>PermanentRedirect</Code></Error>", "region")])
def test_what_no_attempt_can_change_is_said_at_once_with_what_to_do(line, status, body, said):
    pairs = line.files([KB, KB, KB])
    line.proxy.add(faults.answer(status, body=body), method="PUT", path="file001", times=None)
    report = line.upload(pairs)
    assert (report.sent, report.failed) == (2, 1) and line.proxy.count("PUT", "file001") == 1
    assert said in report.problems[0].reason and "/file001" in report.problems[0].reason


def test_a_bucket_that_is_not_there_ends_a_run_with_one_sentence(line):
    pairs = line.files([KB] * 8)
    line.proxy.add(faults.answer(404, body=b"<Error><Code>NoSuchBucket</Code></Error>"), method="PUT", times=None)
    with pytest.raises(StorageLost, match="Create the bucket") as lost:
        line.upload(pairs, threads=1)
    assert "/file" not in lost.value.message
    assert (lost.value.report.sent, lost.value.report.failed) == (0, 0)


@pytest.mark.parametrize("fault", [
    faults.cut(0.5, "answer"), faults.cut(None, "answer"), faults.reset(0.5, "answer"), faults.shorten(9),
    faults.flip(0.5, "answer"), faults.busy(), faults.garbage()], ids=lambda fault: "%s-%s" % (fault.kind, fault.after))
def test_a_download_that_breaks_off_is_fetched_again_and_is_whole(line, fault):
    contents = {"small": os.urandom(5 * KB), "folder/middle": os.urandom(2 * MB)}
    for key, content in contents.items():
        line.client.put(key, content)
    uploaded = line.files([70 * KB])  # With a checksum of ours.
    line.upload(uploaded)
    rule = line.proxy.add(fault, method="GET", path="file000")
    for path in () if fault.kind == "flip" else ("small", "middle"):  # Those two have no checksum to tell by.
        line.proxy.add(fault, method="GET", path="/%s$" % path)
    report = line.download()
    assert (report.sent, report.failed) == (3, 0) and rule.count == 1
    landed = stored(os.path.join(line.folder, "landed"))
    assert landed == {"/" + key: content for key, content in dict(contents, file000=get(uploaded[0][0])).items()}


def test_a_connection_that_stalls_does_not_hold_the_rest(line):
    pairs, done = line.files([200 * KB] + [4 * KB] * 40), []
    rule = line.proxy.add(faults.stall(0.5), method="PUT", path="file000")

    def listen(event):
        if event.kind == "done":
            done.append(event.item)
            if len(done) == 40:
                line.proxy.release()  # Only now the stall ends, as a connection that is lost.
    report = line.upload(pairs, listener=listen)
    assert (report.sent, report.failed) == (41, 0) and rule.count == 1
    assert line.client.objects() == name(pairs)


@pytest.mark.parametrize("fault", [faults.stall(0.5), faults.stall(None, "answer")], ids=lambda fault: fault.side)
def test_a_connection_that_stalls_is_given_up_and_its_file_is_sent_again(line, monkeypatch, fault):
    monkeypatch.setattr(calls, "STALL_S", 600.0)
    pairs = line.files([200 * KB])
    rule = line.proxy.add(fault, method="PUT")
    real, ahead = compat.monotonic, [0.0]

    def monotonic():
        # From the fault to the first pause after it, minutes pass: it is given up, and nothing else is.
        if rule.count and not line.cancel.pauses:
            ahead[0] += 300.0
        return real() + ahead[0]
    monkeypatch.setattr(compat, "monotonic", monotonic)
    report = line.upload(pairs)
    assert (report.sent, report.failed) == (1, 0) and rule.count == 1
    assert line.client.objects() == name(pairs) and line.proxy.count("PUT", status=200) == 1


def test_a_cancel_ends_a_run_whose_every_connection_stalls(line, monkeypatch):
    monkeypatch.setattr(calls, "STALL_S", 3600.0)
    pairs = line.files([300 * KB] * 30)
    rule = line.proxy.add(faults.stall(1000), skip=10, times=None)

    def cancel():
        rule.wait()
        line.cancel.cancel()
    thread = threading.Thread(target=cancel)
    thread.start()
    with pytest.raises(Cancelled):
        line.upload(pairs)
    thread.join()
    kept = line.client.objects()
    assert kept == {key: content for key, content in name(pairs).items() if key in kept}, "nothing is half there"


class Late(Wrapper):
    """Its clock goes five hours after the store's."""

    def open(self, cancel):
        self.inner.open(cancel)
        self.inner._calls._signer.skew_s = -5 * 3600.0


def test_a_clock_that_the_store_refuses_is_corrected_by_its_own(line):
    pairs = line.files([KB] * 3)
    report = line.upload(pairs, threads=1, engine=Late(line.engine()))
    assert (report.sent, report.failed) == (3, 0) and line.client.objects() == name(pairs)
    # The three files are asked for at once.
    assert 1 <= [one.status for one in line.proxy.exchanges].count(403) <= 3


def test_a_network_that_goes_down_in_the_middle_costs_attempts_and_nothing_else(line):
    pairs = line.files([20 * KB] * 30)
    line.cancel._on_wait = lambda count: line.proxy.come_up()
    seen = []

    def listen(event):
        if event.kind == "done":
            seen.append(event)
            if len(seen) == 8:
                line.proxy.go_down()
    report = line.upload(pairs, listener=listen, attempts=8)
    assert (report.sent, report.failed) == (30, 0), report.problems
    assert line.client.objects() == name(pairs)


@pytest.mark.parametrize("seed", [1, 2])
def test_by_chance_everything_goes_wrong_and_both_sides_are_equal_in_the_end(seaweed, tmpdir, seed):
    kinds = ("answer", "cut", "delay", "flip", "garbage", "reset", "shorten")
    with Line(seaweed, folder_of(tmpdir), Schedule(seed, 0.3, kinds)) as line:
        pairs = line.files([0, 1, 100, 3 * MB] + [7 * KB] * 60)
        report = line.upload(pairs, attempts=12)
        assert (report.sent, report.failed) == (len(pairs), 0), (seed, report.problems)
        assert line.client.objects() == name(pairs), seed
        report = line.download(attempts=12)
        assert (report.sent, report.failed) == (len(pairs), 0), (seed, report.problems)
        assert stored(os.path.join(line.folder, "landed")) == sources(pairs), seed
        assert line.client.uploads() == [] and line.proxy.schedule.count > 20


def test_a_store_that_is_not_there_is_an_error_of_ours(line):
    line.proxy.go_down()
    with pytest.raises(StorageBusy) as caught:
        line.upload(line.files([KB]))
    assert line.proxy.url in caught.value.message
