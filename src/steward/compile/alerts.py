"""Alerting rules, as the catalogue declares them."""

from steward.compile.annotations import annotations
from steward.compile.rules import Alerting, RuleFile, RuleGroup
from steward.model import Alert, AlertGroup, Catalogue, CatalogueError, Labels, Threshold
from steward.promql import PromqlError, parse
from steward.promql.nodes import COMPARISONS, SET_OPERATORS, Binary
from steward.promql.written import number

_LOOSER = COMPARISONS | SET_OPERATORS
"""Operators that bind no tighter than a comparison."""


def alert_files(catalogue: Catalogue) -> tuple[RuleFile, ...]:
    """Return one file for each group of alerts."""
    return tuple(_file(catalogue, group) for group in catalogue.alert_groups)


def alerting(catalogue: Catalogue, alert: Alert) -> Alerting:
    """Return the rule of an alert."""
    return Alerting(
        alert.name,
        condition(alert),
        labels(alert),
        annotations(catalogue, alert),
        alert.lasting,
        alert.keep_firing,
        declared=alert,
        accepts=alert.accepts,
    )


def condition(alert: Alert) -> str:
    """Return the PromQL that has a result while something is wrong."""
    compared = alert.expr.strip() if alert.threshold is None else _compared(alert, alert.threshold)
    if alert.provided is None:
        return compared
    left = _grouped(alert, compared, SET_OPERATORS) if alert.threshold is None else compared
    return f"{left}\nand on()\n({alert.provided.strip()})"


def labels(alert: Alert) -> Labels:
    """Return the labels that every alert of the rule carries, those of the series left out."""
    return (("severity", alert.severity.value), ("team", alert.team.name), *alert.labels)


def _file(catalogue: Catalogue, group: AlertGroup) -> RuleFile:
    rules = tuple(alerting(catalogue, alert) for alert in group.alerts)
    return RuleFile(f"alerts/{group.name}.yml", group.title, (RuleGroup(f"{catalogue.name}.{group.name}", rules),))


def _compared(alert: Alert, threshold: Threshold) -> str:
    watched = _grouped(alert, alert.expr.strip(), _LOOSER)
    held = f"{threshold.comparison.value} {number(threshold.value)}"
    return f"{watched}\n{held}" if "\n" in watched else f"{watched} {held}"


def _grouped(alert: Alert, text: str, operators: frozenset[str]) -> str:
    """Put an expression into parentheses where what follows would bind tighter than its own operator."""
    try:
        node = parse(text)
    except PromqlError as error:
        raise CatalogueError(f"alert {alert.name}: {error.message} in its expression {text!r}") from None
    if not isinstance(node, Binary) or node.operator not in operators or node.span.start < node.left.span.start:
        return text
    return f"(\n{text}\n)" if "\n" in text else f"({text})"
