"""docs/reliability.md names tests that are there."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import os
import re

import support_tree

_NAMED = re.compile(r"`(test_\w+\.py)::(test_\w+)`")


def test_every_test_that_the_table_names_is_there():
    with io.open(os.path.join(support_tree.ROOT, "docs", "reliability.md"), encoding="utf-8") as source:
        text = source.read()
    named = _NAMED.findall(text)
    lacking = []
    for name, test in named:
        with io.open(os.path.join(support_tree.ROOT, "tests", name), encoding="utf-8") as source:
            if "\ndef %s(" % test not in source.read():
                lacking.append((name, test))
    assert not lacking and len(named) > 40


def test_every_fault_of_the_peers_has_a_row_and_a_test():
    tests = ""
    for name in ("test_peer_faults.py", "test_peer_faults_transfers.py"):
        with io.open(os.path.join(support_tree.ROOT, "tests", name), encoding="utf-8") as source:
            tests += source.read()
    found = set(int(number) for number in re.findall(r"\ndef test_(\d\d)_", tests))
    assert found == set(range(1, 23))
