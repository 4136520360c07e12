"""All checks of runbooks, one after the other."""

from collections.abc import Iterator
from typing import Protocol

from steward.check.finding import Finding, Place
from steward.check.runbooks import front_matter_unreadable, missing, outdated, section_missing, serves_nobody
from steward.check.runbooks.queries import unreadable_queries
from steward.check.runbooks.subject import RunbookProblem, RunbooksSubject


class RunbookCheck(Protocol):
    """A module that checks runbooks."""

    NAME: str
    WHY: str

    def check(self, subject: RunbooksSubject) -> Iterator[RunbookProblem]:
        """Yield what is wrong."""


CHECKS: tuple[RunbookCheck, ...] = (missing, front_matter_unreadable, serves_nobody, outdated, section_missing)


def runbook_findings(subject: RunbooksSubject) -> Iterator[Finding]:
    """Yield what every check finds; the queries of the pages are for the checks of expressions besides."""
    for one in CHECKS:
        for problem in one.check(subject):
            place = Place(problem.file, problem.line, problem.what)
            yield Finding(one.NAME, problem.level, place, problem.message, one.WHY, problem.mend)
    yield from unreadable_queries(subject.pages)
