"""What every test gets: the package out of this checkout, and a home of its own."""
from __future__ import absolute_import, division, print_function, unicode_literals

import atexit
import os
import shutil
import signal
import sys
import tempfile

import pytest
import support_tree
from support_s3 import moto, seaweed  # noqa: F401  Imported elsewhere, a session would have them once a module.
from support_tree import native, text

_SYSTEM_FOLDERS = ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "APPDATA", "LOCALAPPDATA")
_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "ftp_proxy", "no_proxy")

#: How the names of modules begin whose tests run many processes or servers, one after the other, and take the most
#: time. What they find hardly depends on the Python: 3.9 and 3.10 lie between 3.7 and 3.11, which run them.
_COSTLY = ("test_cli_jobs", "test_cli_storage", "test_cli_tasks", "test_cli_upload", "test_demo", "test_farm_tasks",
           "test_hosts_end_to_end", "test_install_", "test_jobs_", "test_maya_demo", "test_network_torture",
           "test_panel_farm", "test_peer_faults", "test_renderbus", "test_s3_kills", "test_s3_network",
           "test_s3_resume", "test_s3_servers", "test_security", "test_torture_", "test_transmitter_")

_folder = tempfile.mkdtemp(prefix="rv-session-")


def _places(home):
    """Return the variables that lead to a home."""
    places = {"HOME": home, "USERPROFILE": home, "RAYVISION_SYNC_HOME": os.path.join(home, "rayvision_sync")}
    if os.name == "nt":
        places.update(APPDATA=home, LOCALAPPDATA=home)
    return {native(name): native(value) for name, value in places.items()}


def _prepare():
    # At import: test modules import the package when they are collected.
    for name in list(os.environ):
        ours = name.startswith("RAYVISION_") and not name.startswith("RAYVISION_TEST_")
        if ours or name.lower() in _PROXIES or name in _SYSTEM_FOLDERS:
            del os.environ[name]
    site, home = os.path.join(text(_folder), "site"), os.path.join(text(_folder), "home")
    for folder in (site, home):
        os.mkdir(native(folder))
    support_tree.link_package(site)
    sys.path.insert(0, native(site))
    before = os.environ.get("PYTHONPATH")
    os.environ[native("PYTHONPATH")] = os.pathsep.join([native(site)] + ([before] if before else []))
    os.environ.update(_places(home))
    # A shell starts what it puts in the background with Ctrl-C ignored, and children inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # Not by a hook of pytest: those are not called when it stops early.
    atexit.register(_remove, os.getpid())


def _remove(owner):
    # A child that was forked by a test ends, too.
    if os.getpid() == owner:
        shutil.rmtree(_folder, ignore_errors=True)


_prepare()


def pytest_collection_modifyitems(items):
    """Leave out what the neighbours of this Python run."""
    if sys.version_info[:2] in ((3, 9), (3, 10)):
        skip = pytest.mark.skip(reason="costly, and run on 3.7 and 3.11")
        for item in items:
            if item.module.__name__.startswith(_COSTLY):
                item.add_marker(skip)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    """Remember who failed."""
    outcome = yield
    item.has_failed = outcome.get_result().failed or getattr(item, "has_failed", False)


@pytest.fixture
def tmpdir(tmpdir, request):
    """The folder of one test, gone with it while the disk has hardly seen it; that of a failed one stays."""
    yield tmpdir
    if not getattr(request.node, "has_failed", False):
        shutil.rmtree(tmpdir.strpath, ignore_errors=True)


@pytest.fixture
def home(tmpdir, monkeypatch):
    """A fresh home for one test; returns its path as text."""
    folder = text(tmpdir.mkdir("home").strpath)
    for name, value in _places(folder).items():
        monkeypatch.setenv(name, value)
    return folder
