"""The arguments of the vendor's transfer program, and where it connects."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import os

import pytest
from support_tree import native, text

from rayvision_sync import compat
from rayvision_sync.engines.transmitter.command import Order, Route, arguments
from rayvision_sync.engines.transmitter.line import Answers, Wish, choose, refuse_unsupported
from rayvision_sync.errors import NameRefused, SettingsError

ROUTE = Route("aspera", "127.0.0.1", "10221", "20202", "10001", 0)


def test_the_list_is_what_the_program_documents():
    made = arguments("/p/rayvision_transmitter", ROUTE, Order("upload_json", "/a/upload.json", speed_kb=2048))
    assert made == ["/p/rayvision_transmitter", "-E", "aspera", "-H", "127.0.0.1", "-P", "10221", "-S", "20202",
                    "-U", "10001", "-T", "upload_json", "-L", "/a/upload.json", "-R", "/", "-r", "2", "-K", "false",
                    "-s", "2048", "-p", "0"]
    order = Order("download_path", "/a", "181_city/l", True, None, 1, "/r.ini")
    made = arguments("/p/x", ROUTE._replace(protocol=2), order)
    assert made[11:] == ["-T", "download_path", "-L", "/a", "-R", "/181_city/l", "-r", "1", "-K", "true",
                         "-s", "1048576", "-C", "/r.ini", "-p", "2"]
    assert all(isinstance(argument, compat.text_type) for argument in made)


@pytest.mark.parametrize("name", ["a b.json", "\"q\" 'q'.json", "$(touch X).json", "`id`;ls|cat&.json",
                                  "\u573a\u666f.json", "two\nlines.json", "-K.json"])
def test_any_file_name_is_one_argument_unchanged(name):
    made = arguments("/p/x", ROUTE, Order("upload_path", "/a/" + name, "/7/cfg/x.json"))
    assert made[made.index("-L") + 1] == "/a/" + name


@pytest.mark.parametrize("changes", [
    {"speed_kb": -1}, {"speed_kb": 1048577}, {"speed_kb": "fast"}, {"speed_kb": 1.5}, {"speed_kb": True},
    {"kind": "upload_all"}, {"attempts": -1},
    {"kind": "download_path"}, {"kind": "download_path", "remote": "///"}, {"kind": "download_path", "remote": ""}])
def test_what_the_program_would_refuse_is_refused_before(changes):
    with pytest.raises(SettingsError):
        arguments("/p/x", ROUTE, Order("upload_json", "/a/upload.json")._replace(**changes))


@pytest.mark.parametrize("changes", [
    {"engine": "raysyncproxy"}, {"engine": ""}, {"host": ""}, {"host": "a b"}, {"host": "-H"}, {"host": None},
    {"port": 0}, {"port": 65536}, {"port": "x"}, {"storage": ""}, {"storage": None}, {"user": "-1"}, {"protocol": 3}])
def test_a_route_that_leads_nowhere_is_refused(changes):
    with pytest.raises(SettingsError):
        arguments("/p/x", ROUTE._replace(**changes), Order("upload_json", "/a/upload.json"))


@pytest.mark.parametrize("changes", [
    {"local": "upload.json"}, {"local": "./x"}, {"local": ""}, {"local": "/a\0b"},
    {"local": "/a\n\nupload file done (/etc/x"}, {"remote": "/a/../b"}, {"remote": "a//b"}, {"remote": "/a\nb"}])
def test_a_path_that_cannot_be_given_is_refused_with_a_sentence(changes):
    with pytest.raises(NameRefused) as caught:
        arguments("/p/x", ROUTE, Order("upload_path", "/a/x.json", "/7/cfg/x.json")._replace(**changes))
    assert "." in caught.value.message


@pytest.mark.skipif(not compat.SURROGATES, reason="this Python writes an emoji as two halves")
def test_a_name_that_is_no_utf8_is_refused():
    with pytest.raises(NameRefused):
        arguments("/p/x", ROUTE, Order("upload_path", "/a/\udcff.ma", "/7/x"))


# -- the line

def line(name, server, port, default=0):
    return {"name": name, "server": server, "port": port, "isDefault": default, "lineId": 1, "type": 0}


CONFIG = {"inputBid": 1, "outputBid": 2, "configBid": 3, "parentInputBid": 9, "resqEngines": [
    {"engineName": "Raysync", "isDefault": 0, "respTaskEngineLines": [line("CTCC", "192.0.2.9", 1, 1)]},
    {"engineName": "Aspera", "isDefault": 1, "respTaskEngineLines": [
        line("CTCC", "192.0.2.1", 10221), line("CUCC", "192.0.2.2", 10222, 1), line("broken", None, None, 1)]}]}
BIDS = {"config_bid": "103", "input_bid": "101", "output_bid": "102", "parent_input_bid": "109"}
ALONE = {"userId": 500, "mainUserId": 900, "shareMainCapital": 0}
SHARING = dict(ALONE, shareMainCapital=1)
ANSWERS = Answers(CONFIG, BIDS, ALONE)


def test_the_default_line_is_taken():
    assert choose("input", ANSWERS) == Route("aspera", "192.0.2.2", "10222", "101", "500", 0)


def test_a_provider_is_taken_by_its_name():
    assert choose("input", ANSWERS, Wish(internet_provider="CTCC")).host == "192.0.2.1"
    with pytest.raises(SettingsError) as caught:
        choose("input", ANSWERS, Wish(internet_provider="XX"))
    assert "CTCC, CUCC" in caught.value.message


def test_a_shared_account_uploads_to_the_main_account():
    shared = ANSWERS._replace(profile=SHARING)
    assert choose("input", shared)[3:5] == ("109", "900")
    assert choose("config", shared)[3:5] == ("103", "500")
    assert choose("output", shared)[3:5] == ("102", "500")
    assert choose("output", shared, owner=(77, 88))[3:5] == ("88", "77")


def test_what_getbid_lacks_is_taken_from_getconfig():
    assert choose("output", ANSWERS._replace(bids=None))[3] == "2"
    with pytest.raises(SettingsError):
        choose("output", Answers(None, None, ALONE), Wish(server_ip="192.0.2.7", server_port=1))
    with pytest.raises(SettingsError):
        choose("output", ANSWERS._replace(profile=None))


def test_a_server_that_the_call_names_wins():
    route = choose("input", ANSWERS, Wish(server_ip="192.0.2.7", server_port=4000))
    assert route[1:3] == ("192.0.2.7", "4000")
    assert choose("input", ANSWERS, Wish(server_ip="192.0.2.7"))[1:3] == ("192.0.2.7", "10222")
    # Then the farm need not name any.
    assert choose("input", ANSWERS._replace(config={}), Wish(server_ip="192.0.2.7", server_port="1")).port == "1"


@pytest.mark.parametrize("config", [None, {}, {"resqEngines": None}, {"resqEngines": [None, {"engineName": None}]}])
def test_a_farm_without_a_line_is_an_error_that_helps(config):
    with pytest.raises(SettingsError) as caught:
        choose("input", ANSWERS._replace(config=config))
    assert "server_ip" in caught.value.message


def test_the_network_mode_means_what_its_documentation_says():
    for mode, protocol in ((0, 0), (1, 2), (2, 1), ("1", 2), (None, 0)):
        assert choose("input", ANSWERS, Wish(network_mode=mode)).protocol == protocol
    with pytest.raises(SettingsError):
        choose("input", ANSWERS, Wish(network_mode=3))


@pytest.mark.parametrize("engine", ["raysyncproxy", "raysync", "ftp"])
def test_another_engine_is_refused_and_the_alternative_named(engine):
    with pytest.raises(SettingsError) as caught:
        choose("input", ANSWERS, Wish(engine_type=engine))
    assert "aspera" in caught.value.message


@pytest.mark.parametrize("options, alternative", [
    ({"redis_flag": "x"}, "is_db"), ({"redis_obj": object()}, "is_db"), ({"proxy_ip": "192.0.2.1"}, "aspera")])
def test_keywords_that_cannot_be_kept_name_the_alternative(options, alternative):
    with pytest.raises(SettingsError) as caught:
        refuse_unsupported(options)
    assert alternative in caught.value.message


def test_keywords_without_a_value_are_no_error():
    refuse_unsupported({"redis_flag": None, "proxy_port": None, "is_db": True})


def transports(tmpdir, content):
    path = os.path.join(text(tmpdir.strpath), "transports.json")
    with io.open(native(path), "w", encoding="utf-8") as target:
        target.write(content)
    return Wish(automatic_line=False, transports_json=path)


def test_lines_may_be_named_by_hand(tmpdir):
    wish = transports(tmpdir, '{"renderbus_www2": {"aspera": {"server_name": "A", "server_ip": "192.0.2.3", '
                              '"server_port": "7"}}, "renderbus_www3": {"aspera": {}}, '
                              '"default": {"aspera": {"server_ip": "192.0.2.4", "server_port": 8}}}')
    assert choose("input", ANSWERS, wish, domain="task.renderbus.com", platform="2")[1:3] == ("192.0.2.3", "7")
    assert choose("input", ANSWERS, wish, domain="task.foxrenderfarm.com", platform="2")[1:3] == ("192.0.2.4", "8")
    assert choose("input", ANSWERS, wish, platform="99").host == "192.0.2.4"
    with pytest.raises(SettingsError):
        choose("input", ANSWERS, wish, platform="3")


@pytest.mark.parametrize("content", ["", "[1]", "{", "[[]]", '{"renderbus_www2": 7}'])
def test_a_broken_file_of_lines_is_an_error_that_names_it(tmpdir, content):
    with pytest.raises(SettingsError) as caught:
        choose("input", ANSWERS, transports(tmpdir, content))
    assert "transports" in caught.value.message


def test_no_automatic_line_needs_a_file(tmpdir):
    with pytest.raises(SettingsError):
        choose("input", ANSWERS, Wish(automatic_line=False))
    with pytest.raises(SettingsError):
        choose("input", ANSWERS, Wish(automatic_line=False, transports_json=text(tmpdir.strpath) + "/none.json"))
