"""A file while it is sent or fetched shows how far it is."""
from __future__ import absolute_import, division, print_function, unicode_literals

from support_upload import folder_of, gear, put

from rayvision_sync import stream
from rayvision_sync.model import Item

SIZE = 20000
SPEED_KB = 100  # A tenth of a second of it is a block.


def test_a_small_file_that_a_limit_slows_down_shows_how_much_is_sent(tmpdir):
    path, limited = put(folder_of(tmpdir, "scene", "wall.tx"), b"x" * SIZE), gear(max_speed_kb=SPEED_KB)
    with stream.Source(Item(path, "/wall.tx", SIZE, 0), limited) as source:
        block = source.read()
        assert 0 < len(block) < SIZE and limited.progress.in_flight() == len(block)


def test_a_small_file_that_comes_in_pieces_shows_how_much_is_here(tmpdir):
    plain, target = gear(), folder_of(tmpdir, "frames", "a.png")
    put(folder_of(tmpdir, "frames", "b.png"))
    with stream.Sink(target + ".part", Item("/a.png", target, SIZE, 0), plain) as sink:
        sink.write(b"x" * 5000)
        assert plain.progress.in_flight() == 5000
        sink.write(b"x" * 5000)
        assert plain.progress.in_flight() == 10000


def test_a_file_of_one_block_is_not_counted_while_it_moves(tmpdir):
    path, plain = put(folder_of(tmpdir, "scene", "wall.tx"), b"x" * SIZE), gear()
    with stream.Source(Item(path, "/wall.tx", SIZE, 0), plain) as source:
        assert len(source.read()) == SIZE and plain.progress.in_flight() == 0
