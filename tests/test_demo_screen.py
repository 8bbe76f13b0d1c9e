"""Where Qt would end the process, the panel is refused in a sentence before anything is begun."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os
import sys

import pytest
from support_cli import folder, one_line, run
from support_farm import tree
from support_tree import native

from rayvision_sync import compat
from rayvision_sync.panel import libraries

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="windows need no libraries of the system there")

#: As Qt 6.11 and Qt 5.15 tell it with QT_DEBUG_PLUGINS.
_QT6 = ("qt.core.plugin.loader: Cannot load library /v/PySide6/Qt/plugins/platforms/libqxcb.so: (libxcb-cursor.so.0: "
        "cannot open shared object file: No such file or directory)")
_QT5 = ("Cannot load library /v/PySide2/Qt/plugins/platforms/libqxcb.so: (libxcb-xinerama.so.0: cannot open shared "
        "object file: No such file or directory)")
_LDD = ("\tlinux-vdso.so.1 (0x00007fff)\n\tlibxcb-cursor.so.0 => not found\n\tlibxcb-icccm.so.4 => not found\n"
        "\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f)\n")


def test_missing_libraries_are_named_with_what_brings_them():
    assert libraries.missing(_QT6) == ["libxcb-cursor.so.0"] and libraries.missing(_QT5) == ["libxcb-xinerama.so.0"]
    assert libraries.missing(_LDD) == ["libxcb-cursor.so.0", "libxcb-icccm.so.4"]
    assert libraries.missing("libEGL.so.1: cannot open shared object file: No such file") == ["libEGL.so.1"]
    assert libraries.missing("No module named 'PySide6'") == [] and libraries.complaint([]) == ""
    said = libraries.complaint(libraries.missing(_QT6 + "\n" + _LDD))
    assert "libxcb-cursor.so.0, libxcb-icccm.so.4 are missing" in said
    assert "apt-get install libxcb-cursor0 libxcb-icccm4." in said
    assert "dnf install xcb-util-cursor xcb-util-wm." in said
    assert libraries.complaint(["libown.so.3"]).endswith("is missing on this computer.")


def said_by(result):
    """Return the one line on stderr; what Qt.py tells of parts of Qt that nobody uses is no concern of ours."""
    return one_line("".join(line + "\n" for line in result.err.splitlines() if not line.startswith("Qt.py [")))


@pytest.fixture
def broken(tmpdir):
    """Return an environment in which Qt's plug-in for X11 cannot be loaded."""
    pytest.importorskip(native("Qt.QtWidgets"))
    lost = folder(tmpdir, "lib")
    with open(os.path.join(lost, "libxcb-icccm.so.4"), "wb"):
        pass  # Found first, and no library.
    return {"LD_LIBRARY_PATH": lost, "DISPLAY": ":0", "QT_QPA_PLATFORM": "xcb"}


@linux
@pytest.mark.parametrize("command", [("panel",), ("demo", "--panel", "--root")])
def test_a_library_that_is_missing_is_one_sentence_and_nothing_was_begun(tmpdir, home, broken, command):
    root = os.path.join(compat.text(tmpdir.strpath), "demo")
    result = run(*(command + ((root,) if len(command) > 1 else ())), environ=broken)
    assert result.code == 1 and result.out == ""
    said = said_by(result)
    assert "Qt cannot show windows" in said and "libxcb-icccm4" in said and "xcb-util-wm" in said
    assert [name for name in tree(home) if not name.startswith("rayvision_sync/logs")] == []
    # Only the log of the command: no project, no farm.
    assert not os.path.exists(os.path.join(root, "farm")) and not os.path.exists(os.path.join(root, "project"))


@linux
def test_a_screen_that_is_not_there_is_named(home):
    pytest.importorskip(native("Qt.QtWidgets"))
    result = run("panel", environ={"DISPLAY": ":4711", "QT_QPA_PLATFORM": "", "WAYLAND_DISPLAY": ""})
    said = said_by(result)
    assert result.code == 1 and ("screen :4711" in said or "libxcb" in said)


_SWITCHED = ("import sys\nimport Qt\nfrom rayvision_sync import compat\nfrom rayvision_sync.cli import main\n"
             "Qt.__binding__, Qt.__binding_version__ = 'PySide6', '%s'\ncompat.NONE_IS_IMMORTAL = %s\n"
             "sys.exit(main())\n")


@linux
@pytest.mark.parametrize("version, immortal, is_refused", [
    ("6.12.0", False, True), ("6.12.0", True, False), ("6.11.0", False, False), ("6.5.3", False, False)])
def test_a_qt_that_ends_an_old_python_is_refused(home, version, immortal, is_refused):
    pytest.importorskip(native("Qt.QtWidgets"))
    result = run("panel", script=_SWITCHED % (version, immortal), environ={
        "DISPLAY": "", "WAYLAND_DISPLAY": "", "QT_QPA_PLATFORM": ""})
    said = said_by(result)
    assert result.code == 1
    assert ("PySide6-Essentials<6.12" in said) == is_refused and ("no screen" in said) != is_refused
