"""Whole days against a hand-written platform, on a clock that jumps over every wait."""

import asyncio
import json
import re
import selectors
from bisect import bisect_left
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from typing import Any, TypeVar
from uuid import uuid4

import httpx
import pytest

from festivals.traffic.errors import PlatformRefused, PlatformUnavailable
from festivals.traffic.pace import MOST_AT_ONCE
from festivals.traffic.report import Report
from festivals.traffic.runner import run
from festivals.traffic.settings import Settings

T = TypeVar("T")
Fields = dict[str, Any]
Handler = Callable[..., httpx.Response]

URL = "http://127.0.0.1:8080"
ADMIN_URL = "http://127.0.0.1:3000"
ALL_TRANSACTIONS = {
    "top_up": {"success", "failed"},
    "purchase": {"success", "failed", "insufficient_balance"},
    "transfer": {"success", "failed", "insufficient_balance"},
    "refund": {"success", "failed"},
}


class JumpingSelector(selectors.SelectSelector):
    """Waits for nothing: the loop's time jumps to when the next timer is due."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if timeout is None and not ready:
            raise AssertionError("every task waits, and no timer will wake one")
        if not ready:
            self.now += timeout or 0.0
        return ready


class JumpingLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self.jumping = JumpingSelector()
        super().__init__(self.jumping)

    def time(self) -> float:
        return self.jumping.now


def play(main: Coroutine[Any, Any, T]) -> T:
    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        return runner.run(main)


def now() -> float:
    return asyncio.get_running_loop().time()


class Platform:
    """Keeps the API's contract in memory, as far as a festival day needs it."""

    def __init__(self, *, seconds_to_answer: float = 0.01) -> None:
        self.seconds_to_answer = seconds_to_answer
        self.silent_until = 0.0
        self.is_down = False
        self.status_of_everything: int | None = None
        self.arrivals: list[float] = []
        self.asked: list[tuple[str, str]] = []
        self.statuses: Counter[int] = Counter()
        self.festivals: dict[str, Fields] = {}
        self.wallets: dict[str, Fields] = {}
        self.types: dict[str, Fields] = {}
        self.tickets: dict[str, Fields] = {}
        self.purchases: dict[str, Fields] = {}
        self.stored: dict[str, tuple[bytes, httpx.Response]] = {}
        self.most_at_once = 0
        self.most_at_once_on_a_wallet = 0
        self._busy: Counter[str] = Counter()

    async def answer(self, request: httpx.Request) -> httpx.Response:
        self.arrivals.append(now())
        self.asked.append((request.method, str(request.url)))
        if self.is_down:
            raise httpx.ConnectError("refused", request=request)
        payer = request.url.path if request.url.path.endswith("/purchases") else ""
        self._busy[payer] += 1
        self.most_at_once = max(self.most_at_once, self._busy.total())
        self.most_at_once_on_a_wallet = max(
            [self.most_at_once_on_a_wallet, *(n for p, n in self._busy.items() if p)]
        )
        await asyncio.sleep(max(self.seconds_to_answer, self.silent_until - now()))
        self._busy[payer] -= 1
        if self.is_down:
            raise httpx.ReadError("connection reset", request=request)
        response = self._respond(request)
        self.statuses[response.status_code] += 1
        return response

    def _respond(self, request: httpx.Request) -> httpx.Response:
        if self.status_of_everything is not None and request.url.path != "/readyz":
            return httpx.Response(self.status_of_everything)
        if request.url.port == 3000:
            return httpx.Response(200, html="<h1>Festivals</h1>")
        body = json.loads(request.content) if request.content else {}
        for pattern, handler in self._routes().items():
            found = re.fullmatch(pattern, f"{request.method} {request.url.path}")
            if found:
                if pattern.endswith("(top-ups|purchases|transfers|refunds)"):
                    return self._once(request, lambda: handler(*found.groups(), body))  # noqa: B023
                return handler(*found.groups(), body)
        return httpx.Response(404)

    def _routes(self) -> dict[str, Handler]:
        festival = "/api/v1/festivals/([^/]+)"
        return {
            "GET /readyz": lambda _body: httpx.Response(200, json={}),
            "POST /api/v1/festivals": self._create,
            "GET /api/v1/festivals": lambda _body: httpx.Response(200, json={"items": [], "next": None}),
            f"POST {festival}/(open|close)": self._turn,
            f"POST {festival}/ticket-types": self._offer,
            f"POST {festival}/tickets": self._sell,
            f"POST {festival}/scans": self._scan,
            f"POST {festival}/wallets": self._open_wallet,
            f"GET {festival}(?:/attendance|/settlement)?": self._read(self.festivals),
            f"GET {festival}/ticket-types": self._list_types,
            "GET /api/v1/wallets/([^/]+)(?:/transactions)?": self._read(self.wallets),
            "GET /api/v1/transactions/([^/]+)": lambda _id, _body: httpx.Response(200, json={}),
            "GET /api/v1/tickets/([^/]+)": lambda _id, _body: httpx.Response(200, json={}),
            "POST /api/v1/wallets/([^/]+)/(top-ups|purchases|transfers|refunds)": self._move,
            "POST /api/v1/transactions/([^/]+)/(top-ups|purchases|transfers|refunds)": self._refund,
        }

    def _once(self, request: httpx.Request, do: Callable[[], httpx.Response]) -> httpx.Response:
        key = request.headers.get("Idempotency-Key")
        if key is None:
            return httpx.Response(422)
        if key in self.stored:
            content, response = self.stored[key]
            headers = {"Idempotency-Replayed": "true", "Content-Type": "application/json"}
            if content != request.content:
                return httpx.Response(422)
            return httpx.Response(response.status_code, content=response.content, headers=headers)
        response = do()
        self.stored[key] = request.content, response
        return response

    def _create(self, body: Fields) -> httpx.Response:
        if body["id"] in self.festivals:
            return httpx.Response(409)
        assert re.fullmatch("[a-z0-9](-?[a-z0-9])*", body["id"])
        assert len(body["id"]) <= 40
        self.festivals[body["id"]] = {"id": body["id"], "status": "planned", "inside": 0}
        return httpx.Response(201, json=self.festivals[body["id"]])

    def _read(self, things: dict[str, Fields]) -> Handler:
        return lambda name, _body: httpx.Response(200 if name in things else 404, json=things.get(name))

    def _turn(self, name: str, direction: str, _body: Fields) -> httpx.Response:
        before, then = {"open": ("planned", "open"), "close": ("open", "closed")}[direction]
        if self.festivals[name]["status"] != before:
            return httpx.Response(409)
        self.festivals[name]["status"] = then
        return httpx.Response(200, json=self.festivals[name])

    def _list_types(self, festival: str, _body: Fields) -> httpx.Response:
        return httpx.Response(200, json={"items": [t for t in self.types.values() if t["festival"] == festival]})

    def _offer(self, festival: str, body: Fields) -> httpx.Response:
        if any(t["festival"] == festival and t["name"] == body["name"] for t in self.types.values()):
            return httpx.Response(409)
        kind = {"id": str(uuid4()), "festival": festival, "left": body["capacity"], **body}
        self.types[kind["id"]] = kind
        return httpx.Response(201, json=kind)

    def _sell(self, festival: str, body: Fields) -> httpx.Response:
        kind = self.types[body["ticket_type_id"]]
        if kind["left"] == 0 or self.festivals[festival]["status"] != "open":
            return httpx.Response(409)
        kind["left"] -= 1
        ticket = {
            "id": str(uuid4()),
            "code": str(uuid4()),
            "kind": kind["kind"],
            "festival": festival,
            "state": "new",
        }
        self.tickets[ticket["code"]] = ticket
        return httpx.Response(201, json=ticket)

    def _scan(self, festival: str, body: Fields) -> httpx.Response:
        if self.festivals[festival]["status"] != "open":
            return httpx.Response(409)
        scan_type = self._judge(self.tickets.get(body["code"]), body["direction"])
        accepted = scan_type in {"entry", "reentry", "exit"}
        if accepted:
            self.tickets[body["code"]]["state"] = "in" if body["direction"] == "in" else "out"
            self.festivals[festival]["inside"] += 1 if body["direction"] == "in" else -1
        return httpx.Response(200, json={"accepted": accepted, "scan_type": scan_type})

    @staticmethod
    def _judge(ticket: Fields | None, direction: str) -> str:
        if ticket is None:
            return "invalid"
        if direction == "out":
            return "exit" if ticket["state"] == "in" else "invalid"
        return {"new": "entry", "out": "reentry", "in": "duplicate"}[ticket["state"]]

    def _open_wallet(self, festival: str, body: Fields) -> httpx.Response:
        if self.festivals[festival]["status"] != "open":
            return httpx.Response(409)
        wallet = {"id": str(uuid4()), "festival": festival, "balance": 0, **body}
        self.wallets[wallet["id"]] = wallet
        return httpx.Response(201, json=wallet)

    def _move(self, wallet_id: str, what: str, body: Fields) -> httpx.Response:
        wallet, cents = self.wallets.get(wallet_id), body["amount_cents"]
        if not isinstance(cents, int) or not 1 <= cents <= 1_000_000:
            return httpx.Response(422)
        if wallet is None:
            return httpx.Response(404)
        if self.festivals[wallet["festival"]]["status"] != "open":
            return httpx.Response(409)
        if what != "top-ups" and wallet["balance"] < cents:
            return httpx.Response(402)
        wallet["balance"] += cents if what == "top-ups" else -cents
        if what == "transfers":
            self.wallets[body["to_wallet_id"]]["balance"] += cents
        transaction: Fields = {
            "id": str(uuid4()),
            "wallet": wallet_id,
            "left": cents if what == "purchases" else 0,
        }
        self.purchases[transaction["id"]] = transaction
        return httpx.Response(201, json=transaction)

    def _refund(self, transaction_id: str, _what: str, body: Fields) -> httpx.Response:
        purchase = self.purchases[transaction_id]
        wallet = self.wallets[purchase["wallet"]]
        if purchase["left"] < body["amount_cents"]:
            return httpx.Response(409)
        purchase["left"] -= body["amount_cents"]
        wallet["balance"] += body["amount_cents"]
        return httpx.Response(201, json={"id": str(uuid4())})

    @property
    def most_in_a_second(self) -> int:
        moments = self.arrivals
        return max((bisect_left(moments, m + 1 - 1e-6) - index for index, m in enumerate(moments)), default=0)


