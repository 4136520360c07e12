import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from steward.model import PYTHON, Program
from steward.stack.errors import ProgramMissing, ProgramTooOld
from steward.stack.programs import Found, find, find_all, parse_version

Script = Callable[[str, str], Path]
PUMP = Program("pump", "pump-server", (2, 1), relocated=("--assets={root}/usr/share/pump",))


@pytest.fixture(autouse=True)
def path(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"relative:{folder}:/usr/bin:/bin")
    monkeypatch.delenv("LD_LIBRARY_PATH", raising=False)


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("prometheus, version 2.42.0+ds (branch: debian/sid, revision: 2.42.0+ds-5+deb12u1)", (2, 42, 0)),
        ("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", (15, 18)),
        ("postgres (PostgreSQL) 17devel", (17,)),
        ("Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64", (7, 0, 15)),
        (
            'time="2026-11-24T07:25:37Z" msg="Redis Metrics Exporter 1.45.0-2+b4  date: 20230409"',
            (1, 45, 0),
        ),
        ("loki, version v3.5.3", (3, 5, 3)),
        ("Segmentation fault", None),
        ("", None),
    ],
)
def test_versions_are_read_as_programs_print_them(text: str, version: tuple[int, ...] | None) -> None:
    assert parse_version(text) == version


@pytest.mark.parametrize("stream", ["", " >&2"])
def test_a_program_on_path_is_found_whichever_way_it_says_its_version(script: Script, stream: str) -> None:
    where = script("pump", f"echo pump version 2.4.1{stream}")

    found = find(PUMP, None)

    assert found == Found(PUMP, where, (2, 4, 1))
    assert found.environment() == {}
    assert found.arguments() == ()


def test_the_newest_of_a_packages_folders_comes_first(script: Script, folder: Path) -> None:
    program = Program("pump", "pump-server", (9,), folders=(f"{folder}/lib/pump/*/bin",))
    script("pump", "echo 10.1")
    for version in ("9", "15", "10"):
        script(f"lib/pump/{version}/bin/pump", f"echo pump {version}.3")

    assert find(program, None).path == folder / "lib/pump/15/bin/pump"


def test_an_unpacked_program_is_taken_when_what_is_installed_is_too_old(script: Script, tmp_path: Path) -> None:
    script("pump", "echo 1.0")
    where = script("../state/root/usr/bin/pump", "echo $LD_LIBRARY_PATH >&2; echo 2.1").resolve()
    root = tmp_path / "state/root"
    (root / "usr/lib/x86_64-linux-gnu").mkdir(parents=True)

    found = find(PUMP, root)

    assert (found.path, found.root) == (where, root)
    assert found.arguments() == (f"--assets={root}/usr/share/pump",)
    assert found.environment() == {"LD_LIBRARY_PATH": f"{root}/usr/lib/x86_64-linux-gnu:{root}/usr/lib"}


def test_libraries_of_the_users_own_stay_reachable(
    script: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script("../root/usr/bin/pump", "echo 2.1")
    (tmp_path / "root/lib").mkdir()
    monkeypatch.setenv("LD_LIBRARY_PATH", "/opt/mine")

    assert find(PUMP, tmp_path / "root").environment()["LD_LIBRARY_PATH"] == f"{tmp_path}/root/lib:/opt/mine"


def test_siblings_are_looked_for_beside_then_where_it_was_unpacked_then_on_path(
    script: Script, folder: Path, tmp_path: Path
) -> None:
    root = tmp_path / "root"
    program = Program("pump", "pump-server", (2,), folders=("/usr/lib/pump/*/bin",))
    script("../root/usr/lib/pump/2/bin/pump", "echo 2.1")
    for place in ("../root/usr/lib/pump/2/bin/pump-init", "../root/usr/bin/pump-init", "../root/usr/bin/pump-cli"):
        script(place, "")
    for name in ("pump-init", "pump-cli", "pump-top"):
        script(name, "")

    found = find(program, root)

    assert found.sibling("pump-init") == root / "usr/lib/pump/2/bin/pump-init"
    assert found.sibling("pump-cli") == root / "usr/bin/pump-cli"
    assert found.sibling("pump-top") == folder / "pump-top"
    with pytest.raises(ProgramMissing, match="pump-dump is missing"):
        found.sibling("pump-dump")


def test_a_missing_program_is_named_with_its_package_and_how_to_get_it() -> None:
    with pytest.raises(ProgramMissing, match=r"pump 2\.1 or newer is missing") as caught:
        find(PUMP, None)

    assert "apt-get install pump-server" in caught.value.mend
    assert "./steward install" in caught.value.mend


def test_an_old_program_is_named_with_its_version(script: Script) -> None:
    where = script("pump", "echo 2.0.9")

    with pytest.raises(ProgramTooOld, match=r"2\.0\.9") as caught:
        find(PUMP, None)

    assert str(where) in caught.value.what


@pytest.mark.parametrize("body", ["echo 9.9; exit 1", "echo no number"])
def test_a_program_that_does_not_run_is_missing(script: Script, body: str) -> None:
    script("pump", body)

    with pytest.raises(ProgramMissing, match="does not run"):
        find(PUMP, None)


def test_a_program_that_was_replaced_is_asked_again(script: Script) -> None:
    script("pump", "echo 2.1").touch()
    assert find(PUMP, None).version == (2, 1)
    script("pump", "echo 2.2")

    assert find(PUMP, None).version == (2, 2)


def test_python_is_the_one_that_runs_us() -> None:
    assert find(PYTHON, None).path == Path(sys.executable)


def test_several_are_looked_for_at_once(script: Script) -> None:
    script("pump", "echo 2.1")
    valve = Program("valve", "valves", (1,))

    looked = find_all((PUMP, valve, PUMP), None)

    assert list(looked) == [PUMP, valve]
    assert isinstance(looked[PUMP], Found)
    assert isinstance(looked[valve], ProgramMissing)
