"""The generated tests, run by promtool on the rules that they are about, and on wrong ones."""

import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from steward.compile.proof.mutants import mutants
from steward.compile.rule_files import rule_files
from steward.compile.rule_tests import rule_tests
from steward.compile.rules import RuleFile, rules_yml
from steward.model import Alert, AlertGroup, Catalogue, seconds

pytestmark = pytest.mark.slow

Prove = Callable[[Catalogue, RuleFile], str | None]
"""Runs a catalogue's tests on rules; returns what failed."""


@pytest.fixture
def prove(tmp_path: Path) -> Prove:
    def run(catalogue: Catalogue, file: RuleFile) -> str | None:
        tests = rule_tests(catalogue, catalogue.collection)
        for path, content in (*tests.items(), (file.path, rules_yml(file))):
            (tmp_path / path).parent.mkdir(exist_ok=True)
            (tmp_path / path).write_bytes(content)
        paths = [str(tmp_path / path) for path in tests]
        done = subprocess.run(["promtool", "test", "rules", *paths], capture_output=True, text=True, check=False)
        return None if done.returncode == 0 else done.stdout + done.stderr

    return run


def rules_of(catalogue: Catalogue) -> RuleFile:
    (file,) = rule_files(catalogue, catalogue.collection)
    return file


def only(catalogue: Catalogue, name: str, **changes: object) -> Catalogue:
    alert = replace(next(alert for alert in catalogue.alerts if alert.name == name), **changes)  # type: ignore[arg-type]
    return replace(catalogue, alert_groups=(AlertGroup("shop", "Alerts on the shop", (alert,)),))


def test_right_rules_pass(shop: Catalogue, prove: Prove) -> None:
    assert prove(shop, rules_of(shop)) is None


@pytest.mark.parametrize("interval", [5, 30, 60])
def test_right_rules_pass_however_often_they_are_evaluated(shop: Catalogue, prove: Prove, interval: int) -> None:
    shop = replace(shop, collection=replace(shop.collection, interval=interval))
    alerts = tuple(alert for alert in shop.alerts if interval < 60 or "[" not in alert.expr)

    shop = replace(shop, alert_groups=(AlertGroup("shop", "Alerts on the shop", alerts),))

    assert prove(shop, rules_of(shop)) is None


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("ManyRefused", "> 0.1 flipped"),
        ("ManyRefused", "> 0.1 times 0.5"),
        ("ManyRefused", "> 0.1 times 2"),
        ("ManyRefused", "[2m] times 0.5"),
        ("ManyRefused", "[2m] times 2"),
        ("ManyRefused", 'status="refused" negated'),
        ("ManyRefused", "for 2m times 0.5"),
        ("ManyRefused", "for 2m removed"),
        ("LongWait", "[2m] times 0.5"),
        ("TillDown", 'job="tills" with another value'),
        ("TillsAbsent", 'job="tills" negated'),
        ("SalesDrop", "[3m] times 0.5"),
        ("SalesDrop", "[3m] times 2"),
        ("NoSales", "> 0 flipped"),
        ("NoSales", "[2m] times 0.5"),
        ("GoodsLost", "[4m] times 0.5"),
        ("GoodsLost", "[4m] times 2"),
        ("StoreFull", "for 2m times 2"),
    ],
)
def test_a_mistake_is_noticed(shop: Catalogue, prove: Prove, name: str, change: str) -> None:
    shop = only(shop, name)
    wrong = next(one for one in mutants(rules_of(shop)) if re.sub(r" at character \d+", "", one.change) == change)

    failures = prove(shop, wrong.file)

    assert failures is not None
    assert name in failures


def test_a_rule_that_stops_firing_too_early_is_noticed(shop: Catalogue, prove: Prove) -> None:
    shop = only(shop, "StoreFull")

    assert prove(shop, rules_of(only(shop, "StoreFull", keep_firing=seconds(30)))) is not None


def test_a_text_that_changed_is_noticed(shop: Catalogue, prove: Prove) -> None:
    shop = only(shop, "StoreFull")

    assert prove(shop, rules_of(only(shop, "StoreFull", summary="Full"))) is not None


def test_an_example_that_says_the_wrong_value_is_noticed(shop: Catalogue, prove: Prove) -> None:
    def misjudged(alert: Alert) -> Alert:
        (example, *_) = alert.fires
        return replace(alert, summary="Full", description="Full", fires=(replace(example, value=0.87),))

    (alert,) = only(shop, "StoreFull").alerts
    shop = replace(shop, alert_groups=(AlertGroup("shop", "Alerts on the shop", (misjudged(alert),)),))

    assert "- 0.87" in (prove(shop, rules_of(shop)) or "")
