import asyncio

import httpx
import pytest

from festivals.traffic.client import Answer, Client, Request, open_http
from festivals.traffic.ledger import Ledger
from festivals.traffic.pace import Pacing

Reply = httpx.Response | httpx.TransportError | httpx.DecodingError

TOP_UP = Request("top-up", "POST", "/top-ups", {"amount_cents": 100}, key="ann.1")
SCAN = Request("scan", "POST", "/scans", {"code": "x"})
READ = Request("read", "GET", "/wallet")

NO_ANSWER = httpx.ReadTimeout("nothing came")
NO_CONNECTION = httpx.ConnectError("refused")


class Wire:
    """A server that gives the answers it was told, one after another, and keeps what it was asked."""

    def __init__(self, *replies: Reply) -> None:
        self.asked: list[httpx.Request] = []
        self.ledger = Ledger()
        self._replies = iter(replies)

    def _handle(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        reply = next(self._replies)
        if isinstance(reply, httpx.Response):
            return reply
        raise reply

    async def ask(self, request: Request, *, token: str | None = None, late: float = 0.0) -> Answer:
        clock = asyncio.get_running_loop().time
        pacing = Pacing(1_000, clock)
        async with open_http(httpx.MockTransport(self._handle)) as http:
            client = Client(http, "http://127.0.0.1:1/", pacing, self.ledger, token=token)
            return await client.ask(request, clock() - late)


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("festivals.traffic.client._PAUSES_BEFORE_RETRY", (0.0, 0.0))


@pytest.mark.parametrize("silence", [NO_ANSWER, NO_CONNECTION])
async def test_without_an_answer_the_same_key_is_sent_again(silence: Reply) -> None:
    wire = Wire(silence, silence, httpx.Response(201, json={"id": "t-1"}))
    assert (await wire.ask(TOP_UP)).text("id") == "t-1"
    assert [asked.headers["Idempotency-Key"] for asked in wire.asked] == ["ann.1"] * 3
    assert len({asked.content for asked in wire.asked}) == 1
    assert wire.ledger.resent["retried"] == 2


async def test_it_gives_up_after_three_tries() -> None:
    wire = Wire(NO_ANSWER, NO_ANSWER, NO_CONNECTION)
    assert await wire.ask(READ) == Answer(None, failure="connection")
    assert wire.ledger.total().outcomes == {"timeout": 2, "connection": 1}


async def test_what_would_do_more_when_sent_twice_is_sent_once() -> None:
    wire = Wire(NO_ANSWER)
    assert (await wire.ask(SCAN)).failure == "timeout"
    assert len(wire.asked) == 1


@pytest.mark.parametrize("status", [200, 402, 404, 409, 422, 500, 503])
async def test_an_answer_is_an_answer_and_not_asked_for_again(status: int) -> None:
    wire = Wire(httpx.Response(status))
    assert (await wire.ask(TOP_UP)).status == status
    assert wire.ledger.operations["top-up"].outcomes == {status: 1}


async def test_a_repeated_answer_is_seen_as_such() -> None:
    wire = Wire(httpx.Response(201, json={"id": "t-1"}, headers={"Idempotency-Replayed": "true"}))
    assert (await wire.ask(TOP_UP)).replayed
    assert wire.ledger.resent["replayed"] == 1


@pytest.mark.parametrize(
    "reply",
    [
        httpx.Response(200, content=b"{", headers={"Content-Type": "application/json"}),
        httpx.Response(200, content=b"\xff\xfe\xfd", headers={"Content-Type": "application/json"}),
        httpx.DecodingError("bad gzip"),
    ],
)
async def test_what_cannot_be_read_is_an_error_of_its_own(reply: Reply) -> None:
    wire = Wire(reply)
    assert (await wire.ask(SCAN)).failure == "malformed"
    assert wire.ledger.total().errors()["malformed"] == 1


@pytest.mark.parametrize("content", [[1, 2], "text", None, {"id": 7}])
async def test_json_of_another_shape_has_no_fields(content: object) -> None:
    wire = Wire(httpx.Response(200, json=content))
    answer = await wire.ask(READ)
    assert answer.ok
    assert answer.text("id") is None


async def test_a_latency_counts_from_when_the_request_should_have_been_sent() -> None:
    wire = Wire(httpx.Response(200))
    await wire.ask(READ, late=5.0)
    longest = wire.ledger.operations["read"].latencies.longest
    assert longest >= 5.0


@pytest.mark.parametrize(
    ("reply", "measured"), [(httpx.Response(500), 1), (NO_ANSWER, 1), (NO_CONNECTION, 0)], ids=str
)
async def test_a_lost_connection_has_no_latency(reply: Reply, measured: int) -> None:
    wire = Wire(reply)
    await wire.ask(SCAN)
    assert wire.ledger.operations["scan"].latencies.count == measured


async def test_a_token_goes_into_the_header_and_nowhere_else() -> None:
    wire = Wire(httpx.Response(200), httpx.Response(200))
    await wire.ask(READ, token="s3cret")
    await wire.ask(READ)
    assert [asked.headers.get("Authorization") for asked in wire.asked] == ["Bearer s3cret", None]
    assert "s3cret" not in str(wire.asked[0].url)


async def test_a_redirect_is_not_followed() -> None:
    wire = Wire(httpx.Response(307, headers={"Location": "http://elsewhere.test/"}))
    assert (await wire.ask(READ)).status == 307
    assert wire.ledger.total().errors()["unexpected"] == 1


@pytest.mark.parametrize(
    ("status", "known"), [(201, True), (402, True), (409, True), (500, False), (503, False), (None, False)]
)
def test_only_an_answer_below_500_tells_what_the_platform_did(status: int | None, known: bool) -> None:
    assert Answer(status).known is known
