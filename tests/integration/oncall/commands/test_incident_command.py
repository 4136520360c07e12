"""`steward incident` against the application."""

import json
from collections.abc import Callable

import pytest
from click.testing import Result

pytestmark = pytest.mark.slow

Steward = Callable[..., Result]


@pytest.fixture(autouse=True)
def _open(steward: Steward) -> None:
    opened = steward("incident", "open", "Tills are slow", "--severity", "warning", "--team", "sre")
    assert opened.stdout == "incident 1 is open: Tills are slow\n"


def shown(steward: Steward, *arguments: str) -> str:
    return str(steward("incident", "show", "1", *arguments).stdout)


def test_what_is_being_worked_on(steward: Steward) -> None:
    heading, row = steward("incident").stdout.splitlines()

    assert heading.split() == ["ID", "SEVERITY", "STATUS", "SINCE", "TEAM", "TITLE"]
    assert row.split()[:3] == ["1", "warning", "investigating"]
    assert row.endswith("sre   Tills are slow")


def test_resolved_ones_are_left_out(steward: Steward) -> None:
    assert steward("incident", "status", "1", "resolved").stdout == "incident 1 is resolved\n"

    assert steward("incident").stdout == "no incident is open\n"
    assert "Tills are slow" in steward("incident", "list", "--all").stdout


def test_notes_stand_in_the_timeline(steward: Steward) -> None:
    steward("incident", "note", "1", "restarted till 4", "--at", "2026-03-02T09:30Z")

    assert "2026-03-02 09:30 UTC  local: restarted till 4" in shown(steward).splitlines()


def test_parts_of_the_report_are_written(steward: Steward) -> None:
    steward("incident", "write", "1", "root-cause", "a full disk")
    steward("incident", "write", "1", "summary", "tills took a minute")

    assert "root cause: a full disk\n" in shown(steward)
    assert "summary: tills took a minute\n" in shown(steward)
    report = steward("incident", "export", "1").stdout
    assert report.startswith("## Incident: Tills are slow")
    assert "a full disk" in report
    assert "<h2" in steward("incident", "export", "1", "--html").stdout


def test_action_items_are_added_and_done(steward: Steward) -> None:
    assert steward("incident", "todo", "1", "alert on full disks", "--owner", "bob").stdout == (
        "action item 1 of incident 1\n"
    )
    assert "1     no    bob    alert on full disks" in shown(steward)

    assert steward("incident", "done", "1", "1").stdout == "action item 1 is done\n"
    assert "1     yes   bob    alert on full disks" in shown(steward)

    assert steward("incident", "done", "1", "1", "--undo").stdout == "action item 1 is open again\n"
    assert "1     no    bob" in shown(steward)


def test_it_writes_json(steward: Steward) -> None:
    assert json.loads(shown(steward, "--json"))["title"] == "Tills are slow"
    assert [one["id"] for one in json.loads(steward("incident", "--json").stdout)["incidents"]] == [1]


WRONG: list[tuple[tuple[str, ...], int, str]] = [
    (("show", "7"), 1, "7"),
    (("show", "seven"), 2, "not a valid integer"),
    (("note", "1", ""), 1, "text"),
    (("status", "1", "asleep"), 2, "is not one of"),
    (("open", " "), 1, "title"),
    (("open", "Tills", "--since", "then"), 2, "is no time"),
]


def test_what_is_wrong_is_said(steward: Steward) -> None:
    for arguments, code, says in WRONG:
        said = steward("incident", *arguments, code=code).stderr
        assert says in " ".join(said.split()), arguments


def test_what_a_terminal_would_obey_is_not_written(steward: Steward) -> None:
    steward("incident", "note", "1", "red \x1b[31malert")

    assert "\x1b" not in shown(steward)
