"""What the vendor's transfer program says is understood, and what it does not say does no harm."""
from __future__ import absolute_import, division, print_function, unicode_literals

import pytest

from rayvision_sync.engines.transmitter.output import LONGEST, Output, Said

LINES = [
    ("upload file begin (/a/b.ma)", Said("begin", "/a/b.ma", 0.0, None, "")),
    ("upload file done (/a/b.ma)", Said("done", "/a/b.ma", 100.0, None, "")),
    ("download file done (/a/b.ma)", Said("done", "/a/b.ma", 100.0, None, "")),
    ("upload file interrupt (/a/b.ma), error-47: connection lost",
     Said("interrupted", "/a/b.ma", None, 47, "connection lost")),
    ("upload 47: no such storage file fail (/a/b.ma), error-", Said("failed", "/a/b.ma", None, 47, "no such storage")),
    ("upload speed: 0.50 KB/S, progress: 0.25% file progress (/a/b.ma)",
     Said("progress", "/a/b.ma", 0.25, None, "0.50")),
    ("get path (/a/b.ma) info failed", Said("unreadable", "/a/b.ma", None, None, "")),
    ("upload task success: all files are success", Said("success", None, None, None, "all files are success")),
    ("upload task failure: has recoverable error, need retry",
     Said("recoverable", None, None, None, "has recoverable error, need retry")),
    ("download task failure: at least one file is failure",
     Said("failure", None, None, None, "at least one file is failure")),
]

NAMES = ("/a/plain.ma", "/a/with space.ma", "/a/(1) copy (2).ma", "/a/\"quotes\" 'and' more.ma",
         "/a/$(touch X);`id`.ma",
         "/a/\u573a\u666f.ma", "/a/two\nlines.ma", "/a/two\n\nlines).ma", "D:\\a\\b.ma", "/a/x), error-12: y.ma")


@pytest.mark.parametrize("line, said", LINES)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_every_known_line_is_understood(line, said, end):
    assert Output().feed((end + line + end).encode("utf-8")) == [said]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_itself_in_every_line(name):
    for line, said in LINES:
        if said.path is not None:
            output = Output()
            found = output.feed(("\n%s\n\n" % line.replace("/a/b.ma", name)).encode("utf-8"))
            assert found == [said._replace(path=name)]
            assert output.unknown == 0


def test_bytes_may_come_one_by_one():
    whole = "".join("\n%s\n" % line for line, _ in LINES).encode("utf-8")
    output, found = Output(), []
    for index in range(len(whole)):
        found += output.feed(whole[index:index + 1])
    assert found == [said for _, said in LINES]


def test_a_last_line_without_an_end_counts():
    output = Output()
    assert output.feed(b"\nupload file done (/a)") == []
    assert output.end() == [Said("done", "/a", 100.0, None, "")]


def test_unknown_lines_are_counted_and_the_last_are_kept():
    output = Output()
    assert output.feed("".join("\nsomething new %d\n" % index
                               for index in range(100)).encode("utf-8")) == []
    assert output.unknown == 100
    assert list(output.last) == ["something new %d" % index for index in range(95, 100)]


def test_what_the_program_says_of_itself_is_neither_news_nor_a_reason():
    output = Output()
    assert output.feed(b"rayvision transmitter init begin\n\nupload is begin\n\n"
                       b"send connect request to transmit server\n"
                       b"\nupload task has failure\n\nrun state is 0\nneed_retry  is:1\n") == []
    assert output.unknown == 0


def test_bytes_that_are_not_utf8_do_no_harm():
    output = Output()
    found = output.feed(b"\n\xff\xfe\xc3\n\nupload file done (/a/\xff.ma)\nupload file done (/b)\n")
    assert [said.path for said in found] == ["/a/\ufffd.ma", "/b"]
    assert output.unknown == 1


def test_a_line_without_an_end_takes_no_memory():
    output = Output()
    for _ in range(100):
        output.feed(b"x" * LONGEST)
        assert len(output._rest) <= LONGEST
    assert [said.kind for said in output.feed(b"tail\nupload file done (/a)\n")] == ["done"]
    assert output.unknown == 1


def test_a_line_that_is_never_closed_ends_with_the_next_one():
    output = Output()
    found = output.feed(b"\nupload file begin (/a/cut o\n\nupload file done (/b)\n")
    assert [said.path for said in found] == ["/b"]
    assert output.unknown == 1


def test_a_line_that_stays_open_is_bounded():
    output = Output()
    output.feed(b"upload file begin (/a\n")
    for _ in range(200):
        output.feed(b"x" * 1000 + b"\n")
    assert output.unknown >= 1
    assert len(output._open or "") <= LONGEST + 1001
