# -*- coding: utf-8 -*-
"""Which files are wanted, and under which names."""
from __future__ import absolute_import, division, print_function, unicode_literals

import os

import pytest
from support_download import TIME, Storage, put
from support_farm import folder

from rayvision_sync import outputs, tasks
from rayvision_sync.errors import Cancelled, SettingsError, StorageBusy, StorageError
from rayvision_sync.fetch import Wanted
from rayvision_sync.model import Problem, Stored


@pytest.fixture
def storage(tmpdir):
    here = Storage(folder(tmpdir, "output"))
    for name in ("1_city/beauty/a.1.png", "1_city/beauty/z/a.1.png", "1_city/shadow/a.1.png", "2_town/a.1.png",
                 "12_other/a.1.png"):
        put(os.path.join(here.root, name), b"x", TIME)
    return here


def task(number=1, folders=("1_city",), is_ended=False, done=1):
    return tasks.TaskState(number, 5, "rendering", is_ended, tuple(folders), 3, done, 0, 0, "", None, (number,))


def names(items):
    """Return ``{server name: local name}``; problems by their kind."""
    return dict((item.stored.name, item.name) if isinstance(item, Wanted) else (item.source, item.kind)
                for item in items)


# ---------------------------------------------------------------- what the caller gives

@pytest.mark.parametrize("windows, variable", [(True, "USERPROFILE"), (False, "HOME")])
def test_the_default_folder_is_the_documented_one(windows, variable):
    home = {"USERPROFILE": "C:/Users/artist", "HOME": "/home/künstler"}
    expected = os.path.join(home[variable], "renderfarm_sdk")
    assert outputs.default_folder(home.get, windows) == expected
    with pytest.raises(SettingsError) as error:
        outputs.default_folder({}.get, windows)
    assert variable in error.value.message and "local_path" in error.value.message


@pytest.mark.parametrize("style, keeps", [("true", True), ("false", False), ("True", True), (" FALSE ", False),
                                          (True, True), (False, False), (b"true", True)])
def test_the_style_of_names_is_true_or_false(style, keeps):
    assert outputs.keeps_task_folder(style) is keeps


@pytest.mark.parametrize("style", ["yes", "", None, 1, "tru\ne"])
def test_another_style_of_names_is_an_error(style):
    with pytest.raises(SettingsError) as error:
        outputs.keeps_task_folder(style)
    assert "\"true\" or \"false\"" in error.value.message and "\n" not in error.value.message


@pytest.mark.parametrize("given, expected", [
    (None, []), ("", []), ([], []), ((), []),
    ("18164087_test/l_layer", ["/18164087_test/l_layer"]), (b"1_city", ["/1_city"]),
    ("/1_city/", ["/1_city"]), ("1_city\\beauty", ["/1_city/beauty"]), ("/", ["/"]),
    (["1_city", "/2_town"], ["/1_city", "/2_town"]), (("1_city",), ["/1_city"]),
    ((name for name in ["1_city"]), ["/1_city"])])
def test_server_paths_are_taken_in_every_form(given, expected):
    assert outputs.server_names(given) == expected


@pytest.mark.parametrize("given", ["../1_city", "1_city/../../etc", "a//b", "C:/x", ["1_city", ""], [None], "a\nb"])
def test_a_server_path_that_no_storage_has_is_an_error(given):
    with pytest.raises(SettingsError) as error:
        outputs.server_names(given)
    assert "server_path" in error.value.message and "\n" not in error.value.message


# ---------------------------------------------------------------- of tasks

def test_all_layers_and_folders_of_a_task_keep_their_structure(storage):
    expected = {"/1_city/beauty/a.1.png": "beauty/a.1.png", "/1_city/beauty/z/a.1.png": "beauty/z/a.1.png",
                "/1_city/shadow/a.1.png": "shadow/a.1.png"}
    assert names(outputs.of_tasks(storage, [task()], "/here", False)) == expected
    kept = dict((name, name[1:]) for name in expected)
    assert names(outputs.of_tasks(storage, [task()], "/here", True)) == kept
    layers = task(folders=["1_city/beauty", "/1_city/shadow/"])
    assert names(outputs.of_tasks(storage, [layers], "/here", False)) == expected


