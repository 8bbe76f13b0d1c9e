"""A proxy on the loopback, in front of any HTTP server, that does to requests and answers what bad networks do.

    with Proxy(("127.0.0.1", 8333)) as proxy:
        rule = proxy.add(faults.cut(1000), method="PUT", path="partNumber=2")
        ...                              # a client talks to proxy.url
        rule.wait()
        assert [one.status for one in proxy.exchanges] == [...]

Either single rules say what happens to which request, or a `Schedule` does,
by chance: the same seed does the same to the nth request for a name, in
whatever order requests come. `Proxy.exchanges` is what came by and what was
done to it. With a certificate the proxy speaks TLS to its clients.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

from . import certificates, faults
from .proxy import Proxy
from .schedule import Rule, Schedule

__all__ = ["Proxy", "Rule", "Schedule", "certificates", "faults"]
