"""What the tests of the peers' faults share: one farm for all of them, and engines that fail on order."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os

import pytest
from support_farm import Farm, folder
from support_upload import Wrapper

from rayvision_sync import compat, engines
from rayvision_sync.api import RayvisionAPI
from rayvision_sync.engines.folder import FolderEngine
from rayvision_sync.settings import Settings


@pytest.fixture(scope="module")
def farm(tmpdir_factory):
    """A local farm with one task of three frames that is done: ``farm.task_id``, ``farm.frames``."""
    with Farm(os.path.join(compat.text(tmpdir_factory.mktemp("faults").strpath), "farm")) as running:
        running.task_id = running.task()
        running.wait(running.task_id)
        running.frames = [name for name in running.outputs() if name.startswith("%d_" % running.task_id)]
        yield running


@pytest.fixture
def api(farm, home):
    """An account on that farm."""
    return login(farm.farm)


@pytest.fixture
def here(tmpdir):
    """The download folder, not made yet."""
    return folder(tmpdir, "images")


def login(farm):
    """Return an account on a `LocalFarm`."""
    return RayvisionAPI(access_id=farm.access_id, access_key=farm.access_key, domain=farm.domain, platform="2",
                        protocol="http")


def through(monkeypatch, engine):
    """Return `Settings` by which the documented calls move everything through one engine object."""
    monkeypatch.setitem(engines.ENGINES, "test", lambda options: engine)
    return Settings([("test", {"storage": {"engine": "test", "input": {}, "output": {}, "config": {}}})])


class Meddling(Wrapper):
    """A folder storage during whose work something happens.

    Args:
        root (str): The storage.
        before (callable, optional): Called with each target before it is sent.
        during (callable, optional): Called with each target when its first block was read.
    """

    def __init__(self, root, before=None, during=None):
        super(Meddling, self).__init__(FolderEngine(root))
        self.sent = []
        self._before = before
        self._during = during

    def send(self, source, target):
        self.sent.append(target)
        if self._before:
            self._before(target)
        return self.inner.send(_Read(source, lambda: self._during(target)) if self._during else source, target)


class _Read(Wrapper):
    """A source; tells when its first block was read."""

    def __init__(self, inner, tell):
        super(_Read, self).__init__(inner)
        self._tell = tell

    def read(self):
        is_first = not self.inner.done
        block = self.inner.read()
        if is_first:
            self._tell()
        return block
