"""Where the package keeps its own files."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os
import stat

import pytest
from support_tree import native
from support_upload import folder_of, put

from rayvision_sync import compat, places
from rayvision_sync.errors import SettingsError

MOUNTS = b"""\
/dev/sda1 / ext4 rw 0 0
server:/home /home nfs4 rw 0 0
/dev/sdb1 /home/local\\040disk ext4 rw 0 0
//nas/p /mnt/p cifs rw 0 0
me@host: /mnt/far fuse.sshfs rw 0 0
short line
/dev/sdc1 /mnt/pool xfs rw 0 0
"""


def variables(**values):
    return lambda name, default=None: values.get(name, default)


def test_the_home_is_where_the_variable_says(home, tmpdir):
    assert places.home() == os.path.join(home, "rayvision_sync")
    assert places.home(variables(RAYVISION_SYNC_HOME=folder_of(tmpdir, "x"))) == folder_of(tmpdir, "x")


def test_every_system_has_its_usual_place(home):
    user = home.replace(os.sep, "/")

    def place(values, **system):
        return places.home(variables(**values), **system).replace(os.sep, "/")
    assert place({}, windows=False, macos=False) == user + "/.local/share/rayvision_sync"
    assert place({"XDG_DATA_HOME": "/data"}, windows=False, macos=False) == "/data/rayvision_sync"
    assert place({}, windows=False, macos=True) == user + "/Library/Application Support/rayvision_sync"
    assert place({"LOCALAPPDATA": "C:/L"}, windows=True) == "C:/L/rayvision_sync"
    assert place({}, windows=True) == user + "/AppData/Local/rayvision_sync"


def test_a_home_with_accents_is_found(tmpdir, monkeypatch):
    folder = folder_of(tmpdir, "J\xf6rg \u4e2d")
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(native(name), native(folder))
    found = places.home(variables(), windows=False, macos=False)
    assert found == os.path.join(folder, ".local", "share", "rayvision_sync")
    monkeypatch.setenv(native("RAYVISION_SYNC_HOME"), native(folder))
    assert os.path.isdir(compat.fs(places.make_home()))


@pytest.mark.skipif(compat.WINDOWS, reason="modes are POSIX")
def test_the_home_is_private(home):
    assert stat.S_IMODE(os.stat(places.make_home()).st_mode) == 0o700
    assert places.make_home() == places.make_home()


def test_a_file_where_the_home_should_be_is_an_error(home):
    put(places.home())
    with pytest.raises(SettingsError) as caught:
        places.make_home()
    assert places.home() in caught.value.message and "RAYVISION_SYNC_HOME" in caught.value.message


@pytest.mark.skipif(compat.WINDOWS, reason="links need rights there")
def test_the_home_may_be_a_link(home, tmpdir):
    compat.make_folder(folder_of(tmpdir, "disk"))
    os.symlink(folder_of(tmpdir, "disk"), places.home())
    assert places.make_home() == places.home()


@pytest.mark.parametrize("path, is_network", [
    ("/home/me", True), ("/home/local disk/me", False), ("/mnt/p/x", True), ("/mnt/far", True), ("/mnt/pool", False),
    ("/mnt/poolside", False), ("/homeless", False)])
def test_network_disks_are_told(tmpdir, path, is_network):
    mounts = put(folder_of(tmpdir, "mounts"), MOUNTS)
    assert places.is_network(path, mounts) is is_network
    assert places.is_network(path, mounts + "-not-there") is False


@pytest.mark.skipif(compat.WINDOWS, reason="mounts are POSIX")
def test_databases_of_a_network_home_lie_on_the_machine(home, tmpdir):
    mounts = put(folder_of(tmpdir, "mounts"), ("server:/x %s nfs rw 0 0\n" % home).encode("utf-8"))
    assert places.database_folder(mounts + "-not-there") == places.home()
    local = folder_of(tmpdir, "var")
    compat.make_folder(local)
    found = places.database_folder(mounts, local)
    assert os.path.dirname(found) == local and stat.S_IMODE(os.stat(found).st_mode) == 0o700
    assert places.database_folder(mounts, local) == found


@pytest.mark.skipif(compat.WINDOWS, reason="owners are POSIX")
def test_a_folder_that_somebody_else_made_is_not_trusted(home, tmpdir):
    mounts = put(folder_of(tmpdir, "mounts"), ("server:/x %s nfs rw 0 0\n" % home).encode("utf-8"))
    local = folder_of(tmpdir, "var")
    for path in (local, folder_of(tmpdir, "theirs")):
        compat.make_folder(path)
    os.symlink(folder_of(tmpdir, "theirs"), os.path.join(local, "rayvision_sync-%s" % compat.current_user()))
    with pytest.raises(SettingsError):
        places.database_folder(mounts, local)
