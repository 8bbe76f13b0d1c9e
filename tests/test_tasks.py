# -*- coding: utf-8 -*-
"""Tasks and frames are read with tolerance, from either API object."""
from __future__ import absolute_import, division, print_function, unicode_literals

import pytest

from rayvision_sync import tasks
from rayvision_sync.errors import (Cancelled, FarmError, FarmUnreachable, SettingsError,
                                   UnknownTask)


class Api(object):
    """Answers `task_info` and `task_frames` with functions of the test's."""

    def __init__(self, info=None, frames=None):
        self.query = self
        self.asked = []
        self._info, self._frames = info, frames

    def task_info(self, task_ids_list):
        self.asked.append(list(task_ids_list))
        return self._info(task_ids_list)

    def task_frames(self, task_id, page_num=1, page_size=100, search_keyword=None):
        self.asked.append(page_num)
        return self._frames(page_num)


def items(*given):
    return Api(lambda _: {"items": list(given), "pageCount": 1})


def item(number=1, status=5, **more):
    return dict({"id": number, "taskStatus": status, "isOpen": 0, "outputFileName": "1_a",
                 "respRenderingTaskList": None, "sceneName": "a.ma"}, **more)


def test_a_plain_task_is_read():
    api = items(item(1, 25, totalFrames=12, doneFrames=11, failedFrames=1, executingFrames=0))
    state = tasks.read_tasks(api, [1])[1]
    assert state.id == 1 and state.is_ended and state.text == "done" and state.name == "a.ma"
    assert (state.total, state.done, state.failed, state.executing) == (12, 11, 1, 0)
    assert state.outputs == ("1_a",) and state.leaves == (1,) and state.parent is None


def test_a_layered_task_ends_with_its_last_layer():
    layers = [item(2, 25, outputFileName="2_a"), item(3, 5, outputFileName="3_a")]
    parent = item(1, 25, isOpen=1, outputFileName=None, respRenderingTaskList=layers)
    state = tasks.read_tasks(items(parent), [1])[1]
    assert not state.is_ended and state.outputs == ("2_a", "3_a") and state.leaves == (2, 3)
    layers[1]["taskStatus"] = 45
    assert tasks.read_tasks(items(parent), [1])[1].is_ended


def test_layers_may_have_layers_and_their_frames_add_up():
    inner = [item(4, 25, outputFileName="4", totalFrames=3), item(5, 30, outputFileName="5",
                                                                   totalFrames=4)]
    tree = item(1, 5, isOpen=1, respRenderingTaskList=[
        item(2, 5, isOpen=1, respRenderingTaskList=inner),
        item(3, 35, outputFileName="3", totalFrames="5")])
    state = tasks.read_tasks(items(tree), [1])[1]
    assert state.is_ended and state.outputs == ("4", "5", "3") and state.total == 12


def test_a_layer_is_found_by_its_own_number():
    tree = item(1, 5, isOpen=1, respRenderingTaskList=[item(2, 25, outputFileName="2")])
    state = tasks.read_tasks(items(tree), ["2"])["2"]
    assert state.id == 2 and state.parent == 1 and state.is_ended


@pytest.mark.parametrize("status", sorted(tasks.END_STATUSES))
def test_end_states_are_ends(status):
    assert tasks.read_tasks(items(item(1, status)), [1])[1].is_ended


@pytest.mark.parametrize("status", [0, 5, 8, 40, 50, 77, -1, None, "x", [], {}, 1e400])
def test_other_states_are_no_ends(status):
    state = tasks.read_tasks(items(item(1, status)), [1])[1]
    assert not state.is_ended and state.text


def test_test_frames_are_an_end_for_those_who_ask_for_them():
    assert tasks.read_tasks(items(item(1, 40)), [1], stop_after_test=True)[1].is_ended


def test_a_task_with_nothing_in_it_waits_for_its_submission_where_the_farm_says_so():
    empty = {"sceneName": "", "totalFrames": 0, "outputFileName": None}
    state = tasks.read_tasks(items(item(1, 0, **empty)), [1])[1]
    assert state.text == tasks.NOT_SUBMITTED and not state.is_ended and not tasks.is_submitted(state)
    for more in ({"sceneName": "a.ma"}, {"totalFrames": 3}, {"totalFrames": None}, {"outputFileName": "1_a"}):
        assert tasks.read_tasks(items(item(1, 0, **dict(empty, **more))), [1])[1].text == "waiting"
    assert tasks.read_tasks(items({"id": 1, "taskStatus": 0, "totalFrames": 0}), [1])[1].text == "waiting"
    assert tasks.read_tasks(items(item(1, 50, **empty)), [1])[1].text == "analysing"


def test_an_unknown_status_is_named():
    assert tasks.describe(77) == "unknown status 77"
    assert tasks.read_tasks(items(item(1, 77)), [1])[1].text == "unknown status 77"


@pytest.mark.parametrize("odd", [
    {"isOpen": None}, {"isOpen": 1}, {"isOpen": "1", "respRenderingTaskList": []},
    {"respRenderingTaskList": [None, 3, "x"], "isOpen": 1}, {"outputFileName": None},
    {"outputFileName": 7}, {"outputFileName": ""}, {"sceneName": None}, {"totalFrames": "many"}])
def test_odd_fields_are_tolerated(odd):
    assert tasks.read_tasks(items(item(1, 25, **odd)), [1])[1].is_ended


def test_an_item_with_a_number_only_is_tolerated():
    state = tasks.read_tasks(items({"id": "1"}, None, 5, "x", {}), [1])[1]
    assert not state.is_ended and state.outputs == () and state.total is None


