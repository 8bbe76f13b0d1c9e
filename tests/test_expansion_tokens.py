"""Tokens in names, and what they match."""
from __future__ import absolute_import, division, print_function, unicode_literals

import pytest

from rayvision_sync.expansion import gaps, tokens


def matching(pattern, *names, **options):
    """Return the names that a pattern matches."""
    compiled = tokens.compile_name(pattern, **options)
    found = []
    for name in names:
        match = tokens.match(compiled, name)
        if match and tokens.values(compiled, match, {}) is not None:
            found.append(name)
    return found


@pytest.mark.parametrize("token, yes, no", [
    ("<UDIM>", "1001 1010 1999 9999", "1000 0999 101 10010 001 a u1_v1"),
    ("<udim>", "1001", "1000"), ("<Udim:10>", "1001", "7"), ("%(UDIM)d", "1042", "42"), ("_MAPID_", "1001", "1"),
    ("%UDIM", "1001", "1000"),
    ("<UVTILE>", "u1_v1 U10_V2 _u1_v1", "1001 u_v u1v1"), ("<tile>", "u1_v1 _u2_v3", "1"),
    ("%(UVTILE)d", "u1_v1", "1001"), ("u<U>_v<V>", "u1_v1 u0_v12", "u_v u1_v 1001"), ("u<u>_v<v>", "u0_v0", "u0"),
    ("u%(U)d_v%(V)d", "u1_v1", "u1"), ("u<utile>_v<vtile>", "u1_v2", "u1"),
    ("<f>", "1 0001 12345 -5", "a 1.5"), ("<F>", "7", "x"), ("<frame>", "1 0001", "x"), ("<frame0>", "1 0001", "x"),
    ("<f4>", "0001 1234 12345 -001", "1 001 01234"), ("<frame04>", "0001 10000", "001 00001"),
    ("#", "1 0001", "a"), ("####", "0001 1001 10010 -001 -0001", "1 001 00001"), ("##", "01 99 100", "1 001"),
    ("%04d", "0001 1001 12345", "1 001 00001"), ("%4d", "1001", "1"), ("%d", "1 0 1001 -3", "0001 01 a"),
    ("$F", "1 1001", "0001"), ("$F4", "0001 1001", "1"), ("${F4}", "0001", "1"), ("${F}", "1", "01"),
    ("$F1", "1 12", "01"), ("$SF4", "0012", "12"), ("<attr:variant default:a>", "a anything", "")])
def test_a_token_matches_its_names_only(token, yes, no):
    pattern = "wall.%s.exr" % token
    names = ["wall.%s.exr" % value for value in yes.split()]
    others = ["wall.%s.exr" % value for value in no.split()]
    assert matching(pattern, *(names + others)) == names
    assert tokens.has_tokens(pattern)


@pytest.mark.parametrize("name", ["wall.exr", "$FOO.exr", "100%wool.exr", "$HIP", "a<b", "a<1>b", "<>", "%s", "$Fx.exr",
                                  "${FOO}", "[UDIM]", "$f4.exr", "%TEX%"])
def test_other_names_have_no_tokens(name):
    assert not tokens.has_tokens(name)


def test_several_tokens_stand_in_one_name():
    names = ("wall.1001.0001.exr", "wall.1002.0003.exr", "wall.1001.exr", "wall.1001.1.exr")
    assert matching("wall.<UDIM>.####.exr", *names) == list(names[:2])
    compiled = tokens.compile_name("wall.<UDIM>.####.exr")
    assert tokens.values(compiled, tokens.match(compiled, names[1]), {}) == {"udim": 1002, "frame": 3}


def test_one_token_twice_stands_for_one_thing():
    assert matching("<UDIM>_<UDIM>.exr", "1001_1001.exr", "1001_1002.exr") == ["1001_1001.exr"]
    compiled = tokens.compile_name("a.####.exr")
    assert tokens.values(compiled, tokens.match(compiled, "a.0002.exr"), {"frame": 1}) is None


