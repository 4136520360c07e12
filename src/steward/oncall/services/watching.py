"""What is watched and how it stands: each alert's rules by Prometheus, its times by our store."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from steward.compile.alerts import alerting
from steward.compile.rules import Alerting
from steward.compile.slo import names, slo_files
from steward.model import Catalogue, Severity
from steward.oncall.errors import Unavailable
from steward.oncall.prometheus import Active, Prometheus, Rule

UNKNOWN = "unknown"
"""The state of a rule while Prometheus does not answer."""
FIRING, PENDING, INACTIVE = "firing", "pending", "inactive"

_ORDER = (FIRING, PENDING, UNKNOWN, INACTIVE)
_PLACEHOLDER = re.compile(r"\{\{.*?\}\}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Watched:
    """One alert, with every rule of its name. What the rules say is not ours where the catalogue lacks them."""

    name: str
    rules: tuple[Rule, ...]
    runbook: str = ""
    """Slug; empty where the catalogue names none."""
    slo: str = ""
    """Name of the objective it belongs to; empty for none."""

    @property
    def state(self) -> str:
        """The worst of its rules' states."""
        return min((rule.state for rule in self.rules), key=_ORDER.index, default=UNKNOWN)

    @property
    def severity(self) -> str:
        """Of its first rule."""
        return self._label("severity")

    @property
    def team(self) -> str:
        """Of its first rule."""
        return self._label("team")

    @property
    def summary(self) -> str:
        """In one line: of what is active, else of its first rule with `…` where values will stand."""
        texts = [one.annotations.get("summary", "") for one in self.active]
        texts += [_PLACEHOLDER.sub("…", rule.annotations.get("summary", "")) for rule in self.rules]
        return next((text for text in texts if text), "")

    @property
    def active(self) -> tuple[Active, ...]:
        """Its alerts that are pending or fire, those that fire first."""
        every = (one for rule in self.rules for one in rule.active)
        return tuple(sorted(every, key=lambda one: (not one.firing, one.since)))

    @property
    def problem(self) -> str:
        """Why a rule of it cannot be evaluated; empty where all can."""
        return next((rule.last_error for rule in self.rules if rule.last_error), "")

    def _label(self, name: str) -> str:
        return next((rule.labels[name] for rule in self.rules if name in rule.labels), "")


@dataclass(frozen=True, slots=True)
class Watch:
    """Everything that is watched."""

    alerts: tuple[Watched, ...]
    """In the order of their rules."""
    problem: str = ""
    """Why states are unknown; empty where they are not."""

    def named(self, name: str) -> Watched | None:
        """Return an alert by its name."""
        return next((one for one in self.alerts if one.name == name), None)


def watch(prometheus: Prometheus, catalogue: Catalogue, *, scale: float) -> Watch:
    """Ask Prometheus how every alert stands; where it does not answer, return what the catalogue declares."""
    try:
        rules, problem = prometheus.rules(), ""
    except Unavailable as error:
        rules, problem = list(_declared(catalogue, scale)), str(error)
    by_name: dict[str, list[Rule]] = {}
    for rule in rules:
        if rule.kind == "alerting":
            by_name.setdefault(rule.name, []).append(rule)
    runbooks = runbooks_of(catalogue)
    return Watch(
        tuple(Watched(name, tuple(found), runbooks.get(name, ""), _slo(found)) for name, found in by_name.items()),
        problem,
    )


def runbooks_of(catalogue: Catalogue) -> Mapping[str, str]:
    """Return the slug of each alert's runbook, also of the alerts that are made from objectives."""
    found = {alert.name: alert.runbook for alert in catalogue.alerts}
    for slo in catalogue.slos:
        endings = [f"{names.BURN_RATE}{level.name}" for level in slo.burn_rates]
        for ending in (*endings, names.BUDGET_SPIKE, names.DATA_ABSENT):
            found[f"{slo.stem}{ending}"] = slo.runbook
    return found


def severities() -> tuple[str, ...]:
    """Return the severities of alerts that people are told of, the most urgent first."""
    return tuple(one.value for one in Severity if one is not Severity.NONE)


def chosen(alerts: Iterable[Watched], *, team: str, severity: str, text: str) -> list[Watched]:
    """Return the alerts of a team and a severity that have the text somewhere, whatever its case."""
    return [
        one
        for one in alerts
        if team in ("", one.team) and severity in ("", one.severity) and _mentions(one, text.casefold())
    ]


def _mentions(alert: Watched, text: str) -> bool:
    return text in f"{alert.name} {alert.summary} {alert.runbook} {alert.slo}".casefold()


def _slo(rules: Sequence[Rule]) -> str:
    return next((rule.labels[names.SLO_LABEL] for rule in rules if names.SLO_LABEL in rule.labels), "")


def _declared(catalogue: Catalogue, scale: float) -> Iterator[Rule]:
    """Yield the rules of the catalogue as Prometheus would say them, with an unknown state."""
    made = [alerting(catalogue, alert) for alert in catalogue.alerts]
    for file in slo_files(catalogue, catalogue.collection, scale):
        made += [rule for rule in file.rules if isinstance(rule, Alerting)]
    for rule in made:
        yield Rule(
            "",
            rule.alert,
            "alerting",
            rule.expr,
            UNKNOWN,
            UNKNOWN,
            "",
            dict(rule.labels),
            dict(rule.annotations),
            rule.lasting.seconds,
            0,
        )
