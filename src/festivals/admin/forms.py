"""What the operators type, read into values; every mistake is told beside its field, in one go."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from festivals.domain.ticket import TicketKind

WHOLE_FORM = "form"
"""The name under which a mistake stands that belongs to no field."""

_ID = re.compile(r"[a-z0-9](-?[a-z0-9])*")
_ID_LENGTH = 40
_NAME_LENGTH = 120
_TYPE_NAME_LENGTH = 80
_PRICE = re.compile(r"[0-9]{1,9}(\.[0-9]{1,2})?")
_CURRENCY = re.compile(r"[A-Z]{3}")
_HIGHEST_PRICE_CENTS = 1_000_000
_HIGHEST_CAPACITY = 1_000_000


@dataclass(frozen=True, slots=True)
class Form:
    """What was typed, and what is wrong with it by the name of the field."""

    values: Mapping[str, str]
    errors: dict[str, str] = field(default_factory=dict)

    def typed(self, name: str) -> str:
        """Return what was typed into a field, without blanks around it."""
        return self.values.get(name, "").strip()

    def wrong(self, name: str, explanation: str) -> None:
        """Note what is wrong with a field; the first mistake of a field stands."""
        self.errors.setdefault(name, explanation)


@dataclass(frozen=True, slots=True)
class NewFestival:
    """A festival to plan."""

    id: str
    name: str
    currency: str


@dataclass(frozen=True, slots=True)
class NewTicketType:
    """A ticket type to offer."""

    name: str
    kind: TicketKind
    price_cents: int
    capacity: int


def new_festival(form: Form) -> NewFestival | None:
    """Read the form, or note in it what is wrong and return None."""
    identifier, currency = form.typed("id"), form.typed("currency").upper()
    name = _line(form, "name", _NAME_LENGTH)
    if not _ID.fullmatch(identifier) or len(identifier) > _ID_LENGTH:
        form.wrong("id", f"Use up to {_ID_LENGTH} lower-case letters and digits, with single dashes between them.")
    if not _CURRENCY.fullmatch(currency):
        form.wrong("currency", "Use the three letters of a currency, for example EUR.")
    return None if form.errors else NewFestival(identifier, name, currency)


def new_ticket_type(form: Form) -> NewTicketType | None:
    """Read the form, or note in it what is wrong and return None."""
    name = _line(form, "name", _TYPE_NAME_LENGTH)
    kind = _kind(form)
    price_cents = _price(form)
    capacity = _whole(form, "capacity", 1, _HIGHEST_CAPACITY)
    return None if form.errors else NewTicketType(name, kind, price_cents, capacity)


def _line(form: Form, name: str, longest: int) -> str:
    text = form.typed(name)
    if not text:
        form.wrong(name, "Write something here.")
    elif len(text) > longest:
        form.wrong(name, f"Use at most {longest} characters; these are {len(text)}.")
    elif any(unicodedata.category(character) in {"Cc", "Cs"} for character in text):
        form.wrong(name, "Leave out line breaks and other control characters.")
    return text


def _kind(form: Form) -> TicketKind:
    try:
        return TicketKind(form.typed("kind"))
    except ValueError:
        form.wrong("kind", "Choose one of the kinds.")
        return TicketKind.DAY


def _price(form: Form) -> int:
    text = form.typed("price").replace(",", ".")
    cents = int(Decimal(text) * 100) if _PRICE.fullmatch(text) else None
    if cents is None or cents > _HIGHEST_PRICE_CENTS:
        form.wrong("price", f"Write a price from 0 to {_HIGHEST_PRICE_CENTS // 100}, with two decimals at most.")
        return 0
    return cents


def _whole(form: Form, name: str, least: int, most: int) -> int:
    text = form.typed(name)
    if not re.fullmatch(r"[0-9]{1,9}", text) or not least <= int(text) <= most:
        form.wrong(name, f"Write a whole number from {least} to {most}.")
        return least
    return int(text)
