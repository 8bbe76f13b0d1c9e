"""A small client of the local farm, apart from the package's own."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import itertools
import json
import os
import random
import threading
import time
from contextlib import closing

from six.moves import http_client
from support_limits import WAIT_S

from rayvision_sync import compat, signature
from rayvision_sync.farm import LocalFarm

#: Urls of the API by their last word.
URLS = {
    "getBid": "/api/render/transfer/getBid",
    "getConfig": "/api/render/transfer/getConfig",
    "createTask": "/api/render/submit/createTask",
    "taskJsonFile": "/api/render/submit/taskJsonFile",
    "submit": "/api/render/submit/task",
    "queryTaskInfo": "/api/render/handle/queryTaskInfo/v2",
    "getTaskList": "/api/render/handle/getTaskList/v2",
    "files": "/api/render/file/operate/getOutputUserDirFile",
    "stopTask": "/api/rendering/task/renderingTask/stopTask",
    "startTask": "/api/rendering/task/renderingTask/startTask",
    "level": "/api/rendering/task/renderingTask/updateTaskUserLevel",
    "codes": "/api/render/submit/queryAnalyseErrorDetail",
    "setting": "/api/render/setUp/updateUserSetting",
    "addEnv": "/api/render/plugin/addUserPluginConfig",
    "editEnv": "/api/render/plugin/editUserPluginConfig",
    "listEnv": "/api/render/plugin/getUserPluginConfig",
    "defaultEnv": "/api/render/plugin/setDefaultUserPluginConfig",
    "deleteEnv": "/api/render/plugin/deleteUserPluginConfig",
    "deleteProject": "/api/render/project/delete",
    "profile": "/api/render/setUp/queryUserProfile",
}

#: Counted, so that no two requests of a second are alike: the farm refuses the second.
_NONCES = itertools.count(random.randrange(900000))


class Refused(Exception):
    """The farm's code was not 200."""

    def __init__(self, answer):
        super(Refused, self).__init__("%s: %s" % (answer["code"], answer["message"]))
        self.code = answer["code"]
        self.message = answer["message"]


class Client(object):
    """Signs and posts."""

    def __init__(self, domain, access_id, access_key, clock=time.time):
        self.domain, self.access_id, self.access_key, self.clock = domain, access_id, access_key, clock

    def headers(self, url, body, **other):
        """Return the signed headers of a request; `other` ones replace them before signing."""
        headers = {"accessId": self.access_id, "channel": "4", "platform": "2", "version": "2.0.0",
                   "UTCTimestamp": "%d" % self.clock(), "nonce": "%06d" % (100000 + next(_NONCES) % 900000)}
        headers.update(other)
        headers["signature"] = signature.sign(
            self.access_key, signature.string_to_sign(self.domain, url, headers, body))
        headers["Content-Type"] = "application/json"
        return headers

    def post(self, url, headers, content):
        """Return the farm's whole answer."""
        with closing(http_client.HTTPConnection(str(self.domain), timeout=WAIT_S)) as connection:
            connection.request(str("POST"), str(url), content,
                               dict((str(key), str(value)) for key, value in headers.items()))
            answer = connection.getresponse()
            assert answer.status == 200
            return json.loads(answer.read().decode("utf-8"))

    def answer(self, name, **body):
        """Return the farm's whole answer to a call."""
        url = URLS.get(name) or "/api/render/handle/" + name
        return self.post(url, self.headers(url, body), json.dumps(body).encode("ascii"))

    def __call__(self, name, **body):
        answer = self.answer(name, **body)
        if answer["code"] != 200:
            raise Refused(answer)
        return answer["data"]

    def task(self, task):
        """Return a task's item."""
        return self("queryTaskInfo", taskIds=[task])["items"][0]


class Watch(object):
    """A `say` for farms that lets a test wait for what happens."""

    def __init__(self):
        self.lines = []
        self._news = threading.Condition()

    def __call__(self, line):
        with self._news:
            self.lines.append(line)
            self._news.notify_all()

    def until(self, found, seconds=WAIT_S):
        """Return ``found()`` as soon as it is true."""
        end = compat.monotonic() + seconds
        with self._news:
            while not found():
                left = end - compat.monotonic()
                assert left > 0, "it never happened; seen: %r" % self.lines
                self._news.wait(min(left, 0.05))
            return found()


class Farm(object):
    """A running farm with its client; what tests do with one."""

    def __init__(self, root, **options):
        self.watch = Watch()
        self.farm = LocalFarm(root, say=self.watch, **options)

    def __enter__(self):
        self.farm.start()
        self.client = Client(self.farm.domain, self.farm.access_id, self.farm.access_key,
                             self.farm._clock)
        return self

    def __exit__(self, *_):
        self.farm.stop()

    def task(self, scene="/show/city.ma", frames="1-3[1]", layers=("",), present=True, **more):
        """Create, configure and submit a task; return its number."""
        if present:
            write(os.path.join(self.farm.input.root, *scene.strip("/").split("/")), b"//Maya ASCII")
        task = self.client("createTask", count=1, taskUserLevel=50)["taskIdList"][0]
        self.client("taskJsonFile", taskId=task, fileName="task.json",
                    content=json.dumps(task_json(scene, frames, layers, **more)))
        self.client("submit", taskId=task)
        return task

    def wait(self, task, *states):
        """Return a task's item once its state is one of `states`, by default any end."""
        states = states or (10, 25, 30, 35, 40, 45)
        return self.watch.until(
            lambda: [item for item in [self.client.task(task)] if item["taskStatus"] in states])[0]

    def outputs(self, folder=""):
        """Return the names of all files under a folder of the output storage."""
        return tree(os.path.join(self.farm.output.root, folder) if folder else self.farm.output.root)


def task_json(scene, frames="1-3[1]", layers=("",), info=None, **common):
    """Return the content of a task.json."""
    settings = {"frames": frames, "width": "64", "height": "36"}
    settings.update(common)
    return {"task_info": dict({"input_cg_file": scene, "project_name": "show"}, **(info or {})),
            "software_config": {},
            "scene_info_render": dict(
                (layer or "defaultRenderLayer", {"renderable": "1", "common": settings}) for layer in layers)}


def write(path, content):
    """Write a file and its folders."""
    compat.make_folder(os.path.dirname(path))
    with io.open(compat.fs(path), "wb") as target:
        target.write(content)


def read(path):
    """Return a file's bytes."""
    with io.open(compat.fs(path), "rb") as source:
        return source.read()


def tree(folder):
    """Return the sorted names of all files under a folder, with "/"."""
    found = []
    for entry in compat.scan_folder(folder):
        name = compat.from_fs(entry.name)
        if entry.is_dir(follow_symlinks=False):
            found += ["%s/%s" % (name, below) for below in tree(os.path.join(folder, name))]
        else:
            found.append(name)
    return sorted(found)


def folder(tmpdir, name="farm"):
    """Return a path under pytest's tmpdir as text."""
    return os.path.join(compat.text(tmpdir.strpath), name)


def script(path, lines):
    """Write a Python script and return it as an argument of a render command."""
    write(path, "\n".join(lines).encode("utf-8"))
    return '"%s"' % path


