"""The pages of this project: each serves its alerts, can be followed in both worlds, and speaks for itself."""

import re
from collections import Counter
from pathlib import Path

import pytest

from festivals.catalogue import CATALOGUE
from steward.check.runbooks import Runbook, read_all, runbook_findings, subject_of

FOLDER = Path(__file__).parents[2] / "runbooks"
TEXTS = {path.stem: path.read_text() for path in sorted(FOLDER.glob("*.md"))}
PAGES = read_all(TEXTS)


def pages() -> list[object]:
    return [pytest.param(page, id=page.slug) for page in PAGES]


def section(page: Runbook, title: str) -> tuple[int, float]:
    """Return the first line of a section and that of the next."""
    starts = [one.line for one in page.sections if one.title == title]
    later = [one.line for one in page.sections if one.line > starts[0]]
    return starts[0], min(later, default=float("inf"))


def test_pages_and_alerts_agree() -> None:
    assert list(runbook_findings(subject_of(CATALOGUE, PAGES))) == []


@pytest.mark.parametrize("page", pages())
@pytest.mark.parametrize("title", ["Diagnosis", "Verification"])
def test_page_shows_what_to_ask_prometheus(page: Runbook, title: str) -> None:
    first, end = section(page, title)

    if (page.slug, title) != ("watchdog", "Verification"):
        assert [query for query in page.queries if first < query.line < end]


@pytest.mark.parametrize("page", pages())
def test_page_can_be_followed_natively_and_in_a_cluster(page: Runbook) -> None:
    assert re.search(r"\./steward |\.steward/", TEXTS[page.slug])
    assert "kubectl " in TEXTS[page.slug]


@pytest.mark.parametrize("page", pages())
def test_sections_come_in_the_order_in_which_they_are_needed(page: Runbook) -> None:
    titles = [one.title for one in page.sections]

    assert titles == ["Symptoms", "Impact", "Diagnosis", "Fix", "Verification", "Escalation"]


def test_no_paragraph_is_copied_from_page_to_page() -> None:
    paragraphs = Counter(
        " ".join(paragraph.split())
        for text in TEXTS.values()
        for paragraph in set(re.split(r"\n\s*\n", re.sub(r"```.*?```", "", text, flags=re.DOTALL)))
        if len(paragraph) > 80
    )

    assert [paragraph for paragraph, count in paragraphs.items() if count > 1] == []
