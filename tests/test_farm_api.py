# coding: utf-8
"""The local farm's door: signatures, bad requests, limits."""
from __future__ import absolute_import, division, print_function, unicode_literals

import json
import socket
import threading
import time
from contextlib import closing

import pytest
from support_farm import URLS, Client, Farm, Refused, folder
from support_limits import WAIT_S
from six.moves import http_client

from rayvision_sync import compat, signature
from rayvision_sync.errors import FarmError
from rayvision_sync.farm import gate, server


@pytest.fixture
def farm(tmpdir):
    with Farm(folder(tmpdir), access_id="id", access_key="key") as running:
        yield running


def post(farm, url, headers, content):
    return farm.client.post(url, headers, content)


def test_a_signed_request_is_answered_in_the_farms_shape(farm):
    answer = farm.client.answer("getBid")
    assert sorted(answer) == ["code", "data", "message", "result", "serverTime", "version"]
    assert answer["code"] == 200
    assert abs(answer["serverTime"] - time.time() * 1000) < 60000
    assert sorted(answer["data"]) == ["config_bid", "input_bid", "output_bid", "parent_input_bid",
                                      "sub_user_output_bids"]


def test_the_vectors_of_the_farms_sdk_are_let_through():
    body = {"taskIds": [11, 22]}
    headers = {"accessId": "id", "channel": "4", "platform": "2", "UTCTimestamp": "1700000000",
               "nonce": "123456", "version": "2.0.0", "signature": "ohwlN2Z8FQD8HSAzCtUpNTYvdDFio3RbprP2+3vdRFQ="}
    door = gate.Gate("id", "key", lambda: 1700000000)
    door.check("task.renderbus.com", URLS["queryTaskInfo"], headers.get, body)
    headers["signature"] = "VN6xwHpqPZdtXsiFtF6j2MoI0ByeBec6QQRQufQ+9fU="
    door.check("task.renderbus.com", URLS["getBid"], headers.get, {})


def test_nested_values_of_any_type_are_signed_alike(farm):
    body = {"taskIds": [], "x": {"a": [1, {"b": None}], "c": 1.5}, "flag": True, "text": "城市 \"$(x)\"",
            "big": 10 ** 17}
    assert farm.client.answer("getBid", **body)["code"] == 200


@pytest.mark.parametrize("who", [("id", "other"), ("other", "key"), ("", "key")])
def test_a_wrong_key_or_id_is_refused(farm, who):
    answer = Client(farm.farm.domain, *who).answer("getBid")
    assert answer["code"] == (611 if who[0] else 601)
    assert answer["data"] is None
    assert "key" not in answer["message"].replace("access key", "")


def test_a_signature_for_another_domain_or_url_is_refused(farm):
    headers = farm.client.headers(URLS["getConfig"], {})
    assert post(farm, URLS["getBid"], headers, b"{}")["code"] == 611
    stranger = Client("task.renderbus.com", "id", "key")
    assert post(farm, URLS["getBid"], stranger.headers(URLS["getBid"], {}), b"{}")["code"] == 611


def test_a_changed_body_is_refused(farm):
    headers = farm.client.headers(URLS["queryTaskInfo"], {"taskIds": [1]})
    assert post(farm, URLS["queryTaskInfo"], headers, b'{"taskIds": [2]}')["code"] == 611


def test_a_replayed_signature_is_refused(farm):
    headers = farm.client.headers(URLS["getBid"], {})
    assert post(farm, URLS["getBid"], headers, b"{}")["code"] == 200
    again = post(farm, URLS["getBid"], headers, b"{}")
    assert again["code"] == 611
    assert "nonce" in again["message"]


@pytest.mark.parametrize("ahead", [-301, 301, -10 ** 6])
def test_a_stale_timestamp_is_refused_and_says_the_farms_time(tmpdir, ahead):
    with Farm(folder(tmpdir), clock=lambda: 1700000000) as farm:
        for stamp, code in ((1700000000 + ahead, 610), (1700000000, 200)):
            headers = farm.client.headers(URLS["getBid"], {}, UTCTimestamp="%d" % stamp)
            answer = post(farm, URLS["getBid"], headers, b"{}")
            assert answer["code"] == code
            assert ("1700000000" in answer["message"]) is (code == 610)


@pytest.mark.parametrize("stamp", ["", "soon", "1e9", "9" * 50, "NaN"])
def test_a_timestamp_that_is_no_time_is_refused(farm, stamp):
    headers = farm.client.headers(URLS["getBid"], {}, UTCTimestamp=stamp)
    assert post(farm, URLS["getBid"], headers, b"{}")["code"] in (601, 610, 611)


