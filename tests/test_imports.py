"""The order of the layers, kept by reading every import of the package."""
from __future__ import absolute_import, division, print_function, unicode_literals

import ast
import io
import json
import os
import subprocess
import sys

import pytest
import support_tree

#: Low to high, left to right: a module imports only what stands before it. A new module gets its
#: place here, as low as it can stand.
LAYERS = """
    vendored compat words errors model places settings logs jsonfile task_words
    references signature paths frame_range mapping png manifest cancel frames record progress retry throttle timetable
    marks stream span checksum mosaic spool
    plan
    engines wishes tuner split crew survey parts transfer space barrier landing ranged tally fetch
    api account login tasks shortfall outputs storages session watch follow task_config expansion submission
    farm
    exception manage door upload download utils leftovers verify jobs
    panel hosts
    demo
    cli __main__
"""

ORDER = {name: rank for rank, name in enumerate(LAYERS.split())}

#: Parts that stand apart: what they may use, and nothing else.
ONLY = {
    # The local farm is the other side: it shares the wire's formats with us, not our code. Where it keeps its files in
    # a bucket, it reaches them as a client does: through the engine, and the streams that an engine takes.
    "farm": {"compat", "errors", "model", "signature", "paths", "png", "farm", "engines", "stream", "throttle",
             "progress", "tuner", "crew"},
    # What lives in a DCC: no engine, no network, no heavy work.
    "panel": {"compat", "words", "errors", "model", "places", "settings", "frame_range", "mapping", "timetable",
              "jobs", "panel"},
    "hosts": {"vendored", "compat", "errors", "model", "places", "settings", "jobs", "panel", "hosts"},
}

#: (module, what it imports) -> why this upward import is no harm.
ALLOWED = {}

#: Foreign module -> the parts of the package that may import it.
FOREIGN = {
    "requests": ("api",),
    "urllib3": ("api",),
    "Qt": ("panel", "hosts"),
    "sqlite3": ("record", "jobs", "farm"),
}

#: Nothing of this may be loaded in a DCC's process.
HEAVY = ("requests", "urllib3", "ssl", "_ssl", "http.client", "httplib")

#: What a DCC imports.
DCC_SIDE = ("rayvision_sync", "rayvision_sync.compat", "rayvision_sync.hosts", "rayvision_sync.jobs.client",
            "rayvision_sync.jobs.snapshot")


def parts(name):
    """Return where a file stands in the package: "core/api/urls.py" -> ["api", "urls"]."""
    names = name[:-len(".py")].split("/")
    names = names[1:] if names[0] == "core" else names
    return names[:-1] if names[-1] == "__init__" else names


def imports(name, source, known):
    """Return ``(line, absolute?, dotted name)`` of every import of a file, lazy ones too.

    Args:
        name (str): In the checkout.
        source (bytes): Its content.
        known (set of str): Dotted names of the package's modules.

    Returns:
        list: Names inside the package are relative to it ("api.urls"; "" is the package itself).
    """
    found = []
    here = parts(name)
    package = here if name.endswith("/__init__.py") else here[:-1]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found.extend((node.lineno, True, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.append((node.lineno, True, node.module))
        elif isinstance(node, ast.ImportFrom):
            base = package[:len(package) - node.level + 1] + (node.module.split(".") if node.module else [])
            for alias in node.names:
                full = ".".join(base + [alias.name])
                found.append((node.lineno, False, full if full in known else ".".join(base)))
    return found


def read(path):
    with io.open(path, "rb") as source:
        return source.read()


#: What an installation copies into a host, to be run there by itself: no part of the package.
STARTERS = ("hosts/maya/module/", "hosts/houdini/package/", "hosts/max/bundle/")

FILES = [(name, path) for name, path in support_tree.modules("core", "hosts") if not name.startswith(STARTERS)]
KNOWN = {".".join(parts(name)) for name, _ in FILES}
IMPORTS = [(name, line, absolute, target) for name, path in FILES
           for line, absolute, target in imports(name, read(path), KNOWN)]


def top(dotted):
    return dotted.split(".")[0]


def module_of(name):
    return top(".".join(parts(name)))


def upward(name, target):
    """Tell whether a file of the package may not import another part of it."""
    source, target = module_of(name), top(target)
    if source == target or not target or (source, target) in ALLOWED:
        return False
    if source in ONLY and target not in ONLY[source]:
        return True
    return ORDER[target] > ORDER[source]


def test_every_module_has_its_place_in_the_order():
    strangers = sorted({module_of(name) for name, _ in FILES} - set(ORDER) - {""})
    assert not strangers, "add them to LAYERS in tests/test_imports.py, as low as they can stand"


def test_no_module_imports_a_higher_one():
    wrong = ["%s:%d imports %s" % (name, line, target) for name, line, absolute, target in IMPORTS
             if not absolute and module_of(name) in ORDER and top(target) in ORDER and upward(name, target)]
    assert not wrong


def test_the_package_itself_imports_nothing():
    assert [row for row in IMPORTS if row[0] == "core/__init__.py"] == []


def test_relative_imports_lead_to_modules_that_exist():
    wrong = ["%s:%d imports %s" % (name, line, target) for name, line, absolute, target in IMPORTS
             if not absolute and target and target not in KNOWN]
    assert not wrong


def test_the_package_never_goes_by_a_folder_name():
    wrong = ["%s:%d" % (name, line) for name, line, absolute, target in IMPORTS
             if absolute and top(target) in ("core", "hosts", "rayvision_sync", "rayvision_api")]
    assert not wrong, "imports inside the package are relative"


@pytest.mark.parametrize("foreign", sorted(FOREIGN))
def test_heavy_modules_are_imported_in_their_place_only(foreign):
    wrong = []
    for name, line, absolute, target in IMPORTS:
        here = ".".join(parts(name))
        if absolute and top(target) == foreign and not any(
                here == place or here.startswith(place + ".") for place in FOREIGN[foreign]):
            wrong.append("%s:%d" % (name, line))
    assert not wrong


def test_every_folder_with_modules_is_a_package():
    folders = {os.path.dirname(path) for _, path in FILES}
    assert [folder for folder in folders if not os.path.isfile(os.path.join(folder, "__init__.py"))] == []


def test_the_side_that_lives_in_a_dcc_loads_no_network():
    code = "import sys, json\nfor name in %r.split():\n    __import__(name)\n" \
           "print(json.dumps(sorted(sys.modules)))" % str(" ".join(DCC_SIDE))
    loaded = json.loads(subprocess.check_output([sys.executable, "-c", code]).decode("utf-8"))
    assert "rayvision_sync" in loaded
    assert sorted(set(loaded) & set(HEAVY)) == []


def test_lazy_and_relative_imports_are_seen():
    source = b"def f():\n    from ..upload import x\n    from .. import compat\n    from . import folder\n"
    known = {"upload", "compat", "engines", "engines.folder", "engines.s3"}
    assert imports("core/engines/s3.py", source, known) == [
        (2, False, "upload"), (3, False, "compat"), (4, False, "engines.folder")]
    assert upward("core/engines/s3.py", "upload")
    assert not upward("core/engines/s3.py", "compat")
    assert upward("core/farm/server.py", "settings")
