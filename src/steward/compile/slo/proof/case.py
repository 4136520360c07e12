"""One test of promtool: a world, and what is seen in it when."""

from dataclasses import dataclass, field

from steward.compile.slo import names
from steward.compile.slo.plan import Plan
from steward.compile.slo.proof.world import Series, groups, metric
from steward.compile.yaml import Value
from steward.promql import ZERO, Duration

_EXACT = 0.0001
"""Sums of many floats are compared rounded to this."""


@dataclass(slots=True)
class Case:
    """A test that is being written down."""

    plan: Plan
    name: str
    interval: Duration
    """Between two samples of the series."""
    series: list[Series]
    begins: Duration = ZERO
    """After the epoch; all times of the test count from there."""
    _queries: list[Value] = field(default_factory=list)
    _alerts: list[Value] = field(default_factory=list)

    def sees(self, at: Duration, name: str, *, value: float | None) -> None:
        """Expect a result of the objective; None where it must have no value."""
        expr = f"round({self.plan.result(name)}, {_EXACT})"
        labels = {names.SLO_LABEL: self.plan.slo.name} | groups(self.plan)
        self._query(at, expr, None if value is None else metric("", labels), value or 0)

    def holds(self, at: Duration, condition: str) -> None:
        """Expect that a condition, written with `bool`, gives 1 for the objective."""
        labels = {names.SLO_LABEL: self.plan.slo.name} | groups(self.plan)
        self._query(at, condition, metric("", labels), 1)

    def fires(self, at: Duration, alert: str, severity: str) -> None:
        """Expect that an alert of the objective fires, with exactly these labels."""
        self.has(at, alert, self.labels(severity) | groups(self.plan))

    def has(self, at: Duration, alert: str, labels: dict[str, str]) -> None:
        """Expect that an alert fires with exactly these labels."""
        named = labels | {"alertname": alert, "alertstate": "firing"}
        self._query(at, _firing(alert), metric("ALERTS", named), 1)

    def silent(self, at: Duration, alert: str) -> None:
        """Expect that an alert does not fire."""
        self._query(at, _firing(alert), None, 0)

    def calm(self, at: Duration) -> None:
        """Expect that no alert of the objective is firing or waiting to."""
        self._query(at, self.plan.result("ALERTS"), None, 0)

    def tells(self, at: Duration, alert: str, labels: dict[str, str], annotations: dict[str, str]) -> None:
        """Expect what people are told."""
        firing: Value = [{"exp_labels": labels, "exp_annotations": annotations}]
        self._alerts.append({"eval_time": str(self.begins + at), "alertname": alert, "exp_alerts": firing})

    def labels(self, severity: str) -> dict[str, str]:
        """Return the labels of an alert, without those of groups."""
        slo = self.plan.slo
        return {
            names.SEVERITY_LABEL: severity,
            names.SLO_LABEL: slo.name,
            names.TEAM_LABEL: slo.team.name,
        }

    def content(self) -> dict[str, Value]:
        """Return the test as promtool reads it."""
        content: dict[str, Value] = {"name": f"{self.plan.slo.name}: {self.name}", "interval": str(self.interval)}
        content["input_series"] = list(map(self._later, self.series))
        if self._alerts:
            content["alert_rule_test"] = self._alerts
        if self._queries:
            content["promql_expr_test"] = self._queries
        return content

    def _later(self, series: Series) -> Series:
        waiting = round(self.begins.milliseconds / self.interval.milliseconds)
        return series | ({"values": f"_x{waiting} {series['values']}"} if waiting else {})

    def _query(self, at: Duration, expr: str, labels: str | None, value: float) -> None:
        samples: list[Value] = [] if labels is None else [{"labels": labels, "value": value}]
        self._queries.append({"expr": expr, "eval_time": str(self.begins + at), "exp_samples": samples})


def _firing(alert: str) -> str:
    return f'ALERTS{{alertname="{alert}",alertstate="firing"}}'
