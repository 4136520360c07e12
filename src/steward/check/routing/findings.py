"""All checks of routing, one after the other."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Protocol

from steward.check.finding import Finding
from steward.check.routing import (
    inhibition_never_matches,
    inhibits_itself,
    no_receiver,
    unknown_receiver,
    unreachable_route,
    unused_receiver,
)
from steward.check.routing.subject import RoutingProblem, RoutingSubject


class RoutingCheck(Protocol):
    """A module that checks routing."""

    NAME: str
    WHY: str

    def check(self, subject: RoutingSubject) -> Iterator[RoutingProblem]:
        """Yield what is wrong."""


CHECKS: tuple[RoutingCheck, ...] = (
    unknown_receiver,
    unused_receiver,
    no_receiver,
    unreachable_route,
    inhibition_never_matches,
    inhibits_itself,
)


def routing_findings(subject: RoutingSubject) -> Iterator[Finding]:
    """Yield what every check finds."""
    for one in CHECKS:
        for problem in one.check(subject):
            place = replace(subject.place, what=problem.what)
            yield Finding(one.NAME, problem.level, place, problem.message, one.WHY, problem.mend)
