from dataclasses import replace
from typing import Any

import pytest
import yaml

from steward.compile.alertmanager import alertmanager_files, alertmanager_yml
from steward.compile.placement import Placement, containers
from steward.model import (
    Catalogue,
    CatalogueError,
    Email,
    Inhibition,
    LabelMatch,
    Mail,
    PagerDuty,
    Port,
    Receiver,
    Route,
    Routing,
    Secret,
    Service,
    Slack,
    Webhook,
    components,
    minutes,
    seconds,
    where,
)
from steward.model.components.alertmanager import PAGERDUTY_KEY, SLACK_WEBHOOK, SMTP_PASSWORD

TOKEN = Secret("pager-token", "PAGER_TOKEN")
MAIL = Mail("smtp.shop.example:587", "alerts@shop.example", "alerts", SMTP_PASSWORD)
ROUTING = Routing(
    Route(
        "nobody",
        routes=(
            Route("slo", (LabelMatch("slo", "=~", ".+"),), goes_on=True, group_by=("slo",), group_wait=minutes(1)),
            Route("people", (where("severity", "critical"),), repeat_interval=minutes(30)),
        ),
    ),
    (
        Receiver("nobody"),
        Receiver("slo", (Slack("#slo", SLACK_WEBHOOK), Webhook("pager", "/alerts", TOKEN))),
        Receiver("people", (Slack("#shop", SLACK_WEBHOOK), PagerDuty(PAGERDUTY_KEY), Email("a@shop.example"))),
    ),
    (
        Inhibition(
            (where("severity", "critical"),), (LabelMatch("severity", "!=", "critical"),), ("alertname",), "worse"
        ),
    ),
    MAIL,
)
SHOP = Catalogue(
    "shop",
    "Shop",
    services=(components.alertmanager("v1", TOKEN), Service("pager", "Pager", ports=(Port(8090),))),
    routing=ROUTING,
)


def compiled(placement: Placement, catalogue: Catalogue = SHOP) -> Any:
    return yaml.safe_load(alertmanager_yml(catalogue, placement))


def channels(config: Any) -> dict[str, set[str]]:
    return {receiver["name"]: receiver.keys() - {"name"} for receiver in config["receivers"]}


def test_without_routing_alerts_are_kept_and_nobody_is_told() -> None:
    bare = Catalogue("bare", "Bare")

    assert compiled(containers(bare), bare) == {
        "route": {
            "receiver": "default",
            "group_by": ["alertname", "cluster", "service"],
            "group_wait": "10s",
            "group_interval": "10s",
            "repeat_interval": "1h",
        },
        "receivers": [{"name": "default"}],
    }
    assert list(alertmanager_files(bare, containers(bare))) == ["alertmanager.yml"]


def test_routes_say_what_they_match_and_how_they_group() -> None:
    assert compiled(containers(SHOP))["route"]["routes"] == [
        {
            "receiver": "slo",
            "matchers": ['slo=~".+"'],
            "continue": True,
            "group_by": ["slo"],
            "group_wait": "1m",
        },
        {"receiver": "people", "matchers": ['severity="critical"'], "repeat_interval": "30m"},
    ]


def test_inhibitions_say_what_must_be_equal() -> None:
    assert compiled(containers(SHOP))["inhibit_rules"] == [
        {
            "source_matchers": ['severity="critical"'],
            "target_matchers": ['severity!="critical"'],
            "equal": ["alertname"],
        }
    ]


