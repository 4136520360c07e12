"""A page that promises to serve an alert which does not lead to it."""

from collections.abc import Iterator

from steward.check.finding import Level
from steward.check.runbooks.page import Runbook, Unreadable
from steward.check.runbooks.subject import RunbookProblem, RunbooksSubject

NAME = "runbook-serves-nobody"
WHY = "The page and the alert tell different stories, and nobody keeps a page up to date that no alert leads to."


def check(subject: RunbooksSubject) -> Iterator[RunbookProblem]:
    """Yield each page that nobody links, and each alert that a page and the catalogue do not agree on."""
    for page in subject.pages:
        if not subject.served_by(page.slug):
            yield _nobody(page)
        elif not isinstance(page.front, Unreadable):
            yield from _not_its_own(page, subject)
            yield from _untold(page, subject)


def _nobody(page: Runbook) -> RunbookProblem:
    return RunbookProblem(
        Level.WARNING,
        page.file,
        f"runbook {page.slug}",
        f"no alert links the runbook {page.slug}",
        f'give an alert runbook="{page.slug}", or remove the page',
    )


def _not_its_own(page: Runbook, subject: RunbooksSubject) -> Iterator[RunbookProblem]:
    for name in page.alerts:
        known = subject.by_alert.get(name)
        if known is None:
            message, mend = f"no alert is called {name}", "mend the name, or remove it from the front matter"
        elif known.slug != page.slug:
            message = f"{name} links the runbook {known.slug}, not this one"
            mend = "remove it from the front matter, or change the alert's slug"
        else:
            continue
        yield RunbookProblem(Level.WARNING, page.file, f"alert {name}", message, mend, page.line_of(name))


def _untold(page: Runbook, subject: RunbooksSubject) -> Iterator[RunbookProblem]:
    for one in subject.served_by(page.slug):
        if one.alert not in page.alerts:
            yield RunbookProblem(
                Level.WARNING,
                page.file,
                f"alert {one.alert}",
                f"{one.alert} links this page, which does not name it",
                "add it to `alerts` in the front matter, and see that the page speaks of it",
                1,
            )
