"""`steward oncall` against the application."""

import json
from collections.abc import Callable

import pytest
from click.testing import Result

pytestmark = pytest.mark.slow

Steward = Callable[..., Result]
FROM = "2026-03-02T10:00Z"


def test_who_is_on_call_now(steward: Steward) -> None:
    lines = steward("oncall").stdout.splitlines()

    assert lines[0].split() == ["TEAM", "ON", "CALL", "E-MAIL", "PHONE", "FOR", "THEN", "LEAD"]
    assert lines[1].startswith("SRE      Ann Alder   ann@shop.example  +1-555-0101")
    assert lines[1].endswith("Bob Birch  Lea Larch")
    assert lines[3].split()[:3] == ["Backend", "nobody", "-"]


def test_it_writes_json(steward: Steward) -> None:
    answer = json.loads(steward("oncall", "--json").stdout)

    assert answer["teams"][0]["on_call"]["name"] == "ann"


def test_a_schedule_with_its_gaps(steward: Steward) -> None:
    shown = steward("oncall", "show", "sre", "--from", "2026-03-01T00:00Z", "--for", "10d").stdout

    assert shown.splitlines() == [
        "SRE on-call, UTC",
        "FROM                  TO                    WHO        WHY",
        "Sun 2026-03-01 00:00  Mon 2026-03-02 09:00  nobody     -",
        "Mon 2026-03-02 09:00  Mon 2026-03-09 09:00  Ann Alder  rotation",
        "Mon 2026-03-09 09:00  Wed 2026-03-11 00:00  Bob Birch  rotation",
    ]


def test_times_are_those_of_the_schedules_zone(steward: Steward) -> None:
    shown = steward("oncall", "show", "dba", "--from", "2026-03-29T00:30Z", "--for", "1h").stdout

    assert "Sun 2026-03-29 01:30  Sun 2026-03-29 03:30  Dan Damson" in shown


def test_a_turn_is_taken_shown_and_given_back(steward: Steward) -> None:
    taken = steward("oncall", "take", "sre", "bob", "--from", "2026-03-03T10:00Z", "--for", "8h").stdout
    assert taken == "override 1: bob is on call from Tue 2026-03-03 10:00 to Tue 2026-03-03 18:00 UTC\n"

    shown = steward("oncall", "show", "sre", "--from", FROM, "--for", "2d").stdout
    assert "Tue 2026-03-03 10:00  Tue 2026-03-03 18:00  Bob Birch  override" in shown
    assert "1         Tue 2026-03-03 10:00  Tue 2026-03-03 18:00  bob  local" in shown

    assert steward("oncall", "give-back", "sre", "1").stdout == "override 1 counts no more\n"
    assert "override" not in steward("oncall", "show", "sre", "--from", FROM, "--for", "2d").stdout


def test_a_turn_is_taken_until_a_time(steward: Steward) -> None:
    taken = steward("oncall", "take", "sre", "bob", "--from", FROM, "--until", "2026-03-02T13:00+01:00").stdout

    assert "from Mon 2026-03-02 10:00 to Mon 2026-03-02 12:00 UTC" in taken


def test_a_schedule_as_a_calendar(steward: Steward) -> None:
    text = steward("oncall", "calendar", "sre").stdout

    assert text.startswith("BEGIN:VCALENDAR")
    assert text.rstrip().endswith("END:VCALENDAR")


WRONG: list[tuple[tuple[str, ...], int, str]] = [
    (("show", "cook"), 1, "no schedule is called 'cook'; known: sre, dba, backend"),
    (("take", "sre", "zoe", "--for", "1h"), 1, "no person is called 'zoe'"),
    (("take", "sre", "bob", "--from", "2026-03-01T10:00Z", "--for", "1h"), 1, "would have ended already"),
    (("subscribe", "sre"), 1, "no key is set to sign the address with"),
    (("give-back", "sre", "7"), 1, "has no override 7"),
    (("take", "sre", "bob"), 2, "say either --for how long, or --until when"),
    (("take", "sre", "bob", "--for", "soon"), 2, "not a duration such as 30s"),
    (("show", "sre", "--from", "soon"), 2, "is no time"),
]


def test_what_is_wrong_is_said(steward: Steward) -> None:
    for arguments, code, says in WRONG:
        said = steward("oncall", *arguments, code=code).stderr
        assert says in " ".join(said.split()), arguments
