"""install.py dropped into Maya's viewport."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os
import subprocess
import sys
import types

import pytest
from support_install import make_checkout
from support_limits import WAIT_S
from support_tree import ROOT, native, text

sys.path.insert(0, native(ROOT))
import install
from rayvision_sync_installer import dropped, system


class Commands(object):
    """The few of Maya's commands that are used; anything else raises, as it does there."""

    def __init__(self):
        self.dialogs, self.messages = [], []

    def about(self, version):
        assert version is True
        return "2024"

    def inViewMessage(self, assistMessage, position, fade):
        self.messages.append(assistMessage)

    def confirmDialog(self, title, message, button=None, icon=None):
        self.dialogs.append((title, message, icon))
        return "OK"


@pytest.fixture
def maya(monkeypatch, tmpdir):
    """Maya's modules, and its program with a mayapy beside it that tells how it was called."""
    module = types.ModuleType(native("maya"))
    module.cmds, module.utils = Commands(), types.ModuleType(native("utils"))
    module.deferred = []
    module.utils.executeDeferred = lambda function, *arguments: module.deferred.append((function, arguments))
    monkeypatch.setitem(sys.modules, native("maya"), module)
    module.folder = text(tmpdir.mkdir("Maya 2024").mkdir("bin").strpath)
    monkeypatch.setenv(native("MAYA_LOCATION"), native(os.path.dirname(module.folder)))
    monkeypatch.setenv(native("PYTHONHOME"), native("/of/maya"))
    return module


def mayapy(maya, code):
    if system.WINDOWS:
        pytest.skip("a script is no program on Windows")
    path = os.path.join(maya.folder, "mayapy")
    with open(native(path), "w") as script:
        script.write("#!/bin/sh\n" + code)
    os.chmod(native(path), 0o755)


def finish(maya, thread):
    thread.join(WAIT_S)
    for function, arguments in maya.deferred:
        function(*arguments)


def test_it_is_installed_by_mayas_plain_python_and_the_result_is_shown(maya):
    mayapy(maya, 'echo "$@"; echo "home: $PYTHONHOME"\n')
    finish(maya, dropped.install("/a folder/install.py"))
    title, said, icon = maya.cmds.dialogs[0]
    assert said.splitlines() == ["/a folder/install.py maya --version 2024", "home:"] or said.splitlines() == [
        "/a folder/install.py maya --version 2024", "home: "]
    assert title.endswith(": installed") and icon == "information"
    assert "Maya 2024" in maya.cmds.messages[0]


def test_a_dropped_file_installs_for_real(maya, tmpdir, monkeypatch):
    mayapy(maya, 'unset PYTHONHOME\nexec "%s" "$@"\n' % text(sys.executable))
    checkout = make_checkout(text(tmpdir.join("un packed").strpath))
    monkeypatch.delenv(native("MAYA_APP_DIR"), raising=False)
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(native(name), native(text(tmpdir.mkdir("home " + name).strpath)))
    finish(maya, dropped.install(os.path.join(checkout, "install.py")))
    title, said, _ = maya.cmds.dialogs[0]
    assert title.endswith(": installed"), said
    assert "Start Maya 2024" in said
    assert tmpdir.join("home HOME", "maya", "modules", "rayvision_sync.mod").check()


def test_what_went_wrong_is_shown_too(maya):
    mayapy(maya, 'echo "No space left." >&2; exit 1\n')
    finish(maya, dropped.install("install.py"))
    assert maya.cmds.dialogs == [("Render Farm: not installed", "No space left.", "warning")]


def test_only_the_main_thread_shows_anything(maya):
    mayapy(maya, "echo fine\n")
    dropped.install("install.py").join(WAIT_S)
    assert maya.cmds.dialogs == [] and len(maya.deferred) == 1


def test_without_mayapy_the_command_to_type_is_shown(maya, monkeypatch):
    monkeypatch.setattr(sys, "executable", native(os.path.join(maya.folder, "maya.bin")))
    assert dropped.install("install.py") is None
    assert "install.py maya --version 2024" in maya.cmds.dialogs[0][1]


def test_maya_calls_the_function_that_install_py_has(maya, monkeypatch, tmpdir):
    monkeypatch.setattr(install, "HERE", text(tmpdir.strpath))
    install.onMayaDroppedPythonFile("an object of Maya")
    assert "needs the folder installer" in maya.cmds.dialogs[0][1]


def test_a_dropped_file_gives_its_parts_a_name_of_their_own():
    code = ("import sys\nimport install\nfrom rayvision_sync_installer import dropped\n"
            "print([name for name in sys.modules if name == 'installer' or name.startswith('installer.')])\n")
    environ = dict(os.environ)
    environ[native("PYTHONPATH")] = native(ROOT)
    assert subprocess.check_output([sys.executable, "-c", code], env=environ).strip() == b"[]"
