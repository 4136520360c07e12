"""A service that commands speak to: where it is, and what proves us to it."""

import stat
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from steward.stack.errors import StackError

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def address(url: str, service: str) -> str:
    """Return an address without a slash at its end; raises StackError, which shows no password in it."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc
        usable = usable and parts.port != 0 and not parts.query and not parts.fragment
    except ValueError:
        usable = False
    if not usable:
        raise StackError(
            f"the address of {service} cannot be used",
            mend="write http://host:port, without a user and a password",
        )
    return url.rstrip("/")


def token(path: Path | None, variable: str, environ: Mapping[str, str]) -> str | None:
    """Return the token of the file, else that of the variable; None for none. Raises StackError."""
    if path is None:
        found = environ.get(variable, "").strip()
        return _usable(found, variable) if found else None
    try:
        if path.stat().st_mode & _OTHERS:
            raise StackError(f"{path} can be read by other users", mend=f"chmod 600 {path}")
        return _usable(path.read_text(encoding="utf-8").strip(), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise StackError(f"{path}: {getattr(error, 'strerror', None) or 'not a text in UTF-8'}") from None


def _usable(found: str, where: str) -> str:
    if not found or not found.isascii() or not found.isprintable():
        raise StackError(f"{where} holds no token: it is one line of letters, digits and signs")
    return found
