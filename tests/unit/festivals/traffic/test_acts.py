import asyncio
from collections.abc import Sequence

import httpx
import pytest

from festivals.traffic.acts import act
from festivals.traffic.client import Client, open_http
from festivals.traffic.intentions import (
    Blunder,
    Buy,
    BuyTicket,
    Intention,
    LookAt,
    OpenWallet,
    Refund,
    ScanIn,
    ScanOut,
    TopUp,
    Transfer,
)
from festivals.traffic.ledger import Ledger
from festivals.traffic.pace import Pacing
from festivals.traffic.scene import Actor, Festival, Scene, Turn

Reply = httpx.Response | httpx.TransportError

SILENCE = httpx.ReadTimeout("nothing came")


def made(name: str = "new", *, replayed: bool = False) -> httpx.Response:
    headers = {"Idempotency-Replayed": "true"} if replayed else {}
    return httpx.Response(201, json={"id": name, "code": f"code-{name}"}, headers=headers)


def scanned(scan_type: str) -> httpx.Response:
    accepted = scan_type not in {"duplicate", "invalid"}
    return httpx.Response(200, json={"scan_type": scan_type, "accepted": accepted})


class Stage:
    """Ann and Bob at a festival whose platform gives the answers it was told."""

    def __init__(self) -> None:
        self.festival = Festival("meadow", "Meadow", {"day": "type-day", "vip": "type-vip"}, is_open=True)
        self.ann = Actor("ann", self.festival, "run.ann", wallet_id="wallet-ann", ticket_code="code-ann")
        self.bob = Actor("bob", self.festival, "run.bob", wallet_id="wallet-bob", ticket_code="code-bob")
        self.ledger = Ledger()
        self.asked: list[httpx.Request] = []

    async def ann_wants(self, *intentions: Intention, replies: Sequence[Reply]) -> list[str]:
        """Let Ann act, and return what she asked for."""
        left = iter(replies)

        def reply(request: httpx.Request) -> httpx.Response:
            self.asked.append(request)
            answer = next(left)
            if isinstance(answer, httpx.Response):
                return answer
            raise answer

        async with open_http(httpx.MockTransport(reply)) as http:
            pacing = Pacing(1_000, asyncio.get_running_loop().time)
            api = Client(http, "http://127.0.0.1", pacing, self.ledger)
            scene = Scene(api, None, {"ann": self.ann, "bob": self.bob}, self.ledger)
            for intention in intentions:
                await act(intention, Turn(self.ann, scene, None))
        assert next(left, None) is None
        return [request.url.path.removeprefix("/api/v1") for request in self.asked]

    @property
    def keys(self) -> list[str]:
        return [request.headers["Idempotency-Key"] for request in self.asked]


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("festivals.traffic.client._PAUSES_BEFORE_RETRY", ())


async def test_a_top_up_of_unknown_end_is_sent_again_with_its_key_before_the_wallet_is_used() -> None:
    stage = Stage()
    asked = await stage.ann_wants(
        TopUp(2_000), Buy(500, "bar"), Buy(500, "bar"), replies=[httpx.Response(503), made(), made(), made()]
    )
    top_up, purchase = "/wallets/wallet-ann/top-ups", "/wallets/wallet-ann/purchases"
    assert asked == [top_up, top_up, purchase, purchase]
    assert stage.keys == ["run.ann.1", "run.ann.1", "run.ann.2", "run.ann.3"]


async def test_who_could_not_open_a_wallet_opens_one_before_buying() -> None:
    stage = Stage()
    stage.ann.wallet_id = None
    asked = await stage.ann_wants(OpenWallet(), Buy(500, "bar"), replies=[SILENCE, made("w"), made()])
    assert asked == ["/festivals/meadow/wallets", "/festivals/meadow/wallets", "/wallets/w/purchases"]


async def test_without_a_wallet_there_is_nothing_to_pay_with() -> None:
    stage = Stage()
    stage.ann.wallet_id = None
    assert await stage.ann_wants(Buy(500, "bar"), replies=[SILENCE]) == ["/festivals/meadow/wallets"]
    assert stage.ledger.skipped == 1


