"""Every call into Houdini is there in its published stubs (Houdini 21), and the fake offers nothing that is not."""
from __future__ import absolute_import, division, print_function, unicode_literals

import ast
import inspect
import io
import os
import re

import pytest
import support_stubs
import support_tree
from fake_houdini import module, nodes, scene, windows

if not support_stubs.folder():
    pytest.skip("RAYVISION_TEST_STUBS names no folder with stubs.", allow_module_level=True)

STUB = support_stubs.Stub(os.path.join(support_stubs.folder(), "hou-stubs", "__init__.pyi"))

#: The adapter's own modules; what is in package/ calls hou for its status line alone.
FILES = [(name, path) for name, path in support_tree.modules("hosts/houdini")]

#: What this or an older Houdini lacks -> since when it is there, and what is done without it. All are asked for by
#: name before they are called.
VERSION_BOUND = {
    "text.expandString": "18.0; hou.expandString before",
    "expandString": "17.5 and older; hou.text.expandString since",
    "hipFile.saveAsBackup": "18.5; hipFile.save and setName before",
    "hipFile.isNewFile": "18.0; the scene's name before",
    "PythonPanel.showToolbar": "18.0; left out before",
    "PythonPanel.setLabel": "18.0; left out before",
}

#: Categories that came later -> since when; they are looked up by name.
CATEGORIES = {"Lop": "18.0; no such ROPs before"}

#: Class of the fake -> that of the stub.
FAKES = {
    nodes.Category: "NodeTypeCategory", nodes.Definition: "HDADefinition", nodes.NodeType: "OpNodeType",
    nodes.Template: "ParmTemplate", nodes.StringTemplate: "StringParmTemplate", nodes.Parm: "Parm",
    nodes.Node: "OpNode", nodes.WorkingNode: "RopNode", scene.Hip: "hipFile", windows.Interface: "PythonPanelInterface",
    windows.PyPanel: "pypanel", windows.Tool: "Tool", windows.Shelf: "Shelf", windows.ShelfSet: "ShelfSet",
    windows.Shelves: "shelves", windows.ShelfDock: "ShelfDock", windows.PaneTab: "PaneTab",
    windows.PanelTab: "PythonPanel", windows.Pane: "Pane", windows.FloatingPanel: "FloatingPanel",
    windows.Desktop: "Desktop", windows.Ui: "ui", windows.Qt: "qt",
}

#: What the fake has for its world alone.
HELPERS = {"add", "build", "destroy", "name_text", "new_tab", "make", "refer", "expanded", "delete_widget"}

#: Of Qt, of Python and of ours, with a capital inside: methods that are none of hou's.
OTHERS = set("addWidget removeWidget setContentsMargins setParent showEvent activateWindow isWindow isValid "
             "executeDeferred QVBoxLayout QPushButton QWidget getLogger instanceMessage isMaximized".split())


def source(path):
    with io.open(support_tree.native(path), "rb") as found:
        return found.read()


def uses():
    return [use for name, path in FILES for use in support_stubs.uses(name, source(path), ("hou",))]


def positional(overloads, count):
    """Tell whether an overload takes so many arguments without a name, beside ``self``."""
    for node in overloads:
        names = [argument.arg for argument in node.args.args if argument.arg != "self"]
        if node.args.vararg is not None or count <= len(names):
            return True
    return False


def test_every_name_of_hou_is_in_the_stubs():
    found = uses()
    assert len(found) > 30
    assert [use for use in found if not STUB.has(use.name)] == []


def test_every_call_of_hou_fits():
    wrong = []
    for use in uses():
        overloads = STUB.overloads(use.name)
        if use.keywords is None or overloads is None:
            continue
        if support_stubs.accepts(overloads, use.keywords) or not positional(overloads, use.positional or 0):
            wrong.append(use)
    assert not wrong


def test_every_method_of_hous_objects_is_in_the_stubs():
    known, wrong = STUB.methods() | OTHERS | set(STUB.functions), []
    for name, path in FILES:
        for node in ast.walk(ast.parse(source(path))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and (
                    re.search("[a-z][A-Z]", node.func.attr)) and node.func.attr not in known:
                wrong.append("%s:%d %s" % (name, node.lineno, node.func.attr))
    assert not wrong


def test_what_is_bound_to_a_version_is_known_and_asked_for_before():
    text = b"\n".join(source(path) for _, path in FILES).decode("utf-8")
    for name in VERSION_BOUND:
        assert STUB.has(name), name
        assert '"%s"' % name.split(".")[-1] in text or 'getattr(hou, "%s"' % name.split(".")[0] in text or (
            "." not in name), name
    for name in CATEGORIES:
        assert '"%s"' % name in text
    # Nothing of the above is called straight away.
    assert not [use for use in uses() if use.name in VERSION_BOUND]


@pytest.mark.parametrize("fake", sorted(FAKES, key=lambda kind: kind.__name__))
def test_the_fake_offers_what_hou_offers(fake):
    members, wrong = STUB.members(FAKES[fake]), []
    assert members, FAKES[fake]
    for name, method in inspect.getmembers(fake, callable):
        if name.startswith("_") or name in HELPERS:
            continue
        if name not in members:
            wrong.append(name)
            continue
        ours = [argument for argument in inspect.getfullargspec(method).args if argument != "self"]
        theirs = [[argument.arg for argument in node.args.args if argument.arg != "self"] for node in members[name]]
        if not any(ours == names[:len(ours)] for names in theirs):
            wrong.append("%s(%s)" % (name, ", ".join(ours)))
    assert not wrong


def test_the_fakes_functions_are_hous():
    wrong = []
    for name, _ in inspect.getmembers(module.Hou, inspect.isfunction):
        if name.startswith("_") or name in HELPERS:
            continue
        if name not in STUB.functions and name not in STUB.classes:
            wrong.append(name)
    assert not wrong


def test_enums_that_are_named_are_there():
    for name in ("paneTabType.PythonPanel", "paneTabType.Parm", "fileType.Directory", "severityType.Error"):
        assert STUB.has(name)


def test_static_files_call_what_is_there():
    package = os.path.join(support_tree.ROOT, "hosts", "houdini", "package")
    text = "".join(io.open(os.path.join(folder, name), encoding="utf-8").read()
                   for folder, _, names in os.walk(package) for name in names if not name.endswith(".pyc"))
    named = set(re.findall(r"\bhou\.([A-Za-z]+\.[A-Za-z]+)", text))
    assert named == {"ui.setStatusMessage", "severityType.Error"}
    assert [name for name in named if not STUB.has(name)] == []
    assert not support_stubs.accepts(STUB.overloads("ui.setStatusMessage"), ["severity"])
