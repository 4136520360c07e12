"""Expressions with acceptances, held against what is known."""

import pytest

from steward.check.finding import Finding, Place
from steward.check.reading.written import Source, Written
from steward.check.run import EVERYTHING, Selection, expression_findings
from steward.check.shape import Context, Use
from steward.model import Accepted
from steward.promql.schema import SeriesInfo

KNOWN = Context({"orders": SeriesInfo("orders", "gauge", labels={"job": frozenset({"shop"}), "instance": None})})


def written(text: str, *accepts: Accepted, keeps_lines: bool = False) -> Written:
    source = Source(text, keeps_lines=keeps_lines)
    return Written(Use.PANEL, "Orders", text, source, Place("shop.json", 7), accepts=accepts)


def found(one: Written, context: Context = KNOWN, selection: Selection = EVERYTHING) -> list[Finding]:
    return list(expression_findings([one], context, selection))


def test_what_can_be_read_and_is_known_gives_no_finding() -> None:
    assert found(written("orders")) == []


def test_text_that_is_no_expression_is_a_finding() -> None:
    (finding,) = found(written("sum(orders"))

    assert finding.check == "syntax"
    assert finding.text == "sum(orders"


def test_a_finding_is_at_its_line_and_place() -> None:
    (finding,) = found(written("orders\n  + order", keeps_lines=True))

    assert (finding.check, finding.place.line) == ("unknown-metric", 8)
    assert finding.span is not None
    assert finding.span.of("orders\n  + order") == "order"
    assert finding.mend == "perhaps orders is meant"


def test_an_accepted_finding_says_for_which_reason() -> None:
    (finding,) = found(written("order", Accepted("unknown-metric", "it comes next week")))

    assert finding.accepted == "it comes next week"


@pytest.mark.parametrize(
    ("check", "told"),
    [("unknown-metric", "accept-unused"), ("unknown-metrics", "accept-unreadable")],
)
def test_an_acceptance_of_nothing_is_a_finding(check: str, told: str) -> None:
    (finding,) = found(written("orders", Accepted(check, "who knows")))

    assert finding.check == told


def test_an_acceptance_is_not_called_unused_where_nothing_is_known() -> None:
    assert found(written("orders", Accepted("unknown-metric", "who knows")), Context()) == []


def test_an_acceptance_of_a_check_that_needs_no_metrics_is() -> None:
    (finding,) = found(written("orders", Accepted("short-range", "who knows")), Context())

    assert finding.check == "accept-unused"


def test_only_what_is_asked_for_is_told() -> None:
    bad = written("order{colour='red'}")

    assert found(bad, selection=Selection(only=frozenset({"unknown-label"}))) == []
    assert found(bad, selection=Selection(ignore=frozenset({"unknown-metric"}))) == []
    assert [one.check for one in found(bad)] == ["unknown-metric"]
