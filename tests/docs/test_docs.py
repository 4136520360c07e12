"""What the documents say is held against the catalogue, the command line and the tree."""

import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from festivals.catalogue import CATALOGUE, objectives
from festivals.catalogue.alerts import redis
from steward import model
from steward.check.runbooks import served
from steward.cli import commands as command_line
from steward.model import Alert, AlertGroup, Email, Latency, PagerDuty, Receiver, Slack, Webhook

ROOT = Path(__file__).parents[2]
DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "CHANGELOG.md",
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / "runbooks").glob("*.md")),
]
GUIDE = (ROOT / "docs" / "MONITORING.md").read_text()
ALERTING = (ROOT / "docs" / "ALERTING.md").read_text()
OBJECTIVES = (ROOT / "docs" / "SLOS.md").read_text()
INDEX = (ROOT / "docs" / "RUNBOOK.md").read_text()
_THRESHOLD = re.compile(
    r"(?P<operator>[<>=]+) (?P<number>[\d.]+)(?P<unit> %| s| req/s)?(?: for (?P<lasting>\w+))?"
)


def documents() -> list[object]:
    return [pytest.param(path, id=str(path.relative_to(ROOT))) for path in DOCUMENTS]


def commands(text: str) -> Iterator[list[str]]:
    """Yield the words of each `./steward` command in the blocks of shell of a document."""
    for block in re.findall(r"```bash\n(.*?)```", text, re.DOTALL):
        for line in block.splitlines():
            if found := re.search(r"\./steward\s+([^#|;&<>]+)", line):
                yield found[1].split()


def rows(text: str, heading: str) -> list[list[str]]:
    """Return the cells of the table whose first column is headed `heading`."""
    lines = iter(text.splitlines())
    for line in lines:
        if line.startswith(f"| {heading} |"):
            next(lines)
            table: list[list[str]] = []
            for row in lines:
                if not row.startswith("|"):
                    return table
                cells = re.split(r"(?<!\\)\|", row.strip().removeprefix("|").removesuffix("|"))
                table.append([cell.strip().replace("\\|", "|") for cell in cells])
            return table
    raise AssertionError(f"no table is headed {heading!r}")


