"""install.py --transmitter: Renderbus's transfer program in the user's own folder. The programs here are made up."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import os
import re
import stat
import subprocess
import sys
import zipfile

import pytest
from support_install import Computer, make_checkout, snapshot, write
from support_tree import native, text

from rayvision_sync.engines.transmitter import program
from rayvision_sync_installer import interpreters, processes, system, transmitter, transmitter_sources, tree

LINUX = "rayvision_sync/transmission/linux/"
WINDOWS = "rayvision_sync/transmission/windows/"


def wheel(folder, version="3.1.8", more=(), leave=""):
    """Write the vendor's wheel, with made-up content; returns its path. `more`: (name or ZipInfo, content)."""
    path = os.path.join(folder, "rayvision_sync-%s-py2.py3-none-any.whl" % version)
    info = "rayvision_sync-%s.dist-info/" % version
    names = [LINUX + name for name in ("rayvision_transmitter", "aspera/ascp", "aspera/aspera-license",
                                       "raysync/raysyncproxy", "raysync/killproxy.sh")]
    names += [WINDOWS + name for name in ("rayvision_transmitter.exe", "json.dll", "aspera/ascp.exe",
                                          "aspera/etc/aspera-license")]
    names += ["rayvision_sync/__init__.py", "rayvision_sync/transmission/db.ini"]
    with zipfile.ZipFile(native(path), "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            if not (leave and leave in name):
                archive.writestr(native(name), "#!/bin/sh\n# %s %s\n" % (name, version))
        archive.writestr(native(info + "METADATA"),
                         "Metadata-Version: 2.1\nName: rayvision-sync\nVersion: %s\n" % version)
        archive.writestr(native(info + "WHEEL"), "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\n"
                                                 "Tag: py2-none-any\nTag: py3-none-any\n")
        archive.writestr(native(info + "RECORD"), "")
        for entry, content in more:
            archive.writestr(entry, content)
    return path


@pytest.fixture(params=["linux", "windows"])
def here(request, tmpdir, monkeypatch):
    checkout = make_checkout(text(tmpdir.join("checkout").strpath))
    return Computer(text(tmpdir.mkdir("disk").strpath), request.param, checkout, monkeypatch)


@pytest.fixture
def linux(tmpdir, monkeypatch):
    checkout = make_checkout(text(tmpdir.join("checkout").strpath))
    return Computer(text(tmpdir.mkdir("disk").strpath), "linux", checkout, monkeypatch)


@pytest.fixture
def downloads(tmpdir):
    return text(tmpdir.mkdir("downloads").strpath)


def top(here):
    return os.path.join(here.machine.data, "rayvision_sync", "transmitter")


def copies(here):
    names = os.listdir(native(top(here))) if os.path.isdir(native(top(here))) else []
    return sorted(text(name) for name in names if text(name).startswith("program-"))


def files(folder):
    return sorted(name.replace(os.sep, "/") for name, (content, _) in snapshot(folder).items() if content)


def said(capsys):
    return "".join(text(part) for part in capsys.readouterr())


def found_by_the_package(here, monkeypatch):
    """Return what the package finds on that machine, told nothing."""
    monkeypatch.setattr(program.places, "home", lambda: os.path.dirname(top(here)))
    monkeypatch.setattr(program, "_NAME", transmitter_sources.NAMES[here.system])
    return program.find(environ=lambda name: None, search=program.usual_folders(lambda name: None)[:2])


def mode_of(path):
    return stat.S_IMODE(os.stat(native(path)).st_mode)


def test_a_wheels_program_of_this_system_is_found_without_any_setting(here, downloads, monkeypatch, capsys):
    path = wheel(downloads)
    assert here.run("--transmitter", path) == 0
    told = said(capsys)
    assert "3.1.8" in told and transmitter_sources.file_digest(path) in told
    folder = os.path.join(top(here), copies(here)[0])
    assert files(folder) == sorted({
        "linux": ["rayvision_transmitter", "aspera/ascp", "aspera/aspera-license", "raysync/raysyncproxy",
                  "raysync/killproxy.sh"],
        "windows": ["rayvision_transmitter.exe", "json.dll", "aspera/ascp.exe", "aspera/etc/aspera-license"],
    }[here.system])
    assert found_by_the_package(here, monkeypatch) == os.path.join(folder, transmitter_sources.NAMES[here.system])
    assert sorted(os.listdir(native(top(here)))) == sorted([copies(here)[0], "install.lock", "program.json"])


@pytest.mark.skipif(system.WINDOWS, reason="by the rights of POSIX")
def test_only_what_is_started_gets_the_right_to_be_run(linux, downloads, monkeypatch):
    assert linux.run("--transmitter", wheel(downloads)) == 0
    folder = os.path.join(top(linux), copies(linux)[0])
    for name in ("", "aspera", "rayvision_transmitter", "aspera/ascp", "raysync/raysyncproxy"):
        assert mode_of(os.path.join(folder, name)) == 0o700, name
    for name in ("aspera/aspera-license", "raysync/killproxy.sh", "../program.json"):
        assert mode_of(os.path.join(folder, name)) == 0o600, name
    exe = found_by_the_package(linux, monkeypatch)
    assert program.runnable(exe) == exe
    assert subprocess.call([native(exe)]) == 0


def test_installer_and_package_agree_on_the_program(here):
    assert transmitter.POINTER == program.POINTER and transmitter.VARIABLE == program.VARIABLE
    assert {name.replace(os.sep, "/") for name in program._STARTED} == set(transmitter.STARTED)
    for name, processor in (("linux", "x86_64"), ("linux", "aarch64"), ("windows", "AMD64"), ("macos", "arm64")):
        machine = system.Machine(name, {}, "/home", processor=processor)
        assert transmitter.is_offered(machine) == program.is_offered(name, processor)


def test_a_second_time_nothing_is_changed(here, downloads, capsys):
    path = wheel(downloads)
    assert here.run("--transmitter", path) == 0
    before = snapshot(here.root, times=True)
    assert here.run("--transmitter", path) == 0
    assert "nothing was changed" in said(capsys) and snapshot(here.root, times=True) == before


def test_a_folder_an_sdk_and_the_program_itself_are_taken_too(here, downloads, monkeypatch):
    with zipfile.ZipFile(native(wheel(downloads))) as archive:
        archive.extractall(native(downloads))
    sdk = os.path.join(downloads, "rayvision_sync")
    below = os.path.join(sdk, "transmission", here.system)
    for path in (downloads, sdk, below, os.path.join(below, transmitter_sources.NAMES[here.system])):
        assert here.run("--transmitter", path) == 0
        assert len(copies(here)) == 1 and copies(here)[0].startswith("program-3.1.8-")
        assert found_by_the_package(here, monkeypatch)
        assert here.run("--uninstall") == 0


def test_of_a_desktop_client_only_the_program_is_taken(linux, downloads):
    for name in ("transmitter/rayvision_transmitter", "transmitter/libx.so.1", "transmitter/movie.mp4",
                 "transmitter/aspera/ascp", "client"):
        write(os.path.join(downloads, name), name)
    assert linux.run("--transmitter", downloads) == 0
    assert files(os.path.join(top(linux), copies(linux)[0])) == [
        "aspera/ascp", "libx.so.1", "rayvision_transmitter"]


def test_a_newer_one_takes_the_place_of_the_one_before(here, downloads, monkeypatch):
    assert here.run("--transmitter", wheel(downloads, "3.1.8")) == 0
    assert here.run("--transmitter", wheel(downloads, "3.2.0")) == 0
    assert len(copies(here)) == 1 and copies(here)[0].startswith("program-3.2.0-")
    assert copies(here)[0] in found_by_the_package(here, monkeypatch)


def test_a_damaged_copy_is_made_anew(here, downloads, monkeypatch, capsys):
    path = wheel(downloads)
    assert here.run("--transmitter", path) == 0
    os.remove(native(found_by_the_package(here, monkeypatch)))
    assert here.run("--list") == 0
    assert "files are missing" in said(capsys)
    assert here.run("--transmitter", path) == 0
    assert os.path.isfile(native(found_by_the_package(here, monkeypatch))) and len(copies(here)) == 1


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="who uses a folder is seen on Linux")
def test_a_transfer_that_runs_ends_on_the_files_that_it_began_with(linux, downloads, monkeypatch, capsys):
    script = zipfile.ZipInfo(native(LINUX + "aspera/ascmd"))
    code = "#!/bin/sh\necho ready\nread word\nexec \"$(dirname \"$0\")/ascp\"\n"
    assert linux.run("--transmitter", wheel(downloads, "3.1.8", [(script, code)])) == 0
    old = os.path.dirname(found_by_the_package(linux, monkeypatch))
    child = subprocess.Popen([native(os.path.join(old, "aspera", "ascmd"))], stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE)
    try:
        assert child.stdout.readline() == b"ready\n"
        linux.running = [each for each in processes.running() if each.pid == child.pid]
        assert linux.run("--transmitter", wheel(downloads, "3.2.0")) == 0
        assert "still used by a transfer" in said(capsys) and len(copies(linux)) == 2
        assert "3.2.0" in found_by_the_package(linux, monkeypatch)
        assert linux.run("--uninstall") == 0
        assert copies(linux) == [os.path.basename(old)]
        child.communicate(b"go\n")
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()
    assert child.returncode == 0
    linux.running = []
    assert linux.run("--uninstall") == 0
    assert not os.path.exists(native(top(linux)))


