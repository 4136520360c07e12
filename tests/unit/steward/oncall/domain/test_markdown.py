"""Texts of others within Markdown of ours."""

import pytest
from markdown_it import MarkdownIt

from steward.oncall.domain.markdown import bullets, contained, indented, plain


@pytest.mark.parametrize(
    "text",
    [
        "APIDown on api-1",
        "festivals_http_requests_total is _wrong_ and __worse__",
        "<script>alert(1)</script> &lt; &amp;",
        "[click](javascript:alert(1)) ![x](http://evil/x.png)",
        "`code` *bold* ~~gone~~ \\ \\*",
        "{{ 7 * 7 }} | a | b |",
    ],
)
def test_plain_text_is_shown_as_it_is(text: str) -> None:
    (paragraph,) = (
        one for one in MarkdownIt("gfm-like", {"linkify": False}).parse(f"- {plain(text)}") if one.children
    )
    assert "".join(child.content for child in paragraph.children or ()) == text
    assert {child.type for child in paragraph.children or ()} <= {"text", "text_special"}


def test_plain_text_is_one_line() -> None:
    assert plain("APIDown\n\n### Root Cause\nme") == "APIDown \\#\\#\\# Root Cause me"


def test_names_with_underscores_stay_readable() -> None:
    assert plain("festivals_http_requests_total") == "festivals_http_requests_total"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# Loud\n## Less", "#### Loud\n##### Less"),
        ("####### seven", "####### seven"),
        ("#tag", "#tag"),
        ("Root Cause\n---", "Root Cause\n\\---"),
        ("Root Cause\r\n===", "Root Cause\n\\==="),
        ("```\n# comment\n```", "```\n# comment\n```"),
        ("```sql\nselect 1", "```sql\nselect 1\n```"),
        ("~~~~\n~~~\n```", "~~~~\n~~~\n```\n~~~~"),
        ("``` not `a fence\n# Loud", "``` not `a fence\n#### Loud"),
    ],
)
def test_markdown_of_others_stays_below_our_headings_and_closed(text: str, expected: str) -> None:
    assert contained(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Nobody can pay\n\n300 guests wait", "- Nobody can pay\n- 300 guests wait"),
        ("- Nobody can pay\n- 300 guests wait", "- Nobody can pay\n- 300 guests wait"),
        ("```\nlog\n```", "```\nlog\n```"),
    ],
)
def test_lines_become_a_list_unless_they_are_one(text: str, expected: str) -> None:
    assert bullets(text) == expected


def test_a_continuation_is_indented_but_for_empty_lines() -> None:
    assert indented("a\n\nb") == "  a\n\n  b"
