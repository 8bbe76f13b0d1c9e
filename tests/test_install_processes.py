"""Who runs on a machine, as each system tells it."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os
import subprocess
import sys
import time

import pytest
from support_install import Computer  # noqa: F401  It makes the parts of install.py importable.
from support_tree import native

from rayvision_sync_installer import processes, system

FOLDER = "/data/rayvision-sync-dcc/0.1.0-aaaa"


class Here(system.Machine):
    """A machine on which some processes run, and some of them are workers."""

    def __init__(self, folder, *running):
        super(Here, self).__init__("linux", {}, folder, folder, processes=lambda: list(running))


def process(name, words="", started=None):
    return processes.Process(7, name, started, words)


@pytest.mark.parametrize("name", [
    "maya.bin", "Maya", "maya.exe", "houdini", "houdinifx-bin", "houdinicore.exe", "hindie-bin", "3dsmax.exe"])
def test_a_host_that_runs_needs_the_copy_that_it_began_with(name, tmpdir):
    assert processes.users(FOLDER, Here(tmpdir.strpath, process(name)), since=5.0) == ["%s (process 7)" % name]
    assert processes.users(FOLDER, Here(tmpdir.strpath, process(name, started=9.0)), since=5.0) == []


@pytest.mark.parametrize("name", ["mayapy", "bash", "houdini-notes.txt", "python3.11", "mayabatcher"])
def test_other_programs_do_not(name, tmpdir):
    assert processes.users(FOLDER, Here(tmpdir.strpath, process(name)), since=5.0) == []


def test_whoever_names_the_folder_does(tmpdir):
    for words in ("PYTHONPATH=%s/python" % FOLDER, "C:/x\n%s" % FOLDER):
        assert len(processes.users(FOLDER, Here(tmpdir.strpath, process("python", words)))) == 1


def test_ps_is_read_as_macos_prints_it(monkeypatch):
    monkeypatch.setattr(processes, "_output", lambda command: (
        "  501 01-02:03:04 /Applications/Autodesk/maya2024/Maya.app/Contents/MacOS/Maya\n"
        "  502    05:06 /Applications/My Tools/python3.11\nnonsense\n"))
    if not hasattr(os, "getuid"):
        monkeypatch.setattr(os, "getuid", lambda: 501, raising=False)
    maya, python = processes._of_ps(now=lambda: 100000.0)
    assert (maya.pid, maya.name, maya.started) == (501, "Maya", 100000.0 - 93784)
    assert (python.name, python.started) == ("python3.11", 100000.0 - 306)


def test_tasklist_is_read_as_windows_prints_it(monkeypatch):
    monkeypatch.setattr(processes, "_output", lambda command: (
        '"3dsmax.exe","9001","Console","1","1,234,567 K"\r\n"System","4","Services","0","12 K"\r\n'))
    assert [(each.pid, each.name) for each in processes._of_windows()] == [(9001, "3dsmax.exe"), (4, "System")]


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="reads /proc")
def test_a_real_process_is_seen_with_its_environment():
    environ = dict(os.environ)
    environ[native("OF_US")] = native(FOLDER)
    before = time.time()
    code = "import sys; sys.stdout.write('ready\\n'); sys.stdout.flush(); sys.stdin.read()"
    child = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environ)
    try:
        child.stdout.readline()
        found = [each for each in processes.running() if each.pid == child.pid]
    finally:
        child.communicate(b"")
    assert len(found) == 1 and FOLDER in found[0].words
    assert abs(found[0].started - before) < 600
    assert not [each for each in processes.running() if each.pid == child.pid]
