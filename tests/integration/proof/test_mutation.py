"""The catalogue's alerts, each with one mistake: their generated tests must notice."""

import json

import pytest
from click.testing import CliRunner

from festivals.catalogue import CATALOGUE
from steward.cli import commands

pytestmark = pytest.mark.slow

_LEAST_PERCENT = 95


def test_the_declared_alerts_tests_notice_nearly_every_mistake() -> None:
    names = [alert.name for alert in CATALOGUE.alerts]

    result = CliRunner().invoke(commands, ["mutate", "--json", *names])

    found = json.loads(result.stdout)
    assert found["mutants"] > 5 * len(names)
    assert found["percent"] >= _LEAST_PERCENT, found["survivors"]
    assert result.exit_code == 0


def test_an_unknown_alert_is_refused_by_name() -> None:
    result = CliRunner().invoke(commands, ["mutate", "NoSuchAlert"])

    assert result.exit_code == 2
    assert "NoSuchAlert" in result.stderr


def test_too_few_noticed_mistakes_are_a_failure() -> None:
    result = CliRunner().invoke(commands, ["mutate", "TransactionVolumeDrop", "--at-least", "100"])

    assert result.exit_code == 1
    assert "survived  TransactionVolumeDrop" in result.stdout