async def visit(
    platform: Platform,
    settings: Settings,
    *,
    meanwhile: Callable[[asyncio.Event], Awaitable[None]] | None = None,
    told: list[str] | None = None,
) -> Report:
    """Run against the platform, and do something else at the same time."""
    stop = asyncio.Event()
    other = asyncio.ensure_future(meanwhile(stop)) if meanwhile else None
    tell: Callable[[str], None] = told.append if told is not None else lambda _line: None
    try:
        return await run(settings, stop, tell, transport=httpx.MockTransport(platform.answer), clock=now)
    finally:
        if other:
            other.cancel()
            await asyncio.wait({other})


def a_day(**changes: Any) -> Settings:
    return replace(Settings(URL, visitors=12, days=1), **changes)


def test_a_day_is_played_to_its_end_and_its_festivals_are_closed() -> None:
    platform = Platform()
    report = play(visit(platform, a_day()))
    assert report.days == 1
    assert report.seconds == pytest.approx(1_800, abs=30)
    assert {festival["status"] for festival in platform.festivals.values()} == {"closed"}
    assert set(report.festivals) == set(platform.festivals)
    main = report.festivals[-1]
    assert platform.festivals[main]["inside"] == 0
    assert report.total.outcomes == {str(status): number for status, number in sorted(platform.statuses.items())}


