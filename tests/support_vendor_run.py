"""Programs that run with the vendor's own API client, where this Python can have it."""
from __future__ import absolute_import, division, print_function, unicode_literals

import json
import os
import socket
import subprocess
import sys

import pytest
from support_tree import TESTS, native


def run_program(name, values, home):
    """Run a program of this folder with the vendor's client, in a process of its own; return what it printed.

    Args:
        name (str): Of the program's file.
        values: What it takes, as JSON.
        home (str): Its folder.
    """
    if not (3, 8) <= sys.version_info[:2] <= (3, 11):
        pytest.skip("the vendor's client runs on Python 3.8-3.11, this is %d.%d" % sys.version_info[:2])
    vendor = os.environ.get("RAYVISION_TEST_VENDOR")
    if not vendor:
        pytest.skip("the vendor's client is not here: tests/run.py installs it and sets RAYVISION_TEST_VENDOR")
    environ = dict(os.environ)
    # The vendor's folder first: it brings its own requests.
    environ["PYTHONPATH"] = os.pathsep.join([vendor, environ["PYTHONPATH"]])
    process = subprocess.Popen(
        [sys.executable, os.path.join(TESTS, name), native(json.dumps(values))],
        env=environ, cwd=home, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    output, complaints = process.communicate()
    assert process.returncode == 0, complaints.decode("utf-8", "replace")[-3000:]
    found = json.loads(output.decode("utf-8").splitlines()[-1])
    # The vendor's log file bears this machine's name, for which its client asks.
    assert [call for call in found.pop("refused") if call != "socket.gethostbyaddr %s" % socket.gethostname()] == []
    return found
