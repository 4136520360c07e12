from datetime import timedelta
from typing import Any

import pytest

from steward.oncall.deliver.slack.message import escaped, message
from steward.oncall.domain.states import Kind
from steward.testing.notifications import alert_line, notification


def blocks(content: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = content["attachments"][0]["blocks"]
    return found


def buttons(content: dict[str, Any]) -> list[str]:
    return [
        one["action_id"] for block in blocks(content) if block["type"] == "actions" for one in block["elements"]
    ]


def test_mentions_who_is_told_and_says_what_is_wrong_first() -> None:
    content = message(notification(), answerable=True)
    assert content["text"] == "<@U0ANN> *[CRITICAL] APIDown: The API does not answer*"
    assert content["channel"] == "#incidents"


@pytest.mark.parametrize(
    ("kind", "answerable", "found"),
    [
        (Kind.PAGE, True, ["page.acknowledge", "page.resolve", "page.open"]),
        (Kind.ACKNOWLEDGED, True, ["page.resolve", "page.open"]),
        (Kind.RESOLVED, True, ["page.open"]),
        (Kind.PAGE, False, ["page.open"]),
    ],
)
def test_buttons(kind: Kind, answerable: bool, found: list[str]) -> None:
    assert buttons(message(notification(kind), answerable=answerable)) == found


def test_buttons_carry_the_page() -> None:
    (block,) = (one for one in blocks(message(notification(), answerable=True)) if one["type"] == "actions")
    assert [one.get("value") for one in block["elements"]] == ["7", "7", None]


def test_no_link_that_acts_is_shown_in_a_room() -> None:
    assert "/act/" not in str(message(notification(), answerable=True))


def test_a_mention_is_only_of_a_member() -> None:
    assert message(notification(mention="!channel"), answerable=True)["text"].startswith("*[")


@pytest.mark.parametrize("text", ["<!here>", "a & b", "<http://evil|good>", "&&&&&&&&"])
def test_escaped(text: str) -> None:
    shown = escaped(text, 20)
    assert len(shown) <= 20
    assert not set("<>") & set(shown)


def test_a_link_ends_where_it_should() -> None:
    line = alert_line(runbook_url="http://host/a|b>c<d&e=1")
    assert "<http://host/a%7Cb%3Ec%3Cd&amp;e=1|Runbook>" in str(
        message(notification(alerts=(line,)), answerable=False)
    )


def test_says_how_many_alerts_are_left_out() -> None:
    content = message(notification(alerts_total=1_000, alerts=(alert_line(),) * 10), answerable=True)
    assert "and 990 more" in str(content)
    assert len(blocks(content)) <= 50


def test_a_long_key_still_tells_messages_apart() -> None:
    ids = [blocks(message(notification(key="k" * 400 + end), answerable=True))[0]["block_id"] for end in "ab"]
    assert ids[0] != ids[1]
    assert all(len(one) <= 255 for one in ids)


def test_says_how_late_it_is() -> None:
    assert "late by 1 h 5 min" in str(message(notification(late_by=timedelta(minutes=65)), answerable=True))
    assert "late" not in str(message(notification(), answerable=True))


def test_says_who_acknowledged() -> None:
    content = message(notification(Kind.ACKNOWLEDGED, actor="Bob Birch"), answerable=True)
    assert blocks(content)[0]["text"]["text"] == "Acknowledged by Bob Birch: nobody else is told."
