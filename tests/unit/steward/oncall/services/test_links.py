from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from steward.oncall.domain.answers import Answer
from steward.oncall.errors import Invalid
from steward.oncall.services.links import LIFETIME, Ended, known, read, sign
from steward.oncall.settings import OnCallSettings
from steward.testing.oncall import SHOP

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
SETTINGS = OnCallSettings(public_url="https://oncall.example/base", signing_key="the key")


def token(action: Answer = Answer.ACKNOWLEDGE, person: str = "ann") -> str:
    return sign(SETTINGS, 7, action, person, now=NOW).rpartition("/")[2]


@pytest.mark.parametrize("action", Answer)
def test_says_what_was_signed(action: Answer) -> None:
    link = read(SETTINGS, token(action, "zoë@shop.example"), now=NOW)
    assert (link.page_id, link.action, link.person) == (7, action, "zoë@shop.example")
    assert link.ends_at == NOW + LIFETIME


def test_leads_to_the_public_address_and_is_safe_in_an_address() -> None:
    url = sign(SETTINGS, 7, Answer.RESOLVE, "a b/ü?&#", now=NOW)
    assert url.startswith("https://oncall.example/base/act/")
    assert url.removeprefix("https://oncall.example/base/act/").replace("-", "").replace("_", "").count("/") == 0
    assert url.isascii()


def test_every_changed_character_breaks_it() -> None:
    good = token()
    for at, char in enumerate(good):
        changed = good[:at] + ("A" if char != "A" else "B") + good[at + 1 :]
        # The last character of base64 holds bits that mean nothing.
        if at < len(good) - 1:
            with pytest.raises(Invalid):
                read(SETTINGS, changed, now=NOW)


def test_ends() -> None:
    assert read(SETTINGS, token(), now=NOW + LIFETIME - timedelta(seconds=1)).page_id == 7
    with pytest.raises(Ended, match="2026-03-05 at 10:00 UTC"):
        read(SETTINGS, token(), now=NOW + LIFETIME)


def test_another_key_neither_signs_nor_reads() -> None:
    with pytest.raises(Invalid):
        read(replace(SETTINGS, signing_key="another"), token(), now=NOW)
    with pytest.raises(Invalid):
        read(replace(SETTINGS, signing_key=None), token(), now=NOW)
    assert sign(replace(SETTINGS, signing_key=None), 7, Answer.RESOLVE, "ann", now=NOW) == ""


@pytest.mark.parametrize("person", ["ann", "lea", "vic", "sre@shop.example"])
def test_people_and_mailboxes_of_teams_are_known(person: str) -> None:
    assert known(SHOP, person)


@pytest.mark.parametrize("person", ["", "gone", "ann@shop.example", "sre"])
def test_others_are_not(person: str) -> None:
    assert not known(SHOP, person)
