from collections.abc import Callable
from pathlib import Path

import pytest

from steward.model import PYTHON, Catalogue, Native, Program, Service
from steward.stack.errors import ProgramMissing, ProgramTooOld
from steward.stack.packages import ensure, programs_of
from steward.stack.state import State

Script = Callable[[str, str], Path]
PUMP = Program("pump", "pump-server", (2, 1), folders=("/usr/lib/pump/*/bin",))
VALVE = Program("valve", "valves", (1,))
CATALOGUE = Catalogue(
    "works",
    "Waterworks",
    services=(
        Service("app", "App", native=Native(PYTHON)),
        Service("pump", "Pump", native=Native(PUMP)),
        Service("second-pump", "Pump", native=Native(PUMP)),
        Service("valve", "Valve", native=Native(VALVE)),
        Service("elsewhere", "Only in a container"),
    ),
)


@pytest.fixture(autouse=True)
def path(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(folder))


def test_each_program_is_asked_for_once_and_python_never() -> None:
    assert programs_of(CATALOGUE) == (PUMP, VALVE)


def test_where_all_is_there_nothing_is_done(script: Script, tmp_path: Path) -> None:
    for name in ("pump", "valve"):
        script(name, "echo 2.1")

    found = ensure(CATALOGUE, State(tmp_path / "state"), allowed=False)

    assert [one.path.name for one in found.values()] == ["pump", "valve"]
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize(("allowed", "why"), [(False, "installing is forbidden"), (True, "there is no apt-get")])
def test_where_nothing_may_be_brought_all_that_is_missing_is_named(
    script: Script, tmp_path: Path, folder: Path, allowed: bool, why: str
) -> None:
    script("pump", "echo 2.0")

    with pytest.raises(ProgramMissing, match=why) as caught:
        ensure(CATALOGUE, State(tmp_path / "state"), allowed=allowed)

    said = caught.value.what
    assert "pump 2.1 or newer, of Debian's package pump-server" in said
    assert f"{folder}/pump is version 2.0" in said
    assert "valve 1 or newer, of Debian's package valves" in said
    assert str(folder) in said
    assert "/usr/lib/pump/*/bin" in said
    assert "apt-get install pump-server valves" in caught.value.mend
    assert not (tmp_path / "state").exists()


def test_what_is_only_too_old_is_said_as_such(script: Script, tmp_path: Path) -> None:
    script("pump", "echo 2.0")
    script("valve", "echo 1.2")

    with pytest.raises(ProgramTooOld, match="programs are too old"):
        ensure(CATALOGUE, State(tmp_path / "state"), allowed=False)


def test_what_is_wanted_besides_the_catalogue_is_brought_with_it(script: Script, tmp_path: Path) -> None:
    for name in ("pump", "valve"):
        script(name, "echo 2.1")
    gauge = Program("gauge", "gauges", (1,))

    with pytest.raises(ProgramMissing, match="gauge 1 or newer, of Debian's package gauges"):
        ensure(CATALOGUE, State(tmp_path / "state"), also=(gauge,), allowed=False)
