"""The generated tests, run by the real promtool: they pass on the rules, and fail on rules that are wrong."""

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from steward.compile.rules import rules_yml
from steward.compile.slo import slo_files, slo_tests
from steward.model import Catalogue, Collection, Maintenance, Weekly
from steward.promql import hours
from steward.testing.shop import AVAILABILITY, COLLECTION, GROUPED, LATENCY, shop_with

pytestmark = pytest.mark.slow


def write(folder: Path, catalogue: Catalogue, collection: Collection) -> None:
    """Write rules and tests as a build does."""
    files = {file.path: rules_yml(file) for file in slo_files(catalogue, collection)}
    for path, content in (files | slo_tests(catalogue, collection)).items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)


def failures(folder: Path, *endings: str) -> str:
    """Run the tests whose files end so, or all; return what promtool says where they fail."""
    tests = sorted(
        str(path) for path in folder.glob("tests/slos/*.yml") if not endings or path.name.endswith(endings)
    )
    assert tests
    run = subprocess.run(["promtool", "test", "rules", *tests], capture_output=True, text=True, check=False)
    assert (run.returncode == 0) == ("FAILED" not in run.stdout + run.stderr), run.stdout + run.stderr
    return "" if run.returncode == 0 else run.stdout + run.stderr


def test_rules_pass(tmp_path: Path) -> None:
    write(tmp_path, shop_with(AVAILABILITY, LATENCY, GROUPED), COLLECTION)
    assert failures(tmp_path) == ""


def test_rules_pass_where_scrapes_are_faster(tmp_path: Path) -> None:
    write(tmp_path, shop_with(AVAILABILITY), Collection(interval=5, timeout=5))
    assert failures(tmp_path) == ""


@pytest.mark.parametrize("weekday", [4, 5])
def test_weekly_maintenance_spends_nothing(
    tmp_path: Path,
    weekday: int,
) -> None:
    """Tests begin on a Thursday, day 4, so those of other things have to keep out of its maintenance."""
    both = (AVAILABILITY.name, LATENCY.name)
    weekly = Maintenance("upgrade", Weekly(weekday, 120, hours(2)), both, "The database is upgraded.")
    write(tmp_path, shop_with(AVAILABILITY, LATENCY, maintenance=(weekly,)), COLLECTION)
    assert failures(tmp_path) == ""
    for name in both:
        rules = tmp_path / "slos" / f"{name}.yml"
        rules.write_text(rules.read_text().replace(">= 120 < 240", ">= 120 < 180"))
        assert "events_window" in failures(tmp_path, f"{name}-hours.yml")


MUTANTS = {
    "page at a higher burn": ("> 14.4", "> 15.6", ".yml"),
    "page at a lower burn": ("> 14.4", "> 13.2", ".yml"),
    "another budget": ("/ 0.001", "/ 0.0012", ".yml"),
    "a shorter long window": ("[59m45s]", "[49m45s]", ".yml"),
    "a longer short window": ("[4m45s])\n", "[19m45s])\n", ".yml"),
    "another label": ("severity: critical", "severity: warning", ".yml"),
    "another summary": ("times too fast", "times faster", ".yml"),
    "the first event of a series lost": ("offset 1m == 1", "offset 1m == 2", ".yml"),
    "the history of a new target counted": ('up{job="api"} offset 1m == 1', 'up{job="api"} == 1', ".yml"),
    "no zero without errors": ("0 * slo", "NaN * slo", ".yml"),
    "a ratio without events": ("> 0)", ">= 0)", ".yml"),
    "absence told too soon": ("for: 15m", "for: 5m", ".yml"),
    "absence told at once after maintenance": ("absent(", "vector(", ".yml"),
    "too many bad events asked for": (">= 5", ">= 9", ".yml"),
    "too few bad events asked for": (">= 5", ">= 4", ".yml"),
    "ticket at a higher burn": ("> 6\n", "> 6.8\n", "-hours.yml"),
    "ticket at a lower burn": ("> 6\n", "> 5.2\n", "-hours.yml"),
    "ticket's window shorter": ("[5h59m45s]", "[4h59m45s]", "-hours.yml"),
    "tiles of twice the events": (" * 30\n", " * 60\n", "-hours.yml"),
    "info at a higher burn": (
        'rate3d{slo="api-availability"} > 1\n',
        'rate3d{slo="api-availability"} > 1.2\n',
        "-days.yml",
    ),
    "spike at a greater share": ("> 0.1\n", "> 0.13\n", "-days.yml"),
    "spike at a smaller share": ("> 0.1\n", "> 0.08\n", "-days.yml"),
    "spike before the window is known": (">= 0.5", ">= 0.2", "-days.yml"),
    "budget over another window": ("[29d23h59m45s]", "[9d23h59m45s]", "-days.yml"),
}


@pytest.mark.parametrize(("before", "after", "ending"), MUTANTS.values(), ids=MUTANTS.keys())
def test_wrong_rules_fail(
    tmp_path: Path,
    before: str,
    after: str,
    ending: str,
) -> None:
    write(tmp_path, shop_with(AVAILABILITY), COLLECTION)
    rules = tmp_path / "slos" / "api-availability.yml"
    text = rules.read_text()
    assert before in text
    rules.write_text(text.replace(before, after))
    assert failures(tmp_path, f"api-availability{ending}") != ""


def test_objectives_with_other_burn_rates_pass(tmp_path: Path) -> None:
    ticket = tuple(level for level in GROUPED.burn_rates if level.name == "Ticket")
    slo = replace(GROUPED, burn_rates=ticket, least_bad_events=20, window=GROUPED.window.scaled(0.5))
    write(tmp_path, shop_with(slo), COLLECTION)
    assert failures(tmp_path) == ""
