# -*- coding: utf-8 -*-
"""Modules and names that scripts for the vendor's SDK import: errors, questions about tasks, small functions, logs."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import json
import logging
import os
import pickle

import pytest
from support_farm import Farm, folder, read, write

from rayvision_sync import compat, errors, exception, utils
from rayvision_sync.api import RayvisionAPI
from rayvision_sync.download import RayvisionDownload
from rayvision_sync.manage import RayvisionManageTask
from rayvision_sync.upload import RayvisionUpload


@pytest.fixture
def farm(tmpdir):
    with Farm(folder(tmpdir, "farm"), access_id="the-access-id", access_key="the-access-key") as running:
        yield running


@pytest.fixture
def no_logs():
    """Put the package's logger back as it was."""
    logger = logging.getLogger("rayvision_sync")
    handlers, level = list(logger.handlers), logger.level
    yield logger
    for handler in [handler for handler in logger.handlers if handler not in handlers]:
        logger.removeHandler(handler)
        handler.close()
    logger.setLevel(level)


def login(farm, **options):
    return RayvisionAPI("the-access-id", "the-access-key", domain=farm.farm.domain, platform="2", protocol="http",
                        **options)


# ---------------------------------------------------------------- errors

def test_every_error_of_ours_is_caught_under_the_documented_name():
    ours = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Exception)]
    assert len(ours) > 20
    assert [kind for kind in ours if not issubclass(kind, exception.RayvisionError)] == []
    assert set(exception.__all__) == {"RayvisionError", "DownloadFailed", "UnsupportedEngineType",
                                      "UnsupportedDatabaseError"}


def test_an_error_of_the_farm_tells_its_code_and_others_tell_none():
    caught = errors.FarmError("The farm refused it.", 602)
    assert (caught.error_code, caught.error, "%s" % caught) == (602, "The farm refused it.", "The farm refused it.")
    assert (exception.DownloadFailed("gone").error_code, exception.DownloadFailed("gone").error) == (0, "gone")


def test_a_script_may_raise_the_documented_error_itself():
    with pytest.raises(exception.RayvisionError) as caught:
        raise exception.RayvisionError(1000000, "城市 is broken", "more")
    assert (caught.value.error_code, caught.value.error) == (1000000, "城市 is broken")
    assert caught.value.args == (1000000, "城市 is broken", "more")
    assert not isinstance(caught.value, errors.SyncError)
    assert compat.text_type(caught.value) == "城市 is broken"


def test_errors_survive_the_way_between_processes():
    for kind, values in ((exception.RayvisionError, (7, "seven")), (errors.SettingsError, ("no",))):
        again = pickle.loads(pickle.dumps(kind(*values)))
        assert type(again) is kind and again.error == values[-1]


# ---------------------------------------------------------------- tasks

def test_a_task_with_layers_is_told_in_the_documented_form(farm):
    api = login(farm)
    task = farm.task(frames="1-2[1]", layers=("sky", "town"))
    farm.wait(task)
    manage = RayvisionManageTask(api.query)
    status, = manage.get_task_status([task])
    assert sorted(status) == ["bid", "is_opener", "output_file_name", "sub_task_status", "task_id", "task_status_code",
                              "task_status_description", "task_status_text", "userId"]
    assert (status["task_id"], status["task_status_code"], status["is_opener"]) == ("%d" % task, "25", "1")
    assert status["task_status_description"] == "Done" and len(status["sub_task_status"]) == 2
    assert manage.find_task_status_codes([status]) == ["25", "25"]
    assert manage.output_file_names([status]) == [
        {"output_name": "%d_city/%s" % (task, layer), "user_id": status["userId"], "bid": status["bid"]}
        for layer in ("sky", "town")]
    assert manage.is_task_end(task, False) is True


class Query(object):
    """A farm that answers with these items."""

    def __init__(self, *items):
        self._items = list(items)

    def task_info(self, task_ids):
        return {"items": self._items}


@pytest.mark.parametrize("code, is_test_stop, is_end", [
    (25, False, True), (5, False, False), (40, False, False), (40, True, True), (77, True, False), (None, True, False)])
def test_a_task_ends_with_the_documented_states_and_an_unknown_one_is_no_end(code, is_test_stop, is_end):
    manage = RayvisionManageTask(Query({"id": 7, "taskStatus": 0, "isOpen": 1, "respRenderingTaskList": [
        {"id": 8, "taskStatus": 25, "isOpen": 0}, {"id": 9, "taskStatus": code, "isOpen": None}]}))
    assert manage.is_task_end(7, is_test_stop) is is_end


def test_a_task_that_the_farm_does_not_know_is_neither_ended_nor_running():
    assert RayvisionManageTask(Query()).is_task_end(7, False) is None


def test_items_with_holes_are_read_all_the_same():
    manage = RayvisionManageTask(Query(
        {"id": 7, "taskStatus": 99, "isOpen": None, "outputFileName": "7_a"}, {}, None,
        {"id": 8, "taskStatus": "5", "isOpen": "1", "respRenderingTaskList": None}))
    found = manage.get_task_status([7, 8])
    assert [status["task_status_description"] for status in found] == ["Unknown (99)", "", "Rendering"]
    assert [name["output_name"] for name in manage.output_file_names(found)] == ["7_a"]


# ---------------------------------------------------------------- functions

@pytest.mark.parametrize("given, encoding, expected", [
    ("天天", "utf-8", "天天"), ("天天".encode("utf-8"), "default", "天天"), ("天天".encode("gbk"), "default", "天天"),
    ("天天".encode("gbk"), "GBK", "天天"), (b"\xff\xfe\xff", "utf-8", b"\xff\xfe\xff"), (b"x", "no-such", b"x"),
    (7, "default", 7)])
