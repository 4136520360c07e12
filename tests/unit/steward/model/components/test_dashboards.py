"""The dashboards that every catalogue has."""

import re
from dataclasses import replace

import pytest

from steward.compile.slo import names
from steward.model import SLO, Counter, Dashboard, Events, Label, Ratio, Team, Tone
from steward.model.components import oncall_metrics
from steward.model.components.dashboards import monitoring_dashboard, oncall_dashboard, slo_dashboard

FESTIVAL = Label.bounded("shop", 5, "a shop")
ORDERS = Counter("shop_orders_total", "Orders.", (FESTIVAL,))
PLAIN = SLO(
    "orders",
    "Orders",
    Ratio(Events(ORDERS), Events(ORDERS, 'shop="closed"')),
    99,
    Team("shop", "Shop", "the shopkeeper", "the owner"),
    "Orders arrive.",
    "slo-orders",
)
GROUPED = replace(PLAIN, name="shop-orders", by=("shop",))


def queries(board: Dashboard) -> list[str]:
    return [query.expr for panel in board.panels for query in panel.queries]


def test_every_series_of_the_objectives_is_one_that_the_compiler_names() -> None:
    windows = [window for level in PLAIN.burn_rates for window in (level.long, level.short)]
    known = {getattr(names, name) for name in dir(names) if name.isupper()} | {names.burn(one) for one in windows}

    asked = {
        name for expr in queries(slo_dashboard("shop", (PLAIN,))) for name in re.findall(r"slo:\w+:\w+", expr)
    }

    assert asked <= known
    assert {names.burn(one) for one in windows} <= asked


def test_each_burn_rate_has_a_chart_with_its_factor_as_a_line() -> None:
    board = slo_dashboard("shop", (PLAIN,))

    lines = {panel.title: panel.thresholds.steps for panel in board.panels if "Burn Rate" in panel.title}

    assert lines == {
        "Page: Burn Rate over 1h and 5m": ((14.4, Tone.BAD),),
        "Ticket: Burn Rate over 6h and 30m": ((6, Tone.WARNING),),
        "Info: Burn Rate over 3d and 6h": ((1, Tone.NOTABLE),),
    }


def test_burn_rates_that_objectives_share_are_drawn_once() -> None:
    assert len(slo_dashboard("shop", (PLAIN, GROUPED)).panels) == len(slo_dashboard("shop", (PLAIN,)).panels)


def test_budgets_of_groups_are_told_apart() -> None:
    def legend(*slos: SLO) -> str:
        board = slo_dashboard("shop", slos)
        return next(panel.queries[0].legend for panel in board.panels if panel.title == "Error Budget Left")

    assert legend(PLAIN) == "{{slo}}"
    assert legend(PLAIN, GROUPED) == "{{slo}} {{shop}}"


def test_runbooks_of_the_objectives_are_linked() -> None:
    board = slo_dashboard("shop", (PLAIN,))

    assert [panel.title for panel in board.panels if PLAIN.runbook in panel.runbooks] == [
        "Objectives",
        "Error Budget Left",
    ]


@pytest.mark.parametrize("make", [oncall_dashboard, monitoring_dashboard])
def test_dashboard_is_named_after_its_catalogue(make: object) -> None:
    assert callable(make)
    board = make("shop")

    assert board.uid == f"shop-{board.file}"
    assert "shop" in board.tags


def test_every_metric_of_oncall_that_tells_of_lateness_or_loss_is_shown() -> None:
    asked = " ".join(queries(oncall_dashboard("shop")))

    shown = {metric for metric in oncall_metrics.COUNTED if re.search(rf"\b{metric.name}\b|{metric.name}_", asked)}

    assert set(oncall_metrics.COUNTED) - shown == {oncall_metrics.HTTP_IN_FLIGHT}
