"""An alert's life in a test, and what must be seen of it when."""

from dataclasses import dataclass

from steward.compile.alerts import alerting
from steward.compile.proof.series import Phase, input_series
from steward.compile.proof.template import rendered
from steward.compile.proof.world import World
from steward.compile.yaml import Value
from steward.model import Alert, CatalogueError, Duration, Example
from steward.promql.written import number, quoted

Expected = dict[str, Value]
"""One thing that promtool looks at."""

_EXACT = 1e-6
"""How far a value may be from what its example says, relative to it."""


@dataclass(frozen=True, slots=True)
class Story:
    """Phases one after the other, counted in intervals, and what is to be seen at some of them."""

    alert: Alert
    world: World
    phases: tuple[Phase, ...]

    def ends(self, index: int) -> int:
        """Return at which interval a phase's last sample stands."""
        return sum(phase.steps for phase in self.phases[: index + 1]) - 1

    def test(self, name: str, *, alerts: list[Expected] | None = None, values: list[Expected]) -> Expected:
        """Return the story as promtool reads it."""
        content: Expected = {
            "name": f"{self.alert.name}: {name}",
            "interval": str(self.world.interval),
            "input_series": input_series(self.phases, self.world.interval, self.world.origin),
        }
        if alerts:
            content["alert_rule_test"] = alerts
        if values:
            content["promql_expr_test"] = values
        return content

    def firing(self, step: int, example: Example) -> Expected:
        """Expect the alert with the labels and texts that people get."""
        rule = alerting(self.world.catalogue, self.alert)
        known = {**dict(example.labels), **dict(rule.labels)}
        try:
            texts = {name: rendered(text, known, example.value) for name, text in rule.annotations}
        except CatalogueError as error:
            raise CatalogueError(f"alert {self.alert.name}: {error}") from None
        expected = {"exp_labels": dict(sorted(known.items())), "exp_annotations": texts}
        return {"eval_time": self._at(step), "alertname": self.alert.name, "exp_alerts": [expected]}

    def over(self, step: int) -> Expected:
        """Expect that nothing fires."""
        return {"eval_time": self._at(step), "alertname": self.alert.name, "exp_alerts": []}

    def nothing(self, first: int, last: int) -> Expected:
        """Expect that it neither fired nor was about to from one interval to another."""
        return self._shows(last, f"count_over_time({self._alerts()}[{self._length(last - first + 1)}])")

    def active(self, step: int) -> Expected:
        """Expect that it fires or is about to."""
        return self._is(step, f"count({self._alerts()}) > bool 0", 1)

    def pending(self, phase: int) -> Expected:
        """Expect that it was about to fire at some time in a phase."""
        waiting = f"{self._alerts('pending')}[{self._length(self.phases[phase].steps)}]"
        return self._is(self.ends(phase), f"count(count_over_time({waiting})) > bool 0", 1)

    def waited(self, phase: int) -> Expected:
        """Expect that in a phase it fired exactly `for` after it became active.

        Both times are those that Prometheus itself writes down.
        """
        span = f"[{self._length(self.phases[phase].steps)}:{self.world.interval}]"
        first = f"min(min_over_time(timestamp({self._alerts('firing')}){span}))"
        since = f"min(min_over_time(ALERTS_FOR_STATE{{alertname={quoted(self.alert.name)}}}{span}))"
        lasting = self.world.steps(self.alert.lasting) * self.world.interval.seconds
        return self._is(self.ends(phase), f"{first} - {since}", lasting)

    def value(self, step: int, example: Example) -> list[Expected]:
        """Expect that the expression comes to what the example says, where it says it."""
        if example.value is None:
            return []
        allowed = number(max(abs(example.value), 1) * _EXACT)
        near = f"abs(({self.alert.expr.strip()}) - {number(example.value)}) <= bool {allowed}"
        inside = ", ".join(f"{name}={quoted(value)}" for name, value in example.labels)
        return [self._shows(step, near, {"labels": f"{{{inside}}}", "value": 1})]

    def _alerts(self, state: str | None = None) -> str:
        chosen = f"alertname={quoted(self.alert.name)}"
        return f"ALERTS{{{chosen}}}" if state is None else f"ALERTS{{{chosen}, alertstate={quoted(state)}}}"

    def _is(self, step: int, expr: str, value: float) -> Expected:
        return self._shows(step, expr, {"labels": "{}", "value": int(value) if value == int(value) else value})

    def _shows(self, step: int, expr: str, *samples: Expected) -> Expected:
        return {"expr": expr, "eval_time": self._at(step), "exp_samples": list(samples)}

    def _at(self, step: int) -> str:
        return str(self._length(step))

    def _length(self, steps: int) -> Duration:
        return Duration.of(steps * self.world.interval.seconds)
