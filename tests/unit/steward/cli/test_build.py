from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from steward.cli import commands
from steward.cli.build import compare

CATALOGUE = """
from steward.model import Catalogue, components
CATALOGUE = Catalogue("shop", "Shop", services=(components.alertmanager("v1"),))
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    # A name of its own, because modules stay imported from one test to the next.
    module = "watched_" + "".join(letter for letter in tmp_path.name if letter.isalnum())
    (tmp_path / f"{module}.py").write_text(CATALOGUE)
    (tmp_path / "pyproject.toml").write_text(f'[tool.steward]\ncatalogue = "{module}:CATALOGUE"\n')
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("STEWARD_PROJECT", str(tmp_path))
    return tmp_path


def build(*arguments: str) -> Result:
    return CliRunner().invoke(commands, ["build", *arguments])


def test_differences_are_named_by_kind() -> None:
    assert compare({"a": b"1", "b": b"2", "c": b"3"}, {"b": b"2", "c": b"4", "d": b"5"}) == {
        "a": "missing",
        "c": "changed",
        "d": "extra",
    }


def test_what_was_built_passes_the_check_and_stays_as_it_is(project: Path) -> None:
    assert build("--check").exit_code == 1
    assert build().exit_code == 0
    assert build("--check").exit_code == 0
    assert "0 of them changed" in build().output
    assert (project / "infrastructure/monitoring/docker-compose.monitoring.yml").is_file()


@pytest.mark.parametrize("kind", ["missing", "changed", "extra"])
def test_each_difference_fails_the_check_and_is_mended(project: Path, kind: str) -> None:
    build()
    folder = project / "infrastructure/monitoring"
    compiled = folder / "alertmanager/alertmanager.yml"
    match kind:
        case "missing":
            compiled.unlink()
        case "changed":
            compiled.write_text("# by hand\n")
        case _:
            (folder / "old.yml").write_bytes(compiled.read_bytes())
    checked = build("--check")
    assert checked.exit_code == 1
    assert f": {kind}" in checked.output
    assert build().exit_code == 0
    assert build("--check").exit_code == 0


def test_what_somebody_wrote_there_is_not_deleted(project: Path) -> None:
    build()
    note = project / "infrastructure/monitoring/note.txt"
    note.write_text("mine")
    built = build()
    assert built.exit_code == 1
    assert "note.txt" in built.output
    assert note.exists()


def test_what_an_operator_keeps_there_is_left_alone(project: Path) -> None:
    build()
    for path in ("secrets/smtp-password", "data/prometheus/wal", ".env"):
        place = project / "infrastructure/monitoring" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("")
    assert build("--check").exit_code == 0


def test_rules_of_another_time_scale_go_elsewhere(project: Path, tmp_path: Path) -> None:
    built = build("--time-scale", "60", "--output", str(tmp_path / "drill"))

    assert built.exit_code == 0
    assert "group_wait: 1s" in (tmp_path / "drill/alertmanager/alertmanager.yml").read_text()
    assert not (project / "infrastructure").exists()
    assert build("--time-scale", "60", "--output", str(tmp_path / "drill"), "--check").exit_code == 0


@pytest.mark.parametrize("output", [(), ("--output", "{project}/infrastructure/../infrastructure/monitoring")])
def test_rules_of_another_time_scale_never_replace_the_committed_ones(
    project: Path, output: tuple[str, ...]
) -> None:
    build()
    refused = build("--time-scale", "60", *(part.format(project=project) for part in output))

    assert refused.exit_code == 2
    assert "needs --output" in refused.output
    assert build("--check").exit_code == 0


@pytest.mark.parametrize("scale", ["0", "-1", "nan", "fast"])
def test_time_scale_that_is_none(project: Path, scale: str) -> None:
    assert build("--time-scale", scale, "--output", str(project / "drill")).exit_code == 2


def test_other_folder_is_named_where_it_differs(project: Path, tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    build("--output", str(folder))
    (folder / "alertmanager/alertmanager.yml").write_text("")

    checked = build("--output", str(folder), "--check")

    assert checked.exit_code == 1
    assert f"{folder}/alertmanager/alertmanager.yml: changed" in checked.output
