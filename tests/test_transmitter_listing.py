"""The output storage as the farm lists it: tolerant of shapes, distrustful of names."""
from __future__ import absolute_import, division, print_function, unicode_literals

import pytest

from rayvision_sync import outputs
from rayvision_sync.engines.transmitter.engine import TransmitterEngine
from rayvision_sync.engines.transmitter.listing import Listing, mtime_of
from rayvision_sync.errors import FarmError, FarmUnreachable, UnknownTask
from rayvision_sync.model import Problem, Stored

SECOND = 10 ** 9


def entry(name, size=5, when=1500000000000, **more):
    return dict({"fileName": name, "fileSize": size, "lastModify": when, "directory": False}, **more)


class Folders(object):
    """What a farm would answer; remembers what it was asked."""

    def __init__(self, folders, tasks=None):
        self.folders, self.tasks, self.asked = folders, tasks or {}, []

    def __call__(self, folder, task_id=None):
        self.asked.append(folder if task_id is None else task_id)
        found = self.folders.get(folder, []) if task_id is None else self.tasks.get(task_id)
        if isinstance(found, Exception):
            raise found
        return found


@pytest.mark.parametrize("value, expected", [
    (1500000000123, 1500000000123 * 10 ** 6), (1500000000, 1500000000 * SECOND),
    ("1500000000000", 1500000000 * SECOND), ("2017-07-14 02:40:00", 1500000000 * SECOND), (None, None), ("", None),
    ("yesterday", None), (True, None), (0, None), (-5, None), ([], None)])
def test_a_time_is_read_in_whatever_way_the_farm_writes_it(value, expected):
    assert mtime_of(value) == expected


def test_folders_are_listed_to_their_depth_and_odd_entries_do_no_harm():
    ask = Folders({
        "/18_city": [entry("a.exr"), entry("beauty", directory=True), None, "x", {"fileName": 7}, entry("b.exr", "12"),
                     entry("c.exr", None, None, directory=0), entry("d.exr", -1, directory="false")],
        "/18_city/beauty": [entry("a.exr", filePath="/anything")]})
    assert list(Listing(ask).files("/18_city")) == [
        Stored("/18_city/a.exr", 5, 1500000000 * SECOND, None), Stored("/18_city/b.exr", 12, 1500000000 * SECOND, None),
        Stored("/18_city/c.exr", None, None, None), Stored("/18_city/d.exr", None, 1500000000 * SECOND, None),
        Stored("/18_city/beauty/a.exr", 5, 1500000000 * SECOND, None)]


def test_a_folder_that_leads_out_is_not_entered_and_is_refused():
    ask = Folders({"/18_city": [entry("..", directory=True), entry("../../etc/passwd"), entry("a.exr")]})
    engine = TransmitterEngine(None, ask)
    found = list(outputs.of_paths(engine, ["/18_city"], "/frames", True))
    assert ask.asked == ["/18_city"] and not [item for item in found if isinstance(item, Problem)]
    # The names go on as they are: `paths.land` refuses them, and that is said.
    assert [item.name for item in found] == ["18_city/../../etc/passwd", "18_city/a.exr", "18_city/.."]


def test_a_folder_that_contains_itself_ends():
    class Loop(Folders):
        def __call__(self, folder, task_id=None):
            self.asked.append(folder)
            return [entry("again", directory=True)]

    ask = Loop({})
    assert list(Listing(ask).files("/18_city")) == [] and len(ask.asked) < 60


def test_a_folder_of_another_account_is_listed_by_its_task():
    ask = Folders({}, {181: [entry("a.exr")]})
    listing = Listing(ask)
    listing.claim("/18_city/layer", 181)
    assert [stored.name for stored in listing.files("/18_city/layer")] == ["/18_city/layer/a.exr"]
    assert ask.asked == ["/18_city/layer", 181]


def test_one_question_a_folder_tells_of_many_names():
    ask = Folders({"/18_city": [entry("a.exr"), entry("b.exr")], "/": [entry("top.exr")]})
    found = Listing(ask).look(["/18_city/a.exr", "/18_city/b.exr", "/18_city/c.exr", "/top.exr"])
    assert sorted(found) == ["/18_city/a.exr", "/18_city/b.exr", "/top.exr"] and len(ask.asked) == 2


def test_a_folder_that_the_farm_does_not_know_is_empty_and_another_refusal_is_an_error():
    engine = TransmitterEngine(None, Folders({"/18_city": UnknownTask("There is no such folder.", 404)}))
    assert list(engine.list("18_city")) == []
    for error in (FarmError("The account is closed.", 602), FarmUnreachable("The network is down.")):
        with pytest.raises(type(error)):
            list(TransmitterEngine(None, Folders({"/18_city": error})).list("18_city"))
    with pytest.raises(FarmUnreachable):
        list(TransmitterEngine(None, Folders({"/18_city": {"list": []}})).list("18_city"))


def test_an_input_storage_knows_nothing_and_says_so():
    engine = TransmitterEngine(None)
    assert engine.answers is False and engine.ask(["/a"]) == {}
