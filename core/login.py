"""From settings to an account on a farm."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import os

from . import compat, settings as settings_module, words
from .errors import NoAccount, SettingsError

#: What a local farm's farm.json tells of an account.
_FROM_FARM = ("domain", "protocol", "access_id", "access_key")


def settings_for(options=None, farm=None, path=None):
    """Read the settings; where they, or the call, name the folder of a local farm, they lead to that farm.

    Args:
        options (dict, optional): As for `settings.load`; what they say of an account wins over the local farm's.
        farm (str, optional): Folder of a local farm, named by the call.
        path (str, optional): The user's settings file.

    Returns:
        Settings: Of the farm that holds: the studio's, if it has locked one.

    Raises:
        SettingsError: A file that cannot be read; or a local farm that does not run, or that the studio does not allow.
    """
    found = settings_module.load(options, path)
    folder = local_folder(found, farm)
    if folder is None:
        return found
    locked = [name for name in _FROM_FARM if found.is_locked(name)]
    if locked:
        raise SettingsError("The local farm %s cannot be used: your studio has set the farm (%s) for everybody."
                            % (folder, ", ".join(locked)))
    try:
        values = local_farm(folder)
    except SettingsError as error:
        error.message += "" if folder == farm else found.place_of("farm")
        raise
    farm_domain = values["domain"]
    own = dict((name, value) for name, value in (options or {}).items() if value is not None)
    values = dict(own, **values) if found.is_locked("farm") else dict(values, **own)
    found = settings_module.load(values, path)
    if found.get("domain") == farm_domain:
        found.farm_folder = compat.absolute(compat.text(folder))
    return found


def local_folder(settings, farm=None):
    """Return the folder of the local farm that holds; None where it is another farm.

    Args:
        settings (Settings): As they are set.
        farm (str, optional): Named by the call.
    """
    folder = settings.choose("farm", farm or None)
    return folder if folder and (folder == farm or not _is_outranked(settings)) else None


def _is_outranked(found):
    """Tell whether another farm's address stands further up than the local farm's folder."""
    return settings_module.ORIGINS.index(found.origin("domain")[0]) < settings_module.ORIGINS.index(
        found.origin("farm")[0])


def connect(settings, cancel=None):
    """Log in.

    Args:
        settings (Settings): Account and farm.
        cancel (Cancel, optional): Ends pauses between attempts.

    Returns:
        RayvisionAPI: Logged in.

    Raises:
        NoAccount: The settings have none.
        FarmError: The farm refused, or could not be reached.
    """
    for name, what, option, variable in (
            ("access_id", "access id", "--access-id", "RAYVISION_API_ACCESS_ID"),
            ("access_key", "access key", "--access-key", "RAYVISION_API_KEY")):
        if not settings.get(name):
            raise NoAccount("There is no %s for the farm %s: give %s, set %s, or put it into the settings file. "
                            "For a local farm, give --farm DIR." % (what, settings.get("domain"), option, variable))
    # Not above: requests is heavy, and not every command logs in.
    from .api import RayvisionAPI
    try:
        return RayvisionAPI(cancel=cancel, farm_folder=settings.farm_folder, **dict(
            (name, settings.get(name)) for name in (
                "access_id", "access_key", "domain", "platform", "protocol", "ca_bundle", "proxy")))
    except SettingsError as error:
        if error.setting:
            error.message += settings.place_of(error.setting)
        raise


def local_farm(folder):
    """Return the options that lead to a local farm on this machine.

    Args:
        folder (str): The farm's folder, its ``--root``.

    Returns:
        dict: domain, protocol, access_id, access_key.

    Raises:
        SettingsError: There is none, or it does not run.
    """
    folder = compat.absolute(compat.text(folder))
    path = os.path.join(folder, "farm.json")
    try:
        with io.open(compat.fs(path), encoding="utf-8") as source:
            found = compat.parse_json(source.read(1 << 16))
        values = dict((name, found[name]) for name in _FROM_FARM)
    except (IOError, OSError, ValueError, KeyError, TypeError):
        raise SettingsError("There is no local farm in %s. Start one: python -m rayvision_sync farm --root %s"
                            % (folder, words.argument(folder)))
    if not found.get("pid") or not all(isinstance(value, compat.text_type) for value in values.values()):
        raise SettingsError("The local farm in %s does not run. Start it: python -m rayvision_sync farm --root %s"
                            % (folder, words.argument(folder)))
    return values
