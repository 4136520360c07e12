"""Alerts on the on-call service. Alertmanager tells people of them itself: they must arrive without on-call."""

from festivals.catalogue.dashboards import INFRASTRUCTURE
from festivals.catalogue.teams import SRE
from steward.model import Alert, AlertGroup, Example, Gauge, Severity, above, equal, flow, given, level, minutes
from steward.model.components.oncall_metrics import (
    DELIVERIES,
    OUTBOX_AGE,
    RECONCILIATIONS,
    STEP_OVERDUE,
    WATCHDOG_AGE,
)

_SERVICE = (("service", "oncall"),)


def _replicas(*states: int) -> Example:
    processes = (
        level("up", state, job="oncall", instance=f"oncall-{number}:8090") for number, state in enumerate(states)
    )
    return given(*processes, value=max(states), job="oncall")


def _seconds(gauge: Gauge, value: float) -> Example:
    return given(level(gauge, value), value=value)


def _delivered(delivered: float, retry: float, refused: float) -> Example:
    verdicts = {"delivered": delivered, "retry": retry, "refused": refused, "unset": 1000}
    attempts = (
        flow(DELIVERIES, per_second, way="slack", verdict=verdict) for verdict, per_second in verdicts.items()
    )
    return given(*attempts, value=(retry + refused) / (delivered + retry + refused), way="slack")


def _reconciled(complete: float, failed: float) -> Example:
    return given(
        flow(RECONCILIATIONS, complete, outcome="complete"),
        flow(RECONCILIATIONS, failed, outcome="failed"),
        value=complete,
    )


DOWN = Alert(
    "OncallDown",
    Severity.CRITICAL,
    SRE,
    'max by (job) (up{job="oncall"})',
    equal(0),
    "The on-call service does not answer",
    "No replica of the on-call service has answered Prometheus for 2 minutes: nobody is escalated to, and nothing "
    "can be acknowledged. Alertmanager still tells Slack, PagerDuty and mailboxes itself. Look first at whether "
    "it runs, then at the end of its log.",
    "oncall-down",
    lasting=minutes(2),
    fires=(_replicas(0), _replicas(0, 0)),
    silent=(_replicas(1), _replicas(1, 0)),
    dashboard=INFRASTRUCTURE,
    labels=_SERVICE,
)
TIMER_LAG = Alert(
    "OncallTimerLag",
    Severity.CRITICAL,
    SRE,
    "max(steward_oncall_step_overdue_seconds)",
    above(30),
    "Escalations are {{ $value | humanizeDuration }} late",
    "A step of an escalation was due {{ $value | humanizeDuration }} ago and is not taken: the next person is not "
    "told. Look first at the log of the on-call service, then at its store.",
    "oncall-late",
    lasting=minutes(1),
    fires=(_seconds(STEP_OVERDUE, 36),),
    silent=(_seconds(STEP_OVERDUE, 18),),
    dashboard=INFRASTRUCTURE,
    labels=_SERVICE,
)
OUTBOX_STUCK = Alert(
    "OncallOutboxStuck",
    Severity.CRITICAL,
    SRE,
    "max(steward_oncall_outbox_oldest_age_seconds)",
    above(60),
    "A message has waited {{ $value | humanizeDuration }} to be sent",
    "The oldest message that is due has waited {{ $value | humanizeDuration }} without an attempt to send it: "
    "somebody is not told. Look first at the log of the on-call service, then at its store.",
    "oncall-late",
    lasting=minutes(1),
    fires=(_seconds(OUTBOX_AGE, 72),),
    silent=(_seconds(OUTBOX_AGE, 36),),
    dashboard=INFRASTRUCTURE,
    labels=_SERVICE,
)
DELIVERIES_FAILING = Alert(
    "OncallDeliveriesFailing",
    Severity.WARNING,
    SRE,
    # One that must be tried again comes back within 5 minutes, so that 15 hold several attempts. A way without
    # settings is nobody's failure: doctor says so.
    'sum by (way) (rate(steward_oncall_deliveries_total{verdict=~"retry|refused"}[15m]))\n'
    "/\n"
    '(sum by (way) (rate(steward_oncall_deliveries_total{verdict!="unset"}[15m])) > 0)',
    above(0.1),
    "{{ $value | humanizePercentage }} of the attempts to tell people by {{ $labels.way }} fail",
    "{{ $value | humanizePercentage }} of on-call's attempts to tell people by {{ $labels.way }} fail: they learn "
    "of pages late, or by other ways only. Look first at what the channel answers, in the log.",
    "oncall-deliveries-failing",
    lasting=minutes(5),
    keep_firing=minutes(5),
    fires=(_delivered(88, 12, 0), _delivered(88, 0, 12)),
    silent=(_delivered(94, 4, 2),),
    dashboard=INFRASTRUCTURE,
    labels=_SERVICE,
)
WATCHDOG_MISSING = Alert(
    "OncallWatchdogMissing",
    Severity.CRITICAL,
    SRE,
    "max(steward_oncall_watchdog_age_seconds)",
    above(300),
    "On-call has heard nothing of Alertmanager for {{ $value | humanizeDuration }}",
    "The alert that always fires was last heard {{ $value | humanizeDuration }} ago: what Alertmanager tells does "
    "not arrive at on-call, so nobody is escalated to. Look first at what Alertmanager's log says of its webhook.",
    "oncall-unheard",
    lasting=minutes(1),
    fires=(_seconds(WATCHDOG_AGE, 360),),
    silent=(_seconds(WATCHDOG_AGE, 180),),
    dashboard=INFRASTRUCTURE,
    labels=_SERVICE,
)
NOT_RECONCILED = Alert(
    "OncallNotReconciled",
    Severity.WARNING,
    SRE,
    'sum(rate(steward_oncall_reconciliations_total{outcome="complete"}[10m]))',
    equal(0),
    "On-call cannot compare itself with Alertmanager",
    "On-call has not been able to ask every Alertmanager for 15 minutes: an alert that came and went meanwhile "
    "may be missing, silences may not hold, and pages of resolved alerts stay open. Look first at whether every "
    "Alertmanager answers.",
    "oncall-unheard",
    lasting=minutes(5),
    fires=(_reconciled(0, 0.1),),
    silent=(_reconciled(0.01, 0.09),),
    dashboard=INFRASTRUCTURE,
    labels=_SERVICE,
)

ALERTS = AlertGroup(
    "oncall",
    "Alerts on the on-call service",
    (DOWN, TIMER_LAG, OUTBOX_STUCK, DELIVERIES_FAILING, WATCHDOG_MISSING, NOT_RECONCILED),
)
