from steward.model import Catalogue, Email, Mail, PagerDuty, Receiver, Route, Routing, Secret, Slack
from steward.stack.doctor.channels import check_channels
from steward.stack.doctor.check import Verdict

SLACK = Secret("slack", "SLACK_URL", generated=False)
PAGER = Secret("pager", "PAGER_KEY", generated=False)
PASSWORD = Secret("smtp", "SMTP_PASSWORD", generated=False)
SHOP = Catalogue(
    "shop",
    "Shop",
    routing=Routing(
        Route("all"),
        (Receiver("all", (Slack("#shop", SLACK), PagerDuty(PAGER), Email("a@shop.example"))),),
        mail=Mail("smtp.example:587", "b@shop.example", password=PASSWORD),
    ),
)


def test_channels_that_nothing_is_set_for_are_named() -> None:
    (check,) = check_channels(SHOP, {"SLACK_URL": "https://hook"})

    assert check.verdict is Verdict.OK
    assert "PAGER_KEY, SMTP_HOST" in check.what
    assert "SLACK_URL" not in check.what


def test_every_channel_is_set() -> None:
    (check,) = check_channels(SHOP, {"SLACK_URL": "https://hook", "PAGER_KEY": "key", "SMTP_HOST": "mail"})

    assert check.what == "every one is set"


def test_settings_that_cannot_be_right() -> None:
    (check,) = check_channels(SHOP, {"SMTP_HOST": "mail", "SMTP_PORT": "smtp"})

    assert check.verdict is Verdict.FAIL
    assert "SMTP_PORT=smtp" in check.what


def test_catalogue_without_routing_has_no_channels() -> None:
    assert list(check_channels(Catalogue("shop", "Shop"), {})) == []
