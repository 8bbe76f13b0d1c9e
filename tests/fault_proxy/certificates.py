"""Certificates for TLS on the loopback: test data, of no use for anything else.

Two authorities that know nothing of each other, each with its file
``<authority>_ca.pem``. Their private keys were thrown away; the servers' keys
stand here in the open, so nobody may ever trust these authorities outside a
test. All are good until 2124, but `EXPIRED`.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import os
from collections import namedtuple

#: Paths of a certificate and of its private key.
Certificate = namedtuple("Certificate", "chain key")

_FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), str("certificate_data"))


def _path(name):
    return os.path.join(_FOLDER, str(name))


def _certificate(name):
    return Certificate(_path(name + ".pem"), _path(name + "_TEST_KEY.pem"))


#: What a client is told to trust.
CA = _path("test_ca.pem")
STRANGER_CA = _path("stranger_ca.pem")

#: Of `CA`, for 127.0.0.1 and localhost.
GOOD = _certificate("good")

#: Of `STRANGER_CA`, for the same names: what a changed certificate looks like.
STRANGER = _certificate("stranger")

#: Of `CA`, but over since 2001; of `CA`, but for another host.
EXPIRED = _certificate("expired")
OTHER_HOST = _certificate("other_host")