def test_the_first_minute_at_the_default_settings_shows_every_kind_of_everything() -> None:
    report = play(visit(Platform(), Settings(URL, seconds=60)))
    assert {kind: set(statuses) for kind, statuses in report.transactions.items()} == ALL_TRANSACTIONS
    assert set(report.scans) == {"entry", "exit", "reentry", "duplicate", "invalid"}
    assert {"200", "201", "402", "404", "409", "422"} <= set(report.total.outcomes)
    assert report.replayed == 1


def test_festivals_are_closed_by_a_slow_platform_too() -> None:
    platform = Platform(seconds_to_answer=3.0)
    play(visit(platform, a_day(time_scale=60)))
    assert {festival["status"] for festival in platform.festivals.values()} == {"closed"}


@pytest.mark.slow
def test_on_a_healthy_platform_a_whole_day_keeps_the_objectives() -> None:
    platform = Platform()
    report = play(visit(platform, Settings(URL, days=1, visitors=200)))
    outcomes = Counter[str]()
    for statuses in report.transactions.values():
        outcomes.update(statuses)
    assert 0 < outcomes.total() - outcomes["success"] < 0.005 * outcomes.total()
    failed_scans = report.scans["duplicate"] + report.scans["invalid"]
    assert failed_scans < 0.01 * sum(report.scans.values())
    assert report.total.errors["server"] == report.given_up == 0
    assert platform.most_at_once_on_a_wallet == 1
    assert report.total.latency_ms.max is not None
    assert report.total.latency_ms.max < 200


