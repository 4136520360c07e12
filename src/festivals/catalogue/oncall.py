"""Who is on call when, and how an alert goes from one to the next."""

from datetime import date, time

from festivals.catalogue import people
from steward.model import (
    BusinessDays,
    OnCall,
    Person,
    Policy,
    Rotation,
    Schedule,
    Severity,
    Step,
    Target,
    Way,
    hours,
    minutes,
)
from steward.model.components.alertmanager import PAGERDUTY_KEY, SLACK_WEBHOOK

_ZONE = "Europe/Berlin"
_A_MONDAY = date(2024, 1, 1)


def _weekly(name: str, title: str, *turns: Person) -> Schedule:
    """Return a schedule round the clock that is handed over on Mondays at ten, when both are at work."""
    return Schedule(name, title, _ZONE, (Rotation(turns, _A_MONDAY, handover=time(10)),))


SRE = _weekly("sre", "SRE on-call", people.ADA, people.BEN, people.CHIARA)
DBA = _weekly("dba", "DBA on-call", people.ELIF, people.FARID)
BACKEND = _weekly("backend", "Backend on-call", people.HIRO, people.INES, people.JONAS)
SECURITY = _weekly("security", "Security on-call", people.LUCIA, people.MIRA)
PLATFORM = _weekly("platform", "Platform on-call", people.OSCAR, people.PRIYA)

_LOUD = (Way.PAGERDUTY, Way.SLACK, Way.EMAIL)

CRITICAL = Policy(
    Severity.CRITICAL,
    (
        Step(Target.ON_CALL, _LOUD),
        Step(Target.LEAD, _LOUD, minutes(15)),
        Step(Target.HEAD, _LOUD, minutes(30)),
    ),
)
WARNING = Policy(
    Severity.WARNING,
    (
        Step(Target.ON_CALL, (Way.SLACK,)),
        Step(Target.LEAD, (Way.SLACK,), hours(1)),
    ),
)
INFO = Policy(Severity.INFO, (Step(Target.ON_CALL, (Way.EMAIL,), on_business_day=True),))

ONCALL = OnCall(
    people=people.PEOPLE,
    schedules=(SRE, DBA, BACKEND, SECURITY, PLATFORM),
    policies=(CRITICAL, WARNING, INFO),
    head=people.VERA,
    business=BusinessDays(_ZONE, country="DE", subdivision="BE"),
    slack=SLACK_WEBHOOK,
    pagerduty=PAGERDUTY_KEY,
)
