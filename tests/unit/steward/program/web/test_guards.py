"""The layers around any application."""

from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from steward.program.web.guards import FORM, JSON, Bodies, BodyGuard, LastResort
from steward.program.web.problems import Problem

LARGEST_BODY = 4096


class Answers:
    """Problems as they are, and the exceptions that were reported."""

    def __init__(self) -> None:
        self.reported: list[Exception] = []

    def refuse(self, scope: Scope, problem: Problem) -> Response:
        return problem

    def unexpected(self, scope: Scope, error: Exception) -> Response:
        self.reported.append(error)
        return Problem(500, "it was logged")


@pytest.fixture
def problems() -> Answers:
    return Answers()


def bodies(path: str) -> Bodies:
    return Bodies(FORM if path == "/form" else JSON, LARGEST_BODY)


async def broken(_scope: Scope, _receive: Receive, _send: Send) -> None:
    raise ZeroDivisionError


async def broken_halfway(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    raise ZeroDivisionError


async def size(scope: Scope, receive: Receive, send: Send) -> None:
    body = await Request(scope, receive).body()
    await PlainTextResponse(str(len(body)))(scope, receive, send)


def client(app: ASGIApp) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://api")


async def test_an_unexpected_error_is_reported_and_answered(problems: Answers) -> None:
    async with client(LastResort(broken, problems=problems)) as http:
        answer = await http.get("/")
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert [type(error) for error in problems.reported] == [ZeroDivisionError]


async def test_a_response_that_was_begun_is_not_begun_again(problems: Answers) -> None:
    async with client(LastResort(broken_halfway, problems=problems)) as http:
        with pytest.raises(ZeroDivisionError):
            await http.get("/")


@pytest.mark.parametrize("content", [b"", b"x" * LARGEST_BODY])
async def test_a_body_up_to_the_limit_passes_whole(problems: Answers, content: bytes) -> None:
    async with client(BodyGuard(size, problems=problems, bodies=bodies)) as http:
        answer = await http.post("/", content=content, headers={"Content-Type": "application/json; charset=utf-8"})
    assert answer.text == str(len(content))


async def test_a_body_over_the_limit_is_stopped_however_it_is_sent(problems: Answers) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(LARGEST_BODY // 1024 + 1):
            yield b"x" * 1024

    json = {"Content-Type": "application/json"}
    async with client(BodyGuard(size, problems=problems, bodies=bodies)) as http:
        announced = await http.post(
            "/", content=b"x" * (LARGEST_BODY + 1), headers={"Content-Type": "application/json"}
        )
        assert announced.status_code == 413
        with pytest.raises(Exception, match="larger than"):
            await http.post("/", content=pieces(), headers=json)


@pytest.mark.parametrize(
    ("path", "media_type", "status"),
    [
        ("/", "application/json", 200),
        ("/", "APPLICATION/JSON; charset=utf-8", 200),
        ("/", "text/plain", 415),
        ("/", "application/x-www-form-urlencoded", 415),
        ("/", None, 415),
        ("/form", "application/x-www-form-urlencoded", 200),
        ("/form", "application/json", 415),
        ("/form", "multipart/form-data; boundary=x", 415),
    ],
)
async def test_each_path_takes_one_media_type(
    problems: Answers, path: str, media_type: str | None, status: int
) -> None:
    headers = {} if media_type is None else {"Content-Type": media_type}
    async with client(BodyGuard(size, problems=problems, bodies=bodies)) as http:
        assert (await http.post(path, content=b"{}", headers=headers)).status_code == status
