# -*- coding: utf-8 -*-
"""The farm's API client against a real socket that misbehaves by a script."""
from __future__ import absolute_import, division, print_function, unicode_literals

import logging
import ssl
import subprocess
import threading
import time
import zlib

import pytest

from rayvision_sync import api as api_module
from rayvision_sync import compat, signature, tasks
from rayvision_sync.api import MissingAccess, RayvisionAPI, connect
from rayvision_sync.errors import (Cancelled, FarmError, FarmUnreachable, SettingsError,
                                   UnknownTask)
from support_api import LOGIN, Pauses, ScriptedFarm, answer, half, nothing, stall, text
from support_jobs import until
from support_limits import WAIT_S

ACCESS_ID, ACCESS_KEY = "access-id-7f3a", "access-key-9c1b"
OK = answer({"items": []})


def login(farm, **options):
    options = dict({"domain": farm.domain, "protocol": "http", "platform": "2", "timeout": WAIT_S,
                    "cancel": Pauses()}, **options)
    return RayvisionAPI(ACCESS_ID, ACCESS_KEY, **options)


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch):
    """No account, proxy or certificates of the machine's own."""
    for name in ("RAYVISION_API_ACCESS_ID", "RAYVISION_API_KEY", "RAYVISION_CA_BUNDLE",
                 "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "HTTP_PROXY", "http_proxy",
                 "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(str(name), raising=False)


@pytest.fixture
def farm():
    with ScriptedFarm(OK) as scripted:
        yield scripted


# ---------------------------------------------------------------- login

def test_the_login_fills_user_info(farm):
    info = login(farm).user_info
    assert info["user_id"] == 10001136 and info["user_name"] == "artist"
    assert info["share_main_capital"] == 0 and info["main_user_id"] == 7
    assert info["input_bid"] == "10201" and info["parent_input_bid"] == "10200"
    assert info["usdbalance"] == 1.5
    assert info["platform"] == "2" and info["domain"] == farm.domain
    assert info["local_os"] in ("windows", "linux", "darwin")


def test_the_account_comes_from_the_environment(farm, monkeypatch):
    monkeypatch.setenv(str("RAYVISION_API_ACCESS_ID"), str(ACCESS_ID))
    monkeypatch.setenv(str("RAYVISION_API_KEY"), str(ACCESS_KEY))
    api = RayvisionAPI(domain=farm.domain, protocol="http")
    assert api.get_user_id() == 10001136 and api.connect.platform == "4"


@pytest.mark.parametrize("account", [{}, {"access_id": "a"}, {"access_key": "b"}])
def test_a_missing_account_is_an_error_of_two_kinds(account):
    with pytest.raises(TypeError):
        RayvisionAPI(**account)
    with pytest.raises(SettingsError) as caught:
        RayvisionAPI(**account)
    assert isinstance(caught.value, MissingAccess) and "RAYVISION_API_" in caught.value.message


@pytest.mark.parametrize("wrong", [
    {"domain": "https://task.renderbus.com"}, {"domain": ""}, {"domain": "a b"},
    {"domain": "user@host"}, {"protocol": "ftp"}, {"protocol": "\u573a"}, {"access_id": "a\nb: c"},
    {"access_id": "\u573a"}, {"platform": " "}, {"ca_bundle": "/no/such/file.pem"}])
def test_values_that_cannot_work_are_refused_before_anything_is_sent(wrong):
    values = dict({"access_id": "id", "access_key": "key", "domain": "127.0.0.1:1"}, **wrong)
    with pytest.raises(SettingsError) as caught:
        RayvisionAPI(**values)
    assert "a\nb" not in caught.value.message


def test_a_login_that_fails_says_so(farm):
    farm.scripted_login = True
    farm.then(answer(code=602, message="login required"))
    with pytest.raises(FarmError) as caught:
        login(farm)
    assert caught.value.code == 602 and "access id and access key" in caught.value.message


# ---------------------------------------------------------------- a request

def test_requests_are_signed_as_the_farm_checks_it(farm):
    login(farm).query.task_info([11, "22"])
    path, headers, body = farm.seen[0]
    assert body == {"taskIds": [11, 22]} and headers["content-type"] == "application/json"
    names = {"accessid": "accessId", "utctimestamp": "UTCTimestamp"}
    signed = dict((names.get(name, name), headers[name]) for name in (
        "accessid", "channel", "platform", "utctimestamp", "nonce", "version"))
    assert signed["accessId"] == ACCESS_ID and signed["platform"] == "2"
    assert len(headers["nonce"]) == 6 and headers["languageflag"] == "1"
    assert signature.matches(ACCESS_KEY, signature.string_to_sign(
        farm.domain, path, signed, body), headers["signature"])


def test_non_ascii_bodies_arrive_whole(farm):
    api = login(farm)
    farm.then(answer(None))
    api.transmit.upload_json_content(1, "{\"a\": \"\u573a\u666f\"}", "task.json")
    api.transmit.upload_json_content(1, "\u573a".encode("utf-8").decode("utf-8"), str("tips.json"))
    assert farm.seen[0][2]["content"] == "{\"a\": \"\u573a\u666f\"}"


def test_no_two_requests_have_the_same_nonce(farm):
    api = login(farm)
    threads = [threading.Thread(target=lambda: [api.query.task_info([1]) for _ in range(10)])
               for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(headers["nonce"] for _, headers, _ in farm.seen)) == 60


CALLS = [
    (lambda a: a.task.create_task(2, labels=("x",), artist="me"), "submit/createTask",
     {"count": 2, "taskUserLevel": 50, "labels": ["x"], "artist": "me"}),
    (lambda a: a.task.submit_task("7", producer="me"), "submit/task",
     {"taskId": 7, "producer": "me"}),
    (lambda a: a.task.stop_task([7]), "renderingTask/stopTask", {"taskIds": [7]}),
    (lambda a: a.task.start_task(7), "renderingTask/startTask", {"taskIds": [7]}),
    (lambda a: a.task.abort_task([7]), "handle/abandonTask", {"taskIds": [7]}),
    (lambda a: a.task.delete_task(["7"]), "handle/deleteTask", {"taskIds": [7]}),
    (lambda a: a.task.update_priority(7, 60), "updateTaskUserLevel",
     {"taskId": 7, "taskUserLevel": 60}),
    (lambda a: a.task.full_speed([7]), "fullSpeedRendering", {"taskIds": [7]}),
    (lambda a: a.query.platforms(), "queryPlatforms", {"zone": 2}),
    (lambda a: a.query.task_frames(7, page_num=2), "queryTaskFrames",
     {"taskId": 7, "pageNum": 2, "pageSize": 100}),
    (lambda a: a.query.get_task_list(status_list=[5], search_keyword="a"), "getTaskList/v2",
     {"pageNum": 1, "pageSize": 100, "statusList": [5], "searchKeyword": "a"}),
    (lambda a: a.query.all_frame_status(), "queryAllFrameStats", {}),
    (lambda a: a.query.restart_frame(7), "recommitTaskFrames", {"taskId": 7, "selectAll": 1}),
    (lambda a: a.query.stop_frame(7, select_all=0, ids_list=[3]), "stopTaskFrames",
     {"taskId": 7, "selectAll": 0, "ids": [3]}),
    (lambda a: a.query.restart_failed_frames([7], status=[4]), "recommitTasks",
     {"taskIds": [7], "status": [4]}),
    (lambda a: a.query.get_frame_thumbnall(3), "loadingFrameThumbnail",
     {"id": 3, "frameStatus": 4}),
    (lambda a: a.query.get_render_log(frame_id=3), "showLog",
     {"renderingType": "render", "pageNum": 1, "pageSize": 1, "id": 3}),
    (lambda a: a.query.get_raysync_user_key(), "getRaySyncUserKey", {}),
    (lambda a: a.query.supported_software(), "querySoftwareList", {}),
    (lambda a: a.query.supported_plugin("maya", "windows"), "querySoftwareDetail",
     {"cgId": 2000, "osName": "windows"}),
    (lambda a: a.transmit.get_transfer_config(), "transfer/getConfig", {}),
    (lambda a: a.transmit.get_output_files(7, "/x"), "getOutputUserDirFile",
     {"taskId": 7, "treePath": "/"}),
    (lambda a: a.transmit.get_output_files(tree_path="/x"), "getOutputUserDirFile",
     {"treePath": "/x"}),
    (lambda a: a.tag.add_label("new"), "project/add", {"newName": "new", "status": 1}),
    (lambda a: a.user.get_hardware_config(), "hardwareConfig/list", {"cloneTask": "false"}),
    (lambda a: a.connect.post(a.connect.url.getConfig, validator=False), "getConfig", {}),
]


@pytest.mark.parametrize("call, path, body", CALLS)
def test_calls_send_what_the_farm_documents_and_return_its_data(farm, call, path, body):
    data = {"taskIdList": [1], "some": ["data"]}
    farm.then(answer(data))
    assert call(login(farm)) == data
    assert farm.seen[0][0].endswith(path) and farm.seen[0][2] == body


def test_submit_is_true(farm):
    farm.then(answer(None))
    assert login(farm).submit(7) is True
    assert farm.seen[0][2] == {"taskId": 7}


def test_a_created_task_is_offered_until_it_is_submitted(farm):
    api = login(farm)
    farm.then(answer({"taskIdList": [5]}), answer(None), answer({"taskIdList": [6]}))
    assert (api.task.task_id, api.task.task_id) == (5, 5)
    api.submit(5)
    assert api.task.task_id == 6


@pytest.mark.parametrize("data", [{}, {"taskIdList": []}, {"taskIdList": "x"}])
def test_no_created_task_is_an_error(farm, data):
    farm.then(answer(data))
    with pytest.raises(FarmError):
        login(farm).task.task_id


def test_a_project_is_added_once_and_found(farm):
    api = login(farm)
    farm.then(answer({"projectNameList": []}), answer(None),
              answer({"projectNameList": [{"projectId": 3, "projectName": "city"}]}))
    assert api.check_and_add_project_name("city") == "3"
    assert api.check_and_add_project_name("city") == "3" and len(farm.seen) == 4


def test_all_frames_are_gathered_by_their_index(farm):
    api = login(farm)
    farm.then(answer({"items": [{"frameIndex": "1", "id": 5}]}),
              answer({"items": [{"frameIndex": "2", "id": 6}, None]}), answer({"items": None}))
    assert sorted(api.query.get_all_frames(7)) == ["1", "2"]


@pytest.mark.parametrize("call", [
    lambda a: a.submit("abc"), lambda a: a.task.stop_task([None]), lambda a: a.submit(True),
    lambda a: a.query.restart_frame(None), lambda a: a.query.stop_frame(1, select_all=0),
    lambda a: a.query.supported_plugin("paint")])
def test_bad_arguments_are_refused_here(farm, call):
    with pytest.raises(SettingsError):
        call(login(farm))
    assert farm.seen == []


def test_tasks_are_read_through_the_client(farm):
    farm.then(answer({"items": [{"id": 7, "taskStatus": 25, "outputFileName": "7_a"}]}))
    assert tasks.read_tasks(login(farm), [7])[7].outputs == ("7_a",)


# ---------------------------------------------------------------- faults

PASSING = {
    "500": text("oops", status=500), "503 with a code": text('{"code": 503, "message": "x"}', status=503),
    "429": text("", status=429), "inner 500": answer(code=500, message="boom"),
    "html": text("<html>log in</html>"), "no text": text(b"\xff\xfe\x00"), "empty": text(""),
    "list": text("[1, 2]"), "number": text("7"), "no code": text("{}"),
    "odd code": text('{"code": "x"}'), "true": text('{"code": true}'),
    "deep": text("[" * 100000), "nothing": nothing, "half": half,
}


@pytest.mark.parametrize("name", sorted(PASSING))
def test_what_may_pass_is_survived_by_calls_that_may_be_repeated(farm, name):
    api = login(farm)
    farm.then(PASSING[name], PASSING[name], OK)
    assert api.query.task_info([1]) == {"items": []}
    assert len(farm.seen) == 3


@pytest.mark.parametrize("name", sorted(PASSING))
def test_what_does_not_pass_is_given_up_after_five_attempts(farm, name):
    pauses = Pauses()
    api = login(farm, cancel=pauses)
    farm.then(PASSING[name])
    with pytest.raises(FarmError) as caught:
        api.query.task_info([1])
    assert caught.value.retryable and len(farm.seen) == 5 and len(pauses.taken) == 4
    assert pauses.taken[0] <= 0.5 and pauses.taken[3] <= 4


NOT_REPEATED = {
    "create": lambda a: a.task.create_task(), "submit": lambda a: a.submit(1),
    "project": lambda a: a.tag.add_label("x"), "frames": lambda a: a.query.restart_frame(1),
    "tasks": lambda a: a.query.restart_failed_frames([1])}


@pytest.mark.parametrize("fault", ["500", "html", "nothing", "half", "429"])
@pytest.mark.parametrize("name", sorted(NOT_REPEATED))
def test_what_may_not_be_repeated_is_sent_once(farm, name, fault):
    api = login(farm)
    farm.then(PASSING[fault])
    with pytest.raises(FarmUnreachable) as caught:
        NOT_REPEATED[name](api)
    assert len(farm.seen) == 1 and not caught.value.retryable
    assert "may have done it" in caught.value.message


def test_every_attempt_is_signed_afresh(farm):
    api = login(farm)
    farm.then(nothing, nothing, OK)
    api.query.task_info([1])
    assert len(set(headers["signature"] for _, headers, _ in farm.seen)) == 3


def test_a_silent_farm_is_given_up(farm):
    api = login(farm)
    api.connect.timeout = (5, 0.1)
    farm.then(stall)
    with pytest.raises(FarmUnreachable) as caught:
        api.query.task_info([1])
    assert "did not answer in time" in caught.value.message
    # The last request may have been given up before the farm's thread came to read it.
    until(lambda: len(farm.seen) == 5)
    farm.then(stall)
    with pytest.raises(FarmUnreachable):
        api.task.create_task()
    until(lambda: farm.seen)
    assert len(farm.seen) == 1


def test_a_farm_that_is_not_there_is_named():
    with ScriptedFarm(OK) as gone:
        api = login(gone)
    with pytest.raises(FarmUnreachable) as caught:
        api.query.task_info([1])
    assert gone.domain in caught.value.message
    with pytest.raises(FarmUnreachable) as caught:
        api.task.create_task()
    assert "may have done it" not in caught.value.message and not caught.value.retryable


def test_a_restarted_farm_does_not_hurt_what_is_sent_once(farm):
    api = login(farm)
    farm.then(OK)
    api.query.task_info([1])
    # The kept connections die, as they do when the farm is restarted.
    farm._server.hang_up()
    farm.then(answer({"taskIdList": [5]}))
    assert api.task.create_task() == {"taskIdList": [5]}


@pytest.mark.parametrize("asked, pause", [("7", 7), ("100000", 30)])
def test_a_farm_that_asks_for_a_pause_gets_it(farm, asked, pause):
    pauses = Pauses()
    api = login(farm, cancel=pauses)
    farm.then(text("", status=429, Retry_After=asked), OK)
    api.query.task_info([1])
    assert pauses.taken == [pause]


def test_a_cancel_ends_the_pauses(farm):
    api = login(farm)

    def cancelled(_seconds):
        raise Cancelled()

    api.connect.wait = cancelled
    farm.then(nothing)
    with pytest.raises(Cancelled):
        api.query.task_info([1])
    assert len(farm.seen) == 1


def test_a_redirect_is_refused_and_its_target_never_asked(farm):
    with ScriptedFarm(OK) as elsewhere:
        api = login(farm)
        for status in (301, 302, 307, 308):
            farm.then(text("", status=status, Location="http://%s/api" % elsewhere.domain))
            with pytest.raises(FarmError) as caught:
                api.query.task_info([1])
            assert "another address" in caught.value.message and len(farm.seen) == 1
        assert elsewhere.seen == [] and elsewhere.logins == 0


def test_a_huge_answer_is_refused(farm, monkeypatch):
    monkeypatch.setattr(connect, "MAX_ANSWER_BYTES", 100000)
    api = login(farm)
    farm.then(answer("x" * 200000))
    with pytest.raises(FarmUnreachable) as caught:
        api.query.task_info([1])
    assert "larger than" in caught.value.message and len(farm.seen) == 1


@pytest.mark.parametrize("packing", ["gzip, gzip", "br", "gzip,deflate,gzip"])
def test_an_answer_that_is_packed_more_than_once_or_otherwise_is_refused_unread(farm, packing):
    api = login(farm)
    farm.then(text("x", **{str("Content-Encoding"): packing}))
    with pytest.raises(FarmUnreachable) as caught:
        api.query.task_info([1])
    assert "packed in a way" in caught.value.message and len(farm.seen) == 1
    assert farm.seen[0][1]["accept-encoding"] == "gzip, deflate"


def test_an_answer_may_be_packed_once(farm):
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    body = packer.compress(b'{"code": 200, "message": "", "data": {"items": []}}') + packer.flush()
    api = login(farm)
    farm.then(text(body, **{str("Content-Encoding"): "gzip"}))
    assert api.query.task_info([1]) == {"items": []}


@pytest.mark.parametrize("data", [None, [], "x", 5, "leave out"])
def test_data_of_an_unknown_shape_is_an_error_of_ours(farm, data):
    api = login(farm)
    farm.then(answer(data))
    with pytest.raises(FarmUnreachable):
        api.transmit.get_transfer_config()


@pytest.mark.parametrize("code, kind, words", [
    (601, FarmError, "missing or wrong"), (602, FarmError, "asks for a login"),
    (777, FarmError, "refused"), (0, FarmError, "refused"), (-1, FarmError, "refused"),
    (404, UnknownTask, "task 8, 9")])
def test_refusals_are_not_repeated_and_say_what_happened(farm, code, kind, words):
    api = login(farm)
    farm.then(answer(code=code, message="what the farm\nsays."))
    with pytest.raises(kind) as caught:
        api.query.task_info([8, 9])
    assert caught.value.code == code and words in caught.value.message
    assert len(farm.seen) == 1 and "\n" not in caught.value.message and ".." not in caught.value.message


def test_a_404_without_a_task_is_no_unknown_task(farm):
    api = login(farm)
    for step in (answer(code=404), text("not here", status=404), text("", status=403)):
        farm.then(step)
        with pytest.raises(FarmError) as caught:
            api.transmit.get_transfer_config()
        assert not isinstance(caught.value, UnknownTask) and not caught.value.retryable


# ---------------------------------------------------------------- the clock

#: When the tests of the clock happen, for this computer.
NOW = 1795000000


def login_at(farm, now=NOW):
    """Log in on a computer whose clock stands still."""
    api = login(farm)
    api.connect.clock = lambda: now
    return api


def refused(code, ahead_s, with_time=True):
    return answer(code=code, serverTime=(NOW - ahead_s) * 1000 if with_time else None)


@pytest.mark.parametrize("code", [610, 611])
@pytest.mark.parametrize("call", [lambda a: a.query.task_info([1]), lambda a: a.task.create_task()])
def test_a_wrong_clock_is_corrected_once_and_for_all(farm, code, call):
    api = login_at(farm)
    farm.then(refused(code, ahead_s=840), answer({"items": []}))
    call(api)
    call(api)
    stamps = [int(headers["utctimestamp"]) for _, headers, _ in farm.seen]
    assert stamps == [NOW, NOW - 840, NOW - 840]


@pytest.mark.parametrize("ahead_s, words", [(840, "(it is 14 minutes ahead of the farm)"),
                                            (-61, "(it is 1 minute behind the farm)")])
def test_a_signature_that_stays_refused_names_the_clock(farm, ahead_s, words):
    api = login_at(farm)
    farm.then(refused(611, ahead_s))
    with pytest.raises(FarmError) as caught:
        api.task.create_task()
    assert caught.value.message == (
        "The farm refused the signature (611): check access id, access key and the clock of "
        "this computer %s." % words)
    assert len(farm.seen) == 2 and caught.value.code == 611


def test_a_wrong_key_is_signed_with_once_more_and_no_more(farm):
    api = login_at(farm)
    farm.then(refused(611, ahead_s=0))
    with pytest.raises(FarmError) as caught:
        api.query.task_info([1])
    assert len(farm.seen) == 2 and "ahead" not in caught.value.message


@pytest.mark.parametrize("call", [lambda a: a.query.task_info([1]), lambda a: a.task.create_task()])
def test_a_nonce_that_another_computer_took_is_replaced(farm, call):
    api = login_at(farm)
    farm.then(refused(611, ahead_s=0), answer({"items": []}))
    call(api)
    first, second = [headers["nonce"] for _, headers, _ in farm.seen]
    assert first != second


def test_two_clients_of_a_process_never_take_the_same_nonce(farm):
    apis = [login(farm) for _ in range(3)]
    for _ in range(5):
        for api in apis:
            api.query.task_info([1])
    nonces = [headers["nonce"] for _, headers, _ in farm.seen]
    assert len(set(nonces)) == len(nonces) == 15


def test_the_date_header_tells_the_time_where_the_body_does_not(farm):
    ahead = time.time() + 7 * 86400
    api = login_at(farm, ahead)
    farm.then(refused(610, 0, with_time=False), OK)  # The server sends a Date header by itself.
    api.query.task_info([1])
    stamps = [int(headers["utctimestamp"]) for _, headers, _ in farm.seen]
    assert len(stamps) == 2 and 6 * 86400 < stamps[0] - stamps[1] < 8 * 86400


@pytest.mark.parametrize("server_time", ["soon", -5, 10 ** 30, [], {}, True, 1e300])
def test_a_nonsense_time_of_the_farm_is_not_believed(farm, server_time):
    api = login(farm)
    farm.then(answer(code=610, serverTime=server_time), OK)
    api.query.task_info([1])
    assert abs(int(farm.seen[1][1]["utctimestamp"]) - time.time()) < 3600


# ---------------------------------------------------------------- proxy, TLS, secrets

def test_a_farm_that_speaks_plain_http_is_told_from_the_others(farm):
    with pytest.raises(FarmUnreachable) as caught:
        login(farm, protocol="https")
    assert "use --protocol http (protocol=\"http\" in Python)" in caught.value.message


def test_a_proxy_is_never_used_for_this_machine(farm, monkeypatch):
    monkeypatch.setenv(str("http_proxy"), str("http://127.0.0.1:1"))
    assert login(farm).get_user_id() == 10001136
    assert login(farm, proxy="http://127.0.0.1:1").get_user_id() == 10001136


def test_a_proxy_of_the_environment_or_of_the_caller_is_used(monkeypatch):
    with ScriptedFarm(OK) as proxy:
        proxy.then(answer(LOGIN["/api/render/setUp/queryUserProfile"]))
        url = "http://%s" % proxy.domain
        RayvisionAPI("id", "key", domain="farm.invalid", protocol="http", proxy=url)
        monkeypatch.setenv(str("http_proxy"), str(url))
        RayvisionAPI("id", "key", domain="farm.invalid", protocol="http")
        assert len(proxy.seen) == 6
        assert proxy.seen[0][0].startswith("http://farm.invalid/api/render/setUp/")


def test_a_dead_proxy_is_named():
    with pytest.raises(FarmUnreachable) as caught:
        RayvisionAPI("id", "key", domain="farm.invalid", protocol="http",
                     proxy="http://user:word@127.0.0.1:1", cancel=Pauses())
    assert "proxy" in caught.value.message and "word" not in caught.value.message


@pytest.fixture
def certificate(tmpdir):
    """Paths of a key and a certificate for localhost that no computer trusts."""
    key, cert = compat.text(str(tmpdir.join("key.pem"))), compat.text(str(tmpdir.join("cert.pem")))
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
               "-keyout", key, "-out", cert, "-subj", "/CN=localhost",
               "-addext", "subjectAltName=DNS:localhost"]
    try:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    except OSError:
        pytest.skip("openssl, which makes the test's certificate, is not there")
    output = process.communicate()[0]
    assert process.returncode == 0, output
    return key, cert


