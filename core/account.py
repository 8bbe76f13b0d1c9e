"""What an API object tells of its account: whose storage it is, and what names it."""
from __future__ import absolute_import, division, print_function, unicode_literals

from . import compat

_NAMES = ("config_bid", "input_bid", "output_bid", "domain", "platform", "local_os", "user_id")


def share(api):
    """Return ``(number of the input storage, user id)`` that uploads go to.

    A sub-account may share its main account's storage: the farm then tells ``shareMainCapital``.

    Args:
        api (RayvisionAPI): Ours or the vendor's.
    """
    profile = api.user.query_user_profile()
    if compat.text(profile.get("shareMainCapital") or 0) == "0":
        return api.user_info["input_bid"], api.user_info["user_id"]
    return api.user.get_transfer_bid().get("parent_input_bid"), profile.get("mainUserId")


def names(api):
    """Return what names an account and its storages: dict of config_bid, input_bid, output_bid, domain, platform,
    local_os, user_id."""
    return dict((name, api.user_info[name]) for name in _NAMES)
