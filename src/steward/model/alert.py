"""Alerts: what is wrong when, who is told, and what to do about it."""

import re
from dataclasses import dataclass
from enum import Enum

from steward.model.errors import CatalogueError
from steward.model.example import Example, Labels
from steward.model.severity import Severity
from steward.model.team import Team
from steward.promql import ZERO, Duration

_NAME = re.compile(r"[A-Z][a-zA-Z0-9]*")
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_TAKEN = frozenset({"alertname", "severity", "team"})


class Comparison(Enum):
    """How a value is held against a threshold."""

    ABOVE = ">"
    BELOW = "<"
    EQUAL = "=="


@dataclass(frozen=True, slots=True)
class Threshold:
    """Where a value begins to be wrong."""

    comparison: Comparison
    value: float


def above(value: float) -> Threshold:
    """Return the threshold that is passed by greater values."""
    return Threshold(Comparison.ABOVE, value)


def below(value: float) -> Threshold:
    """Return the threshold that is passed by smaller values."""
    return Threshold(Comparison.BELOW, value)


def equal(value: float) -> Threshold:
    """Return the threshold that is passed by this value only."""
    return Threshold(Comparison.EQUAL, value)


@dataclass(frozen=True, slots=True)
class Alert:
    """One alerting rule, with everything a person needs who is woken by it."""

    name: str
    severity: Severity
    team: Team
    expr: str
    """PromQL for the value that is watched, without its threshold."""
    threshold: Threshold | None
    """None where the expression gives a result only when something is wrong."""
    summary: str
    """One line; may use `{{ $labels.NAME }}` and `{{ $value }}`."""
    description: str
    """What it means for visitors and what to look at first; same placeholders."""
    runbook: str
    """Slug of the page in runbooks/."""
    fires: tuple[Example, ...]
    """States of the world in which it fires; at least one, close to the threshold."""
    silent: tuple[Example, ...]
    """States in which it does not; at least one, close to the threshold. A test starts from the first."""
    lasting: Duration = ZERO
    """How long it must be so before people are told; `for` in Prometheus."""
    keep_firing: Duration = ZERO
    """How long it goes on after it is no longer so; `keep_firing_for` in Prometheus."""
    provided: str | None = None
    """PromQL that must give a result too, e.g. that a festival is open. It shares no labels with `expr`."""
    dashboard: str | None = None
    """Uid of the dashboard to look at."""
    labels: Labels = ()
    """More labels of the alert, e.g. the service it is about."""
    accepts: tuple["Accepted", ...] = ()
    """Findings of the checker that are meant."""

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise CatalogueError(f"alert {self.name!r}: a name is letters and digits and starts with a capital")
        if not _SLUG.fullmatch(self.runbook):
            raise CatalogueError(f"alert {self.name}: {self.runbook!r} is no slug such as api-high-error-rate")
        for what, text in (("summary", self.summary), ("description", self.description)):
            if not text.strip():
                raise CatalogueError(f"alert {self.name}: its {what} is empty")
        if not self.fires:
            raise CatalogueError(f"alert {self.name}: give an example in which it fires")
        if not self.silent and not self.always_fires:
            raise CatalogueError(f"alert {self.name}: give an example in which it is silent")
        for name, _ in self.labels:
            if name in _TAKEN:
                raise CatalogueError(f"alert {self.name}: label {name} has a field of its own")

    @property
    def always_fires(self) -> bool:
        """Tell whether no state of the world can silence it: it proves that alerts arrive."""
        return self.threshold is None and self.severity is Severity.NONE


@dataclass(frozen=True, slots=True)
class Accepted:
    """A finding of the checker that is meant."""

    check: str
    """Name of the check."""
    reason: str

    def __post_init__(self) -> None:
        if not self.reason.strip():
            raise CatalogueError(f"accepted finding of {self.check}: say why it is meant")


@dataclass(frozen=True, slots=True)
class AlertGroup:
    """The alerts of one file, e.g. prometheus/alerts/api.yml."""

    name: str
    """Of the file, without `.yml`; the group in it is called `<catalogue>.<name>`."""
    title: str
    alerts: tuple[Alert, ...]
