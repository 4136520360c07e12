import os

from steward.model import PYTHON, Native, Program
from steward.stack.account import Account, caller
from steward.stack.environment import inherited

OURS = Native(PYTHON)
OTHERS = Native(Program("prometheus", "prometheus", (2,)))
ENVIRON = {
    "PATH": "/bin",
    "LC_ALL": "C",
    "TMPDIR": "/root/tmp",
    "FESTIVALS_WORKERS": "4",
    "PGHOST": "elsewhere",
    "DB_PASSWORD": "secret",
    "STEWARD_STATE": "/state",
}


def test_passwords_stop_at_the_supervisor() -> None:
    for native in (OURS, OTHERS):
        assert "DB_PASSWORD" not in inherited(ENVIRON, native, caller(), ["DB_PASSWORD"])


def test_our_programs_see_their_settings_and_no_redirections() -> None:
    seen = inherited(ENVIRON, OURS, caller(), [])
    assert seen["FESTIVALS_WORKERS"] == "4"
    assert not {"PGHOST", "STEWARD_STATE"} & seen.keys()


def test_declared_settings_pass_whatever_they_are_called() -> None:
    native = Native(PYTHON, settings=("PGHOST", "DB_PASSWORD"))
    seen = inherited(ENVIRON, native, caller(), ["DB_PASSWORD"])
    assert seen["PGHOST"] == "elsewhere"
    assert not {"DB_PASSWORD", "STEWARD_STATE"} & seen.keys()


def test_programs_of_others_see_what_every_program_may_expect() -> None:
    assert inherited(ENVIRON, OTHERS, caller(), []) == {"PATH": "/bin", "LC_ALL": "C", "TMPDIR": "/root/tmp"}


def test_another_user_gets_a_home_of_his_own() -> None:
    other = Account("prometheus", os.geteuid() + 1, 1, "/var/lib/prometheus")
    seen = inherited(ENVIRON, OTHERS, other, [])
    assert seen["HOME"] == "/var/lib/prometheus"
    assert seen["USER"] == seen["LOGNAME"] == "prometheus"
    assert "TMPDIR" not in seen
