"""Make the pictures of the panel in docs/pictures: a real panel over real jobs on a local farm.

    python3 docs/make_screenshots.py [--only submit,frames]

Needs PySide6-Essentials (or PySide2 5.15), Qt.py, six and requests, and fonts for Latin and Chinese (Debian:
fonts-dejavu-core, fonts-wqy-microhei). Nothing outside docs/pictures and a temporary folder is written.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import argparse
import os
import shutil
import signal
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
PICTURES = os.path.join(HERE, "pictures")
sys.path.insert(0, os.path.join(ROOT, "tests"))

import support_tree  # noqa: E402

LIMIT_S = 120

#: Name -> (width, height, dark?, language).
VARIANTS = {
    "": (620, 760, False, "en"), "_dark": (620, 760, True, "en"), "_narrow": (310, 760, False, "en"),
    "_wide": (1600, 760, True, "en"), "_chinese": (620, 760, False, "zh"),
}


def prepare():
    """Make a home and the package importable, before it is imported; returns the folder of all that."""
    folder = tempfile.mkdtemp(prefix="rv-")
    support_tree_folder = os.path.join(folder, "site")
    os.mkdir(support_tree_folder)
    support_tree.link_package(support_tree_folder)
    sys.path.insert(0, support_tree_folder)
    for name in [name for name in os.environ if name.startswith("RAYVISION_")]:
        del os.environ[name]
    os.environ.update(PYTHONPATH=support_tree_folder, RAYVISION_SYNC_HOME=os.path.join(folder, "home"),
                      QT_QPA_PLATFORM="offscreen", XDG_RUNTIME_DIR=folder)
    return folder


def dark_palette(QtGui):
    """Return the colours of a dark host."""
    palette = QtGui.QPalette()
    role, group = QtGui.QPalette.ColorRole, QtGui.QPalette.ColorGroup
    for name, color in ((role.Window, "#444444"), (role.WindowText, "#dddddd"), (role.Base, "#2b2b2b"),
                        (role.AlternateBase, "#333333"), (role.Text, "#dddddd"), (role.Button, "#5d5d5d"),
                        (role.ButtonText, "#eeeeee"), (role.Highlight, "#5285a6"), (role.HighlightedText, "#ffffff"),
                        (role.ToolTipBase, "#333333"), (role.ToolTipText, "#dddddd"), (role.Light, "#6d6d6d"),
                        (role.Mid, "#383838"), (role.Dark, "#2a2a2a"), (role.Shadow, "#1d1d1d")):
        palette.setColor(name, QtGui.QColor(color))
    for name in (role.Text, role.WindowText, role.ButtonText):
        palette.setColor(group.Disabled, name, QtGui.QColor("#808080"))
    if hasattr(role, "PlaceholderText"):
        palette.setColor(role.PlaceholderText, QtGui.QColor("#8a8a8a"))
    return palette


class Studio(object):
    """The panel, the farm and the shot."""

    def __init__(self, folder, only, show):
        from rayvision_sync import settings
        from rayvision_sync.demo import sample
        from rayvision_sync.hosts.standalone import StandaloneHost
        from rayvision_sync.panel import open_panel, standalone
        from rayvision_sync.panel.binding import QtCore, QtGui
        self.QtCore, self.QtGui = QtCore, QtGui
        self.only = only
        self.made = []
        self.project = sample.make_project(os.path.join(show or os.path.join(folder, "show"), "city"))
        self.farm = _farm(os.path.join(folder, "farm"))
        self.farm.start()
        settings.save({"domain": self.farm.domain, "protocol": "http", "access_id": self.farm.access_id,
                       "access_key": self.farm.access_key, "resume_on_open": False, "max_jobs": 8})
        self.app = standalone.application()
        font = QtGui.QFont("DejaVu Sans")
        font.setPointSizeF(9)
        self.app.setFont(font)
        self.light = self.app.palette()
        self.dark = dark_palette(QtGui)
        self.host = _host(StandaloneHost, self.project)
        self.panel = open_panel(self.host)
        self.link = self.panel.link

    def close(self):
        """End everything."""
        from rayvision_sync.panel import link
        for job in list(self.link.jobs.values()):
            self.link.act("remove", job.id)
        self.until(lambda: not any(job.state in ("running", "paused") for job in self.link.client.jobs()), "the end")
        self.panel.close()
        link.close_link()
        self.farm.stop()

    def wait(self, seconds):
        """Let Qt run."""
        end = time.time() + seconds
        self.until(lambda: time.time() >= end, "the time")

    def until(self, found, what):
        """Let Qt run until something is there."""
        end = time.time() + LIMIT_S
        while time.time() < end:
            self.app.processEvents()
            value = found()
            if value:
                return value
            time.sleep(0.01)
        raise SystemExit("%s did not come: %s" % (what, [
            (job.kind, job.state, job.message) for job in self.link.client.jobs()]))

    def job(self, number, *states):
        """Wait for a job's state."""
        def look():
            job = self.link.client.job(number)
            return job if job is not None and job.state in states else None
        return self.until(look, "job %s %s" % (number, "/".join(states)))

    def shoot(self, tab, prepare=None, variants=None, state=""):
        """Save the pictures of a tab.

        Args:
            tab (str): Its name.
            prepare (callable, optional): Takes the tab's widget; called for each picture.
            variants (list of str, optional): Some of `VARIANTS`.
            state (str): Part of the pictures' names.
        """
        if self.only and tab not in self.only:
            return
        for name in variants or sorted(VARIANTS):
            width, height, is_dark, language = VARIANTS[name]
            self.app.setPalette(self.dark if is_dark else self.light)
            self.panel.memory.set("language", language)
            self.panel.memory.set("tab", tab)
            self.panel.resize(width, height)
            self.panel._rebuild()
            self.settle()
            page = self.panel.show_tab(tab)
            self.settle()
            if prepare:
                prepare(page)
                self.settle()
            path = os.path.join(PICTURES, "panel_%s%s%s.png" % (tab, state, name))
            self.panel.grab().toImage().save(path, "PNG", 0)
            self.made.append(path)
            print("%s  %d KB" % (os.path.relpath(path, ROOT), os.path.getsize(path) // 1000))

    def settle(self):
        """Let all that is shown arrive."""
        for _ in range(4):
            self.app.sendPostedEvents(None, self.QtCore.QEvent.Type.DeferredDelete)
            self.app.processEvents()
            self.link.poll()
        self.wait(0.05)


def _farm(root):
    from rayvision_sync.errors import SyncError
    from rayvision_sync.farm import LocalFarm
    from rayvision_sync.farm.render import BuiltinRenderer

    class Moody(BuiltinRenderer):
        """Fails now and then, as farms do."""

        def render(self, job, *arguments):
            if (job.layer, job.number) == ("beauty", 1009):
                raise SyncError("No licence: the server 27000@licence did not answer within 60 s.")
            return super(Moody, self).render(job, *arguments)

    farm = LocalFarm(root, frame_seconds=0.12)
    farm.loop._renderer = Moody()
    return farm


def _host(base, project):
    names = ["fileTextureName", "fileTextureName", "dso", "abc_File"]
    files = sorted(os.path.join(folder, name) for folder, _, found in os.walk(project.folder) for name in found
                   if not folder.startswith(project.images))
    assets = [(path, "file%d" % place, names[0]) for place, path in enumerate(files)]
    lost = [("sourceimages/wall/wall_1013.exr", "file12", "fileTextureName"),
            ("sourceimages/wall/wall_1014.exr", "file12", "fileTextureName"), ("cache/crowd.ass", "aiStandIn2", "dso")]
    assets += [(os.path.join(project.folder, path), node, attribute) for path, node, attribute in lost]
    from rayvision_sync.jobs.snapshot import File, Trouble

    class Host(base):
        """A DCC with the sample project open."""

        name, title, version, chooses_scene = "maya", "Maya", "2024", False
        is_dirty, layers = False, ["beauty", "shadow"]

        def scene(self):
            return project.scene

        def is_changed(self):
            return self.is_dirty

        def assets(self):
            for row in assets:
                yield File(*row)
            if self.is_dirty:
                yield Trouble("|set|crowd|pgYetiMaya3", "cacheFileName has no value at this frame")
                yield Trouble("aiStandIn9", "its plug-in is not loaded")

        def render_settings(self):
            return {"frames": "1001-1048", "layers": self.layers, "renderer": "arnold", "renderer_version": "5.3.4",
                    "cameras": ["shotCam", "witness_left", "witness_right"]}

        def output_folder(self):
            return project.images

        def notify(self, title, text):
            return True

    return Host()


def main(arguments=None):
    """Make the pictures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="names of tabs, with commas between")
    parser.add_argument("--show", help="folder for the project, made if missing and left there: pictures show its path")
    options = parser.parse_args(arguments)
    folder = prepare()
    studio = Studio(folder, [name for name in options.only.split(",") if name], options.show)
    try:
        story(studio, folder)
    finally:
        studio.close()
        shutil.rmtree(folder, ignore_errors=True)
    return 0


def story(studio, folder):
    """A night in a studio."""
    from rayvision_sync.jobs.schema import DONE, FAILED, INTERRUPTED, PAUSED, RUNNING
    link, project = studio.link, studio.project

    def upload(title, names, **more):
        path = os.path.join(folder, title + ".json")
        _write_manifest(path, project.folder, names)
        return link.act("add", "upload", {"manifests": [path], "use_record": False}, title, **more)

    studio.job(upload("desert_v011.ma", ["sourceimages"]), DONE)
    studio.job(upload("crowd_test_v003.ma", ["sourceimages/wall", "cache/gone_1.abc", "cache/gone_2.abc"]), FAILED)
    dead = upload("forest_v007.ma", ["cache", "sourceimages"], max_speed=9000)
    studio.until(lambda: (link.client.job(dead).bytes or 0) > 20e6, "some bytes")
    from rayvision_sync import compat
    os.kill(compat.parse_json(link.client.job(dead).worker)["pid"], signal.SIGKILL)
    studio.job(dead, INTERRUPTED)
    held = upload("harbour_lighting_final_v128_retouch_for_client_review.ma", ["cache"], max_speed=8000)
    studio.until(lambda: (link.client.job(held).bytes or 0) > 24e6, "some bytes")
    link.act("pause", held)
    studio.job(held, PAUSED)

    page = studio.panel.show_tab("submit")
    studio.until(lambda: page.work.lacking == 3, "the estimate")

    def estimated(tab):
        studio.until(lambda: tab.work.lacking == 3, "the estimate")
    studio.shoot("submit", estimated)

    def asked(tab):
        estimated(tab)
        tab._submit(3)
        tab.troubles_card.toggle.click()
    studio.host.is_dirty = True
    studio.host.layers = ["rs_%s_%s" % (part, name) for part in ("char", "env", "fx", "set") for name in (
        "beauty", "shadow", "crypto", "depth", "motion", "normal", "albedo", "ao", "light_key", "light_rim")]
    studio.shoot("submit", asked, ["", "_dark", "_narrow", "_chinese"], "_unsaved")
    studio.host.is_dirty = False
    studio.host.layers = ["beauty", "shadow"]
    studio.panel._rebuild()

    page = studio.panel.show_tab("submit")
    page.rescan()
    estimated(page)
    page._submit(3)
    number = studio.until(lambda: max([0] + [job.id for job in link.jobs.values() if job.kind == "submit"]),
                          "the submission")
    link.act("set_speed", number, 6000)
    studio.until(lambda: (link.client.job(number).bytes or 0) > 30e6, "some bytes")
    waiting = upload("bridge_v002.ma", ["sourceimages/wall"])
    studio.job(waiting, DONE, RUNNING)
    studio.shoot("transfers", lambda tab: _open_wide(tab, studio, number))
    link.act("set_speed", number, None)
    task = studio.job(number, DONE).task_id
    studio.until(lambda: sum(frame.state == "here" for frame in link.client.frames(task)) >= 52, "frames")

    def framed(tab):
        studio.until(lambda: tab.grid.frames(), "the frames")
        studio.until(lambda: not tab.grid.thumbnails.is_waiting, "the pictures")
        tab.grid.pick_number(1009)
    studio.shoot("frames", framed)
    studio.shoot("settings")
    studio.shoot("log")


def _write_manifest(path, top, names):
    from rayvision_sync import manifest, paths
    found = []
    for name in names:
        whole = os.path.join(top, name)
        if os.path.isdir(whole):
            found += sorted(os.path.join(folder, name) for folder, _, names_ in os.walk(whole) for name in names_)
        else:
            found.append(whole)
    manifest.write(path, [(local, paths.server_path(local)) for local in found])


def _open_wide(tab, studio, number):
    if studio.panel.width() > 860:
        failed = [job.id for job in studio.link.jobs.values() if job.state == "failed"]
        tab.act((failed or [number])[0], "open")
    else:
        tab.list.pick(number)


if __name__ == "__main__":
    sys.exit(main())
