from pathlib import Path

import pytest

from steward.cli.project import load_catalogue, project_folder, state_folder
from steward.model import CatalogueError

SETTING = '[tool.steward]\ncatalogue = "festivals.catalogue:CATALOGUE"\n'


@pytest.fixture(autouse=True)
def _no_wrapper(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("STEWARD_PROJECT", "STEWARD_STATE"):
        monkeypatch.delenv(variable, raising=False)


def test_it_is_the_nearest_folder_upwards_with_a_catalogue(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text(SETTING)
    (tmp_path / "a" / "pyproject.toml").write_text("[tool.other]\n")
    monkeypatch.chdir(below)
    assert project_folder() == tmp_path
    assert state_folder().root == tmp_path / ".steward"


def test_the_wrapper_says_where_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEWARD_PROJECT", str(tmp_path))
    assert project_folder() == tmp_path


def test_outside_of_a_project_one_is_told_how_to_name_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CatalogueError, match="STEWARD_PROJECT"):
        project_folder()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "No such file"),
        ("[tool", "is not TOML"),
        ("tool = 1", "not of the form"),
        ("[tool.steward]", "not of the form"),
        ("[tool]\nsteward = 1", "not of the form"),
        ("[tool.steward]\ncatalogue = 7", "not of the form"),
        ('[tool.steward]\ncatalogue = "module"', "not of the form"),
        ('[tool.steward]\ncatalogue = "no.such.module:NAME"', "no module no"),
        ('[tool.steward]\ncatalogue = "pathlib:Path"', "is not a Catalogue"),
        ('[tool.steward]\ncatalogue = "pathlib:NOTHING"', "is not a Catalogue"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str | None, message: str) -> None:
    if text is not None:
        (tmp_path / "pyproject.toml").write_text(text)
    with pytest.raises(CatalogueError, match=message):
        load_catalogue(tmp_path)


def test_the_catalogue_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(SETTING)
    assert load_catalogue(tmp_path).name == "festivals"