def test_bytes_become_text_where_they_are_some(given, encoding, expected):
    found = utils.str2unicode(given, encoding)
    assert found == expected and type(found) is type(expected)


@pytest.mark.parametrize("code, language, expected", [
    ("0", "1", "Waiting"), (25, 1, "Done"), ("5", "0", "渲染中"), ("35", "1", "Abort"), ("99", "1", "Unknown (99)")])
def test_a_state_is_told_in_two_languages(code, language, expected):
    assert utils.get_task_status_description(code, language) == expected


@pytest.mark.parametrize("values", [(), ("",), ("0", "7")])
def test_no_state_or_language_is_an_error(values):
    with pytest.raises(exception.RayvisionError):
        utils.get_task_status_description(*values)


def test_uploads_go_to_the_account_or_to_its_main_account(farm):
    api = login(farm)
    info = api.user_info
    assert utils.get_share_info(api) == (info["input_bid"], info["user_id"])
    assert utils.create_transfer_params(api) == dict((name, info[name]) for name in (
        "config_bid", "input_bid", "output_bid", "domain", "platform", "local_os", "user_id"))
    api.user.query_user_profile = lambda: {"shareMainCapital": 1, "mainUserId": 5}
    api.user.get_transfer_bid = lambda: {"parent_input_bid": "10200"}
    assert utils.get_share_info(api) == ("10200", 5)


def test_a_json_file_is_written_whole_and_read_again(tmpdir):
    path = folder(tmpdir, "城市.json")
    assert utils.json_load(path) is None
    utils.write_json(path, {"asset": ["城市"]})
    assert utils.json_load(path) == {"asset": ["城市"]} and os.listdir(folder(tmpdir, "")) == [os.path.basename(path)]
    write(path, b"{")
    with pytest.raises(exception.RayvisionError):
        utils.json_load(path)


# ---------------------------------------------------------------- logs

def test_both_classes_write_into_the_log_that_was_asked_for_once(farm, tmpdir, home, no_logs):
    logs = folder(tmpdir, "logs")
    before = len(no_logs.handlers)
    api = login(farm, log_folder=logs, log_name="mine.log")
    upload = RayvisionUpload(api, log_folder=logs, log_name="mine.log", log_level="info")
    download = RayvisionDownload(api, log_folder=logs, log_name="mine.log")
    assert len(no_logs.handlers) == before + 1
    path = folder(tmpdir, "upload.json")
    write(path, json.dumps({"asset": [{"local": folder(tmpdir, "gone.tx"), "server": "/gone.tx"}]}).encode("ascii"))
    assert upload.upload_asset(path) is False
    with pytest.raises(exception.DownloadFailed):
        download.download([999999999], local_path=folder(tmpdir, "frames"))
    assert os.listdir(logs) == ["mine.log"]
    with io.open(os.path.join(logs, "mine.log"), encoding="utf-8") as source:
        text = source.read()
    assert text.count("gone.tx") == 1 and "queryTaskInfo" in text
    assert "0 sent or fetched, 0 skipped, 1 missing, 0 failed" in text
    assert "the-access-id" not in text and "the-access-key" not in text


def test_without_a_folder_or_with_a_logger_of_the_callers_no_file_is_written(farm, tmpdir, no_logs):
    before = list(no_logs.handlers)
    api = login(farm)
    own = logging.getLogger("a.script")
    upload = RayvisionUpload(api, logger=own, log_folder=folder(tmpdir, "logs"))
    assert upload.logger is own and RayvisionDownload(api).logger.name == "rayvision_sync.download"
    assert no_logs.handlers == before and not os.path.exists(folder(tmpdir, "logs"))


@pytest.mark.parametrize("options", [{"log_level": "loud"}, {"log_name": "../mine.log"}, {"log_name": ".."}])
def test_a_log_that_cannot_be_is_an_error_at_once(tmpdir, options):
    with pytest.raises(errors.SettingsError):
        RayvisionUpload(None, log_folder=folder(tmpdir, "logs"), **options)
    assert not os.path.exists(folder(tmpdir, "logs"))


def test_positional_arguments_stand_where_the_documentation_has_them(farm):
    api, own = login(farm), logging.getLogger("a.script")
    assert RayvisionUpload(api, None, "", "", True, "", own).logger is own
    assert RayvisionDownload(api, "", "", True, "", own).logger is own


def test_a_log_goes_on_where_an_earlier_run_ended(tmpdir, no_logs):
    logs = folder(tmpdir, "logs")
    write(os.path.join(logs, "rayvision_sync.log"), b"earlier\n")
    RayvisionDownload(None, log_folder=logs).logger.warning("later")
    text = read(os.path.join(logs, "rayvision_sync.log"))
    assert text.startswith(b"earlier\n") and text.rstrip().endswith(b"later")


def test_an_engine_or_a_database_that_is_not_here_is_refused_by_its_documented_error():
    upload = RayvisionUpload(None)
    for kind, options in ((exception.UnsupportedEngineType, {"engine_type": "raysyncproxy"}),
                          (exception.UnsupportedEngineType, {"proxy_ip": "10.0.0.1"}),
                          (exception.UnsupportedDatabaseError, {"redis_flag": "done"})):
        with pytest.raises(kind) as caught:
            upload.upload_asset("upload.json", **options)
        assert isinstance(caught.value, errors.SettingsError)
