"""Which storage, behind which engine: what the farm says, if it may say so, or the user's settings."""
from __future__ import absolute_import, division, print_function, unicode_literals

import re

from . import compat, tasks
from .engines import make_engine
from .errors import SettingsError

KINDS = ("input", "output", "config")

_LOOPBACK = re.compile(r"(?:127(?:\.\d{1,3}){3}|localhost|\[::1\])(?::\d+)?\Z", re.I)


def is_loopback(domain):
    """Tell whether a farm runs on this very machine."""
    return bool(_LOOPBACK.match(compat.text(domain) or ""))


def domain_of(api):
    """Return the farm's host, from this package's API object or the vendor's."""
    connect = getattr(api, "connect", None)
    return compat.text(getattr(connect, "domain", None) or api.user_info.get("domain"))


def engine_for(api, kind, settings):
    """Return the closed engine of one of the user's storages.

    Args:
        api (RayvisionAPI): Ours or the vendor's; it is asked for ``getConfig``.
        kind (str): "input" (assets), "output" (frames) or "config".
        settings (Settings): Its ``storage`` wins over what the farm says:
            ``{"engine": "folder", "input": {"root": "/mnt/farm/input"}, ...}``.

    Raises:
        SettingsError: The farm offers no storage that this package can reach.
    """
    own = settings.get("storage")
    if own:
        return _make(own, kind)
    config = tasks.ask(api.transmit.get_transfer_config)
    offered = config.get("syncStorage") if isinstance(config, dict) else None
    if not isinstance(offered, dict):
        raise SettingsError("The farm %s keeps its files behind its own transfer program, which this version "
                            "cannot drive yet. Name a storage in the settings, or use a local farm." % domain_of(api))
    if offered.get("engine") == "folder" and not is_loopback(domain_of(api)):
        raise SettingsError("The farm %s names a folder of this computer as its storage. That is accepted only "
                            "from a farm on this computer: name the folder in your own settings if you trust it."
                            % domain_of(api))
    return _make(offered, kind)


def _make(storage, kind):
    options = storage.get(kind) if isinstance(storage, dict) else None
    if not isinstance(options, dict):
        raise SettingsError("The storage settings name no \"%s\" storage: give {\"engine\": ..., \"%s\": {...}}."
                            % (kind, kind))
    return make_engine(storage.get("engine"), options)
