"""S3 servers as fixtures: one of each for a whole session, started by the first test that asks for it."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os

import pytest
from s3_servers import Server
from support_tree import text

#: Where tests/run.py put the servers' programs.
VARIABLE = "RAYVISION_TEST_S3"


def programs():
    """Return the folder with the servers' programs; without it, skip the test that asks."""
    if os.name == "nt":
        pytest.skip("the keeper of the servers is a POSIX program")
    folder = os.environ.get(VARIABLE)
    if not folder:
        pytest.skip("tests/requirements/s3.txt is not installed: start the tests by tests/run.py")
    return text(folder)


def options(space, **more):
    """Return the options of an s3 engine for a space."""
    return dict(space._asdict(), **more)


def _one(kind):
    with Server(kind, programs()) as server:
        yield server


@pytest.fixture(scope="session")
def seaweed():
    """SeaweedFS: a real distributed store, which keeps what it was sent when it is killed. Returns a `Server`."""
    for server in _one("seaweed"):
        yield server


@pytest.fixture(scope="session")
def moto():
    """The other implementation: it takes every key, and believes every checksum. Returns a `Server`."""
    for server in _one("moto"):
        yield server