async def test_an_order_sent_twice_has_one_key_and_counts_once() -> None:
    stage = Stage()
    await stage.ann_wants(Buy(500, "bar", resend=True), replies=[made(), made(replayed=True)])
    assert len(set(stage.keys)) == 1
    assert stage.ledger.transactions == {("purchase", "success"): 1}


async def test_a_refund_asked_twice_is_two_requests_of_one_purchase() -> None:
    stage = Stage()
    asked = await stage.ann_wants(
        Buy(500, "bar"), Refund(times=2), replies=[made("t"), made("r"), httpx.Response(409)]
    )
    assert asked[1:] == ["/transactions/t/refunds"] * 2
    assert len(set(stage.keys)) == 3
    assert stage.ledger.transactions["refund", "success"] == stage.ledger.transactions["refund", "failed"] == 1


@pytest.mark.parametrize("intention", [Refund(), LookAt("transaction"), LookAt("ticket"), LookAt("admin")])
async def test_what_one_does_not_have_cannot_be_asked_for(intention: Intention) -> None:
    stage = Stage()
    assert await stage.ann_wants(intention, replies=[]) == []
    assert stage.ledger.skipped == 1


async def test_a_friend_without_a_wallet_gets_nothing() -> None:
    stage = Stage()
    stage.bob.wallet_id = None
    assert await stage.ann_wants(Transfer("bob", 300), replies=[]) == []


async def test_a_copied_ticket_is_the_friends_and_changes_nothing_of_ones_own() -> None:
    stage = Stage()
    await stage.ann_wants(ScanIn("north", ticket_of="bob"), replies=[scanned("duplicate")])
    assert b"code-bob" in stage.asked[0].content
    assert stage.ledger.scans == {"duplicate": 1}
    assert (stage.festival.inside, stage.ann.waved_through, stage.bob.waved_through) == (0, False, False)


async def test_people_are_counted_in_and_out() -> None:
    stage = Stage()
    await stage.ann_wants(
        ScanIn("north"), ScanIn("east"), ScanOut("river"), ScanIn("north"),
        replies=[scanned("entry"), scanned("duplicate"), scanned("exit"), scanned("reentry")],
    )  # fmt: skip
    assert stage.festival.inside == 1
    assert stage.ledger.scans == {"entry": 1, "duplicate": 1, "exit": 1, "reentry": 1}


async def test_who_was_waved_through_while_the_gates_were_down_is_waved_out() -> None:
    stage = Stage()
    asked = await stage.ann_wants(ScanIn("north"), ScanOut("north"), replies=[SILENCE])
    assert asked == ["/festivals/meadow/scans"]
    assert (stage.festival.inside, stage.ledger.skipped) == (0, 1)


async def test_who_has_no_ticket_buys_one_at_the_gate() -> None:
    stage = Stage()
    stage.ann.ticket_code = None
    asked = await stage.ann_wants(ScanIn("north"), replies=[made(), scanned("entry")])
    assert asked == ["/festivals/meadow/tickets", "/festivals/meadow/scans"]


async def test_who_finds_vip_tickets_sold_out_takes_a_day_ticket() -> None:
    stage = Stage()
    await stage.ann_wants(BuyTicket("vip"), replies=[httpx.Response(409), made("day")])
    assert b"type-day" in stage.asked[1].content
    assert stage.ann.ticket_code == "code-day"


async def test_after_the_end_no_other_ticket_is_tried() -> None:
    stage = Stage()
    stage.festival.is_open = False
    assert len(await stage.ann_wants(BuyTicket("vip"), replies=[httpx.Response(409)])) == 1


async def test_of_two_requests_under_one_key_the_first_counts() -> None:
    stage = Stage()
    await stage.ann_wants(Blunder("reused key"), replies=[made(), httpx.Response(422)])
    assert len(set(stage.keys)) == 1
    assert stage.asked[0].content != stage.asked[1].content
    assert stage.ledger.transactions == {("top_up", "success"): 1}
