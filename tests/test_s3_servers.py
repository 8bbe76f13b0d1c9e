"""The S3 servers of the tests: are they what the other tests need, and do they end?"""
from __future__ import absolute_import, division, print_function, unicode_literals

import os
import subprocess
import sys

import pytest
from s3_servers import Server, find_ports
from support_s3 import programs
from support_jobs import until
from support_tree import TESTS, native

#: SeaweedFS needs long to come up again.
ONCE = pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="runs on one Python only")

BODY = os.urandom(3 << 20)


@pytest.fixture(params=["seaweed", "moto"])
def server(request):
    return request.getfixturevalue(request.param)


def test_what_one_client_stores_another_one_reads(server):
    client = server.client(server.space())
    client.put("a b/\u4e2d+%2F?#.exr", BODY)
    assert client.keys() == ["a b/\u4e2d+%2F?#.exr"] and client.objects() == {"a b/\u4e2d+%2F?#.exr": BODY}
    assert client.get("none") is None and client.uploads() == []
    assert server.client(server.space()).keys() == []
    client.close()


def test_a_client_with_a_wrong_key_is_refused(seaweed):
    client = seaweed.client(seaweed.space())
    client._keys = (client._keys[0], "wrong", client._keys[2])
    assert client.request("GET", "a").status == 403
    client.close()


@ONCE
def test_a_server_that_is_killed_keeps_what_it_said_it_has(seaweed):
    client = seaweed.client(seaweed.space())
    client.put("a", BODY)
    began = client.request("POST", "big", (("uploads", ""),))
    assert began.status == 200
    client.close()
    seaweed.restart()
    assert client.get("a") == BODY and [key for key, _ in client.uploads()] == ["big"]
    client.close()


def test_ports_come_with_their_twins():
    found = find_ports(4)
    assert len(set(found)) == 4 and all(port + 10000 < 32768 for port in found)


#: A process that starts a server, says where it is, and waits to be killed.
STARTER = """
import sys
sys.path.insert(0, sys.argv[1])
from s3_servers import Server
server = Server("moto", sys.argv[2], sys.argv[3]).open()
print(server.start())
sys.stdout.flush()
sys.stdin.readline()
"""


def test_a_server_ends_with_whoever_started_it_however_that_ended(tmpdir):
    starter = subprocess.Popen(
        [sys.executable, native("-c"), native(STARTER), native(TESTS), native(programs()), tmpdir.strpath],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    number = int(starter.stdout.readline())
    assert len(tmpdir.listdir()) == 1
    starter.kill()
    starter.wait()
    starter.stdin.close()
    starter.stdout.close()
    until(lambda: tmpdir.listdir() == [], "its folder stays", 180)
    with pytest.raises(OSError):
        os.kill(number, 0)


def test_a_server_that_cannot_start_says_why(tmpdir):
    with pytest.raises(RuntimeError) as caught:
        Server("moto", programs(), tmpdir.strpath, options=["--nonsense"]).open()
    assert "nonsense" in str(caught.value) and tmpdir.listdir() == []
