"""Where the vendor's transfer program connects: from the farm's answers and what a call asks for."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import os
from collections import namedtuple

from ... import compat
from ...errors import SettingsError, UnsupportedDatabaseError, UnsupportedEngineType
from .command import Route

#: What the farm says: ``config`` of getConfig, ``bids`` of getBid, ``profile`` of queryUserProfile; dicts.
Answers = namedtuple("Answers", "config bids profile")

#: What a call asks for, by the vendor's names. ``transports_json`` counts where ``automatic_line`` is False.
Wish = namedtuple("Wish", "engine_type server_ip server_port network_mode internet_provider automatic_line "
                          "transports_json")
Wish.__new__.__defaults__ = (None, None, None, 0, "", True, "")

NO_WISH = Wish()

#: The farm's number -> the second half of a name in transports.json.
_PLATFORMS = {"2": "www2", "3": "www3", "6": "www6", "9": "www9", "20": "pic", "21": "gpu", "35": "gpu5"}

#: The documented ``network_mode`` (1 TCP, 2 UDP) -> the program's own numbers.
_PROTOCOLS = {"0": 0, "1": 2, "2": 1}

_STORAGES = {"config": ("config_bid", "configBid"), "input": ("input_bid", "inputBid"),
             "output": ("output_bid", "outputBid")}

#: Keywords of the vendor's calls that cannot be kept -> what to do instead.
UNSUPPORTED = {
    "proxy_ip": "it belongs to the raysyncproxy engine. Leave it out: engine_type=\"aspera\" connects by itself",
    "proxy_port": "it belongs to the raysyncproxy engine. Leave it out: engine_type=\"aspera\" connects by itself",
    "redis_flag": "no redis is used. Leave it out: is_db=True keeps a record of uploads on this computer",
    "redis_obj": "no redis is used. Leave it out: is_db=True keeps a record of uploads on this computer",
    "asset": "assets lie on the input storage, which the farm does not list. Leave it out: frames are downloaded",
}

_KINDS = {"proxy": UnsupportedEngineType, "redis": UnsupportedDatabaseError}


def refuse_unsupported(options):
    """Raise for keywords of the vendor's calls that have a value and are not supported.

    Args:
        options (dict): Keyword -> value.

    Raises:
        SettingsError: Names the alternative.
    """
    for name in sorted(set(options) & set(UNSUPPORTED)):
        if options[name]:
            raise _KINDS.get(name.partition("_")[0], SettingsError)(
                "%s is not supported: %s." % (name, UNSUPPORTED[name]))


def check(wish):
    """Raise for a wish that no farm can meet.

    Raises:
        SettingsError: An engine or a network mode that is not supported; a server without a port.
    """
    _engine(wish)
    _protocol(wish.network_mode)
    if bool(wish.server_ip) != bool(wish.server_port):
        raise SettingsError("server_ip and server_port go together: give both, or leave both out.")


def choose(kind, answers, wish=NO_WISH, user="", domain="", platform="2", owner=None):
    """Return the `Route` of one of the user's storages.

    Args:
        kind (str): "input", "output" or "config".
        answers (Answers): Of the farm.
        wish (Wish): Of the call.
        user (str or int): The account's own number; by default the profile's.
        domain (str): Of the farm: it chooses an entry of transports.json.
        platform (str): Of the farm, likewise.
        owner (tuple, optional): (user, storage) that a task's item names; output only.

    Raises:
        SettingsError: The farm's answers lack something, or the wish cannot be met.
    """
    engine = _engine(wish)
    if wish.server_ip and wish.server_port:
        host, port = wish.server_ip, wish.server_port
    else:
        host, port = _server(engine, answers, wish, domain, platform)
    user, storage = _account(kind, answers, user, owner)
    return Route(engine, compat.text(wish.server_ip or host), compat.text(wish.server_port or port),
                 storage, user, _protocol(wish.network_mode))


def _engine(wish):
    engine = (compat.text(wish.engine_type) or "aspera").strip().lower()
    if engine in ("raysync", "raysyncproxy"):
        raise UnsupportedEngineType(
            "engine_type=\"%s\" is not supported: it opens a port to the whole network and ends other transfers of "
            "this computer. Use engine_type=\"aspera\", the default." % engine)
    if engine != "aspera":
        raise UnsupportedEngineType("engine_type=\"%s\" is not known. Use engine_type=\"aspera\", the default."
                                    % engine)
    return engine


def _protocol(mode):
    name = "%s" % (compat.text(mode),) if mode not in (None, "") else "0"
    if name not in _PROTOCOLS:
        raise SettingsError("network_mode must be 0 (automatic), 1 (TCP) or 2 (UDP), not %s." % name)
    return _PROTOCOLS[name]


def _server(engine, answers, wish, domain, platform):
    if not wish.automatic_line:
        return _from_file(engine, wish.transports_json, domain, platform)
    lines = list(_lines(engine, answers.config))
    provider = compat.text(wish.internet_provider) or ""
    if provider:
        found = [line for line in lines if line.get("name") == provider]
        if not found:
            raise SettingsError("The farm has no line \"%s\". It has: %s." % (
                provider, ", ".join(compat.text(line.get("name")) or "?" for line in lines) or "none"))
    else:
        # Where none is the default, any line is better than none.
        found = [line for line in lines if _is_true(line.get("isDefault"))] or lines
    if not found:
        raise SettingsError("The farm named no line for its transfer program. Try again, or give server_ip and "
                            "server_port.")
    return found[0]["server"], found[0]["port"]


def _lines(engine, config):
    """Yield the lines that the farm offers for an engine, without broken ones."""
    for offered in _list(config, "resqEngines"):
        if isinstance(offered, dict) and compat.text(offered.get("engineName") or "").lower() == engine:
            for line in _list(offered, "respTaskEngineLines"):
                if isinstance(line, dict) and line.get("server") and line.get("port"):
                    yield line


def _from_file(engine, source, domain, platform):
    """Return host and port by a transports.json, the vendor's way to name lines by hand."""
    source = compat.text(source)
    if not source:
        raise SettingsError("automatic_line=False needs transports_json: the path of a file that names the lines.")
    try:
        with io.open(compat.fs(source), encoding="utf-8-sig") as opened:
            found = compat.parse_json(opened.read())
    except (IOError, OSError) as error:
        raise SettingsError("transports_json %s cannot be read (%s)." % (source, compat.text(error.strerror)))
    except ValueError as error:
        raise SettingsError("transports_json %s is not valid JSON: %s." % (source, compat.json_error(error)[0]))
    farm = "foxrenderfarm" if "foxrenderfarm" in (compat.text(domain) or "") else "renderbus"
    name = "%s_%s" % (farm, _PLATFORMS.get("%s" % (platform,), "default"))
    for key in (name, "default"):
        line = found.get(key) if isinstance(found, dict) else None
        line = line.get(engine) if isinstance(line, dict) else None
        if isinstance(line, dict) and line.get("server_ip") and line.get("server_port"):
            return line["server_ip"], line["server_port"]
        if isinstance(found, dict) and key in found:
            break  # It is there and says nothing for this engine: another farm's line would be wrong.
    raise SettingsError("transports_json %s names no \"%s\" line of %s." % (os.path.basename(source), engine, name))


