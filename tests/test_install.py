"""install.py: the private environment, the staged package, and how it fails."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import os
import signal
import subprocess
import sys

import pytest
from support_tree import ROOT, native, text

sys.path.insert(0, native(ROOT))
import install
from rayvision_sync_installer import demo, environments, interpreters, staging, system
from rayvision_sync_installer.errors import SetupFailed

old = pytest.mark.skipif(sys.version_info >= install.OLDEST, reason="for Pythons that are too old")
current = pytest.mark.skipif(sys.version_info < install.OLDEST, reason="install.py runs on 3.7 and newer")


@old
def test_an_old_python_is_told_in_one_sentence():
    process = subprocess.Popen([sys.executable, os.path.join(ROOT, "install.py"), "--demo"], stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT)
    output = text(process.communicate()[0])
    assert process.returncode == 2
    assert "needs Python 3.7 or newer" in output and len(output.splitlines()) == 1


@pytest.fixture
def own():
    return interpreters.probe([sys.executable])


@current
def test_an_interpreter_says_what_it_is(own):
    assert own.version == sys.version_info[:3]
    assert interpreters.probe([os.path.join(ROOT, "no-such-python")]) is None


@current
def test_a_shim_that_does_not_run_is_passed_over(tmpdir, monkeypatch):
    if system.WINDOWS:
        pytest.skip("a script is no program on Windows")
    version = "%d.%d" % sys.version_info[:2]
    shim = tmpdir.join("python" + version)
    shim.write("#!/bin/sh\nexit 127\n")
    shim.chmod(0o755)
    monkeypatch.setattr(interpreters, "_candidates", lambda version: iter([[shim.strpath], [sys.executable]]))
    assert interpreters.find_python(version).version == sys.version_info[:3]


@current
def test_an_environment_is_made_once(own, tmpdir):
    folder = tmpdir.join("env").strpath
    made = environments.make_environment(folder, own._replace(venv=False), [])
    before = os.stat(os.path.join(folder, "ready.json")).st_mtime
    assert environments.make_environment(folder, own, []) == made
    assert os.stat(os.path.join(folder, "ready.json")).st_mtime == before


@current
def test_a_half_made_environment_is_made_again(own, tmpdir):
    rest = tmpdir.mkdir("env").join("rest")
    rest.write("of a run that was ended")
    environments.make_environment(tmpdir.join("env").strpath, own._replace(venv=False), [])
    assert not rest.check()


@current
def test_a_failing_step_shows_its_last_lines_and_its_log(own, tmpdir):
    pins = tmpdir.join("pins.txt")
    pins.write("this is no requirement\n")
    with pytest.raises(SetupFailed) as caught:
        environments.make_environment(tmpdir.join("env").strpath, own._replace(venv=False, pip=True),
                                 [["--no-index", "-r", pins.strpath]])
    assert "pins.txt" in str(caught.value) and "setup.log" in str(caught.value)
    assert not tmpdir.join("env", "ready.json").check()


@current
def test_new_pins_mean_a_new_environment(own, tmpdir):
    pins = tmpdir.join("pins.txt")
    pins.write("six==1.16.0\n")
    before = environments.environment_name("run", own, [pins.strpath])
    pins.write("six==1.17.0\n")
    assert environments.environment_name("run", own, [pins.strpath]) != before


@current
def test_without_venv_and_pip_the_package_to_install_is_named(own, monkeypatch):
    monkeypatch.setattr(interpreters, "probe", lambda command: own._replace(venv=False, pip=False))
    monkeypatch.setattr(interpreters, "find_python", lambda version: None)
    with pytest.raises(SetupFailed) as caught:
        environments.choose_python()
    assert "-venv" in str(caught.value)


@current
def test_without_venv_pip_fills_a_folder(own, monkeypatch):
    monkeypatch.setattr(interpreters, "probe", lambda command: own._replace(venv=False, pip=True))
    assert environments.choose_python().executable == own.executable


@current
def test_the_package_is_staged_under_its_import_name_once(tmpdir):
    folder = staging.stage_package(tmpdir.strpath)
    code = "import rayvision_sync, rayvision_sync.engines, rayvision_sync.hosts; print(rayvision_sync.__file__)"
    environ = dict(os.environ, PYTHONPATH=os.pathsep.join([folder, os.environ["PYTHONPATH"]]))
    where = subprocess.check_output([sys.executable, "-c", code], env=environ).decode("utf-8").strip()
    assert os.path.realpath(where).startswith(os.path.realpath(folder))
    assert staging.stage_package(tmpdir.strpath) == folder
    assert [entry.basename for entry in tmpdir.listdir()] == [os.path.basename(folder)]


@current
def test_a_changed_source_is_staged_again_and_the_old_one_goes_after_a_week(tmpdir, monkeypatch):
    source = tmpdir.mkdir("checkout")
    module = source.mkdir("core").join("__init__.py")
    module.write("a = 1\n")
    monkeypatch.setattr(staging, "ROOT", source.strpath)
    cache = tmpdir.mkdir("cache").strpath
    first = staging.stage_package(cache)
    module.write("a = 2\n")
    second = staging.stage_package(cache)
    assert os.path.isdir(first) and first != second
    os.utime(first, (0, 0))
    module.write("a = 3\n")
    staging.stage_package(cache)
    assert not os.path.isdir(first) and os.path.isdir(second)


@current
def test_the_exit_code_of_the_command_is_passed_on():
    assert demo.run_through([sys.executable, "-c", "raise SystemExit(7)"], dict(os.environ)) == 7


@current
@pytest.mark.skipif(system.WINDOWS, reason="sends POSIX signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_command_too(number, tmpdir):
    child = ("import os, signal, sys, time\n"
             "signal.signal(signal.SIGTERM, lambda *a: sys.exit(143))\n"
             "try:\n    print(os.getpid(), flush=True)\n"
             # No signal.pause: one that comes just before would not end it.
             "    while True:\n        time.sleep(0.02)\n"
             "except KeyboardInterrupt:\n    sys.exit(130)\n")
    code = ("import install, os, sys\n"
            "from rayvision_sync_installer import demo\n"
            "sys.exit(demo.run_through([sys.executable, '-c', %r], dict(os.environ)))" % child)
    process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE)
    try:
        pid = int(process.stdout.readline())
        process.send_signal(number)
        assert process.wait() == (130 if number == signal.SIGINT else 143)
        with pytest.raises(OSError):
            os.kill(pid, 0)
    finally:
        process.stdout.close()
        if process.poll() is None:
            process.kill()
            process.wait()


@current
def test_a_clean_environment_forgets_the_shells_own_python(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/of/a/host")
    monkeypatch.setenv("PYTHONHOME", "/of/a/host")
    environ = system.clean_environ(["/ours"])
    assert environ["PYTHONPATH"] == "/ours" and "PYTHONHOME" not in environ


@current
def test_the_demo_is_told_project_and_scene(own, monkeypatch, tmpdir):
    ran = []
    monkeypatch.setattr(environments, "private_python", lambda *_: environments.Environment(own.executable, []))
    monkeypatch.setattr(environments, "cache_folder", lambda: str(tmpdir))
    monkeypatch.setattr(demo, "run_through", lambda command, environ: ran.append(command) or 0)
    monkeypatch.chdir(tmpdir)
    tmpdir.join("my project", "a b.ma").ensure()
    assert install.main(["--demo", "--project", "my project", "--scene", "a b.ma"]) == 0
    assert ran[0][-4:] == ["--project", "my project", "--scene", "a b.ma"]


@current
def test_a_demo_in_a_folder_that_cannot_be_written_is_one_sentence(tmpdir, monkeypatch, capsys):
    monkeypatch.setattr(environments, "private_python", lambda *_: pytest.fail("something was prepared"))
    tmpdir.join("file").write("no folder")
    assert install.main(["--demo", "--root", tmpdir.join("file", "demo").strpath]) == 1
    said = capsys.readouterr().err
    assert "--root" in said and len(said.splitlines()) == 1 and "log" not in said


@current
def test_a_demo_without_a_network_says_that_a_bundle_does_not_bring_it(own, tmpdir, monkeypatch):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setattr(environments, "choose_python", lambda: own._replace(venv=False, pip=True))
    monkeypatch.setattr(environments, "cache_folder", lambda: tmpdir.strpath)
    with pytest.raises(SetupFailed) as caught:
        environments.private_python()
    assert "prepared once with a network" in str(caught.value)


def test_the_pins_name_every_dependency_of_the_package():
    with io.open(os.path.join(ROOT, "requirements.txt"), encoding="utf-8") as source:
        pins = {line.split("==")[0] for line in source if "==" in line and not line.startswith("#")}
    assert {"requests", "six", "Qt.py"} <= pins


def test_a_program_with_a_python_inside_is_never_started(monkeypatch, tmpdir):
    monkeypatch.setattr(sys, "executable", native("/opt/hfs20.5/bin/houdini-bin"))
    monkeypatch.setattr(sys, "prefix", native(text(tmpdir.strpath)))
    assert interpreters.own() is None
    plain = tmpdir.mkdir("bin").join("python%d.%d" % sys.version_info[:2])
    plain.write("")
    assert interpreters.own() == plain.strpath


@pytest.mark.parametrize("name", ["python", "python3.11", "python.exe", "pythonw.exe", "mayapy", "python-bin"])
def test_a_plain_interpreter_is_known_by_its_name(name, monkeypatch):
    monkeypatch.setattr(sys, "executable", native("/somewhere/" + name))
    assert interpreters.own() == "/somewhere/" + name
