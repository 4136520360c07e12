"""`steward lint` as a person or a pipeline calls it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from steward.check.finding import Finding, Level, Place
from steward.check.registry import CHECKS
from steward.check.showing.sarif import as_sarif
from steward.cli.lint import command

RULES = """\
groups:
  - name: shop
    rules:
      - alert: NoOrders
        expr: |
          sum(rate(pump_orders_total{colour="red"}[30s]))
            < 1
        labels: {severity: warning}
        annotations: {summary: Nobody buys}
"""
PUMP = {
    "source": "pump",
    "version": "1",
    "metrics": [{"name": "pump_orders_total", "type": "counter", "help": "Orders.", "labels": ["valve"]}],
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder that is no project."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("STEWARD_PROJECT", raising=False)
    (tmp_path / "rules.yml").write_text(RULES)
    (tmp_path / "pump.json").write_text(json.dumps(PUMP))
    return tmp_path


def lint(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(command, ["--catalogue", "none", *arguments], input=stdin)


def checks(result: Result) -> list[str]:
    return [finding["check"] for finding in json.loads(result.stdout)["findings"]]


def test_a_finding_shows_where_what_why_and_how_to_mend_it() -> None:
    result = lint("rules.yml", "--only", "short-range")

    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "rules.yml:6: warning: alert NoOrders: 30s holds 2 scrapes of 15 s [short-range]",
        '    sum(rate(pump_orders_total{colour="red"}[30s]))',
        "                                             ^^^",
        "  why:  A rate needs two samples; with fewer than four scrapes in its range, a late one leaves a gap.",
        "  mend: use 1m or more",
        "",
        "1 file, 1 expression: 1 warning",
    ]


def test_what_is_worth_a_look_fails_nothing() -> None:
    result = lint("rules.yml", "--ignore", "short-range", "--json")

    assert (result.exit_code, checks(result)) == (0, ["missing-owner", "missing-runbook"])


def test_an_inventory_makes_metrics_known() -> None:
    result = lint("rules.yml", "--inventory", "pump.json", "--only", "unknown-label", "--json")

    assert (result.exit_code, checks(result)) == (1, ["unknown-label"])


def test_stdin_is_read() -> None:
    result = lint("-", "--json", "--only", "short-range", stdin=RULES)

    assert json.loads(result.stdout)["findings"][0]["file"] == "<stdin>"


def test_sarif_is_what_code_hosts_take() -> None:
    log = json.loads(lint("rules.yml", "--sarif").stdout)
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]

    assert log["version"] == "2.1.0"
    assert {result["level"] for result in run["results"]} == {"warning", "note"}
    for result in run["results"]:
        (location,) = result["locations"]
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert location["physicalLocation"]["artifactLocation"]["uri"] == "rules.yml"
        assert location["physicalLocation"]["region"]["startLine"] >= 1
        assert result["message"]["text"]


def test_a_finding_without_a_line_is_shown_at_the_first() -> None:
    finding = Finding("cost", Level.INFO, Place("a b.yml"), "much", "Why.", "less")

    (result,) = json.loads(as_sarif([finding], CHECKS))["runs"][0]["results"]

    place = result["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "a%20b.yml"}, "region": {"startLine": 1}}


def test_an_accepted_finding_is_told_only_when_asked_for(folder: Path) -> None:
    accepted = RULES.replace("- alert", "# steward: accept short-range because it is a test\n      - alert")
    (folder / "rules.yml").write_text(accepted)

    quiet, told = (lint("rules.yml", "--only", "short-range", *more) for more in ((), ("--show-accepted",)))

    assert (quiet.exit_code, told.exit_code) == (0, 0)
    assert quiet.stdout.strip() == "1 file, 1 expression: 1 accepted"
    assert "accepted: it is a test" in told.stdout


def test_a_file_can_accept_what_another_cannot(folder: Path) -> None:
    (folder / "meant").write_text(
        "# Not ours.\nshort-range in NoOrders because it is not ours\ncost in rules.yml because who knows\n"
    )

    result = lint("rules.yml", "--accept-file", "meant", "--json")

    assert (result.exit_code, checks(result)) == (1, ["accept-unused", "missing-owner", "missing-runbook"])
    assert json.loads(result.stdout)["findings"][0]["line"] == 3


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("empty.yml", "", "empty.yml: it is empty"),
        ("other.yml", "a: 1\n", "other.yml:1: neither rules nor a dashboard nor routes"),
        ("broken.yml", "groups:\n  - name: a\n   rules: []\n", "broken.yml:3: no YAML"),
        ("broken.json", '{"panels": [\n', "broken.json:2: no JSON"),
        ("rule.yml", "groups:\n  - name: a\n    rules:\n      - expr: up\n", "rule.yml:4: a rule needs `expr`"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(folder: Path, name: str, text: str, message: str) -> None:
    (folder / name).write_text(text)

    result = lint("rules.yml", name)

    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("missing.yml",), "missing.yml: No such file or directory"),
        (("rules.yml", "--inventory", "rules.yml"), "inventory: not what `steward metrics import` writes"),
        (("rules.yml", "--only", "nonsense"), "no check is called nonsense"),
        (("rules.yml", "--prometheus", "two"), "'two' is not a version"),
    ],
)
def test_what_cannot_be_used_is_told(arguments: tuple[str, ...], message: str) -> None:
    result = lint(*arguments)

    assert result.exit_code == 2
    assert message in result.stderr


def test_the_checks_are_listed() -> None:
    result = lint("--list")

    assert result.exit_code == 0
    assert "short-range " in result.stdout
