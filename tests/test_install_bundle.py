"""Bundles for machines without a network, and how pip fetches what hosts lack."""
from __future__ import absolute_import, division, print_function, unicode_literals

import hashlib
import io
import json
import os
import re
import shutil
import sys
import zipfile

import pytest
from support_install import Computer, make_checkout, read, snapshot, write
from support_tree import ROOT, native, text

from rayvision_sync_installer import bundle, interpreters, staging, tree, vendoring
from rayvision_sync_installer.errors import SetupFailed


@pytest.fixture
def here(tmpdir, monkeypatch):
    checkout = make_checkout(text(tmpdir.join("checkout").strpath))
    return Computer(text(tmpdir.mkdir("disk").strpath), "linux", checkout, monkeypatch)


@pytest.fixture
def packed(here, tmpdir):
    """A bundle of that machine's checkout."""
    path = text(tmpdir.join("a bundle.zip").strpath)
    assert here.run("--make-bundle", path) == 0
    return path


def content(path):
    with io.open(native(path), "rb") as source:
        return source.read()


def said(capsys):
    return "".join(text(part) for part in capsys.readouterr())


def test_the_same_content_is_the_same_bundle(here, packed, tmpdir):
    again = text(tmpdir.join("again.zip").strpath)
    for folder in ("core", "hosts", "vendor"):
        for _, path in staging.files_below(os.path.join(here.checkout, folder)):
            os.utime(native(path), (1, 1))
    assert here.run("--make-bundle", again) == 0
    assert content(again) == content(packed)


def test_a_machine_without_pip_and_network_installs_from_a_bundle(here, packed, monkeypatch):
    monkeypatch.setattr(interpreters, "with_pip", lambda: None)
    assert here.run("maya", "--version", "2024") == 0
    from_checkout = snapshot(here.root)
    assert here.run("--uninstall") == 0
    shutil.rmtree(native(os.path.join(here.checkout, "vendor")))
    assert here.run("maya", "--version", "2024") == 1  # Without it, pip would be needed.
    assert here.run("maya", "--version", "2024", "--bundle", packed) == 0
    assert snapshot(here.root) == from_checkout


def test_the_documents_come_with_their_pictures():
    names = {name for name, _ in tree.package(ROOT)}
    for name in sorted(names):
        if name.startswith("docs/") and name.endswith(".md"):
            shown = re.findall(r"\]\((pictures/[^)]+)\)", read(os.path.join(ROOT, *name.split("/"))))
            assert {"docs/" + each for each in shown} <= names, name


def test_an_unpacked_bundle_installs_by_itself(here, packed, tmpdir, monkeypatch):
    folder = text(tmpdir.join("unpacked").strpath)
    with zipfile.ZipFile(native(packed)) as archive:
        archive.extractall(native(folder))
    assert tree.name(folder) == tree.name(here.checkout)
    assert os.path.isfile(native(os.path.join(folder, "install.py")))
    monkeypatch.setattr(staging, "ROOT", folder)
    monkeypatch.setattr(interpreters, "with_pip", lambda: None)
    assert here.run("houdini", "--version", "20.5") == 0


