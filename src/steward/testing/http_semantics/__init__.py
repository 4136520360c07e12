"""What counting HTTP requests has to get right: cases that any middleware for Starlette or FastAPI can be put to.

    for case in CASES:
        for framework in case.frameworks:
            verdict = await case.verdict(framework, MySubject())
            print(case.title, framework, verdict.outcome, *verdict.said)

A middleware is made known by a `Subject`: how to put it around an application, and what it has counted, in the
names that all have in common. The applications run in the same process, driven through ASGI by a client that can
leave, be cancelled, and send what no browser sends.
"""

from steward.testing.http_semantics.bodies import BODIES
from steward.testing.http_semantics.bounds import BOUNDS
from steward.testing.http_semantics.case import Case, Framework, Outcome, Trial, Verdict
from steward.testing.http_semantics.client import Answer, Call, Client
from steward.testing.http_semantics.outcomes import OUTCOMES
from steward.testing.http_semantics.routing import ROUTING
from steward.testing.http_semantics.subject import Counted, ManualTime, Measured, RealTime, Seen, Subject, Time

CASES: tuple[Case, ...] = (*ROUTING, *OUTCOMES, *BODIES, *BOUNDS)
"""Every row of the table, in the order in which it is shown."""

__all__ = [
    "CASES",
    "Answer",
    "Call",
    "Case",
    "Client",
    "Counted",
    "Framework",
    "ManualTime",
    "Measured",
    "Outcome",
    "RealTime",
    "Seen",
    "Subject",
    "Time",
    "Trial",
    "Verdict",
]
