"""`steward dashboards` against a Grafana."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from steward.cli import commands
from steward.testing.grafana import FakeGrafana

pytestmark = pytest.mark.slow

CATALOGUE = """
from steward.model import Catalogue
from steward.model.dashboard import Dashboard, PanelRow, Query, Stat

def board(uid, file):
    panel = Stat(title="Up", meaning="What is up.", queries=(Query("up"),))
    return Dashboard(uid, uid.title(), "What runs.", (PanelRow("All", (panel,)),), file)

CATALOGUE = Catalogue("shop", "Shop", dashboards=(board("shop-api", "api"), board("shop-sales", "sales")))
"""


@pytest.fixture
def grafana(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeGrafana]:
    """Give a Grafana that the commands find, and a project with two dashboards."""
    module = "watched_" + "".join(letter for letter in tmp_path.name if letter.isalnum())
    (tmp_path / f"{module}.py").write_text(CATALOGUE)
    (tmp_path / "pyproject.toml").write_text(f'[tool.steward]\ncatalogue = "{module}:CATALOGUE"\n')
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("STEWARD_PROJECT", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    with FakeGrafana().running() as fake:
        monkeypatch.setenv("STEWARD_GRAFANA_URL", fake.url)
        monkeypatch.setenv("GRAFANA_API_KEY", fake.token)
        yield fake


def dashboards(*arguments: str, code: int = 0) -> Result:
    result = CliRunner().invoke(commands, ["dashboards", *arguments])
    assert result.exit_code == code, result.output
    return result


def answer(*arguments: str, code: int = 0) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(dashboards(*arguments, "--json", code=code).stdout)["dashboards"]
    return found


def change(grafana: FakeGrafana, uid: str, **fields: Any) -> None:
    """Save it as somebody does in the browser."""
    kept = grafana.dashboards[uid]
    grafana.keep({**kept.content, **fields}, folder=kept.folder)


def test_what_was_imported_is_in_a_folder_and_is_the_same(grafana: FakeGrafana) -> None:
    created = answer("import", "--message", "first")
    assert [(one["uid"], one["result"], one["version"]) for one in created] == [
        ("shop-api", "created", 1),
        ("shop-sales", "created", 1),
    ]
    assert created[0]["url"] == f"{grafana.url}/d/shop-api/shop-api"
    assert grafana.folders == {"shop": "Shop"}
    assert {(kept.folder, kept.message) for kept in grafana.dashboards.values()} == {("shop", "first")}

    assert [one["state"] for one in answer("diff")] == ["same", "same"]
    assert [one["result"] for one in answer("import")] == ["unchanged", "unchanged"]
    assert grafana.dashboards["shop-api"].content["version"] == 1


def test_a_missing_and_a_changed_dashboard_are_shown_and_fail(grafana: FakeGrafana) -> None:
    dashboards("import", "shop-api")
    change(grafana, "shop-api", refresh="1m")

    said = dashboards("diff", code=1).output

    assert "shop-sales: Grafana has none" in said
    assert 'shop-api: refresh\n  here:    "30s"\n  Grafana: "1m"' in said
    (told,) = answer("diff", "shop-api", code=1)
    assert told["differences"] == [{"path": "refresh", "ours": "30s", "theirs": "1m"}]


def test_what_was_changed_by_hand_is_replaced_on_demand_only(grafana: FakeGrafana) -> None:
    dashboards("import", "shop-sales")
    change(grafana, "shop-sales", refresh="1m")

    said = dashboards("import", code=1).output

    assert "shop-sales: Grafana has it otherwise" in said
    assert "--overwrite" in said
    assert "shop-api" not in grafana.dashboards
    assert [one["result"] for one in answer("import", "--overwrite")] == ["created", "replaced"]
    assert [one["state"] for one in answer("diff")] == ["same", "same"]


def test_a_dashboard_stays_in_the_folder_that_somebody_put_it_into(grafana: FakeGrafana) -> None:
    dashboards("import", "shop-api")
    grafana.folders["elsewhere"] = "Elsewhere"
    grafana.keep({**grafana.dashboards["shop-api"].content, "refresh": "1m"}, folder="elsewhere")

    dashboards("import", "shop-api", "--overwrite")

    assert grafana.dashboards["shop-api"].folder == "elsewhere"


def test_who_saves_at_the_same_time_is_not_overwritten(
    grafana: FakeGrafana, monkeypatch: pytest.MonkeyPatch
) -> None:
    dashboards("import", "shop-api")
    change(grafana, "shop-api", refresh="1m")
    judged = FakeGrafana.answer

    def meanwhile(self: FakeGrafana, method: str, *rest: Any) -> Any:
        if method == "POST":
            change(self, "shop-api", refresh="5m")
        return judged(self, method, *rest)

    monkeypatch.setattr(FakeGrafana, "answer", meanwhile)

    said = dashboards("import", "shop-api", "--overwrite", code=1).output

    assert "changed by someone else" in said
    assert grafana.dashboards["shop-api"].content["refresh"] == "5m"


def test_what_grafana_reads_from_a_file_is_not_saved(grafana: FakeGrafana) -> None:
    grafana.keep({"uid": "shop-api", "title": "API"}, file=True)

    said = dashboards("import", "--overwrite", code=1).output

    assert "shop-api: Grafana reads it from a file" in said
    assert "shop-sales" not in grafana.dashboards


def test_an_export_is_what_the_compiler_writes_until_somebody_changes_it(
    grafana: FakeGrafana, tmp_path: Path
) -> None:
    from steward.cli.project import load_catalogue
    from steward.compile.grafana import dashboard_files

    dashboards("import")
    grafana.keep({"uid": "by-hand", "title": "By hand"})

    told = answer("export", "--output", "now")

    compiled = dashboard_files(load_catalogue(tmp_path))
    assert {one["file"]: Path(one["file"]).read_bytes() for one in told} == {
        str(tmp_path / "now" / name): content for name, content in compiled.items()
    }
    dashboards("export", "by-hand")
    assert json.loads((tmp_path / "dashboards/by-hand.json").read_text()) == {"uid": "by-hand", "title": "By hand"}


def test_an_exported_file_can_be_compared_and_imported(grafana: FakeGrafana) -> None:
    grafana.keep({"uid": "by-hand", "title": "By hand"})
    dashboards("export", "by-hand", "--output", "now")
    change(grafana, "by-hand", title="By another hand")

    assert 'here:    "By hand"' in dashboards("diff", "now/by-hand.json", code=1).output
    dashboards("import", "now/by-hand.json", "--overwrite")

    assert grafana.dashboards["by-hand"].content["title"] == "By hand"


def test_an_export_writes_nothing_where_one_is_missing(grafana: FakeGrafana, tmp_path: Path) -> None:
    dashboards("import", "shop-api")

    assert "Dashboard not found" in dashboards("export", code=1).output
    assert not (tmp_path / "dashboards").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["export", "../etc"], 2, "no uid"),
        (["import", "shop-nothing"], 1, "known are shop-api, shop-sales"),
        (["import", "none.json"], 1, "none.json: No such file"),
        (["diff", "--url", "http://me:secret@grafana"], 1, "cannot be used"),
        (["diff", "--url", "http://127.0.0.1:1"], 1, "cannot be reached"),
    ],
)
@pytest.mark.usefixtures("grafana")
def test_what_cannot_be_done_is_named(arguments: list[str], code: int, said: str) -> None:
    output = dashboards(*arguments, code=code).output
    assert said in output
    assert "secret" not in output


def test_a_token_file_is_closed_to_others(
    grafana: FakeGrafana, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GRAFANA_API_KEY")
    assert "GRAFANA_API_KEY" in dashboards("diff", code=1).output
    file = tmp_path / "token"
    file.write_text(f"{grafana.token}\n")
    file.chmod(0o644)

    assert f"chmod 600 {file}" in dashboards("diff", "--token-file", str(file), code=1).output
    file.chmod(0o600)
    assert answer("import", "shop-api", "--token-file", str(file))[0]["result"] == "created"


def test_text_of_others_cannot_steer_the_terminal(grafana: FakeGrafana) -> None:
    dashboards("import", "shop-api")
    change(grafana, "shop-api", **{"\x1b[31mred\rover": "\x9b31m\x07"})

    said = dashboards("diff", "shop-api", code=1).output

    assert not {"\x1b", "\r", "\x9b", "\x07"} & set(said)
