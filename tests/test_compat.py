"""What differs from one Python to the next."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os

import pytest
from support_farm import folder, write

from rayvision_sync import compat


@pytest.mark.skipif(compat.WINDOWS, reason="its clock counts in ticks of 15 ms on old Pythons")
def test_the_clock_is_finer_than_the_ticks_of_a_system_and_never_goes_back():
    seen = [compat.monotonic() for _ in range(2000)]
    assert seen == sorted(seen) and len(set(seen)) > 100


@pytest.mark.skipif(compat.WINDOWS, reason="it knows no files that may not be run")
def test_a_program_is_found_in_path_or_by_its_path_if_it_may_be_run(tmpdir, monkeypatch):
    one, two = folder(tmpdir, "one"), folder(tmpdir, "two")
    for place, mode in ((one, 0o644), (two, 0o755)):
        write(os.path.join(place, "blender"), b"")
        os.chmod(os.path.join(place, "blender"), mode)
    environ, wanted = {"PATH": "%s:/no/such:%s" % (one, two)}, os.path.join(two, "blender")
    assert compat.find_program("blender", environ) == wanted
    assert compat.find_program(wanted, {}) == wanted
    assert compat.find_program(os.path.join(one, "blender"), environ) is None
    assert compat.find_program(two, environ) is None and compat.find_program("maya", environ) is None
    monkeypatch.chdir(compat.fs(folder(tmpdir, "")))
    assert compat.find_program("two/blender", environ) == "two/blender"
    assert compat.find_program("blender", {"PATH": one}) is None


def test_windows_finds_a_program_without_its_ending(tmpdir, monkeypatch):
    place = folder(tmpdir, "programs")
    write(os.path.join(place, "blender.exe"), b"")
    monkeypatch.chdir(compat.fs(folder(tmpdir, "")))
    environ = {"PATH": "C:\\Windows;\"%s\"" % place, "PATHEXT": ".com;.exe"}
    for name in ("blender", "blender.exe", os.path.join(place, "blender")):
        assert compat.find_program(name, environ, windows=True).endswith("blender.exe")
    assert compat.find_program("blender", dict(environ, PATHEXT=".bat"), windows=True) is None
    assert compat.find_program("maya", environ, windows=True) is None