@pytest.mark.parametrize("document", documents())
def test_links_lead_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\((?!https?://|#)([^)#]+)", document.read_text())

    missing = [
        target for target in targets if not list(document.parent.glob(target.replace("{", "[").replace("}", "]")))
    ]

    assert missing == []


def _named(words: list[str]) -> int:
    """Return how many words name the command: two where a command has commands of its own."""
    command = command_line.get_command(click.Context(command_line), words[0])
    return 2 if isinstance(command, click.Group) and words[1:2] and words[1] in command.commands else 1


@pytest.mark.parametrize("document", documents())
def test_commands_exist_and_take_those_options(document: Path) -> None:
    for words in commands(document.read_text()):
        result = CliRunner().invoke(command_line, [*words[: _named(words)], "--help"])
        assert result.exit_code == 0, (words, result.output)
        for option in (word for word in words if word.startswith("-") and word != "--"):
            assert re.search(rf"(^|\s|,){re.escape(option)}\b", result.output), (words, option)


def test_first_screen_shows_the_two_commands() -> None:
    first_screen = "\n".join((ROOT / "README.md").read_text().splitlines()[:30])

    assert "./steward up --traffic\n" in first_screen
    assert "./steward test\n" in first_screen


def test_table_of_services_is_the_catalogues() -> None:
    told = {row[0]: (int(row[1]), row[2], row[3]) for row in rows(GUIDE, "service")}

    assert told == {
        service.name: (
            service.port().outside,
            "yes" if service.native else "no",
            "yes" if service.container else "no",
        )
        for service in CATALOGUE.services
        if service.ports
    }


def test_table_of_variables_names_every_secret_of_a_container() -> None:
    told = {name for row in rows(GUIDE, "variable") for name in re.findall(r"`([A-Z_]+)`", row[0])}
    asked = {
        secret.variable for service in CATALOGUE.services if service.container for secret in service.secrets
    } | {
        name
        for service in CATALOGUE.services
        if service.container
        for _, value in service.container.environment
        for name in re.findall(r"\$\{([A-Z_]+)", value)
    }

    assert told == asked | {"STEWARD_BIND"}


def bare(cell: str) -> str:
    """Return the text of a cell without the marks of code or of a link."""
    return re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", cell).strip("`")


@pytest.mark.parametrize("group", CATALOGUE.alert_groups, ids=lambda group: group.name)
def test_table_of_each_file_of_alerts_is_the_catalogues(group: AlertGroup) -> None:
    table = rows(GUIDE, f"{group.name} alert")

    assert f"`prometheus/alerts/{group.name}.yml`" in GUIDE
    assert [(bare(name), severity) for name, severity, _, _ in table] == [
        (alert.name, alert.severity.value) for alert in group.alerts
    ]
    for alert, (_, _, description, threshold) in zip(group.alerts, table, strict=True):
        assert description
        assert told_threshold(threshold) == real_threshold(alert), alert.name


def told_threshold(cell: str) -> tuple[str, float, str] | None:
    """Return comparison, value and `for` as a cell tells them; None where it tells of any result."""
    if cell.startswith("any result"):
        return None
    found = _THRESHOLD.fullmatch(cell)
    assert found, cell
    share = 100 if found["unit"] == " %" else 1
    return found["operator"], round(float(found["number"]) / share, 9), found["lasting"] or "0s"


def real_threshold(alert: Alert) -> tuple[str, float, str] | None:
    if alert.threshold is None:
        return None
    return alert.threshold.comparison.value, alert.threshold.value, str(alert.lasting)


def test_table_of_recording_rules_is_the_catalogues() -> None:
    told = [bare(row[0]) for row in rows(GUIDE, "recording rule")]

    assert told == [rule.name for rule in CATALOGUE.recording_rules]


def test_table_of_objectives_is_the_catalogues() -> None:
    table = rows(OBJECTIVES, "objective")

    assert [(bare(row[0]), row[1], row[2], row[5], row[6]) for row in table] == [
        (
            slo.name,
            f"{slo.objective:g} %",
            str(slo.window),
            ", ".join(level.name for level in slo.burn_rates),
            slo.team.name,
        )
        for slo in CATALOGUE.slos
    ]
    for slo, row in zip(CATALOGUE.slos, table, strict=True):
        indicator = slo.indicator
        if isinstance(indicator, Latency):
            assert row[3] == f"slower than {indicator.within:g} s"
        else:
            assert bare(row[3]) == indicator.bad.selector
        assert re.findall(r"`(\w+)`", row[4]) == list(slo.by)


def test_table_of_burn_rates_is_the_catalogues() -> None:
    told = {tuple(row[:5]) for row in rows(OBJECTIVES, "level")}

    assert told == {
        (level.name, f"{level.factor:g}", str(level.long), str(level.short), level.severity.value)
        for slo in CATALOGUE.slos
        for level in slo.burn_rates
    }


def test_index_of_runbooks_names_every_alert() -> None:
    told = [(bare(alert), severity, bare(page)) for alert, severity, page in rows(INDEX, "alert")]

    assert told == [(one.alert, one.severity.value, one.slug) for one in served(CATALOGUE)]
    for _, _, page in rows(INDEX, "alert"):
        assert f"(../runbooks/{bare(page)}.md)" in page


def test_table_of_teams_is_the_catalogues() -> None:
    told = [tuple(row) for row in rows(ALERTING, "team")]

    assert told == [(team.name, team.primary, team.escalation) for team in CATALOGUE.teams]


def test_table_of_routes_is_the_catalogues() -> None:
    routing = CATALOGUE.routing
    assert routing is not None
    receivers = {receiver.name: receiver for receiver in routing.receivers}
    table = rows(ALERTING, "branch")

    assert [bare(row[1]) for row in table] == [
        *(route.receiver for route in routing.root.routes),
        routing.root.receiver,
    ]
    for route, row in zip(routing.root.routes, table, strict=False):
        assert bare(row[0].removesuffix(", and on")) == ", ".join(str(match) for match in route.matches)
        assert row[0].endswith(", and on") is route.goes_on
    for row in table:
        assert row[2] == channels(receivers[bare(row[1])])


def test_table_of_inhibitions_names_the_sources_of_the_catalogue() -> None:
    routing = CATALOGUE.routing
    assert routing is not None
    table = rows(ALERTING, "while this fires")

    assert len(table) == len(routing.inhibitions)
    for inhibition, row in zip(routing.inhibitions, table, strict=True):
        alerts = [
            name for match in inhibition.source if match.label == "alertname" for name in match.value.split("|")
        ]
        assert re.findall(r"`([A-Z]\w+)`", row[0]) == alerts


def channels(receiver: Receiver) -> str:
    told: list[str] = []
    for channel in receiver.channels:
        match channel:
            case Slack():
                told.append(f"Slack {channel.channel}")
            case PagerDuty():
                told.append("PagerDuty")
            case Email():
                told.append(f"mail to {channel.to}")
            case Webhook(service="oncall"):
                told.append("on-call")
    return ", ".join(told) or "none"


@pytest.mark.parametrize("text", [ALERTING, OBJECTIVES], ids=["ALERTING", "SLOS"])
def test_examples_in_python_are_valid_declarations(text: str) -> None:
    known = {**vars(model), **vars(redis), **vars(objectives)}

    for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
        assert eval(textwrap.dedent(block).strip(), known)  # noqa: S307 - our own documents
