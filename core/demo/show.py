"""The demo in the panel: a local farm, the sample scene chosen, and the artist presses the button."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os
import shutil
import signal
import subprocess
import sys
import threading

from .. import compat, login, manifest
from ..errors import SettingsError
from ..hosts.standalone import StandaloneHost
from ..jobs import process
from ..jobs.client import Client
from ..jobs.schema import LIVE
from . import sample
from .stage import empty_farm, is_asset, set_up

_START_S = 20.0
_END_S = 5.0
_LOOK_S = 0.05


class PanelDemo(object):
    """One window on a farm of its own; farm and transfers end with it.

    Args:
        options (Namespace): root, frames, project, scene.
        screen: Has ``say(line)``.
        cancel (Cancel): Closes the window.
    """

    def __init__(self, options, screen, cancel):
        self._options = options
        self._screen = screen
        self._cancel = cancel
        self._stage = None

    def run(self):
        """Show the panel until it is closed.

        Raises:
            SettingsError: There is no screen or no Qt, or the folders are of no use.
        """
        from ..panel import standalone  # Before anything is made: it says where there is no Qt.
        if not standalone.has_screen():
            raise SettingsError("There is no screen to show the panel on. Without one, leave --panel out.")
        self._stage = set_up(self._options.root, self._options.project, self._options.scene)
        farm = os.path.join(self._stage.root, "farm")
        empty_farm(farm)
        self._move_home(farm)
        path = self._list_files()
        child = self._start_farm(farm)
        try:
            self._wait_for(farm, child)
            self._screen.say("The panel is open on %s and a local farm in %s: press \"Submit and upload\". "
                             "Closing the window ends both." % (self._stage.scene, farm))
            self._show(standalone, path)
        finally:
            _end_workers()
            child.terminate()
            child.wait()
        self._screen.say("The farm has stopped. Frames are in %s" % self._stage.images)

    def _move_home(self, farm):
        """Keep jobs, records and memory of the demo apart from the user's own; workers inherit that."""
        home = os.path.join(self._stage.root, "state", "panel")
        shutil.rmtree(compat.fs(home), ignore_errors=True)  # The farm is a new one, too.
        for name, value in (("RAYVISION_SYNC_HOME", home), ("RAYVISION_FARM", farm)):
            os.environ[str(name)] = compat.like(value, str(""))

    def _list_files(self):
        """Write the upload.json of the project; returns its path."""
        path = os.path.join(self._stage.root, "upload.json")
        manifest.write(path, ((local, server) for local, server in manifest.build([self._stage.project])
                              if is_asset(self._stage, local)))
        return path

    def _start_farm(self, farm):
        # A process of its own: its rendering would hold up the window.
        command = [sys.executable, "-m", __name__.split(".")[0], "farm", "--root", farm, "--quiet"]
        with open(os.devnull, "r+b") as nothing:
            return subprocess.Popen([compat.fs(part) for part in command], stdin=nothing, stdout=nothing,
                                    **compat.group_options())

    def _wait_for(self, farm, child):
        until = compat.monotonic() + _START_S
        while True:
            try:
                return login.local_farm(farm)
            except SettingsError:
                if child.poll() is not None or compat.monotonic() > until:
                    raise
            self._cancel.wait(_LOOK_S)

    def _show(self, standalone, path):
        app = standalone.application()
        from ..panel.binding import QtCompat
        from ..panel import open_panel
        panel = open_panel(StandaloneHost())
        fill(panel, self._stage, path, self._options.frames)
        panel.link.beat.connect(lambda: app.quit() if self._cancel.is_cancelled else None)
        QtCompat.QApplication.exec_()
        panel.close()
        self._cancel.check()


def fill(panel, stage, path, frames):
    """Choose the scene, its files and its frames in the panel, as the artist would.

    Args:
        panel (Panel): Open.
        stage (Stage): Where the demo happens.
        path (str): The upload.json.
        frames (str): A range.
    """
    page = panel.show_tab("submit")
    page.files.add(path, "manifest")
    page.frames.setText(frames)
    page.output.setText(stage.images)
    if stage.is_sample:
        page.layer_names.setText(sample.LAYER)
    page.choose_scene(stage.scene)


def _end_workers():
    """Cancel what still runs in the demo's store, and wait for its processes."""
    with Client() as client:
        live = [job for job in client.jobs() if job.state in LIVE]
        workers = [job.worker for job in live if job.worker]
        for job in live:
            client.cancel(job.id)
        pause, until = threading.Event(), compat.monotonic() + _END_S
        while any(process.is_alive(worker) for worker in workers) and compat.monotonic() < until:
            pause.wait(_LOOK_S)
        for worker in workers:
            if process.is_alive(worker):
                os.kill(compat.parse_json(worker)["pid"], signal.SIGTERM)
