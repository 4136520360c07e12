from dataclasses import replace
from typing import Any

import pytest
import yaml

from steward.compile.alerts import alert_files, alerting, condition
from steward.compile.rules import rules_yml
from steward.model import (
    Alert,
    AlertGroup,
    Catalogue,
    CatalogueError,
    Links,
    Severity,
    Team,
    above,
    below,
    equal,
    given,
    minutes,
)

TEAM = Team("clerks", "Clerks", "Ann", "Bob")
QUEUE = Alert(
    "LongQueue",
    Severity.WARNING,
    TEAM,
    "shop_queue",
    above(10),
    "Long",
    "Open a till.",
    "long-queue",
    fires=(given(value=12),),
    silent=(given(value=6),),
)
SHOP = Catalogue(
    "shop",
    "Shop",
    teams=(TEAM,),
    alert_groups=(AlertGroup("queues", "Alerts on queues", (QUEUE,)),),
    links=Links("http://pages/", "http://boards/"),
)


def written(expr: str, **more: Any) -> str:
    return condition(replace(QUEUE, expr=expr, **more))


@pytest.mark.parametrize(
    ("expr", "threshold", "condition_"),
    [
        ("a / b", above(0.05), "a / b > 0.05"),
        ("a + b", below(0.5), "a + b < 0.5"),
        ("up", equal(0), "up == 0"),
        ("a > 1", above(2), "(a > 1) > 2"),
        ("a or b", above(2), "(a or b) > 2"),
        ("a unless b", equal(1), "(a unless b) == 1"),
        ("(a or b)", above(2), "(a or b) > 2"),
        ("(a or b) * (c or d)", above(2), "(a or b) * (c or d) > 2"),
        ("sum(a) by (x)", above(1e6), "sum(a) by (x) > 1000000"),
        ("a\n/\nb", above(1), "a\n/\nb\n> 1"),
        ("a\nor\nb", above(1), "(\na\nor\nb\n)\n> 1"),
        ("absent(up)", None, "absent(up)"),
    ],
)
def test_a_condition_has_parentheses_only_where_they_are_needed(
    expr: str, threshold: Any, condition_: str
) -> None:
    assert written(expr, threshold=threshold) == condition_


def test_what_must_be_given_too_is_joined_without_labels() -> None:
    assert (
        written("shop_queue", provided="max(shop_open) > 0") == "shop_queue > 10\nand on()\n(max(shop_open) > 0)"
    )


def test_a_condition_without_threshold_is_kept_together() -> None:
    found = written("absent(a) or absent(b)", threshold=None, provided="shop_open")

    assert found == "(absent(a) or absent(b))\nand on()\n(shop_open)"


def test_a_mistake_in_an_expression_names_the_alert() -> None:
    with pytest.raises(CatalogueError, match="alert LongQueue: "):
        written("sum(")


def test_a_rule_carries_who_is_told_how_urgently_and_where_to_look() -> None:
    rule = alerting(SHOP, replace(QUEUE, labels=(("service", "till"),), dashboard="shop", lasting=minutes(5)))

    assert rule.labels == (("severity", "warning"), ("team", "clerks"), ("service", "till"))
    assert rule.annotations == (
        ("summary", "Long"),
        ("description", "Open a till."),
        ("runbook_url", "http://pages/long-queue"),
        ("dashboard_url", "http://boards/shop"),
    )
    assert rule.lasting == minutes(5)


def test_a_group_is_a_file() -> None:
    (file,) = alert_files(SHOP)

    assert file.path == "alerts/queues.yml"
    content = yaml.safe_load(rules_yml(file))
    assert [group["name"] for group in content["groups"]] == ["shop.queues"]
    assert content["groups"][0]["rules"][0] == {
        "alert": "LongQueue",
        "expr": "shop_queue > 10",
        "labels": {"severity": "warning", "team": "clerks"},
        "annotations": {
            "summary": "Long",
            "description": "Open a till.",
            "runbook_url": "http://pages/long-queue",
        },
    }
