"""Every name and label that the compiler of objectives generates, in one place.

The names say no range. The range of the base series follows the scrape interval (a minute where Prometheus scrapes
every 15 seconds, 8 seconds where it scrapes every 2), and a dashboard must not break because somebody scrapes
faster. All base series are rates per second, so values of both mean the same. Windows are part of a name as they
are declared, whatever the time scale.
"""

from steward.promql import Duration

SLO_LABEL = "slo"
DEFINITION_LABEL = "definition"
SEVERITY_LABEL = "severity"
TEAM_LABEL = "team"

TOTAL = "slo:sli_total:rate"
"""Events a second."""
ERROR = "slo:sli_error:rate"
"""Bad events a second; 0 where there are none, and there exactly while the total is there."""
TOTAL_TILE = "slo:sli_total:events_tile"
"""Events in a tile, one sample a tile."""
ERROR_TILE = "slo:sli_error:events_tile"
"""Bad events in a tile."""
TOTAL_WINDOW = "slo:sli_total:events_window"
"""Events in the objective's whole window."""
ERROR_WINDOW = "slo:sli_error:events_window"
"""Bad events in the objective's whole window."""
REMAINING = "slo:error_budget_remaining:ratio"
"""What is left of the error budget: 1 untouched, 0 spent, negative overspent."""
COVERAGE = "slo:window_coverage:ratio"
"""The share of the objective's window of which anything is known."""
OBJECTIVE = "slo:objective:ratio"
"""The share of events that must be good."""
INFO = "slo:objective:info"
"""1, with the objective's definition in its labels."""
MAINTENANCE = "slo:maintenance:active"
"""1 while planned time spends no budget, else 0; only where an objective has maintenance."""

BURN_RATE = "BurnRate"
BUDGET_SPIKE = "BudgetSpike"
DATA_ABSENT = "DataAbsent"


def ratio(window: Duration) -> str:
    """Return the name of the share of bad events in a window; it has no value while there are no events."""
    return f"slo:sli_error:ratio_rate{window}"


def burn(window: Duration) -> str:
    """Return the name of the burn rate: 1 spends the budget evenly over the objective's window."""
    return f"slo:error_budget_burn:rate{window}"


def bad_events(window: Duration) -> str:
    """Return the name of the number of bad events in a window."""
    return f"slo:sli_error:events{window}"
