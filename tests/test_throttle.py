"""One limit for all threads."""
from __future__ import absolute_import, division, print_function, unicode_literals

import pytest
from support_upload import folder_of, scene, send

from rayvision_sync.cancel import Cancel
from rayvision_sync.errors import Cancelled, SettingsError
from rayvision_sync.throttle import UNLIMITED_KB, Throttle, parse_speed


class Clock(object):
    """Time passes where somebody waits."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now

    def wait(self, seconds):
        self.now += seconds


@pytest.mark.parametrize("value, speed", [
    (None, None), ("", None), (0, None), ("0", None), (2048, 2048), ("2048", 2048), (b"2048", 2048), (" 7 ", 7), (1, 1),
    (UNLIMITED_KB, None), ("1048576", None), (UNLIMITED_KB - 1, UNLIMITED_KB - 1), (10 ** 30, None)])
def test_speeds_are_read(value, speed):
    assert parse_speed(value) == speed


@pytest.mark.parametrize("value", [-1, "-5", "fast", "2.5", 2.5, True, False, float("inf"), float("nan"), [], {}, "1 2",
                                   "\xfc", b"\xff", "2048KB"])
def test_other_speeds_are_refused(value):
    with pytest.raises(SettingsError) as caught:
        parse_speed(value)
    assert "KB/s" in caught.value.message


@pytest.mark.parametrize("speed_kb", [1, 100, 2048, 500000])
@pytest.mark.parametrize("block", [1, 300, 4096, None])
def test_bytes_pass_at_the_rate(speed_kb, block):
    clock = Clock()
    throttle = Throttle(speed_kb, clock)
    count = block or throttle.block_size
    began, passed = clock.now, 0
    while clock.now - began < 5 and passed < 3000 * count:
        throttle.take(count, clock.wait)
        passed += count
    expected = passed / (speed_kb * 1024.0)
    assert abs(clock.now - began - expected) <= 0.1 * expected + 0.021


def test_what_was_not_used_is_not_made_up_for():
    clock = Clock()
    throttle = Throttle(100, clock)
    throttle.take(10240, clock.wait)
    clock.now += 3600
    began = clock.now
    for _ in range(100):
        throttle.take(10240, clock.wait)
    assert clock.now - began >= 0.99 * 10 - 0.1


def test_blocks_are_a_tenth_of_a_second():
    assert Throttle(100).block_size == 10240
    assert Throttle(1).block_size == 4096
    assert Throttle(None).block_size == Throttle(10 ** 6).block_size == 1 << 20


def test_the_limit_can_be_lifted_while_somebody_waits():
    clock = Clock()
    throttle = Throttle(1, clock)

    def wait(seconds):
        clock.wait(seconds)
        throttle.set_speed(None)
    throttle.take(10 ** 9, wait)
    assert clock.now < 101


def test_a_cancel_ends_the_wait():
    cancel = Cancel()
    cancel.cancel()
    with pytest.raises(Cancelled):
        Throttle(1).take(10 ** 9, cancel.wait)


@pytest.mark.parametrize("size, count", [(4000, 300), (200000, 6)])
def test_threads_share_the_limit(tmpdir, size, count):
    pairs = scene(folder_of(tmpdir, "scene"), count, size)
    report = send(folder_of(tmpdir, "storage"), pairs, threads=8, max_speed_kb=1024)
    assert report.sent == count
    assert report.bytes / report.seconds <= 1.1 * 1024 * 1024


@pytest.mark.parametrize("before, after, seconds", [(1, 1000, 1.1), (1000, 10, 10.0)])
def test_a_limit_that_changes_holds_for_what_waits_already(before, after, seconds):
    clock = Clock()
    throttle = Throttle(before, clock)
    began, changed = clock.now, []

    def wait(length):
        clock.wait(length)
        if not changed:
            changed.append(1)
            throttle.set_speed(after)
    size = 1024 * 1000 if after > before else 1024 * 350
    throttle.take(size, wait)
    assert 0.8 * seconds <= clock.now - began <= 1.3 * seconds
