"""Another package of our name: the vendor's own SDK is called rayvision_sync as well, and would win."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os

from . import hosts

NAME = "rayvision_sync"

#: Only ours has it.
_OURS = os.path.join("hosts", "__init__.py")


def find(machine, found):
    """Return folders of packages that a host's Python would import instead of ours.

    Args:
        machine (Machine): This one.
        found (list of finding.Found): Hosts.

    Returns:
        list: ``(host's title, folder of the package)``.
    """
    result = []
    separator = ";" if machine.system == "windows" else ":"
    everywhere = [folder for folder in machine.variable("PYTHONPATH").split(separator) if folder]
    for each in found:
        for folder in everywhere + _folders(machine, each):
            package = os.path.join(folder, NAME)
            if machine.is_file(os.path.join(package, "__init__.py")) and not machine.is_file(
                    os.path.join(package, _OURS)):
                result.append((hosts.title(each.host, each.version), package))
    return result


def sentence(title, package):
    """Return what to say about one."""
    return ("%s would import another rayvision_sync, %s (the vendor's SDK bears our name): the plug-in will not "
            "start there. Remove that package, or take its folder off PYTHONPATH." % (title, package))


def _folders(machine, each):
    """Return the folders that stand on a host's path by itself."""
    if each.host == hosts.MAYA:
        own = [os.path.join(each.prefs, "scripts"), os.path.join(each.prefs, each.version, "scripts"),
               os.path.join(each.prefs, each.version, "prefs", "scripts")]
    elif each.host == hosts.HOUDINI:
        own = [os.path.join(each.prefs, name) for name in machine.folders(each.prefs) if name.endswith("libs")]
        own += [os.path.join(each.prefs, "scripts", "python")]
    else:
        own = [os.path.join(machine.roaming, "Python", name, "site-packages")
               for name in machine.folders(os.path.join(machine.roaming, "Python"))]
    return own + (_site_packages(machine, each.program) if each.program else [])


def _site_packages(machine, program):
    """Return where a program keeps packages for its Python."""
    found = [os.path.join(program, name, "Lib", "site-packages")
             for name in machine.folders(program) if name.lower().startswith("python")]
    for top in (program, os.path.join(program, "python")):
        lib = os.path.join(top, "lib")
        found += [os.path.join(lib, name, "site-packages")
                  for name in machine.folders(lib) if name.startswith("python")]
    return found
