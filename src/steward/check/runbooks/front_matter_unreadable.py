"""A page that does not say which alerts it serves."""

from collections.abc import Iterator

from steward.check.finding import Level
from steward.check.runbooks.page import Unreadable
from steward.check.runbooks.subject import RunbookProblem, RunbooksSubject

NAME = "runbook-front-matter-unreadable"
WHY = "Without it nobody can tell which alerts the page serves and who keeps it up to date."

_MEND = (
    "begin the page with `---`, then title: TEXT, alerts: [NAME, ...], severity: critical, warning, info or none, "
    "owner: TEAM, then `---`"
)


def check(subject: RunbooksSubject) -> Iterator[RunbookProblem]:
    """Yield each page whose front matter cannot be read."""
    for page in subject.pages:
        if isinstance(page.front, Unreadable):
            what, front = f"runbook {page.slug}", page.front
            yield RunbookProblem(Level.ERROR, page.file, what, front.message, _MEND, front.line)
