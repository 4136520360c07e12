"""What Alertmanager sends, and what is none of it."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from steward.oncall.domain.webhook import instant, parse
from steward.oncall.errors import Invalid
from steward.testing.oncall import MONDAY, incoming, webhook

FIRING = incoming("APIDown", cluster="west")
OVER = incoming("RedisDown", firing=False, team="dba")


def body(**changes: Any) -> bytes:
    return json.dumps(webhook([FIRING, OVER]) | changes).encode()


def alert(**changes: Any) -> bytes:
    """Return a body whose second alert differs by these fields; None leaves one out."""
    payload = webhook([FIRING, OVER])
    changed = payload["alerts"][1] | changes
    payload["alerts"][1] = {name: value for name, value in changed.items() if value is not None}
    return json.dumps(payload).encode()


def test_everything_of_an_alert_is_read() -> None:
    first, second = parse(body(groupKey='{}/{severity="critical"}:{alertname="APIDown"}'))
    assert first.fingerprint == FIRING.fingerprint
    assert (first.name, first.firing, first.ends_at) == ("APIDown", True, None)
    assert first.labels == {"alertname": "APIDown", "severity": "critical", "team": "sre", "cluster": "west"}
    assert first.annotations == {"summary": "APIDown is wrong"}
    assert first.starts_at == MONDAY
    assert first.generator_url == FIRING.generator_url
    assert first.group_key == '{}/{severity="critical"}:{alertname="APIDown"}'
    assert (second.firing, second.ends_at) == (False, OVER.ends_at)


def test_what_alertmanager_tells_of_is_not_silenced() -> None:
    first, second = parse(body())
    assert (first.silenced, second.silenced) == (False, None)


def test_the_state_of_each_alert_counts_and_not_that_of_the_group() -> None:
    assert [one.firing for one in parse(body(status="resolved"))] == [True, False]


def test_a_receiver_comes_quoted() -> None:
    assert parse(body(receiver="festivals\\-critical"))[0].receiver == "festivals-critical"


def test_fields_of_newer_versions_are_tolerated() -> None:
    parse(body(notificationReason="repeat", truncatedAlerts=7, extra={"deep": [1, None]}))
    parse(alert(extra={"deep": [1, None]}))


def test_fields_that_nobody_needs_may_be_missing() -> None:
    payload = json.loads(body())
    for name in ("truncatedAlerts", "status", "receiver", "groupLabels", "commonLabels", "externalURL"):
        payload.pop(name)
    for one in payload["alerts"]:
        one.pop("annotations")
        one.pop("generatorURL")
        one.pop("endsAt")
    assert [one.annotations for one in parse(json.dumps(payload).encode())] == [{}, {}]


def test_an_alert_without_a_name_is_not_lost() -> None:
    assert parse(alert(labels={"job": "api"}))[1].name == "unnamed"


def test_what_no_store_keeps_is_replaced_so_that_the_alert_arrives() -> None:
    labels = {"alertname": "a\0b", "path\0": "\ud800", "plain": "\\u0000"}

    _, second = parse(alert(labels=labels, annotations={"summary": "a\0"}))

    assert second.labels == {"alertname": "a\ufffdb", "path\ufffd": "\ufffd", "plain": "\\u0000"}
    assert (second.name, second.annotations) == ("a\ufffdb", {"summary": "a\ufffd"})


@pytest.mark.parametrize("address", ["javascript:alert(1)", "file:///etc/passwd", "//evil.example", "graph?a=b"])
def test_an_address_that_is_no_web_link_is_dropped(address: str) -> None:
    assert parse(alert(generatorURL=address))[1].generator_url == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-02T10:00:00Z", MONDAY),
        ("2026-03-02T10:00:00.000Z", MONDAY),
        ("2026-03-02T11:00:00+01:00", MONDAY),
        ("2026-03-02t10:00:00z", MONDAY),
        ("2026-03-02T10:00:00.123456789Z", MONDAY.replace(microsecond=123456)),
        ("0001-01-01T00:00:00Z", datetime(1, 1, 1, tzinfo=UTC)),
    ],
)
def test_instants(text: str, expected: datetime) -> None:
    assert instant(text, "startsAt") == expected


@pytest.mark.parametrize(
    "text",
    [
        None,
        1_772_445_600,
        "",
        "now",
        "2026-03-02",
        "2026-03-02T10:00:00",
        "2026-13-02T10:00:00Z",
        "2026-02-30T10:00:00Z",
        "2026-W10-1T10:00:00Z",
        "2026-03-02T25:00:00Z",
        "0001-01-01T00:00:00+05:00",
        "9999-12-31T23:59:59-05:00",
        "2026-03-02T10:00:00Z\n",
        "٢٠٢٦-03-02T10:00:00Z",
    ],
)
def test_what_is_no_instant(text: object) -> None:
    with pytest.raises(Invalid, match=r"^startsAt: "):
        instant(text, "startsAt")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (b"", "not JSON"),
        (b"null", "the body: an object"),
        (b"[]", "the body: an object"),
        (b"{", "not JSON"),
        (b'{"version": "4"', "not JSON"),
        (b"\xff\xfe{}", "not JSON in UTF-8"),
        (b'{"a": ' + b"9" * 5_000 + b"}", "not JSON"),
        (b"[" * 200_000, "not JSON"),
        (body(version="3"), "version: it is '3'"),
        (body(version=4), "version: it is 4"),
        (body(groupKey=None), "groupKey: text"),
        (body(groupKey=""), "groupKey: text"),
        (body(receiver=7), "receiver: text"),
        (body(alerts=[]), "alerts: a list with at least one"),
        (body(alerts={}), "alerts: a list"),
        (body(alerts=["APIDown"]), r"alerts\[0\]: an object"),
        (alert(fingerprint=""), r"alerts\[1\].fingerprint: text"),
        (alert(fingerprint=None), r"alerts\[1\].fingerprint: text"),
        (alert(status="pending"), r"alerts\[1\].status: it is 'pending'"),
        (alert(status=["firing"]), r"alerts\[1\].status: "),
        (alert(labels={}), r"alerts\[1\].labels: at least one"),
        (alert(labels=None), r"alerts\[1\].labels: an object"),
        (alert(labels={"alertname": 7}), r"alerts\[1\].labels: an object whose values are text"),
        (alert(annotations={"summary": None}), r"alerts\[1\].annotations: an object whose values are text"),
        (alert(annotations=[]), r"alerts\[1\].annotations: an object"),
        (alert(startsAt=None), r"alerts\[1\].startsAt: None is no time"),
        (alert(startsAt="yesterday"), r"alerts\[1\].startsAt: 'yesterday' is no time"),
        (alert(endsAt="tomorrow"), r"alerts\[1\].endsAt: 'tomorrow' is no time"),
        (alert(generatorURL=7), r"alerts\[1\].generatorURL: text"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(wrong: bytes, says: str) -> None:
    with pytest.raises(Invalid, match=says):
        parse(wrong)


def test_a_backslash_before_letters_that_look_like_an_escape_is_text() -> None:
    written = alert(annotations={"summary": "C:\\u0000 😀"})
    assert parse(written)[1].annotations == {"summary": "C:\\u0000 😀"}