@pytest.mark.parametrize("rate", [1, 7, 40])
def test_the_rate_is_never_exceeded_even_by_a_day_that_wants_more(rate: int) -> None:
    platform = Platform()
    play(visit(platform, a_day(rate=rate, time_scale=60, seconds=120)))
    assert platform.most_in_a_second == rate


def test_the_same_seed_asks_for_the_same_whether_the_platform_is_fast_or_slow() -> None:
    def asked(seconds_to_answer: float) -> Counter[tuple[str, str]]:
        platform = Platform(seconds_to_answer=seconds_to_answer)
        play(visit(platform, a_day(visitors=8)))
        without_identifiers = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[a-z]+(-up)?-1-[0-9a-f]{8}-1")
        return Counter((method, without_identifiers.sub("*", url)) for method, url in platform.asked)

    assert asked(0.001) == asked(0.2)


def test_a_slow_platform_cannot_hide_what_it_kept_from_being_sent() -> None:
    platform = Platform()

    async def stall(_stop: asyncio.Event) -> None:
        await asyncio.sleep(600)
        platform.seconds_to_answer = 5.0
        await asyncio.sleep(60)
        platform.seconds_to_answer = 0.01

    report = play(visit(platform, a_day(), meanwhile=stall))
    assert report.total.latency_ms.max is not None
    assert report.total.latency_ms.max > 5_000


@pytest.mark.slow
def test_a_platform_that_hangs_for_a_while_is_not_flooded_when_it_is_back() -> None:
    platform = Platform()

    async def hang(_stop: asyncio.Event) -> None:
        await asyncio.sleep(300)
        platform.silent_until = now() + 60

    report = play(visit(platform, a_day(visitors=60, rate=10), meanwhile=hang))
    assert report.given_up > 0
    assert platform.most_in_a_second == 10
    assert platform.most_at_once == MOST_AT_ONCE
    assert report.days == 1


def test_a_platform_that_dies_for_a_while_is_counted_and_taken_up_again() -> None:
    platform = Platform()

    async def die(_stop: asyncio.Event) -> None:
        await asyncio.sleep(150)
        platform.is_down = True
        await asyncio.sleep(120)
        platform.is_down = False

    told: list[str] = []
    report = play(visit(platform, a_day(), meanwhile=die, told=told))
    assert report.total.errors["connection"] > 20
    assert report.retried > 20
    assert report.days == 1
    assert report.scans["invalid"] <= 2
    assert any("connection" in line for line in told)
    assert "connection" not in told[-1]
    assert {festival["status"] for festival in platform.festivals.values()} == {"closed"}


def test_no_money_is_made_or_lost_when_answers_get_lost() -> None:
    platform = Platform()

    async def flicker(_stop: asyncio.Event) -> None:
        while True:
            await asyncio.sleep(7)
            platform.is_down = True
            await asyncio.sleep(0.3)
            platform.is_down = False

    report = play(visit(platform, a_day(), meanwhile=flicker))
    assert report.retried > 10
    assert all(wallet["balance"] >= 0 for wallet in platform.wallets.values())
    assert report.transactions["top_up"]["success"] > 40


def test_a_festival_is_set_up_although_answers_get_lost_over_it() -> None:
    platform = Platform()

    async def flicker(_stop: asyncio.Event) -> None:
        await asyncio.sleep(0.005)
        for _ in range(10):
            platform.is_down = not platform.is_down
            await asyncio.sleep(0.7)

    report = play(visit(platform, a_day(time_scale=60), meanwhile=flicker))
    assert report.total.errors["connection"] > 0
    assert report.days == 1
    assert report.transactions["purchase"]["success"] > 30


