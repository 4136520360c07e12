"""Asking Prometheus: the rules with their state, and the value of an expression now."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx

from steward.oncall.errors import Unavailable

_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Sample:
    """One series of an answer."""

    labels: Mapping[str, str]
    value: float
    """May be NaN."""


@dataclass(frozen=True, slots=True)
class Active:
    """An alert of a rule that is pending or fires."""

    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    firing: bool
    since: datetime
    """When it became pending."""
    value: float
    """Of the expression at the last evaluation; may be NaN."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as Prometheus evaluates it."""

    group: str
    name: str
    kind: str
    """`alerting` or `recording`."""
    query: str
    health: str
    """`ok`, `err` or `unknown`."""
    state: str
    """Of an alerting rule: `inactive`, `pending` or `firing`; else empty."""
    last_error: str
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    for_seconds: float
    alerts: int
    """How many alerts of it are pending or firing."""
    active: tuple[Active, ...] = ()
    """Those alerts."""


@dataclass(frozen=True, slots=True)
class ScrapedTarget:
    """What Prometheus scrapes, as it found it the last time."""

    job: str
    instance: str
    url: str
    health: str
    """`up`, `down` or `unknown`: not scraped yet."""
    last_error: str
    last_scrape: datetime | None
    """None before the first time."""
    took_seconds: float


@dataclass(frozen=True, slots=True)
class Prometheus:
    """A Prometheus at an address. Its calls block; each raises Unavailable where there is no usable answer."""

    url: str
    client: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=_SECONDS, follow_redirects=False))

    def rules(self) -> list[Rule]:
        """Return every rule, in the order of the files."""
        groups = self._get("/api/v1/rules").get("groups", [])
        return [_rule(group["name"], rule) for group in groups for rule in group["rules"]]

    def targets(self) -> list[ScrapedTarget]:
        """Return everything that is scraped."""
        found = self._get("/api/v1/targets", {"state": "active"}).get("activeTargets") or []
        return [_target(one) for one in found]

    def query(self, expr: str) -> list[Sample]:
        """Return the value of an expression now, as a vector; a scalar is one sample without labels."""
        data = self._get("/api/v1/query", {"query": expr})
        if data.get("resultType") == "scalar":
            return [Sample({}, float(data["result"][1]))]
        return [Sample(one.get("metric", {}), float(one["value"][1])) for one in data.get("result", [])]

    def value(self, expr: str) -> float | None:
        """Return the value of an expression that has one series at most; None where it has none."""
        samples = self.query(expr)
        return samples[0].value if samples else None

    def close(self) -> None:
        """Close every connection."""
        self.client.close()

    def _get(self, path: str, parameters: Mapping[str, str] | None = None) -> dict[str, Any]:
        try:
            answer = self.client.get(self.url + path, params=parameters)
            body = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise Unavailable(f"Prometheus at {self.url} does not answer: {_reason(error)}") from None
        if not isinstance(body, dict) or body.get("status") != "success":
            said = body.get("error") if isinstance(body, dict) else None
            raise Unavailable(f"Prometheus at {self.url} answered {answer.status_code}: {said or 'no data'}")
        data: dict[str, Any] = body["data"]
        return data


def _rule(group: str, rule: Mapping[str, Any]) -> Rule:
    return Rule(
        group,
        rule["name"],
        rule["type"],
        rule["query"],
        rule.get("health", "unknown"),
        rule.get("state", ""),
        rule.get("lastError", ""),
        rule.get("labels", {}),
        rule.get("annotations", {}),
        float(rule.get("duration", 0)),
        len(rule.get("alerts", ())),
        tuple(_active(one) for one in rule.get("alerts", ())),
    )


def _active(alert: Mapping[str, Any]) -> Active:
    return Active(
        alert.get("labels", {}),
        alert.get("annotations", {}),
        alert.get("state") == "firing",
        datetime.fromisoformat(alert["activeAt"]).astimezone(UTC),
        float(alert.get("value", "nan")),
    )


def _target(target: Mapping[str, Any]) -> ScrapedTarget:
    labels = target.get("labels", {})
    scraped = datetime.fromisoformat(target["lastScrape"]).astimezone(UTC) if "lastScrape" in target else None
    return ScrapedTarget(
        labels.get("job", ""),
        labels.get("instance", ""),
        target.get("scrapeUrl", ""),
        target.get("health", "unknown"),
        target.get("lastError", ""),
        scraped if scraped and scraped.year > 1 else None,
        float(target.get("lastScrapeDuration", 0)),
    )


def _reason(error: Exception) -> str:
    return str(error) or type(error).__name__
