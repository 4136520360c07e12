"""Private addresses of calendars: calendar programs send no token, so the address itself lets them in.

One shows one schedule and does nothing; it holds until the key that signs it is changed.
"""

from hashlib import sha256

from itsdangerous import BadData, URLSafeSerializer

from steward.oncall.errors import Conflict
from steward.oncall.settings import SIGNING_KEY, OnCallSettings

PATH = "/api/v1/monitoring/calendars/"
"""A token and `.ics` are put behind it."""

_SALT = "steward.oncall.calendar"
_LONGEST = 500


def address(settings: OnCallSettings, schedule: str) -> str:
    """Return where a calendar program finds a schedule; raises Conflict where no key is set to sign with."""
    if not settings.signing_key:
        raise Conflict(f"no key is set to sign the address with; set {SIGNING_KEY.variable}")
    return f"{settings.public_url}{PATH}{_serializer(settings.signing_key).dumps(schedule)}.ics"


def schedule_of(settings: OnCallSettings, token: str) -> str | None:
    """Return which schedule the token of an address shows; None for one that is not ours."""
    if not settings.signing_key or len(token) > _LONGEST:
        return None
    try:
        said = _serializer(settings.signing_key).loads(token)
    except (BadData, ValueError, TypeError):
        return None
    return said if isinstance(said, str) else None


def _serializer(key: str) -> URLSafeSerializer:
    return URLSafeSerializer(key, salt=_SALT, signer_kwargs={"digest_method": sha256, "key_derivation": "hmac"})
