"""The demo in the panel, pressed by nobody but a script; and what it says where there is no screen."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os
import sys

import pytest
from support_cli import folder, one_line, run
from support_farm import read, tree, write
from support_tree import ROOT, native

from rayvision_sync import compat

sys.path.insert(0, native(ROOT))
import install

#: Presses the button, and closes the window when the frames are here.
_DRIVEN = """
import sys
from rayvision_sync.cli import main
from rayvision_sync.demo import show

fill = show.fill

def drive(panel, stage, path, frames):
    fill(panel, stage, path, frames)
    pressed = []

    def beat():
        page = panel.page("submit")
        if not pressed and page.work.lacking == 0:
            pressed.append(1)
            page.go.click()
        if any(job.kind == "watch" and job.state in ("done", "failed") for job in panel.link.jobs.values()):
            panel.close()

    panel.link.beat.connect(beat)

show.fill = drive
sys.exit(main())
"""

#: Closes the window while the first frames are fetched.
_LEFT = _DRIVEN.replace('job.state in ("done", "failed")', 'job.state == "running"')

_WORKERS = ("from rayvision_sync.jobs import process\nfrom rayvision_sync.jobs.client import Client\n"
            "with Client() as client:\n    print(' '.join(job.state for job in client.jobs() if job.kind == 'watch'))\n"
            "    print(len([job for job in client.jobs() if process.is_alive(job.worker or '')]))")


@pytest.fixture
def project(tmpdir):
    """A small project with a scene."""
    made = folder(tmpdir, "show")
    write("%s/scenes/city.ma" % made, b"//Maya ASCII 2024 scene\n")
    for number in range(4):
        write("%s/tex/%d.tx" % (made, number), os.urandom(300000))
    return made


def demo(tmpdir, project, frames, script):
    """Run it; returns the state of the job that fetches frames, how many workers live, and what was said."""
    pytest.importorskip(native("Qt.QtWidgets"))
    root = os.path.join(compat.text(tmpdir.strpath), "demo")
    result = run("demo", "--panel", "--root", root, "--frames", frames, "--project", project, script=script,
                 environ={"QT_QPA_PLATFORM": "offscreen"})
    assert result.code == 0, result
    assert '"pid": null' in read(os.path.join(root, "farm", "farm.json")).decode("utf-8")
    out = run(script=_WORKERS, environ={"RAYVISION_SYNC_HOME": os.path.join(root, "state", "panel")}).out
    return out.split() + [result.out]


def test_the_demo_in_the_panel_goes_all_the_way_by_one_button(tmpdir, home, project):
    state, workers, said = demo(tmpdir, project, "1-2", _DRIVEN)
    assert (state, workers) == ("done", "0")
    stored = tree(os.path.join(compat.text(tmpdir.strpath), "demo", "farm", "input"))
    assert len([name for name in stored if name.endswith((".tx", ".ma"))]) == 5
    assert len([name for name in tree(os.path.join(project, "images")) if name.endswith(".png")]) == 2
    assert tree(home) == []  # Nothing of the user's own was touched.
    assert "Closing the window ends both" in said


def test_closing_the_window_ends_farm_and_transfers_of_the_demo(tmpdir, home, project):
    state, workers, _ = demo(tmpdir, project, "1-500", _LEFT)
    assert (state, workers) == ("cancelled", "0")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="there is always a screen")
def test_without_a_screen_it_is_one_sentence(tmpdir, home, project, monkeypatch, capsys):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(native(name), raising=False)
    root = os.path.join(compat.text(tmpdir.strpath), "demo")
    result = run("demo", "--panel", "--root", root, "--project", project)
    assert result.code == 1 and "no screen" in one_line(result.err)
    if sys.version_info >= install.OLDEST:
        assert install.main(["--demo", "--panel", "--root", root]) == 1
        assert "no screen" in one_line(compat.text(capsys.readouterr().err))
