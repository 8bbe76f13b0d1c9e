"""The vendor's own program takes every argument list that we make, and its hang is ended; its network is cut off."""
from __future__ import absolute_import, division, print_function, unicode_literals

import json
import os
import platform
import subprocess
import sys

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))


@pytest.fixture(scope="module")
def sdk():
    """The folder with the vendor's SDK, as its wheel has it."""
    if not sys.platform.startswith("linux") or platform.machine() != "x86_64":
        pytest.skip("the vendor's program is tried on 64-bit Linux only")
    folder = os.environ.get("RAYVISION_TEST_TRANSMITTER")
    if not folder:
        pytest.skip("the vendor's program is not here: tests/run.py fetches it for one Python and sets "
                    "RAYVISION_TEST_TRANSMITTER (tests/requirements/transmitter.txt)")
    return os.path.join(folder, "rayvision_sync")


@pytest.fixture(scope="module")
def apart():
    """A command that takes the network away from what it starts."""
    for command in (["unshare", "--net"], ["unshare", "--user", "--map-root-user", "--net"]):
        try:
            if subprocess.call(command + ["true"], stderr=subprocess.PIPE) == 0:
                return command
        except OSError:
            break
    pytest.skip("this machine lets nobody take the network away from a program (unshare --net)")


@pytest.fixture(scope="module")
def found(sdk, apart, tmpdir_factory):
    work = tmpdir_factory.mktemp("real").strpath
    environ = dict(os.environ, HOME=work, RAYVISION_SYNC_HOME=os.path.join(work, "home"))
    process = subprocess.Popen(apart + [sys.executable, os.path.join(HERE, "support_real.py"), sdk, work],
                               cwd=work, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    output, complaints = process.communicate()
    assert process.returncode == 0, complaints.decode("utf-8", "replace")[-3000:]
    return json.loads(output.decode("utf-8").splitlines()[-1])


def test_no_list_of_arguments_is_refused(found):
    # 255 would be its usage; 1 is that nobody listens.
    assert [(code, summary) for _, code, summary in found["orders"]] == [(1, "failure")] * 6
    assert sorted(set(kind for kind, _, _ in found["orders"])) == [
        "download_list", "download_path", "upload_json", "upload_path"]


def test_a_storage_that_cannot_be_reached_is_said_of_each_file(found):
    assert len(found["sent"]) == 8 and len(found["fetched"]) == 3
    for message in found["sent"]:
        assert "was not sent" in message
    for message in found["fetched"]:
        assert "was not fetched" in message and "could not reach or use the storage (exit code 1)" in message


def test_a_port_that_stays_silent_is_left_within_the_limit(found):
    messages, seconds = found["silence"]
    assert len(messages) == 8 and "said nothing new for 8 s" in messages[0]
    assert seconds < 120  # By itself it would still be there after minutes.


def test_nothing_runs_on_and_no_name_was_a_command(found):
    assert found["left"] == [] and found["touched"] == []
