"""Links that act for a person: each names one page, one action and one person, is signed, and ends.

Whoever has the link can do that one thing in that person's name, so it goes to a mailbox and nowhere else.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from itsdangerous import BadData, URLSafeSerializer

from steward.model import Catalogue
from steward.oncall.domain.answers import Answer
from steward.oncall.errors import Invalid
from steward.oncall.services.people import everybody
from steward.oncall.settings import OnCallSettings

PATH = "/act/"
"""A token is put behind it."""
LIFETIME = timedelta(days=3)
"""Over a weekend."""

_SALT = "steward.oncall.link"
_LONGEST = 1_000


class Ended(Invalid):
    """The link was good, and is no more."""


@dataclass(frozen=True, slots=True)
class Link:
    """What a link says."""

    page_id: int
    action: Answer
    person: str
    """Who was told: a person's name, or the mailbox of a team."""
    ends_at: datetime


def sign(settings: OnCallSettings, page_id: int, action: Answer, person: str, *, now: datetime) -> str:
    """Return the address of a link; empty where no key is set, so that nobody could tell a forged one."""
    if not settings.signing_key:
        return ""
    ends = int((now + LIFETIME).timestamp())
    token = _serializer(settings.signing_key).dumps([page_id, action.value, person, ends])
    return f"{settings.public_url}{PATH}{token}"


def read(settings: OnCallSettings, token: str, *, now: datetime) -> Link:
    """Return what the token of a link says; raises Invalid for one that is not ours, Ended for one that was."""
    link = _read(settings.signing_key, token)
    if now >= link.ends_at:
        raise Ended(f"the link ended on {link.ends_at:%Y-%m-%d at %H:%M} UTC; log in to answer the page")
    return link


def known(catalogue: Catalogue, person: str) -> bool:
    """Return whether somebody of that name, or a team with that mailbox, is still in the catalogue."""
    mailboxes = (team.email for team in catalogue.teams if team.email)
    return person in {*(one.name for one in everybody(catalogue)), *mailboxes}


def _read(key: str | None, token: str) -> Link:
    problem = Invalid("the link is not one of ours, or it was cut short; take it whole from the message")
    if not key or len(token) > _LONGEST:
        raise problem
    try:
        page_id, action, person, ends = _serializer(key).loads(token)
        return Link(page_id, Answer(action), person, datetime.fromtimestamp(ends, UTC))
    except (BadData, ValueError, TypeError):
        raise problem from None


def _serializer(key: str) -> URLSafeSerializer:
    return URLSafeSerializer(key, salt=_SALT, signer_kwargs={"digest_method": sha256, "key_derivation": "hmac"})
