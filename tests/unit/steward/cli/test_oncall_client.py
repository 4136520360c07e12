"""What the commands say of answers of the on-call service, whatever they are."""

from collections.abc import Callable

import httpx
import pytest

from steward.cli.columns import aligned
from steward.cli.oncall_client import OnCallClient, segment
from steward.stack.errors import StackError

Answer = Callable[[httpx.Request], httpx.Response]


def client(answer: Answer, token: str | None = None) -> OnCallClient:
    return OnCallClient("http://oncall.example", token, httpx.MockTransport(answer))


def refusal(answer: httpx.Response) -> StackError:
    with pytest.raises(StackError) as caught:
        client(lambda _: answer).get("/alerts")
    return caught.value


def test_path_query_and_token_are_sent() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"alerts": []})

    assert client(answer, "opensesame").get("/alerts", team="sre", severity=None) == {"alerts": []}
    (request,) = seen
    assert str(request.url) == "http://oncall.example/api/v1/monitoring/alerts?team=sre"
    assert request.headers["authorization"] == "Bearer opensesame"


def test_answer_without_a_body_is_none() -> None:
    assert client(lambda _: httpx.Response(204)).delete("/alerts/APIDown/silence") is None


def test_problem_is_told_in_its_own_words_with_every_field() -> None:
    problem = {
        "detail": "body.duration: missing",
        "errors": [
            {"location": "body.duration", "message": "missing"},
            {"location": "body.reason", "message": "too short"},
        ],
    }

    assert refusal(httpx.Response(422, json=problem)).what == "body.duration: missing; body.reason: too short"


@pytest.mark.parametrize("status", [401, 403])
def test_refused_caller_hears_how_to_give_a_token(status: int) -> None:
    error = refusal(httpx.Response(status, json={"detail": "who are you?"}))

    assert error.what == "who are you?"
    assert "--token-file" in error.mend


@pytest.mark.parametrize("body", ["", "<html>", "[]", '{"detail": null, "errors": 1}', '"text"'])
def test_answer_that_is_no_problem_is_told_by_its_status(body: str) -> None:
    assert refusal(httpx.Response(502, text=body)).what == "http://oncall.example answered 502 Bad Gateway"


def test_answer_that_is_no_json_is_an_error() -> None:
    assert "did not answer in JSON" in refusal(httpx.Response(200, text="<html>")).what


def test_redirect_is_not_followed_with_the_token() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        return httpx.Response(307, headers={"Location": "http://elsewhere.example/"})

    with pytest.raises(StackError, match="answered 307"):
        client(answer, "opensesame").get("/alerts")
    assert asked == ["oncall.example"]


def test_what_a_terminal_would_obey_is_left_out() -> None:
    assert refusal(httpx.Response(404, json={"detail": "no \x1b[31mred"})).what == "no  [31mred"
    assert aligned(["A", "B"], [["a\nb", "\x9b2J"]]) == ["A    B", "a b   2J"]


def test_token_is_not_shown() -> None:
    assert "opensesame" not in repr(client(lambda _: httpx.Response(200), "opensesame"))


def test_name_is_one_segment_of_a_path() -> None:
    assert segment("../pages/1?x#y") == "..%2Fpages%2F1%3Fx%23y"