def _account(kind, answers, user, owner):
    """Return (user, storage): whose storage it is.

    A studio's accounts may share the main account's money; then its input storage is the main account's, too.
    """
    if kind not in _STORAGES:
        raise SettingsError("The storage \"%s\" is not one of %s." % (kind, ", ".join(sorted(_STORAGES))))
    profile, bids, config = [_dict(answer) for answer in (answers.profile, answers.bids, answers.config)]
    if kind == "output" and owner:
        return tuple("%s" % (part,) for part in owner)
    user = user or profile.get("userId")
    names = _STORAGES[kind]
    if kind == "input" and _is_true(profile.get("shareMainCapital")):
        user, names = profile.get("mainUserId"), ("parent_input_bid", "parentInputBid")
    storage = bids.get(names[0]) or config.get(names[1])
    if not user or not storage:
        raise SettingsError("The farm did not say which %s is yours (%s). Log in again, or ask its support." % (
            "account" if not user else kind + " storage", "userId" if not user else names[0]))
    return "%s" % (user,), "%s" % (storage,)


def _is_true(value):
    return "%s" % (value,) not in ("0", "None", "", "False", "false")


def _dict(value):
    return value if isinstance(value, dict) else {}


def _list(value, name):
    found = _dict(value).get(name)
    return found if isinstance(found, list) else []
