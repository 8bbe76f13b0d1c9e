"""What a farm, its transfer program and a client of the local farm say, as inputs for its readers."""
from __future__ import absolute_import, division, print_function, unicode_literals

import random

from support_farm import task_json
from support_fuzz_inputs import parsed

from rayvision_sync import compat, outputs, paths, tasks
from rayvision_sync.api import answers
from rayvision_sync.engines.transmitter import command, line, output
from rayvision_sync.errors import SyncError
from rayvision_sync.farm import intake, server

# ---------------------------------------------------------------- the farm's answers

ANSWER = {"code": 200, "message": "x", "data": {"items": [{"id": 1}]}, "serverTime": 1700000000000, "result": True}
ANSWER_NAMES = sorted(ANSWER) + ["items", "Date", "Retry-After"]
TASKS = {"items": [{"id": 5, "taskStatus": 25, "isOpen": 1, "outputFileName": "5_x", "totalFrames": 3,
                     "sceneName": "x",
                     "respRenderingTaskList": [{"id": 6, "taskStatus": 5, "outputFileName": "6_x", "doneFrames": 1}]},
                    {"id": 7, "frameIndex": "1", "frameStatus": 4, "frameExecuteTime": 3}], "pageCount": 1}
TASK_NAMES = ["items", "id", "taskStatus", "isOpen", "outputFileName", "respRenderingTaskList", "totalFrames",
               "sceneName", "frameIndex", "frameStatus", "frameStatusText", "pageCount", "taskId"]


def read_answer(content):
    chooser = random.Random(content[:50])
    headers = {"Retry-After": chooser.choice(("x", "9" * 5000, "-1", "5")),
               "Date": chooser.choice(("x", "", "Mon, 99 Foo 99999 99:99:99", "Sat, 28 Nov 2026 04:00:00 GMT"))}
    found = answers.read_answer(chooser.choice((200, 200, 200, 302, 404, 429, 500)), headers, content, "farm:1")
    answers.data_of(found, "/api/x", {"taskIds": [1]}, chooser.choice((None, dict, list)))


class _Says(object):
    """Stands for an API object; every question has one answer."""

    def __init__(self, answer):
        self.query = self
        self._answer = answer

    def task_info(self, numbers):
        return self._answer

    def task_frames(self, number, page_num, page_size):
        return self._answer


def read_tasks(content):
    says = _Says(parsed(content))
    try:
        for state in tasks.read_tasks(says, [5, 7]).values():
            if state is not None:
                list(outputs.of_tasks(_Empty(), [state], "/tmp", True))
    except SyncError:
        pass
    list(tasks.frames(says, 5))


class _Empty(object):
    """A storage that holds nothing."""

    @staticmethod
    def list(prefix):
        paths.check_server(prefix)
        return iter([])


# ---------------------------------------------------------------- the transfer program

SPOKEN = [b"\nupload file begin (/a/b)\n", b"\nupload file done (/a/b)\n",
           b"upload file interrupt (/a), error-47: no\n",
           b"upload 47: MSG file fail (/a/b), error-\n", b"get path (/a) info failed\n",
           b"upload speed: 0.50 KB/S, progress: 0.25% file progress (/a/b)\n",
           b"download task failure: has recoverable error, need retry\n",
           b"upload file begin (/a\nb\n\nc)\nupload is x\n"]
LINES = {"config": {"resqEngines": [{"engineName": "aspera", "isDefault": 1, "respTaskEngineLines": [
    {"name": "line", "server": "127.0.0.1", "port": "22", "isDefault": 1}]}], "inputBid": "1"},
    "bids": {"input_bid": "1"}, "profile": {"userId": 3, "shareMainCapital": 0, "mainUserId": 4},
    "renderbus_www2": {"aspera": {"server_ip": "127.0.0.1", "server_port": "22"}}}
LINE_NAMES = ["config", "bids", "profile", "resqEngines", "engineName", "respTaskEngineLines", "server", "port",
               "name", "isDefault", "input_bid", "userId", "mainUserId", "shareMainCapital", "default", "aspera",
               "server_ip", "server_port", "renderbus_www2"]


def hear(content):
    heard = output.Output()
    said = []
    for start in range(0, len(content), 37):
        said += heard.feed(content[start:start + 37])
    said += heard.end()
    assert all(one.done is None or 0 <= one.done <= 100 for one in said)
    assert len(heard.last) <= 5 and all(len(text) <= 300 for text in heard.last)


def choose(place, content):
    found = parsed(content)
    found = found if isinstance(found, dict) else {}
    said = line.Answers(found.get("config"), found.get("bids"), found.get("profile"))
    by_hand = line.NO_WISH._replace(automatic_line=False, transports_json=place.put("transports.json", content))
    for wish in (line.NO_WISH, by_hand):
        try:
            route = line.choose("input", said, wish)
            made = command.arguments("/p", route, command.Order("upload_path", "/a", "/b", False, 0, 1, None))
            assert all(isinstance(word, compat.text_type) and "\0" not in word for word in made)
        except SyncError:
            pass


# ---------------------------------------------------------------- the local farm

TASK_FILE = task_json("/show/a.ma", "1-10[1]", ("a", "b"))
TASK_FILE_NAMES = ["task_info", "input_cg_file", "scene_info_render", "common", "frames", "width", "height",
                    "renderable", "rop_node", "stop_after_test", "project_name", "software_config"]


class _Config(object):
    """A storage with one file."""

    def __init__(self, content):
        self._content = content

    def read(self, name, most):
        return self._content[:most]


def take_in(content):
    try:
        server.parse(content)
    except SyncError:
        pass
    order = intake.read(_Config(content), 7)
    assert order.shots
