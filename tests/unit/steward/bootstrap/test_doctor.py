import json
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from steward.cli import commands
from steward.model import Catalogue, CatalogueError, Native, Port, Program, Service
from steward.stack.doctor import machine, python, site
from steward.stack.doctor.check import Check, Verdict, guarded
from steward.stack.doctor.examine import examine
from steward.stack.errors import StateUnusable
from steward.stack.lock import Lock
from steward.stack.state import State, prepare

Script = Callable[[str, str], Path]
PUMP = Program("pump", "pump-server", (2, 1))
CATALOGUE = Catalogue("works", "Waterworks", services=(Service("pump", "Pump", (Port(80),), native=Native(PUMP)),))


def verdicts(checks: list[Check]) -> dict[str, Verdict]:
    return {check.name: check.verdict for check in checks}


@pytest.fixture
def port() -> socket.socket:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    return listener


def ports(state: State, listener: socket.socket) -> list[Check]:
    return list(site.check_ports(CATALOGUE, state, {"STEWARD_PORT_PUMP": str(listener.getsockname()[1])}))


def test_a_taken_port_names_its_holder(tmp_path: Path, port: socket.socket) -> None:
    with port:
        port.listen()
        (taken,) = ports(State(tmp_path), port)
        assert taken.verdict is Verdict.FAIL
        assert "taken by" in taken.what
        assert "STEWARD_PORT_PUMP" in taken.mend


def test_a_port_is_free(tmp_path: Path, port: socket.socket) -> None:
    number = port.getsockname()[1]
    port.close()
    (free,) = site.check_ports(CATALOGUE, State(tmp_path), {"STEWARD_PORT_PUMP": str(number)})
    assert free == Check("ports", Verdict.OK, f"free: {number}")


def test_the_running_stack_may_hold_its_ports(tmp_path: Path, port: socket.socket) -> None:
    state = prepare(tmp_path, {}, shared=False)
    with port, Lock(state.lock):
        port.listen()
        (held,) = ports(state, port)
    assert held.verdict is Verdict.OK
    assert "running stack" in held.what


def test_a_port_that_is_no_number_is_a_failed_check(tmp_path: Path) -> None:
    (wrong,) = site.check_ports(CATALOGUE, State(tmp_path), {"STEWARD_PORT_PUMP": "many"})
    assert wrong.verdict is Verdict.FAIL


def test_programs_are_shown_with_version_and_path(
    script: Script, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(folder))
    assert [check.verdict for check in site.check_programs(CATALOGUE, State(tmp_path))] == [Verdict.FAIL]

    where = script("pump", "echo 2.3")

    (check,) = site.check_programs(CATALOGUE, State(tmp_path))
    assert check.verdict is Verdict.OK
    assert check.what == f"2.3 (needed: 2.1), {where}"


def test_the_state_folder_and_its_secrets(tmp_path: Path) -> None:
    state = State(tmp_path / "state")
    assert verdicts(list(site.check_state(state)))["state folder"] is Verdict.OK

    (state.secrets / "pump").mkdir(parents=True)
    secret = state.secrets / "pump/key"
    secret.write_text("hush")
    secret.chmod(0o644)
    loose = list(site.check_state(state))
    assert verdicts(loose)["secrets"] is Verdict.WARN
    assert f"chmod 600 {secret}" in [check.mend for check in loose]

    secret.chmod(0o600)
    assert verdicts(list(site.check_state(state)))["secrets"] is Verdict.OK


def test_a_file_in_place_of_the_state_folder(tmp_path: Path) -> None:
    (tmp_path / "state").touch()
    assert [check.verdict for check in site.check_state(State(tmp_path / "state"))] == [Verdict.FAIL]
    assert [check.name for check in site.check_disk(State(tmp_path / "state/deeper"))] == ["disk"]


@pytest.mark.parametrize(
    ("lock", "what"),
    [
        ("click==8.3.0 \\\n    --hash=sha256:00\n", "click is "),
        ("no-such-package==1.0 \\\n    --hash=sha256:00\n", "no-such-package is missing"),
    ],
)
def test_packages_that_are_not_as_locked_are_named(tmp_path: Path, lock: str, what: str) -> None:
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements/runtime.txt").write_text(lock.replace("8.3.0", "0.0.1"))

    (check,) = python.check_packages(tmp_path)

    assert check.verdict is Verdict.FAIL
    assert what in check.what


def test_packages_for_other_systems_are_not_missed(tmp_path: Path) -> None:
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements/runtime.txt").write_text("no-such-package==1.0 ; sys_platform == 'win32' \\\n")

    assert [check.verdict for check in python.check_packages(tmp_path)] == [Verdict.OK]


def test_a_copy_without_lock_files_is_told(tmp_path: Path) -> None:
    assert [check.verdict for check in python.check_packages(tmp_path)] == [Verdict.FAIL]


@pytest.mark.parametrize(
    ("file", "text", "limit"),
    [
        ("memory.max", "536870912\n", 536870912),
        ("memory.max", "max\n", None),
        ("memory/memory.limit_in_bytes", "536870912\n", 536870912),
        ("memory/memory.limit_in_bytes", "9223372036854771712\n", None),
        ("other", "", None),
    ],
)
def test_a_containers_memory_limit_is_read(tmp_path: Path, file: str, text: str, limit: int | None) -> None:
    (tmp_path / file).parent.mkdir(exist_ok=True)
    (tmp_path / file).write_text(text)

    assert machine.container_limit(tmp_path) == limit


def test_a_check_that_breaks_is_a_failed_check() -> None:
    def breaks() -> list[Check]:
        raise ZeroDivisionError("by zero")

    def refuses() -> list[Check]:
        raise StateUnusable("it is torn", mend="sew it")

    assert guarded("sums", breaks)[0].what == "ZeroDivisionError: by zero"
    assert guarded("state", refuses) == [Check("state", Verdict.FAIL, "it is torn", "sew it")]


@pytest.mark.parametrize("error", [CatalogueError("port 80: taken twice"), AttributeError("no such name")])
def test_without_a_catalogue_the_rest_is_examined(tmp_path: Path, error: Exception) -> None:
    def load(_project: Path) -> Catalogue:
        raise error

    checks = examine(tmp_path, load, State(tmp_path / "state"), {})

    assert verdicts(checks)["catalogue"] is Verdict.FAIL
    assert str(error) in next(check.what for check in checks if check.name == "catalogue")
    assert {"python", "disk", "memory"} <= verdicts(checks).keys()


def test_the_command_says_it_to_people_and_programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEWARD_PROJECT", str(tmp_path))
    (tmp_path / "pyproject.toml").write_text("[tool.steward]\n")

    shown = CliRunner().invoke(commands, ["doctor"])
    written = CliRunner().invoke(commands, ["doctor", "--json"])

    assert shown.exit_code == written.exit_code == 1
    assert "fail  catalogue" in shown.output
    assert {entry["verdict"] for entry in json.loads(written.output)} <= {"ok", "warn", "fail"}