def test_a_hostile_folder_of_one_task_does_not_stop_the_others(storage):
    for hostile in ("../2_town", "a//b", "C:/x", "", "..", "a\nb"):
        found = names(outputs.of_tasks(storage, [task(folders=[hostile], done=0), task(2, ["2_town"])], "/here", True))
        assert found.pop("/2_town/a.1.png") == "2_town/a.1.png"
        assert list(found.values()) == ["refused"]


def test_names_outside_of_the_folder_that_was_asked_for_are_refused(storage):
    for name in ("../x", "/etc/passwd", "/1_city/../../../etc/passwd", "C:/x", "/2_town/a.1.png", "/1_city2/a.png", ""):
        storage.listing = [Stored(name, 1, TIME, None)]
        for keep in (True, False):
            item, = outputs.of_tasks(storage, [task()], "/here", keep)
            assert isinstance(item, Problem) and item.kind == "refused" or ".." in item.name


def test_an_ended_task_with_done_frames_but_no_files_is_a_problem(storage):
    ended = task(7, ["7_gone"], is_ended=True, done=3)
    problem, = outputs.of_tasks(storage, [ended], "/here", True)
    assert problem.kind == "missing" and "Task 7: 3 frames are done" in problem.reason
    assert not list(outputs.of_tasks(storage, [ended._replace(is_ended=False)], "/here", True))
    assert not list(outputs.of_tasks(storage, [ended._replace(done=0)], "/here", True))


def test_a_folder_that_cannot_be_read_is_a_problem_and_a_busy_storage_an_error(storage):
    def refuse(prefix):
        if "city" in prefix:
            raise StorageError("It may not be read.")
    storage.before_list = refuse
    found = names(outputs.of_tasks(storage, [task(), task(2, ["2_town"])], "/here", True))
    assert found == {"/1_city": "failed", "/2_town/a.1.png": "2_town/a.1.png"}
    for error in (StorageBusy("Later."), Cancelled()):
        def fail(prefix, error=error):
            raise error
        storage.before_list = fail
        with pytest.raises(type(error)):
            list(outputs.of_tasks(storage, [task()], "/here", True))


# ---------------------------------------------------------------- of paths

def test_a_folder_of_the_storage_keeps_its_path_or_drops_it(storage):
    assert names(outputs.of_paths(storage, ["/1_city/beauty"], "/here", True)) == {
        "/1_city/beauty/a.1.png": "1_city/beauty/a.1.png", "/1_city/beauty/z/a.1.png": "1_city/beauty/z/a.1.png"}
    assert names(outputs.of_paths(storage, ["/1_city/beauty"], "/here", False)) == {
        "/1_city/beauty/a.1.png": "a.1.png", "/1_city/beauty/z/a.1.png": "z/a.1.png"}


def test_one_file_of_the_storage_can_be_named(storage):
    assert names(outputs.of_paths(storage, ["/2_town/a.1.png"], "/here", True)) == {
        "/2_town/a.1.png": "2_town/a.1.png"}
    assert names(outputs.of_paths(storage, ["/2_town/a.1.png"], "/here", False)) == {"/2_town/a.1.png": "a.1.png"}


def test_the_whole_storage_can_be_named(storage):
    found = names(outputs.of_paths(storage, ["/"], "/here", False))
    assert len(found) == 5 and found["/2_town/a.1.png"] == "2_town/a.1.png"


def test_each_path_that_is_not_there_is_a_problem_of_its_own(storage):
    found = list(outputs.of_paths(storage, ["/1_cit", "/2_town", "/1_city/nope"], "/here", True))
    assert names(found) == {"/1_cit": "missing", "/2_town/a.1.png": "2_town/a.1.png", "/1_city/nope": "missing"}
    assert "There is nothing under \"1_cit\"" in found[0].reason
