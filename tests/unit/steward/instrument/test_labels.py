import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.instrument.labels import LabelGate, Values, in_declared_order, printable
from steward.instrument.notices import Notices
from steward.model import CatalogueError, Counter, Label

SIDE = Label.closed("side", "left", "right")
WHO = Label.bounded("who", 3, "anybody")
METRIC = Counter("c_total", "x", (SIDE, WHO))


class Gate:
    """A gate that counts what it dropped."""

    def __init__(self, *elsewhere: Values) -> None:
        self.dropped = 0
        self.elsewhere = list(elsewhere)
        self.asked = 0
        self._gate = LabelGate(METRIC, Notices(), dropped=self._drop, elsewhere=self._known)

    def admit(self, *values: str) -> Values:
        return self._gate.admit(values)

    def _drop(self) -> None:
        self.dropped += 1

    def _known(self) -> list[Values]:
        self.asked += 1
        return self.elsewhere


def test_what_was_declared_passes() -> None:
    gate = Gate()

    assert gate.admit("left", "a") == ("left", "a")
    assert gate.admit("right", "a") == ("right", "a")
    assert gate.dropped == 0


def test_other_passes_everywhere_and_takes_nobodys_place() -> None:
    gate = Gate()

    assert gate.admit("other", "other") == ("other", "other")
    assert [gate.admit("left", who)[1] for who in "abcd"] == ["a", "b", "c", "other"]
    assert gate.dropped == 1


def test_a_set_of_values_is_dropped_once_however_many_of_it_were() -> None:
    gate = Gate(*[("left", who) for who in "abc"])

    assert gate.admit("up", "d") == ("other", "other")
    assert gate.dropped == 1


def test_those_that_passed_still_pass_when_all_places_are_taken() -> None:
    gate = Gate()

    for who in "abcdefgabc":
        gate.admit("left", who)

    assert gate.dropped == 4


def test_values_of_other_processes_take_places() -> None:
    gate = Gate(("left", "x"), ("right", "y"), ("left", "other"))

    assert [gate.admit("left", who)[1] for who in "abxy"] == ["a", "other", "x", "y"]


def test_a_value_of_another_process_passes_where_it_took_the_last_place() -> None:
    gate = Gate(*[("left", who) for who in "xyz"])

    assert [gate.admit("left", who)[1] for who in "za"] == ["z", "other"]
    assert gate.dropped == 1


def test_other_processes_are_not_asked_once_every_place_is_taken() -> None:
    gate = Gate()
    for who in "abc":
        gate.admit("left", who)
    asked = gate.asked

    for who in ("d", "e", "a"):
        gate.admit("left", who)
    gate.admit("up", "a")

    assert gate.asked == asked == 3


def test_many_new_values_do_not_mean_many_looks() -> None:
    asked = 0

    def known() -> list[Values]:
        nonlocal asked
        asked += 1
        return [(f"elsewhere {number}",) for number in range(asked * 100)]

    metric = Counter("c_total", "x", (Label.bounded("who", 10_000, "x"),))
    gate = LabelGate(metric, Notices(), elsewhere=known)

    admitted = {gate.admit((str(number),)) for number in range(20_000)}

    assert 20 < asked < 100
    assert 10_000 <= len(admitted) - 1 + asked * 100 < 10_100


def test_values_that_nobody_else_has_do_not_mean_many_looks_either() -> None:
    asked = 0

    def known() -> list[Values]:
        nonlocal asked
        asked += 1
        return []

    metric = Counter("c_total", "x", (Label.bounded("who", 1000, "x"),))
    gate = LabelGate(metric, Notices(), elsewhere=known)

    admitted = {gate.admit((str(number),)) for number in range(2000)}

    assert len(admitted) == 1001
    assert asked < 150


def test_values_that_are_too_long_are_not_worth_a_look() -> None:
    gate = Gate()

    for number in range(9):
        gate.admit("left", f"{number}" * 2000)

    assert gate.asked == 0


@pytest.mark.parametrize(("length", "passes"), [(1024, True), (1025, False)])
def test_a_value_that_is_too_long_is_other(length: int, *, passes: bool) -> None:
    gate = Gate()

    assert (gate.admit("left", "x" * length)[1] != "other") is passes
    assert gate.dropped == (not passes)


def test_each_label_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    gate = Gate()

    for number in range(9):
        gate.admit(f"up{number}", f"who{number}")

    assert [record.getMessage() for record in caplog.records] == [
        (
            "metric c_total: side='up0' is not among its declared values;"
            " counted as 'other', and so are further ones without another word"
        ),
        (
            "metric c_total: who='who3' comes after the 3 different values it may have;"
            " counted as 'other', and so are further ones without another word"
        ),
    ]


def test_what_is_no_text_is_taken_as_text() -> None:
    assert Gate().admit("left", 404) == ("left", "404")  # type: ignore[arg-type]


@given(st.text(st.characters(exclude_categories=())))
def test_every_value_becomes_one_that_can_be_sent(value: str) -> None:
    sent = printable(value)

    assert sent.encode("utf-8").decode("utf-8") == sent
    assert len(sent) == len(value)
    assert all(one == other or "\ud800" <= other <= "\udfff" for one, other in zip(sent, value, strict=True))


@given(st.lists(st.tuples(st.text(max_size=3), st.text(max_size=3))))
def test_the_number_of_series_is_bounded_whatever_comes(values: list[Values]) -> None:
    gate = Gate()

    admitted = {gate.admit(*one) for one in values}

    assert {side for side, _ in admitted} <= {"left", "right", "other"}
    assert len({who for _, who in admitted} - {"other"}) <= WHO.at_most


class TestOrder:
    def test_the_declared_order_needs_nothing(self) -> None:
        assert in_declared_order(METRIC, ("side", "who")) is None
        assert in_declared_order(Counter("d_total", "x"), ()) is None

    def test_another_order_is_turned(self) -> None:
        turn = in_declared_order(METRIC, ("who", "side"))

        assert turn is not None
        assert turn(("me", "left")) == ("left", "me")

    @pytest.mark.parametrize("names", [(), ("side",), ("side", "side"), ("side", "where"), ("side", "who", "x")])
    def test_other_names_are_refused(self, names: Values) -> None:
        with pytest.raises(CatalogueError, match="metric c_total: its labels are side, who; given: "):
            in_declared_order(METRIC, names)