def test_tls_is_verified_and_an_own_authority_can_be_trusted(certificate, monkeypatch):
    key, cert = certificate
    context = ssl.SSLContext(getattr(ssl, "PROTOCOL_TLS_SERVER", ssl.PROTOCOL_SSLv23))
    context.load_cert_chain(cert, key)
    with ScriptedFarm(OK) as farm:
        farm.wrap(context)
        options = {"protocol": "https", "domain": farm.domain.replace("127.0.0.1", "localhost")}
        with pytest.raises(FarmUnreachable) as caught:
            login(farm, **options)
        assert "RAYVISION_CA_BUNDLE" in caught.value.message and not caught.value.retryable
        assert farm.logins == 0
        assert login(farm, ca_bundle=cert, **options).get_user_id() == 10001136
        monkeypatch.setenv(str("RAYVISION_CA_BUNDLE"), str(cert))
        assert login(farm, **options).get_user_id() == 10001136


def test_a_netrc_file_is_not_sent_along(farm, monkeypatch, tmpdir):
    netrc = tmpdir.join("netrc")
    netrc.write("machine 127.0.0.1 login artist password word\n")
    monkeypatch.setenv(str("NETRC"), str(netrc))
    login(farm).query.task_info([1])
    assert "authorization" not in farm.seen[0][1]


