"""install.py for each host, version and system: what it writes is what the host reads, and all of it goes again."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import json
import os
import sys
import uuid
from xml.etree import ElementTree

import pytest
import support_install
from support_install import SYSTEMS, Computer, make_checkout, parse_module, read, snapshot
from support_tree import native, text

from rayvision_sync_installer import hosts, staging, system

PLATFORMS = {"windows": "win64", "macos": "mac", "linux": "linux"}
CASES = [(host, version, name) for host in hosts.NAMES for version in hosts.versions(host) for name in SYSTEMS
         if host != "max" or name == "windows"]


@pytest.fixture(scope="module")
def checkout(tmpdir_factory):
    return make_checkout(text(tmpdir_factory.mktemp("checkout").join("of us").strpath))


@pytest.fixture
def computer(tmpdir, checkout, monkeypatch):
    def make(name):
        return Computer(text(tmpdir.mkdir("disk of " + native(name)).strpath), name, checkout, monkeypatch)
    return make


@pytest.mark.parametrize("host, version, name", CASES)
def test_a_host_reads_what_is_installed_and_all_of_it_goes_again(host, version, name, computer):
    here = computer(name)
    here.add_program(host, version)
    before = snapshot(here.root)
    assert here.run() == 0
    READERS[host](here, here.preferences(host, version), version)
    installed = snapshot(here.root, times=True)
    assert here.run() == 0
    assert snapshot(here.root, times=True) == installed
    assert here.run("--uninstall") == 0
    assert snapshot(here.root) == before


def check_copy(folder):
    """Check that a folder named by a host's file is the package of a whole copy."""
    assert os.path.isfile(native(os.path.join(folder, "rayvision_sync", "__init__.py")))
    assert os.path.isfile(native(os.path.join(folder, "rayvision_sync", "hosts", "base", "contract.py")))
    for python in ("py2", "py3"):
        assert os.path.isfile(native(os.path.join(folder, os.pardir, "vendor", python, "six.py")))


def read_maya(here, prefs, version):
    folder = os.path.join(prefs, "modules")
    # Maya reads everything there, whatever its name.
    assert [text(name) for name in os.listdir(native(folder))] == ["rayvision_sync.mod"]
    blocks = parse_module(os.path.join(folder, "rayvision_sync.mod"))
    assert list(blocks) == [(version, PLATFORMS[here.system])]
    block = blocks[version, PLATFORMS[here.system]]
    assert os.path.isfile(native(os.path.join(block["icons"], "submit.svg")))
    scripts = os.path.join(block["path"], "scripts")
    assert os.path.isfile(native(os.path.join(scripts, "userSetup.py")))
    path = [native("of maya")]
    start = {native("__file__"): native(os.path.join(scripts, "rayvision_sync_start.py"))}
    exec(compile(read(text(start["__file__"])), start["__file__"], "exec"), start)
    start["find_package"](path)
    assert path[0] == "of maya" and len(path) == 3
    check_copy(text(path[1]))
    assert text(path[2]).endswith("py" + sys.version[0])


def read_houdini(here, prefs, version):
    found = json.loads(read(os.path.join(prefs, "packages", "rayvision_sync.json")))
    variables = {name: value for entry in found["env"] for name, value in entry.items()}
    check_copy(variables["PYTHONPATH"]["value"])
    for key in ("path", "hpath"):
        assert os.path.isfile(native(os.path.join(found[key], "MainMenuCommon.xml")))
    check_houdini_files(found["path"])


def check_houdini_files(folder):
    kinds = set()
    for name, path in staging.files_below(folder):
        if name.endswith((".xml", ".shelf", ".pypanel")):
            kinds.add(name.rpartition(".")[2])
            for node in ElementTree.parse(native(path)).iter():
                if node.tag in ("scriptCode", "script"):
                    compile(node.text, native(name), str("exec"), 0, True)
    assert kinds == {"xml", "shelf", "pypanel"}


def read_max(here, prefs, version):
    bundle = os.path.join(prefs, "rayvision_sync")
    package = ElementTree.parse(native(os.path.join(bundle, "PackageContents.xml"))).getroot()
    assert package.get("AutodeskProduct") == "3ds Max" and package.get("SchemaVersion") == "1.0"
    assert package.get("AppVersion") == staging.version(here.checkout)
    assert uuid.UUID(package.get("ProductCode")) != uuid.UUID(package.get("UpgradeCode"))
    series = [(need.get("SeriesMin"), need.get("SeriesMax")) for need in package.iter("RuntimeRequirements")]
    assert any(low <= version <= high for low, high in series)
    for entry in package.iter("ComponentEntry"):
        assert os.path.isfile(native(os.path.join(bundle, entry.get("ModuleName"))))
    check_copy(read(os.path.join(bundle, "python.txt")))
    start = read(os.path.join(bundle, "startup.py"))
    compile(start.encode("utf-8"), native("startup.py"), str("exec"), 0, True)
    # Read by releases that do not look for bundles where a user may write; ASCII, whatever the user's name is.
    stub = os.path.join(here.home, "AppData", "Local", "Autodesk", "3dsMax", version + " - 64bit", "ENU", "scripts",
                        "startup", "rayvision_sync.ms")
    assert "\\\\Autodesk\\\\ApplicationPlugins\\\\rayvision_sync" in read(stub)
    assert all(ord(letter) < 128 for letter in read(stub))


