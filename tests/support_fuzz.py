"""What parses what others wrote, as targets that take any bytes; and bytes that parsers trip over.

Used by tests/test_fuzz_parsers.py for some thousand inputs, by benchmarks/fuzz.py for a million.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import json
import os
import random
import struct

import support_images as images
from support_farm import task_json, tree, write

from rayvision_sync import compat, errors, frame_range, frames, manifest, mapping, outputs, paths, references, tasks
from rayvision_sync import login, png, settings, throttle, timetable, tuner
from rayvision_sync.api import answers
from rayvision_sync.engines.transmitter import command, line, output
from rayvision_sync.errors import SyncError
from rayvision_sync.farm import intake, ranges, server
from rayvision_sync.frames import verdict
from rayvision_sync.frames.source import Damaged, Source
from rayvision_sync.jobs import process, snapshot
from rayvision_sync.jobs.store import Store
from rayvision_sync.references import table

#: Numbers, texts and bytes at the edges of what parsers expect.
_VALUES = [None, True, False, 0, 1, -1, 50, 77, 2 ** 31, 2 ** 63, 10 ** 30, 0.5, 1e300, "", "0", "1", "x", "-1",
           "9" * 5000, "../../evil", "/etc/passwd", "C:\\x", "a\x00b", "\u0663", "\ud800", "con", "1-10[1]", "4-2",
           "auto", [], {}]
_PIECES = [b"\0", b"\xff", b"\xed\xa0\x80", b"\xc3", b"\xef\xbb\xbf", b"1e999", b"-", b"[" * 3000, b"{\"a\":" * 500,
           b"]", b"}", b",", b"\"", b"\\", b"\\u0000", b"\\ud800", b"NaN", b"9" * 5000, b"\r", b"\n", b"../", b"//",
           b"/", b"(", b")", b"file fail (", b" done (", b"$(touch X)", b"<UDIM>", b"\x1f\x8b", b"\xff\xff\xff\xff"]


def mutated(content, chooser):
    """Return bytes with a few things changed."""
    content = bytearray(content)
    for _ in range(chooser.choice((0, 1, 1, 2, 4))):
        place = chooser.randrange(len(content) + 1)
        kind = chooser.randrange(7)
        if kind == 0 and place < len(content):
            content[place] ^= 1 << chooser.randrange(8)
        elif kind == 1:
            del content[place:place + chooser.randint(1, 30)]
        elif kind == 2:
            content[place:place] = chooser.choice(_PIECES)
        elif kind == 3:
            content[place:place + 4] = struct.pack(str(">I"), chooser.choice((0, 1, 255, 1 << 31, (1 << 32) - 1)))
        elif kind == 4:
            content[place:place] = bytearray(chooser.randrange(256) for _ in range(chooser.randint(1, 8)))
        elif kind == 5:
            other = chooser.randrange(len(content) + 1)
            content[place:place] = content[other:other + chooser.randint(1, 200)] * chooser.choice((1, 1, 40))
        else:
            del content[place:]
    return bytes(content)


def any_value(chooser, names, depth=3):
    """Return what JSON can hold, with names that somebody looks for."""
    kind = chooser.randrange(8)
    if depth and kind < 3:
        return dict((chooser.choice(names), any_value(chooser, names, depth - 1)) for _ in range(chooser.randrange(6)))
    if depth and kind < 5:
        return [any_value(chooser, names, depth - 1) for _ in range(chooser.randrange(4))]
    return chooser.choice(_VALUES)


def any_json(chooser, names, sample=None):
    """Return JSON as bytes: a sample with some members replaced, or something else."""
    value = any_value(chooser, names)
    if sample is not None and chooser.random() < 0.7:
        value = json.loads(json.dumps(sample))
        for _ in range(chooser.randint(1, 3)):
            _replace_one(value, chooser, names)
    text = json.dumps(value).replace("1e+300", "1e999").encode("ascii")
    return mutated(text, chooser) if chooser.random() < 0.3 else text


def _replace_one(value, chooser, names):
    while isinstance(value, (dict, list)) and value:
        key = chooser.choice(sorted(value)) if isinstance(value, dict) else chooser.randrange(len(value))
        if not isinstance(value[key], (dict, list)) or not value[key] or chooser.random() < 0.3:
            value[key] = any_value(chooser, names, 2)
            return
        value = value[key]


class Target(object):
    """A parser.

    Args:
        name (str): For people.
        make (callable): Takes a ``random.Random``, returns the bytes of an input.
        look (callable): Takes the bytes; raises only what is wrong.
        weight (int): How many inputs it gets, compared with the others.
    """

    def __init__(self, name, make, look, weight=1):
        self.name, self.weight = name, weight
        self._make, self._look = make, look

    def one(self, chooser):
        """Try the input of one seed."""
        self.bytes(self._make(chooser))

    def bytes(self, content):
        """Try bytes; only an error that is a defect comes out."""
        try:
            self._look(content)
        except SyncError as error:
            assert isinstance(error.message, compat.text_type) and error.message


class Place(object):
    """A folder for inputs, in which nothing but what is expected may appear."""

    def __init__(self, folder):
        self.folder = folder
        compat.make_folder(folder)

    def put(self, name, content):
        """Write an input; returns its path."""
        path = os.path.join(self.folder, name)
        write(path, content)
        return path


def text_of(content):
    """Return bytes as the text that a server's name may be, surrogates included."""
    return content.decode("utf-8", "replace").replace("\ufffd", "\ud800")