def test_a_damaged_bundle_changes_nothing(here, packed, capsys):
    before = snapshot(here.root)
    damaged = bytearray(content(packed))
    damaged[len(damaged) // 2] ^= 0xFF
    for data in (bytes(damaged), bytes(damaged[:1000]), b""):
        with io.open(native(packed), "wb") as target:
            target.write(data)
        assert here.run("maya", "--version", "2024", "--bundle", packed) == 1
        assert "bundle" in said(capsys) and snapshot(here.root) == before
    assert here.run("maya", "--version", "2024", "--bundle", packed + ".gone") == 1
    assert "cannot be read" in said(capsys)


@pytest.mark.parametrize("name", ["../evil.py", "/evil.py", "a/../../evil.py", "C:/evil.py", "a\\..\\evil.py"])
def test_a_bundle_writes_nowhere_else(name, here, packed, tmpdir, capsys):
    with zipfile.ZipFile(native(packed), "a") as archive:
        archive.writestr(name, "evil")
    before = snapshot(tmpdir.strpath)
    assert here.run("maya", "--version", "2024", "--bundle", packed) == 1
    assert "leads out of its folder" in said(capsys) or "not whole" in said(capsys) or os.sep == "\\"
    assert snapshot(tmpdir.strpath) == before


def test_another_zip_is_no_bundle(here, tmpdir, capsys):
    path = text(tmpdir.join("other.zip").strpath)
    with zipfile.ZipFile(native(path), "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert here.run("maya", "--version", "2024", "--bundle", path) == 1
    assert "is no bundle" in said(capsys)


def test_a_bundle_of_a_later_format_says_so(here, packed, tmpdir, capsys):
    path = text(tmpdir.join("later.zip").strpath)
    with zipfile.ZipFile(native(path), "w") as archive:
        archive.writestr(bundle.MARK, json.dumps({"format": 99, "tree": ""}))
    assert here.run("maya", "--version", "2024", "--bundle", path) == 1
    assert "later version" in said(capsys)


# ---------------------------------------------------------------- pip

def wheel(folder, name, version, files):
    """Write a wheel; returns its digest."""
    path = os.path.join(folder, "%s-%s-py2.py3-none-any.whl" % (name, version))
    info = "%s-%s.dist-info/" % (name, version)
    files = dict(files)
    files[info + "METADATA"] = "Metadata-Version: 2.1\nName: %s\nVersion: %s\n" % (name, version)
    files[info + "WHEEL"] = ("Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\n"
                             "Tag: py2-none-any\nTag: py3-none-any\n")
    with zipfile.ZipFile(native(path), "w") as archive:
        for member, data in sorted(files.items()):
            archive.writestr(member, data)
        archive.writestr(info + "RECORD", "".join("%s,,\n" % member for member in sorted(files)))
    return hashlib.sha256(content(path)).hexdigest()


@pytest.fixture
def index(tmpdir, here, monkeypatch):
    """A checkout whose pins are in a folder of wheels, the only thing that pip looks at."""
    own = interpreters.probe([sys.executable])
    if not (own.pip or own.wheels):
        pytest.skip("this Python has no pip")
    folder = text(tmpdir.mkdir("wheels").strpath)
    digest = wheel(folder, "six", "1.17.0", {
        "six.py": "X = 1\n", "six.pyi": "X: int\n", "six-stubs/__init__.pyi": "", "sub/__init__.py": "",
        "sub/py.typed": ""})
    for pin in tree.PINS:
        write(os.path.join(here.checkout, "installer", pin), "# why\nsix==1.17.0 --hash=sha256:%s\n" % digest)
    shutil.rmtree(native(os.path.join(here.checkout, "vendor")))
    monkeypatch.setenv(native("PIP_NO_INDEX"), native("1"))
    monkeypatch.setenv(native("PIP_FIND_LINKS"), native(folder))
    monkeypatch.setenv(native("PIP_CONFIG_FILE"), native(os.devnull))
    monkeypatch.setattr(interpreters, "with_pip", lambda: own)
    return folder


def test_pip_fetches_what_hosts_lack_once_and_without_stubs(here, index, tmpdir):
    lines = []
    cache = text(tmpdir.join("cache", "vendor").strpath)
    folder = vendoring.folder(here.checkout, cache, lines.append)
    names = [name for name, _ in staging.files_below(folder)]
    assert {"py2/six.py", "py3/six.py", "py2/sub/__init__.py"} <= set(names)
    assert not [name for name in names if name.endswith((".pyi", "RECORD", "INSTALLER", "py.typed"))]
    assert len(lines) == 1 and "six" in lines[0]
    assert vendoring.folder(here.checkout, cache, lines.append) == folder and len(lines) == 1
    vendoring.forget(cache)
    assert not os.path.exists(native(os.path.dirname(cache)))


def test_what_does_not_have_its_pinned_digest_is_not_taken(here, index, tmpdir):
    wheel(index, "six", "1.17.0", {"six.py": "evil = 1\n"})
    with pytest.raises(SetupFailed, match="--make-bundle"):
        vendoring.folder(here.checkout, text(tmpdir.join("cache").strpath), lambda line: None)
    assert all(name.endswith((".lock", ".log")) for name in os.listdir(native(text(tmpdir.join("cache").strpath))))


def test_without_pip_the_way_by_a_bundle_is_named(here, tmpdir, monkeypatch, capsys):
    shutil.rmtree(native(os.path.join(here.checkout, "vendor")))
    monkeypatch.setattr(interpreters, "with_pip", lambda: None)
    before = snapshot(here.home)
    assert here.run("maya", "--version", "2018") == 1
    told = said(capsys)
    assert "--make-bundle" in told and "--bundle rayvision_sync.zip" in told and len(told.splitlines()) == 1
    assert snapshot(here.home) == before


def test_the_pins_are_exact_and_have_digests():
    for pin in tree.PINS:
        lines = [line for line in read(os.path.join(ROOT, "installer", pin)).splitlines() if not line.startswith("#")]
        assert all(re.match(r"[\w.-]+==[\w.]+ --hash=sha256:[0-9a-f]{64}\Z", line) for line in lines)
        assert {"six", "requests", "Qt.py"} <= {line.split("==")[0] for line in lines}
