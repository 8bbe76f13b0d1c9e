"""The demo in the panel, pressed by nobody but a script; and what it says where there is no screen."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os
import signal
import subprocess
import sys
from collections import namedtuple

import pytest
from support_cli import finish, folder, one_line, posix, run, start, stop, until
from support_farm import read, tree, write
from support_jobs import end_process
from support_limits import SOON_S
from support_tree import ROOT, native

from rayvision_sync import compat, png

sys.path.insert(0, native(ROOT))
import install

#: Renders nothing before a file is there: {gate}, {frame}.
_RENDERER = """
while [ ! -e '{gate}' ]; do sleep 0.05; done
cp '{frame}' "$1"
"""

#: Presses the button where nothing was sent yet, and closes the window as soon as something is so.
_DRIVEN = """
import os, sys
from rayvision_sync.cli import main
from rayvision_sync.demo import keeper, show

fill, processes, render = show.fill, keeper.subprocess, os.environ.get("DEMO_RENDER")

class Held(object):  # Starts the farm with the renderer of the test.
    @staticmethod
    def Popen(command, **options):
        return processes.Popen(command + ["--render", render], **options)

if render:
    keeper.subprocess = Held

def drive(panel, stage, path, frames):
    fill(panel, stage, path, frames)
    pressed = []

    def beat():
        jobs = list(panel.link.jobs.values())
        states = dict((job.kind, job.state) for job in jobs)
        page = panel.page("submit")
        if not pressed and "submit" not in states and page.work.lacking == 0:
            pressed.append(1)
            page.go.click()
        if %s:
            panel.close()

    panel.link.beat.connect(beat)

show.fill = drive
sys.exit(main())
"""

#: Whole demos, one after the other: an old PySide2 and a new PySide6 are enough for them.
LONG = pytest.mark.skipif(sys.version_info[:2] not in ((3, 7), (3, 13)), reason="runs on two Pythons only")

_WHEN_DONE = _DRIVEN % 'states.get("watch") in ("done", "failed")'
_WHEN_IT_WATCHES = _DRIVEN % 'states.get("watch") == "running" and states.get("submit") == "done"'
_AT_ONCE = _DRIVEN % 'any(job.kind == "watch" for job in jobs)'
_NEVER = _DRIVEN % "False"

_JOBS = ("from rayvision_sync.jobs import process\nfrom rayvision_sync.jobs.client import Client\n"
         "with Client() as client:\n"
         "    print(' '.join('%s:%s' % (job.kind, job.state) for job in client.jobs() if job.lane != 'quick'))\n"
         "    print(len([job for job in client.jobs() if process.is_alive(job.worker or '')]))")

Demo = namedtuple("Demo", "root project images renderer")


@pytest.fixture
def made(tmpdir, home):
    """A small project with a scene, and a root for its demo."""
    pytest.importorskip(native("Qt.QtWidgets"))
    project = folder(tmpdir, "show")
    write("%s/scenes/city.ma" % project, b"//Maya ASCII 2024 scene\n")
    for number in range(4):
        write("%s/tex/%d.tx" % (project, number), os.urandom(300000))
    found = Demo(os.path.join(compat.text(tmpdir.strpath), "demo"), project, os.path.join(project, "images"),
                 os.path.join(compat.text(tmpdir.strpath), "renderer"))
    yield found
    _end(found)


def hold(demo):
    """Let the demo's farm render nothing until `let_go`."""
    write(demo.renderer + ".png", png.encode(64, 36, b"\x40\x80\xc0" * (64 * 36)))
    write(demo.renderer, _RENDERER.format(gate=demo.renderer + ".gate", frame=demo.renderer + ".png").encode("utf-8"))


def let_go(demo):
    """Let it render, as fast as it can."""
    write(demo.renderer + ".gate", b"")


def _end(demo):
    """Let no process survive a test that failed."""
    let_go(demo)
    for path in (os.path.join(demo.root, "state", "farm.process"), os.path.join(demo.root, "farm", "farm.json")):
        pid = compat.parse_json(read(path).decode("utf-8"))["pid"] if os.path.exists(path) else None
        if pid and compat.is_running(pid):
            end_process(pid)


def options(demo, script, frames="1-2", *more):
    """Return what `run` and `start` take to open the panel."""
    environ = {"QT_QPA_PLATFORM": "offscreen", "RAYVISION_DOMAIN": "127.0.0.1:9"}
    if os.path.exists(demo.renderer):
        environ["DEMO_RENDER"] = 'sh "%s" {output}' % demo.renderer
    return ("demo", "--panel", "--root", demo.root, "--frames", frames, "--project", demo.project) + more, dict(
        script=script, environ=environ)