def test_a_worker_between_two_programs_keeps_them(linux, downloads, monkeypatch):
    assert linux.run("--transmitter", wheel(downloads, "3.1.8")) == 0
    monkeypatch.setattr(processes, "workers", lambda machine: {4711})
    linux.process("python3")
    assert linux.run("--transmitter", wheel(downloads, "3.2.0")) == 0
    assert len(copies(linux)) == 2
    linux.running = []
    assert linux.run("--transmitter", wheel(downloads, "3.2.0")) == 0
    assert len(copies(linux)) == 1


# ---------------------------------------------------------------- hostile files

def entry(name, mode=0, method=zipfile.ZIP_DEFLATED):
    found = zipfile.ZipInfo(native(name))
    found.external_attr = mode << 16
    found.compress_type = method
    return found


def shown(more):
    """Return a test's name for entries."""
    name = text(getattr(more[0][0], "filename", more[0][0]))
    return "%s %d" % (re.sub("[^a-zA-Z]+", " ", name)[-30:], len(more))


@pytest.mark.parametrize("more", [
    [(LINUX + "../../../../evil", "")], [("/evil", "")], [("../evil", "")], [("C:/evil", "")],
    [(LINUX + "a\\..\\evil", "")], [(LINUX + "nul.txt", "")], [(LINUX + "aspera./x", "")], [(LINUX + "a\nb", "")],
    [(LINUX + "aspera/ASCP", "twice")], [(LINUX + "raysync", "a file and a folder")],
    [(entry(LINUX + "link", stat.S_IFLNK | 0o777), "/etc/passwd")], [(entry(LINUX + "pipe", stat.S_IFIFO), "")],
    pytest.param([(entry(LINUX + "packed", method=12), "x")],
                 marks=pytest.mark.skipif(not hasattr(zipfile, "ZIP_BZIP2"), reason="this Python packs by one method")),
    [(LINUX + "many/%d" % number, "") for number in range(transmitter_sources.MOST_FILES)],
], ids=shown)
def test_a_hostile_zip_is_refused_whole(more, linux, downloads, tmpdir, capsys):
    assert linux.run("--transmitter", wheel(downloads, "3.0.0")) == 0
    more = [(native(name) if not isinstance(name, zipfile.ZipInfo) else name, content) for name, content in more]
    path = wheel(downloads, "6.6.6", more)
    before = snapshot(text(tmpdir.strpath))
    said(capsys)
    assert linux.run("--transmitter", path) == 1
    assert snapshot(text(tmpdir.strpath)) == before
    assert len(said(capsys).splitlines()) == 1


