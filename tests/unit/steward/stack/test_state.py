import os
import stat
from pathlib import Path

import pytest

from steward.stack import state
from steward.stack.errors import StateUnusable


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_it_is_in_the_project_unless_told_otherwise(tmp_path: Path) -> None:
    assert state.locate(tmp_path, {}).root == tmp_path / ".steward"
    assert state.locate(tmp_path, {"STEWARD_STATE": str(tmp_path / "other")}).root == tmp_path / "other"


def test_it_is_closed_when_nobody_else_must_enter(tmp_path: Path) -> None:
    prepared = state.prepare(tmp_path, {}, shared=False)
    assert {mode(folder) for folder in (prepared.root, prepared.logs, prepared.secrets)} == {0o700}
    assert state.prepare(tmp_path, {}, shared=False) == prepared


def test_it_is_open_for_the_users_that_servers_run_as(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    chosen = {"STEWARD_STATE": str(tmp_path / "state")}
    closed = state.closed_to_others(tmp_path)
    if closed:
        with pytest.raises(StateUnusable, match=f"cannot enter {closed}"):
            state.prepare(tmp_path, chosen, shared=True)
    else:
        assert mode(state.prepare(tmp_path, chosen, shared=True).run) == 0o755


@pytest.mark.parametrize("name", ["run", "logs", "data", "config", "secrets"])
def test_a_file_in_the_place_of_a_folder_is_named(tmp_path: Path, name: str) -> None:
    root = tmp_path / ".steward"
    root.mkdir()
    (root / name).write_text("")
    with pytest.raises(StateUnusable, match=f"{root / name} is a file"):
        state.prepare(tmp_path, {}, shared=False)


def test_a_state_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / ".steward").write_text("")
    with pytest.raises(StateUnusable, match="is a file where"):
        state.prepare(tmp_path, {}, shared=False)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_is_not_writable_is_named(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0o500)
    with pytest.raises(StateUnusable, match="Permission denied"):
        state.prepare(tmp_path / "closed", {}, shared=False)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give folders away")
def test_the_folder_of_another_user_is_refused(tmp_path: Path) -> None:
    root = state.prepare(tmp_path, {}, shared=False).root
    os.chown(root, 12345, 12345)
    with pytest.raises(StateUnusable, match="belongs to 12345"):
        state.prepare(tmp_path, {}, shared=False)


def test_a_full_disk_is_refused(tmp_path: Path) -> None:
    state.require_space(tmp_path, 200 * 1024**2)
    with pytest.raises(StateUnusable, match="only 199 MB are free"):
        state.require_space(tmp_path, 200 * 1024**2 - 1)


def test_no_two_projects_share_a_place_elsewhere(tmp_path: Path) -> None:
    one, two = tmp_path / "one" / "festivals", tmp_path / "two" / "festivals"
    assert state.elsewhere(one) != state.elsewhere(two)
    assert state.elsewhere(one).name.startswith("festivals-")


def test_the_folder_that_keeps_others_out_is_named(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    (closed / "open").mkdir(parents=True)
    closed.chmod(0o700)
    found = state.closed_to_others(closed / "open")
    assert found is not None
    assert closed.is_relative_to(found)


def test_purge_removes_everything_in_the_project(tmp_path: Path) -> None:
    prepared = state.prepare(tmp_path, {}, shared=False)
    (prepared.root / "something.else").write_text("")
    state.purge(tmp_path, prepared)
    assert not prepared.root.exists()


def test_purge_leaves_what_is_not_the_stacks_in_a_chosen_folder(tmp_path: Path) -> None:
    chosen = tmp_path / "chosen"
    prepared = state.prepare(tmp_path, {"STEWARD_STATE": str(chosen)}, shared=False)
    (chosen / "thesis.txt").write_text("mine")
    state.purge(tmp_path, prepared)
    assert [path.name for path in chosen.iterdir()] == ["thesis.txt"]


def test_purge_follows_the_link_of_a_closed_project(tmp_path: Path) -> None:
    project, elsewhere = tmp_path / "project", tmp_path / "elsewhere"
    project.mkdir()
    elsewhere.mkdir()
    (project / ".steward").symlink_to(elsewhere)
    prepared = state.prepare(project, {}, shared=False)
    assert prepared.root == elsewhere
    state.purge(project, prepared)
    assert not elsewhere.exists()
    assert not (project / ".steward").is_symlink()