def test_every_channel_is_told_of_the_end_and_reads_its_secret_from_a_file() -> None:
    config = compiled(containers(SHOP))

    assert channels(config) == {
        "nobody": set(),
        "slo": {"slack_configs", "webhook_configs"},
        "people": {"slack_configs", "pagerduty_configs", "email_configs"},
    }
    parts = [
        part
        for receiver in config["receivers"]
        for key, value in receiver.items()
        if key != "name"
        for part in value
    ]
    assert all(part["send_resolved"] for part in parts)
    slo, people = config["receivers"][1], config["receivers"][2]
    assert slo["slack_configs"][0]["api_url_file"] == "/run/secrets/slack-webhook-url"
    assert slo["webhook_configs"][0]["url"] == "http://pager:8090/alerts"
    assert slo["webhook_configs"][0]["http_config"] == {
        "follow_redirects": False,
        "authorization": {"credentials_file": "/run/secrets/pager-token"},
    }
    assert people["pagerduty_configs"][0]["service_key_file"] == "/run/secrets/pagerduty-service-key"
    assert people["email_configs"][0]["to"] == "a@shop.example"
    assert config["global"] == {
        "smtp_smarthost": "smtp.shop.example:587",
        "smtp_from": "alerts@shop.example",
        "smtp_auth_username": "alerts",
        "smtp_auth_password_file": "/run/secrets/smtp-password",
    }


def test_secret_files_are_where_the_placement_has_them() -> None:
    config = compiled(replace(containers(SHOP), secret=lambda service, secret: f"/s/{service}/{secret}"))

    assert config["receivers"][1]["slack_configs"][0]["api_url_file"] == "/s/alertmanager/slack-webhook-url"
    assert config["global"]["smtp_auth_password_file"] == "/s/alertmanager/smtp-password"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (set(), {"slo": set(), "people": {"email_configs"}}),
        ({"slack-webhook-url"}, {"slo": {"slack_configs"}, "people": {"slack_configs", "email_configs"}}),
        ({"pagerduty-service-key"}, {"slo": set(), "people": {"pagerduty_configs", "email_configs"}}),
        ({"pager-token"}, {"slo": {"webhook_configs"}, "people": {"email_configs"}}),
    ],
)
def test_channel_without_its_secret_is_left_out(given: set[str], expected: dict[str, set[str]]) -> None:
    config = compiled(replace(containers(SHOP), given=frozenset(given)))

    assert channels(config) == {"nobody": set(), **expected}
    assert "smtp_auth_username" not in config["global"]


def test_mail_channel_without_a_server_is_left_out() -> None:
    config = compiled(replace(containers(SHOP), mail=None))

    assert "email_configs" not in channels(config)["people"]
    assert "global" not in config


def test_webhook_of_a_service_that_does_not_run_is_left_out() -> None:
    config = compiled(Placement(lambda *_: None, SHOP.collection))

    assert channels(config)["slo"] == {"slack_configs"}


@pytest.mark.parametrize(
    ("smarthost", "encrypted"), [("localhost:1025", False), ("[::1]:25", False), ("mail.example:25", True)]
)
def test_mail_is_encrypted_unless_it_stays_on_the_machine(smarthost: str, *, encrypted: bool) -> None:
    config = compiled(replace(containers(SHOP), mail=Mail(smarthost, "a@b.example")))

    assert config["global"].get("smtp_require_tls", True) is encrypted


def test_waits_shrink_with_the_time_scale_but_not_below_a_second() -> None:
    route = compiled(containers(SHOP, scale=60))["route"]

    assert (route["group_wait"], route["group_interval"], route["repeat_interval"]) == ("1s", "1s", "1m")
    assert route["routes"][0]["group_wait"] == "1s"
    assert route["routes"][1]["repeat_interval"] == "30s"


def test_wait_that_is_shorter_than_a_second_stays() -> None:
    quick = replace(SHOP, routing=Routing(Route("nobody", group_wait=seconds(0)), (Receiver("nobody"),)))

    assert compiled(containers(quick, scale=60), quick)["route"]["group_wait"] == "0s"


def test_secret_that_nobody_hands_to_alertmanager() -> None:
    without = replace(SHOP, services=(components.alertmanager("v1"), *SHOP.services[1:]))

    with pytest.raises(CatalogueError, match=r"pager-token.*secrets of the service alertmanager"):
        compiled(containers(without), without)


@pytest.mark.parametrize("scale", [0, -1])
def test_time_scale_that_is_none(scale: float) -> None:
    with pytest.raises(CatalogueError, match="above 0"):
        containers(SHOP, scale)
