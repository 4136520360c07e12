"""Which alerts reach whom, and which stay quiet because of others."""

from festivals.catalogue.services import SENDER
from steward.model import (
    Email,
    Inhibition,
    LabelMatch,
    Mail,
    PagerDuty,
    Receiver,
    Route,
    Routing,
    Slack,
    hours,
    minutes,
    seconds,
    where,
)
from steward.model.components.alertmanager import PAGERDUTY_KEY, SLACK_WEBHOOK, SMTP_PASSWORD
from steward.model.components.oncall import WEBHOOK as ONCALL

RECEIVERS = (
    Receiver("default", (Email("team@festivals.app"), ONCALL)),
    Receiver("slack", (Slack("#festivals-warnings", SLACK_WEBHOOK), ONCALL)),
    Receiver("pagerduty", (PagerDuty(PAGERDUTY_KEY), Slack("#festivals-critical", SLACK_WEBHOOK), ONCALL)),
    # On-call hears of a breach by its severity's receiver, whose group is the one that PagerDuty knows.
    Receiver("slo", (Slack("#festivals-slo", SLACK_WEBHOOK),)),
    Receiver("watchdog", (ONCALL,)),
)

ROOT = Route(
    "default",
    routes=(
        # On-call misses it after a few minutes, so it is told every minute.
        Route("watchdog", (where("severity", "none"),), repeat_interval=minutes(1)),
        # A breach is told where objectives are watched, and besides as its severity asks.
        Route("slo", (LabelMatch("slo", "=~", ".+"),), goes_on=True),
        Route("pagerduty", (where("severity", "critical"),)),
        Route("slack", (where("severity", "warning"),)),
        # The root would not take an information that the branch of the objectives has taken.
        Route("default", (where("severity", "info"),)),
    ),
    group_by=("alertname", "cluster", "service"),
    group_wait=seconds(10),
    group_interval=seconds(10),
    repeat_interval=hours(1),
)


def _any(label: str, *values: str) -> LabelMatch:
    return LabelMatch(label, "=~", "|".join(values))


_WORSE_SAME_SYMPTOM = Inhibition(
    (where("severity", "critical"), LabelMatch("symptom", "=~", ".+")),
    (where("severity", "warning"), LabelMatch("symptom", "=~", ".+")),
    ("cluster", "service", "symptom", "instance", "mountpoint"),
    "The critical alert on the same value of the same thing already says so.",
)
_FAST_OVER_SLOW_BURN = (
    Inhibition(
        (where("severity", "critical"), LabelMatch("slo", "=~", ".+")),
        (_any("severity", "warning", "info"), LabelMatch("slo", "=~", ".+")),
        ("cluster", "slo", "festival_id"),
        "Whoever is paged for the fast burn of an objective needs no note on its slow burn.",
    ),
    Inhibition(
        (where("severity", "warning"), LabelMatch("slo", "=~", ".+")),
        (where("severity", "info"), LabelMatch("slo", "=~", ".+")),
        ("cluster", "slo", "festival_id"),
        "The warning on an objective includes that its budget will not last.",
    ),
)
_CAUSE_OVER_EFFECT = (
    Inhibition(
        (where("alertname", "PostgreSQLDown"),),
        (
            _any(
                "alertname",
                "APIHighErrorRate",
                "APIHighLatencyP99",
                "APIHighLatencyP99Critical",
                "HighFailedTransactionRate",
                "TransactionVolumeDrop",
                "NoTransactions",
                "WorkerJobsFailing",
                "WorkerQueueStuck",
            ),
        ),
        ("cluster",),
        "Without its database the platform can neither answer nor take money nor work off its queue.",
    ),
    Inhibition(
        (where("alertname", "APIDown"),),
        (
            _any(
                "alertname",
                "APIHighErrorRate",
                "APIHighLatencyP99",
                "APIHighLatencyP99Critical",
                "HighFailedTransactionRate",
                "TransactionVolumeDrop",
                "NoTransactions",
                "HighTicketScanFailureRate",
            ),
        ),
        ("cluster",),
        "Nothing is sold and no ticket scanned while the API does not answer.",
    ),
    Inhibition(
        (where("alertname", "RedisDown"),),
        (_any("alertname", "APIHighLatencyP99", "APIHighLatencyP99Critical", "RedisLowHitRate"),),
        ("cluster",),
        "Without its cache the API asks the database for everything, and is slower for it.",
    ),
    Inhibition(
        (where("alertname", "OncallDown"),),
        (where("alertname", "AlertmanagerNotificationsFailing"), where("integration", "webhook")),
        ("cluster",),
        "While the on-call service is down, Alertmanager cannot tell it anything.",
    ),
    Inhibition(
        (_any("alertname", "APIDown", "WorkerDown", "AdminDown", "OncallDown"),),
        (where("alertname", "TargetDown"),),
        ("cluster", "job"),
        "The alert on the whole service says more than the one on each of its processes.",
    ),
)

ROUTING = Routing(
    ROOT,
    RECEIVERS,
    (_WORSE_SAME_SYMPTOM, *_FAST_OVER_SLOW_BURN, *_CAUSE_OVER_EFFECT),
    Mail("smtp.example.com:587", SENDER, password=SMTP_PASSWORD),
)
