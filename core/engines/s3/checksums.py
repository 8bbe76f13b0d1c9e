"""Checksums as S3's headers write them, and what a store confirms of them."""
from __future__ import absolute_import, division, print_function, unicode_literals

import base64
import binascii
import re
import struct
from collections import namedtuple

from ... import compat

#: The source's time, in nanoseconds, is kept with the object under this name.
MTIME = "x-amz-meta-mtime-ns"
CRC = "x-amz-checksum-crc32"

_MD5 = re.compile("[0-9a-f]{32}\\Z")

#: An MD5: the header that sends it, and its hexadecimal digits.
Md5 = namedtuple("Md5", "header text")


def encode_crc(crc):
    """Return a CRC-32 as a header writes it."""
    return base64.b64encode(struct.pack(str(">I"), crc & 0xFFFFFFFF)).decode("ascii")


def decode_crc(value):
    """Return "crc32:0a1b2c3d" of a header, or None where it is not that of a whole object."""
    try:
        return "crc32:%08x" % struct.unpack(str(">I"), base64.b64decode(value)) if len(value) == 8 else None
    except (ValueError, TypeError, struct.error, binascii.Error):
        return None


def make_md5(digits):
    """Return the `Md5` of what a callable gives in hexadecimal digits; None where this Python may not make one."""
    text = digits()
    if text is None:
        return None
    encoded = base64.b64encode(binascii.unhexlify(text.encode("ascii"))).decode("ascii")
    return Md5(("content-md5", encoded), compat.text(text))


def confirms(said, crc, md5):
    """Tell whether the headers of an answer agree with what was read.

    Args:
        said (dict): Headers; a store that says nothing of a checksum does not disagree.
        crc (int): CRC-32 of the bytes.
        md5 (str or None): Their MD5, in hexadecimal digits.
    """
    if CRC in said and said[CRC] != encode_crc(crc):
        return False
    etag = said.get("etag", "").strip('"')
    if md5 is None or etag == md5:
        return True
    # An encrypted object's ETag is no MD5, though it may look like one.
    is_plain = not any(name.startswith("x-amz-server-side-encryption") for name in said)
    return not is_plain or not _MD5.match(etag)
