"""Rules that are wrong on purpose, one mistake each: a test that passes with one of them proves little."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from steward.compile.rules import Alerting, Rule, RuleFile
from steward.model import ZERO, Duration
from steward.promql import parse
from steward.promql.nodes import (
    COMPARISONS,
    Binary,
    Matcher,
    Number,
    Selector,
    Span,
    Subquery,
    ValueType,
    selectors,
    value_type,
    walk,
)
from steward.promql.rewrite import replaced

_FACTORS = (0.5, 2.0)
_FLIPPED = {">": "<", "<": ">", ">=": "<", "<=": ">", "==": "!=", "!=": "=="}
_NEGATED = {"=": "!=", "!=": "=", "=~": "!~", "!~": "=~"}
_ELSE = "something else"

Changed = tuple[str, Alerting]
"""What the mistake is, and the rule that has it."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A file of rules in which one alert has a mistake."""

    alert: str
    change: str
    """What the mistake is, e.g. `> 0.05 flipped`."""
    file: RuleFile
    """The rules as they are but for the one with the mistake; see `in_place`."""


def mutants(file: RuleFile) -> Iterator[Mutant]:
    """Yield each mistake in each alert of a file; those that change no result are left out."""
    for rule in file.rules:
        if isinstance(rule, Alerting):
            for change, changed in _mistakes(rule):
                yield Mutant(rule.alert, change, in_place(file, rule, changed))


def in_place(file: RuleFile, rule: Alerting, instead: Alerting) -> RuleFile:
    """Return a file with one alert in place of another.

    Recording rules stay. So do the other alerts of an objective, which are tested together; alerts with tests of
    their own are left out, since they cost time.
    """
    groups = (replace(group, rules=tuple(_kept(group.rules, rule, instead))) for group in file.groups)
    return replace(file, groups=tuple(group for group in groups if group.rules))


def _kept(rules: tuple[Rule, ...], rule: Alerting, instead: Alerting) -> Iterator[Rule]:
    for one in rules:
        if one is rule:
            yield instead
        elif not isinstance(one, Alerting) or one.declared is None:
            yield one


def _mistakes(rule: Alerting) -> Iterator[Changed]:
    yield from _comparisons(rule)
    yield from _windows(rule)
    yield from _matchers(rule)
    yield from _waits(rule)


def _comparisons(rule: Alerting) -> Iterator[Changed]:
    for node in walk(parse(rule.expr)):
        if isinstance(node, Binary) and node.operator in COMPARISONS:
            written = f"{node.operator} {node.right.span.of(rule.expr)}"
            yield f"{written} flipped", _edited(rule, (node.operator_span, _FLIPPED[node.operator]))
            if value_type(node.right) is ValueType.SCALAR and not _is_zero(node.right):
                bound = node.right.span
                for factor in _FACTORS:
                    scaled = f"({bound.of(rule.expr)} * {factor:g})"
                    yield f"{written} times {factor:g}", _edited(rule, (bound, scaled))


def _is_zero(node: object) -> bool:
    return isinstance(node, Number) and node.value == 0


def _windows(rule: Alerting) -> Iterator[Changed]:
    for node in walk(parse(rule.expr)):
        if isinstance(node, Selector | Subquery) and node.range is not None and node.range_span is not None:
            for factor in _FACTORS:
                change = f"[{node.range}] at character {node.range_span.start} times {factor:g}"
                yield change, _edited(rule, (node.range_span, str(node.range.scaled(factor))))


def _matchers(rule: Alerting) -> Iterator[Changed]:
    """Yield mistakes in conditions; the same condition in several selectors is wrong in all of them."""
    places: dict[str, list[Matcher]] = {}
    for selector in selectors(parse(rule.expr)):
        for matcher in selector.matchers:
            places.setdefault(matcher.span.of(rule.expr), []).append(matcher)
    for written, found in places.items():
        label, operator, value = found[0].label, found[0].operator, _value_of(written, found[0])
        for change, instead in (
            ("negated", f"{label}{_NEGATED[operator]}{value}"),
            ("with another value", f'{label}{operator}"{_ELSE}"'),
        ):
            yield f"{written} {change}", _edited(rule, *((one.span, instead) for one in found))


def _value_of(written: str, matcher: Matcher) -> str:
    """Return a condition's value with its quotes, as it is written."""
    return written[len(matcher.label) :].lstrip().removeprefix(matcher.operator).lstrip()


def _waits(rule: Alerting) -> Iterator[Changed]:
    if rule.lasting == ZERO:
        return
    for factor in _FACTORS:
        yield f"for {rule.lasting} times {factor:g}", replace(rule, lasting=rule.lasting.scaled(factor))
    yield f"for {rule.lasting} removed", replace(rule, lasting=Duration(0))


def _edited(rule: Alerting, *edits: tuple[Span, str]) -> Alerting:
    return replace(rule, expr=replaced(rule.expr, edits))
