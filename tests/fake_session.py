"""A session of a fake host in a process of its own: it submits by clicks and then idles until it is killed.

    python fake_session.py <module of the world> <folder> <folder of the assets>
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import importlib
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import conftest  # noqa: F401  It makes the package importable.

HOME = os.environ.get(str("RAYVISION_TEST_HOME"))


def main(module, folder, assets):
    """Run until the process is ended."""
    # The home of whoever started this, not conftest's own.
    os.environ[str("RAYVISION_SYNC_HOME")] = HOME
    import support_hosts
    from support_panel import QtCore, click
    from support_tree import text

    from rayvision_sync.panel import standalone
    from rayvision_sync.panel.binding import QtCompat
    standalone.application()
    with importlib.import_module(module).World(text(folder)) as world:
        support_hosts.fill(world, text(assets))
        panel = support_hosts.open_by_click(world)
        tab = panel.page("submit")
        tab.frames.setText("1-4")
        tab.output.setText(world.output)
        click(tab.go)
        timer = QtCore.QTimer()
        timer.timeout.connect(world.idle)
        timer.start(20)
        QtCompat.QApplication.exec_()


if __name__ == "__main__":
    main(*sys.argv[1:])
