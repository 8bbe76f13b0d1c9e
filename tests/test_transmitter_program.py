"""The vendor's transfer program is found, and a copy of it may be run."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import os
import stat

import pytest
from support_tree import native, text

from rayvision_sync.engines.transmitter import program
from rayvision_sync.errors import SettingsError

pytestmark = pytest.mark.skipif(os.name == "nt", reason="by the names and rights of POSIX")


def put(folder, name, content=b"#!/bin/sh\n", mode=0o666):
    path = os.path.join(folder, name)
    if not os.path.isdir(native(os.path.dirname(path))):
        os.makedirs(native(os.path.dirname(path)))
    with io.open(native(path), "wb") as target:
        target.write(content)
    os.chmod(native(path), mode)
    return path


def mode_of(path):
    return stat.S_IMODE(os.stat(native(path)).st_mode)


def nothing(name):
    return None


@pytest.fixture
def sdk(tmpdir):
    """The folder of an installed SDK, as its wheel leaves it: nothing may be run."""
    top = os.path.join(text(tmpdir.strpath), "site-packages", "rayvision_sync")
    folder = os.path.join(top, "transmission", "linux")
    for name in ("rayvision_transmitter", "libx.so.1", "aspera/ascp", "aspera/aspera-license", "raysync/raysyncproxy",
                 "unrelated.bin"):
        put(folder, name, name.encode("ascii"))
    return top


def test_an_argument_wins_over_a_setting_and_that_over_the_variable(tmpdir):
    folder = text(tmpdir.strpath)
    one, two, three = (put(folder, name) for name in ("one", "two", "three"))
    assert program.find(one, two, lambda name: three, []) == one
    assert program.find("", two, lambda name: three, []) == two
    assert program.find(None, None, {"RAYVISION_TRANSMITTER": three}.get, []) == three


def test_a_folder_may_be_named_instead_of_the_program(sdk):
    expected = os.path.join(sdk, "transmission", "linux", "rayvision_transmitter")
    for folder in (sdk, os.path.dirname(sdk), os.path.join(sdk, "transmission"), os.path.dirname(expected)):
        assert program.find(folder, environ=nothing, search=[]) == expected


def test_a_named_program_that_is_not_there_is_no_reason_to_take_another(sdk):
    with pytest.raises(SettingsError) as caught:
        program.find("/nowhere/transmitter", environ=nothing, search=[sdk])
    assert "/nowhere/transmitter" in caught.value.message


def test_an_sdk_on_the_import_path_is_found(sdk, home, monkeypatch):
    monkeypatch.syspath_prepend(native(os.path.dirname(sdk)))
    assert program.find(environ=nothing) == os.path.join(sdk, "transmission", "linux", "rayvision_transmitter")


def test_where_there_is_none_a_sentence_says_what_to_do(monkeypatch):
    with pytest.raises(SettingsError) as caught:
        program.find(environ=nothing, search=[])
    monkeypatch.setattr(program, "is_offered", lambda: True)
    with pytest.raises(SettingsError) as caught:
        program.find(environ=nothing, search=[])
    assert "RAYVISION_TRANSMITTER" in caught.value.message and "transmitter_exe" in caught.value.message
    monkeypatch.setattr(program, "is_offered", lambda: False)
    with pytest.raises(SettingsError) as caught:
        program.find(environ=nothing, search=[])
    assert "Windows and 64-bit Linux only" in caught.value.message


def test_the_systems_that_have_a_program():
    assert program.is_offered("linux", "x86_64") and program.is_offered("windows", "AMD64")
    assert not program.is_offered("linux", "aarch64") and not program.is_offered("macos", "arm64")


def test_a_program_that_may_be_run_is_taken_as_it_is(tmpdir, home):
    path = put(text(tmpdir.strpath), "rayvision_transmitter", mode=0o755)
    assert program.runnable(path) == path


def test_a_private_copy_gets_the_right_to_be_run_and_the_original_stays(sdk, home):
    original = program.find(sdk, environ=nothing)
    copy = program.runnable(original)
    assert copy != original and copy.startswith(home)
    folder = os.path.dirname(copy)
    assert mode_of(copy) == mode_of(os.path.join(folder, "aspera/ascp")) == 0o700
    assert mode_of(os.path.join(folder, "aspera/aspera-license")) == mode_of(os.path.join(folder, "libx.so.1")) == 0o600
    assert mode_of(folder) == 0o700
    assert not os.path.exists(native(os.path.join(folder, "unrelated.bin")))
    for name in ("rayvision_transmitter", "aspera/ascp", "raysync/raysyncproxy"):
        assert mode_of(os.path.join(os.path.dirname(original), name)) == 0o666
    assert program.runnable(original) == copy
    assert sorted(os.listdir(native(os.path.dirname(folder)))) == [native(os.path.basename(folder))]


def test_a_child_without_the_right_is_reason_for_a_copy(sdk, home):
    original = program.find(sdk, environ=nothing)
    os.chmod(native(original), 0o755)
    assert program.runnable(original) != original


def test_another_version_gets_a_copy_of_its_own(sdk, home):
    original = program.find(sdk, environ=nothing)
    first = program.runnable(original)
    put(os.path.dirname(original), "rayvision_transmitter", b"a newer one")
    second = program.runnable(original)
    assert second != first
    with io.open(native(second), "rb") as copied:
        assert copied.read() == b"a newer one"


def test_a_copy_that_lost_a_part_is_made_anew(sdk, home):
    copy = program.runnable(program.find(sdk, environ=nothing))
    os.remove(native(copy))
    assert program.runnable(program.find(sdk, environ=nothing)) == copy
    assert mode_of(copy) == 0o700


def test_a_copy_that_cannot_be_made_is_one_sentence(sdk, home, monkeypatch):
    put(home, "rayvision_sync", b"a file where a folder is needed")
    with pytest.raises(SettingsError):
        program.runnable(program.find(sdk, environ=nothing))
