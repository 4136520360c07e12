"""`steward check` on the project's own catalogue."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from steward.cli.check import command

PROJECT = Path(__file__).parents[4]


@pytest.fixture(autouse=True)
def in_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEWARD_PROJECT", str(PROJECT))


def test_nothing_is_wrong_in_the_catalogue() -> None:
    result = CliRunner().invoke(command, ["--json"])

    assert [one for one in json.loads(result.stdout)["findings"] if one["level"] != "info"] == []
    assert result.exit_code == 0


def test_a_function_that_is_too_new_is_found_in_the_rules_that_are_compiled() -> None:
    result = CliRunner().invoke(command, ["--prometheus", "2.30", "--only", "newer-function", "--json"])

    findings = json.loads(result.stdout)["findings"]
    assert all(one["file"].startswith("infrastructure/monitoring/prometheus/") for one in findings)
    assert result.exit_code == (1 if findings else 0)
