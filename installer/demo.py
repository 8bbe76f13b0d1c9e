"""install.py --demo: the whole main job on this machine, in a private Python."""
from __future__ import absolute_import, division, print_function

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time

from . import environments, staging
from .errors import SetupFailed
from .system import WINDOWS, clean_environ, make_folders, remove_folder

#: How scenes end, and the folder of a project in which frames land: as the package has them, which is not loaded here.
SCENES = (".blend", ".hip", ".hiplc", ".hipnc", ".ma", ".max", ".mb")
IMAGES = "images"


def has_display():
    """Tell whether Qt finds a screen: on Linux it would end the process where it does not."""
    return not sys.platform.startswith("linux") or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


@contextlib.contextmanager
def progress(label):
    """Print what is being prepared, and how long it took."""
    began = time.time()
    print(label + " ... ", end="")
    sys.stdout.flush()
    try:
        yield
    except BaseException as error:
        print("stopped" if isinstance(error, KeyboardInterrupt) else "failed")
        raise
    print("done in %.0f s" % (time.time() - began))
    sys.stdout.flush()


def run_through(command, environ):
    """Run a command in the foreground; signals reach it, its exit code is returned."""
    process = subprocess.Popen(command, env=environ)
    signal.signal(signal.SIGTERM, lambda number, frame: process.terminate())
    # A terminal's Ctrl-C reaches the child as well: it gets the time to end cleanly.
    steps = iter((lambda: None, lambda: process.send_signal(signal.SIGINT) if not WINDOWS else None,
                  process.terminate, process.kill))
    patience_s = None
    while True:
        try:
            code = process.wait(patience_s)
            return code if code >= 0 else 128 - code
        except KeyboardInterrupt:
            patience_s = 1.5
            next(steps, process.kill)()
        except subprocess.TimeoutExpired:
            patience_s = 10
            next(steps, process.kill)()


def _check_root(root):
    """Refuse a folder that nothing can be written into, before anything is prepared."""
    try:
        made = make_folders(os.path.abspath(root))
        tempfile.TemporaryFile(dir=root).close()
    except OSError as error:
        raise SetupFailed("%s, the demo's folder, cannot be written (%s). Name another one with --root DIR."
                          % (os.path.abspath(root), error.strerror))
    for folder in reversed(made):
        remove_folder(folder)


def _check_project(options):
    """Refuse a project in which the demo will find no scene, before anything is prepared."""
    project = os.path.abspath(options.project)
    if not os.path.isdir(project):
        raise SetupFailed("The project %s is no folder: check the path." % project)
    if options.scene:
        scene = os.path.join(project, options.scene)
        if not os.path.isfile(scene):
            raise SetupFailed("The scene %s does not exist: name a file of the project." % scene)
    elif not _has_scene(project, os.path.abspath(options.root)):
        raise SetupFailed("There is no scene in %s (%s). Name one of its files with --scene."
                          % (project, " ".join(SCENES)))


def _has_scene(project, root):
    for folder, below, names in os.walk(project):
        below[:] = [name for name in below if name != IMAGES and os.path.join(folder, name) != root]
        if any(os.path.splitext(name)[1].lower() in SCENES for name in names):
            return True
    return False


def run(options):
    """Run the whole main job against a local farm, in a private environment."""
    if options.panel and not has_display():
        raise SetupFailed("There is no screen to show the panel on (neither DISPLAY nor WAYLAND_DISPLAY is set). "
                          "Run it on a desktop, or without --panel.")
    _check_root(options.root)
    if options.project:
        _check_project(options)
    with progress("Preparing a private Python%s" % (" with Qt" if options.panel else "")):
        environment = environments.private_python(options.panel)
        package = staging.stage_package(environments.cache_folder())
    store = []
    if options.s3:
        with progress("Fetching SeaweedFS"):
            store = ["--s3", "--weed", environments.store_program()]
    command = [environment.python, "-m", "rayvision_sync", "demo", "--root", options.root, "--frames", options.frames]
    if options.project:
        command += ["--project", options.project]
    if options.scene:
        command += ["--scene", options.scene]
    command += [option for option, given in (("--panel", options.panel), ("--fresh", options.fresh)) if given] + store
    environ = clean_environ([package] + environment.path)
    # Neither a rayvision_sync in the current folder nor an ASCII locale may get in the way.
    environ["PYTHONSAFEPATH"] = "1"
    if not WINDOWS:
        environ["PYTHONUTF8"] = "1"
    return run_through(command, environ)
