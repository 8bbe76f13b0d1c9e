"""One run of the transfer program: it ends, whatever the program does, and leaves nothing behind."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import os
import stat
import threading

import pytest
from support_transmitter import ROUTE, are_gone, leaping, needs_posix, stand_in  # noqa: F401
from support_tree import native

from rayvision_sync import compat, manifest
from rayvision_sync.engines.transmitter import run
from rayvision_sync.engines.transmitter.command import Order, arguments
from rayvision_sync.errors import Cancelled, SettingsError

pytestmark = needs_posix


def start(world, items, hear=None, silence_s=600.0, log_path=None, **options):
    path = os.path.join(world.folder, "list.json")
    manifest.write(path, [(item.source, item.target) for item in items])
    made = arguments(world.program, ROUTE, Order("upload_json", path, speed_kb=100))
    return run.Run(made, hear or (lambda said: None), world.cancel, log_path, silence_s, **options).run()


def test_what_was_said_is_heard_in_order(stand_in):  # noqa: F811
    world, heard = stand_in(), []
    items = [world.item("a.ma"), world.item("b.ma")]
    assert start(world, items, heard.extend) == (0, "success", ())
    assert [said.kind for said in heard] == ["begin", "progress", "done"] * 2 + ["success"]
    assert [said.path for said in heard[2:6:3]] == [item.source for item in items]


def test_the_hosts_environment_stays_and_the_programs_is_clean(stand_in, monkeypatch):  # noqa: F811
    for name, value in (("LD_LIBRARY_PATH", "/maya/lib"), ("PYTHONPATH", "/maya"), ("LC_ALL", "xx_XX"),
                        ("RAYVISION_API_KEY", "secret")):
        monkeypatch.setenv(native(name), native(value))
    before = dict(os.environ)
    world = stand_in()
    assert start(world, [world.item("a.ma")]).code == 0  # Else it aborts.
    assert dict(os.environ) == before
    assert not [name for name in run.environment() if name.startswith("RAYVISION_")]


def test_silence_ends_the_whole_group(stand_in, tmpdir, monkeypatch):  # noqa: F811
    orphan, hung = [os.path.join(compat.text(tmpdir.strpath), name) for name in ("pids", "hung")]
    leaping(monkeypatch, hung)
    world = stand_in(hang_at=1, orphan=orphan, hung=hung)
    items = [world.item("a.ma"), world.item("b.ma")]
    heard = []
    assert start(world, items, heard.extend).code is None
    assert [said.kind for said in heard] == ["begin", "progress", "done"]
    assert are_gone(orphan)


def test_a_program_that_ignores_the_signal_is_ended_too(stand_in, tmpdir, monkeypatch):  # noqa: F811
    monkeypatch.setattr(run, "_GRACE_S", 0.2)
    orphan, hung = [os.path.join(compat.text(tmpdir.strpath), name) for name in ("pids", "hung")]
    leaping(monkeypatch, hung)
    world = stand_in(hang_at=0, stubborn=True, orphan=orphan, hung=hung)
    assert start(world, [world.item("a.ma")]).code is None
    assert are_gone(orphan)


def test_a_child_that_stays_behind_is_ended_and_the_outcome_kept(stand_in, tmpdir):  # noqa: F811
    orphan = os.path.join(compat.text(tmpdir.strpath), "pids")
    world = stand_in(orphan=orphan)
    assert start(world, [world.item("a.ma")])[:2] == (0, "success")  # The child by itself would never end.
    assert are_gone(orphan)


def test_a_crash_leaves_no_child(stand_in, tmpdir):  # noqa: F811
    orphan = os.path.join(compat.text(tmpdir.strpath), "pids")
    world = stand_in(crash_at=0, orphan=orphan)
    assert start(world, [world.item("a.ma")])[0] == -9
    assert are_gone(orphan)


def test_a_cancel_ends_a_program_that_hangs_and_leaves_nothing(stand_in, tmpdir):  # noqa: F811
    orphan = os.path.join(compat.text(tmpdir.strpath), "pids")
    world = stand_in(hang_at=1, stubborn=True, orphan=orphan)

    def hear(said):
        if said[-1].kind == "done":
            world.cancel.cancel()

    with pytest.raises(Cancelled):
        start(world, [world.item("a.ma"), world.item("b.ma")], hear)
    assert are_gone(orphan)


def test_progress_that_stands_still_is_no_sign_of_life(stand_in):  # noqa: F811
    world = stand_in(stuck=True)
    assert start(world, [world.item("a.ma")], silence_s=0.5).code is None


def test_a_slow_listener_is_no_silence(stand_in):  # noqa: F811
    world = stand_in()
    now, pause = [0.0], threading.Event()

    def hear(said):
        now[0] += 3600
        pause.wait(0.3)  # For whoever looks at the clock meanwhile.

    assert start(world, [world.item("a.ma")], hear, clock=lambda: now[0]).code == 0


def test_what_it_says_is_logged_for_its_owner_only(stand_in):  # noqa: F811
    world = stand_in(chatter=["something new"])
    path = os.path.join(world.logs, "transmitter-0.log")
    assert start(world, [world.item("a.ma")], log_path=path).words == ("something new",)
    assert stat.S_IMODE(os.stat(native(path)).st_mode) == 0o600
    with io.open(native(path), encoding="utf-8") as log:
        said = log.read()
    assert "something new" in said and "all files are success" in said


def test_a_log_that_cannot_be_written_is_no_reason_to_stop(stand_in):  # noqa: F811
    world = stand_in()
    assert start(world, [world.item("a.ma")], log_path=os.path.join(world.program, "x", "log")).code == 0


def test_a_program_that_cannot_be_started_is_one_sentence(stand_in):  # noqa: F811
    world = stand_in()
    os.chmod(native(world.program), 0o600)
    with pytest.raises(SettingsError) as caught:
        start(world, [world.item("a.ma")])
    assert world.program in caught.value.message


def test_an_error_of_the_listener_ends_the_run_and_comes_out(stand_in, tmpdir):  # noqa: F811
    orphan = os.path.join(compat.text(tmpdir.strpath), "pids")
    world = stand_in(hang_at=1, orphan=orphan)

    def hear(said):
        raise KeyError("defect")

    with pytest.raises(KeyError):
        start(world, [world.item("a.ma"), world.item("b.ma")], hear)
    assert are_gone(orphan)
