"""Findings that are meant: told only when asked for, and never for nothing."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from steward.check.finding import Finding, Level, Place
from steward.check.reading.accepts import Comment
from steward.model import Accepted

UNREADABLE = "accept-unreadable"
UNREADABLE_WHY = "It accepts nothing: without a check's name, a reason and a rule it is not known what is meant."
UNUSED = "accept-unused"
UNUSED_WHY = "It would hide the finding if it came back for another cause."
CHECKS = ((UNREADABLE, UNREADABLE_WHY), (UNUSED, UNUSED_WHY))


def marked(findings: Iterable[Finding], accepts: Sequence[Accepted]) -> Iterator[Finding]:
    """Yield findings, those that are accepted with the reason."""
    reasons = {one.check: one.reason for one in accepts}
    for finding in findings:
        yield replace(finding, accepted=reasons.get(finding.check))


def vain(
    findings: Sequence[Finding],
    accepts: Sequence[Accepted],
    place: Place,
    ran: frozenset[str],
    known: frozenset[str],
) -> Iterator[Finding]:
    """Yield a finding for each acceptance of what does not exist, or was not found although its check ran."""
    found = {finding.check for finding in findings}
    for one in accepts:
        if one.check not in known:
            message, mend = f"no check is called {one.check}", "`steward lint --list` names the checks"
            yield Finding(UNREADABLE, Level.WARNING, place, message, UNREADABLE_WHY, mend)
        elif one.check in ran and one.check not in found:
            message = f"{one.check} is accepted and finds nothing here"
            yield Finding(UNUSED, Level.WARNING, place, message, UNUSED_WHY, "remove the acceptance")


def stray(file: str, comments: Iterable[Comment]) -> Iterator[Finding]:
    """Yield a finding for each comment that cannot be understood or is about no rule."""
    for comment in comments:
        about = "there is no rule below it" if comment.accepted else "it cannot be understood"
        yield Finding(
            UNREADABLE,
            Level.WARNING,
            Place(file, comment.line, "comment"),
            f"`steward: {comment.said}`: {about}",
            UNREADABLE_WHY,
            "write `# steward: accept CHECK because REASON` above a rule",
        )
