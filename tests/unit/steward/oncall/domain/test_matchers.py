"""Matchers say what Alertmanager says, and refuse what it would refuse."""

import pytest

from steward.oncall.domain.matchers import Matcher, check, written
from steward.oncall.errors import Invalid


@pytest.mark.parametrize(
    ("matcher", "text"),
    [
        (Matcher("alertname", "APIDown"), 'alertname="APIDown"'),
        (Matcher("cluster", "test", is_equal=False), 'cluster!="test"'),
        (Matcher("path", "/a.*", is_regex=True), 'path=~"/a.*"'),
        (Matcher("path", "/a.*", is_regex=True, is_equal=False), 'path!~"/a.*"'),
        (Matcher("said", 'a "b"\\\n'), 'said="a \\"b\\"\\\\\\n"'),
    ],
)
def test_one_is_written_as_alertmanager_reads_it(matcher: Matcher, text: str) -> None:
    assert str(matcher) == text
    assert Matcher.read(matcher.json()) == matcher


def test_what_an_older_alertmanager_leaves_out_is_equal() -> None:
    assert Matcher.read({"name": "a", "value": "b", "isRegex": False}) == Matcher("a", "b")


def test_several_are_written_side_by_side() -> None:
    assert written([Matcher("a", "b"), Matcher("c", "d", is_equal=False)]) == 'a="b", c!="d"'


@pytest.mark.parametrize(
    "matchers",
    [
        [Matcher("alertname", "APIDown")],
        [Matcher("alertname", "API.+", is_regex=True)],
        [Matcher("alertname", "APIDown"), Matcher("cluster", "", is_equal=False)],
        [Matcher("alertname", "APIDown"), Matcher("cluster", ".*", is_regex=True)],
        [Matcher("cluster", "", is_equal=False)],
        [Matcher("team", r"\w+|[[:alpha:]]", is_regex=True)],
    ],
)
def test_what_alertmanager_takes_is_taken(matchers: list[Matcher]) -> None:
    check(matchers)


@pytest.mark.parametrize(
    ("matchers", "why"),
    [
        ([], "1 to 20"),
        ([Matcher("a", "b")] * 21, "1 to 20"),
        ([Matcher("alert-name", "x")], "letters, digits and underscores"),
        ([Matcher("1a", "x")], "letters, digits and underscores"),
        ([Matcher("a\n", "x")], "letters, digits and underscores"),
        ([Matcher("a", "(", is_regex=True)], "no regular expression"),
        ([Matcher("a", "(?=x)y", is_regex=True)], "no regular expression"),
        ([Matcher("a", r"(x)\1", is_regex=True)], "no regular expression"),
        ([Matcher("a", "((a{100}){100}){100}", is_regex=True)], "no regular expression"),
        ([Matcher("a", "x" * 501)], "at most 500 characters"),
        ([Matcher("a", "x\x00")], "no NUL"),
        ([Matcher("a", "")], "silence alerts that have none of these labels"),
        ([Matcher("a", ".*", is_regex=True)], "silence alerts that have none of these labels"),
        ([Matcher("a", "x", is_equal=False)], "silence alerts that have none of these labels"),
        ([Matcher("a", "x", is_regex=True, is_equal=False), Matcher("b", "")], "none of these labels"),
    ],
)
def test_what_alertmanager_refuses_or_what_silences_all_is_refused(matchers: list[Matcher], why: str) -> None:
    with pytest.raises(Invalid, match=why):
        check(matchers)


def test_a_pattern_that_takes_exponential_time_elsewhere_is_checked_at_once() -> None:
    check([Matcher("alertname", "x"), Matcher("a", "(|)" * 160 + "x", is_regex=True)])
