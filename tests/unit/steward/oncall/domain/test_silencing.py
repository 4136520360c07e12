"""What is written to Alertmanagers, decided from what is wanted and what each of them holds."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from steward.oncall.domain.matchers import Matcher
from steward.oncall.domain.observed import Answer, Observed, ObservedSilence, SilencePhase
from steward.oncall.domain.silencing import Create, Decision, Expire, Seen, Silence, decide
from steward.oncall.domain.states import SilenceKind
from steward.testing.oncall import MONDAY

A, B = "http://a:9093", "http://b:9093"
KEY = "0123456789abcdef0123456789abcdef"

WANTED = Silence(
    id=7,
    key=KEY,
    kind=SilenceKind.SILENCE,
    alert_name="APIDown",
    matchers=(Matcher("alertname", "APIDown"),),
    starts_at=MONDAY - timedelta(hours=1),
    ends_at=MONDAY + timedelta(hours=1),
    created_by="ann",
    created_at=MONDAY - timedelta(hours=1),
    reason="known",
    wanted=True,
    observed={},
)
HELD_AT_A = replace(WANTED, observed={A: Seen("one", SilencePhase.ACTIVE)})


def copy(silence_id: str, phase: SilencePhase = SilencePhase.ACTIVE, *, comment: str = "") -> ObservedSilence:
    early = phase is SilencePhase.EXPIRED
    ends_at = MONDAY - timedelta(minutes=5) if early else WANTED.ends_at
    return ObservedSilence(
        silence_id, phase, WANTED.matchers, WANTED.starts_at, ends_at, "ann", comment or WANTED.comment
    )


def decision(silence: Silence, held: Mapping[str, list[ObservedSilence]], *failed: str) -> Decision:
    answers = tuple(Answer(address, MONDAY, (), tuple(copies)) for address, copies in held.items())
    (found,) = decide([silence], Observed(MONDAY, answers, dict.fromkeys(failed, "down")), MONDAY)
    return found


def test_what_is_held_everywhere_needs_nothing() -> None:
    found = decision(HELD_AT_A, {A: [copy("one")]})
    assert found.commands == ()
    assert found.observed == {A: Seen("one", SilencePhase.ACTIVE)}


def test_what_was_never_written_is_made() -> None:
    found = decision(WANTED, {A: [], B: [copy("one")]})
    assert found.commands == (Create(A, WANTED),)
    assert found.lost_at == ()


def test_what_was_lost_is_made_again() -> None:
    found = decision(HELD_AT_A, {A: []})
    assert found.commands == (Create(A, HELD_AT_A),)
    assert found.lost_at == (A,)


def test_a_planned_one_is_held_where_it_is_pending() -> None:
    assert decision(WANTED, {A: [copy("one", SilencePhase.PENDING)]}).commands == ()


def test_somebody_elses_is_none_of_ours() -> None:
    forged = copy("one", comment=f"see [steward {KEY}] of yesterday")
    assert decision(WANTED, {A: [forged]}).commands == (Create(A, WANTED),)


def test_what_does_not_answer_keeps_what_it_said() -> None:
    found = decision(HELD_AT_A, {}, A)
    assert found.commands == ()
    assert found.observed == HELD_AT_A.observed


def test_what_is_wanted_no_more_is_ended_wherever_it_lives() -> None:
    cancelled = replace(HELD_AT_A, wanted=False)
    held = {A: [copy("one"), copy("two")], B: [copy("three", SilencePhase.EXPIRED)]}
    assert decision(cancelled, held).commands == (Expire(A, "one", cancelled), Expire(A, "two", cancelled))


def test_of_two_that_peers_pass_to_each_other_one_stays() -> None:
    both = [copy("two"), copy("one")]
    found = decision(WANTED, {A: both, B: both})
    assert found.commands == (Expire(A, "two", WANTED), Expire(B, "two", WANTED))
    assert found.observed == {A: Seen("one", SilencePhase.ACTIVE), B: Seen("one", SilencePhase.ACTIVE)}


def test_the_end_of_a_spare_is_not_the_end() -> None:
    """The spare's end outlived a crash that the silence itself did not."""
    found = decision(HELD_AT_A, {A: [copy("two", SilencePhase.EXPIRED)]})
    assert found.commands == (Create(A, HELD_AT_A),)
    assert not found.ended_elsewhere


def test_who_ends_it_in_alertmanager_ended_it() -> None:
    found = decision(HELD_AT_A, {A: [copy("one", SilencePhase.EXPIRED)]})
    assert found.ended_elsewhere
    assert found.commands == ()


def test_an_end_is_believed_only_when_all_have_answered() -> None:
    found = decision(HELD_AT_A, {A: [copy("one", SilencePhase.EXPIRED)]}, B)
    assert not found.ended_elsewhere


def test_an_end_at_one_of_several_is_put_right() -> None:
    found = decision(HELD_AT_A, {A: [copy("one", SilencePhase.EXPIRED)], B: [copy("two")]})
    assert found.commands == (Create(A, HELD_AT_A),)
    assert found.lost_at == ()


def test_one_that_has_run_its_time_is_left_alone() -> None:
    over = replace(WANTED, ends_at=MONDAY)
    assert decide([over], Observed(MONDAY, (Answer(A, MONDAY, (), ()),)), MONDAY) == []


def test_one_that_is_being_written_is_left_to_its_writer() -> None:
    new = replace(WANTED, created_at=MONDAY - timedelta(seconds=9))
    assert decide([new], Observed(MONDAY, (Answer(A, MONDAY, (), ()),)), MONDAY) == []
    newer = replace(WANTED, created_at=MONDAY + timedelta(seconds=1))
    assert decide([newer], Observed(MONDAY, (Answer(A, MONDAY, (), ()),)), MONDAY) == []
