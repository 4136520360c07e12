from collections.abc import Callable
from typing import Any

import pytest

from steward.model import (
    CatalogueError,
    Email,
    LabelMatch,
    Mail,
    PagerDuty,
    Receiver,
    Route,
    Routing,
    Secret,
    Slack,
    Webhook,
    where,
)

WEBHOOK = Secret("slack-webhook-url", "SLACK_WEBHOOK_URL", generated=False)
KEY = Secret("pagerduty-key", "PAGERDUTY_KEY", generated=False)
PASSWORD = Secret("smtp-password", "SMTP_PASSWORD", generated=False)


def test_secrets_of_the_channels_are_known_once() -> None:
    routing = Routing(
        Route("all"),
        (
            Receiver("all", (Slack("#a", WEBHOOK), Slack("#b", WEBHOOK), PagerDuty(KEY), Email("a@shop.example"))),
            Receiver("ours", (Webhook("oncall", "/alerts"),)),
        ),
        mail=Mail("smtp.shop.example:587", "b@shop.example", password=PASSWORD),
    )

    assert routing.secrets == (WEBHOOK, KEY, PASSWORD)


def test_condition_is_written_as_alertmanager_reads_it() -> None:
    assert str(where("team", 'a"b\\c\nd')) == 'team="a\\"b\\\\c\\nd"'
    assert str(LabelMatch("slo", "=~", ".+")) == 'slo=~".+"'


@pytest.mark.parametrize(
    ("routing", "message"),
    [
        (lambda: Routing(Route("a"), (Receiver("a"), Receiver("a"))), "declared twice"),
        (lambda: Routing(Route("a", routes=(Route("b"),)), (Receiver("a"),)), "no receiver is called 'b'"),
        (lambda: Routing(Route("a", (where("team", "sre"),)), (Receiver("a"),)), "no conditions"),
        (lambda: Routing(Route("a"), (Receiver("a", (Email("x@shop.example"),)),)), "which server"),
    ],
)
def test_routing_that_cannot_be_right_is_refused(routing: Callable[[], Any], message: str) -> None:
    with pytest.raises(CatalogueError, match=message):
        routing()
