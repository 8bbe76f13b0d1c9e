"""The account's render environments: a program, its version and its plug-ins, under a name."""
from __future__ import absolute_import, division, print_function, unicode_literals

from ..errors import SettingsError
from .operators import CG_IDS, _Operator


class RenderEnvOperator(_Operator):
    """Environments that the farm keeps for the account."""

    def add_render_env(self, data):
        """Keep a new environment. Never repeated by itself.

        Args:
            data (dict): cgId, cgName, cgVersion, renderLayerType, editName (its name), renderSystem (0 Linux,
                1 Windows), pluginIds (list of int), and perhaps projectPath.

        Returns:
            dict: With editName.
        """
        return self._post("addUserPluginConfig", data)

    def update_render_env(self, data):
        """Replace the environment of that name; `data` as for `add_render_env`."""
        return self._post("editUserPluginConfig", data)

    def delete_render_env(self, edit_name):
        """Forget an environment, given by its name."""
        return self._post("deleteUserPluginConfig", {"editName": edit_name})

    def set_default_render_env(self, edit_name):
        """Make an environment, given by its name, the one that its program is offered with."""
        return self._post("setDefaultUserPluginConfig", {"editName": edit_name})

    def get_render_env(self, name=None, cg_names=None, os_name=1):
        """Return environments: list of dict with cgId, editName, cgName, cgVersion, osName, isDefault...

        Args:
            name (str, optional): Only of this program, one of `CG_IDS`.
            cg_names (list of str, optional): Only of these programs.
            os_name (int): 0 Linux, 1 Windows.

        Raises:
            SettingsError: The farm knows no such program.
        """
        data = {} if os_name is None else {"osName": os_name}
        if name:
            data["cgId"] = cg_id(name)
        if cg_names:
            if not isinstance(cg_names, (list, tuple)):
                raise SettingsError("cg_names is a list of programs: [\"maya\", \"houdini\"].")
            data["cgIds"] = [cg_id(one) for one in cg_names]
        return self._post("getUserPluginConfig", data)


def cg_id(name):
    """Return the farm's number of a program.

    Raises:
        SettingsError: It knows none of that name.
    """
    name = name.strip().lower()
    if name not in CG_IDS:
        raise SettingsError("\"%s\" is no program that the farm knows. Choose from: %s."
                            % (name, ", ".join(sorted(CG_IDS))))
    return CG_IDS[name]
