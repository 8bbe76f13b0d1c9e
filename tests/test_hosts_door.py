"""The one panel of a process: opened, docked, deleted by its host, made again."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os
import subprocess
import sys

from support_panel import Host, QtWidgets, Stage

from rayvision_sync.hosts.base import contract, door
from rayvision_sync.hosts.standalone import StandaloneHost
from rayvision_sync.panel.binding import QtCompat


class DockingHost(Host):
    """Docks the panel into a frame of its own."""

    def __init__(self):
        super(DockingHost, self).__init__()
        self.frame = None
        self.docked = 0

    def dock(self, widget):
        """Put the panel into a new frame."""
        self.docked += 1
        widget.setParent(None)  # Its old frame goes.
        self.frame = QtWidgets.QWidget()
        QtWidgets.QVBoxLayout(self.frame).addWidget(widget)
        self.frame.show()


def test_a_plain_window_is_a_host():
    assert contract.lacking(StandaloneHost()) == []


def test_there_is_one_panel_and_it_goes_to_the_tab_that_was_asked_for(home):
    host = DockingHost()
    with Stage() as stage:
        ours = door.Door(host)
        try:
            assert ours.show("transfers")
            first = ours.panel()
            assert first.tabs.currentIndex() == 1
            assert ours.show("settings")
            stage.turn()
            assert ours.panel() is first
            assert (first.tabs.currentIndex(), host.docked) == (3, 2)
            assert ours.show("download")
            assert first.tabs.currentIndex() == 1
        finally:
            ours.close()
        assert not ours.is_open


def test_a_panel_that_the_host_deleted_is_made_again(home):
    host = DockingHost()
    with Stage() as stage:
        ours = door.Door(host)
        try:
            ours.show("log")
            first = ours.panel()
            host.frame.deleteLater()
            stage.turn()
            assert not QtCompat.isValid(first)
            assert not ours.is_open
            stage.poll()
            assert ours.show("log")
            assert ours.panel().isVisible()
        finally:
            ours.close()


def test_a_page_of_the_documents_is_found_beside_the_package():
    for name in ("maya", "anything"):
        assert os.path.isfile(door.page(name))


def test_a_batch_mode_shows_nothing(home):
    host = DockingHost()
    host.interactive = False
    ours = door.Door(host)
    assert not ours.show()
    ours.close()
    assert host.docked == 0


def test_without_qt_it_is_one_sentence_and_nothing_is_raised(home, tmpdir):
    for name in ("PySide2", "PySide6", "PyQt5", "PyQt6", "PySide", "PyQt4"):
        tmpdir.join(name + ".py").write("raise ImportError('not here')")
    environ = dict(os.environ, PYTHONPATH=os.pathsep.join([str(tmpdir), os.environ["PYTHONPATH"]]))
    code = ("from rayvision_sync.hosts.base.door import Door\n"
            "from rayvision_sync.hosts.standalone import StandaloneHost\n"
            "StandaloneHost.notify = lambda self, title, text: print(text) or True\n"
            "door = Door(StandaloneHost())\n"
            "assert not door.show('submit') and not door.show('documentation')\n"
            "door.close()\n")
    code = "from __future__ import print_function\n" + code
    lines = subprocess.check_output([sys.executable, "-c", code], env=environ).decode("utf-8").splitlines()
    assert len(lines) == 2 and all("cannot show windows" in line for line in lines)
