"""What is told: the same content for each way, which gives it its own form."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from steward.oncall.domain.states import Kind


@dataclass(frozen=True, slots=True)
class AlertLine:
    """One alert of a page. Every text comes from labels and annotations, which are not to be trusted."""

    name: str
    summary: str
    description: str
    labels: Mapping[str, str]
    starts_at: datetime
    firing: bool
    runbook_url: str
    """http(s), or empty."""
    dashboard_url: str
    query_url: str


@dataclass(frozen=True, slots=True)
class Actions:
    """Addresses at which the reader can answer; empty where they cannot."""

    page: str = ""
    """Shows the page."""
    acknowledge: str = ""
    """Signed; shows a form with one button."""
    resolve: str = ""


@dataclass(frozen=True, slots=True)
class Notification:
    """One delivery, ready to be given a form."""

    key: str
    """The same at each attempt, and for nothing else."""
    kind: Kind
    address: str
    """As the way understands it: a mailbox, a Slack channel, a web address; empty where the way has only one."""
    created_at: datetime
    title: str
    """One line; says what is wrong, not how many were told."""
    text: str = ""
    """More, for notifications that are not about a page."""
    page_id: int | None = None
    dedup_key: str = ""
    """The page's, at most 255 characters; PagerDuty joins by it."""
    severity: str = ""
    team: str = ""
    opened_at: datetime | None = None
    alerts: tuple[AlertLine, ...] = ()
    """The first ten."""
    alerts_total: int = 0
    alerts_firing: int = 0
    step: str = ""
    """Whom this step tells, e.g. `team lead`."""
    late_by: timedelta = timedelta()
    """How much later than the policy says, e.g. after an outage of on-call itself."""
    person: str = ""
    """Title of who is told; empty for a room."""
    mention: str = ""
    """Slack's member id."""
    actor: str = ""
    """Who acknowledged or resolved; empty where nobody did, because its alerts have ended."""
    actions: Actions = Actions()
