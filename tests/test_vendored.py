"""Dependencies that an installation brings along."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import os
import shutil
import subprocess
import sys

import pytest
import six
import support_tree

from rayvision_sync import compat


@pytest.fixture(params=["an installation", "of J\u00f6rg \u5f20"])
def installed(request, tmpdir):
    """The package and an empty vendor folder as an installation has them; returns the folder."""
    top = os.path.join(compat.text(tmpdir.strpath), request.param)
    shutil.copytree(os.path.join(support_tree.ROOT, "core"), os.path.join(top, "python", "rayvision_sync"))
    for name in ("py2", "py3"):
        os.makedirs(os.path.join(top, "vendor", name))
        shutil.copy(six.__file__.replace(".pyc", ".py"), os.path.join(top, "vendor", name, "six.py"))
    return top


def run(installed, code):
    path = [os.path.join(installed, "python"), compat.environ("PYTHONPATH") or ""]
    environ = dict(os.environ, PYTHONPATH=compat.like(os.pathsep.join(path), str("")))
    return subprocess.check_output([sys.executable, "-c", code], env=environ).decode("utf-8").strip()


def own(installed):
    return os.path.join(installed, "vendor", "py" + sys.version[0])


def test_it_stands_at_the_end_of_the_path_once(installed):
    code = "import sys; from rayvision_sync import vendored; vendored.add(); vendored.add(); " \
           "print(sys.path[-1]); print(sys.path.count(vendored.folder()))"
    assert run(installed, code).splitlines() == [own(installed), "1"]


def test_a_module_of_the_host_is_taken_first_and_ours_where_it_has_none(installed):
    for name in ("six", "only_here"):
        with io.open(os.path.join(own(installed), name + ".py"), "w", encoding="utf-8") as module:
            module.write("PLACE = 'ours'\n")
    code = "from rayvision_sync import vendored; vendored.add(); import six, only_here; " \
           "print(getattr(six, 'PLACE', 'the host')); print(only_here.PLACE)"
    assert run(installed, code).splitlines() == ["the host", "ours"]


def test_nothing_happens_without_such_a_folder(installed):
    shutil.rmtree(os.path.join(installed, "vendor"))
    code = "import sys; before = list(sys.path); from rayvision_sync import vendored; vendored.add(); " \
           "print(sys.path == before)"
    assert run(installed, code) == "True"


def test_a_worker_gets_no_folder_of_the_host_then(installed):
    code = "from rayvision_sync.jobs import spawn; print(spawn.dependency_folders())"
    assert run(installed, code) == "[]"


def test_a_folder_that_only_has_that_name_is_none_of_ours(installed):
    os.remove(os.path.join(own(installed), "six.py"))
    code = "from rayvision_sync import vendored; vendored.add(); import sys; print(vendored.folder() in sys.path)"
    assert run(installed, code) == "False"
