"""What holds for any text."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from steward.oncall.deliver.slack.message import escaped
from steward.oncall.deliver.text import http_only, one_line, several_lines

TEXT = st.text(st.characters(codec=None), max_size=200) | st.text("<>&|\r\n\t\u202e\ud800 a", max_size=200)
LIMIT = st.integers(1, 100)


@given(TEXT, LIMIT)
def test_one_line_is_one_short_line_that_can_be_encoded(text: str, limit: int) -> None:
    shown = one_line(text, limit)
    assert len(shown) <= limit
    assert len(shown.splitlines()) <= 1
    shown.encode()
    assert not any(unicodedata.category(char) in {"Cc", "Cf", "Cs"} for char in shown)
    assert one_line(shown, limit) == shown


@given(TEXT, LIMIT)
def test_several_lines_can_be_encoded(text: str, limit: int) -> None:
    shown = several_lines(text, limit)
    assert len(shown) <= limit
    assert "\r" not in shown
    shown.encode()


@given(TEXT, LIMIT)
def test_slack_sees_nothing_but_text(text: str, limit: int) -> None:
    shown = escaped(text, limit)
    assert not set("<>") & set(shown)
    assert "&" not in shown.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "")
    assert len(shown) <= max(limit, 5)


@given(TEXT)
def test_an_address_is_http_or_nothing(text: str) -> None:
    found = http_only(text)
    assert found == "" or (found == text and found.startswith(("http://", "https://", "HTTP", "http", "Http")))