def test_no_secret_is_in_logs_errors_or_representations(farm, caplog, tmpdir):
    caplog.set_level(logging.DEBUG, logger="rayvision_sync")
    api = login(farm, log_folder=str(tmpdir))
    shown = [repr(api), repr(api.connect), repr(api.connect.headers), str(api.connect.headers),
             "%s" % api.connect.headers, repr(vars(api.connect)), repr(vars(api))]
    echo = "you sent %s and %s" % (ACCESS_ID, ACCESS_KEY)
    secret = answer({"raySyncUserKey": "the-farms-secret"})
    for step in (answer(code=777, message=echo), answer(code=602, message=echo), refused(611, 900),
                 nothing, text(echo), text(echo, status=500), text(echo, status=403), secret):
        farm.then(step)
        try:
            api.query.get_raysync_user_key()
        except FarmError as error:
            shown.extend([repr(error), "%s" % error, repr(error.args)])
    shown.extend("%s %s" % (record.getMessage(), record.exc_text) for record in caplog.records
                 if record.name.startswith("rayvision_sync"))
    shown.extend(compat.text(path.read()) for path in tmpdir.listdir())
    assert len(shown) > 20
    signatures = [headers["signature"] for _, headers, _ in farm.seen]
    for secret in [ACCESS_ID, ACCESS_KEY, "the-farms-secret"] + signatures:
        assert not any(secret in text for text in shown)


