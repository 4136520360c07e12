from dataclasses import replace

import pytest

from steward.model import Catalogue, Email, Mail, Receiver, Route, Routing, Secret
from steward.stack.errors import SettingInvalid
from steward.stack.mail import mail_server

PASSWORD = Secret("smtp-password", "SMTP_PASSWORD", generated=False)
DECLARED = Mail("smtp.example:587", "alerts@shop.example", "alerts", PASSWORD)
SHOP = Catalogue(
    "shop", "Shop", routing=Routing(Route("all"), (Receiver("all", (Email("a@shop.example"),)),), mail=DECLARED)
)
LOGIN = {"SMTP_USERNAME": "me", "SMTP_PASSWORD": "hidden"}


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, None),
        ({"SMTP_HOST": " "}, None),
        ({"SMTP_PORT": "587"}, None),
        ({"SMTP_HOST": "mail"}, Mail("mail:587", DECLARED.sender)),
        ({"SMTP_HOST": "mail", "SMTP_PORT": "25"}, Mail("mail:25", DECLARED.sender)),
        ({"SMTP_HOST": "mail", "SMTP_FROM": "me@b.example"}, Mail("mail:587", "me@b.example")),
        ({"SMTP_HOST": "::1"} | LOGIN, Mail("[::1]:587", DECLARED.sender, "me", PASSWORD)),
    ],
)
def test_server_that_the_variables_name(environ: dict[str, str], expected: Mail | None) -> None:
    assert mail_server(SHOP, environ) == expected


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({"SMTP_HOST": "mail", "SMTP_PORT": "smtp"}, "SMTP_PORT=smtp: not a port"),
        ({"SMTP_HOST": "mail", "SMTP_PORT": "0"}, "SMTP_PORT=0"),
        ({"SMTP_HOST": "mail", "SMTP_PORT": "65536"}, "SMTP_PORT=65536"),
        ({"SMTP_HOST": "mail", "SMTP_USERNAME": "me"}, "SMTP_USERNAME is set, but SMTP_PASSWORD is not"),
        ({"SMTP_HOST": "mail", "SMTP_PASSWORD": "hidden"}, "SMTP_PASSWORD is set, but SMTP_USERNAME is not"),
        (LOGIN, "SMTP_USERNAME, SMTP_PASSWORD: set, but SMTP_HOST is not"),
        ({"SMTP_FROM": "me@b.example"}, "SMTP_FROM: set, but SMTP_HOST is not"),
        ({"SMTP_HOST": "mail\nhost"}, "SMTP_HOST holds a line break"),
    ],
)
def test_settings_that_cannot_be_right(environ: dict[str, str], message: str) -> None:
    with pytest.raises(SettingInvalid) as refused:
        mail_server(SHOP, environ)

    assert message in refused.value.what
    assert "hidden" not in refused.value.what + refused.value.mend


def test_nobody_is_told_by_mail_in_a_catalogue_without_any() -> None:
    assert mail_server(replace(SHOP, routing=None), {"SMTP_HOST": "mail"}) is None
