"""The package as users get it: built by pip, imported from a folder that is not the checkout."""
from __future__ import absolute_import, division, print_function, unicode_literals

import json
import os
import shutil
import subprocess
import sys

import pytest
import support_tree
from support_tree import ROOT, native, text

#: What the build reads. Copied, so that interpreters that build at the same time do not meet.
SOURCES = ("setup.py", "setup.cfg", "pyproject.toml", "MANIFEST.in", "LICENSE", "README.md", "core", "hosts")

LOOK = """
import json, os, sys
import rayvision_sync, rayvision_sync.engines, rayvision_sync.hosts
from rayvision_sync import compat
print(json.dumps([rayvision_sync.__version__, os.path.abspath(rayvision_sync.__file__), compat.__name__,
                  rayvision_sync.hosts.__name__]))
"""


def module_exists(name):
    # Not imported: setuptools would replace parts of the standard library for all later tests.
    return subprocess.call([sys.executable, "-c", "import " + name], stderr=subprocess.PIPE) == 0


def build_tools():
    for name in ("setuptools", "wheel", "pip"):
        if not module_exists(name):
            pytest.skip("%s is not installed here, and fetching it takes a network" % name)


def clean_environ(path=""):
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    # The suite's own packages stay, the checkout's package does not.
    kept = [folder for folder in environ.get("PYTHONPATH", "").split(os.pathsep)
            if folder and not os.path.isdir(os.path.join(folder, native("rayvision_sync")))]
    environ[native("PYTHONPATH")] = os.pathsep.join([native(path)] + kept if path else kept)
    environ[native("PIP_CONFIG_FILE")] = native(os.devnull)
    return environ


def run(command, folder, path=""):
    """Run a command in a folder; returns what it printed."""
    process = subprocess.Popen([native(word) for word in command], cwd=native(folder), env=clean_environ(path),
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    output = text(process.communicate()[0])
    assert process.returncode == 0, output
    return output


@pytest.fixture
def checkout(tmpdir):
    """A copy of what the build reads."""
    folder = text(tmpdir.mkdir("checkout").strpath)
    for name in SOURCES:
        source, target = native(os.path.join(ROOT, name)), native(os.path.join(folder, name))
        if os.path.isdir(source):
            shutil.copytree(source, target, ignore=shutil.ignore_patterns(native("__pycache__"), native("*.pyc")))
        elif os.path.exists(source):
            shutil.copy(source, target)
    return folder


def install_in(checkout, target, *options):
    build_tools()
    run([text(sys.executable), "-m", "pip", "install", "--no-deps", "--no-build-isolation", "--no-index", "--quiet",
         "--disable-pip-version-check"] + list(options) + target, checkout)


def test_pip_installs_every_module_under_its_import_name(checkout, tmpdir):
    site, elsewhere = text(tmpdir.join("site").strpath), text(tmpdir.mkdir("elsewhere").strpath)
    install_in(checkout, ["--target", site, "."])
    version, path, base, hosts = json.loads(run([text(sys.executable), "-c", LOOK], elsewhere, path=site))
    assert os.path.dirname(os.path.dirname(path)) == os.path.realpath(site) or path.startswith(site)
    assert (base, hosts) == ("rayvision_sync.compat", "rayvision_sync.hosts")
    assert version and version in " ".join(text(name) for name in os.listdir(native(site)))
    wanted = {name.replace("core/", "rayvision_sync/", 1) if name.startswith("core/") else "rayvision_sync/" + name
              for name, _ in support_tree.modules("core", "hosts")}
    assert sorted(name for name in wanted
                  if not os.path.isfile(native(os.path.join(site, *name.split("/"))))) == []
    assert not os.path.exists(native(os.path.join(site, "core")))


@pytest.mark.skipif(sys.version_info < (3, 7), reason="editable installs are for current Pythons")
def test_an_editable_install_imports_from_the_checkout(checkout, tmpdir):
    prefix, elsewhere = text(tmpdir.join("prefix").strpath), text(tmpdir.mkdir("elsewhere").strpath)
    install_in(checkout, ["--prefix", prefix, "-e", "."])
    site = next(parent for parent, _, names in os.walk(prefix)
                if any(name.endswith(".pth") for name in names))
    code = "import site; site.addsitedir(%r)\n" % site + LOOK
    path = json.loads(run([sys.executable, "-c", code], elsewhere))[1]
    assert os.path.realpath(path) == os.path.realpath(os.path.join(checkout, "core", "__init__.py"))
    program = "rayvision-sync.exe" if os.name == "nt" else "rayvision-sync"
    assert any(program in names for _, _, names in os.walk(prefix))
