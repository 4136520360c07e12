import subprocess
from pathlib import Path

import pytest

from steward.model import Program
from steward.stack.programs import find
from steward.stack.relocate import here, relocate

BUILT_FOR = "/usr/share/no-such-pump"
PUMP = Program("pump", "pump-server", (2,), built_for=BUILT_FOR)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "the state's/root"
    for folder in ("usr/bin", "usr/share/no-such-pump"):
        (root / folder).mkdir(parents=True)
    (root / "usr/share/no-such-pump/words").write_text("version 2.1 of {}")
    program = root / "usr/bin/pump"
    program.write_text(f'#!/bin/sh\ncat {BUILT_FOR}/words && echo " for $*"\n')
    program.chmod(0o755)
    return root


def test_a_program_reads_its_files_where_it_was_unpacked_and_moved_to(root: Path, tmp_path: Path) -> None:
    assert subprocess.run([root / "usr/bin/pump"], check=False, capture_output=True).returncode != 0

    relocate([PUMP], root)
    moved = root.rename(tmp_path / "elsewhere").resolve()

    found = find(PUMP, moved)
    said = subprocess.run([found.path, "a  b", ""], cwd="/", check=True, capture_output=True, text=True).stdout
    assert said == "version 2.1 of {} for a  b \n"
    assert found.version == (2, 1)


def test_an_unpacked_program_on_path_is_known_as_unpacked(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    relocate([PUMP], root)
    monkeypatch.setenv("PATH", f"{root}/usr/bin:/usr/bin:/bin")

    assert find(PUMP, None).root == root


def test_only_what_needs_it_is_changed(root: Path) -> None:
    before = (root / "usr/bin/pump").read_bytes()

    relocate(
        [Program("pump", "pump-server", (2,)), Program("pump", "p", (2,), built_for="/usr/share/other")], root
    )

    assert (root / "usr/bin/pump").read_bytes() == before
    assert [path.name for path in (root / "usr/bin").iterdir()] == ["pump"]


@pytest.mark.parametrize("length", [1, 2, 33, 34])
def test_the_present_folder_has_a_name_of_any_length(
    length: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert len(here(length)) == length
    assert Path(here(length).decode()).resolve() == tmp_path.resolve()
