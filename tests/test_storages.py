"""Which engine stands behind a farm, and whose storage it leads to."""
from __future__ import absolute_import, division, print_function, unicode_literals

import pytest

from rayvision_sync import storages, wishes
from rayvision_sync.errors import FarmError, SettingsError
from rayvision_sync.settings import Settings

LINE = {"name": "telecom", "server": "1.2.3.4", "port": 10221, "isDefault": 1}
CONFIG = {"resqEngines": [{"engineName": "aspera", "respTaskEngineLines": [
    LINE, dict(LINE, name="unicom", server="5")]}]}


class Api(object):
    """What either API object has, as far as it is needed.

    Args:
        info (dict): Of `user_info`, with which old objects of the vendor are content.
        config: What ``getConfig`` answers.
    """

    def __init__(self, info, config=CONFIG):
        self.user_info = dict({"domain": "task.renderbus.com", "platform": "2"}, **info)
        self.config = config
        self.transmit = self
        self.asked = 0

    def get_transfer_config(self):
        self.asked += 1
        return self.config


class WithUser(Api):
    def __init__(self, info, profile, bids):
        super(WithUser, self).__init__(info)
        self.user = self
        self.query_user_profile = lambda: profile
        self.get_transfer_bid = lambda: bids


def engine(api, kind="input", settings=None, **options):
    return storages.engine_for(api, kind, settings or Settings([]), **options)


def test_an_object_that_only_has_the_users_info_is_enough():
    api = Api({"user_id": 7, "input_bid": "10", "output_bid": "20", "config_bid": "30"})
    assert [engine(api, kind).identity for kind in ("input", "output", "config")] == [
        "transmitter:task.renderbus.com/2/%s/7" % number for number in ("10", "20", "30")]
    assert [engine(api, kind).answers for kind in ("input", "output", "config")] == [False, True, False]


def test_the_farms_own_answers_come_before_what_the_object_remembers():
    api = WithUser({"user_id": 7, "input_bid": "10"}, {"userId": 8}, {"input_bid": "11"})
    assert engine(api).identity.endswith("/11/8")


@pytest.mark.parametrize("shared, expected", [
    (0, "/10/7"), ("0", "/10/7"), (None, "/10/7"), (1, "/99/3"), ("1", "/99/3")])
def test_an_account_that_shares_the_main_accounts_money_sends_to_its_storage(shared, expected):
    bids = {"input_bid": "10", "parent_input_bid": "99", "output_bid": "20"}
    api = WithUser({}, {"userId": 7, "mainUserId": 3, "shareMainCapital": shared}, bids)
    assert engine(api).identity.endswith(expected)
    assert engine(api, "output").identity.endswith("/20/7")


def test_odd_answers_are_one_sentence():
    for profile, bids in ((None, None), ([], "x"), ({}, {}), ({"userId": 7}, {"input_bid": None})):
        with pytest.raises(SettingsError):
            engine(WithUser({}, profile, bids)).open()


def test_a_session_asks_for_lines_and_storages_once():
    api, memory = Api({"user_id": 7, "input_bid": "10", "output_bid": "20"}), {}
    for kind in ("input", "output", "input"):
        engine(api, kind, memory=memory)
    assert api.asked == 1


def test_the_call_then_the_settings_choose_the_line():
    api = Api({"user_id": 7, "input_bid": "10"})
    settings = Settings([("test", {"internet_provider": "unicom"})])
    assert engine(api, settings=settings)._find_route().host == "5"
    wish = wishes.of_class(internet_provider="telecom")
    assert engine(api, settings=settings, wishes=wish)._find_route().host == "1.2.3.4"
    locked = Settings([], {"internet_provider": "unicom"})
    assert engine(api, settings=locked, wishes=wish)._find_route().host == "5"


def test_what_the_farm_refuses_is_its_own_error():
    class Refusing(Api):
        def get_transfer_config(self):
            raise FarmError("Log in again.", 602)

    with pytest.raises(FarmError):
        engine(Refusing({}))


def test_all_keywords_of_the_vendors_calls_are_known_and_others_are_not():
    others = {"transmit_type": "upload_json", "is_record": False, "redis_flag": None, "redis_obj": None,
              "proxy_ip": None, "proxy_port": None, "upload_num": 2, "download_num": 2, "enable_hash": False,
              "asset": False}
    found = wishes.of_call(wishes.NO_WISHES, "aspera", None, None, 0, others)
    assert (found.line.engine_type, found.line.network_mode) == ("aspera", 0)
    with pytest.raises(TypeError):
        wishes.of_call(wishes.NO_WISHES, "aspera", None, None, 0, {"max_sped": 1})
    with pytest.raises(SettingsError):
        wishes.of_call(wishes.NO_WISHES, "aspera", None, None, 0, {"asset": True})


def test_a_farm_elsewhere_may_name_a_bucket_by_https_only_and_the_user_any():
    place = {"bucket": "bucket", "access_key": "AK", "secret_key": "hidden"}

    def offered(endpoint, domain="task.renderbus.com"):
        return Api({"domain": domain}, {"syncStorage": {"engine": "s3", "input": dict(place, endpoint=endpoint)}})
    for endpoint in ("http://s3.example.com", " HTTP://10.0.0.1:8333"):
        with pytest.raises(SettingsError) as caught:
            engine(offered(endpoint))
        assert "without encryption" in caught.value.message and "hidden" not in caught.value.message
    for api in (offered("https://s3.example.com"), offered("s3.example.com"),
                offered("http://127.0.0.1:8333", "127.0.0.1:9000")):
        assert engine(api).name == "s3"
    own = Settings([("file", {"storage": {"engine": "s3", "input": dict(place, endpoint="http://s3.studio")}})])
    assert engine(offered("https://s3.example.com"), settings=own).identity.startswith("s3:http://s3.studio")
