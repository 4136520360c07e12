"""Forms that only our own pages can send.

A page that shows a form sets a random cookie and puts a signed copy of it into the form. Another site can make a
browser post, but can neither read the cookie nor sign a copy; `SameSite=Strict` keeps the cookie at home besides.
The key lives as long as the process, so a form outlives neither a restart nor twelve hours.
"""

import secrets
from collections.abc import Mapping

from itsdangerous import BadSignature, URLSafeTimedSerializer

COOKIE = "festivals_admin_form"
FIELD = "form_token"
LIFETIME_SECONDS = 12 * 3600


class FormTokens:
    """Makes and checks the tokens of one process' forms."""

    def __init__(self, key: str | None = None) -> None:
        """Sign with `key`, or with a fresh one."""
        self._serializer = URLSafeTimedSerializer(key or secrets.token_hex(32), salt="festivals.admin.form")

    @staticmethod
    def new_cookie() -> str:
        """Return the value of a cookie for a browser that has none."""
        return secrets.token_urlsafe(24)

    def token(self, cookie: str) -> str:
        """Return what a form for the holder of `cookie` must carry in `FIELD`."""
        return self._serializer.dumps(cookie)

    def accepts(self, cookie: str | None, token: str | None) -> bool:
        """Tell whether `token` was made here for `cookie`, not too long ago."""
        if not cookie or not token:
            return False
        try:
            signed = self._serializer.loads(token, max_age=LIFETIME_SECONDS)
        except (BadSignature, UnicodeError):
            return False
        return isinstance(signed, str) and secrets.compare_digest(signed.encode(), cookie.encode())


def comes_from_elsewhere(headers: Mapping[str, str]) -> bool:
    """Tell whether the browser itself says that another site made this request."""
    return headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}
