# coding: utf-8
"""The local farm's life: start, stop, crash and restart."""
from __future__ import absolute_import, division, print_function, unicode_literals

import json
import os
import signal
import subprocess
import sys
import threading

import pytest
from support_farm import Client, Farm, folder, read, script, task_json, tree, write
from support_jobs import until
from support_limits import SOON_S
from test_farm_tasks import STUBBORN, command, gone

from rayvision_sync import compat, png
from rayvision_sync.errors import SettingsError
from rayvision_sync.farm import LocalFarm, identity

SERVE = """
import sys
from rayvision_sync.farm import serve
def say(line):
    sys.stdout.write(line + "\\n")
    sys.stdout.flush()
serve(sys.argv[1], say=say, frame_seconds=float(sys.argv[2]), render=sys.argv[3] if len(sys.argv) > 3 else None)
"""


def start(root, *arguments):
    """Start a farm in a process of its own; return it and a client."""
    process = subprocess.Popen([sys.executable, "-c", SERVE, compat.fs(root)] + [compat.fs(a) for a in arguments],
                               stdout=subprocess.PIPE)
    first = process.stdout.readline().decode("utf-8")
    assert first.startswith("Local farm on http://127.0.0.1:"), first
    found = identity.read(root)
    return process, Client(found["domain"], found["access_id"], found["access_key"])


def test_farm_json_tells_clients_where_the_farm_is(tmpdir):
    root = folder(tmpdir)
    with Farm(root) as farm:
        found = json.loads(read(os.path.join(root, "farm.json")).decode("utf-8"))
        assert found == {"domain": farm.farm.domain, "access_id": farm.farm.access_id, "pid": os.getpid(),
                         "access_key": farm.farm.access_key, "protocol": "http", "port": farm.farm.port}
        assert farm.farm.domain == "127.0.0.1:%d" % farm.farm.port
        if not compat.WINDOWS:
            assert os.stat(os.path.join(root, "farm.json")).st_mode & 0o777 == 0o600
    assert identity.read(root)["pid"] is None


def test_a_restarted_farm_has_the_same_address_and_keys(tmpdir):
    seen = set()
    for _ in range(3):
        with Farm(folder(tmpdir)) as farm:
            farm.client("getBid")
            seen.add((farm.farm.domain, farm.farm.access_id, farm.farm.access_key))
    assert len(seen) == 1


def test_a_taken_port_of_the_last_time_is_replaced_and_a_wanted_one_is_an_error(tmpdir):
    with Farm(folder(tmpdir, "one")) as first:
        write(os.path.join(folder(tmpdir, "two"), "farm.json"),
              json.dumps({"port": first.farm.port}).encode("ascii"))
        with Farm(folder(tmpdir, "two")) as second:
            assert second.farm.port != first.farm.port
        with pytest.raises(SettingsError) as refused:
            LocalFarm(folder(tmpdir, "three"), port=first.farm.port).start()
        assert "in use" in refused.value.message and not os.path.exists(folder(tmpdir, "three"))
        with pytest.raises(SettingsError) as refused:
            LocalFarm(folder(tmpdir, "one"), port=first.farm.port).start()
        assert "A farm runs on" in refused.value.message
        with pytest.raises(SettingsError) as refused:
            LocalFarm(folder(tmpdir, "two"), port=first.farm.port).start()
        assert "A farm runs on" not in refused.value.message


def test_a_port_that_was_taken_first_is_given_back_where_the_folder_is_refused(tmpdir):
    with Farm(folder(tmpdir)) as farm:
        port = farm.farm.port
    write(folder(tmpdir, "file"), b"")
    with pytest.raises(SettingsError):
        LocalFarm(folder(tmpdir, "file"), port=port).start()
    with Farm(folder(tmpdir), port=port) as farm:
        farm.client("getBid")


@pytest.mark.parametrize("place, said", [
    ("notes.txt", "notes.txt cannot be the farm's: it is a file. Name another folder."),
    ("notes.txt/farm", "/notes.txt is a file. Name another folder."),
    ("mine", "/mine/input is a file. Name another folder.")])
def test_a_file_in_the_place_of_the_farms_folder_is_named(tmpdir, place, said):
    write(folder(tmpdir, "notes.txt"), b"")
    write(os.path.join(folder(tmpdir, "mine"), "input"), b"")
    with pytest.raises(SettingsError) as refused:
        LocalFarm(folder(tmpdir, place)).start()
    assert refused.value.message.replace("\\", "/").endswith(said)


def test_a_second_farm_on_one_folder_is_refused_with_the_address_of_the_first(tmpdir):
    with Farm(folder(tmpdir)) as farm:
        with pytest.raises(SettingsError) as refused:
            LocalFarm(folder(tmpdir)).start()
        assert farm.farm.domain in refused.value.message
        farm.client("getBid")


def test_damaged_files_of_the_farm_are_named(tmpdir):
    write(os.path.join(folder(tmpdir), "farm.json"), b"{")
    write(os.path.join(folder(tmpdir), "farm.sqlite"), b"no database at all" * 100)
    with pytest.raises(SettingsError) as refused:
        LocalFarm(folder(tmpdir)).start()
    assert "farm.sqlite" in refused.value.message
    os.remove(os.path.join(folder(tmpdir), "farm.sqlite"))
    with Farm(folder(tmpdir)) as farm:
        farm.client("getBid")


