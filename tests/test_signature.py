# -*- coding: utf-8 -*-
"""The signature equals the farm's own, by vectors that were computed with its SDK."""
from __future__ import absolute_import, division, print_function, unicode_literals

import pytest

from rayvision_sync import signature

HEADERS = {"accessId": "id", "channel": "4", "platform": "2", "UTCTimestamp": "1700000000",
           "nonce": "123456", "version": "2.0.0", "signature": "x",
           "Content-Type": "application/json", "languageFlag": "0"}
DOMAIN = "task.renderbus.com"


def message(url, body, headers=HEADERS):
    return signature.string_to_sign(DOMAIN, url, headers, body)


def test_a_list_is_signed_by_its_members():
    text = message("/api/render/handle/queryTaskInfo/v2", {"taskIds": [11, 22]})
    assert text == ("[POST]task.renderbus.com:/api/render/handle/queryTaskInfo/v2&"
                    "UTCTimestamp=1700000000&accessId=id&channel=4&nonce=123456&platform=2&"
                    "taskIds0=11&taskIds1=22&version=2.0.0")
    assert signature.sign("key", text) == "ohwlN2Z8FQD8HSAzCtUpNTYvdDFio3RbprP2+3vdRFQ="


def test_an_empty_body_is_signed_by_its_headers():
    text = message("/api/render/transfer/getBid", {})
    assert signature.sign("key", text) == "VN6xwHpqPZdtXsiFtF6j2MoI0ByeBec6QQRQufQ+9fU="


@pytest.mark.parametrize("body, pairs", [
    ({"a": {"b": [1, {"c": None}]}}, "a.b0=1&a.b1.c=None"),
    ({"x": True, "y": 1.5, "z": ""}, "x=True&y=1.5&z="),
    ({"e": [], "f": {}}, ""),
    ({"x1": 1, "x10": 2, "x2": 3}, "x1=1&x10=2&x2=3"),
    ({"name": "\u573a\u666f &=/"}, "name=\u573a\u666f &=/"),
])
def test_bodies_are_flattened_and_sorted_without_encoding(body, pairs):
    text = signature.string_to_sign("h", "/u", {}, body)
    assert text == "[POST]h:/u&" + pairs


def test_the_body_wins_over_a_header_of_the_same_name():
    assert "&platform=9&" in message("/u", {"platform": 9})


def test_a_signature_is_matched_whole():
    right = signature.sign("key", "text")
    assert signature.matches("key", "text", right)
    assert not signature.matches("key", "text", right[:-2] + "A=")
    assert not signature.matches("key", "text", "\u573a")
    assert not signature.matches("other", "text", right)
