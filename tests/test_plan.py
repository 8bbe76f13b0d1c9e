"""What becomes of each asset, without looking at anything."""
from __future__ import absolute_import, division, print_function, unicode_literals

import pytest

from rayvision_sync import plan
from rayvision_sync.errors import SourceChanged
from rayvision_sync.model import Stored

S = 10 ** 9


@pytest.mark.parametrize("stored, same", [
    (None, False),
    (Stored("/a", 5, 7 * S, None), True),
    (Stored("/a", 6, 7 * S, None), False),
    (Stored("/a", 5, 8 * S, None), False),
    (Stored("/a", 5, 7 * S + 1000, None), True),  # 2.7 keeps microseconds.
    (Stored("/a", 5, 7 * S + 2000, None), False),
    (Stored("/a", 5, None, None), False),
])
def test_size_and_time_both_count(stored, same):
    assert plan.is_same(5, 7 * S, stored) is same


def test_files_go_in_two_lanes():
    made = plan.Plan(1000)
    for size in (0, 999, 1000, 5000):
        made.send(plan.Candidate("/l", "/s%d" % size, size, 1))
    assert [item.size for item in made.small] == [0, 999] and [item.size for item in made.large] == [1000, 5000]
    assert (made.files, made.bytes) == (4, 6999)
    made.close()


def test_problems_are_counted_beyond_those_that_are_listed():
    made = plan.Plan(1000)
    for number in range(1500):
        made.refuse("missing", "/l%d" % number, "/s", "why")
        made.refuse("refused", "/l%d" % number, "/s", "why")
    assert (made.missing, made.failed, len(made.problems)) == (1500, 1500, plan.MOST_PROBLEMS)


def test_a_problem_that_is_listed_twice_counts_once():
    made = plan.Plan(1000)
    assert made.refuse("missing", "/l", "/s", "why")
    assert made.refuse("missing", "/l", "/s", "why") is None
    assert (made.missing, len(made.problems)) == (1, 1)


def duplicates(pairs):
    claims = plan.Claims()
    for first in range(0, len(pairs), 1000):
        claims.add([server for _, server in pairs[first:first + 1000]])
    suspects = claims.suspects()
    return plan.find_duplicates(pairs, suspects) if suspects else {}


def test_names_that_two_files_claim_are_found():
    clean = [("/l%d" % number, "/s%d" % number) for number in range(2000)]
    assert duplicates(clean) == {}
    assert duplicates(clean + [("/other", "/s7"), ("/l9", "/s9"), ("/l9", "/s9")]) == {
        "/s7": ("/l7", "/other"), "/s9": ("/l9",)}


@pytest.mark.parametrize("most", [0, 1000, 1235, 1236, 1237])
def test_claims_are_found_in_a_manifest_of_any_length(monkeypatch, most):
    monkeypatch.setattr(plan, "_HEAPS", 10)
    monkeypatch.setattr(plan, "_MOST_FRESH", most)
    pairs = [("/l%d" % number, "/s%d" % number) for number in range(1234)]
    assert duplicates(pairs) == {}
    assert duplicates(pairs + [("/x", "/s5"), ("/y", "/s1233")]) == {"/s5": ("/l5", "/x"), "/s1233": ("/l1233", "/y")}


def test_a_file_that_keeps_changing_is_told_with_the_number_of_tries():
    error = plan.give_up_changing(SourceChanged("/a changed while it was being sent. Save it."), 3)
    assert error.message == "/a changed while it was being sent (3 times). Save it."
