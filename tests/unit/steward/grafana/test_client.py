"""What is said of answers that a Grafana gives, and of those that no Grafana gives."""

from collections.abc import Callable

import httpx
import pytest

from steward.grafana.client import Grafana
from steward.grafana.errors import ChangedMeanwhile, GrafanaError, NotThere, Refused, Rejected, Unreachable

Answer = Callable[[httpx.Request], httpx.Response]


def grafana(answer: httpx.Response) -> Grafana:
    return Grafana("http://grafana.example", "glsa_x", httpx.MockTransport(lambda _: answer))


REFUSALS = [
    (httpx.Response(401, json={"message": "Invalid API key"}), Refused, "Invalid API key"),
    (httpx.Response(403, json={"message": "Access denied"}), Refused, "Access denied"),
    (httpx.Response(404, json={"message": "Dashboard not found"}), NotThere, "Dashboard not found"),
    (httpx.Response(404, text="404 page not found"), Unreachable, "no Grafana"),
    (httpx.Response(412, json={"status": "version-mismatch", "message": "changed"}), ChangedMeanwhile, "changed"),
    (httpx.Response(412, json={"status": "plugin-dashboard", "message": "a plugin's"}), Rejected, "a plugin's"),
    (httpx.Response(400, json={"message": "Cannot save provisioned dashboard"}), Rejected, "provisioned"),
    (httpx.Response(405, json={"detail": "not here"}), Rejected, "not here"),
    (httpx.Response(500, text="<html>"), Rejected, "500 Internal Server Error"),
    (httpx.Response(302, headers={"Location": "/login"}), Rejected, "302 Found"),
    (httpx.Response(200, text="<html>"), Unreachable, "JSON"),
    (httpx.Response(200, json=[]), Unreachable, "as Grafana does"),
]


@pytest.mark.parametrize(("answer", "kind", "said"), REFUSALS, ids=lambda value: getattr(value, "__name__", None))
def test_every_refusal_has_its_kind(answer: httpx.Response, kind: type[GrafanaError], said: str) -> None:
    with pytest.raises(kind, match=said) as caught:
        grafana(answer).dashboard("shop")
    assert type(caught.value) is kind


def test_who_may_not_hears_how_to_give_a_token() -> None:
    with pytest.raises(Refused) as caught:
        grafana(httpx.Response(401, json={"message": "Unauthorized"})).dashboard("shop")
    assert "GRAFANA_API_KEY" in caught.value.mend


def test_the_token_is_sent_to_nobody_else() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(307, headers={"Location": "http://elsewhere.example/"})

    client = Grafana("http://grafana.example", "glsa_x", httpx.MockTransport(answer))
    with pytest.raises(Rejected):
        client.dashboard("shop")
    assert [request.url.host for request in seen] == ["grafana.example"]
    assert "glsa_x" not in repr(client)


@pytest.mark.parametrize("error", [httpx.ConnectError("refused"), httpx.ReadTimeout("late")])
def test_nobody_there_is_one_message(error: httpx.TransportError) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        raise error

    with pytest.raises(Unreachable, match=r"grafana\.example"):
        Grafana("http://grafana.example", None, httpx.MockTransport(answer)).dashboard("shop")


def test_an_answer_may_lack_what_it_should_have() -> None:
    found = grafana(httpx.Response(200, json={"dashboard": {"uid": "shop", "title": "Shop"}, "meta": None}))
    assert (found.dashboard("shop").version, found.dashboard("shop").folder) == (0, "")
