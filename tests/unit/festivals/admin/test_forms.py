import pytest
from hypothesis import given
from hypothesis import strategies as st

from festivals.admin.forms import Form, new_festival, new_ticket_type
from festivals.domain.ticket import TicketKind

FESTIVAL = {"id": "rock-am-see", "name": "Rock am See", "currency": "EUR"}
TICKET_TYPE = {"name": "Saturday", "kind": "day", "price": "89.50", "capacity": "400"}


def test_a_festival_is_read_without_the_blanks_around_it() -> None:
    form = Form({"id": " rock-am-see ", "name": "  Rock am See ", "currency": "eur"})
    festival = new_festival(form)
    assert festival is not None
    assert (festival.id, festival.name, festival.currency) == ("rock-am-see", "Rock am See", "EUR")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", ""),
        ("id", "Rock"),
        ("id", "-rock"),
        ("id", "rock--am"),
        ("id", "a" * 41),
        ("id", "rock\n"[::-1] + "x\x00"),
        ("name", "   "),
        ("name", "x" * 121),
        ("name", "a\x00b"),
        ("name", "a\nb"),
        ("currency", "EURO"),
        ("currency", "E1R"),
        ("currency", ""),
    ],
)
def test_a_mistake_is_told_at_its_field(field: str, value: str) -> None:
    form = Form({**FESTIVAL, field: value})
    assert new_festival(form) is None
    assert list(form.errors) == [field]


def test_every_mistake_is_told_at_once() -> None:
    form = Form({})
    assert new_festival(form) is None
    assert set(form.errors) == {"id", "name", "currency"}


@pytest.mark.parametrize(
    ("price", "cents"),
    [("0", 0), ("89", 8900), ("89.5", 8950), ("89,50", 8950), ("0.07", 7), ("1.13", 113), ("10000", 1_000_000)],
)
def test_a_price_is_exact(price: str, cents: int) -> None:
    ticket_type = new_ticket_type(Form({**TICKET_TYPE, "price": price}))
    assert ticket_type is not None
    assert ticket_type.price_cents == cents
    assert ticket_type.kind is TicketKind.DAY


@pytest.mark.parametrize("price", ["", "-1", "1.234", "10000.01", "1e3", "NaN", "٣", "1,2,3", "0x10"])
def test_what_is_no_price_is_told(price: str) -> None:
    form = Form({**TICKET_TYPE, "price": price})
    assert new_ticket_type(form) is None
    assert list(form.errors) == ["price"]


@given(st.dictionaries(st.sampled_from([*FESTIVAL, *TICKET_TYPE]), st.text()))
def test_anything_typed_is_read_or_told(values: dict[str, str]) -> None:
    for read in (new_festival, new_ticket_type):
        form = Form(dict(values))
        assert (read(form) is None) == bool(form.errors)
