"""Upgrades, changes by others, faults, and what is still in use."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import os
import re
import shutil
import subprocess
import sys
import time

import pytest
from support_install import Computer, make_checkout, parse_module, read, snapshot, write
from support_tree import ROOT, native, text

from rayvision_sync_installer import changes, command, environments, ledger, processes, system, tree


@pytest.fixture
def here(tmpdir, monkeypatch):
    """A Linux machine, with a checkout of its own that may change."""
    checkout = make_checkout(text(tmpdir.join("checkout").strpath))
    return Computer(text(tmpdir.mkdir("disk").strpath), "linux", checkout, monkeypatch)


def change_source(here, content="# later\n"):
    with io.open(native(os.path.join(here.checkout, "core", "compat.py")), "a", encoding="utf-8") as source:
        source.write(content)


def install(here):
    return here.run("maya", "--version", "2024")


def module_file(here):
    return os.path.join(here.home, "maya", "modules", "rayvision_sync.mod")


def copies(here):
    return sorted(text(name) for name in os.listdir(native(here.base)) if text(name).startswith("0."))


def used_copy(here):
    path = parse_module(module_file(here))["2024", "linux"]["path"]
    return next(name for name in copies(here) if name in path)


def said(capsys):
    return "".join(text(part) for part in capsys.readouterr())


def test_a_later_version_takes_the_place_of_the_one_before(here):
    assert install(here) == 0
    first = copies(here)
    change_source(here)
    assert install(here) == 0
    assert len(copies(here)) == 1 and copies(here) != first
    assert used_copy(here) in copies(here)


def test_hosts_of_another_folder_keep_their_version_side_by_side(here):
    assert install(here) == 0
    change_source(here)
    assert here.run("houdini", "--version", "20.5") == 0
    assert len(copies(here)) == 2
    assert here.run("--uninstall", "maya") == 0
    assert len(copies(here)) == 1
    assert copies(here)[0] in read(os.path.join(here.home, "houdini20.5", "packages", "rayvision_sync.json"))


def test_a_host_that_runs_keeps_its_files_until_it_is_closed(here, capsys):
    assert install(here) == 0
    first = used_copy(here)
    here.process("maya.bin", started=time.time() - 3600)
    change_source(here)
    assert install(here) == 0
    assert first in copies(here) and used_copy(here) != first
    assert "still used by maya.bin (process 4711)" in said(capsys)
    assert here.run("--list") == 0
    assert "replaced" in said(capsys)
    here.running = []
    assert install(here) == 0
    assert copies(here) == [used_copy(here)]


def test_a_host_that_was_started_after_the_upgrade_keeps_nothing(here):
    assert install(here) == 0
    here.process("maya.bin", started=time.time() + 3600)
    change_source(here)
    assert install(here) == 0
    assert copies(here) == [used_copy(here)]


def test_an_uninstall_leaves_what_is_in_use_and_the_next_one_ends_it(here, capsys):
    before = snapshot(here.root)
    assert install(here) == 0
    here.process("mayapy", words="PYTHONPATH=%s\n" % os.path.join(here.base, copies(here)[0], "python"))
    assert here.run("--uninstall") == 0
    assert not os.path.exists(native(module_file(here))) and len(copies(here)) == 1
    assert "when that has ended" in said(capsys)
    here.running = []
    assert here.run("--uninstall") == 0
    assert snapshot(here.root) == before


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="who uses a folder is seen on Linux")
def test_a_job_that_runs_ends_on_its_own_files(here):
    assert install(here) == 0
    python = os.path.join(here.base, used_copy(here), "python")
    code = ("import sys\nprint('ready')\nsys.stdout.flush()\nsys.stdin.readline()\n"
            "from rayvision_sync import vendored\nprint(vendored.__file__)\n")
    environ = dict(os.environ)
    environ[native("PYTHONPATH")] = native(python)
    worker = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environ)
    try:
        assert worker.stdout.readline().strip() == b"ready"
        # Its environment is there as soon as it runs.
        here.running = [process for process in processes.running() if process.pid == worker.pid]
        change_source(here)
        assert install(here) == 0
        assert here.run("--uninstall") == 0
        out = text(worker.communicate(b"go\n")[0])
    finally:
        if worker.poll() is None:
            worker.kill()
            worker.wait()
    assert worker.returncode == 0 and python in out
    here.running = []
    assert here.run("--uninstall") == 0
    assert not os.path.exists(native(here.base))


def test_a_worker_of_the_job_store_holds_the_copies_where_nobody_tells_more(here, monkeypatch):
    from rayvision_sync.jobs import process as tokens
    from rayvision_sync.jobs.store import Store
    folder = os.path.join(here.home, "jobs")
    system.make_folders(folder)
    here.set("RAYVISION_SYNC_HOME", folder)
    store = Store(os.path.join(folder, "jobs.sqlite")).open()
    store._db.execute("INSERT INTO job (kind, title, params, state, lane, created, worker, changed)"
                      " VALUES ('upload', '', '{}', 'running', 'up', 0, ?, 1)", (tokens.token(4711),))
    assert processes.workers(here.machine) == {4711}
    here.process("python.exe")
    assert install(here) == 0
    assert here.run("--uninstall") == 0
    assert len(copies(here)) == 1
    store._db.execute("UPDATE job SET state = 'done'")
    store.close()
    assert here.run("--uninstall") == 0
    assert not os.path.exists(native(here.base))


def test_what_was_fetched_goes_with_the_last_host(here, monkeypatch):
    before = snapshot(here.root)
    monkeypatch.setattr(environments, "cache_folder", lambda: native(here.base))  # As it is on Windows.
    assert here.run("maya", "houdini", "--version", "2024", "--version", "20.5") == 0
    fetched = write(os.path.join(here.base, "vendor", "0123", "py3", "six.py"))
    assert here.run("--uninstall", "maya") == 0
    assert os.path.isfile(native(fetched))
    assert here.run("--uninstall") == 0
    assert set(snapshot(here.root)) - set(before) <= {
        os.path.relpath(os.path.join(here.home, *names), here.root) for names in ([".local"], [".local", "share"])}


# ---------------------------------------------------------------- changes by others

def test_a_file_that_somebody_changed_is_named_and_kept(here, capsys):
    assert install(here) == 0
    write(module_file(here), "+ MAYAVERSION:2024 mine 1.0 /mine\n")
    change_source(here)
    assert install(here) == 1
    assert "left as it is" in said(capsys)
    assert here.run("--list") == 0
    assert "not as they were written" in said(capsys)
    assert here.run("--uninstall") == 0
    assert "mine" in read(module_file(here)) and module_file(here) in said(capsys)


def test_what_somebody_put_among_the_files_stays_and_the_rest_goes(here, capsys):
    assert install(here) == 0
    folder = os.path.join(here.base, copies(here)[0], "python", "rayvision_sync")
    theirs = write(os.path.join(folder, "notes.txt"), "mine")
    patched = os.path.join(folder, "errors.py")
    write(patched, "# patched on the spot\n")
    write(os.path.join(folder, "__pycache__", "errors.cpython-311.pyc"), "compiled by Maya")
    write(os.path.join(folder, "errors.pyc"), "compiled by an older Maya")
    assert here.run("--uninstall") == 0
    left = sorted(name for name, (content, _) in snapshot(here.root).items() if content)
    assert [os.path.join(here.root, name) for name in left] == sorted([patched, theirs])
    assert theirs in said(capsys)


def test_files_that_are_lost_come_back(here):
    assert install(here) == 0
    before = snapshot(here.root)
    shutil.rmtree(native(os.path.join(here.base, copies(here)[0], "vendor", "py3", "requests")))
    os.remove(native(module_file(here)))
    assert install(here) == 0
    assert snapshot(here.root) == before


def test_a_lost_record_is_made_anew(here):
    assert install(here) == 0
    os.remove(native(os.path.join(here.base, ledger.NAME)))
    change_source(here)
    assert install(here) == 0
    assert used_copy(here) in copies(here)


def test_a_damaged_record_is_named(here, capsys):
    assert install(here) == 0
    write(os.path.join(here.base, ledger.NAME), "{")
    assert install(here) == 1
    assert "is damaged" in said(capsys)


def test_a_module_file_of_somebody_else_is_not_overwritten(here, capsys):
    write(module_file(here), "+ somebody 1.0 /else\n")
    assert install(here) == 1
    assert read(module_file(here)) == "+ somebody 1.0 /else\n"
    assert module_file(here) in said(capsys)


def test_a_changed_file_that_survived_an_uninstall_survives_the_next_installation(here, capsys):
    before = snapshot(here.root)
    assert install(here) == 0
    changed = read(module_file(here)) + "MY_VARIABLE=mine\n"
    write(module_file(here), changed)
    assert here.run("--uninstall") == 0
    said(capsys)
    assert install(here) == 1
    assert read(module_file(here)) == changed and module_file(here) in said(capsys)
    os.remove(native(module_file(here)))
    assert install(here) == 0 and here.run("--uninstall") == 0
    assert snapshot(here.root) == before


# ---------------------------------------------------------------- faults

def test_where_a_file_cannot_be_written_nothing_is_changed(here, capsys):
    write(os.path.join(here.home, "maya", "modules"), "not a folder")
    before = snapshot(here.root)
    assert here.run("maya", "houdini", "--version", "2024", "--version", "20.5") == 1
    assert snapshot(here.root) == before
    assert "Nothing was changed" in said(capsys)


def test_a_failed_upgrade_leaves_the_version_before(here, monkeypatch):
    assert here.run("maya", "houdini", "--version", "2024", "--version", "20.5") == 0
    before = snapshot(here.root)
    change_source(here)
    real = system.write_whole

    def full(path, content, private=False):
        if path.endswith(".mod") and content != read(module_file(here)).encode("utf-8"):
            raise IOError(28, "No space left on device", path)
        real(path, content, private)

    monkeypatch.setattr(system, "write_whole", full)
    assert here.run("maya", "houdini", "--version", "2024", "--version", "20.5") == 1
    assert snapshot(here.root) == before


def test_an_installation_that_was_ended_in_the_middle_is_known_to_the_next(here, monkeypatch):
    before = snapshot(here.root)
    real = system.write_whole

    def killed(path, content, private=False):
        real(path, content, private)
        if not private:
            raise KeyboardInterrupt()

    monkeypatch.setattr(changes.system, "write_whole", killed)
    assert install(here) == 130
    monkeypatch.setattr(changes.system, "write_whole", real)
    assert os.path.exists(native(module_file(here)))
    assert here.run("--uninstall") == 0
    assert snapshot(here.root) == before


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a copy of this process is ended for real")
@pytest.mark.parametrize("then", ["install", "uninstall"])
def test_whenever_it_is_killed_the_next_run_puts_it_right(then, here):
    before = snapshot(here.root)
    step, code = 0, 9
    while code:
        step += 1
        code = killed_at(step, here)
        if then == "install":
            assert install(here) == 0 and used_copy(here) in copies(here)
        assert here.run("--uninstall") == 0
        after = snapshot(here.root)
        # Empty folders that it made before it could take a note may stay.
        assert {name: of for name, of in after.items() if of[0]} == {name: of for name, of in before.items() if of[0]}
        assert not os.path.exists(native(here.base))
    assert step > 10


def killed_at(step, here):
    """Install in a copy of this process that ends at its n-th change of the disk; 0 when it came to its end."""
    pid = os.fork()
    if pid:
        return os.waitpid(pid, 0)[1]
    count = [0]

    def ending(real):
        def call(*arguments):
            count[0] += 1
            if count[0] == step:
                os._exit(9)
            return real(*arguments)
        return call

    try:
        for name in ("mkdir", "rename", "replace", "fsync"):
            if hasattr(os, name):
                setattr(os, name, ending(getattr(os, name)))
        os._exit(install(here))
    finally:
        os._exit(99)


def test_what_an_uninstall_left_is_completed_by_the_next_installation(here):
    folder = os.path.join(here.base, tree.name(here.checkout))
    theirs = write(os.path.join(folder, "python", "notes.txt"), "mine")
    patched = write(os.path.join(folder, "python", "rayvision_sync", "errors.py"), "# patched\n")
    assert install(here) == 1
    assert tree.compare(folder, tree.listed(folder)) == ([], ["python/rayvision_sync/errors.py"])
    assert read(theirs) == "mine" and read(patched) == "# patched\n"
    os.remove(native(patched))
    assert install(here) == 0
    assert tree.compare(folder, tree.listed(folder)) == ([], [])


def test_a_file_that_is_open_on_windows_is_left_for_the_next_run(here, monkeypatch, capsys):
    before = snapshot(here.root)
    assert install(here) == 0
    real = system.remove_file
    monkeypatch.setattr(system, "remove_file", lambda path: not path.endswith("six.py") and real(path))
    assert here.run("--uninstall") == 0
    assert "is open in another program" in said(capsys)
    monkeypatch.setattr(system, "remove_file", real)
    assert here.run("--uninstall") == 0
    assert snapshot(here.root) == before


def test_a_folder_that_may_not_be_written_is_no_other_program(here, monkeypatch, capsys):
    assert install(here) == 0
    monkeypatch.setattr(system, "remove_file", lambda path: False)
    monkeypatch.setattr(system, "is_writable", lambda folder: False)
    assert here.run("--uninstall") == 0
    told = said(capsys)
    assert "may not be removed by this user" in told and "open in another program" not in told


# ---------------------------------------------------------------- only looking

def test_a_dry_run_writes_nothing_and_names_everything(here, capsys):
    before = snapshot(here.root, times=True)
    assert here.run("maya", "houdini", "--version", "2024", "--version", "20.5", "--dry-run") == 0
    assert snapshot(here.root, times=True) == before
    told = said(capsys)
    assert here.run("maya", "houdini", "--version", "2024", "--version", "20.5") == 0
    wrote = [line.replace("Wrote", "Would write") for line in said(capsys).splitlines() if line.startswith("Wrote")]
    assert wrote == told.splitlines()
    before = snapshot(here.root, times=True)
    assert here.run("--uninstall", "--dry-run") == 0
    assert snapshot(here.root, times=True) == before
    told = said(capsys)
    assert module_file(here) in told and os.path.join(here.base, copies(here)[0]) in told


def test_the_list_says_what_is_found_installed_and_stale(here, capsys):
    here.add_program("maya", "2024")
    assert here.run("--list") == 0
    told = said(capsys)
    assert "Maya 2024" in told and "nothing" in told
    assert install(here) == 0
    said(capsys)
    assert here.run("--list") == 0
    assert "install again" not in said(capsys)
    change_source(here)
    assert here.run("--list") == 0
    assert "install again to renew it" in said(capsys)
    shutil.rmtree(native(os.path.join(here.base, copies(here)[0], "icons")))
    assert here.run("--list") == 0
    assert "files are missing" in said(capsys)


def test_a_package_that_would_win_is_said(here, capsys):
    program = here.add_program("maya", "2024")
    write(os.path.join(program, "lib", "python3.10", "site-packages", "rayvision_sync", "__init__.py"))
    assert here.run() == 0
    assert "would import another rayvision_sync" in said(capsys)


def test_an_uninstall_of_nothing_is_no_fault(here, capsys):
    assert here.run("--uninstall") == 0
    assert "Nothing of it is installed" in said(capsys)
    assert snapshot(here.root) == {"home": (None, None), os.path.relpath(here.home, here.root): (None, None)}


@pytest.mark.parametrize("arguments, words", [
    (["blender"], "is no host"),
    (["--version", "2024"], "needs the host"),
    (["houdini", "--version", "2024"], "is no version of houdini"),
    (["--prefs", "x"], "one host"),
    (["maya", "houdini", "--prefs", "x"], "one host"),
    (["--panel"], "goes with --demo"),
])
def test_a_command_line_that_makes_no_sense_is_said_in_a_line(arguments, words, here, capsys):
    with pytest.raises(SystemExit) as caught:
        here.run(*arguments)
    assert caught.value.code == 2 and words in said(capsys)


@pytest.mark.parametrize("arguments, words", [
    ([], "No Maya, Houdini or 3ds Max was found"),
    (["houdini"], "install.py houdini --version 21.0"),
    (["maya", "--version", "2017"], "works from Maya 2018 on"),
    (["max", "--version", "2024"], "runs on Windows only"),
])
def test_what_cannot_be_done_is_one_sentence(arguments, words, here, capsys):
    before = snapshot(here.root)
    assert here.run(*arguments) == 1
    told = said(capsys)
    assert words in told and len(told.splitlines()) == 1
    assert snapshot(here.root) == before


def test_the_line_that_is_pasted_into_houdinis_shell_installs(here, capsys):
    # As docs/install.md has it.
    line = ('d = {"__file__": r"%s", "__name__": "install"}; exec(open(d["__file__"]).read(), d); '
            'd["main"](["houdini", "--version", "20.5.332"])' % os.path.join(here.checkout, "install.py"))
    exec(line, {})
    assert os.path.isfile(native(os.path.join(here.home, "houdini20.5", "packages", "rayvision_sync.json")))


def test_the_commands_of_the_documents_are_understood():
    lines = []
    for name in ["README.md"] + ["docs/" + name for name in sorted(os.listdir(os.path.join(ROOT, "docs")))]:
        if name.endswith(".md"):
            text_of = read(os.path.join(ROOT, *name.split("/")))
            lines += re.findall(r"(?:^|`)(?:python3?|py) install\.py([^`#\n]*)", text_of, re.M)
    assert len(lines) > 15
    for line in lines:
        # Words in capitals stand for something.
        words = [word.strip('"') for word in re.findall(r'"[^"]*"|\S+', line.replace("<release>", "2024"))]
        command.read_options("", [native(word.replace("...", "")) for word in words])


def test_nothing_is_promised_of_a_host_whose_file_stays(here, capsys):
    write(module_file(here), "+ rayvision 1.0 /studio\n")
    assert install(here) == 1
    told = said(capsys)
    assert read(module_file(here)) == "+ rayvision 1.0 /studio\n"
    assert "Not ours, or changed since it was installed" in told and "Start Maya" not in told


def test_a_host_that_was_named_and_is_not_here_is_said(here, capsys):
    assert here.run("maya", "houdini", "--version", "2024") == 0
    told = said(capsys)
    assert "Start Maya 2024" in told
    assert "Nothing was done for Houdini: none was found on this machine." in told


def test_a_dry_run_writes_no_bundle(here, tmpdir, capsys):
    path = os.path.join(text(tmpdir.strpath), "all.zip")
    assert here.run("--make-bundle", path, "--dry-run") == 0
    assert said(capsys) == "Would write %s\n" % path and not os.path.exists(native(path))


def test_an_uninstall_that_leaves_everything_does_not_speak_of_installing(here, capsys):
    assert install(here) == 0
    write(module_file(here), read(module_file(here)) + "# ours\n")
    capsys.readouterr()
    here.run("maya", "--uninstall")
    assert "Everything is in place already" not in said(capsys)