def targets(folder):
    """Return all `Target`s; what they write is below a folder."""
    place = Place(os.path.join(folder, "inputs"))
    return [
        Target("manifest", lambda chooser: _manifest(chooser), lambda content: _read_manifest(place, content), 3),
        Target("answers", lambda chooser: any_json(chooser, _ANSWER_NAMES, _ANSWER), _read_answer, 8),
        Target("tasks", lambda chooser: any_json(chooser, _TASK_NAMES, _TASKS), _read_tasks, 8),
        Target("transmitter", lambda chooser: mutated(chooser.choice(_SPOKEN), chooser), _hear, 12),
        Target("lines", lambda chooser: any_json(chooser, _LINE_NAMES, _LINES),
               lambda content: _choose(place, content), 8),
        Target("settings", lambda chooser: any_json(chooser, _SETTING_NAMES, _SETTINGS),
               lambda content: _load(place, content), 6),
        Target("snapshot", lambda chooser: any_json(chooser, list(snapshot.Snapshot._fields) + _FILE_NAMES, _SCENE),
               lambda content: snapshot.load(place.put("scene.json", content)), 4),
        Target("names", lambda chooser: mutated(chooser.choice(_NAMES), chooser),
               lambda content: _name(place, content), 20),
        Target("ranges", lambda chooser: mutated(chooser.choice(_RANGES), chooser), _ranges, 20),
        Target("frames", lambda chooser: _picture(chooser), _look_at, 6),
        Target("references", lambda chooser: mutated(chooser.choice(_SCENES), chooser),
               lambda content: _references(place, content), 4),
        Target("farm", lambda chooser: any_json(chooser, _TASK_FILE_NAMES, _TASK_FILE), _take_in, 6),
        Target("store", lambda chooser: any_json(chooser, ["pid", "start", "host"], _WORKER),
               lambda content: _store(place, content), 0.15),
    ]


# ---------------------------------------------------------------- upload.json

def _manifest(chooser):
    names = ["asset", "local", "server", "scene"]
    sample = {"scene": {"x": [1, {"asset": []}]},
              "asset": [{"local": "D:/a/%d.ma" % number, "server": "/D/a/%d.ma" % number} for number in range(70)]}
    content = any_json(chooser, names, sample)
    return mutated(content, chooser) if chooser.random() < 0.5 else content


