from dataclasses import replace
from random import Random

import pytest

from festivals.traffic.intentions import (
    Buy,
    BuyTicket,
    Intention,
    LookAt,
    OpenWallet,
    Refund,
    ScanIn,
    ScanOut,
    ShowForgery,
    TopUp,
    Transfer,
)
from festivals.traffic.profile import HOUR, Phase
from festivals.traffic.visitor import LOW_CENTS, SPARE_CENTS, Habit, Moment, Stage, Visitor, after, decide

ANN = Visitor("ann", ("bob", "cleo"), "weekend", Habit.CAREFUL, comes=HOUR, leaves=8 * HOUR)
AT_THE_BAR = Phase("bar", 0, 14 * HOUR, pace=10, spending=1)
AT_THE_STAGE = Phase("act", 0, 14 * HOUR, pace=10, spending=0)


def at(hour: float, phase: Phase = AT_THE_BAR) -> Moment:
    return Moment(hour * HOUR, phase)


def inside(
    *,
    believes: int = 10_000,
    last_price: int = 0,
    habit: Habit = Habit.CAREFUL,
    out: tuple[float, float] | None = None,
) -> Visitor:
    return replace(ANN, stage=Stage.INSIDE, believes=believes, last_price=last_price, habit=habit, out=out)


def wishes(visitor: Visitor, moment: Moment, draws: int = 2_000) -> list[Intention]:
    """Return what the visitor might want, by many throws of the dice."""
    return [decide(visitor, moment, Random(seed)) for seed in range(draws)]


@pytest.mark.parametrize(
    ("stage", "habit", "wanted"),
    [
        (Stage.BROWSING, Habit.CAREFUL, LookAt("festival")),
        (Stage.CHOOSING, Habit.CAREFUL, LookAt("ticket types")),
        (Stage.BUYING, Habit.CAREFUL, BuyTicket("weekend")),
        (Stage.AT_DESK, Habit.CAREFUL, OpenWallet()),
    ],
)
def test_the_way_in_is_the_same_for_everybody(stage: Stage, habit: Habit, wanted: Intention) -> None:
    assert decide(replace(ANN, stage=stage, habit=habit), at(1), Random(0)) == wanted


@pytest.mark.parametrize("stage", [Stage.COMING, Stage.AWAY])
def test_who_has_a_ticket_shows_their_own(stage: Stage) -> None:
    assert all(
        isinstance(wish, ScanIn) and wish.ticket_of is None
        for wish in wishes(replace(ANN, stage=stage), at(1), 20)
    )


def test_a_copier_shows_a_friends_ticket_and_a_forger_one_that_nobody_issued() -> None:
    copier = replace(ANN, stage=Stage.TRYING, habit=Habit.COPIER)
    forger = replace(ANN, stage=Stage.TRYING, habit=Habit.FORGER)
    assert all(isinstance(wish, ScanIn) and wish.ticket_of == "bob" for wish in wishes(copier, at(1), 20))
    assert all(isinstance(wish, ShowForgery) for wish in wishes(forger, at(1), 20))


@pytest.mark.parametrize(
    ("habit", "trail"),
    [
        (Habit.CAREFUL, [Stage.CHOOSING, Stage.BUYING, Stage.COMING, Stage.AT_DESK, Stage.LOADING, Stage.INSIDE]),
        (
            Habit.COPIER,
            [Stage.CHOOSING, Stage.TRYING, Stage.BUYING, Stage.COMING, Stage.AT_DESK, Stage.LOADING, Stage.INSIDE],
        ),
    ],
)
def test_a_visitor_passes_from_stage_to_stage(habit: Habit, trail: list[Stage]) -> None:
    visitor, passed = replace(ANN, habit=habit), []
    while visitor.stage is not Stage.INSIDE:
        visitor = after(visitor, decide(visitor, at(1), Random(0)))
        passed.append(visitor.stage)
    assert passed == trail


def test_a_careful_visitor_tops_up_before_the_money_is_gone() -> None:
    assert {type(wish) for wish in wishes(inside(believes=LOW_CENTS - 1), at(2))} == {TopUp}
    orders = wishes(inside(believes=LOW_CENTS), at(2))
    assert {type(wish) for wish in orders} == {Buy, TopUp}
    assert all(wish.cents <= LOW_CENTS for wish in orders if isinstance(wish, Buy))


def test_a_forgetful_visitor_orders_with_an_empty_wallet_and_then_tops_up() -> None:
    forgetful = inside(habit=Habit.FORGETFUL, believes=100)
    order = decide(forgetful, at(2), Random(0))
    assert isinstance(order, Buy)
    refused = after(forgetful, order)
    assert (refused.stage, refused.believes) == (Stage.BROKE, 100)
    top_up = decide(refused, at(2), Random(0))
    assert isinstance(top_up, TopUp)
    assert after(refused, top_up).stage is Stage.INSIDE


def test_only_who_bought_something_asks_for_a_refund() -> None:
    assert not any(isinstance(wish, Refund) for wish in wishes(inside(), at(2, AT_THE_STAGE)))
    times = {
        wish.times for wish in wishes(inside(last_price=500), at(2, AT_THE_STAGE)) if isinstance(wish, Refund)
    }
    assert times == {1, 2}


def test_only_who_has_money_to_spare_sends_some_to_a_friend() -> None:
    assert not any(
        isinstance(wish, Transfer) for wish in wishes(inside(believes=SPARE_CENTS - 1), at(2, AT_THE_STAGE))
    )
    gifts = [wish for wish in wishes(inside(), at(2, AT_THE_STAGE)) if isinstance(wish, Transfer)]
    assert {gift.to for gift in gifts} == {"bob", "cleo"}
    assert all(gift.cents <= SPARE_CENTS for gift in gifts)


@pytest.mark.parametrize(
    ("hour", "out", "for_good", "then"),
    [(8, None, True, Stage.GONE), (3, (3 * HOUR, 4 * HOUR), False, Stage.AWAY)],
)
def test_a_visitor_leaves_when_it_is_time(
    hour: float, out: tuple[float, float] | None, for_good: bool, then: Stage
) -> None:
    visitor = inside(out=out)
    leaving = decide(visitor, at(hour), Random(0))
    assert isinstance(leaving, ScanOut)
    assert leaving.for_good is for_good
    assert after(visitor, leaving).stage is then


def test_who_went_out_comes_back_and_does_not_go_out_again() -> None:
    away = replace(inside(out=(3 * HOUR, 4 * HOUR)), stage=Stage.AWAY)
    back = after(away, decide(away, at(4), Random(0)))
    assert (back.stage, back.out) == (Stage.INSIDE, None)


@pytest.mark.parametrize(
    ("intention", "believes", "last_price"),
    [
        (TopUp(2_000), 7_000, 300),
        (Buy(600, "bar"), 4_400, 600),
        (Buy(600, "bar", resend=True), 4_400, 600),
        (Transfer("bob", 1_000), 4_000, 300),
        (Refund(), 5_300, 0),
        (Refund(times=2), 5_300, 0),
        (LookAt("balance"), 5_000, 300),
    ],
)
def test_a_visitor_keeps_account_of_their_money(intention: Intention, believes: int, last_price: int) -> None:
    visitor = after(inside(believes=5_000, last_price=300), intention)
    assert (visitor.believes, visitor.last_price) == (believes, last_price)
