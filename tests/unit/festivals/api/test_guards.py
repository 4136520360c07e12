"""The layers around the application."""

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from festivals.api.guards import TokenGuard
from festivals.api.problems import Problems
from festivals.catalogue import api
from festivals.telemetry.errors import ErrorMetrics
from steward.instrument import Instruments
from steward.program.web.guards import LastResort


@pytest.fixture
def instruments() -> Instruments:
    return Instruments(api.METRICS)


@pytest.fixture
def problems(instruments: Instruments) -> Problems:
    return Problems(ErrorMetrics(instruments))


async def broken(_scope: Scope, _receive: Receive, _send: Send) -> None:
    raise ZeroDivisionError("the secret of the house")


async def size(scope: Scope, receive: Receive, send: Send) -> None:
    body = await Request(scope, receive).body()
    await PlainTextResponse(str(len(body)))(scope, receive, send)


def client(app: ASGIApp) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://api")


async def test_an_unexpected_error_is_logged_counted_and_kept_from_the_client(
    problems: Problems, instruments: Instruments, capsys: pytest.CaptureFixture[str]
) -> None:
    async with client(LastResort(broken, problems=problems)) as http:
        answer = await http.get("/")
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert "secret" not in answer.text
    assert instruments.total(api.ERRORS, type="internal", operation="unmatched") == 1
    logged = capsys.readouterr()
    assert "ZeroDivisionError" in logged.out + logged.err


@pytest.mark.parametrize(
    ("path", "given", "status"),
    [
        ("/api/v1/festivals", "Bearer s3cret", 200),
        ("/api/v1/festivals", "Bearer s3cre", 401),
        ("/api/v1/festivals", "bearer", 401),
        ("/api/v1/festivals", None, 401),
        ("/healthz", None, 200),
    ],
)
async def test_the_token_guards_the_api(problems: Problems, path: str, given: str | None, status: int) -> None:
    headers = {} if given is None else {"Authorization": given}
    async with client(TokenGuard(size, problems=problems, token="s3cret")) as http:
        assert (await http.get(path, headers=headers)).status_code == status
