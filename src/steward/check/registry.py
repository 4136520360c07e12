"""Every check there is."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from steward.check import accepting, routing, runbooks
from steward.check.dashboards import links
from steward.check.dashboards.findings import CHECKS as DASHBOARD_CHECKS
from steward.check.expressions import (
    beyond_retention,
    constant_comparison,
    cost,
    division_by_zero,
    far_example,
    histogram_part,
    impossible_label_value,
    join_matches_nothing,
    many_to_one,
    newer_function,
    no_such_bucket,
    quantile_without_le,
    rate_of_gauge,
    raw_counter,
    short_range,
    template_label,
    unknown_label,
    unknown_metric,
    value_in_labels,
)
from steward.check.expressions.missing import MISSING
from steward.check.reading.written import SYNTAX, SYNTAX_WHY
from steward.check.rule_sets import dead_recording, duplicate_rule
from steward.check.runbooks import queries
from steward.check.shape import ExpressionCheck, RuleSetCheck

EXPRESSION_CHECKS: tuple[ExpressionCheck, ...] = (
    unknown_metric,
    histogram_part,
    unknown_label,
    impossible_label_value,
    no_such_bucket,
    rate_of_gauge,
    raw_counter,
    quantile_without_le,
    short_range,
    join_matches_nothing,
    many_to_one,
    constant_comparison,
    division_by_zero,
    beyond_retention,
    newer_function,
    cost,
    template_label,
    value_in_labels,
    *MISSING,
    far_example,
)
RULE_SET_CHECKS: tuple[RuleSetCheck, ...] = (duplicate_rule, dead_recording)
NEED_NOTHING = frozenset(
    check.NAME
    for check in (quantile_without_le, short_range, newer_function, value_in_labels, duplicate_rule, *MISSING)
)
"""Checks that find as much where nothing is known of metrics."""


@dataclass(frozen=True, slots=True)
class Described:
    """A check as people name it."""

    name: str
    why: str


class _Named(Protocol):
    @property
    def NAME(self) -> str: ...  # noqa: N802

    @property
    def WHY(self) -> str: ...  # noqa: N802


def _described(checks: Iterable[_Named]) -> tuple[Described, ...]:
    return tuple(Described(check.NAME, check.WHY) for check in checks)


CHECKS: tuple[Described, ...] = (
    Described(SYNTAX, SYNTAX_WHY),
    *_described(EXPRESSION_CHECKS),
    *_described(RULE_SET_CHECKS),
    *_described(routing.CHECKS),
    *_described(runbooks.CHECKS),
    Described(queries.NAME, queries.WHY),
    *_described(DASHBOARD_CHECKS),
    *(Described(name, why) for name, why in links.CHECKS),
    *(Described(name, why) for name, why in accepting.CHECKS),
)
"""Everything that a finding can be called, in the order of docs/checks.md."""
NAMES = frozenset(check.name for check in CHECKS)
