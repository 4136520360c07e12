from pathlib import Path

from steward.cli.test import Outcome, as_lines, pytest_command, reachable
from steward.model import Program
from steward.stack.programs import Found


def test_the_table_says_what_failed_and_how_long_it_took() -> None:
    assert as_lines([Outcome("mypy", passed=True, seconds=8.13), Outcome("pytest", passed=False, seconds=40)]) == [
        "ok      mypy               8.1 s",
        "FAILED  pytest            40.0 s",
    ]


def test_the_users_arguments_for_pytest_win() -> None:
    assert pytest_command(fast=True, arguments=("-k", "wallet"))[-4:] == ("-m", "not slow", "-k", "wallet")
    assert pytest_command(fast=False, arguments=("-n", "0"))[-2:] == ("-n", "0")


def test_tests_find_what_was_unpacked_as_if_it_were_installed(tmp_path: Path) -> None:
    (tmp_path / "usr/lib").mkdir(parents=True)
    found = [
        Found(Program("pump", "pump-server", (1,)), tmp_path / "usr/lib/pump/2/bin/pump", (2,), root=tmp_path),
        Found(Program("valve", "valves", (1,)), tmp_path / "usr/bin/valve", (2,), root=tmp_path),
        Found(Program("tap", "taps", (1,)), Path("/opt/bin/tap"), (2,)),
    ]

    environment = reachable(found, {"PATH": "/bin", "HOME": "/home/me"})

    assert environment["PATH"] == f"{tmp_path}/usr/lib/pump/2/bin:{tmp_path}/usr/bin:/bin"
    assert f"{tmp_path}/usr/lib" in environment["LD_LIBRARY_PATH"].split(":")
    assert environment["HOME"] == "/home/me"


def test_where_everything_is_installed_the_environment_stays(tmp_path: Path) -> None:
    found = [Found(Program("tap", "taps", (1,)), Path("/opt/bin/tap"), (2,))]

    assert reachable(found, {"PATH": "/bin"}) == {"PATH": "/bin"}