def _read_manifest(place, content):
    path = place.put(os.path.join("cut", "upload.json"), content)
    parts_folder = os.path.join(place.folder, "cut", "parts")
    pairs = count = cut = None
    try:
        pairs = [pair for batch in manifest.read_assets(path) for pair in batch]
        count = manifest.count(path)
    except SyncError:
        pass
    try:
        cut = manifest.cut(path, 7, parts_folder)
    except SyncError:
        pass
    assert (pairs is None) == (count is None) == (cut is None), "readers do not agree"
    if pairs is not None:
        assert len(pairs) == count
        assert [pair for part in cut for batch in manifest.read_assets(part) for pair in batch] == pairs
    assert all(name == "upload.json" or name.startswith("parts/upload_") for name in tree(os.path.join(place.folder,
                                                                                                      "cut")))


# ---------------------------------------------------------------- the farm's answers

_ANSWER = {"code": 200, "message": "x", "data": {"items": [{"id": 1}]}, "serverTime": 1700000000000, "result": True}
_ANSWER_NAMES = sorted(_ANSWER) + ["items", "Date", "Retry-After"]
_TASKS = {"items": [{"id": 5, "taskStatus": 25, "isOpen": 1, "outputFileName": "5_x", "totalFrames": 3,
                     "sceneName": "x",
                     "respRenderingTaskList": [{"id": 6, "taskStatus": 5, "outputFileName": "6_x", "doneFrames": 1}]},
                    {"id": 7, "frameIndex": "1", "frameStatus": 4, "frameExecuteTime": 3}], "pageCount": 1}
_TASK_NAMES = ["items", "id", "taskStatus", "isOpen", "outputFileName", "respRenderingTaskList", "totalFrames",
               "sceneName", "frameIndex", "frameStatus", "frameStatusText", "pageCount", "taskId"]


def _read_answer(content):
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


def _json(content):
    try:
        return compat.parse_json(content.decode("utf-8"))
    except ValueError:
        return None


def _read_tasks(content):
    says = _Says(_json(content))
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

_SPOKEN = [b"\nupload file begin (/a/b)\n", b"\nupload file done (/a/b)\n",
           b"upload file interrupt (/a), error-47: no\n",
           b"upload 47: MSG file fail (/a/b), error-\n", b"get path (/a) info failed\n",
           b"upload speed: 0.50 KB/S, progress: 0.25% file progress (/a/b)\n",
           b"download task failure: has recoverable error, need retry\n",
           b"upload file begin (/a\nb\n\nc)\nupload is x\n"]
_LINES = {"config": {"resqEngines": [{"engineName": "aspera", "isDefault": 1, "respTaskEngineLines": [
    {"name": "line", "server": "127.0.0.1", "port": "22", "isDefault": 1}]}], "inputBid": "1"},
    "bids": {"input_bid": "1"}, "profile": {"userId": 3, "shareMainCapital": 0, "mainUserId": 4},
    "renderbus_www2": {"aspera": {"server_ip": "127.0.0.1", "server_port": "22"}}}
_LINE_NAMES = ["config", "bids", "profile", "resqEngines", "engineName", "respTaskEngineLines", "server", "port",
               "name", "isDefault", "input_bid", "userId", "mainUserId", "shareMainCapital", "default", "aspera",
               "server_ip", "server_port", "renderbus_www2"]


def _hear(content):
    heard = output.Output()
    said = []
    for start in range(0, len(content), 37):
        said += heard.feed(content[start:start + 37])
    said += heard.end()
    assert all(one.done is None or 0 <= one.done <= 100 for one in said)
    assert len(heard.last) <= 5 and all(len(text) <= 300 for text in heard.last)


def _choose(place, content):
    found = _json(content)
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


# ---------------------------------------------------------------- settings, snapshots, the job store