def test_of_two_frames_in_a_name_the_first_counts():
    compiled = tokens.compile_name("cacheFrame<f>Tick<f>.mcx")
    name = "cacheFrame12Tick100.mcx"
    assert tokens.values(compiled, tokens.match(compiled, name), {}) == {"frame": 12}


def test_case_counts_where_the_disk_says_so():
    assert matching("Wall.<UDIM>.EXR", "wall.1001.exr") == []
    assert matching("Wall.<UDIM>.EXR", "wall.1001.exr", fold=True) == ["wall.1001.exr"]


def test_signs_of_regular_expressions_are_plain_ones():
    assert matching("a+(b)[c].####.exr", "a+(b)[c].0001.exr", "aab[c].0001.exr") == ["a+(b)[c].0001.exr"]


@pytest.mark.parametrize("name, expected", [
    ("smoke.1001.vdb", "smoke.<f>.vdb"), ("smoke_v012.0007.exr", "smoke_v012.<f>.exr"), ("a0001.tx", "a<f>.tx"),
    ("smoke.exr.1001", "smoke.exr.<f>"), ("smoke.0001.bgeo.gz", "smoke.<f>.bgeo.gz"), ("logo.exr", "logo.exr"),
    ("1001", "1001"), ("v2_final.exr", "v2_final.exr"), ("-5.exr", "<f>.exr")])
def test_a_frame_of_a_sequence_leads_to_its_pattern(name, expected):
    assert tokens.as_sequence(name) == expected


@pytest.mark.parametrize("lacking, expected", [
    ([1003], "1003"), ([1003, 1007, 1008, 1009, 1010], "1003, 1007-1010"), (range(1001, 1021), "1001-1020"),
    ([1001, 1002, 1004], "1001-1002, 1004")])
def test_numbers_are_said_as_ranges(lacking, expected):
    assert gaps.ranges(lacking, list(range(1001, 1021))) == expected


def test_steps_count_as_neighbours_and_many_gaps_are_counted():
    assert gaps.ranges([1, 3, 5, 9], [1, 3, 5, 7, 9]) == "1-5, 9"
    assert gaps.ranges(range(1, 100, 2), list(range(1, 100))).endswith("37, 39, 30 gaps more")


def test_holes_are_looked_for_in_rows():
    assert gaps.holes({1001, 1002, 1005, 1011, 1013, 1021}) == [1003, 1004, 1012]


def test_what_a_pattern_writes_it_reads():
    hypothesis = pytest.importorskip("hypothesis")
    st = pytest.importorskip("hypothesis.strategies")
    plain = st.text("abz._-+()[]{}^$|*? \xe4\u96ea", max_size=8).filter(lambda text: not tokens.has_tokens(text))
    spelled = st.sampled_from(["<f>", "#", "####", "%04d", "%d", "$F", "$F4", "${F4}", "<frame>", "<f6>"])

    @hypothesis.settings(max_examples=300, deadline=None, database=None, derandomize=True)
    @hypothesis.given(plain, spelled, st.sampled_from([".exr", ".vdb", "_", ""]), st.integers(0, 10 ** 8))
    def check(before, token, after, number):
        pattern, alone = before + token + after, tokens.split(token)
        if tokens.split(pattern) != ([before] if before else []) + alone + ([after] if after else []):
            return  # The texts around made another token of it.
        name = "%s%0*d%s" % (before, max(alone[0].width, 1), number, after)
        assert matching(pattern, name) == [name]
        compiled = tokens.compile_name(pattern)
        assert tokens.values(compiled, tokens.match(compiled, name), {}) == {"frame": number}

    check()


def test_any_name_can_be_compiled():
    hypothesis = pytest.importorskip("hypothesis")
    st = pytest.importorskip("hypothesis.strategies")

    @hypothesis.settings(max_examples=300, deadline=None, database=None, derandomize=True)
    @hypothesis.given(st.text("<>%#$(){}udimfUDIMF_0123456789.:a", max_size=30))
    def check(name):
        compiled = tokens.compile_name(name)
        assert "".join(getattr(piece, "text", piece) for piece in tokens.split(name)) == name
        if not tokens.has_tokens(name):
            assert tokens.match(compiled, name)

    check()
