"""What parses what others wrote, as targets that take any bytes.

Used by tests/test_fuzz_parsers.py for some thousand inputs, by benchmarks/fuzz.py for a million. The samples and the
readers stand in support_fuzz_files, support_fuzz_farm and support_fuzz_s3.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import os

import support_fuzz_farm as farm
import support_fuzz_files as files
import support_fuzz_s3 as s3
from support_fuzz_inputs import Place, Target, any_json, mutated

from rayvision_sync import frames
from rayvision_sync.jobs import snapshot


def targets(folder):
    """Return all `Target`s; what they write is below a folder."""
    place = Place(os.path.join(folder, "inputs"))
    return [
        Target("manifest", files.make_manifest, lambda content: files.read_manifest(place, content), 3),
        Target("answers", lambda chooser: any_json(chooser, farm.ANSWER_NAMES, farm.ANSWER), farm.read_answer, 8),
        Target("tasks", lambda chooser: any_json(chooser, farm.TASK_NAMES, farm.TASKS), farm.read_tasks, 8),
        Target("transmitter", lambda chooser: mutated(chooser.choice(farm.SPOKEN), chooser), farm.hear, 12),
        Target("lines", lambda chooser: any_json(chooser, farm.LINE_NAMES, farm.LINES),
               lambda content: farm.choose(place, content), 8),
        Target("settings", lambda chooser: any_json(chooser, files.SETTING_NAMES, files.SETTINGS),
               lambda content: files.load(place, content), 6),
        Target("snapshot", lambda chooser: any_json(
            chooser, list(snapshot.Snapshot._fields) + files.FILE_NAMES, files.SCENE),
               lambda content: snapshot.load(place.put("scene.json", content)), 4),
        Target("names", lambda chooser: mutated(chooser.choice(files.NAMES), chooser),
               lambda content: files.name(place, content), 20),
        Target("ranges", lambda chooser: mutated(chooser.choice(files.RANGES), chooser), files.read_ranges, 20),
        Target("frames", files.make_picture, files.look_at, 6),
        Target("references", lambda chooser: mutated(chooser.choice(files.SCENES), chooser),
               lambda content: files.read_references(place, content), 4),
        Target("farm", lambda chooser: any_json(chooser, farm.TASK_FILE_NAMES, farm.TASK_FILE), farm.take_in, 6),
        Target("store", lambda chooser: any_json(chooser, ["pid", "start", "host"], files.WORKER),
               lambda content: files.open_store(place, content), 0.15),
    ] + s3.targets(place)


assert frames  # The package's door, which everybody else uses, loads too.
