"""What the rules measure in worlds that the generated tests do not show."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from steward.compile import yaml
from steward.compile.rules import rules_yml
from steward.compile.slo import slo_files
from steward.model import SLO, Announced, Maintenance, Once
from steward.promql import hours
from steward.testing.shop import AVAILABILITY, COLLECTION, GROUPED, LATENCY, shop_with

pytestmark = pytest.mark.slow

Prove = Callable[..., None]
UP = ('up{instance="a",job="api"}', "1+0x400")
LONG = "slo:sli_error:events1h"


@pytest.fixture
def prove(tmp_path: Path) -> Prove:
    """Return what asks expressions of an objective's rules and compares."""

    def prove(
        slo: SLO,
        series: list[tuple[str, str]],
        expected: dict[str, dict[str, float]],
        *,
        at: str,
        maintenance: tuple[Maintenance, ...] = (),
    ) -> None:
        for file in slo_files(shop_with(slo, maintenance=maintenance), COLLECTION):
            (tmp_path / "rules.yml").write_bytes(rules_yml(file))
        queries: list[yaml.Value] = [
            {
                "expr": expr,
                "eval_time": at,
                "exp_samples": [{"labels": labels, "value": value} for labels, value in samples.items()],
            }
            for expr, samples in expected.items()
        ]
        test: dict[str, yaml.Value] = {
            "interval": "15s",
            "input_series": [{"series": name, "values": values} for name, values in series],
            "promql_expr_test": queries,
        }
        content: dict[str, yaml.Value] = {
            "rule_files": ["rules.yml"],
            "evaluation_interval": "30s",
            "tests": [test],
        }
        (tmp_path / "test.yml").write_bytes(yaml.dump(content, "Test"))
        command = ["promtool", "test", "rules", str(tmp_path / "test.yml")]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stdout + run.stderr

    return prove


def requests(status: str, values: str, shop: str = "a") -> tuple[str, str]:
    return (f'shop_requests_total{{instance="a",job="api",shop="{shop}",status="{status}"}}', values)


def test_each_group_has_a_budget_of_its_own(prove: Prove) -> None:
    series = [
        UP,
        requests("200", "1000+90x240", "a"),
        requests("500", "1000+10x240", "a"),
        requests("200", "1000+100x240", "b"),
    ]
    ratio = 'round(slo:sli_error:ratio_rate1h{slo="shop-availability"}, 0.0001)'
    same = 'slo="shop-availability"'
    firing = 'count(ALERTS{alertname="ShopAvailabilityBurnRatePage",shop="a"})'
    other = 'ALERTS{alertname="ShopAvailabilityBurnRatePage",shop="b"}'
    expected = {
        ratio: {f'{{shop="a",{same}}}': 0.1, f'{{shop="b",{same}}}': 0.0},
        firing: {"{}": 1.0},
        other: {},
    }
    prove(GROUPED, series, expected, at="40m")


def test_a_group_that_appears_counts_from_its_first_event(prove: Prove) -> None:
    series = [UP, requests("200", "1000+100x240", "a"), requests("500", "_x40 1+0x200", "late")]
    prove(
        GROUPED,
        series,
        {f'{LONG}{{shop="late"}}': {f'{LONG}{{shop="late",slo="shop-availability"}}': 1}},
        at="40m",
    )


def test_restart_of_a_process_loses_and_adds_nothing(prove: Prove) -> None:
    series = [UP, requests("200", "1000+90x119 90+90x200"), requests("500", "1000+10x119 10+10x200")]
    ratio = {"round(slo:sli_error:ratio_rate1h, 0.0001)": {'{slo="api-availability"}': 0.1}}
    prove(AVAILABILITY, series, ratio, at="50m")


def test_outage_of_prometheus_is_not_the_birth_of_series(prove: Prove) -> None:
    series = [
        ('up{instance="a",job="api"}', "1+0x39 _x80 1+0x200"),
        requests("200", "1000+100x39 _x80 13000+100x200"),
        requests("500", "1000+0x39 _x80 2000+0x200"),
    ]
    prove(AVAILABILITY, series, {f"{LONG} < bool 1": {'{slo="api-availability"}': 1}}, at="50m")


@pytest.mark.parametrize("le", ["1", "1.0"])
def test_bucket_is_found_as_go_and_as_python_write_it(prove: Prove, le: str) -> None:
    target = 'instance="a",job="api",shop="a"'
    series = [
        UP,
        (f"shop_duration_seconds_count{{{target}}}", "1000+100x240"),
        (f'shop_duration_seconds_bucket{{{target},le="{le}"}}', "1000+75x240"),
        (f'shop_duration_seconds_bucket{{{target},le="5"}}', "1000+99x240"),
    ]
    prove(LATENCY, series, {"round(slo:sli_error:ratio_rate1h, 0.0001)": {'{slo="api-latency"}': 0.25}}, at="40m")


@pytest.mark.parametrize("when", [Announced("shop_closed == 1"), Once(600, hours(0.25))])
def test_maintenance_spends_nothing_and_nothing_is_missing(prove: Prove, when: Announced | Once) -> None:
    """Everything fails from minute 10 to 25, which is planned; then nothing is left of the target for a while."""
    planned = Maintenance("upgrade", when, (AVAILABILITY.name,), "The database is upgraded.")
    series = [
        UP,
        ("shop_closed", "0+0x39 1+0x59 0+0x200"),
        requests("200", "1000+100x39 5000+0x59 5000+100x200"),
        requests("500", "1000+0x39 1000+100x59 7000+0x200"),
    ]
    name = '{slo="api-availability"}'
    expected = {
        f"{LONG} < bool 0.001": {name: 1.0},
        "slo:maintenance:active": {f"slo:maintenance:active{name}": 0.0},
        "ALERTS": {},
    }
    prove(AVAILABILITY, series, expected, at="40m", maintenance=(planned,))


def test_target_that_is_gone_in_maintenance_is_not_missed(prove: Prove) -> None:
    when = Announced("shop_closed == 1")
    planned = Maintenance("upgrade", when, (AVAILABILITY.name,), "The database is upgraded.")
    series = [
        UP,
        ("shop_closed", "0+0x39 1+0x200"),
        requests("200", "1000+100x39"),
        requests("500", "1000+0x39"),
    ]
    prove(AVAILABILITY, series, {"ALERTS": {}}, at="50m", maintenance=(planned,))
    prove(AVAILABILITY, series, {"count(ALERTS)": {"{}": 1.0}}, at="50m")
