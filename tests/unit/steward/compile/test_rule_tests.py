from dataclasses import replace
from typing import Any

import pytest
import yaml

from steward.compile.rule_tests import rule_tests
from steward.model import (
    Alert,
    AlertGroup,
    Catalogue,
    CatalogueError,
    Collection,
    Severity,
    Team,
    above,
    flow,
    given,
    minutes,
)

TEAM = Team("clerks", "Clerks", "Ann", "Bob")
BUSY = Alert(
    "Busy",
    Severity.WARNING,
    TEAM,
    "sum(rate(shop_sales_total[2m]))",
    above(10),
    "{{ $value | humanize }} sales a second",
    "Open a till.",
    "busy",
    fires=(given(flow("shop_sales_total", 12), value=12),),
    silent=(given(flow("shop_sales_total", 6), value=6),),
    lasting=minutes(1),
)


def shop(alert: Alert) -> Catalogue:
    return Catalogue(
        "shop", "Shop", teams=(TEAM,), alert_groups=(AlertGroup("sales", "Alerts on sales", (alert,)),)
    )


def written_for(alert: Alert) -> dict[str, Any]:
    files = rule_tests(shop(alert), Collection(interval=15))
    assert list(files) == ["tests/sales.yml"]
    content = yaml.safe_load(files["tests/sales.yml"])
    assert content["rule_files"] == ["../alerts/sales.yml"]
    assert content["evaluation_interval"] == "15s"
    return {test["name"]: test for test in content["tests"]}


def test_each_example_has_a_test_and_so_has_the_window() -> None:
    more = replace(BUSY, silent=(*BUSY.silent, given(value=None)))

    assert list(written_for(more)) == [
        "Busy: half a window of trouble is not enough, a whole one is, example 1",
        "Busy: fires, example 1",
        "Busy: silent, example 1",
        "Busy: silent, example 2",
    ]


def test_where_half_a_window_is_enough_the_end_is_looked_at() -> None:
    assert "Busy: fires, example 1" in (found := written_for(replace(BUSY, threshold=above(6.5))))
    assert len(found) == 2


def test_what_fires_is_expected_as_people_get_it() -> None:
    life = written_for(BUSY)["Busy: fires, example 1"]

    fires, ended = life["alert_rule_test"]
    assert fires["exp_alerts"] == [
        {
            "exp_labels": {"severity": "warning", "team": "clerks"},
            "exp_annotations": {
                "summary": "12 sales a second",
                "description": "Open a till.",
                "runbook_url": "http://localhost:8090/runbooks/busy",
            },
        }
    ]
    assert ended["exp_alerts"] == []


def test_an_alert_that_always_fires_is_seen_to() -> None:
    always = replace(BUSY, expr="vector(1)", threshold=None, severity=Severity.NONE, silent=())

    assert list(written_for(always)) == ["Busy: always fires"]


def test_a_placeholder_that_is_not_known_names_the_alert() -> None:
    with pytest.raises(CatalogueError, match=r"alert Busy: .*title"):
        rule_tests(shop(replace(BUSY, summary="{{ $value | title }}")), Collection())


def test_the_same_catalogue_gives_the_same_bytes() -> None:
    assert rule_tests(shop(BUSY), Collection()) == rule_tests(shop(BUSY), Collection())
