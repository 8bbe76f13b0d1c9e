"""Which storage, behind which engine: what the farm says, if it may say so, or the user's settings."""
from __future__ import absolute_import, division, print_function, unicode_literals

import re

from . import compat, places, tasks
from .engines import make_engine
from .engines.s3.options import read_proxy
from .engines.transmitter.engine import Place, TransmitterEngine
from .engines.transmitter.line import Answers
from .errors import SettingsError
from .wishes import NO_WISHES

KINDS = ("input", "output", "config")

#: Seconds for which a session keeps what the farm said of lines and storages.
_REMEMBERED_S = 600.0

#: Seconds: a shorter silence is no reason to end a program, its start alone takes some.
_SHORTEST_SILENCE_S = 1

_LOOPBACK = re.compile(r"(?:127(?:\.\d{1,3}){3}|localhost|\[::1\])(?::\d+)?\Z", re.I)


def is_loopback(domain):
    """Tell whether a farm runs on this very machine."""
    return bool(_LOOPBACK.match(compat.text(domain) or ""))


def domain_of(api):
    """Return the farm's host, from this package's API object or the vendor's."""
    connect = getattr(api, "connect", None)
    return compat.text(getattr(connect, "domain", None) or api.user_info.get("domain"))


def engine_for(api, kind, settings, wishes=NO_WISHES, memory=None):
    """Return the closed engine of one of the user's storages.

    Args:
        api (RayvisionAPI or None): Ours or the vendor's; it is asked for ``getConfig``. None where there is no
            farm, only a storage that the settings name.
        kind (str): "input" (assets), "output" (frames) or "config".
        settings (Settings): Its ``storage`` wins over what the farm says:
            ``{"engine": "folder", "input": {"root": "/mnt/farm/input"}, ...}``.
        wishes (Wishes): What the call wants of the farm's own transfer program.
        memory (dict, optional): Of a session: what the farm said of its program's ways is asked once in a while only.

    Raises:
        SettingsError: The farm offers no storage that this package can reach.
    """
    own = settings.get("storage")
    if own:
        return _make(own, kind, settings)
    if api is None:
        raise SettingsError("No storage is named: give --storage s3://bucket/prefix, or a farm.")
    memory = {} if memory is None else memory
    if "answers" in memory and compat.monotonic() - memory["at"] < _REMEMBERED_S:
        return _driven(api, kind, settings, wishes, memory["answers"])
    config = tasks.ask(api.transmit.get_transfer_config)
    offered = config.get("syncStorage") if isinstance(config, dict) else None
    if not isinstance(offered, dict):
        memory["answers"], memory["at"] = _answers(api, config), compat.monotonic()
        return _driven(api, kind, settings, wishes, memory["answers"])
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
    _check_way(options, domain)


def _check_way(options, domain):
    """What a farm elsewhere names is reached by TLS: plain http shows the files to everybody on the way."""
    address = (compat.text(options.get("endpoint")) or "").strip().lower() if isinstance(options, dict) else ""
    if address.startswith("http://") and not is_loopback(domain):
        raise SettingsError("The farm %s names a storage that is reached without encryption (http). That is accepted "
                            "only from a farm on this computer: ask the farm for an https address, or name the "
                            "storage in your own settings if you trust the way to it." % domain)


_CHECKS = {"folder": _check_folder, "s3": _check_bucket}


def _answers(api, config):
    """Return what the farm says of the account's storages, by either API object."""
    info = api.user_info if isinstance(api.user_info, dict) else {}
    user = getattr(api, "user", None)
    bids, profile = [tasks.ask(call) if call else info for call in (
        getattr(user, "get_transfer_bid", None), getattr(user, "query_user_profile", None))]
    profile = dict((name, value) for name, value in (profile if isinstance(profile, dict) else {}).items())
    for name, other in (("userId", "user_id"), ("mainUserId", "main_user_id"),
                        ("shareMainCapital", "share_main_capital")):
        profile.setdefault(name, info.get(other))
    return Answers(config, bids, profile)


def _driven(api, kind, settings, wishes, answers):
    """Return the engine that drives the farm's own program."""
    line = wishes.line
    provider = settings.choose("internet_provider", line.internet_provider or None)
    where, setting = settings.origin("transmitter_exe")
    place = Place(
        kind, answers, line._replace(internet_provider=compat.text(provider) or ""), domain_of(api), _platform(api),
        None if settings.is_locked("transmitter_exe") else wishes.exe,
        None if where == "environment" else setting,  # `program.find` reads the variable itself, and says so.
        wishes.log_folder or places.log_folder(), _silence(settings.get("transmitter_silence_s")))

    def ask(folder, task_id=None):
        if task_id is not None:
            return tasks.ask(api.transmit.get_output_files, task_id=task_id)
        return tasks.ask(api.transmit.get_output_files, tree_path=folder)

    return TransmitterEngine(place, ask if kind == "output" else None)


def _platform(api):
    platform = getattr(api, "platform", None) or getattr(getattr(api, "connect", None), "platform", None)
    return "%s" % (platform or api.user_info.get("platform") or "2",)


def _silence(value):
    try:
        seconds = 0.0 if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        seconds = 0.0
    if not _SHORTEST_SILENCE_S <= seconds <= 86400:
        raise SettingsError("The setting transmitter_silence_s must be a number of seconds from %d to 86400, not %s."
                            % (_SHORTEST_SILENCE_S, compat.text(value)))
    return seconds


def _make(storage, kind, settings):
    options = storage.get(kind) if isinstance(storage, dict) else None
    if not isinstance(options, dict):
        raise SettingsError("The storage settings name no \"%s\" storage: give {\"engine\": ..., \"%s\": {...}}."
                            % (kind, kind))
    for name in ("ca_bundle", "proxy") if storage.get("engine") == "s3" else ():
        if not options.get(name) and settings.get(name):  # What leads to the farm leads to a bucket, too.
            if name == "proxy":
                settings.read(name, read_proxy)
            options = dict(options, **{name: settings.get(name)})
    return make_engine(storage.get("engine"), options)
