"""A panel without a screen, on a store of its own; skips where no Qt is at hand, and says why."""
from __future__ import absolute_import, division, print_function, unicode_literals

import gc
import os
import sys
import threading
import time
import traceback

import libraries
import pytest
import support_jobs
from support_limits import WAIT_S

os.environ.setdefault(str("QT_QPA_PLATFORM"), str("offscreen"))

if libraries.missing():
    pytest.skip(libraries.sentence(), allow_module_level=True)
try:
    from rayvision_sync.panel.binding import QtCore, QtGui, QtWidgets
except Exception as _error:
    pytest.skip("No Qt: %s" % _error, allow_module_level=True)

from Qt import QtTest

from rayvision_sync import compat, settings
from rayvision_sync.hosts.standalone import StandaloneHost
from rayvision_sync.jobs import process, schema, snapshot
from rayvision_sync.jobs.store import Store
from rayvision_sync.panel import link, open_panel, standalone
from rayvision_sync.panel.memory import Memory

# PySide2 5.15 leaves an error behind when one of its wrappers goes, which ends a Python 2.7 if that happens while it
# collects garbage ("unexpected exception during garbage collection"). Hosts on 2.7 have older ones, without the fault.
if sys.version_info < (3,):
    gc.disable()

LEFT = QtCore.Qt.MouseButton.LeftButton
LIMIT_S = WAIT_S

#: A worker never begins a job that seems to be taken.
_NEVER = 4e9

Key = QtCore.Qt.Key


class Host(StandaloneHost):
    """A host that remembers what it was told, with a scene if it is given one.

    Args:
        scene (str, optional): The open scene; "" is one that was never saved.
        assets (list): Dicts, or what `snapshot` knows.
        render (dict, optional): Render settings.
        output (str, optional): Folder of the pictures.
    """

    def __init__(self, scene=None, assets=(), render=None, output=""):
        self.chooses_scene = scene is None
        self._scene, self._assets, self._render, self._output = scene, list(assets), render or {}, output
        self.told, self.refreshed, self.saved, self.copies = [], [], 0, []
        self.is_dirty = False
        if scene is not None:
            self.name, self.title = "maya", "Maya"

    def scene(self):
        """See `hosts.standalone.StandaloneHost`."""
        return self._scene

    def assets(self):
        """See `hosts.standalone.StandaloneHost`."""
        for found in self._assets:
            yield snapshot.File(**found) if isinstance(found, dict) else found

    def is_changed(self):
        """See `hosts.standalone.StandaloneHost`."""
        return self.is_dirty

    def save(self):
        """See `hosts.standalone.StandaloneHost`."""
        self.saved += 1
        self.is_dirty = False

    def save_copy(self, path):
        """See `hosts.standalone.StandaloneHost`."""
        self.copies.append(path)
        with open(compat.fs(path), "wb") as target:
            target.write(b"//Maya ASCII copy\n")

    def refresh(self, folder):
        """See `hosts.standalone.StandaloneHost`."""
        self.refreshed.append(folder)

    def render_settings(self):
        """See `hosts.standalone.StandaloneHost`."""
        return self._render

    def output_folder(self):
        """See `hosts.standalone.StandaloneHost`."""
        return self._output

    def notify(self, title, text):
        """See `hosts.standalone.StandaloneHost`."""
        self.told.append((title, text))
        return True