_SETTINGS = {"access_id": "x", "access_key": "y", "domain": "task.renderbus.com", "threads": "auto", "max_speed": 2048,
             "path_mapping": [["P:/", "/mnt/p"]], "locked": {"threads": 4}, "defaults": {"max_speed": "9:00-10:00 5"},
             "storage": {"engine": "folder", "input": {"root": "/x"}}, "farm": "/x", "max_jobs": 2}
_SETTING_NAMES = sorted(settings.KNOWN) + ["locked", "defaults"]
_SCENE = {"host": "maya", "scene": "/show/a.ma", "files": [{"path": "/a.<UDIM>.exr", "node": "f", "kind": "frames"}],
          "frames": {"start": 1, "end": 3, "step": 1, "ranges": "1-3"}, "cameras": ["c"], "width": 1920,
          "variables": {"A": "b"}, "troubles": [{"node": "n", "reason": "r"}], "details": {"x": 1}, "search": ["/a"]}
_FILE_NAMES = ["path", "node", "attribute", "kind", "offset", "start", "end", "step", "ranges", "reason"]
_WORKER = {"pid": 999999999, "start": "1", "host": process.host_name()}


def _load(place, content):
    path = place.put("settings.json", content)
    os.chmod(path, 0o600)
    try:
        login.local_farm(os.path.dirname(place.put("farm.json", content)))
    except SyncError:
        pass
    for site in (None, path):
        try:
            found = settings.load(path=None if site else path, environ={"RAYVISION_SYNC_SITE": site}.get)
        except SyncError:
            continue
        for name, read in (("max_speed", timetable.parse), ("threads", tuner.parse_threads),
                           ("path_mapping", mapping.Mapping.parse), ("local_path", outputs.keeps_task_folder)):
            try:
                read(found.get(name))
            except SyncError:
                pass


def _store(place, content):
    """A row whose texts are somebody else's, and a store whose file is."""
    from rayvision_sync.jobs.client import Client
    text = text_of(content).replace("\ud800", "?")
    assert process.is_alive(text) in (True, False, None)
    chooser = random.Random(content[:50])
    path = os.path.join(place.folder, "store", "jobs.sqlite")
    compat.make_folder(os.path.dirname(path))
    for name in tree(os.path.dirname(path)):
        os.remove(os.path.join(os.path.dirname(path), name))
    with Store(path) as store:
        with store.write() as db:
            db.execute("INSERT INTO job (id, kind, title, params, state, lane, created, changed, worker, result,"
                       " threads) VALUES (1, ?, ?, ?, ?, 'x', 0, 0, ?, ?, ?)",
                       (chooser.choice(("upload", text)), text, text, chooser.choice(("running", "done", text)), text,
                        text, text))
    with Client(path=path) as client:
        client.sweep()
        client.poll()
        client.jobs()
        client.send_anyway(1)
    damaged = bytearray()
    with open(path, "rb") as source:
        damaged += source.read()
    for _ in range(chooser.randrange(200)):
        damaged[chooser.randrange(len(damaged))] = chooser.randrange(256)
    write(path, bytes(damaged))
    with Store(path) as store:
        store.jobs()


# ---------------------------------------------------------------- names and ranges

_NAMES = [b"/D/tex/wall.exr", b"/a/../b", b"5_x/beauty/a.0001.exr", b"//host/share/x", b"D:\\x\\y", b"/a/con.txt",
          b"/home/a/\xe4\xbd\xa0.ma", b"\\\\?\\UNC\\h\\s\\x", b"/" + b"a" * 300, b"/" + b"a/" * 200]
_RANGES = [b"1-10[1]", b"1,3,5-9", b"1001-1120[2],7", b"-5--1", b"09:00-19:00 2048, else 0", b"2048", b"auto",
           b"22:00-06:00 0, 12:00-13:00 0, else 512"]


