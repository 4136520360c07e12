from datetime import UTC, datetime, timedelta

import pytest

from steward.oncall.deliver.text import clipped, duration, http_only, moment, one_line, several_lines, without


@pytest.mark.parametrize(
    ("text", "limit", "shown"),
    [
        ("plain", 5, "plain"),
        ("two\r\nlines\tand a tab", 100, "two lines and a tab"),
        ("a\x00b\u202ec\ud800d\u2028e", 100, "abcde"),
        ("  spaces   inside ", 100, "spaces inside"),
        ("x" * 20, 10, "x" * 9 + "…"),
        ("", 10, ""),
    ],
)
def test_one_line(text: str, limit: int, shown: str) -> None:
    assert one_line(text, limit) == shown


def test_several_lines_keeps_lines() -> None:
    assert several_lines("one\r\ntwo\rthree\x07\n", 100) == "one\ntwo\nthree"


def test_clipped_never_exceeds_its_limit() -> None:
    assert [len(clipped("x" * count, 5)) for count in (4, 5, 6, 100)] == [4, 5, 5, 5]


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//host/path",
        "http://",
        "",
        "http://host/a b",
        "http://host/\n",
        "http://[",
        "ftp://host/",
        "http://host/\u202e",
    ],
)
def test_no_other_address_than_http(address: str) -> None:
    assert http_only(address) == ""


def test_an_http_address_stays_as_it_is() -> None:
    assert http_only("https://host:1/a?b=c&d=%20#e") == "https://host:1/a?b=c&d=%20#e"


def test_without_secrets() -> None:
    assert without("key abc and abc", ["abc", None, ""]) == "key … and …"


def test_times() -> None:
    assert moment(datetime(2026, 3, 2, 10, 5, 59, tzinfo=UTC)) == "2026-03-02 10:05 UTC"
    assert [duration(timedelta(seconds=one)) for one in (0, 59, 3_665, 90_000, -5)] == [
        "0 s",
        "59 s",
        "1 h 1 min",
        "1 d 1 h",
        "0 s",
    ]