def test_half_a_pair_of_keys_is_refused(tmpdir):
    with pytest.raises(SettingsError):
        LocalFarm(folder(tmpdir), access_id="only").start()


def test_stopping_leaves_no_thread_and_no_process(tmpdir):
    before = set(threading.enumerate())
    pids = folder(tmpdir, "pids")
    render = command(tmpdir, *STUBBORN, arguments='"%s" {output}' % pids)
    with Farm(folder(tmpdir), render=render) as farm:
        farm.task(frames="1")
        idle = Client(farm.farm.domain, farm.farm.access_id, farm.farm.access_key)
        idle("getBid")
        until(lambda: os.path.exists(pids))
        begun = compat.monotonic()
        farm.farm.stop()
        assert compat.monotonic() - begun < SOON_S
        gone(pids)
    until(lambda: not [thread for thread in threading.enumerate() if thread not in before and thread.is_alive()])
    farm.farm.stop()


def test_a_farm_stopped_in_mid_run_goes_on_where_it_was(tmpdir):
    with Farm(folder(tmpdir), frame_seconds=0.2) as farm:
        task = farm.task(frames="1-6[1]")
        farm.watch.until(lambda: farm.client.task(task)["doneFrames"] >= 2)
    with Farm(folder(tmpdir)) as farm:
        item = farm.wait(task)
        assert (item["taskStatus"], item["doneFrames"]) == (25, 6)
        assert len(farm.outputs()) == 6
        assert farm.client("createTask", count=1, taskUserLevel=50)["taskIdList"][0] > task


def test_a_killed_farm_goes_on_where_it_was(tmpdir):
    root = folder(tmpdir)
    write(os.path.join(root, "input", "show", "city.ma"), b"x")
    process, client = start(root, "1")
    try:
        task = client("createTask", count=1, taskUserLevel=50)["taskIdList"][0]
        client("taskJsonFile", taskId=task, fileName="task.json",
               content=json.dumps(task_json("/show/city.ma", "1-60[1]")))
        client("submit", taskId=task)
        until(lambda: client.task(task)["doneFrames"] >= 2 and client.task(task)["executingFrames"])
        process.kill()
        process.wait()
        domain = client.domain
        process.stdout.close()
        process, client = start(root, "0")
        assert client.domain == domain
        until(lambda: client.task(task)["taskStatus"] == 25)
        assert client.task(task)["doneFrames"] == 60
        names = tree(os.path.join(root, "output"))
        assert names == ["%d_city/city.%04d.png" % (task, number) for number in range(1, 61)]
        assert all(png.decode(read(os.path.join(root, "output", name)))[:2] == (64, 36) for name in names)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serving_ends_cleanly_on_a_signal(tmpdir, number):
    pids = folder(tmpdir, "pids")
    render = '"%s" %s "%s" {output}' % (sys.executable, script(folder(tmpdir, "stubborn.py"), STUBBORN), pids)
    root = folder(tmpdir)
    write(os.path.join(root, "input", "a.ma"), b"x")
    process, client = start(root, "0", render)
    try:
        task = client("createTask", count=1, taskUserLevel=50)["taskIdList"][0]
        client("taskJsonFile", taskId=task, fileName="task.json", content=json.dumps(task_json("/a.ma", "1")))
        client("submit", taskId=task)
        until(lambda: os.path.exists(pids))
        process.send_signal(number)
        lines = process.stdout.read().decode("utf-8")
        assert process.wait() == 0
        assert lines.splitlines()[-1] == "The farm has stopped."
        assert client.access_key not in lines
        gone(pids)
        assert identity.read(root)["pid"] is None
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        process.stdout.close()


def test_frames_appear_whole(tmpdir):
    """A reader that looks all the time never sees half a frame, nor any other name."""
    render = command(
        tmpdir, "import sys, time", "with open(sys.argv[3], 'wb') as frame:",
        "    for _ in range(40):", "        frame.write(b'x' * 25000)",
        "        frame.flush()", "        time.sleep(0.002)")
    with Farm(folder(tmpdir), render=render) as farm:
        task = farm.task(frames="1-4[1]")
        seen, names = set(), set()

        def look():
            for name in farm.outputs():
                names.add(name)
                seen.add(os.path.getsize(os.path.join(farm.farm.output.root, name)))
            return farm.client.task(task)["taskStatus"] == 25

        farm.watch.until(look)
        look()
        assert seen == {1000000}
        assert names == {"%d_city/city.%04d.png" % (task, number) for number in range(1, 5)}


def test_many_clients_at_once_are_all_answered(tmpdir):
    with Farm(folder(tmpdir)) as farm:
        tasks, errors = [], []

        def work():
            try:
                for _ in range(5):
                    tasks.extend(farm.client("createTask", count=3, taskUserLevel=50)["taskIdList"])
                    farm.client("getTaskList", pageNum=1, pageSize=5)
            except Exception as error:  # Whatever it is, the test shows it.
                errors.append(error)

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert errors == []
        assert sorted(tasks) == list(range(10000001, 10000001 + 120))
