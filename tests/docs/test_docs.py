"""What the documents say is held against the catalogue, the command line and the tree."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from festivals.catalogue import CATALOGUE
from steward.cli import commands as command_line

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
GUIDE = (ROOT / "docs" / "MONITORING.md").read_text()


def documents() -> list[object]:
    return [pytest.param(path, id=str(path.relative_to(ROOT))) for path in DOCUMENTS]


def commands(text: str) -> Iterator[list[str]]:
    """Yield the words of each `./steward` command in the blocks of shell of a document."""
    for block in re.findall(r"```bash\n(.*?)```", text, re.DOTALL):
        for line in block.splitlines():
            if found := re.search(r"\./steward\s+([^#]+)", line):
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
                table.append([cell.strip() for cell in row.strip("|").split("|")])
            return table
    raise AssertionError(f"no table is headed {heading!r}")


@pytest.mark.parametrize("document", documents())
def test_links_lead_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\((?!https?://|#)([^)#]+)", document.read_text())

    missing = [
        target for target in targets if not list(document.parent.glob(target.replace("{", "[").replace("}", "]")))
    ]

    assert missing == []


@pytest.mark.parametrize("document", documents())
def test_commands_exist_and_take_those_options(document: Path) -> None:
    for words in commands(document.read_text()):
        result = CliRunner().invoke(command_line, [*words[:1], "--help"])
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
