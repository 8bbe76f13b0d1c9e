"""What the panel costs a DCC's main thread: opening, polling, painting.

    python3 benchmarks/panel.py [--rounds 5] [--jobs 300] [--frames 5000]

Needs Qt.py with PySide6 or PySide2; runs offscreen, each round in a process of
its own, on a store with many jobs and frames. Qt itself is imported before the
clock starts: in a DCC it is there. benchmarks/main_thread.py shows the same
panel beside an upload.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.join(os.path.dirname(HERE), "tests")

#: Name -> what a main thread may spend on it, in milliseconds.
LIMITS = {"import the panel": None, "open (submit tab)": 150, "open transfers": 150, "open frames": 150,
          "open settings": 150, "open log": 150, "poll, nothing new": 16.7, "poll, a job changed": 16.7,
          "first poll of all frames": 50, "poll, 40 frames changed": 16.7,
          "paint transfers": 16.7, "paint frames": 16.7,
          "scroll frames by a page": 16.7}


def measure(jobs, frames):
    """Return milliseconds by name; runs in a process of its own."""
    import support_tree
    folder = tempfile.mkdtemp(prefix="rv-")
    support_tree.link_package(folder)
    sys.path.insert(0, folder)
    os.environ.update(RAYVISION_SYNC_HOME=os.path.join(folder, "home"), QT_QPA_PLATFORM="offscreen")
    from Qt import QtCore, QtWidgets  # noqa: F401
    took = {}

    def clock(name, call):
        began = time.perf_counter()
        result = call()
        took[name] = (time.perf_counter() - began) * 1000
        return result

    from rayvision_sync.jobs import schema
    from rayvision_sync.jobs.store import Store
    fill(Store().open(), schema, jobs, frames)
    app = QtWidgets.QApplication([])
    panel = clock("import the panel", lambda: __import__("rayvision_sync.panel.window", fromlist=["window"]))
    window = clock("open (submit tab)", lambda: shown(panel, app))
    for tab in ("transfers", "frames", "settings", "log"):
        clock("open " + tab, lambda tab=tab: (window.show_tab(tab), app.processEvents()))
    link, store = window.link, Store().open()
    link._timer.stop()
    page = window.show_tab("transfers")
    app.processEvents()
    clock("poll, nothing new", link.poll)
    with store.write() as db:
        store.update(db, 1, bytes=5, state="running")
    clock("poll, a job changed", link.poll)
    clock("paint transfers", page.list.viewport().grab)
    page = window.show_tab("frames")
    app.processEvents()
    page._task = None
    clock("first poll of all frames", page._choose_task)
    with store.write() as db:
        db.execute("UPDATE frame SET state = 'here', changed = (SELECT value FROM counter) WHERE number <= 8")
    clock("poll, 40 frames changed", link.poll)
    clock("paint frames", page.grid.viewport().grab)
    bar = page.grid.verticalScrollBar()
    clock("scroll frames by a page", lambda: (bar.setValue(bar.pageStep()), page.grid.viewport().grab()))
    window.close()
    return took


def shown(module, app):
    from rayvision_sync.hosts.standalone import StandaloneHost
    window = module.open_panel(StandaloneHost())
    app.processEvents()
    return window


def fill(store, schema, jobs, frames):
    """Write many ended jobs, and frames of one task."""
    with store.write() as db:
        db.executemany("INSERT INTO job (kind, title, params, state, lane, created, ended, files_total, bytes_total,"
                       " changed) VALUES ('upload', ?, '{}', ?, 'transfer', ?, ?, 500000, 2000000000, 1)",
                       [("scene_%03d.ma" % n, "failed" if n % 9 == 0 else "done", time.time() - n, time.time() - n)
                        for n in range(jobs)])
        layers = ("beauty", "crypto", "depth", "light", "shadow")
        states = ("waiting", "here", "rendering", "failed")
        db.executemany("INSERT INTO frame (task_id, layer, number, name, state, changed) VALUES (1, ?, ?, '', ?, 1)",
                       [(layers[n % 5], n // 5 + 1, states[n % 4]) for n in range(frames)])
    store.close()


def main(arguments=None):
    """Print the table; the exit code tells whether all medians keep their limits."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=300)
    parser.add_argument("--frames", type=int, default=5000)
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    sys.path.insert(0, TESTS)
    if options.one:
        print(json.dumps(measure(options.jobs, options.frames)))
        return 0
    command = [sys.executable, os.path.abspath(__file__), "--one", "--jobs", str(options.jobs), "--frames",
               str(options.frames)]
    rounds = [json.loads(subprocess.check_output(command, stderr=subprocess.DEVNULL).decode("utf-8").splitlines()[-1])
              for _ in range(options.rounds)]
    print("%d jobs, %d frames, %d rounds; milliseconds of the main thread\n" % (
        options.jobs, options.frames, options.rounds))
    print("%-28s %8s %8s %8s" % ("", "median", "worst", "limit"))
    kept = True
    for name, limit in LIMITS.items():
        values = sorted(row[name] for row in rounds)
        middle = values[len(values) // 2]
        kept = kept and (limit is None or middle <= limit)
        print("%-28s %8.1f %8.1f %8s" % (name, middle, values[-1], "-" if limit is None else "%g" % limit))
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
