# coding: utf-8
"""The built-in renderer's pictures."""
from __future__ import absolute_import, division, print_function, unicode_literals

import pytest

from rayvision_sync import png
from rayvision_sync.farm import glyphs
from rayvision_sync.farm.picture import Caption, Painter, palette_of


def paint(number=1005, layer="", scene="city.ma", width=160, height=90):
    return Painter().paint(Caption(scene, layer, number, 1001, 1010, width, height))


def test_every_frame_is_a_picture_of_its_own_and_always_the_same():
    pictures = [paint(number) for number in range(1001, 1011)]
    assert len(set(pictures)) == 10
    assert paint(1003) == pictures[2]


def test_a_painter_that_is_used_again_draws_the_same():
    painter = Painter()
    captions = [Caption("a.ma", layer, number, 1, 9, 120, 68) for layer in ("a", "beauty") for number in (1, 2)]
    assert [painter.paint(caption) for caption in captions] == [Painter().paint(caption) for caption in captions]


def test_scene_layer_and_frame_are_written_into_the_picture_and_its_text():
    assert png.decode(paint(scene="a.ma"))[2] != png.decode(paint(scene="b.ma"))[2]
    assert palette_of("beauty") != palette_of("shadow")
    data = paint(layer="beauty")
    assert b"layer beauty, frame 1005" in data and b"city.ma" in data


@pytest.mark.parametrize("size", [(1, 1), (2, 300), (300, 2), (61, 33), (480, 270), (90, 160)])
def test_any_size_can_be_drawn(size):
    assert png.decode(paint(width=size[0], height=size[1]))[:2] == size


def test_huge_sizes_are_capped():
    assert png.decode(paint(width=100000, height=3))[:2] == (4096, 3)


def test_a_picture_can_be_given_up():
    class Enough(Exception):
        """No more."""

    def check():
        raise Enough()

    with pytest.raises(Enough):
        Painter().paint(Caption("a", "", 1, 1, 2, 320, 180), check)


@pytest.mark.parametrize("scene", ["", "城市.ma", "\t\r\u0000", "x" * 5000, "%s{0}", "\U0001f600"])
def test_any_name_can_be_written(scene):
    assert png.decode(paint(scene=scene, width=320, height=180))[:2] == (320, 180)


def test_every_ascii_letter_has_a_glyph_of_even_rows():
    for code in range(32, 127):
        rows = glyphs.glyph(chr(code))
        assert len(rows) <= glyphs.HEIGHT and len(set(len(row) for row in rows)) == 1
        assert code == 32 or rows != glyphs.glyph("\u57ce")


def test_long_texts_lose_their_middle():
    short = glyphs.fit("a_very_long_scene_name_v042.ma", 100)
    assert short.startswith("a_ver") and short.endswith("42.ma") and "..." in short
    assert glyphs.width(short) <= 100
    assert glyphs.fit("abc", 1) == ""
