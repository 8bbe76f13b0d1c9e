"""How many threads: numbers that people give, and the number that pays."""
from __future__ import absolute_import, division, print_function, unicode_literals

import pytest

from rayvision_sync.errors import SettingsError
from rayvision_sync.tuner import Tuner, parse_threads


@pytest.mark.parametrize("value, number", [(None, None), ("auto", None), (" AUTO ", None), ("", None), (1, 1),
                                           ("20", 20),
                                           (256, 256), (b"8", 8)])
def test_numbers_of_threads_are_read(value, number):
    assert parse_threads(value) == number


@pytest.mark.parametrize("value", [0, -1, 257, "0", "-3", "many", 1.5, "1.5", True, False, [], {}, "\xfc"])
def test_other_numbers_are_refused(value):
    with pytest.raises(SettingsError) as caught:
        parse_threads(value)
    assert "auto" in caught.value.message


# ---------------------------------------------------------------- the tuner, in its own time

class Machine(object):
    """Moves files at a rate that follows from the number of threads; time passes step by step."""

    def __init__(self, rate, share, **options):
        self.now = self.busy = self.files = 0.0
        self.rate, self.share = rate, share
        self.tuner = Tuner(clock=lambda: self.now, cpu=lambda: self.busy, **options)
        self.held = {}

    def run(self, seconds, step=0.05):
        end = self.now + seconds
        while self.now < end:
            threads = self.tuner.threads
            self.held[threads] = self.held.get(threads, 0) + step
            self.now += step
            self.busy += step * self.share(threads)
            self.files += step * self.rate(threads)
            self.tuner.observe(int(self.files), 0)
        return self


def test_a_busy_processor_keeps_one_thread():
    machine = Machine(lambda threads: 8000.0 / (1 + threads), lambda threads: 1.0, first=1).run(60)
    assert machine.tuner.threads == 1 and machine.held == {1: pytest.approx(60, 0.1)}


def test_waiting_for_a_network_makes_it_climb():
    machine = Machine(lambda threads: 190.0 * threads, lambda threads: 0.012 * threads, first=1)
    assert machine.run(5).tuner.threads >= 32
    machine.run(60)
    assert sum(held for threads, held in machine.held.items() if threads >= 24) > 50


def test_it_stops_climbing_where_it_no_longer_pays():
    machine = Machine(lambda threads: 200.0 * min(threads, 6), lambda threads: 0.3, first=1).run(30)
    assert sum(held for threads, held in machine.held.items() if 4 <= threads <= 16) > 20


def test_it_climbs_down_where_fewer_are_as_fast():
    machine = Machine(lambda threads: 3000.0 / threads, lambda threads: 0.95, first=16).run(10)
    assert machine.tuner.threads == 1


def test_it_finds_its_way_when_the_disk_changes():
    machine = Machine(lambda threads: 8000.0 / threads, lambda threads: 1.0, first=1).run(20)
    machine.rate, machine.share = (lambda threads: 100.0 * threads), (lambda threads: 0.01 * threads)
    machine.run(60)
    assert machine.tuner.threads >= 16


def test_nothing_moving_changes_nothing():
    assert Machine(lambda threads: 0.0, lambda threads: 0.0, first=3).run(60).held == {3: pytest.approx(60, 0.1)}


def test_a_number_that_was_chosen_stays():
    for number in (1, 7, 200):
        machine = Machine(lambda threads: 100.0 * threads, lambda threads: 0.01, first=1, most=48, fixed=number)
        assert list(machine.run(20).held) == [number]


def test_the_limits_of_the_engine_hold():
    machine = Machine(lambda threads: 100.0 * threads, lambda threads: 0.01, first=1, most=5).run(30)
    assert max(machine.held) == 5
    assert Tuner(first=8, most=4).threads == 4


# ---------------------------------------------------------------- a storage that has too much to do

def test_busy_answers_halve_the_threads_once_a_second_at_most():
    machine = Machine(lambda threads: 0.0, lambda threads: 0.01, first=32)
    machine.tuner.hear_busy()
    assert machine.run(0.05).tuner.threads == 16
    machine.tuner.hear_busy()
    machine.tuner.hear_busy()
    assert machine.run(0.5).tuner.threads == 16
    machine.run(1)
    machine.tuner.hear_busy()
    assert machine.run(0.05).tuner.threads == 8


def test_after_busy_answers_it_holds_still_and_then_climbs_again():
    machine = Machine(lambda threads: 100.0 * threads, lambda threads: 0.01, first=16)
    machine.tuner.hear_busy()
    machine.run(9)
    assert max(machine.held) == 16 and machine.held[16] < 0.1, "it climbed at once"
    assert machine.run(20).tuner.threads > 8


def test_a_storage_that_is_busy_above_some_threads_is_not_overrun():
    machine = Machine(lambda threads: 100.0 * threads, lambda threads: 0.01, first=8)
    for _ in range(1200):
        machine.run(0.05)
        if machine.tuner.threads > 8:
            machine.tuner.hear_busy()
    assert sum(held for threads, held in machine.held.items() if threads <= 8) > 45


def test_busy_answers_leave_one_thread_and_a_number_that_was_chosen():
    for options, number in (({"first": 1}, 1), ({"fixed": 20}, 20)):
        machine = Machine(lambda threads: 0.0, lambda threads: 0.01, **options)
        machine.tuner.hear_busy()
        assert machine.run(1).tuner.threads == number
