"""3ds Max's bundle, and a script at its start for releases that do not look where a user may write."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os
import uuid

from . import finding, hosts, staging, system

NAME = "rayvision_sync"
START = "rayvision_sync.ms"
CONTENTS = "PackageContents.xml"

#: Tells the bundle's start-up script where the package is.
PYTHON = "python.txt"

_PRODUCTS = uuid.UUID("0f6f2f9c-61ab-4a3f-8a57-2d6d3a0f5e11")

#: The files of the bundle in the adapter's folder.
BUNDLE = "bundle"

#: Only the folder of all users is documented for bundles; scripts at the start are read by every release. Plain ASCII
#: whatever the user's name is, and it does nothing where the bundle is gone or was loaded already.
_START = """\
-- Starts the plug-in rayvision_sync; written by its install.py.
(
    local bundle = (systemTools.getEnvVariable "APPDATA") + "\\\\Autodesk\\\\ApplicationPlugins\\\\rayvision_sync"
    local start = bundle + "\\\\rayvision_sync.ms"
    if doesFileExist start do try (fileIn start) catch ()
)
"""


def files(entries, place, machine):
    """Return path -> content of what 3ds Max reads; arguments as `maya.files` takes them."""
    found = {}
    for prefs in sorted({entry.prefs for entry in entries}):
        own = sorted((entry for entry in entries if entry.prefs == prefs), key=lambda entry: int(entry.version))
        tree, folder = place.tree(own[-1].tree), os.path.join(prefs, NAME)
        for name, path in staging.files_below(
                os.path.join(place.adapter(own[-1].tree, hosts.MAX), BUNDLE)):
            content = system.read(path)
            found[os.path.join(folder, *name.split("/"))] = (
                described(content, own[-1].tree) if name == CONTENTS else content)
        found[os.path.join(folder, PYTHON)] = os.path.join(tree, "python").encode("utf-8")
        if not place.is_site and prefs == finding.preferences(machine, hosts.MAX, ""):
            for entry in own:
                for folder in finding.start_up_folders(machine, entry.version):
                    found[os.path.join(folder, START)] = _START.encode("ascii")
    return found


def described(template, tree):
    """Return PackageContents.xml for a copy: each is a product of its own, all of them one to upgrade."""
    code = uuid.uuid5(_PRODUCTS, system.native(tree))
    return template.decode("utf-8").format(
        version=tree.split("-")[0], product_code="{%s}" % code).encode("utf-8")


def next_steps(versions, is_site=False):
    """Return what to do next."""
    steps = ["Start %s: the menu Render Farm and the toolbar RenderFarm are there."
             % " or ".join(hosts.title(hosts.MAX, version) for version in versions)]
    if is_site:
        steps.append("3ds Max 2018 does not read a share: install for each of its users.")
    return steps


#: As `maya.LEFTOVERS`.
LEFTOVERS = ("3ds Max may keep the menu Render Farm in the user's .mnux (up to 2024) and the toolbar's place in its "
             "workspace. Their macros only name what is gone; Customize User Interface removes them.")
