"""The threads: how many, for whom, and how they end."""
from __future__ import absolute_import, division, print_function, unicode_literals

import itertools
import threading

import pytest
from support_limits import WAIT_S

from rayvision_sync import crew
from rayvision_sync.cancel import Cancel
from rayvision_sync.crew import Crew
from rayvision_sync.errors import Cancelled, StorageError
from rayvision_sync.model import Item
from rayvision_sync.progress import Progress
from rayvision_sync.tuner import Tuner


def items(count, size=10, prefix="/f"):
    return [Item("/l%s%d" % (prefix, number), "%s%d" % (prefix, number), size, 0) for number in range(count)]


def run(work, small, large=(), threads=4, cancel=None, **options):
    tuner = Tuner(fixed=threads, **options) if isinstance(threads, int) else threads
    return list(Crew(work, tuner, cancel or Cancel(), Progress()).run(small, large))


@pytest.mark.parametrize("threads", [1, 2, 5, 48])
def test_every_item_is_worked_once_and_heard_once(threads):
    seen = []

    def work(item):
        seen.append(item)
        return item.target
    small, large = items(3000), items(100, prefix="/large")
    results = run(work, small, large, threads)
    assert sorted(seen) == sorted(small + large)
    assert sorted(item for item, _, _ in results) == sorted(small + large)
    assert all(value == item.target and error is None for item, value, error in results)


def test_no_last_result_is_lost():
    # A thread's last act is to add its result: many short runs would lose one.
    for _ in range(100):
        assert len(run(lambda item: 1, items(3), threads=3)) == 3


def test_nothing_to_do_ends_at_once():
    assert run(lambda item: 1, []) == []


def test_more_than_the_queue_holds_is_fed_as_it_goes():
    taken, done, most = [], [], []

    def feed():
        for item in items(30000):
            taken.append(1)
            yield item

    def work(item):
        done.append(1)
        if len(done) % 100 == 0:
            most.append(len(taken) - len(done))
    assert len(run(work, feed(), threads=2)) == 30000
    assert 0 < max(most) <= crew._AHEAD + 100


@pytest.mark.parametrize("number", [1, 2, 8])
def test_neither_lane_starves(number):
    order, begun = [], {True: threading.Event(), False: threading.Event()}

    def work(item):
        is_large = item.size > 100
        order.append(item.target)
        begun[is_large].set()
        if number > 1:  # No thread has its second file before both lanes have begun.
            assert begun[not is_large].wait(WAIT_S), "the other lane starves"
        return 1
    results = run(work, items(400), items(20, 1000, "/large"), number)
    assert [error for _, _, error in results if error] == []
    assert len(order) == len(set(order)) == 420


def test_large_files_do_not_hold_all_threads_while_small_ones_wait():
    active, most, begun, lock = [0], [0], [0], threading.Lock()

    def work(item):
        if item.size > 100:
            with lock:
                active[0] += 1
                if begun[0] < 490:  # Beyond, the last small ones may be taken and not yet begun.
                    most[0] = max(most[0], active[0])
            threading.Event().wait(0.01)
            with lock:
                active[0] -= 1
        else:
            with lock:
                begun[0] += 1
            threading.Event().wait(0.001)
    run(work, items(500), items(8, 1000, "/large"), 4)
    assert 1 <= most[0] <= 2
    small_first = run(lambda item: item.size, items(4), items(4, 1000, "/large"), 1)
    assert [value for _, value, _ in small_first] == [10] * 4 + [1000] * 4


def test_an_error_fails_its_file_only():
    def work(item):
        if item.target.endswith("3"):
            raise StorageError("no")
        return 1
    results = run(work, items(100))
    assert len([1 for _, _, error in results if error is None]) == 90
    assert all(isinstance(error, StorageError) for item, _, error in results if item.target.endswith("3"))


class Odd(Exception):
    """An error whose own text cannot be made."""

    def __str__(self):
        raise ValueError("no text")


