"""Progress, and the list that does not grow in memory."""
from __future__ import absolute_import, division, print_function, unicode_literals

import tempfile

import pytest

from rayvision_sync.errors import SpoolError
from rayvision_sync.model import Item
from rayvision_sync.progress import Progress
from rayvision_sync.spool import Spool


class Clock(object):
    now = 50.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def item(name, size):
    return Item("/l/" + name, "/s/" + name, size, 0)


def test_totals_are_absolute(clock):
    progress = Progress(clock=clock)
    progress.expect(2, 300)
    clock.now += 1
    for _ in range(3):
        progress.moved("/s/a", 60)
    totals = progress.totals()
    assert (totals.files, totals.files_total, totals.bytes, totals.bytes_total) == (0, 2, 60, 300)
    assert totals.rate == 60 and totals.left_s == 4 and totals.active == [("/s/a", 60)]
    progress.finish("done", item("a", 100))
    clock.now += 1
    totals = progress.totals()
    assert (totals.files, totals.bytes, totals.rate, totals.left_s, totals.active) == (1, 100, 40, 5, [])
    assert totals.seconds == 2


def test_a_file_that_begins_again_counts_once(clock):
    progress = Progress(clock=clock)
    progress.expect(1, 100)
    progress.moved("/s/a", 90)
    progress.totals()
    progress.restart("/s/a")
    clock.now += 1
    totals = progress.totals()
    assert totals.bytes == 0 and totals.rate >= 0
    progress.finish("done", item("a", 100))
    assert progress.totals().bytes == 100


def test_nothing_is_left_when_the_rest_has_failed(clock):
    progress = Progress(clock=clock)
    progress.expect(2, 300)
    clock.now += 1
    progress.finish("done", item("a", 100))
    progress.finish("failed", item("b", 200), "why")
    totals = progress.totals()
    assert (totals.files, totals.failed, totals.left_s) == (1, 1, 0)


def test_without_a_rate_the_time_left_is_unknown(clock):
    progress = Progress(clock=clock)
    progress.expect(1, 100)
    assert progress.totals().left_s is None
    assert Progress(clock=clock).totals().left_s == 0


def test_the_rate_is_that_of_the_last_seconds(clock):
    progress = Progress(clock=clock)
    progress.expect(100, 10 ** 6)
    for second in range(60):
        clock.now += 1
        progress.finish("done", item("%d" % second, 1000 if second < 30 else 10))
        progress.totals()
    assert 9 <= progress.totals().rate <= 11


def test_the_listener_hears_ticks_ten_times_a_second_and_what_was_said_later(clock):
    heard = []
    progress = Progress(lambda event: heard.append((event.kind, event.note)), clock)
    progress.later("note", "from a thread")
    for _ in range(1000):
        clock.now += 0.01
        progress.tick()
    assert heard[0] == ("note", "from a thread")
    assert 90 <= len([kind for kind, _ in heard if kind == "tick"]) <= 101
    before = len(heard)
    progress.tick(force=True)
    assert len(heard) == before + 1


def test_every_end_is_heard(clock):
    heard = []
    progress = Progress(heard.append, clock)
    progress.finish("done", item("a", 7))
    progress.finish("failed", item("b", 8), "why")
    assert [(event.kind, event.item.target, event.done, event.note) for event in heard] == [
        ("done", "/s/a", 7, None), ("failed", "/s/b", 0, "why")]


# ---------------------------------------------------------------- the list

@pytest.mark.parametrize("count", [0, 1, 3999, 4000, 4001, 12345])
def test_a_list_gives_back_what_it_got_as_often_as_wanted(count):
    rows = Spool()
    for number in range(count):
        rows.append("/l/\u4e2d%d" % number, "/s/%d" % number, number, number << 40)
    expected = [Item("/l/\u4e2d%d" % number, "/s/%d" % number, number, number << 40) for number in range(count)]
    assert list(rows) == expected and list(rows) == expected
    assert (rows.files, rows.bytes) == (count, sum(range(count)))
    rows.close()
    assert list(rows) == []


def test_a_list_may_grow_after_it_was_read():
    rows = Spool()
    for number in range(9000):
        if number in (5000, 8500):
            assert len(list(rows)) == number
            next(iter(rows))
        rows.append("/l", "/%d" % number, 1, 1)
    assert [int(row.target[1:]) for row in rows] == list(range(9000))


def test_a_full_temporary_folder_is_a_clear_error(tmpdir, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmpdir.join("none")))
    rows = Spool()
    with pytest.raises(SpoolError) as caught:
        for _ in range(5000):
            rows.append("/l", "/s", 1, 1)
    assert "none" in caught.value.message and tempfile.tempdir