def test_a_bomb_is_refused_before_a_byte_is_written(linux, downloads, monkeypatch, capsys):
    monkeypatch.setattr(transmitter_sources, "MOST_BYTES", 1 << 20)
    assert linux.run("--transmitter", wheel(downloads, "6.6.6", [(native(LINUX + "bomb"), b"\0" * (2 << 20))])) == 1
    assert "would unpack to" in said(capsys) and copies(linux) == []


def test_a_damaged_or_foreign_file_leaves_the_copy_before(linux, downloads, capsys):
    path = wheel(downloads)
    assert linux.run("--transmitter", path) == 0
    before = snapshot(linux.root)
    with io.open(native(path), "rb") as source:
        good = source.read()
    with zipfile.ZipFile(native(path)) as archive:
        at = archive.getinfo(native(LINUX + "aspera/ascp")).header_offset + 30 + len(LINUX + "aspera/ascp")
    flipped = bytearray(good)
    flipped[at + 5] ^= 0xFF
    for content in (bytes(flipped), good[:200], b"", b"no zip"):
        with io.open(native(path), "wb") as target:
            target.write(content)
        said(capsys)
        assert linux.run("--transmitter", path) == 1
        assert len(said(capsys).splitlines()) == 1 and snapshot(linux.root) == before
    assert linux.run("--transmitter", path + ".gone") == 1
    assert "is not there" in said(capsys)
    assert linux.run("--transmitter", wheel(downloads, "1.0", leave="linux")) == 1
    assert "there is no transmission/linux/rayvision_transmitter" in said(capsys)
    assert snapshot(linux.root) == before


