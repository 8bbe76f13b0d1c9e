"""The arguments of the vendor's transfer program: a list, never a line for a shell.

By what rayvision_transmitter 1.1.5 takes; it answers anything else with its
usage and 255, so all of it is checked before.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import re
from collections import namedtuple

from ... import compat, paths
from ...errors import NameRefused, SettingsError

#: Where a program connects, and as whom. ``engine`` "aspera"; ``storage`` and ``user`` are
#: numbers of the farm as text; ``protocol`` 0 lets the program choose, 1 is UDP, 2 is TCP.
Route = namedtuple("Route", "engine host port storage user protocol")

#: What is moved. ``kind`` as in `KINDS`; ``local`` an absolute path: of the list, the file or the folder;
#: ``remote`` a name on the storage, or for "download_list" the path of a local file with one such name a line;
#: ``keep`` whether the path is kept below ``local``; ``speed_kb`` 0 to
#: `MOST_SPEED_KB`; ``attempts`` of the program itself; ``record`` a path of an ini file, or None.
Order = namedtuple("Order", "kind local remote keep speed_kb attempts record")
Order.__new__.__defaults__ = ("/", False, None, 2, None)

KINDS = ("upload_json", "upload_list", "upload_path", "download_list", "download_path")
ENGINES = ("aspera", "raysync")

#: KB/s: the program's own limit, which it takes for none.
MOST_SPEED_KB = 1048576

_NUMBER = re.compile(r"[0-9]{1,20}\Z")
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.:_-]{0,252}[A-Za-z0-9])?\Z")
_ABSOLUTE = re.compile(r"/|[A-Za-z]:[\\/]|\\\\")

#: In a file's name this could not be told from what the program says.
_SPOKEN = re.compile(r"\n\s*(?:upload|download|get path) ", re.I)
_SURROGATE = re.compile("[%s]" % compat.SURROGATES) if compat.SURROGATES else None


def arguments(program, route, order):
    """Return the argument list of one run.

    Args:
        program (str): Absolute path of the executable.
        route (Route): Where to.
        order (Order): What.

    Returns:
        list of str: Text.

    Raises:
        SettingsError: A value that the program would refuse.
        NameRefused: A path that cannot be given to it.
    """
    _check_route(route)
    remote = _remote(order)
    made = [program, "-E", route.engine, "-H", route.host, "-P", "%s" % route.port, "-S", "%s" % route.storage,
            "-U", "%s" % route.user, "-T", order.kind, "-L", check_local(order.local), "-R", remote,
            "-r", "%d" % _whole("number of attempts", order.attempts, 0, 100),
            "-K", "true" if order.keep else "false", "-s", "%d" % _speed(order.speed_kb)]
    if order.record:
        made += ["-C", check_local(order.record)]
    return made + ["-p", "%d" % _whole("network mode", route.protocol, 0, 2)]


def check_local(path):
    """Return a local path that the program, its lists and what it says can carry.

    Raises:
        NameRefused: It is relative, or holds what UTF-8 or a C string does not.
    """
    if not _ABSOLUTE.match(path):
        raise NameRefused("%s is not an absolute path: the transfer program takes whole paths only. Give the whole "
                          "path." % paths.quoted(path))
    if "\0" in path or (_SURROGATE and _SURROGATE.search(path)):
        raise NameRefused("%s cannot be given to the transfer program: its name is not valid UTF-8. Rename it."
                          % paths.quoted(path))
    if "\n" in path and _SPOKEN.search(path):
        raise NameRefused("%s cannot be given to the transfer program: behind a line break its name reads like one "
                          "of the program's own messages. Rename it." % paths.quoted(path))
    return path


def _check_route(route):
    if route.engine not in ENGINES:
        raise SettingsError("The transfer engine \"%s\" is not one of %s." % (route.engine, ", ".join(ENGINES)))
    if not _HOST.match(compat.text(route.host) or ""):
        raise SettingsError("The transfer server %s is not a host name or an address."
                            % paths.quoted(compat.text(route.host) or ""))
    _whole("port of the transfer server", route.port, 1, 65535)
    for what, value in (("storage", route.storage), ("user", route.user)):
        if not _NUMBER.match("%s" % (value,)):
            raise SettingsError("The number of the %s is %s: the farm gave none, or a broken one. Log in again."
                                % (what, paths.quoted("%s" % (value,))))


def _remote(order):
    if order.kind not in KINDS:
        raise SettingsError("The transfer type \"%s\" is not one of %s." % (order.kind, ", ".join(KINDS)))
    if order.kind == "download_list":
        return check_local(order.remote)  # By what 1.1.5 opens: its usage does not say so.
    name = (compat.text(order.remote) or "").strip("/")
    if not name:
        if order.kind == "download_path":
            raise SettingsError("A download needs the path of a file or folder on the storage, not its whole root.")
        return "/"
    paths.check_server("/" + name)
    # A leading slash also keeps a name that begins with "-" from being read as an option.
    return "/" + name


def _speed(value):
    return MOST_SPEED_KB if value is None else _whole("speed limit in KB/s", value, 0, MOST_SPEED_KB)


def _whole(what, value, least, most):
    try:
        if isinstance(value, (bool, float)):
            raise ValueError
        number = int(value)
    except (TypeError, ValueError):
        number = None
    if number is None or not least <= number <= most:
        raise SettingsError("The %s must be a whole number of %d to %d, not %s." % (what, least, most, value))
    return number
