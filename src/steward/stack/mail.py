"""The server that takes e-mail, as the environment names it."""

from collections.abc import Mapping
from dataclasses import replace

from steward.model import Catalogue, Mail
from steward.stack.errors import SettingInvalid

HOST = "SMTP_HOST"
PORT = "SMTP_PORT"
SENDER = "SMTP_FROM"
USERNAME = "SMTP_USERNAME"
_USUAL_PORT = 587


def mail_server(catalogue: Catalogue, environ: Mapping[str, str]) -> Mail | None:
    """Return the server, or None where none is named or nobody is told by e-mail; raises SettingInvalid.

    The sender is the catalogue's unless SMTP_FROM says otherwise; a password is used with a user name only.
    """
    declared = catalogue.routing.mail if catalogue.routing else None
    if declared is None:
        return None
    password = declared.password.variable if declared.password else None
    given = {name: _line(name, environ) for name in (HOST, PORT, SENDER, USERNAME, password) if name}
    host, username = given[HOST], given[USERNAME]
    if not host:
        _refuse_without_host(given)
        return None
    if password and bool(username) != bool(given[password]):
        missing, present = (password, USERNAME) if username else (USERNAME, password)
        raise SettingInvalid(
            f"{present} is set, but {missing} is not",
            mend=f"set {missing} as well, or unset {present} where the mail server asks for no login",
        )
    return replace(
        declared,
        smarthost=f"{_bracketed(host)}:{_port(given[PORT])}",
        sender=given[SENDER] or declared.sender,
        username=username,
        password=declared.password if username else None,
    )


def _line(name: str, environ: Mapping[str, str]) -> str:
    value = environ.get(name, "").strip()
    if not value.isprintable():
        raise SettingInvalid(f"{name} holds a line break or another control character", mend="set it to one line")
    return value


def _refuse_without_host(given: Mapping[str, str]) -> None:
    # A port alone says nothing of a wish to send.
    present = [name for name, value in given.items() if value and name != PORT]
    if present:
        raise SettingInvalid(
            f"{', '.join(present)}: set, but {HOST} is not",
            mend=f"set {HOST} to the server that takes e-mail, or unset {', '.join(present)}",
        )


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def _port(text: str) -> int:
    if not text:
        return _USUAL_PORT
    if not (text.isascii() and text.isdecimal() and 0 < int(text) < 65536):
        raise SettingInvalid(f"{PORT}={text}: not a port", mend="set it to a number from 1 to 65535, or unset it")
    return int(text)
