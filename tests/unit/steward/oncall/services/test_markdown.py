"""Markdown as HTML, whoever wrote it."""

import pytest

from steward.oncall.services.markdown import rendered


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "![x](http://evil.example/x.png)",
        "[x](javascript:alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        "[x](JaVaScRiPt&colon;alert(1))",
        "<javascript:alert(1)>",
        '[x](http://a.example "onmouseover=alert(1)")',
        "`<b onclick=alert(1)>`",
        "<svg/onload=alert(1)>",
    ],
)
def test_nothing_harmful_comes_through(text: str) -> None:
    html = rendered(text)
    for tag in ("<script", "<img", "<svg", "<b ", "<iframe", "<style"):
        assert tag not in html
    assert 'href="javascript' not in html.lower()
    assert 'href="data' not in html.lower()
    assert " onmouseover=" not in html.replace('"onmouseover=alert(1)"', "")


def test_html_is_shown_as_it_was_written() -> None:
    assert rendered("<b>x</b>") == "<p>&lt;b&gt;x&lt;/b&gt;</p>\n"


def test_links_of_other_kinds_lead_nowhere() -> None:
    assert "href" not in rendered("[x](ftp://a.example/x)")


def test_links_lead_where_they_say_without_telling_from_where() -> None:
    html = rendered("[book](https://a.example/b?c=1)")
    assert html == '<p><a href="https://a.example/b?c=1" rel="noopener noreferrer nofollow">book</a></p>\n'


def test_links_between_pages_are_given_their_address() -> None:
    html = rendered("[other](other.md)", address=lambda link: "/runbooks/" + link.removesuffix(".md"))
    assert 'href="/runbooks/other"' in html


def test_tables_and_tasks_are_shown() -> None:
    assert "<td>1</td>" in rendered("|a|\n|-|\n|1|")
    assert rendered("- [ ] one\n- [x] two") == "<ul>\n<li>☐ one</li>\n<li>☑ two</li>\n</ul>\n"


def test_lines_end_where_the_writer_ended_them_only_if_wanted() -> None:
    assert rendered("a\nb") == "<p>a\nb</p>\n"
    assert rendered("a\nb", breaks=True) == "<p>a<br>\nb</p>\n"


def test_a_block_of_code_says_its_language_and_nothing_else() -> None:
    assert '<code class="language-mermaid">' in rendered("```mermaid\nflowchart LR\n```")
    assert "class" not in rendered('```x" onclick="alert(1)\ncode\n```')
    assert "class" not in rendered("```mermaid\x00card\ncode\n```")
    assert '<code class="language-promql">' in rendered("```promql title\nup\n```")