def leave(demo, frames):
    """Close a window whose frames have not come yet; returns the process, which waits for them, and what it said."""
    hold(demo)
    arguments, given = options(demo, _WHEN_IT_WATCHES, frames)
    process = start(*arguments, **given)
    return process, "".join(until(process, "The window is closed"))


def show(demo, script, frames="1-2", *more):
    """Open the panel until it ends; returns what was said."""
    arguments, given = options(demo, script, frames, *more)
    result = run(*arguments, **given)
    assert result.code == 0, result
    assert farm_of(demo)["pid"] is None
    return result.out


def farm_of(demo):
    """Return what the farm's file says."""
    return compat.parse_json(read(os.path.join(demo.root, "farm", "farm.json")).decode("utf-8"))


def jobs_of(demo):
    """Return the transfers of the demo's store, and how many processes work on jobs."""
    out = run(script=_JOBS, environ={"RAYVISION_SYNC_HOME": os.path.join(demo.root, "state", "panel")}).out
    transfers, workers = out.splitlines()
    return transfers.split(), int(workers)


def pictures(demo):
    """Return the names of the frames that landed."""
    return [name for name in tree(demo.images) if name.endswith(".png")]


def typed(out):
    """Return the command that was printed for a terminal."""
    return [line for line in out.splitlines() if "in another terminal: " in line][-1].partition("terminal: ")[2]


def test_the_demo_in_the_panel_goes_all_the_way_by_one_button(home, made):
    said = show(made, _WHEN_DONE)
    assert jobs_of(made) == (["submit:done", "watch:done"], 0)
    stored = tree(os.path.join(made.root, "farm", "input"))
    assert len([name for name in stored if name.endswith((".tx", ".ma"))]) == 5
    assert pictures(made) == ["city.0001.png", "city.0002.png"]
    assert tree(home) == []  # Nothing of the user's own was touched.
    assert "Transfers go on when the window is closed" in said
    settings = compat.parse_json(read(os.path.join(made.root, "state", "panel", "settings.json")).decode("utf-8"))
    assert settings["domain"] == farm_of(made)["domain"] and settings["access_key"] == farm_of(made)["access_key"]


@LONG
@posix
def test_the_command_that_it_names_shows_its_transfers(made):
    said = show(made, _WHEN_DONE)
    assert said.count("in another terminal: ") == 2  # When it begins, and when it ends.
    listed = subprocess.check_output(["sh", "-c", native(typed(said))], cwd=os.path.sep).decode("utf-8").splitlines()
    assert len(listed) == 3 and [line.split()[2] for line in listed[1:]] == ["done", "done"]


@LONG
@posix
def test_transfers_go_on_when_the_window_is_closed_and_the_farm_ends_with_them(made):
    process, said = leave(made, "1-12")
    let_go(made)
    result = finish(process)
    said += result.out
    assert result.code == 0 and farm_of(made)["pid"] is None
    assert "The window is closed, and 1 transfer goes on: watch city.ma" in said
    assert "12 of 12 frames here" in said and "The farm has stopped." in said
    assert jobs_of(made) == (["submit:done", "watch:done"], 0)
    assert len(pictures(made)) == 12


@LONG
def test_what_it_did_is_there_again_when_it_is_opened_again(made):
    show(made, _WHEN_DONE)
    before = farm_of(made)
    said = show(made, _AT_ONCE)
    assert "transfer goes on" not in said
    assert jobs_of(made) == (["submit:done", "watch:done"], 0)
    assert farm_of(made) == before  # Address and keys, too.


@LONG
@posix
def test_ctrl_c_interrupts_what_goes_on_when_it_is_opened_again(made):
    process, _ = leave(made, "1-24")
    result, seconds = stop(process, signal.SIGINT)
    assert result.code == 130 and seconds < 2 * SOON_S
    assert "1 transfer was interrupted: open the demo's panel again, and it goes on." in result.out
    assert jobs_of(made) == (["submit:done", "watch:interrupted"], 0) and farm_of(made)["pid"] is None
    let_go(made)
    said = show(made, _AT_ONCE, "1-24")
    assert "24 of 24 frames here" in said
    assert jobs_of(made) == (["submit:done", "watch:done"], 0)
    assert len(pictures(made)) == 24


