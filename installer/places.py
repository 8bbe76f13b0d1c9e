"""Where an installation lies: the user's own folder, or a studio's share."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os

from . import finding, hosts, system


class Place(object):
    """Folders of an installation.

    Args:
        base (str): Absolute; holds the copies and installed.json.
        is_site (bool): A share that many machines read, so that nothing may depend on this one.
        root (str, optional): The checkout: hosts' files are read there while a copy is not made yet.
    """

    def __init__(self, base, is_site=False, root=None):
        self.base = base
        self.is_site = is_site
        self._root = root

    @property
    def lock(self):
        """The file that is locked while somebody installs."""
        return os.path.join(self.base, "install.lock")

    def tree(self, name):
        """Return the folder of a copy."""
        return os.path.join(self.base, name)

    def adapter(self, name, host):
        """Return the folder of a host's adapter in a copy, where its own files are read."""
        made = os.path.join(self.tree(name), "python", "rayvision_sync", "hosts", host)
        return made if self._root is None or os.path.isdir(system.fs(made)) else os.path.join(self._root, "hosts", host)

    def preferences(self, machine, host, version):
        """Return the folder that a host's files go to."""
        if not self.is_site:
            return finding.preferences(machine, host, version)
        # All versions of a host share one folder here: a variable leads to it.
        return os.path.join(self.base, host)


def choose(machine, site=None, root=None):
    """Return the Place of a command line.

    Args:
        machine (Machine): This one.
        site (str, optional): The folder of --site.
        root (str, optional): See `Place`.
    """
    if site:
        return Place(system.text(os.path.abspath(system.fs(site))), True, root)
    return Place(os.path.join(machine.data, system.FOLDER), False, root)


def user_folder(machine):
    """Return the folder where the package keeps a user's settings, jobs and programs; `core/places.py` has the rule."""
    chosen = machine.variable("RAYVISION_SYNC_HOME")
    if chosen:
        return system.text(os.path.abspath(system.fs(chosen)))
    return os.path.join(machine.data, "rayvision_sync")


def variables(place, names, machine):
    """Return ``(name, value)`` of the environment variables that lead hosts to a share.

    Args:
        place (Place): The share.
        names (list of str): Hosts.
        machine (Machine): Only its system's hosts count.
    """
    values = {hosts.MAYA: ("MAYA_MODULE_PATH", os.path.join(place.base, hosts.MAYA, "modules")),
              hosts.HOUDINI: ("HOUDINI_PACKAGE_DIR", os.path.join(place.base, hosts.HOUDINI, "packages")),
              hosts.MAX: ("ADSK_APPLICATION_PLUGINS", os.path.join(place.base, hosts.MAX))}
    return [values[name] for name in names]
