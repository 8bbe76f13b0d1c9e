"""The proxy that puts faults in the way: does it do what the other tests trust it with?"""
from __future__ import absolute_import, division, print_function, unicode_literals

import errno
import ssl
import threading

import pytest
from fault_proxy import Proxy, Schedule, certificates, faults
from six.moves import BaseHTTPServer, http_client, socketserver
from support_limits import WAIT_S
from support_tree import native

KINDS = ("answer", "cut", "delay", "flip", "garbage", "reset", "shorten", "stall")
BODY = bytes(bytearray(range(256))) * 1000


class Server(socketserver.ThreadingMixIn, BaseHTTPServer.HTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, *_):
        """Connections break off here all the time."""


class Keeper(BaseHTTPServer.BaseHTTPRequestHandler):
    """Keeps what is PUT, gives it back."""

    protocol_version = str("HTTP/1.1")

    def _answer(self, status, body=b"", headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", "%d" % len(body))
        self.end_headers()
        self.wfile.write(body)

    def do_PUT(self):
        length = int(self.headers["Content-Length"])
        body = self.rfile.read(length)
        if len(body) == length:
            self.server.kept[self.path] = body
            self._answer(200)

    def do_GET(self):
        if self.path == "/chunks":
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for block in (b"one", b"two!", b""):
                self.wfile.write(("%x\r\n" % len(block)).encode("ascii") + block + b"\r\n")
        elif self.path in self.server.kept:
            self._answer(200, self.server.kept[self.path])
        else:
            self._answer(404, b"none")

    def do_HEAD(self):
        self.send_response(200)
        self.send_header("Content-Length", "%d" % len(self.server.kept[self.path]))
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    found = Server(("127.0.0.1", 0), Keeper)
    found.kept = {}
    thread = threading.Thread(target=found.serve_forever, args=(0.02,))
    thread.start()
    yield found
    found.shutdown()
    found.server_close()
    thread.join()


@pytest.fixture
def proxy(server):
    with Proxy(server.server_address) as found:
        yield found


def connect(proxy, timeout=WAIT_S):
    return http_client.HTTPConnection(native("127.0.0.1"), proxy.port, timeout=timeout)


def ask(client, method, path, body=None):
    """Return ``(status, body)``."""
    client.request(native(method), native(path), body)
    answer = client.getresponse()
    return answer.status, answer.read()


def test_what_meets_no_fault_passes_unchanged_and_is_written_down(proxy, server):
    client = connect(proxy)
    assert ask(client, "PUT", "/a?x=1", BODY) == (200, b"")
    assert ask(client, "GET", "/a?x=1") == (200, BODY)
    assert ask(client, "HEAD", "/a?x=1") == (200, b"")
    assert ask(client, "GET", "/none") == (404, b"none")
    assert ask(client, "GET", "/chunks") == (200, b"onetwo!")
    client.close()
    assert [(one.number, one.connection, one.method, one.target, one.status, one.sent, one.got, one.done)
            for one in proxy.exchanges[:2]] == [(1, 1, "PUT", "/a?x=1", 200, len(BODY), 0, True),
                                                (2, 1, "GET", "/a?x=1", 200, 0, len(BODY), True)]
    assert proxy.faults() == 0 and proxy.count("GET", status=200) == 2


def test_a_client_that_asks_before_it_sends_is_told_to_go_on(proxy, server):
    client = connect(proxy)
    client.putrequest(native("PUT"), native("/a"))
    client.putheader(native("Content-Length"), native("3"))
    client.putheader(native("Expect"), native("100-continue"))
    client.endheaders()
    client.send(b"abc")
    assert client.getresponse().status == 200 and server.kept["/a"] == b"abc"
    client.close()


@pytest.mark.parametrize("fault", [faults.cut(), faults.cut(0), faults.cut(1000), faults.reset(), faults.reset(0.5)])
def test_a_request_that_breaks_off_does_not_reach_the_server(proxy, server, fault):
    proxy.add(fault, method="PUT", path="^/a$")
    client = connect(proxy)
    with pytest.raises((http_client.HTTPException, IOError, OSError)):
        ask(client, "PUT", "/a", BODY)
    client.close()
    client = connect(proxy)
    assert server.kept == {} and ask(client, "PUT", "/a", BODY) == (200, b"") and server.kept == {"/a": BODY}
    client.close()
    assert [(one.status, one.done) for one in proxy.exchanges] == [(None, False), (200, True)]


@pytest.mark.parametrize("fault", [faults.cut(None, "answer"), faults.reset(None, "answer"),
                                   faults.busy(side="answer"), faults.cut(1.0), faults.cut(10 ** 9)])
def test_an_answer_that_is_lost_hides_what_the_server_did(proxy, server, fault):
    proxy.add(fault)
    client = connect(proxy)
    try:
        assert ask(client, "PUT", "/a", BODY)[0] == 503
    except (http_client.HTTPException, IOError, OSError):
        pass
    client.close()
    assert fault.kind == "cut" and fault.side == "request" or server.kept == {"/a": BODY}


def test_a_cut_answer_is_noticed_and_a_shortened_one_looks_whole(proxy, server):
    server.kept["/a"] = BODY
    proxy.add(faults.cut(1000, "answer"))
    proxy.add(faults.shorten(6))
    client = connect(proxy)
    with pytest.raises(http_client.IncompleteRead) as caught:
        ask(client, "GET", "/a")
    assert caught.value.partial == BODY[:1000]
    client.close()
    client = connect(proxy)
    assert ask(client, "GET", "/a") == (200, BODY[:-6])
    assert ask(client, "GET", "/a") == (200, BODY), "the connection goes on"
    client.close()


def test_a_reset_is_a_reset(proxy, server):
    server.kept["/a"] = BODY
    proxy.add(faults.reset(None, "answer"))
    client = connect(proxy)
    with pytest.raises((IOError, OSError)) as caught:
        ask(client, "GET", "/a")
    assert caught.value.errno == errno.ECONNRESET
    client.close()


def test_a_server_that_is_busy_says_when_to_come_back_and_sees_nothing(proxy, server):
    rule = proxy.add(faults.busy(7, 429), times=2)
    client = connect(proxy)
    for _ in range(2):
        client.request(native("PUT"), native("/a"), BODY)
        answer = client.getresponse()
        assert (answer.status, answer.getheader("Retry-After")) == (429, "7") and b"SlowDown" in answer.read()
    assert server.kept == {} and ask(client, "PUT", "/a", b"") == (200, b"") and rule.count == 2
    client.close()


@pytest.mark.parametrize("side", ["request", "answer"])
def test_one_bit_is_flipped(proxy, server, side):
    proxy.add(faults.flip(70000, side), method={"request": "PUT", "answer": "GET"}[side])
    client = connect(proxy)
    ask(client, "PUT", "/a", BODY)
    got = ask(client, "GET", "/a")[1]
    client.close()
    different = [number for number, (a, b) in enumerate(zip(bytearray(got), bytearray(BODY))) if a != b]
    assert different == [70000] and len(got) == len(BODY)
    assert (server.kept["/a"] == BODY) is (side == "answer")


def test_nonsense_is_no_answer(proxy, server):
    proxy.add(faults.garbage())
    client = connect(proxy)
    try:
        answer = ask(client, "PUT", "/a", BODY)
    except http_client.BadStatusLine:
        pass
    else:
        assert answer == (200, faults.NONSENSE), "what Python 2.7's client takes for HTTP/0.9"
    assert server.kept == {}
    client.close()


@pytest.mark.parametrize("fault", [faults.stall(), faults.stall(1000), faults.stall(None, "answer")])
def test_a_stalled_connection_stays_silent_until_it_is_let_go_and_holds_no_other(proxy, server, fault):
    rule = proxy.add(fault, path="^/slow")
    ended = []

    def slow():
        client = connect(proxy)
        try:
            ask(client, "PUT", "/slow", BODY * 40)
        except (http_client.HTTPException, IOError, OSError) as error:
            ended.append(error)
        client.close()
    thread = threading.Thread(target=slow)
    thread.start()
    rule.wait()
    client = connect(proxy)
    assert ask(client, "PUT", "/a", BODY) == (200, b"") and not ended
    client.close()
    proxy.release()
    thread.join()
    assert len(ended) == 1


def test_a_slow_line_moves_a_little_at_a_time_and_everything_in_the_end(proxy, server):
    server.kept["/a"] = BODY
    proxy.add(faults.throttle(len(BODY) * 10, "answer"), method="GET")
    proxy.add(faults.delay(0.01), method="PUT")
    client, waits, wait = connect(proxy), [], proxy._wait
    proxy._wait = lambda free, seconds: (waits.append(seconds), wait(free, seconds))
    assert ask(client, "GET", "/a") == (200, BODY) and len(waits) > 1 and abs(sum(waits) - 0.1) < 1e-6
    assert ask(client, "PUT", "/a", b"1") == (200, b"") and server.kept["/a"] == b"1"
    client.close()


def test_a_network_that_is_gone_comes_back(proxy, server):
    client = connect(proxy)
    ask(client, "PUT", "/a", b"1")
    proxy.go_down()
    for one in (client, connect(proxy)):
        with pytest.raises((http_client.HTTPException, IOError, OSError)):
            ask(one, "GET", "/a")
        one.close()
    proxy.come_up()
    client = connect(proxy)
    assert ask(client, "GET", "/a") == (200, b"1")
    client.close()


def test_a_rule_waits_for_its_turn(proxy, server):
    proxy.add(faults.busy(), method="PUT", path="part=2", skip=1, times=1)
    client = connect(proxy)
    paths = ["/a?part=2", "/a?part=1", "/a?part=2", "/a?part=2"]
    assert [ask(client, "PUT", path, b"1")[0] for path in paths] == [200, 200, 503, 200]
    client.close()


def test_a_seed_does_the_same_to_a_name_in_any_order_of_requests():
    asked = [("PUT", "/%d?uploadId=%%s&partNumber=1" % (number % 40)) for number in range(400)]
    one = Schedule(7, share=0.5)
    found = [one.choose(method, path % "x") for method, path in asked]
    again = Schedule(7, share=0.5)
    order = sorted(range(400), key=lambda number: (number % 40, number))
    assert [again.choose(asked[number][0], asked[number][1] % "y") for number in order] == [
        found[number] for number in order]
    assert one.count == sum(fault is not None for fault in found) > 100
    assert {fault.kind for fault in found if fault} == set(KINDS)
    other = Schedule(8, share=0.5)
    assert [other.choose(method, path % "x") for method, path in asked] != found
    drawn = [Schedule(3, share=1.0).choose("PUT", "/%d" % number).kind for number in range(6)]
    assert drawn == ["garbage", "answer", "shorten", "shorten", "delay", "stall"], "every Python draws the same"


def test_chance_leaves_every_name_a_way_through():
    always = Schedule(1, share=1.0, kinds=("cut", "flip"), in_a_row=2, most=10)
    met = [always.choose("PUT", "/a") for _ in range(9)]
    assert [fault is not None for fault in met] == [True, True, False] * 3
    assert {fault.kind for fault in met if fault} <= {"cut", "flip"}
    assert sum(always.choose("PUT", "/%d" % number) is not None for number in range(20)) == 4


@pytest.mark.parametrize("certificate, authority, is_good", [
    (certificates.GOOD, certificates.CA, True), (certificates.STRANGER, certificates.STRANGER_CA, True),
    (certificates.STRANGER, certificates.CA, False), (certificates.EXPIRED, certificates.CA, False),
    (certificates.OTHER_HOST, certificates.CA, False)])
def test_tls_with_each_certificate(server, certificate, authority, is_good):
    with Proxy(server.server_address, certificate=certificate) as proxy:
        assert proxy.url.startswith("https://")
        trust = ssl.create_default_context(cafile=authority)
        client = http_client.HTTPSConnection(native("localhost"), proxy.port, timeout=WAIT_S, context=trust)
        if is_good:
            assert ask(client, "PUT", "/a", BODY) == (200, b"") and ask(client, "GET", "/a") == (200, BODY)
        else:
            with pytest.raises((ssl.SSLError, ssl.CertificateError)):
                ask(client, "PUT", "/a", BODY)
            assert server.kept == {}
        client.close()


def test_a_certificate_changes_between_two_connections(server):
    with Proxy(server.server_address, certificate=certificates.GOOD) as proxy:
        trust = ssl.create_default_context(cafile=certificates.CA)
        for changed in (False, True):
            client = http_client.HTTPSConnection(native("localhost"), proxy.port, timeout=WAIT_S, context=trust)
            if changed:
                with pytest.raises(ssl.SSLError):
                    ask(client, "PUT", "/b", BODY)
            else:
                assert ask(client, "PUT", "/a", BODY) == (200, b"")
            client.close()
            proxy.certificate = certificates.STRANGER
    assert server.kept == {"/a": BODY}


def test_an_end_leaves_no_connection_and_no_thread(server):
    proxy = Proxy(server.server_address)
    proxy.open()
    proxy.add(faults.stall())
    clients = [connect(proxy) for _ in range(3)]
    for client in clients:
        client.connect()
    clients[0].request(native("GET"), native("/a"))
    proxy.close()
    for client in clients:
        client.close()
    with pytest.raises((IOError, OSError)):
        connect(proxy).connect()
    assert not [thread for thread in threading.enumerate() if thread.name == "fault-proxy"]