# ---------------------------------------------------------------- the log

def test_no_handler_is_added_without_a_folder(farm):
    before = list(logging.getLogger("rayvision_sync").handlers)
    login(farm, log_level="nonsense is not read then")
    assert logging.getLogger("rayvision_sync").handlers == before


def test_a_log_folder_is_made_and_written_once(farm, tmpdir):
    logger = logging.getLogger("rayvision_sync")
    before, level = list(logger.handlers), logger.level
    folder = tmpdir.join("a", "b")
    try:
        for _ in range(2):
            login(farm, log_folder=str(folder), log_name="mine.log", log_level="debug")
        assert len(logger.handlers) == len(before) + 1
    finally:
        for handler in logger.handlers[len(before):]:
            logger.removeHandler(handler)
            handler.close()
        logger.setLevel(level)
    assert folder.join("mine.log").read().count("queryUserProfile") == 2


def test_a_wrong_log_level_or_folder_is_an_error(farm, tmpdir):
    tmpdir.join("file").write("x")
    for options in ({"log_folder": str(tmpdir), "log_level": "loud"},
                    {"log_folder": str(tmpdir.join("file"))}):
        with pytest.raises(SettingsError):
            login(farm, **options)


def test_the_module_offers_the_documented_name():
    assert api_module.__all__[0] == "RayvisionAPI"
