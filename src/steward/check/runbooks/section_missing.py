"""A page without one of the parts that a person at 3 a.m. looks for."""

from collections.abc import Iterator

from steward.check.finding import Level
from steward.check.runbooks.page import SECTIONS
from steward.check.runbooks.subject import RunbookProblem, RunbooksSubject

NAME = "runbook-section-missing"
WHY = "Whoever is woken does not learn what to look at, what to do, or whom to wake next."


def check(subject: RunbooksSubject) -> Iterator[RunbookProblem]:
    """Yield each heading that a page lacks."""
    for page in subject.pages:
        there = {section.title for section in page.sections}
        for title in SECTIONS:
            if title not in there:
                yield RunbookProblem(
                    Level.WARNING,
                    page.file,
                    f"section {title}",
                    f"the page has no section {title}",
                    f"write `## {title}`; every page has {', '.join(SECTIONS)}",
                )