def test_the_clock_can_be_given(tmpdir):
    with Farm(folder(tmpdir), clock=lambda: 1700000000.5) as running:
        assert running.client.answer("getBid")["serverTime"] == 1700000000500
        headers = running.client.headers(URLS["getBid"], {}, UTCTimestamp="%d" % time.time())
        assert post(running, URLS["getBid"], headers, b"{}")["code"] == 610


def test_an_unsigned_request_learns_what_is_missing(farm):
    answer = post(farm, URLS["getBid"], {}, b"{}")
    assert answer["code"] == 601
    assert "signed" in answer["message"]


def test_an_unknown_url_is_told_only_to_those_who_may_call(farm):
    url = "/api/render/no/such"
    assert post(farm, url, farm.client.headers(url, {}), b"{}")["code"] == 404
    assert post(farm, url, {}, b"{}")["code"] == 601


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe", b"[1]", b'"x"', b"{\"a\": NaN}", b"[" * 100000])
def test_a_body_that_is_no_json_object_has_its_own_code(farm, content):
    answer = post(farm, URLS["getBid"], farm.client.headers(URLS["getBid"], {}), content)
    assert answer["code"] == 400
    assert "body" in answer["message"]


def test_text_that_cannot_be_encoded_is_refused(farm):
    answer = post(farm, URLS["getBid"], farm.client.headers(URLS["getBid"], {}), b'{"a": "\\ud800"}')
    assert answer["code"] == 611


def test_get_is_no_call(farm):
    with closing(http_client.HTTPConnection(str(farm.farm.domain), timeout=WAIT_S)) as connection:
        connection.request(str("GET"), str("/farm.json"))
        assert json.loads(connection.getresponse().read().decode("utf-8"))["code"] == 404


def raw(farm, content):
    """Send bytes and return all that comes back until the farm closes."""
    with closing(socket.create_connection((farm.farm.host, farm.farm.port), timeout=WAIT_S)) as connection:
        connection.sendall(content)
        parts = []
        while True:
            part = connection.recv(65536)
            if not part:
                return b"".join(parts)
            parts.append(part)


def test_a_body_that_is_too_large_is_refused_before_it_comes(farm):
    answer = raw(farm, b"POST /api/render/transfer/getBid HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n{")
    assert b'"code": 413' in answer
    assert b"Connection: close" in answer


@pytest.mark.parametrize("head", [b"Content-Length: -1", b"Content-Length: 1x", b"Content-Length: " + b"9" * 50,
                                  b"Transfer-Encoding: chunked", b"X: y"])
def test_a_request_without_a_clear_length_is_refused(farm, head):
    answer = raw(farm, b"POST /x HTTP/1.1\r\nHost: x\r\n" + head + b"\r\n\r\n0\r\n\r\n")
    assert b'"code": 400' in answer


def test_endless_headers_are_cut_off(farm):
    try:
        answer = raw(farm, b"POST /x HTTP/1.1\r\n" + b"X: y\r\n" * 200000)
    except socket.error:
        return  # The farm closed while we were still sending.
    assert b'"code": 200' not in answer


def test_a_client_that_drips_is_cut_off_in_time(farm, monkeypatch):
    monkeypatch.setattr(server, "HEAD_S", 0.3)
    pause = threading.Event()
    begun = compat.monotonic()
    with closing(socket.create_connection((farm.farm.host, farm.farm.port), timeout=WAIT_S)) as connection:
        with pytest.raises(socket.error):
            while compat.monotonic() - begun < WAIT_S:
                connection.sendall(b"P")
                pause.wait(0.02)


def test_a_full_farm_drops_who_waits_longest_and_serves_who_asks(farm, monkeypatch):
    monkeypatch.setattr(server, "_MOST_CONNECTIONS", 4)
    silent = [socket.create_connection((farm.farm.host, farm.farm.port), timeout=WAIT_S) for _ in range(6)]
    try:
        assert farm.client.answer("getBid")["code"] == 200
        assert silent[0].recv(1) == b""
    finally:
        for connection in silent:
            connection.close()


def test_one_connection_carries_many_requests(farm):
    with closing(http_client.HTTPConnection(str(farm.farm.domain), timeout=WAIT_S)) as connection:
        for _ in range(20):
            headers = farm.client.headers(URLS["getBid"], {})
            connection.request(str("POST"), str(URLS["getBid"]), b"{}", headers)
            answer = connection.getresponse()
            assert json.loads(answer.read().decode("utf-8"))["code"] == 200
            assert connection.sock is not None


def test_no_answer_holds_the_key(farm):
    for name in sorted(URLS):
        assert "key\"" not in json.dumps(farm.client.answer(name)).replace("raySyncUserKey\"", "")