READERS = {"maya": read_maya, "houdini": read_houdini, "max": read_max}


def test_every_host_has_a_python_of_the_matrix():
    matrix = {"2.7", "3.7", "3.9", "3.10", "3.11", "3.13"}
    assert {python for host in hosts.NAMES for _, python in hosts.PYTHONS[host]} == matrix


def test_every_python_file_compiles_here(tmpdir, monkeypatch):
    # The suite runs on the Python of every host.
    folder = make_checkout(text(tmpdir.join("checkout").strpath), whole=True)
    here = Computer(text(tmpdir.mkdir("disk").strpath), "linux", folder, monkeypatch)
    assert here.run("maya", "--version", "2024") == 0
    count = 0
    for name, path in staging.files_below(here.base):
        if name.endswith(".py") and "/vendor/" not in name:
            with io.open(native(path), "rb") as source:
                compile(source.read(), native(name), str("exec"), 0, True)
            count += 1
    assert count > 150


def test_all_hosts_that_are_found_are_installed(computer, capsys):
    here = computer("windows")
    for host, version in (("maya", "2022"), ("maya", "2025"), ("houdini", "19.5"), ("max", "2024"), ("max", "2026")):
        here.add_program(host, version)
    assert here.run() == 0
    blocks = parse_module(os.path.join(here.preferences("maya", ""), "modules", "rayvision_sync.mod"))
    assert sorted(blocks) == [("2022", "win64"), ("2025", "win64")]
    said = text(capsys.readouterr()[0])
    assert "Start Maya 2022 or Maya 2025" in said and "Start Houdini 19.5" in said and "Start 3ds Max 2024 or" in said
    assert here.run("--uninstall", "max") == 0
    assert os.path.isfile(native(os.path.join(here.preferences("houdini", "19.5"), "packages", "rayvision_sync.json")))
    assert not os.path.exists(native(os.path.join(here.preferences("max", ""))))


def test_one_version_goes_and_the_others_stay(computer):
    here = computer("linux")
    assert here.run("maya", "--version", "2023", "--version", "2024.2") == 0
    assert here.run("--uninstall", "maya", "--version", "2023") == 0
    blocks = parse_module(os.path.join(here.home, "maya", "modules", "rayvision_sync.mod"))
    assert list(blocks) == [("2024", "linux")]


def test_a_language_of_3ds_max_that_was_used_gets_the_start_script(computer):
    here = computer("windows")
    top = os.path.join(here.home, "AppData", "Local", "Autodesk", "3dsMax", "2024 - 64bit")
    for language in ("FRA", "ENU"):
        system.make_folders(os.path.join(top, language))
    assert here.run("max") == 0
    for language in ("FRA", "ENU"):
        assert os.path.isfile(native(os.path.join(top, language, "scripts", "startup", "rayvision_sync.ms")))


def test_preferences_may_be_anywhere(computer, tmpdir):
    here = computer("macos")
    prefs = text(tmpdir.join("my prefs").strpath)
    assert here.run("houdini", "--version", "21.0", "--prefs", prefs) == 0
    read_houdini(here, prefs, "21.0")
    assert here.run("maya", "--version", "2027", "--prefs", prefs) == 0
    read_maya(here, prefs, "2027")
    assert here.run("--uninstall") == 0
    assert not os.path.exists(native(prefs))


def test_a_share_serves_every_system_and_version(computer, tmpdir, capsys):
    here = computer("linux")
    site = text(tmpdir.join("share").strpath)
    assert here.run("maya", "houdini", "max", "--site", site) == 0
    said = text(capsys.readouterr()[0])
    moved = text(tmpdir.join("mounted elsewhere").strpath)
    os.rename(native(site), native(moved))  # A share has another name on each system.
    blocks = parse_module(os.path.join(moved, "maya", "modules", "rayvision_sync.mod"))
    assert len(blocks) == 3 * len(hosts.versions("maya"))
    assert all(os.path.isfile(native(os.path.join(block["path"], "scripts", "userSetup.py")))
               for block in blocks.values())
    os.rename(native(moved), native(site))
    for name, folder in (("MAYA_MODULE_PATH", os.path.join(site, "maya", "modules")),
                         ("HOUDINI_PACKAGE_DIR", os.path.join(site, "houdini", "packages")),
                         ("ADSK_APPLICATION_PLUGINS", os.path.join(site, "max"))):
        assert "%s=%s" % (name, folder) in said and os.listdir(native(folder))
    assert snapshot(here.home) == {}
    assert here.run("--uninstall", "--site", site) == 0
    assert not os.path.exists(native(site))


def test_the_record_is_for_this_user_only(computer):
    here = computer("linux")
    assert here.run("maya", "--version", "2024") == 0
    if not support_install.system.WINDOWS:
        assert os.stat(native(os.path.join(here.base, "installed.json"))).st_mode & 0o777 == 0o600
