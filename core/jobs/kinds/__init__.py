"""What jobs do. A kind is a function: it takes a `work.Work` and returns a `work.Outcome`.

Parameters that every kind knows: ``farm`` (folder of a local farm), ``settings`` (values that win over the user's own),
``host`` (who asked).
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import importlib

#: Kind -> module and function.
_WHERE = {
    "upload": "transfers.upload", "download": "transfers.download", "refetch": "transfers.refetch",
    "verify": "transfers.verify", "submit": "submit.submit", "watch": "watch.watch", "estimate": "estimate.estimate",
    "login": "short.login", "tasks": "short.tasks", "restart": "short.restart",
}


def find(kind):
    """Return the function of a kind."""
    module, _, name = _WHERE[kind].partition(".")
    return getattr(importlib.import_module(str("%s.%s" % (__name__, module))), name)
