"""A small shop with people on call, alerts for it as Alertmanager sends them, and empty stores to keep them in."""

import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from steward.model import (
    BusinessDays,
    Catalogue,
    OnCall,
    Person,
    Policy,
    Rotation,
    Schedule,
    Severity,
    Step,
    Target,
    Team,
    Way,
)
from steward.oncall.domain.fingerprints import fingerprint
from steward.oncall.domain.incoming import IncomingAlert
from steward.oncall.store.database import Store, connect
from steward.oncall.store.migrate import upgrade
from steward.promql import hours, minutes

MONDAY = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
"""A working day at ten; ann is on call for sre, dan for dba, and nobody is at the backend's."""

ANN = Person("ann", "Ann Alder", "ann@shop.example", slack="U0ANN", phone="+1-555-0101")
BOB = Person("bob", "Bob Birch", "bob@shop.example", slack="U0BOB")
LEA = Person("lea", "Lea Larch", "lea@shop.example", slack="U0LEA")
DAN = Person("dan", "Dan Damson", "dan@shop.example")
DOT = Person("dot", "Dot Dogwood", "dot@shop.example")
EVE = Person("eve", "Eve Elm", "eve@shop.example", slack="U0EVE")
VIC = Person("vic", "Vic Vine", "vic@shop.example", slack="U0VIC")
"""VP Engineering."""

_FIRST_DAY = date(2026, 3, 2)

SCHEDULES = (
    Schedule("sre", "SRE on-call", "UTC", (Rotation((ANN, BOB), since=_FIRST_DAY),)),
    Schedule("dba", "DBA on-call", "Europe/Berlin", (Rotation((DAN,), since=_FIRST_DAY, handover=time(8)),)),
    Schedule("backend", "Backend on-call", "UTC"),
)

SRE = Team("sre", "SRE", "PagerDuty rotation", "VP of Engineering", "sre@shop.example", "sre", LEA, "vic")
DBA = Team("dba", "DBA", "DBA on-call", "SRE team", "dba@shop.example", "dba", DOT, "sre")
BACKEND = Team("backend", "Backend", "Backend on-call", "SRE team", "backend@shop.example", "backend", EVE, "sre")
"""Nobody takes turns there, so its pages go to the next level at once."""

_LOUD = (Way.PAGERDUTY, Way.SLACK, Way.EMAIL)

POLICIES = (
    Policy(
        Severity.CRITICAL,
        (
            Step(Target.ON_CALL, _LOUD),
            Step(Target.LEAD, _LOUD, minutes(15)),
            Step(Target.HEAD, _LOUD, minutes(30)),
        ),
    ),
    Policy(Severity.WARNING, (Step(Target.ON_CALL, (Way.SLACK,)), Step(Target.LEAD, (Way.SLACK,), hours(1)))),
    Policy(Severity.INFO, (Step(Target.ON_CALL, (Way.EMAIL,), on_business_day=True),)),
)
"""The usual escalation: at once, 15 and 30 minutes; an hour; the next business day."""

SHOP = Catalogue(
    "shop",
    "Shop",
    teams=(SRE, DBA, BACKEND),
    oncall=OnCall(
        people=(ANN, BOB, LEA, DAN, DOT, EVE, VIC),
        schedules=SCHEDULES,
        policies=POLICIES,
        head=VIC,
        business=BusinessDays("UTC", closed=(date(2026, 4, 3),)),
    ),
)


@dataclass(slots=True)
class MovableClock:
    """A clock that stands still until a test moves it; call it for the time."""

    now: datetime = MONDAY

    def __call__(self) -> datetime:
        """Return the time."""
        return self.now

    def forward(self, by: timedelta) -> datetime:
        """Move it, back too with a negative duration, and return the new time."""
        self.now += by
        return self.now


def incoming(
    name: str,
    firing: bool = True,
    *,
    starts_at: datetime = MONDAY,
    annotations: Mapping[str, str] | None = None,
    group_key: str | None = None,
    silenced: bool | None = None,
    **labels: str,
) -> IncomingAlert:
    """Return an alert of the team `sre`, critical, unless its labels say otherwise; resolved a minute after."""
    every = {"alertname": name, "severity": "critical", "team": "sre"} | labels
    return IncomingAlert(
        fingerprint=fingerprint(every),
        name=name,
        labels=every,
        annotations=annotations or {"summary": f"{name} is wrong"},
        starts_at=starts_at,
        firing=firing,
        ends_at=None if firing else starts_at + timedelta(minutes=1),
        generator_url="http://prometheus.example/graph?g0.expr=up",
        group_key=f'{{}}:{{alertname="{name}"}}' if group_key is None else group_key,
        receiver="oncall",
        silenced=silenced,
    )


def webhook(alerts: Iterable[IncomingAlert], *, group_key: str = "", receiver: str = "oncall") -> dict[str, Any]:
    """Return the body, version 4, in which Alertmanager tells of these alerts; one group for all of them."""
    told = tuple(alerts)
    return {
        "version": "4",
        "groupKey": group_key or next((one.group_key for one in told), "{}:{}"),
        "truncatedAlerts": 0,
        "status": "firing" if any(one.firing for one in told) else "resolved",
        "receiver": receiver,
        "groupLabels": _common({"alertname": one.name} for one in told),
        "commonLabels": _common(one.labels for one in told),
        "commonAnnotations": _common(one.annotations for one in told),
        "externalURL": "http://alertmanager.example",
        "alerts": [_alert(one) for one in told],
    }


def fresh_store(folder: Path) -> Store:
    """Return an empty store with the newest schema, SQLite in a file of `folder`; close it at the end."""
    database = folder / "oncall.db"
    database.write_bytes(_migrated())
    return connect(f"sqlite:///{database}")


@cache
def _migrated() -> bytes:
    """Return the file of an empty store; to migrate one for each test would take most of the test's time."""
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder, "oncall.db")
        store = connect(f"sqlite:///{database}")
        upgrade(store)
        store.close()
        return database.read_bytes()


def _alert(alert: IncomingAlert) -> dict[str, Any]:
    return {
        "status": "firing" if alert.firing else "resolved",
        "labels": dict(alert.labels),
        "annotations": dict(alert.annotations),
        "startsAt": _written(alert.starts_at),
        "endsAt": _written(alert.ends_at) if alert.ends_at else "0001-01-01T00:00:00Z",
        "generatorURL": alert.generator_url,
        "fingerprint": alert.fingerprint,
    }


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _common(maps: Iterable[Mapping[str, str]]) -> dict[str, str]:
    shared: dict[str, str] | None = None
    for one in maps:
        shared = dict(one) if shared is None else {k: v for k, v in shared.items() if one.get(k) == v}
    return shared or {}
