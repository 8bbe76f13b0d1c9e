"""What a call wants of the farm's own transfer program, under the vendor's names."""
from __future__ import absolute_import, division, print_function, unicode_literals

from collections import namedtuple

from . import compat
from .engines.transmitter import line
from .errors import SettingsError

#: ``line`` a `line.Wish`; ``exe`` the program or its folder; ``log_folder`` for what it says. Empty is the default.
Wishes = namedtuple("Wishes", "line exe log_folder")

NO_WISHES = Wishes(line.NO_WISH, "", None)

#: Keywords of the vendor's calls that change nothing here -> the values that ask for something else.
_IDLE = {"is_record": (), "upload_num": (), "download_num": (), "enable_hash": (),
         "transmit_type": ("upload_list", "upload_path", "download_list", "download_path")}


def of_class(transports_json="", transmitter_exe="", automatic_line=True, internet_provider="", log_folder=None):
    """Return the wishes that the documented classes are made with."""
    wish = line.Wish(transports_json=transports_json, automatic_line=automatic_line,
                     internet_provider=internet_provider or "")
    return Wishes(wish, compat.text(transmitter_exe) or "", compat.text(log_folder) or None)


def of_call(wishes, engine_type, server_ip, server_port, network_mode, others):
    """Return the wishes with those of one call.

    Args:
        wishes (Wishes): Of the class.
        engine_type (str or None): "aspera".
        server_ip, server_port (str or None): Together, instead of a line of the farm's.
        network_mode (int): 0 automatic, 1 TCP, 2 UDP.
        others (dict): The other keywords of the call.

    Raises:
        SettingsError: A value that cannot be kept; it names what to do instead.
        TypeError: A keyword that neither the vendor nor we know.
    """
    line.refuse_unsupported(others)
    unknown = sorted(set(others) - set(_IDLE) - set(line.UNSUPPORTED))
    if unknown:
        raise TypeError("unexpected keyword argument: %s" % ", ".join(unknown))
    for name, refused in _IDLE.items():
        if others.get(name) in refused:
            raise SettingsError("%s=\"%s\" is not supported: leave it out, lists are made by themselves."
                                % (name, others[name]))
    wish = wishes.line._replace(engine_type=engine_type, server_ip=server_ip, server_port=server_port,
                                network_mode=network_mode)
    line.check(wish)
    return wishes._replace(line=wish)
