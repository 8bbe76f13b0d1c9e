"""The vendor's own API client works with the local farm, and as our `api`.

The client is what PyPI has, unchanged. It is run as a program of its own that
can reach nothing but this machine.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import inspect
import json
import os
import subprocess
import sys

import pytest
import support_farm
import support_vendor
from support_tree import native

from rayvision_sync import api
from rayvision_sync.api import environment, operators, query, tags, urls
from rayvision_sync.farm import LocalFarm

HERE = os.path.dirname(os.path.abspath(__file__))
ACCESS_ID, ACCESS_KEY = "vendor-access-id", "vendor-access-key"

#: What `support_vendor.everything` finds, with either object.
EVERYTHING = {
    "task list": [1, 1, 1], "no task": [], "old tasks": [], "frame": ["2", 4], "all frames": ["1", "2", "3"],
    "small task id": [10000001], "statistics": 3, "thumbnails": 1, "log": True, "pictures": 3, "codes": ["15000"],
    "software": [2000, 2001, 2004, 2007], "versions": True, "hardware": ["128GB", "256GB", "64GB"],
    "servers": ["raysyncTransfer"], "nodes": [], "over time": 7200, "projects": ["city"], "no projects": [],
    "wishes": [["urgent"], 1800, 3, ["2"], "128GB", 60], "labels": [], "new environment": {"editName": "mine"},
    "environments": [["mine", "2023", 1, 1]], "no environments": [], "deleted": [True],
    "record": ["delete", "abandon", "start", "stop", "submit"], "logins": [], "new logins": True}


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
    assert found["everything"] == EVERYTHING
    assert missing(found["names"]) == []


def missing(names):
    """Return what a script can call with the vendor's object and not with ours."""
    ours = dict((name, getattr(api, name, None) or getattr(query, name, None) or getattr(operators, name, None)
                 or getattr(tags, name, None) or getattr(environment, name)) for name in names["calls"])
    lost = [(name, path) for name, path in sorted(names["urls"].items()) if getattr(urls.ApiUrl, name, None) != path]
    for name, calls in sorted(names["calls"].items()):
        for call, parameters in sorted(calls.items()):
            found = getattr(ours[name], call, None)
            if parameters is None:
                # What is no call may be set by the constructor.
                lost += [] if found is not None or call in ("info",) else [(name, call)]
            elif not callable(found) or list(inspect.signature(found).parameters)[1:] != parameters:
                lost.append((name, call, parameters))
    return lost


def test_our_object_answers_the_same_calls_alike(tmpdir, home):
    root = tmpdir.mkdir("farm")
    root.join("input", "project", "scene.ma").write("a scene", ensure=True)
    watch = support_farm.Watch()
    with LocalFarm(native(root.strpath), access_id=ACCESS_ID, access_key=ACCESS_KEY, say=watch) as farm:
        ours = api.RayvisionAPI(ACCESS_ID, ACCESS_KEY, domain=farm.domain, platform="2", protocol="http", timeout=120)
        assert ours.submit_by_data(support_vendor.task_json("/project/scene.ma")) is True
        task = ours.query.get_task_list()["items"][0]["id"]
        watch.until(lambda: ours.query.task_info([task])["items"][0]["taskStatus"] == 25)
        assert support_vendor.everything(ours, task) == EVERYTHING
