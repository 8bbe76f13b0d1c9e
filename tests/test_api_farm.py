"""Our client and the local farm, both real, over a real socket."""
from __future__ import absolute_import, division, print_function, unicode_literals

import threading
import time

import pytest
from support_api import Pauses
from support_limits import WAIT_S
from support_tree import native
from support_vendor import task_json

from rayvision_sync import compat, tasks
from rayvision_sync.api import RayvisionAPI
from rayvision_sync.cancel import Cancel
from rayvision_sync.errors import FarmError, UnknownTask
from rayvision_sync.farm import LocalFarm

ACCESS_ID, ACCESS_KEY = "farm-access-id", "farm-access-key"


def start(root, **options):
    return LocalFarm(native(root.strpath), access_id=ACCESS_ID, access_key=ACCESS_KEY, **options)


def login(farm, access_key=ACCESS_KEY, **options):
    return RayvisionAPI(ACCESS_ID, access_key, domain=farm.domain, platform="2", protocol="http",
                        timeout=WAIT_S, **options)


@pytest.fixture
def farm(tmpdir):
    root = tmpdir.mkdir("farm")
    root.join("input", "project", "scene.ma").write("a scene", ensure=True)
    with start(root) as running:
        yield running


def submit(api):
    task = api.task.create_task()["taskIdList"][0]
    api.transmit.upload_json_content(task, task_json("/project/scene.ma"), "task.json")
    assert api.submit(task) is True
    return task


def until(condition, seconds=WAIT_S):
    """Wait for a condition of the farm's, which works at its own pace."""
    end = compat.monotonic() + seconds
    while not condition():
        assert compat.monotonic() < end, "the farm did not get there in %d s" % seconds
        Cancel().wait(0.02)


def test_a_task_is_created_configured_submitted_and_read(farm):
    api = login(farm)
    task = submit(api)
    until(lambda: tasks.read_tasks(api, [task])[task].is_ended)
    state = tasks.read_tasks(api, [task])[task]
    assert (state.total, state.done, state.failed) == (3, 3, 0) and state.text == "done"
    found = list(tasks.frames(api, task))
    assert [frame.index for frame in found] == ["1", "2", "3"]
    assert set(frame.status for frame in found) == {tasks.FRAME_DONE}
    assert len(state.outputs) == 1 and state.outputs[0].startswith("%d_" % task)
    assert api.query.get_task_list(search_keyword="scene")["items"]


def test_the_login_has_the_storages(farm):
    info = login(farm).user_info
    assert info["input_bid"] and info["output_bid"] and info["config_bid"]
    config = login(farm).transmit.get_transfer_config()
    assert config["inputBid"] == info["input_bid"]


def test_a_wrong_key_is_refused(farm):
    with pytest.raises(FarmError) as caught:
        login(farm, access_key="other")
    assert caught.value.code == 611 and "access key" in caught.value.message


def test_a_wrong_clock_of_this_computer_is_no_hindrance(farm):
    api = login(farm)
    api.connect.clock = lambda: time.time() + 3600
    assert api.user.query_user_profile()["userId"]
    assert api.task.create_task()["taskIdList"]


def test_unknown_tasks_are_unknown(farm):
    api = login(farm)
    task = api.task.create_task()["taskIdList"][0]
    assert tasks.read_tasks(api, [999999999, task])[999999999] is None
    with pytest.raises(UnknownTask):
        api.submit(999999999)
    with pytest.raises(UnknownTask):
        list(tasks.frames(api, 999999999))


def test_a_deleted_task_is_unknown(farm):
    api = login(farm)
    task = api.task.create_task()["taskIdList"][0]
    api.task.delete_task([task])
    assert tasks.read_tasks(api, [task]) == {task: None}


def test_a_restarted_farm_is_found_again(tmpdir):
    root = tmpdir.mkdir("farm")
    with start(root) as first:
        api = login(first, cancel=Pauses())
        task = api.task.create_task()["taskIdList"][0]
        port = int(first.domain.rsplit(":", 1)[1])
    with pytest.raises(FarmError):
        api.query.task_info([task])
    with start(root, port=port):
        assert tasks.read_tasks(api, [task])[task].id == task


def test_threads_share_one_client(farm):
    api, made, lock = login(farm), [], threading.Lock()

    def work():
        for _ in range(5):
            task = api.task.create_task()["taskIdList"][0]
            assert tasks.read_tasks(api, [task])[task].id == task
            with lock:
                made.append(task)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 40
