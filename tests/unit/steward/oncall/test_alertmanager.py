"""What is made of answers that no Alertmanager should give; the real ones are asked in the integration tests."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from steward.oncall.alertmanager import Alertmanagers
from steward.oncall.domain.matchers import Matcher
from steward.oncall.errors import Invalid, Unavailable
from steward.testing.oncall import MONDAY

HERE = "http://am:9093"

Answer = Callable[[httpx.Request], httpx.Response]


def asked(answer: Answer, *addresses: str) -> Alertmanagers:
    return Alertmanagers(addresses or (HERE,), httpx.Client(transport=httpx.MockTransport(answer)))


def refuse_connection(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("refused", request=request)


def put(alertmanagers: Alertmanagers) -> str:
    return alertmanagers.put_silence(
        HERE,
        matchers=[Matcher("a", "b")],
        starts_at=MONDAY,
        ends_at=MONDAY + timedelta(hours=1),
        created_by="ann",
        comment="x",
    )


@pytest.mark.parametrize(
    "answer",
    [
        refuse_connection,
        lambda _: httpx.Response(200, text="<html>"),
        lambda _: httpx.Response(200, json={"uptime": "yesterday"}),
        lambda _: httpx.Response(200, json={"uptime": "0001-01-01T00:00:00+14:00"}),
        lambda _: httpx.Response(200, json=[1, None]),
        lambda _: httpx.Response(302, headers={"Location": "http://elsewhere/"}),
        lambda _: httpx.Response(400, text="what?"),
        lambda _: httpx.Response(404, text="not here"),
        lambda _: httpx.Response(503, text="later"),
    ],
)
def test_an_answer_of_no_use_is_a_failure_of_that_address(answer: Answer) -> None:
    observed = asked(answer).observe(now=MONDAY)
    assert observed.answers == ()
    assert list(observed.failures) == [HERE]
    assert not observed.complete


def test_one_that_answers_is_enough_to_know_alerts() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=[]) if request.url.host == "b" else refuse_connection(request)

    assert asked(answer, "http://a:1", "http://b:1").alerts() == ()


@pytest.mark.parametrize("addresses", [(), (HERE,)])
def test_nobody_who_answers_is_an_error(addresses: tuple[str, ...]) -> None:
    client = httpx.Client(transport=httpx.MockTransport(refuse_connection))
    with pytest.raises(Unavailable):
        Alertmanagers(addresses, client).alerts()


def test_without_addresses_nothing_is_complete() -> None:
    assert not Alertmanagers().observe(now=MONDAY).complete


def test_a_matcher_that_it_cannot_read_is_the_callers_mistake() -> None:
    with pytest.raises(Invalid, match="bad matcher"):
        asked(lambda _: httpx.Response(400, text="bad matcher")).alerts([Matcher("a", "b")])


def test_a_silence_that_it_refuses_is_the_callers_mistake() -> None:
    with pytest.raises(Invalid, match="in the past"):
        put(asked(lambda _: httpx.Response(400, text="end time in the past")))


@pytest.mark.parametrize("status", [401, 403, 404, 500, 503])
def test_a_silence_that_could_not_be_written_may_be_tried_again(status: int) -> None:
    with pytest.raises(Unavailable):
        put(asked(lambda _: httpx.Response(status, text="no")))


@pytest.mark.parametrize(("status", "text"), [(200, ""), (404, "silence not found"), (500, '"silence not found"')])
def test_a_silence_that_is_not_there_is_ended(status: int, text: str) -> None:
    asked(lambda _: httpx.Response(status, text=text)).expire_silence(HERE, "x")


def test_a_silence_that_could_not_be_ended_may_be_tried_again() -> None:
    with pytest.raises(Unavailable):
        asked(lambda _: httpx.Response(500, text="boom")).expire_silence(HERE, "x")


def alert(**labels: str) -> dict[str, object]:
    return {
        "labels": labels,
        "annotations": {},
        "fingerprint": "00",
        "startsAt": "2026-03-02T10:00:00.123456789+01:00",
        "generatorURL": "javascript:alert(1)",
        "status": {"state": "suppressed"},
    }


def test_an_alert_is_read_as_the_webhook_reads_it() -> None:
    (found,) = asked(lambda _: httpx.Response(200, json=[alert(team="sre")])).alerts()
    assert (found.name, found.generator_url, found.silenced) == ("unnamed", "", True)
    assert found.starts_at == datetime(2026, 3, 2, 9, 0, 0, 123456, UTC)


def test_what_no_store_keeps_is_replaced_so_that_the_alert_reaches_people() -> None:
    body = json.dumps([alert(alertname="a\x00b\ud800c", path="\\u0000")])
    (found,) = asked(lambda _: httpx.Response(200, text=body)).alerts()
    assert found.labels == {"alertname": "a\ufffdb\ufffdc", "path": "\\u0000"}


def test_an_error_shows_no_more_than_the_beginning_of_an_answer() -> None:
    observed = asked(lambda _: httpx.Response(500, text="x" * 10_000)).observe(now=MONDAY)
    assert len(observed.failures[HERE]) < 300
