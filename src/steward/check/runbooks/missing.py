"""An alert that links a page nobody wrote."""

from collections.abc import Iterator

from steward.check.finding import Level
from steward.check.runbooks.subject import RunbookProblem, RunbooksSubject

NAME = "runbook-missing"
WHY = "Whoever is woken by the alert follows its link to nothing."


def check(subject: RunbooksSubject) -> Iterator[RunbookProblem]:
    """Yield each alert whose slug has no page."""
    written = {page.slug for page in subject.pages}
    for one in subject.alerts:
        if one.slug not in written:
            file = f"runbooks/{one.slug}.md"
            yield RunbookProblem(
                Level.ERROR,
                file,
                f"alert {one.alert}",
                f"{one.alert} links the runbook {one.slug}, which does not exist",
                f"write {file}, or give the alert the slug of a page that exists",
            )