def _name(place, content):
    name = text_of(content)
    top = os.path.join(place.folder, "landed")
    for windows, lands in ((True, True), (True, False), (False, True), (False, False)):
        try:
            found = paths.land(top, name, windows) if lands else paths.server_path(name, windows)
        except errors.NameRefused:
            continue
        if found.startswith(top):
            inside = os.path.normpath(found)
            assert inside.startswith(top + os.sep) and "\0" not in found
        else:
            assert paths.check_server(found) == found
    try:
        assert all(one == "/" or paths.check_server(one) for one in outputs.server_names(name))
    except SyncError:
        pass
    mapping.is_windows_path(name)


def _ranges(content):
    text = text_of(content)
    for read in (frame_range.parse_frames, ranges.parse, timetable.parse, throttle.parse_speed, tuner.parse_threads):
        try:
            read(text)
        except SyncError:
            pass


# ---------------------------------------------------------------- pictures, scenes

_ROWS = images.scene(19, 18)
_PICTURES = [images.png(_ROWS), images.png(_ROWS, colour=6, bits=16, interlace=1), images.exr(_ROWS, compression=0),
             images.exr(_ROWS), images.exr(_ROWS, tiles=8, kind=images.FLOAT), images.exr(_ROWS, parts=2),
             images.tiff(_ROWS), images.tiff(_ROWS, compression=5, predictor=2), images.jpeg(19, 18),
             images.tiff(_ROWS, big=True, compression=8)]


def _picture(chooser):
    return mutated(chooser.choice(_PICTURES), chooser)


def _look_at(content):
    for reader in sorted(set(reader for _, reader in verdict.FORMATS.values()), key=lambda one: one.__name__):
        try:
            verdict._look(reader, Source(io.BytesIO(content), len(content)), True)
        except Damaged:
            pass
        try:
            reader.draw(Source(io.BytesIO(content), len(content)), 16)
        except Damaged:
            pass
    if content[:8] == png.SIGNATURE:
        png.decode(content)


_SCENES = [
    b'//Maya ASCII 2024\n//Codeset: 936\nfile -r -ns "h" -typ "mayaAscii" "a/b.ma{2}";\ncreateNode file -n "f";\n'
    b'\tsetAttr ".ftn" -type "string" "wall.1001.exr";\n\tsetAttr ".uvt" 3;\n\tsetAttr ".ufe" yes;\nselect -ne :x;\n',
    b'#usda 1.0\n(\n subLayers = [@./a.usd@]\n)\ndef "x" (references = @b.usd@</x>) { asset f = @t.<UDIM>.exr@ }\n',
    b'PXR-USDC\0\1\0\0' + b"\0" * 60 + b"TOKENS\0\0" + b"\0" * 100,
    b'options { }\nimage { filename "a.exr" }\nprocedural { filename "b.ass" }\n',
    b'BitmapBuffer b { file="a.exr"; }\n#include "c.vrscene"\n', b'Palette\n\tfile\t${DESC}/a.ptx\nendAttrs\n',
    b'<?xml version="1.0"?><materialx><image><input name="file" type="filename" value="a.exr"/></image></materialx>',
    b'a.tif 3\nb.tif ; x\n', b'search_path: luts:more\n  - !<FileTransform> {src: a.spi1d}\n']


def _references(place, content):
    for ending in sorted(table.READERS):
        for found in references.of(place.put("scene" + ending, content)):
            assert isinstance(found.path, compat.text_type) and "\0" not in found.path and len(found.path) <= 4096


# ---------------------------------------------------------------- the local farm

_TASK_FILE = task_json("/show/a.ma", "1-10[1]", ("a", "b"))
_TASK_FILE_NAMES = ["task_info", "input_cg_file", "scene_info_render", "common", "frames", "width", "height",
                    "renderable", "rop_node", "stop_after_test", "project_name", "software_config"]


class _Config(object):
    """A storage with one file."""

    def __init__(self, content):
        self._content = content

    def read(self, name, most):
        return self._content[:most]


def _take_in(content):
    try:
        server.parse(content)
    except SyncError:
        pass
    order = intake.read(_Config(content), 7)
    assert order.shots


assert frames  # The package's door, which everybody else uses, loads too.
