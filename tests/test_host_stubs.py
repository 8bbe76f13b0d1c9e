"""Every call that an adapter makes of a host exists in the real host's API, flags and all.

What the stubs do not have, or what not every version has, stands in a table with the reason: the table is kept short
by a test that every line of it is used.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import os

import pytest
import support_stubs
import support_tree

pytestmark = pytest.mark.skipif(
    support_stubs.folder() is None,
    reason="the stubs are on one interpreter only: RAYVISION_TEST_STUBS names their folder")

#: What is used of Maya but is not in the stubs: what it is, and why it may be used.
MAYA_BEYOND = {
    "OpenMayaUI.MQtUtil": "the older API is empty in the stubs; a class since Maya 2011, looked up by function name",
    "cmds.currentTime query": "the stubs have queries of flags only, and this one asks for the time itself",
    "cmds.pgYetiGraph": "Yeti's own command: asked for by getattr, left out where the plug-in is not there",
}

#: Command or flag -> (versions of Maya, what happens in others). All others are in each of 2018 to 2027.
MAYA_VERSIONS = {
    "cmds.unknownPlugin": ("2015-2027", "none older is supported"),
    "cmds.colorManagementPrefs configFilePath": ("2018-2027", "a failure is one line of troubles"),
    "cmds.workspaceControlState": ("2017-2027", "none older is supported"),
    "cmds.shelfButton image1": ("2018-2027", "deprecated in favour of image since 2011: both are given"),
    "cmds.inViewMessage assistMessage": ("2014-2027", "a failure is no message: the panel tells it itself"),
    "cmds.filePathEditor": ("2014-2027", "a failure is one line of troubles; nodes are read all the same"),
}

_MAYA_ROOTS = ("cmds", "mel", "utils", "OpenMayaUI")


def sources(*folders):
    for name, path in support_tree.modules(*folders):
        with io.open(path, "rb") as source:
            yield name, source.read()


def uses(roots, *folders):
    return [(root, use) for name, source in sources(*folders)
            for root in roots for use in support_stubs.uses(name, source, (root,))]


@pytest.fixture(scope="module")
def maya():
    stubs = os.path.join(support_stubs.folder(), "maya-stubs")
    return {root: support_stubs.Stub(os.path.join(stubs, root + ".pyi")) for root in _MAYA_ROOTS}


@pytest.fixture(scope="module")
def maya_uses():
    return uses(_MAYA_ROOTS, "hosts/maya")


def test_every_command_of_maya_exists_with_its_flags(maya, maya_uses):
    wrong = []
    for root, use in maya_uses:
        full = "%s.%s" % (root, use.name)
        if full in MAYA_BEYOND:
            continue
        overloads = maya[root].overloads(use.name)
        if overloads is None:
            wrong.append("%s: there is no %s" % (use.place, full))
        elif use.keywords is not None and root == "cmds":
            wrong.extend("%s: %s has no flag %s" % (use.place, full, flag)
                         for flag in support_stubs.wrong_flags(overloads, use.keywords)
                         if "%s %s" % (full, flag) not in MAYA_BEYOND)
    assert wrong == []
    assert len(maya_uses) > 80


def test_the_table_of_versions_names_what_is_used(maya_uses):
    used = {"%s.%s" % (root, use.name) for root, use in maya_uses}
    flags = {"%s.%s %s" % (root, use.name, flag) for root, use in maya_uses for flag in use.keywords or ()}
    text = b"".join(source for _, source in sources("hosts/maya")).decode("utf-8")
    for line in list(MAYA_VERSIONS) + list(MAYA_BEYOND):
        name = line.partition(" ")[0].rpartition(".")[2]
        assert line in used or line in flags or '"%s"' % name in text, line


def test_the_fakes_of_maya_know_no_command_or_flag_that_maya_does_not(maya):
    from fake_maya import flags
    from fake_maya.windows import Maya
    wrong = []
    for name in flags.commands(Maya()):
        overloads = maya["cmds"].overloads(name)
        if overloads is None:
            wrong.append(name)
            continue
        known = support_stubs.flags(overloads)
        for mode, allowed in getattr(Maya, name).flags.items():
            wrong.extend("%s %s %s" % (name, mode, flag)
                         for flag in allowed - known[mode] if flag not in (mode, "-"))
    assert wrong == []


def test_a_call_that_does_not_exist_is_found(maya):
    source = (b"cmds.nodeTypo('a')\ncmds.ls(showTypes=True)\ncmds.menu('a', query=True, parent='x')\n"
              b"values = {'label': 1, 'imagge': 2}\ncmds.shelfButton('a', edit=True, **values)\n")
    found = []
    for use in support_stubs.uses("a.py", source, ("cmds",)):
        overloads = maya["cmds"].overloads(use.name)
        found.append(None if overloads is None else support_stubs.wrong_flags(overloads, use.keywords))
    assert found == [None, ["showTypes"], ["parent"], ["imagge"]]
    with pytest.raises(AssertionError):
        list(support_stubs.uses("a.py", b"cmds.ls(**anything)", ("cmds",)))
