"""Alerts on PostgreSQL, as its exporter sees it.

While the exporter itself is down there is no `pg_up`; that is TargetDown's matter, since nobody knows then whether
PostgreSQL works.
"""

from festivals.catalogue.dashboards import INFRASTRUCTURE
from festivals.catalogue.teams import DBA
from steward.model import Alert, AlertGroup, Example, Severity, above, equal, given, level, minutes

_SERVICE = (("service", "postgres"),)
_CONNECTIONS = (*_SERVICE, ("symptom", "connections"))
_EXPORTER = {"job": "postgres-exporter", "instance": "postgres-exporter:9187"}
_SERVER = {**_EXPORTER, "server": "postgres:5432"}

_CONNECTION_USAGE = """\
sum by (instance) (pg_stat_activity_count)
/
(
  max by (instance) (pg_settings_max_connections)
  - max by (instance) (pg_settings_superuser_reserved_connections) > 0
)"""
"""Of the connections that the platform may open: those kept back for superusers do not help it."""


def _connections(used: int) -> Example:
    """Return the state of a server with 103 connections, of which 3 are kept back."""
    return given(
        level("pg_stat_activity_count", used - 10, datname="festivals", state="active", **_SERVER),
        level("pg_stat_activity_count", 10, datname="festivals", state="idle", **_SERVER),
        level("pg_settings_max_connections", 103, **_SERVER),
        level("pg_settings_superuser_reserved_connections", 3, **_SERVER),
        value=used / 100,
        instance=_EXPORTER["instance"],
    )


def _transactions(oldest: float) -> Example:
    return given(
        level(
            "pg_stat_activity_max_tx_duration", oldest, datname="festivals", state="idle in transaction", **_SERVER
        ),
        level("pg_stat_activity_max_tx_duration", 1, datname="festivals", state="active", **_SERVER),
        value=oldest,
        datname="festivals",
        instance=_EXPORTER["instance"],
    )


DOWN = Alert(
    "PostgreSQLDown",
    Severity.CRITICAL,
    DBA,
    "pg_up",
    equal(0),
    "PostgreSQL does not answer",
    "{{ $labels.instance }} has not reached PostgreSQL for a minute: no payment, top-up or scan can be "
    "stored. Look first at whether the server runs, then at its log, its disk and its connections.",
    "postgresql-down",
    lasting=minutes(1),
    fires=(given(level("pg_up", 0, **_EXPORTER), value=0, **_EXPORTER),),
    silent=(given(level("pg_up", 1, **_EXPORTER), value=1, **_EXPORTER),),
    dashboard=INFRASTRUCTURE,
    labels=_SERVICE,
)
HIGH_CONNECTION_USAGE = Alert(
    "PostgreSQLHighConnectionUsage",
    Severity.WARNING,
    DBA,
    _CONNECTION_USAGE,
    above(0.80),
    "{{ $value | humanizePercentage }} of PostgreSQL's connections are in use",
    "{{ $value | humanizePercentage }} of the connections that PostgreSQL has for the platform are in use, more "
    "than 80 %: at 100 % requests fail. Look first at connections that are idle in a transaction.",
    "database-connection-exhaustion",
    lasting=minutes(5),
    keep_firing=minutes(5),
    fires=(_connections(88),),
    silent=(_connections(60),),
    dashboard=INFRASTRUCTURE,
    labels=_CONNECTIONS,
)
CRITICAL_CONNECTION_USAGE = Alert(
    "PostgreSQLCriticalConnectionUsage",
    Severity.CRITICAL,
    DBA,
    _CONNECTION_USAGE,
    above(0.95),
    "{{ $value | humanizePercentage }} of PostgreSQL's connections are in use",
    "{{ $value | humanizePercentage }} of the connections that PostgreSQL has for the platform are in use, more "
    "than 95 %: requests are about to fail. End idle connections first, then look for who opened them.",
    "database-connection-exhaustion",
    lasting=minutes(2),
    keep_firing=minutes(2),
    fires=(_connections(98),),
    silent=(_connections(85),),
    dashboard=INFRASTRUCTURE,
    labels=_CONNECTIONS,
)
SLOW_QUERIES = Alert(
    "PostgreSQLSlowQueries",
    Severity.WARNING,
    DBA,
    "max by (instance, datname) (pg_stat_activity_max_tx_duration)",
    above(30),
    "A transaction in {{ $labels.datname }} has run for {{ $value | humanizeDuration }}",
    "For 5 minutes there has been a transaction of more than 30 s in the database {{ $labels.datname }}; the "
    "oldest has run for {{ $value | humanizeDuration }}. It holds its locks and its connection, so others "
    "wait. Look first at what it does, and whether it is idle.",
    "postgresql-slow-queries",
    lasting=minutes(5),
    keep_firing=minutes(2),
    fires=(_transactions(36),),
    silent=(_transactions(18),),
    dashboard=INFRASTRUCTURE,
    labels=_SERVICE,
)

ALERTS = AlertGroup(
    "database",
    "Alerts on PostgreSQL",
    (DOWN, HIGH_CONNECTION_USAGE, CRITICAL_CONNECTION_USAGE, SLOW_QUERIES),
)