@pytest.mark.parametrize("error", [ZeroDivisionError("x"), KeyError("\xfc"), ValueError(b"\xff\xfe"), Odd("\xfc"),
                                   MemoryError(),
                                   UnicodeEncodeError(str("ascii"), "\xfc", 0, 1, str("why"))])
def test_an_unforeseen_error_fails_its_file_and_names_it(error):
    def work(item):
        if item.target == "/f7":
            raise error
        return 1
    results = run(work, items(20))
    failed = [(item.target, failure) for item, _, failure in results if failure]
    assert len(results) == 20 and [name for name, _ in failed] == ["/f7"]
    assert "/l/f7" in failed[0][1].message and type(error).__name__ in failed[0][1].message
    assert not failed[0][1].retryable


@pytest.fixture
def patient(monkeypatch):
    """Let a run wait for its threads: one that gets no turn is none that hangs."""
    monkeypatch.setattr(crew, "_PATIENCE_S", WAIT_S)


def test_a_cancel_ends_it_and_what_was_done_is_heard(patient):
    cancel = Cancel()
    done, heard = [], []

    def work(item):
        if len(done) >= 50:
            cancel.cancel()
        done.append(item)
        return 1
    with pytest.raises(Cancelled):
        for item, _, _ in Crew(work, Tuner(fixed=4), cancel, Progress()).run(items(5000)):
            heard.append(item)
    assert sorted(heard) == sorted(done) and 50 < len(done) < 200


def test_a_thread_that_hangs_does_not_hang_a_cancel():
    cancel, stuck, free, freed = Cancel(), threading.Event(), threading.Event(), []

    def work(item):
        stuck.set()
        free.wait(WAIT_S)
        freed.append(item)
    results = Crew(work, Tuner(fixed=2), cancel, Progress()).run(items(10))
    threading.Thread(target=lambda: stuck.wait(WAIT_S) and cancel.cancel()).start()
    with pytest.raises(Cancelled):
        list(results)
    assert freed == []
    free.set()


def test_a_run_that_is_left_in_the_middle_ends_its_threads(patient):
    before = set(threading.enumerate())
    results = Crew(lambda item: 1, Tuner(fixed=8), Cancel(), Progress()).run(items(5000))
    next(results)
    results.close()
    assert not set(threading.enumerate()) - before


class Steps(object):
    """A tuner that follows a list; ``over`` is set when it has come to its end."""

    def __init__(self, *steps):
        self.over = threading.Event()
        self.steps = list(steps)
        self.threads = self.steps.pop(0)

    def observe(self, files, size):
        if self.steps and files > 200 * (5 - len(self.steps)):
            self.threads = self.steps.pop(0)
            if not self.steps:
                self.over.set()


def test_threads_are_parked_and_woken():
    tuner, number = Steps(8, 1, 8, 1, 2), itertools.count(1)
    seen, everybody = set(), threading.Event()

    def work(item):
        seen.add(threading.current_thread().name)
        if len(seen) == 8:
            everybody.set()
        everybody.wait(WAIT_S)
        if next(number) > 2000:
            tuner.over.wait(WAIT_S)
        threading.Event().wait(0.0005)
        return 1
    assert len(run(work, items(3000), threads=tuner)) == 3000
    assert tuner.threads == 2 and len(seen) == 8


class Asked(Steps):
    """Counts how often it is asked."""

    times = 0

    @property
    def threads(self):
        self.times += 1
        return self.number

    @threads.setter
    def threads(self, number):
        self.number = number


def test_parked_threads_do_not_ask_and_ask(monkeypatch):
    monkeypatch.setattr(crew, "_PARKED_S", WAIT_S)  # They are woken; how long all of it takes does not matter.
    tuner = Asked(30, 1, 1)

    def work(item):
        threading.Event().wait(0.0003)
        return 1
    assert len(run(work, items(3000), threads=tuner)) == 3000
    assert tuner.times < 3 * 3000, "29 threads that spin would ask a hundred thousand times"
