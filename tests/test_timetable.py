"""What of a run may change while it goes on: its speed, by the clock or by hand, and its threads."""
from __future__ import absolute_import, division, print_function, unicode_literals

import pytest

from rayvision_sync import timetable
from rayvision_sync.cancel import Cancel
from rayvision_sync.tuner import Threads, Tuner
from rayvision_sync.errors import SettingsError
from rayvision_sync.throttle import Throttle


@pytest.mark.parametrize("value, speed", [(None, None), ("", None), (0, None), ("0", None), (2048, 2048),
                                          (" 512 ", 512)])
def test_a_plain_number_holds_all_day(value, speed):
    table = timetable.parse(value)
    assert table.is_constant and table.speed(0) == table.speed(1439) == speed


@pytest.mark.parametrize("minute, speed", [(8 * 60 + 59, None), (9 * 60, 2048), (18 * 60 + 59, 2048), (19 * 60, None)])
def test_the_working_day_is_limited(minute, speed):
    assert timetable.parse("09:00-19:00 2048, else 0").speed(minute) == speed


@pytest.mark.parametrize("minute, speed", [(21 * 60, 100), (22 * 60, None), (0, None), (5 * 60 + 59, None),
                                           (6 * 60, 100), (12 * 60, 900), (13 * 60, 100)])
def test_a_span_may_go_over_midnight_and_there_may_be_several(minute, speed):
    assert timetable.parse("22:00-6:00 0, 12:00-13:00 900, ELSE 100").speed(minute) == speed


def test_the_end_of_the_day_is_24_00():
    table = timetable.parse("18:00-24:00 7")
    assert table.speed(1439) == 7 and table.speed(0) is None


@pytest.mark.parametrize("value", ["09:00-19:00", "9-19 2048", "09:00-09:00 1", "25:00-26:00 1", "else",
                                   "09:00-10:70 5", "else 5, 09:00-10:00 4", "09:00-10:00 4, 5", "-5", "fast", "1e3",
                                   True, 2.5])
def test_what_cannot_be_read_is_an_error_in_words(value):
    with pytest.raises(SettingsError) as caught:
        timetable.parse(value)
    assert "KB/s" in caught.value.message


def test_a_throttle_follows_the_clock(monkeypatch):
    throttle = timetable.throttle("00:00-24:00 64")
    assert throttle._rate == 65536
    monkeypatch.setattr(throttle._table, "_spans", [])
    throttle._looked -= 5
    throttle.take(1 << 20, Cancel().wait)
    assert throttle._rate is None


def test_a_paused_throttle_lets_nothing_pass_until_it_goes_on():
    throttle, waits = Throttle(), []

    def wait(seconds):
        waits.append(seconds)
        if len(waits) == 3:
            throttle.resume()

    throttle.pause()
    throttle.take(1, wait)
    assert len(waits) == 3


def test_the_number_of_threads_may_be_chosen_and_let_go_while_a_run_goes_on():
    chosen = Threads()
    tuner = Tuner(2, 8, chosen)
    assert tuner.threads == 2
    chosen.number = 20
    tuner.observe(1000, 1 << 30)
    assert tuner.threads == 20
    chosen.number = None
    assert tuner.threads == 2
