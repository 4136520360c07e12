"""Three ways to write an objective's rules: ours as compiled, and the shapes of Sloth and Pyrra.

The peers' expressions are written from what their rules are known to do: both take rates over each window from raw
series; Sloth takes the long window as the plain mean of the ratios of five minutes, Pyrra as the increase of each
raw series over all of it.
"""

from dataclasses import dataclass

from steward.compile.rules import Alerting, Recorded
from steward.compile.slo import names, slo_files
from steward.model import (
    SLO,
    WORKBOOK,
    Catalogue,
    Collection,
    Counter,
    Events,
    Label,
    Port,
    Ratio,
    ScrapeJob,
    Service,
    Team,
)
from steward.promql import days

OBJECTIVE = 99.9
BUDGET = 0.001
_TEAM = Team("sre", "SRE", "ann", "bob")
_REQUESTS = Counter(
    "festivals_http_requests_total",
    "Requests.",
    (
        Label.bounded("path", 20, "route template"),
        Label.closed("status", "200", "201", "404", "500", "503"),
    ),
)
_TOTAL = _REQUESTS.name
_BAD = f'{_TOTAL}{{status=~"5.."}}'
_WINDOWS = ("5m", "30m", "1h", "2h", "6h", "1d", "3d")
RATIO_5M = "sloth:ratio_rate5m"


@dataclass(frozen=True, slots=True)
class Ours:
    """Our rules, by what they need."""

    rules: tuple[Recorded, ...]
    alerts: tuple[Alerting, ...]

    def named(self, *wanted: str) -> list[Recorded]:
        return [rule for rule in self.rules if rule.record in wanted]


def ours(window: int, scrape: int) -> Ours:
    """Compile an objective over so many days."""
    slo = SLO(
        "api-availability",
        "API availability",
        Ratio(Events(_REQUESTS), Events(_REQUESTS, 'status=~"5.."')),
        OBJECTIVE,
        _TEAM,
        "Visitors cannot pay.",
        "slo-api-availability",
        window=days(window),
        burn_rates=tuple(level for level in WORKBOOK if level.long < days(window)),
    )
    catalogue = Catalogue(
        "bench",
        "Bench",
        services=(Service("api", "API", ports=(Port(80),)),),
        jobs=(ScrapeJob("api", "api", metrics=(_REQUESTS,)),),
        teams=(_TEAM,),
        slos=(slo,),
    )
    (file,) = slo_files(catalogue, Collection(interval=scrape, timeout=scrape))
    rules = tuple(rule for rule in file.rules if isinstance(rule, Recorded))
    return Ours(rules, tuple(rule for rule in file.rules if isinstance(rule, Alerting)))


PASSES = ((names.TOTAL,), (names.ERROR,), (names.TOTAL_TILE, names.ERROR_TILE))
"""What has to be recorded through all the days, in this order."""


def windows_of(window: int) -> list[str]:
    """Return the peers' expressions for each window up to so many days."""
    fitting = [one for one in _WINDOWS if not one.endswith("d") or int(one[:-1]) < window]
    return [f"sum(rate({_BAD}[{one}])) / sum(rate({_TOTAL}[{one}]))" for one in fitting]


def sloth(window: int) -> list[str]:
    """Return what Sloth evaluates, the long window last."""
    long = f"sum_over_time({RATIO_5M}[{window}d]) / count_over_time({RATIO_5M}[{window}d])"
    return [*windows_of(window), long]


def sloth_without_nan(window: int) -> str:
    """Return Sloth's long window as it would be if idle times were left out."""
    kept = f"({RATIO_5M} >= 0)[{window}d:5m]"
    return f"sum_over_time({kept}) / count_over_time({kept})"


def pyrra(window: int) -> list[str]:
    """Return what Pyrra evaluates, the long window last."""
    long = f"sum(increase({_BAD}[{window}d])) / sum(increase({_TOTAL}[{window}d]))"
    return [*windows_of(window), long]
