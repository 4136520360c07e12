"""Matchers as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.oncall.domain import matcher_text
from steward.oncall.domain.matchers import Matcher, written
from steward.oncall.errors import Invalid

CASES = [
    ("", []),
    ('alertname="APIDown"', [Matcher("alertname", "APIDown")]),
    ("alertname=APIDown", [Matcher("alertname", "APIDown")]),
    ('{a="b", c!="d"}', [Matcher("a", "b"), Matcher("c", "d", is_equal=False)]),
    ('a=~"x.*"\r\nb!~"y"', [Matcher("a", "x.*", True), Matcher("b", "y", True, False)]),
    ('  a = "b" ,\n\n c=""  ', [Matcher("a", "b"), Matcher("c", "")]),
    (r'a="say \"hi\", \\ and\nbye"', [Matcher("a", 'say "hi", \\ and\nbye')]),
    (r'path=~"/api/\\d+"', [Matcher("path", r"/api/\d+", True)]),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_matchers_are_read(text: str, expected: list[Matcher]) -> None:
    assert list(matcher_text.read(text)) == expected


@pytest.mark.parametrize("text", ["APIDown", "a==b", 'a="b', "9a=b", 'a="b" c="d"', "a=", '="b"', 'a="b",,'])
def test_what_is_no_matcher_is_named(text: str) -> None:
    with pytest.raises(Invalid, match="is not a matcher such as"):
        matcher_text.read(text)


MATCHERS = st.lists(
    st.builds(
        Matcher,
        st.from_regex(r"[a-zA-Z_][a-zA-Z0-9_]{0,10}", fullmatch=True),
        st.text(max_size=20).filter(lambda text: "\r" not in text),
        st.booleans(),
        st.booleans(),
    ),
    max_size=5,
)


@given(MATCHERS)
def test_what_is_written_is_read_again(matchers: list[Matcher]) -> None:
    assert list(matcher_text.read(written(matchers))) == matchers
    assert list(matcher_text.read(matcher_text.lines(matchers))) == matchers