def signed(door, stamp, nonce, clock):
    headers = {"accessId": "id", "UTCTimestamp": "%d" % stamp, "nonce": "%d" % nonce}
    headers["signature"] = signature.sign("key", signature.string_to_sign("d", "/u", headers, {}))
    door.check("d", "/u", headers.get, {})


def test_the_memory_of_signatures_is_bounded_and_never_lets_one_in_twice(monkeypatch):
    monkeypatch.setattr(gate, "MOST_SEEN", 50)
    now = [1000]
    door = gate.Gate("id", "key", lambda: now[0])
    for nonce in range(60):
        signed(door, 1000 + nonce // 20, nonce, now)
    assert sum(len(second) for second in door._seen.values()) <= 50
    with pytest.raises(FarmError) as refused:
        signed(door, 1000, 3, now)
    assert refused.value.code == 610
    with pytest.raises(FarmError) as refused:
        signed(door, 1002, 59, now)
    assert refused.value.code == 611
    now[0] = 5000
    signed(door, 5000, 1, now)
    assert sum(len(second) for second in door._seen.values()) == 1


def test_fields_of_wrong_types_are_refused_by_name(farm):
    hostile = [None, True, -1, 1.5, "1; DROP TABLE task", "../x", [], {}, [[]], ["a"], [None], 2 ** 70, "\u00b2",
               "9" * 40]
    calls = {"createTask": ["count", "taskUserLevel", "labels", "artist"], "submit": ["taskId", "producer"],
             "taskJsonFile": ["taskId", "fileName", "content"], "queryTaskInfo": ["taskIds"],
             "getTaskList": ["pageNum", "pageSize", "statusList", "searchKeyword", "startTime", "recycleFlag"],
             "queryTaskFrames": ["taskId", "pageNum", "pageSize", "searchKeyword"], "files": ["treePath", "taskId"],
             "stopTask": ["taskIds"], "startTask": ["taskIds"], "recommitTasks": ["taskIds", "status"],
             "recommitTaskFrames": ["taskId", "ids", "selectAll", "status"], "stopTaskFrames": ["taskId", "Ids"],
             "abandonTask": ["taskIds"], "deleteTask": ["taskIds"], "fullSpeedRendering": ["taskIds"],
             "showLog": ["id", "pageNum", "pageSize"], "loadingFrameThumbnail": ["id", "frameStatus"],
             "level": ["taskId", "taskUserLevel"], "loadTaskProcessImg": ["taskId", "frameType"],
             "setTaskOverTimeStop": ["taskIds", "overTime"], "updateTaskLimit": ["taskId", "taskLimit"],
             "editTaskHardwareConfig": ["taskIds", "hardwareConfigIds", "model", "ram", "gpuNum"],
             "addTaskLabel": ["taskIds", "label"], "deleteTaskLabel": ["taskIds", "labelNames", "labelIds"],
             "operate/sdk/taskRecord": ["pageNum", "pageSize", "startDate", "endDate"],
             "codes": ["code", "codes", "language"], "setting": ["taskOverTimeSec"],
             "addEnv": ["cgId", "cgName", "cgVersion", "editName", "renderSystem", "pluginIds", "projectPath"],
             "editEnv": ["cgId", "cgName", "cgVersion", "editName", "renderSystem", "pluginIds"],
             "listEnv": ["cgId", "cgIds", "osName"], "defaultEnv": ["editName"], "deleteEnv": ["editName"],
             "deleteProject": ["delName"]}
    good = {"count": 1, "taskUserLevel": 50, "taskId": 5, "taskIds": [5], "fileName": "task.json", "content": "{}",
            "treePath": "/", "id": 1, "frameStatus": 4, "selectAll": 0, "ids": [1], "Ids": [1], "overTime": 60,
            "taskLimit": 1, "label": "x", "hardwareConfigIds": ["1"], "model": "Default", "ram": "64GB",
            "labelNames": [], "cgId": 2000, "cgName": "x", "cgVersion": "1", "editName": "x", "renderSystem": 0,
            "pluginIds": [1]}
    for name, names in sorted(calls.items()):
        for field in names:
            for value in hostile:
                body = dict((key, good[key]) for key in names if key in good)
                body[field] = value
                answer = farm.client.answer(name, **body)
                assert answer["code"] in (200, 404, 601, 621), (name, field, value, answer)


def test_a_refused_call_is_an_error_with_a_sentence(farm):
    with pytest.raises(Refused) as refused:
        farm.client("queryTaskInfo")
    assert refused.value.code == 601
    assert "taskIds" in refused.value.message
    with pytest.raises(Refused) as refused:
        farm.client("queryTaskInfo", taskIds=[77])
    assert refused.value.code == 404
    assert "77" in refused.value.message
