"""Where hosts are looked for, by the rules of each system."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os

import pytest
from support_install import SYSTEMS, USER, write
from support_tree import native, text

from rayvision_sync_installer import finding, foreign, hosts, system
from rayvision_sync_installer.errors import SetupFailed


@pytest.fixture
def machine(tmpdir):
    def make(name, **variables):
        root = text(tmpdir.strpath)
        home = os.path.join(root, "home", USER)
        environ = {native(key): native(value) for key, value in variables.items()}
        environ.setdefault(native("ProgramFiles"), native(os.path.join(root, "Program Files")))
        return system.Machine(name, environ, home, root)
    return make


def found(here, *names):
    return [(each.host, each.version) for each in finding.find(here, names or hosts.NAMES)]


def test_usual_places_of_linux(machine, tmpdir):
    for path in ("usr/autodesk/maya2024", "opt/hfs20.5.332", "opt/hfs19.5", "opt/hfs", "usr/autodesk/mayausd"):
        tmpdir.join(path).ensure(dir=True)
    assert found(machine("linux")) == [("maya", "2024"), ("houdini", "19.5"), ("houdini", "20.5")]


def test_usual_places_of_macos(machine, tmpdir):
    for path in ("Applications/Autodesk/maya2025", "Applications/Houdini/Houdini21.0.440"):
        tmpdir.join(path).ensure(dir=True)
    assert found(machine("macos")) == [("maya", "2025"), ("houdini", "21.0")]


def test_usual_places_of_windows(machine, tmpdir):
    for path in ("Autodesk/Maya2018", "Autodesk/3ds Max 2026", "Side Effects Software/Houdini 18.0.597"):
        tmpdir.join("Program Files", path).ensure(dir=True)
    assert found(machine("windows")) == [("maya", "2018"), ("houdini", "18.0"), ("max", "2026")]


def test_a_python_of_32_bits_finds_programs_of_64(machine, tmpdir):
    tmpdir.join("Program Files", "Autodesk", "Maya2024").ensure(dir=True)
    here = machine("windows", ProgramW6432=text(tmpdir.join("Program Files").strpath),
                   ProgramFiles=text(tmpdir.join("Program Files (x86)").strpath))
    assert found(here) == [("maya", "2024")]


def test_versions_that_are_too_old_are_not_found(machine, tmpdir):
    for path in ("usr/autodesk/maya2017", "opt/hfs16.5.439", "usr/autodesk/maya2029"):
        tmpdir.join(path).ensure(dir=True)
    assert found(machine("linux")) == [("maya", "2029")]


def test_the_environment_leads_to_programs_elsewhere(machine, tmpdir):
    for path in ("tools/maya2023", "tools/Houdini 20.0.1", "tools/max"):
        tmpdir.join(path).ensure(dir=True)
    tools = text(tmpdir.join("tools").strpath)
    here = machine("windows", MAYA_LOCATION=os.path.join(tools, "maya2023"), HFS=os.path.join(tools, "Houdini 20.0.1"),
                   ADSK_3DSMAX_x64_2022=os.path.join(tools, "max"), ADSK_3DSMAX_x64_2021=os.path.join(tools, "gone"))
    assert found(here) == [("maya", "2023"), ("houdini", "20.0"), ("max", "2022")]


def test_a_host_is_found_by_its_preferences_alone(machine):
    here = machine("linux")
    for path in ("maya/2022", "maya/modules", "houdini19.0"):
        system.make_folders(os.path.join(here.home, path))
    assert found(here) == [("maya", "2022"), ("houdini", "19.0")]


def test_variables_move_the_preferences(machine, tmpdir):
    chosen = text(tmpdir.join("my maya").strpath)
    pattern = text(tmpdir.join("prefs", "houdini__HVER__").strpath)
    tmpdir.join("prefs", "houdini20.5").ensure(dir=True)
    for name in SYSTEMS:
        here = machine(name, MAYA_APP_DIR=chosen, HOUDINI_USER_PREF_DIR=pattern)
        assert finding.preferences(here, "maya", "2024") == chosen
        assert finding.preferences(here, "houdini", "20.5") == pattern.replace("__HVER__", "20.5")
        assert found(here, "houdini") == [("houdini", "20.5")]


def test_max_is_a_host_of_windows_only(machine, tmpdir):
    assert found(machine("linux", ADSK_3DSMAX_x64_2024=text(tmpdir.strpath)), "max") == []


@pytest.mark.parametrize("where", [
    "usr/autodesk/maya2024/lib/python3.10/site-packages", "home/%s/maya/2024/scripts" % USER, "studio"])
def test_another_package_of_our_name_is_noticed(where, machine, tmpdir):
    root = text(tmpdir.strpath)
    system.make_folders(os.path.join(root, "usr", "autodesk", "maya2024"))
    here = machine("linux", PYTHONPATH=os.path.join(root, "elsewhere") + ":" + os.path.join(root, "studio"))
    package = os.path.join(root, *(where.split("/") + ["rayvision_sync"]))
    write(os.path.join(package, "__init__.py"))
    assert foreign.find(here, finding.find(here)) == [("Maya 2024", package)]
    write(os.path.join(package, "hosts", "__init__.py"))
    assert foreign.find(here, finding.find(here)) == []


@pytest.mark.parametrize("host, version", [("maya", "2021"), ("maya", "2099"), ("houdini", "19.1"), ("houdini", "99.0"),
                                           ("max", "2044"), ("max", "2017")])
def test_a_version_that_there_is_not_is_refused(host, version):
    with pytest.raises(SetupFailed):
        hosts.choose(host, [version])


def test_the_next_versions_are_taken_for_ones_like_the_newest():
    for host, version in (("maya", "2028"), ("houdini", "22.0"), ("max", "2029")):
        assert hosts.choose(host, [version]) == [version]


def test_versions_are_read_as_people_write_them():
    assert hosts.choose("houdini", ["20.5.332", "2024"]) == ["20.5"]
    assert hosts.choose("maya", ["20.5", "2024.2"]) == ["2024"]