def test_ids_come_back_as_they_were_given():
    found = tasks.read_tasks(items(item("1"), item(2)), ["1", 2])
    assert sorted(found, key=str) == ["1", 2] and found["1"].id == 1


def test_the_callers_list_is_left_alone():
    ids = [2, 1, 2]
    tasks.read_tasks(items(item(1), item(2)), ids)
    assert ids == [2, 1, 2]


@pytest.mark.parametrize("wrong", ["", "abc", None, True, 1.5, "1,2"])
def test_an_id_that_is_no_number_is_refused(wrong):
    with pytest.raises(SettingsError):
        tasks.read_tasks(items(), [wrong])


def test_a_task_that_the_farm_does_not_know_is_none():
    assert tasks.read_tasks(items(), [9]) == {9: None}
    assert tasks.read_tasks(Api(lambda _: {"items": None}), [9]) == {9: None}


def test_one_deleted_task_does_not_hide_the_others():
    def info(ids):
        if 9 in ids:
            raise UnknownTask("gone", 404)
        return {"items": [item(number) for number in ids]}

    found = tasks.read_tasks(Api(info), [1, 9, 2])
    assert found[9] is None and found[1].id == 1 and found[2].id == 2


def test_many_tasks_are_asked_for_in_parts_and_paged_answers_are_completed():
    def info(ids):
        return {"items": [item(number) for number in ids[:40]]}  # A farm with small pages.

    api = Api(info)
    found = tasks.read_tasks(api, range(1, 121))
    assert all(found.values()) and len(found) == 120
    assert [len(ids) for ids in api.asked if len(ids) > 1] == [50, 50, 20]


@pytest.mark.parametrize("garbage", [None, "x", 5, {}, {"items": "x"}, {"items": {}}, {"data": []}])
def test_an_unreadable_answer_is_never_an_unknown_task(garbage):
    with pytest.raises(FarmUnreachable):
        tasks.read_tasks(Api(lambda _: garbage), [1])


def test_a_deep_tree_is_read_without_recursion():
    tree = item(5000, 25, outputFileName="leaf")
    for number in range(4999, 0, -1):
        tree = item(number, 5, isOpen=1, respRenderingTaskList=[tree])
    assert tasks.read_tasks(items(tree), [1])[1].outputs == ("leaf",)


# ---------------------------------------------------------------- frames

def frame(number, **more):
    return dict({"id": number, "frameIndex": str(number), "frameStatus": 4, "taskId": 1}, **more)


def test_frames_are_read_page_by_page():
    def page(number):
        first = (number - 1) * 100
        return {"items": [frame(n) for n in range(first, min(first + 100, 250))], "pageCount": 3}

    api = Api(frames=page)
    found = list(tasks.frames(api, "1"))
    assert [f.id for f in found] == list(range(250)) and api.asked == [1, 2, 3]
    assert found[7].index == "7" and found[7].status == tasks.FRAME_DONE


def test_pages_without_a_count_end_with_an_empty_one():
    api = Api(frames=lambda page: {"items": [frame(page)] if page < 4 else []})
    assert len(list(tasks.frames(api, 1))) == 3 and api.asked == [1, 2, 3, 4]


def test_a_farm_that_repeats_a_page_for_ever_is_left():
    api = Api(frames=lambda page: {"items": [frame(1), frame(2)]})
    assert len(list(tasks.frames(api, 1))) == 2 and api.asked == [1, 2]


def test_odd_frames_are_tolerated():
    odd = [None, 3, {}, {"id": "5"}, {"frameIndex": 12, "frameStatus": "x"},
           {"id": [], "frameIndex": "1-10[1]", "frameExecuteTime": "31"}]
    found = list(tasks.frames(Api(frames=lambda page: {"items": odd if page == 1 else []}), 1))
    assert [(f.index, f.id) for f in found] == [("", 5), ("12", None), ("1-10[1]", None)]
    assert found[2].seconds == 31


@pytest.mark.parametrize("garbage", [None, "x", {}, {"items": 5}])
def test_unreadable_frames_are_an_error(garbage):
    with pytest.raises(FarmUnreachable):
        list(tasks.frames(Api(frames=lambda _: garbage), 1))


# ---------------------------------------------------------------- foreign errors

class ForeignError(Exception):
    """As the vendor's SDK has it."""

    def __init__(self, error_code, error):
        super(ForeignError, self).__init__(self, error)
        self.error_code = error_code
        self.error = error


def raises(error):
    def call():
        raise error
    return call


@pytest.mark.parametrize("foreign, ours, retryable", [
    (ForeignError(404, "no task"), UnknownTask, False),
    (ForeignError(611, "bad."), FarmError, False),
    (ForeignError("500", None), FarmError, True),
    (ForeignError(None, "?"), FarmUnreachable, True),
    (IOError("connection header accessId=secret"), FarmUnreachable, True),
    (KeyError("code"), FarmUnreachable, True),
    (ValueError("\u4e0d JSON"), FarmUnreachable, True)])
def test_foreign_errors_become_ours(foreign, ours, retryable):
    with pytest.raises(ours) as caught:
        tasks.ask(raises(foreign))
    assert caught.value.retryable is retryable
    assert "secret" not in caught.value.message and ".." not in caught.value.message
    assert getattr(caught.value, "__context__", None) is None


@pytest.mark.parametrize("error", [Cancelled(), FarmError("x", 611), UnknownTask("y", 404)])
def test_our_errors_stay_as_they_are(error):
    with pytest.raises(type(error)) as caught:
        tasks.ask(raises(error))
    assert caught.value is error


def test_a_foreign_unknown_task_is_none():
    def info(_ids):
        raise ForeignError(404, "no such task")

    assert tasks.read_tasks(Api(info), [1]) == {1: None}