# ---------------------------------------------------------------- pip

@pytest.fixture
def index(downloads, monkeypatch):
    """A folder of wheels, the only thing that pip looks at."""
    own = interpreters.probe([sys.executable])
    if not (own.pip or own.wheels):
        pytest.skip("this Python has no pip")
    monkeypatch.setenv(native("PIP_NO_INDEX"), native("1"))
    monkeypatch.setenv(native("PIP_FIND_LINKS"), native(downloads))
    monkeypatch.setenv(native("PIP_CONFIG_FILE"), native(os.devnull))
    monkeypatch.setattr(interpreters, "with_pip", lambda: own)
    return downloads


def test_pip_fetches_the_newest_wheel_that_brings_the_program(linux, index, monkeypatch, capsys):
    wheel(index, "2.9.9")
    path = wheel(index, "3.1.8")
    wheel(index, "3.2.0", leave="linux")
    assert linux.run("--transmitter", "pypi") == 0
    told = said(capsys)
    assert "of rayvision_sync 3.1.8 (sha256 %s)" % transmitter_sources.file_digest(path) in told
    assert "3.1.8" in found_by_the_package(linux, monkeypatch)
    assert sorted(os.listdir(native(top(linux)))) == sorted([copies(linux)[0], "install.lock", "program.json"])
    assert linux.run("--list") == 0
    assert "of rayvision_sync 3.1.8 (sha256" in said(capsys)


def test_without_a_network_a_sentence_says_what_to_do(linux, index, capsys):
    before = snapshot(linux.root)
    assert linux.run("--transmitter", "pypi") == 1
    told = said(capsys)
    assert "pip could not fetch rayvision_sync" in told and "install.py --transmitter PATH" in told
    assert len(told.splitlines()) == 2 and copies(linux) == []
    assert {name for name in snapshot(linux.root) if name not in before} <= {
        os.path.relpath(os.path.join(linux.home, *names), linux.root) for names in ([".local"], [".local", "share"])}


def test_without_pip_a_sentence_says_what_to_do(linux, monkeypatch, capsys):
    monkeypatch.setattr(interpreters, "with_pip", lambda: None)
    assert linux.run("--transmitter", "pypi") == 1
    assert "install.py --transmitter PATH" in said(capsys)