@LONG
@posix
def test_the_farm_of_a_demo_that_was_killed_is_used_and_ended(made):
    process, _ = leave(made, "1-24")
    process.kill()
    finish(process)
    left = farm_of(made)["pid"]
    assert compat.is_running(left)
    let_go(made)
    said = show(made, _AT_ONCE, "1-24")
    assert "The farm has stopped." in said and not compat.is_running(left)
    assert jobs_of(made) == (["submit:done", "watch:done"], 0)
    assert len(pictures(made)) == 24


@LONG
@posix
@pytest.mark.parametrize("panel", [True, False])
def test_a_demo_that_begins_anew_ends_what_a_killed_one_left(made, panel):
    process, _ = leave(made, "1-500")
    process.kill()
    finish(process)
    left = farm_of(made)["pid"]
    let_go(made)
    if panel:
        show(made, _WHEN_DONE, "1-2", "--fresh")
        assert jobs_of(made) == (["submit:done", "watch:done"], 0)
    else:
        result = run("demo", "--root", made.root, "--frames", "1-2", "--project", made.project)
        assert result.code == 0 and "The transfers of the demo's panel were removed" in result.out
        assert not os.path.exists(os.path.join(made.root, "state", "panel"))
    assert not compat.is_running(left)
    assert [name for name in pictures(made) if name.startswith("city")] == ["city.0001.png", "city.0002.png"]


@LONG
@posix
def test_a_window_may_be_opened_again_while_the_transfers_go_on(made):
    first, _ = leave(made, "1-30")
    arguments, given = options(made, _WHEN_DONE, "1-30")
    second = start(*arguments, **given)
    until(second, "The panel is open")
    let_go(made)
    result = finish(second)
    assert result.code == 0 and "keeps the farm until the transfers have ended" in result.out
    result = finish(first)
    assert result.code == 0 and "The farm has stopped." in result.out
    assert jobs_of(made) == (["submit:done", "watch:done"], 0)


@LONG
@posix
def test_a_second_window_and_a_second_demo_are_told_of_the_first(made):
    arguments, given = options(made, _NEVER)
    first = start(*arguments, **given)
    until(first, "The panel is open")
    second = run(*arguments, **given)
    assert second.code == 1 and "is open already (process %d)" % first.pid in second.err
    third = run("demo", "--root", made.root, "--frames", "1-2", "--project", made.project)
    assert third.code == 1 and "A demo runs on" in third.err
    assert stop(first, signal.SIGINT)[0].code == 130
    assert farm_of(made)["pid"] is None


@LONG
@posix
def test_a_farm_that_the_user_started_there_is_used_and_goes_on(made):
    show(made, _WHEN_DONE)
    farm = start("farm", "--root", os.path.join(made.root, "farm"))
    until(farm, "Ctrl-C ends it")
    arguments, given = options(made, _AT_ONCE)
    result = run(*arguments, **given)
    assert result.code == 0 and "goes on: the demo did not start it" in result.out
    refused = run(*(arguments + ("--fresh",)), **given)
    assert refused.code == 1 and "process %d" % farm.pid in refused.err
    assert stop(farm, signal.SIGINT)[0].code == 0


@LONG
def test_frames_of_an_earlier_demo_make_room_and_those_of_the_user_stay(made):
    own = os.path.join(made.images, "city.0002.png")
    for run_one in (lambda: run("demo", "--root", made.root, "--frames", "1-3", "--project", made.project),
                    lambda: show(made, _WHEN_DONE)):
        run_one()
        found = pictures(made)
        assert not [name for name in found if "_farm" in name], found
    assert found == ["city.0001.png", "city.0002.png"]
    write(own, b"painted over")
    show(made, _WHEN_DONE, "1-2", "--fresh")
    assert pictures(made) == ["city.0001.png", "city.0002.png", "city_farm.0002.png"]
    assert read(own) == b"painted over"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="there is always a screen")
def test_without_a_screen_it_is_one_sentence(tmpdir, home, monkeypatch, capsys):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(native(name), raising=False)
    root = os.path.join(compat.text(tmpdir.strpath), "demo")
    result = run("demo", "--panel", "--root", root)
    assert result.code == 1 and "no screen" in result.err  # Qt.py may complain of parts that nobody uses.
    if sys.version_info >= install.OLDEST:
        assert install.main(["--demo", "--panel", "--root", root]) == 1
        assert "no screen" in one_line(compat.text(capsys.readouterr().err))
