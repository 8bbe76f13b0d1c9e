"""The demo in the panel: a local farm, the sample scene chosen, and the artist presses the button."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os
import signal
from contextlib import contextmanager

from .. import compat, manifest, settings, words
from ..errors import SettingsError
from ..farm import identity
from ..hosts.standalone import StandaloneHost
from ..jobs.client import Client
from . import anew, sample, seaweed, terminal
from .hold import FARM, WINDOW, Hold
from .keeper import Keeper
from .rest import Rest, stop_workers, title_of
from .stage import is_asset, panel_home, set_up, store_folder

_LOOK_S = 1.0
_MOST_NAMED = 5


class PanelDemo(object):
    """One window on a farm of its own. What it did the last time is there again, and transfers outlive the window.

    Args:
        options (Namespace): root, frames, project, scene, fresh, s3, weed.
        screen: Has ``say(line)`` and ``line.show(label, share, rest, name)``.
        cancel (Cancel): Closes the window, and ends farm and transfers.
    """

    def __init__(self, options, screen, cancel):
        self._options = options
        self._screen = screen
        self._cancel = cancel
        self._stage = self._keeper = self._home = None

    def run(self):
        """Show the panel until it is closed, and stay until the transfers have ended.

        Raises:
            SettingsError: There is no screen or no Qt, or the folders are of no use.
            Cancelled: By Ctrl-C.
        """
        from ..panel import standalone  # Before anything is made: it says where there is no Qt.
        standalone.check_screen("leave --panel out")
        self._stage = set_up(self._options.root, self._options.project, self._options.scene)
        self._keeper, self._home = Keeper(self._stage.root), panel_home(self._stage.root)
        with Hold(self._stage.root, WINDOW, "panel") as window, Hold(self._stage.root, FARM, "panel") as owner:
            if not window.take():
                raise SettingsError("The panel of the demo in %s is open already (process %d): use that window, or "
                                    "give another --root." % (self._stage.root, window.holder()["pid"]))
            if owner.take():
                self._run(standalone, window)
            else:
                self._visit(standalone, owner.holder())

    def _run(self, standalone, window):
        _move_home(self._home)
        if self._options.fresh or not self._is_kept():
            anew.begin(self._stage, self._keeper)
            seaweed.forget(store_folder(self._stage.root))
        path = self._list_files()
        with seaweed.opened(self._options, store_folder(self._stage.root), self._screen, self._cancel) as store:
            try:
                self._use(self._keeper.open(self._cancel, store))
                self._show(standalone, path)
                self._stay(window)
            finally:
                with _unheard():
                    self._end()

    def _visit(self, standalone, owner):
        """Show the window while another program, whose window is closed, keeps the farm for its transfers."""
        if owner["what"] != "panel" or self._options.fresh or not self._keeper.is_running():
            raise SettingsError("A demo runs on %s already (process %d): wait until it has ended, end it with Ctrl-C, "
                                "or give another --root." % (self._stage.root, owner["pid"]))
        _move_home(self._home)
        self._show(standalone, self._list_files(), "The demo in the other terminal (process %d) keeps the farm."
                   % owner["pid"])
        self._screen.say("The window is closed. The demo in the other terminal (process %d) keeps the farm until the "
                         "transfers have ended." % owner["pid"])

    # -- what is kept

    def _is_kept(self):
        """Tell whether a panel was here before, and the farm that it sent to is there, on such a storage."""
        if bool(identity.bucket(self._keeper.folder)) != bool(self._options.s3):
            return False
        return all(os.path.isfile(compat.fs(os.path.join(folder, name))) for folder, name in (
            (self._home, "settings.json"), (self._keeper.folder, "farm.sqlite")))

    def _use(self, account):
        """Let the settings lead to the farm: panel, workers and commands in a terminal read them."""
        settings.change(dict(account, farm=self._keeper.folder))

    def _list_files(self):
        """Write the upload.json of the project; returns its path."""
        path = os.path.join(self._stage.root, "upload.json")
        manifest.write(path, ((local, server) for local, server in manifest.build([self._stage.project])
                              if is_asset(self._stage, local)))
        return path

    # -- the window

    def _show(self, standalone, path, more="Ctrl-C here ends everything."):
        app = standalone.application()
        from ..panel.binding import QtCompat
        from ..panel import open_panel
        panel = open_panel(StandaloneHost())
        fill(panel, self._stage, path, self._options.frames)
        if any(job.lane != "quick" for job in panel.link.client.jobs()):
            panel.show_tab("transfers")  # Of the last time: that is what one comes back for.
        self._screen.say("The panel is open on %s and a local farm in %s: press \"Submit and upload\". Transfers go "
                         "on when the window is closed. %s" % (self._stage.scene, self._keeper.folder, more))
        self._say_command()
        panel.link.beat.connect(lambda: app.quit() if self._cancel.is_cancelled else None)
        QtCompat.QApplication.exec_()
        panel.close()
        panel.link.close()
        self._cancel.check()

    def _say_command(self):
        self._screen.say("The demo's transfers in another terminal: %s" % terminal.command(self._home))

    # -- after it

    def _stay(self, window):
        """Wait for the transfers, and for a window that is opened meanwhile."""
        window.give_back()
        with Client() as client:
            rest = Rest(client, self._screen, self._cancel)
            moving = rest.moving()
            if moving:
                names = ", ".join(title_of(job) for job in moving[:_MOST_NAMED])
                self._screen.say("The window is closed, and %s go%s on: %s. Ctrl-C ends %s and the farm; open the "
                                 "demo again in another terminal to look." % (
                                     words.plural(len(moving), "transfer"), "es" if len(moving) == 1 else "",
                                     names, "it" if len(moving) == 1 else "them"))
            while True:
                rest.follow()
                if window.take():
                    return
                self._cancel.wait(_LOOK_S)

    def _end(self):
        with Client() as client:
            interrupted = stop_workers(client)
        self._keeper.close()
        if interrupted:
            self._screen.say("%s interrupted: open the demo's panel again, and %s." % (
                "1 transfer was" if interrupted == 1 else "%d transfers were" % interrupted,
                "it goes on" if interrupted == 1 else "they go on"))
        self._screen.say("%s Frames are in %s" % (
            "The farm has stopped." if self._keeper.is_ours else
            "The farm in %s goes on: the demo did not start it." % self._keeper.folder, self._stage.images))
        self._say_command()


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


def _move_home(home):
    """Keep settings, jobs, record and memory of the demo apart from the user's own; workers inherit that.

    The user's own account and his studio's settings do not matter here: the demo sends nothing to another farm.
    """
    for name in [name for name in os.environ if compat.text(name).startswith("RAYVISION_")]:
        del os.environ[name]
    os.environ[str("RAYVISION_SYNC_HOME")] = compat.like(home, str(""))


@contextmanager
def _unheard():
    """Let signals wait: what is ended now takes seconds, and half of it would leave processes behind."""
    before = []
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            before.append((number, signal.signal(number, signal.SIG_IGN)))
        except ValueError:
            pass  # Not the main thread.
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, handler)