@pytest.mark.parametrize("name, processor", [("macos", "arm64"), ("linux", "aarch64")])
def test_where_the_vendor_has_none_nothing_is_fetched(name, processor, tmpdir, monkeypatch, capsys):
    computer = Computer(text(tmpdir.strpath), name, text(tmpdir.strpath), monkeypatch)
    computer.processor = processor
    monkeypatch.setattr(interpreters, "with_pip", lambda: pytest.fail("pip was asked"))
    assert computer.run("--transmitter", "pypi") == 1
    told = said(capsys)
    assert "Windows and 64-bit Linux only" in told and len(told.splitlines()) == 1


# ---------------------------------------------------------------- around it

def test_a_dry_run_says_what_it_would_do_and_fetches_nothing(here, downloads, monkeypatch, capsys):
    monkeypatch.setattr(interpreters, "with_pip", lambda: pytest.fail("pip was asked"))
    path = wheel(downloads)
    before = snapshot(here.root)
    for source in (path, "pypi"):
        assert here.run("--transmitter", source, "--dry-run") == 0
        told = said(capsys)
        assert "Would" in told and top(here) in told and snapshot(here.root) == before


def test_an_uninstall_removes_it_with_its_copies_and_one_of_a_host_leaves_it(here, downloads, capsys):
    before = snapshot(here.root)
    assert here.run("maya", "--version", "2024") == 0
    assert here.run("--transmitter", wheel(downloads)) == 0
    write(os.path.join(top(here), "run-0123", "rayvision_transmitter"), "of the package")
    assert here.run("--uninstall", "maya") == 0
    assert len(copies(here)) == 1
    assert here.run("--uninstall", "--dry-run") == 0
    assert "Would remove" in said(capsys) and len(copies(here)) == 1
    assert here.run("--uninstall") == 0
    left = {name for name, (content, _) in snapshot(here.root).items() if content}
    assert left == {name for name, (content, _) in before.items() if content}
    assert not os.path.exists(native(os.path.dirname(top(here))))


def test_an_uninstall_leaves_what_the_user_has_beside_it(here, downloads):
    assert here.run("--transmitter", wheel(downloads)) == 0
    theirs = write(os.path.join(os.path.dirname(top(here)), "settings.json"), "{}")
    assert here.run("--uninstall") == 0
    assert os.path.isfile(native(theirs)) and not os.path.exists(native(top(here)))


def test_nothing_of_it_gets_into_a_bundle_or_a_copy(linux, downloads):
    paths = [os.path.join(downloads, name) for name in ("before.zip", "after.zip")]
    linux.set("RAYVISION_SYNC_HOME", os.path.join(linux.checkout, "state"))
    name = tree.name(linux.checkout)
    assert linux.run("--make-bundle", paths[0]) == 0
    assert linux.run("--transmitter", wheel(downloads)) == 0
    assert os.path.isfile(native(os.path.join(linux.checkout, "state", "transmitter", "program.json")))
    assert linux.run("--make-bundle", paths[1]) == 0
    assert transmitter_sources.file_digest(paths[0]) == transmitter_sources.file_digest(paths[1])
    assert tree.name(linux.checkout) == name


def test_the_variable_that_wins_is_said(linux, downloads, capsys):
    linux.set("RAYVISION_TRANSMITTER", "/studio/transmitter")
    assert linux.run("--transmitter", wheel(downloads)) == 0
    assert "/studio/transmitter" in said(capsys)


@pytest.mark.parametrize("words", [("maya",), ("--site", "x"), ("--bundle", "x.zip")])
def test_it_stands_alone(words, linux):
    with pytest.raises(SystemExit):
        linux.run("--transmitter", "pypi", *words)


def test_rests_of_a_run_that_was_ended_go(here, downloads):
    write(os.path.join(top(here), ".part-abc", "x"), "")
    write(os.path.join(top(here), "program-1.0-0123", "x"), "")
    write(os.path.join(top(here), "program.json"), "{\"folder\": 5, \"files\": []}")
    assert here.run("--list") == 0
    assert here.run("--transmitter", wheel(downloads)) == 0
    assert len(copies(here)) == 1 and not os.path.exists(native(os.path.join(top(here), ".part-abc")))
