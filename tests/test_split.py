"""Works that go on in parts: who does them, how they end, and what is heard."""
from __future__ import absolute_import, division, print_function, unicode_literals

import threading

import pytest

from rayvision_sync.cancel import Cancel
from rayvision_sync.crew import Crew
from rayvision_sync.errors import Cancelled, StorageError
from rayvision_sync.model import Item
from rayvision_sync.progress import Progress
from rayvision_sync.split import Split
from rayvision_sync.tuner import Tuner

PATIENCE_S = 120


def large(count):
    return [Item("/l/%d" % number, "/%d" % number, 1000, 0) for number in range(count)]


def joined(call):
    """Return a join that makes a value, or raises what a part raised."""
    def join(values, error):
        if error is not None:
            raise error
        return call(values)
    return join


def make_crew(work, threads=4, cancel=None):
    return Crew(work, Tuner(fixed=threads), cancel or Cancel(), Progress())


@pytest.mark.parametrize("threads", [1, 2, 7])
def test_parts_are_done_once_each_and_joined_in_their_order(threads):
    done = []

    def part(value):
        done.append(value)
        return value * 10

    def work(item):
        return Split(range(20), part, joined(lambda values: (item.target, values)))
    results = list(make_crew(work, threads).run([], large(5)))
    assert sorted(done) == sorted(list(range(20)) * 5)
    assert sorted(value for _, value, _ in results) == [("/%d" % number, [10 * part for part in range(20)])
                                                        for number in range(5)]


def test_the_parts_of_one_file_are_done_by_all_threads_at_a_time():
    arrived, together = [], threading.Event()

    def part(number):
        arrived.append(number)
        if len(arrived) == 4:
            together.set()
        assert together.wait(PATIENCE_S), "all four are at it at one moment"
        return number
    results = list(make_crew(lambda item: Split(range(4), part, joined(len)), 4).run([], large(1)))
    assert [value for _, value, _ in results] == [4]


def test_small_files_flow_while_a_large_one_is_under_way():
    small_done, order = threading.Event(), []

    def part(number):
        assert small_done.wait(PATIENCE_S)
        return number

    def work(item):
        if item.size == 1000:
            return Split(range(8), part, joined(len))
        order.append(item.target)
        if len(order) == 50:
            small_done.set()
        return 1
    small = [Item("/s%d" % number, "/s%d" % number, 1, 0) for number in range(50)]
    results = list(make_crew(work, 4).run(small, large(1)))
    assert len(results) == 51 and all(error is None for _, _, error in results)


def test_a_small_file_may_go_on_in_parts_too():
    small = [Item("/s%d" % number, "/s%d" % number, 1, 0) for number in range(20)]
    results = list(make_crew(lambda item: Split(range(3), lambda part: part, joined(sum)), 4).run(small, large(2)))
    assert [value for _, value, _ in results] == [3] * 22


def test_one_part_that_fails_fails_its_file_and_lets_go_of_the_rest():
    done, error = [], StorageError("part 3 of it")

    def part(number):
        done.append(number)
        if number == 3:
            raise error
    results = list(make_crew(lambda item: Split(range(1000), part, joined(len)), 1).run([], large(1)))
    assert [(value, found) for _, value, found in results] == [(None, error)]
    assert done == [0, 1, 2, 3]


def test_an_unforeseen_error_of_a_part_names_the_file():
    results = list(make_crew(lambda item: Split([0], lambda part: {}["no"], joined(len)), 2).run([], large(1)))
    assert "/l/0" in results[0][2].message and "KeyError" in results[0][2].message


def test_a_join_that_fails_fails_its_file():
    def join(values, error):
        raise StorageError("not joined")
    results = list(make_crew(lambda item: Split([1, 2], lambda part: part, join)).run([], large(3)))
    assert [found.message for _, _, found in results] == ["not joined"] * 3


def test_a_join_may_go_on_in_parts_again():
    rounds = []

    def join(values, error):
        rounds.append(values)
        return Split([7, 8, 9], lambda part: part, joined(sum)) if len(rounds) == 1 else "?"
    results = list(make_crew(lambda item: Split([1, 2], lambda part: part, join), 3).run([], large(1)))
    assert rounds == [[1, 2]] and [value for _, value, _ in results] == [24]


def test_no_parts_are_joined_at_once():
    results = list(make_crew(lambda item: Split([], len, joined(list))).run([], large(2)))
    assert [value for _, value, _ in results] == [[], []]


def test_a_cancel_ends_parts_and_those_that_wait_for_an_errand():
    cancel = Cancel()

    def part(number):
        if number == 2:
            cancel.cancel()
        cancel.wait(PATIENCE_S)
    with pytest.raises(Cancelled):
        list(make_crew(lambda item: Split(range(50), part, joined(len)), 3, cancel).run([], large(2)))


def test_errands_are_run_by_the_thread_that_runs_the_crew_and_are_waited_for():
    here, ran = threading.current_thread(), []

    def work(item):
        crew.ask(lambda: ran.append((threading.current_thread(), item.target)))
        assert (here, item.target) in ran
        return Split([0, 1], lambda part: crew.ask(lambda: ran.append((threading.current_thread(), part))),
                     joined(len))
    crew = make_crew(work, 4)
    results = list(crew.run([], large(10)))
    assert [error for _, _, error in results] == [None] * 10
    assert len(ran) == 30 and {thread for thread, _ in ran} == {here}


def test_what_an_errand_raises_is_raised_where_it_was_asked_for():
    def fail():
        raise StorageError("the disk is full")

    def work(_):
        crew.ask(fail)
    crew = make_crew(work)
    assert [error.message for _, _, error in crew.run([], large(1))] == ["the disk is full"]
