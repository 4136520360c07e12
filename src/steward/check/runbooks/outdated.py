"""A page whose severity or owner is no longer that of its alerts."""

from collections.abc import Iterator

from steward.check.finding import Level
from steward.check.runbooks.page import FrontMatter
from steward.check.runbooks.subject import RunbookProblem, RunbooksSubject, worst

NAME = "runbook-outdated"
WHY = "The page tells its reader to hurry, or to wait, when the alert says otherwise, or to ask the wrong team."


def check(subject: RunbooksSubject) -> Iterator[RunbookProblem]:
    """Yield each page that is more or less urgent than its worst alert, or owned by none of their teams."""
    for page in subject.pages:
        alerts = subject.served_by(page.slug)
        if not alerts or not isinstance(page.front, FrontMatter):
            continue
        severity = worst(alerts).value
        teams = sorted({one.team for one in alerts})
        if page.front.severity != severity:
            message = f"its severity is {page.front.severity}, the worst of its alerts is {severity}"
            mend, key = f"write `severity: {severity}`", "severity:"
        elif page.front.owner not in teams:
            message = f"its owner is {page.front.owner}, its alerts belong to {', '.join(teams)}"
            mend, key = f"write `owner: {teams[0]}`", "owner:"
        else:
            continue
        yield RunbookProblem(Level.WARNING, page.file, f"runbook {page.slug}", message, mend, page.line_of(key))
