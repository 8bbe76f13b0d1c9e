"""The vendor's own API client works with the local farm, and as our `api`.

The client is what PyPI has, unchanged. It is run as a program of its own that
can reach nothing but this machine.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import json
import os
import subprocess
import sys

import pytest
from support_tree import native

from rayvision_sync.farm import LocalFarm

HERE = os.path.dirname(os.path.abspath(__file__))
ACCESS_ID, ACCESS_KEY = "vendor-access-id", "vendor-access-key"


@pytest.fixture
def vendor():
    """The folder with the vendor's client."""
    if not (3, 8) <= sys.version_info[:2] <= (3, 11):
        pytest.skip("the vendor's client runs on Python 3.8-3.11, this is %d.%d" % sys.version_info[:2])
    folder = os.environ.get("RAYVISION_TEST_VENDOR")
    if not folder:
        pytest.skip("the vendor's client is not here: tests/run.py installs it and sets "
                    "RAYVISION_TEST_VENDOR (tests/requirements/vendor.txt)")
    return folder


def test_the_vendors_client_logs_in_and_its_object_works_as_ours(vendor, tmpdir, home):
    environ = dict(os.environ)
    # The vendor's folder first: it brings its own requests.
    environ["PYTHONPATH"] = os.pathsep.join([vendor, environ["PYTHONPATH"]])
    root = tmpdir.mkdir("farm")
    root.join("input", "project", "scene.ma").write("a scene", ensure=True)
    with LocalFarm(native(root.strpath), access_id=ACCESS_ID, access_key=ACCESS_KEY) as farm:
        process = subprocess.Popen(
            [sys.executable, os.path.join(HERE, "support_vendor.py"), farm.domain, ACCESS_ID,
             ACCESS_KEY, "/project/scene.ma"],
            env=environ, cwd=home, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        output, complaints = process.communicate()
    assert process.returncode == 0, complaints.decode("utf-8", "replace")[-3000:]
    found = json.loads(output.decode("utf-8").splitlines()[-1])
    assert found["refused"] == []
    info = found["user_info"]
    assert info["input_bid"] and info["output_bid"] and info["config_bid"] and info["user_id"]
    assert info["domain"] == farm.domain and info["platform"] == "2"
    assert found["config"]["inputBid"] == info["input_bid"]
    assert found["submitted"] is True
    assert found["info"]["items"][0]["id"] == found["task"] == found["state"]["id"]
    assert found["state"]["total"] == 3 and found["frame_indexes"] == ["1", "2", "3"]
    assert isinstance(found["files"], list)
    assert found["unknown"] is None