def test_it_waits_for_a_platform_that_is_late_and_says_so_once() -> None:
    platform = Platform()
    platform.is_down = True

    async def come_late(_stop: asyncio.Event) -> None:
        await asyncio.sleep(30)
        platform.is_down = False

    told: list[str] = []
    report = play(visit(platform, a_day(time_scale=60), meanwhile=come_late, told=told))
    assert report.days == 1
    assert sum("waiting for the platform" in line for line in told) == 1


def test_a_platform_that_never_comes_ends_the_run_with_its_name() -> None:
    platform = Platform()
    platform.is_down = True
    with pytest.raises(PlatformUnavailable, match=re.escape(f"{URL} was not ready within 20 s")):
        play(visit(platform, a_day(seconds=20)))


def test_a_missing_token_ends_the_run_with_a_hint() -> None:
    platform = Platform()
    platform.status_of_everything = 401
    with pytest.raises(PlatformRefused, match="--token-file"):
        play(visit(platform, a_day()))


def test_told_to_stop_it_ends_within_a_second_with_its_report_and_closes_its_festivals() -> None:
    platform, stopped_at = Platform(), 0.0

    async def stop_at_noon(stop: asyncio.Event) -> None:
        nonlocal stopped_at
        await asyncio.sleep(300)
        stopped_at = now()
        stop.set()
        await asyncio.sleep(3_600)

    async def measure() -> tuple[Report, float]:
        return await visit(platform, a_day(), meanwhile=stop_at_noon), now()

    report, ended_at = play(measure())
    assert ended_at - stopped_at < 1
    assert report.days == 0
    assert report.total.requests > 100
    assert {festival["status"] for festival in platform.festivals.values()} == {"closed"}


def test_told_to_stop_while_it_opens_a_festival_it_closes_that_one_too() -> None:
    class Interrupted(Platform):
        async def answer(self, request: httpx.Request) -> httpx.Response:
            response = await super().answer(request)
            if request.url.path.endswith("/open"):
                opened.set()
                await asyncio.sleep(0.1)
            return response

    platform, opened = Interrupted(), asyncio.Event()

    async def stop_when_open(stop: asyncio.Event) -> None:
        await opened.wait()
        stop.set()

    play(visit(platform, a_day(), meanwhile=stop_when_open))
    assert {festival["status"] for festival in platform.festivals.values()} == {"closed"}


def test_told_to_stop_while_nothing_answers_it_ends_within_a_second() -> None:
    platform = Platform()

    async def hang_and_stop(stop: asyncio.Event) -> None:
        await asyncio.sleep(300)
        platform.seconds_to_answer = 3_600
        await asyncio.sleep(60)
        stop.set()
        await asyncio.sleep(1)
        raise AssertionError("still running")

    assert play(visit(platform, a_day(), meanwhile=hang_and_stop)).total.requests > 100


def test_a_taken_name_is_stepped_around() -> None:
    class Crowded(Platform):
        def _create(self, body: Fields) -> httpx.Response:
            self.festivals.setdefault(re.sub("-2$", "", body["id"]), {"id": "another's", "status": "planned"})
            return super()._create(body)

    platform = Crowded()
    report = play(visit(platform, a_day(time_scale=60)))
    assert report.days == 1
    assert all(name.endswith("-2") for name in report.festivals)
    assert {f["status"] for f in platform.festivals.values() if f["id"] == "another's"} == {"planned"}


def test_short_days_share_a_festival(monkeypatch: pytest.MonkeyPatch) -> None:
    platform = Platform()
    monkeypatch.setattr("festivals.traffic.settings._MOST_FESTIVALS", 2)
    report = play(visit(platform, a_day(days=3, time_scale=60)))
    assert report.days == 3
    assert len(report.festivals) == 2 * 2


def test_the_admin_dashboard_is_looked_at_where_there_is_one_and_without_the_token() -> None:
    platform = Platform()
    report = play(visit(platform, a_day(admin_url=ADMIN_URL, token="s3cret", time_scale=60)))
    assert report.operations["read admin"].outcomes.keys() == {"200"}
    assert {url for _, url in platform.asked if ":3000" in url} == {f"{ADMIN_URL}/"}
