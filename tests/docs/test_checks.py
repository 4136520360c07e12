"""docs/checks.md has one section a check, in the order of the list."""

import re
from pathlib import Path

import pytest

from steward.check.registry import CHECKS

PAGE = (Path(__file__).parents[2] / "docs" / "checks.md").read_text()
SECTIONS = dict(re.findall(r"^## ([a-z-]+)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))


def test_every_check_has_a_section_in_order() -> None:
    assert list(SECTIONS) == [check.name for check in CHECKS]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_a_section_says_what_why_an_example_and_how_to_mend_it(check: object) -> None:
    name, why = getattr(check, "name", ""), getattr(check, "why", "")
    what, example, mend = re.split(r"^```.*$", SECTIONS[name], flags=re.MULTILINE)

    assert why in what
    assert what.strip() != why
    assert example.strip()
    assert mend.strip()
