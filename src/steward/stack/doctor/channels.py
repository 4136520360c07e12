"""Whom Alertmanager will be able to tell, with the variables that are set."""

from collections.abc import Iterator, Mapping

from steward.model import Catalogue, Email, Routing
from steward.stack import mail
from steward.stack.doctor.check import Check, fail, ok
from steward.stack.errors import SettingInvalid

_NAME = "channels"


def check_channels(catalogue: Catalogue, environ: Mapping[str, str]) -> Iterator[Check]:
    """Check the settings of the channels; that some are not set is usual on a workstation."""
    if catalogue.routing is None:
        return
    try:
        server = mail.mail_server(catalogue, environ)
    except SettingInvalid as error:
        yield fail(_NAME, error.what, error.mend)
        return
    missing = _missing_secrets(catalogue.routing, environ)
    if server is None and _sends_mail(catalogue.routing):
        missing.append(mail.HOST)
    said = f"left out, since not set: {', '.join(missing)}" if missing else "every one is set"
    yield ok(_NAME, said)


def _missing_secrets(routing: Routing, environ: Mapping[str, str]) -> list[str]:
    password = routing.mail.password if routing.mail else None
    return [
        secret.variable
        for secret in routing.secrets
        if not secret.generated and secret != password and not environ.get(secret.variable, "").strip()
    ]


def _sends_mail(routing: Routing) -> bool:
    return any(isinstance(channel, Email) for receiver in routing.receivers for channel in receiver.channels)
