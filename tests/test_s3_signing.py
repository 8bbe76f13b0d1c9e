"""Signatures, keys and options of S3: pure, so compared with what AWS has published."""
from __future__ import absolute_import, division, print_function, unicode_literals

import calendar
import hashlib

import pytest
from support_upload import folder_of, put

from rayvision_sync.engines.s3 import signing
from rayvision_sync.engines.s3.calls import quote_key, quote_query
from rayvision_sync.engines.s3.credentials import Credentials, find_credentials, find_region
from rayvision_sync.engines.s3.engine import S3Engine
from rayvision_sync.engines.s3.multipart import part_size
from rayvision_sync.engines.s3.options import choose_proxy, read_place
from rayvision_sync.errors import SettingsError

EMPTY = hashlib.sha256(b"").hexdigest()
HOST = ("host", "examplebucket.s3.amazonaws.com")

#: "Signature Calculations for the Authorization Header", Amazon S3 API Reference.
S3_VECTORS = [
    ("GET", "/test.txt", "", [("range", "bytes=0-9")], EMPTY,
     "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"),
    ("PUT", "/test%24file.text", "", [("date", "Fri, 24 May 2013 00:00:00 GMT"),
                                      ("x-amz-storage-class", "REDUCED_REDUNDANCY")],
     hashlib.sha256(b"Welcome to Amazon S3.").hexdigest(),
     "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"),
    ("GET", "/", "lifecycle=", [], EMPTY, "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
    ("GET", "/", "max-keys=2&prefix=J", [], EMPTY, "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
]

#: The Signature Version 4 test suite: get-vanilla, post-vanilla, get-vanilla-query-order-key-case.
SUITE = [("GET", "", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
         ("POST", "", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
         ("GET", "Param1=value1&Param2=value2", "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500")]


@pytest.mark.parametrize("method, path, query, headers, payload, signature", S3_VECTORS)
def test_requests_are_signed_as_aws_published(method, path, query, headers, payload, signature):
    at = calendar.timegm((2013, 5, 24, 0, 0, 0))
    signer = signing.Signer(Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", None),
                            "us-east-1", clock=lambda: at)
    assert "Signature=" + signature in signer.headers(method, path, query, [HOST] + headers, payload)


@pytest.mark.parametrize("method, query, signature", SUITE)
def test_the_test_suite_of_aws_is_met(method, query, signature):
    key = signing.signing_key("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "20150830", "us-east-1", "service")
    canonical, names = signing.canonical_request(
        method, "/", query, [("host", "example.amazonaws.com"), ("x-amz-date", "20150830T123600Z")], EMPTY)
    assert names == "host;x-amz-date"
    assert signing.sign(key, "20150830T123600Z", "20150830/us-east-1/service/aws4_request", canonical) == signature


def test_the_clock_of_the_server_is_followed_and_the_key_changes_with_the_day():
    now = [calendar.timegm((2026, 11, 28, 23, 59, 0))]
    signer = signing.Signer(Credentials("A", "S", "the-token"), "r", clock=lambda: now[0])
    lines = signer.headers("GET", "/", "", [HOST])
    assert "x-amz-date: 20261128T235900Z\r\n" in lines and "x-amz-security-token: the-token\r\n" in lines
    assert "x-amz-security-token," in lines
    signer.skew_s = 120
    assert "20261129T000100Z" in signer.headers("GET", "/", "", [HOST])
    signer.skew_s, now[0] = 0, now[0] + 120
    one = signer.headers("GET", "/", "", [HOST])
    fresh = signing.Signer(Credentials("A", "S", "the-token"), "r", clock=lambda: now[0])
    assert fresh.headers("GET", "/", "", [HOST]) == one and "A/20261129/r/s3/aws4_request" in one


def test_names_are_encoded_as_s3_wants_them():
    assert quote_key("a b+c%d?e#f/\xfc~-_.") == "a%20b%2Bc%25d%3Fe%23f/%C3%BC~-_."
    assert quote_query([("uploads", ""), ("prefix", "a/b c")]) == "prefix=a%2Fb%20c&uploads="


@pytest.mark.parametrize("options, host, base, shown", [
    ({}, "s3.us-east-1.amazonaws.com", "/bucket/", "https://s3.us-east-1.amazonaws.com/bucket"),
    ({"region": "eu-west-1"}, "bucket.s3.eu-west-1.amazonaws.com", "/", None),
    ({"endpoint": "http://127.0.0.1:8333/"}, "127.0.0.1:8333", "/bucket/", "http://127.0.0.1:8333/bucket"),
    ({"endpoint": "http://[::1]:80/s3"}, "[::1]", "/s3/bucket/", None),
    ({"endpoint": "nas:443", "style": "virtual"}, "bucket.nas", "/", "https://nas/bucket")])
def test_a_bucket_is_found_by_path_or_by_host(options, host, base, shown):
    style = {"style": "path"} if not options else {}
    place = read_place(dict(options, bucket="bucket", **style))
    assert (place.authority, place.base) == (host, base) and shown in (None, place.shown)


def test_an_endpoint_with_a_port_says_whether_it_is_http_or_https():
    for endpoint in ("127.0.0.1:8333", "minio.local:9000/", "[::1]:8333"):
        with pytest.raises(SettingsError) as caught:
            read_place({"bucket": "bucket", "endpoint": endpoint})
        assert "write http://%s, or https://%s " % (endpoint, endpoint) in caught.value.message
    for endpoint in ("s3.example.com", "s3.example.com:443"):
        assert read_place({"bucket": "bucket", "endpoint": endpoint}).shown == "https://s3.example.com/bucket"


@pytest.mark.parametrize("options", [
    {}, {"bucket": "b"}, {"bucket": "a/b"}, {"bucket": "bucket", "endpoint": "ftp://x"}, {"bucket": 5},
    {"bucket": "bucket", "endpoint": "http://user:hidden@x"}, {"bucket": "bucket", "endpoint": "http://x:port"},
    {"bucket": "bucket", "endpoint": "http://x\r\nhost: y"}, {"bucket": "bucket", "region": "a b"},
    {"bucket": "bucket", "prefix": "a/../b"}, {"bucket": "bucket", "style": "dns"}, {"bucket": "bucket", "root": "/"}])
def test_options_that_lead_nowhere_are_refused_without_a_secret(options):
    with pytest.raises(SettingsError) as caught:
        read_place(options)
    assert "hidden" not in caught.value.message


def variables(**values):
    return lambda name, default=None: values.get(name, default)


def test_keys_come_from_options_then_the_environment_then_the_shared_file(tmpdir):
    path = put(folder_of(tmpdir, "credentials"), b"[default]\naws_access_key_id = A1\naws_secret_access_key=S1\n"
               b"[studio]\n# theirs\naws_access_key_id = A2\naws_secret_access_key = S2=\naws_session_token = T2\n")
    config = put(folder_of(tmpdir, "config"), b"[profile studio]\nregion = eu-west-3\ns3 =\n  region = none\n")
    files = {"AWS_SHARED_CREDENTIALS_FILE": path, "AWS_CONFIG_FILE": config}
    given = {"access_key": "A0", "secret_key": "S0"}
    keys = {"AWS_ACCESS_KEY_ID": "A3", "AWS_SECRET_ACCESS_KEY": "S3", "AWS_SESSION_TOKEN": "T3"}
    assert tuple(find_credentials(given, variables(**dict(files, **keys)))) == ("A0", "S0", None)
    assert tuple(find_credentials({}, variables(**dict(files, **keys)))) == ("A3", "S3", "T3")
    assert tuple(find_credentials({}, variables(**files))) == ("A1", "S1", None)
    studio = variables(AWS_PROFILE="studio", **files)
    assert tuple(find_credentials({}, studio)) == ("A2", "S2=", "T2") and find_region(studio) == "eu-west-3"


def test_the_region_comes_from_two_variables_and_then_the_profile(tmpdir):
    config = put(folder_of(tmpdir, "config"), b"[default]\nregion = eu-west-3\n")
    files = {"AWS_SHARED_CREDENTIALS_FILE": folder_of(tmpdir, "none"), "AWS_CONFIG_FILE": config}
    both = dict(files, AWS_REGION="eu-west-1", AWS_DEFAULT_REGION="eu-west-2")
    assert find_region(variables(**both)) == "eu-west-1"
    assert find_region(variables(AWS_DEFAULT_REGION="eu-west-2", **files)) == "eu-west-2"
    assert find_region(variables(**files)) == "eu-west-3"
    nowhere = find_region(variables(**dict(files, AWS_CONFIG_FILE=folder_of(tmpdir, "none"))))
    assert read_place({"bucket": "show"}, nowhere).region == "us-east-1"


def test_missing_keys_are_said_and_shown_keys_hold_no_secret(tmpdir):
    nowhere = {"AWS_SHARED_CREDENTIALS_FILE": folder_of(tmpdir, "none"), "AWS_CONFIG_FILE": folder_of(tmpdir, "none")}
    with pytest.raises(SettingsError, match="AWS_ACCESS_KEY_ID"):
        find_credentials({}, variables(**nowhere))
    with pytest.raises(SettingsError, match="incomplete"):
        find_credentials({"secret_key": "hidden"}, variables(**nowhere))
    engine = S3Engine({"endpoint": "http://127.0.0.1:1", "bucket": "bucket", "access_key": "A", "secret_key": "hidden",
                       "session_token": "hidden"})
    assert "hidden" not in repr(engine) + engine.identity + repr(Credentials("A", "hidden", "hidden"))


def test_a_proxy_stands_where_the_environment_says_but_not_before_this_machine():
    place = read_place({"bucket": "bucket", "endpoint": "https://s3.studio.example"})
    assert choose_proxy(place, variables()) is None
    assert choose_proxy(place, variables(https_proxy="http://u:p%40@gate:3128")) == ("gate", 3128, "u:p@")
    assert choose_proxy(place, variables(HTTPS_PROXY="gate", no_proxy="x, .studio.example")) is None
    assert choose_proxy(place._replace(host="127.0.0.1"), variables(https_proxy="gate")) is None
    with pytest.raises(SettingsError) as caught:
        choose_proxy(place, variables(https_proxy="socks5://u:hidden@gate"))
    assert "hidden" not in caught.value.message


@pytest.mark.parametrize("size", [32 << 20, 512 << 20, 200 << 30, 5 << 40])
def test_ten_thousand_parts_hold_every_file(size):
    assert part_size((32 << 20) - 1) is None
    part = part_size(size)
    assert part >= 16 << 20 and part % (1 << 20) == 0 and -(-size // part) <= 10000
