"""Retries are bounded, growing, uneven, and end with a cancel."""
from __future__ import absolute_import, division, print_function, unicode_literals

import threading

import pytest

from rayvision_sync.cancel import Cancel
from rayvision_sync.errors import Cancelled, FarmError, FarmUnreachable
from rayvision_sync.retry import retry


class Clock(object):
    """Time that passes only by waiting."""

    def __init__(self):
        self.now = 100.0
        self.pauses = []

    def __call__(self):
        return self.now

    def wait(self, seconds):
        self.pauses.append(seconds)
        self.now += seconds


class Call(object):
    """Raises what it is given, one at a time, then returns "done"."""

    def __init__(self, *problems):
        self.problems = list(problems)
        self.count = 0

    def __call__(self):
        self.count += 1
        if self.problems:
            raise self.problems.pop(0)
        return "done"


def failures(count, **options):
    return [FarmUnreachable("failure %d" % number, **options) for number in range(count)]


def test_a_call_that_works_is_made_once():
    call, clock = Call(), Clock()
    assert retry(call, wait=clock.wait) == "done"
    assert call.count == 1 and clock.pauses == []


def test_pauses_double_up_to_the_longest():
    call, clock = Call(*failures(6)), Clock()
    assert retry(call, attempts=7, wait=clock.wait, first_s=1, most_s=10,
                 jitter=lambda: 1.0) == "done"
    assert clock.pauses == [1, 2, 4, 8, 10, 10]


def test_jitter_takes_up_to_half_of_a_pause():
    clock = Clock()
    retry(Call(*failures(1)), wait=clock.wait, first_s=1, jitter=lambda: 0.0)
    assert clock.pauses == [0.5]


def test_the_last_error_is_raised_as_it_is():
    problems = failures(3)
    call = Call(*problems)
    with pytest.raises(FarmUnreachable) as caught:
        retry(call, attempts=3, wait=Clock().wait)
    assert caught.value is problems[-1] and call.count == 3


@pytest.mark.parametrize("problem", [FarmError("no"), Cancelled(), ValueError("a bug"),
                                     FarmUnreachable("never", retryable=False)])
def test_what_cannot_get_better_is_not_tried_again(problem):
    call = Call(problem)
    with pytest.raises(type(problem)):
        retry(call, wait=Clock().wait)
    assert call.count == 1


def test_no_pause_is_begun_that_ends_behind_the_deadline():
    clock = Clock()
    call = Call(*failures(50))
    with pytest.raises(FarmUnreachable):
        retry(call, attempts=50, wait=clock.wait, first_s=1, most_s=4, jitter=lambda: 1.0,
              deadline_s=12, clock=clock)
    assert clock.pauses == [1, 2, 4, 4] and call.count == 5


@pytest.mark.parametrize("asked, pause", [(7, 7), (0.1, 1), (3600, 30), (None, 1)])
def test_a_pause_that_the_other_side_asks_for_is_kept_within_bounds(asked, pause):
    problem, clock = FarmUnreachable("busy"), Clock()
    problem.retry_after = asked
    retry(Call(problem), wait=clock.wait, first_s=1, most_s=30, jitter=lambda: 1.0)
    assert clock.pauses == [pause]


def test_every_pause_is_told_first():
    told = []
    problems = failures(2)
    retry(Call(*problems), wait=Clock().wait, first_s=1, jitter=lambda: 1.0,
          on_retry=lambda *args: told.append(args))
    assert told == [(problems[0], 1, 1), (problems[1], 2, 2)]


def test_thousands_of_attempts_do_not_overflow():
    call = Call(*failures(3000))
    assert retry(call, attempts=4000, wait=Clock().wait) == "done"


def test_a_cancel_ends_the_pause():
    cancel, call = Cancel(), Call(*failures(9))

    def cancel_soon(_error, _attempt, _pause):
        threading.Timer(0.05, cancel.cancel).start()

    with pytest.raises(Cancelled):
        retry(call, wait=cancel.wait, first_s=3600, most_s=3600, on_retry=cancel_soon)
    assert call.count == 1


def test_a_cancel_ends_all_waits_at_once():
    cancel, ended = Cancel(), []

    def waiter():
        try:
            cancel.wait(3600)
        except Cancelled:
            ended.append(True)

    threads = [threading.Thread(target=waiter) for _ in range(8)]
    for thread in threads:
        thread.daemon = True
        thread.start()
    cancel.cancel()
    for thread in threads:
        thread.join(120)
    assert len(ended) == 8


def test_a_cancel_is_seen_without_waiting():
    cancel = Cancel()
    cancel.check()
    cancel.wait(0)
    cancel.wait(-1)
    assert not cancel.is_cancelled
    cancel.cancel()
    cancel.cancel()
    assert cancel.is_cancelled
    with pytest.raises(Cancelled):
        cancel.check()
    with pytest.raises(Cancelled):
        cancel.wait(0)
