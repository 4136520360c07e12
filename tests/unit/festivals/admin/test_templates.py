"""What the templates must not hold, because the content security policy or the escaping would be for nothing."""

import re
from pathlib import Path

import pytest

import festivals.admin

TEMPLATES = sorted((Path(festivals.admin.__file__).parent / "templates").glob("*.html"))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_template_trusts_nothing_and_needs_no_script(template: Path) -> None:
    text = template.read_text()
    assert not re.search(r"\|\s*safe|autoescape|Markup", text)
    assert not re.search(r"<script|<style|\sstyle=|\son[a-z]+=|javascript:", text)
    assert not re.search(r"(href|src|action)=\"https?:", text)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_every_form_that_posts_carries_its_token(template: Path) -> None:
    for form in re.findall(r"<form.*?</form>", template.read_text(), re.DOTALL):
        assert 'method="post"' in form
        assert "parts.token()" in form
