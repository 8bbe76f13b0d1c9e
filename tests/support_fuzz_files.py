"""Files that others wrote, and names and ranges in them, as inputs for their readers."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import os
import random

import support_images as images
from support_farm import tree, write
from support_fuzz_inputs import any_json, mutated, text_of

from rayvision_sync import compat, errors, frame_range, login, manifest, mapping, outputs, paths, png, references
from rayvision_sync import settings, throttle, timetable, tuner
from rayvision_sync.errors import SyncError
from rayvision_sync.farm import ranges
from rayvision_sync.frames import verdict
from rayvision_sync.frames.source import Damaged, Source
from rayvision_sync.jobs import process
from rayvision_sync.jobs.store import Store
from rayvision_sync.references import table

# ---------------------------------------------------------------- upload.json

def make_manifest(chooser):
    names = ["asset", "local", "server", "scene"]
    sample = {"scene": {"x": [1, {"asset": []}]},
              "asset": [{"local": "D:/a/%d.ma" % number, "server": "/D/a/%d.ma" % number} for number in range(70)]}
    content = any_json(chooser, names, sample)
    return mutated(content, chooser) if chooser.random() < 0.5 else content


def read_manifest(place, content):
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


# ---------------------------------------------------------------- settings, snapshots, the job store

SETTINGS = {"access_id": "x", "access_key": "y", "domain": "task.renderbus.com", "threads": "auto", "max_speed": 2048,
             "path_mapping": [["P:/", "/mnt/p"]], "locked": {"threads": 4}, "defaults": {"max_speed": "9:00-10:00 5"},
             "storage": {"engine": "folder", "input": {"root": "/x"}}, "farm": "/x", "max_jobs": 2}
SETTING_NAMES = sorted(settings.KNOWN) + ["locked", "defaults"]
SCENE = {"host": "maya", "scene": "/show/a.ma", "files": [{"path": "/a.<UDIM>.exr", "node": "f", "kind": "frames"}],
          "frames": {"start": 1, "end": 3, "step": 1, "ranges": "1-3"}, "cameras": ["c"], "width": 1920,
          "variables": {"A": "b"}, "troubles": [{"node": "n", "reason": "r"}], "details": {"x": 1}, "search": ["/a"]}
FILE_NAMES = ["path", "node", "attribute", "kind", "offset", "start", "end", "step", "ranges", "reason"]
WORKER = {"pid": 999999999, "start": "1", "host": process.host_name()}


def load(place, content):
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


def open_store(place, content):
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

NAMES = [b"/D/tex/wall.exr", b"/a/../b", b"5_x/beauty/a.0001.exr", b"//host/share/x", b"D:\\x\\y", b"/a/con.txt",
          b"/home/a/\xe4\xbd\xa0.ma", b"\\\\?\\UNC\\h\\s\\x", b"/" + b"a" * 300, b"/" + b"a/" * 200]
RANGES = [b"1-10[1]", b"1,3,5-9", b"1001-1120[2],7", b"-5--1", b"09:00-19:00 2048, else 0", b"2048", b"auto",
           b"22:00-06:00 0, 12:00-13:00 0, else 512"]


def name(place, content):
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


def read_ranges(content):
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


def make_picture(chooser):
    return mutated(chooser.choice(_PICTURES), chooser)


def look_at(content):
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


SCENES = [
    b'//Maya ASCII 2024\n//Codeset: 936\nfile -r -ns "h" -typ "mayaAscii" "a/b.ma{2}";\ncreateNode file -n "f";\n'
    b'\tsetAttr ".ftn" -type "string" "wall.1001.exr";\n\tsetAttr ".uvt" 3;\n\tsetAttr ".ufe" yes;\nselect -ne :x;\n',
    b'#usda 1.0\n(\n subLayers = [@./a.usd@]\n)\ndef "x" (references = @b.usd@</x>) { asset f = @t.<UDIM>.exr@ }\n',
    b'PXR-USDC\0\1\0\0' + b"\0" * 60 + b"TOKENS\0\0" + b"\0" * 100,
    b'options { }\nimage { filename "a.exr" }\nprocedural { filename "b.ass" }\n',
    b'BitmapBuffer b { file="a.exr"; }\n#include "c.vrscene"\n', b'Palette\n\tfile\t${DESC}/a.ptx\nendAttrs\n',
    b'<?xml version="1.0"?><materialx><image><input name="file" type="filename" value="a.exr"/></image></materialx>',
    b'a.tif 3\nb.tif ; x\n', b'search_path: luts:more\n  - !<FileTransform> {src: a.spi1d}\n']


def read_references(place, content):
    for ending in sorted(table.READERS):
        for found in references.of(place.put("scene" + ending, content)):
            assert isinstance(found.path, compat.text_type) and "\0" not in found.path and len(found.path) <= 4096