class Stage(object):
    """A panel on the store of the current home; use ``with``.

    Args:
        host: By default one that chooses its scene in the panel.
        tab (str): The tab that is open.
        language (str): "en" or "zh".
    """

    def __init__(self, host=None, tab="submit", language="en"):
        self.host = host or Host()
        self._tab = tab
        self._language = language
        self._pause = threading.Event()

    def __enter__(self):
        self.app = standalone.application()
        self._wrong, self._hook = [], sys.excepthook
        # What is raised in a slot ends nowhere else.
        sys.excepthook = lambda *error: self._wrong.append("".join(traceback.format_exception(*error)))
        link.close_link()
        memory = Memory().load()
        memory.set("language", self._language)
        memory.set("tab", self._tab)
        memory.save()
        self.store = Store().open()
        self.panel = self.open_panel()
        self.panel.resize(560, 720)
        self.turn()
        return self

    def open_panel(self):
        """Open the panel, and return it."""
        return open_panel(self.host)

    def __exit__(self, kind, *_):
        self.panel.close()
        link.close_link()
        self._end_workers()
        self.store.close()
        self.panel.deleteLater()
        self.turn()
        sys.excepthook = self._hook
        assert kind or not self._wrong, "".join(self._wrong)
        if self._wrong:
            sys.stderr.write("".join(self._wrong))

    def _end_workers(self):
        """End the workers of this store; one that is only starting finds no job and ends by itself."""
        end_workers(self.store)

    @property
    def link(self):
        """Link: Of the panel."""
        return self.panel.link

    def turn(self):
        """Let Qt do what waits."""
        self.app.processEvents()
        self.app.sendPostedEvents(None, QtCore.QEvent.Type.DeferredDelete)
        self.app.processEvents()

    def poll(self):
        """Look at the store now."""
        self.link.poll()
        self.turn()

    def until(self, found, what="it"):
        """Let Qt run until `found` returns something true; return that."""
        end = compat.monotonic() + LIMIT_S
        while compat.monotonic() < end:
            self.app.processEvents()
            self._pause.wait(0.01)
            value = found()
            if value:
                return value
        raise AssertionError("%s did not come within %d s; jobs: %s" % (what, LIMIT_S, [
            (job.kind, job.state, job.stage, job.message) for job in self.store.jobs()]))

    def job(self, kind, *states):
        """Wait for the last job of a kind to be in one of some states, and return it."""
        def look():
            jobs = [job for job in self.store.jobs() if job.kind == kind]
            return jobs[-1] if jobs and (not states or jobs[-1].state in states) else None
        return self.until(look, "job %s %s" % (kind, "/".join(states)))

    def page(self, name):
        """Go to a tab and return it."""
        page = self.panel.show_tab(name)
        self.turn()
        return page

    def put(self, kind="upload", state="running", **fields):
        """Write a job's row that no worker touches; return its number."""
        values = {"kind": kind, "title": "city_v042.ma", "params": "{}", "state": state, "created": time.time() - 90,
                  "lane": "watch" if kind == "watch" else "quick" if kind in ("login", "estimate") else "transfer"}
        if state == "queued":
            values["spawned"] = _NEVER
        values.update(fields)
        names = sorted(values)
        with self.store.write() as db:
            cursor = db.execute(
                "INSERT INTO job (%s, changed) VALUES (%s, (SELECT value FROM counter))" % (
                    ", ".join(names), ", ".join("?" * len(names))), [values[name] for name in names])
        self.poll()
        return cursor.lastrowid

    def change(self, number, **fields):
        """Change a job's row, as a worker would."""
        with self.store.write() as db:
            self.store.update(db, number, **fields)
        self.poll()

    def put_frames(self, task, numbers, layer="", state="here", **fields):
        """Write frames' rows."""
        values = dict(dict.fromkeys(schema.FRAME_FIELDS[5:]), **dict({"flag": "", "note": ""}, **fields))
        with self.store.write() as db:
            changed = db.execute("SELECT value FROM counter").fetchone()[0]
            for number in numbers:
                row = dict(values, task_id=task, layer=layer, number=number, state=state, changed=changed,
                           name="city_%s.%04d.png" % (layer, number))
                names = sorted(row)
                db.execute("INSERT OR REPLACE INTO frame (%s) VALUES (%s)" % (
                    ", ".join(names), ", ".join("?" * len(names))), [row[name] for name in names])

    def tell(self, kind, text, job=None):
        """Write an event."""
        with self.store.write() as db:
            self.store.tell(db, job, kind, text)
        self.poll()


def end_workers(store):
    """End all workers of a store."""
    workers = [job.worker for job in store.jobs() if job.worker]
    with store.write() as db:
        db.execute("DELETE FROM job")
    for worker in workers:
        if process.is_alive(worker):
            support_jobs.end_process(compat.parse_json(worker)["pid"])


def click(widget, point=None):
    """Click a widget, or a point of it."""
    assert widget.isVisible() and widget.isEnabled(), "nobody can click %s" % (widget.objectName() or widget)
    QtTest.QTest.mouseClick(widget, LEFT, QtCore.Qt.KeyboardModifier.NoModifier,
                            point if point is not None else widget.rect().center())


def press(widget, key, modifier=QtCore.Qt.KeyboardModifier.NoModifier):
    """Press a key."""
    QtTest.QTest.keyClick(widget, key, modifier)


def click_row(tab, number, action):
    """Click a painted button of a row of the transfers."""
    rect = tab.list.rect_of(number, action)
    assert rect is not None, "the row offers no %s" % action
    click(tab.list.viewport(), rect.center())


def use_farm(farm, **more):
    """Write the account of a local farm into the user's settings."""
    settings.save(dict({"domain": farm.domain, "protocol": "http", "access_id": farm.access_id,
                        "access_key": farm.access_key}, **more))


__all__ = ["Host", "Key", "QtCore", "QtGui", "QtWidgets", "Stage", "click", "click_row", "press", "use_farm"]
