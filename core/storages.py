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
        api (RayvisionAPI or None): Ours or the vendor's; it is asked for ``getConfig``. None where there is no
            farm, only a storage that the settings name.
        kind (str): "input" (assets), "output" (frames) or "config".
        settings (Settings): Its ``storage`` wins over what the farm says:
            ``{"engine": "folder", "input": {"root": "/mnt/farm/input"}, ...}``.

    Raises:
        SettingsError: The farm offers no storage that this package can reach.
    """
    own = settings.get("storage")
    if own:
        return _make(own, kind, settings)
    if api is None:
        raise SettingsError("No storage is named: give --storage s3://bucket/prefix, or a farm.")
    config = tasks.ask(api.transmit.get_transfer_config)
    offered = config.get("syncStorage") if isinstance(config, dict) else None
    if not isinstance(offered, dict):
        raise SettingsError("The farm %s keeps its files behind its own transfer program, which this version "
                            "cannot drive yet. Name a storage in the settings, or use a local farm." % domain_of(api))
    check = _CHECKS.get(offered.get("engine"))
    if check:
        check(offered.get(kind), domain_of(api))
    return _make(offered, kind, settings)


def is_near(settings):
    """Tell whether the storage that the settings name is on this very computer, and nobody else's to wait for."""
    own = settings.get("storage")
    options = own.get("output") if isinstance(own, dict) else None
    if not isinstance(options, dict):
        return False
    address = compat.text(options.get("endpoint")) or ""
    return bool(options.get("root")) or is_loopback(address.partition("://")[2].partition("/")[0])


# ---------------------------------------------------------------- what a farm may name

def _check_folder(_, domain):
    if not is_loopback(domain):
        raise SettingsError("The farm %s names a folder of this computer as its storage. That is accepted only "
                            "from a farm on this computer: name the folder in your own settings if you trust it."
                            % domain)


def _check_bucket(options, domain):
    """A farm's bucket comes with the farm's keys: the user's own are not for whatever a farm names."""
    if isinstance(options, dict) and not (options.get("access_key") and options.get("secret_key")):
        raise SettingsError("The farm %s names a bucket as its storage, but no keys to it. Your own keys are not sent "
                            "to what a farm names: name the bucket in your settings if you trust it." % domain)
    if isinstance(options, dict) and options.get("ca_bundle") and not is_loopback(domain):
        raise SettingsError("The farm %s names a file of this computer (ca_bundle) for its storage. That is accepted "
                            "only from a farm on this computer: set ca_bundle in your own settings." % domain)


_CHECKS = {"folder": _check_folder, "s3": _check_bucket}


def _make(storage, kind, settings):
    options = storage.get(kind) if isinstance(storage, dict) else None
    if not isinstance(options, dict):
        raise SettingsError("The storage settings name no \"%s\" storage: give {\"engine\": ..., \"%s\": {...}}."
                            % (kind, kind))
    for name in ("ca_bundle", "proxy") if storage.get("engine") == "s3" else ():
        if not options.get(name) and settings.get(name):  # What leads to the farm leads to a bucket, too.
            options = dict(options, **{name: settings.get(name)})
    return make_engine(storage.get("engine"), options)
