import re
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import update

from steward.oncall.domain.answers import Answer
from steward.oncall.services.links import sign
from steward.oncall.store.tables import page
from steward.testing.desk import Desk
from steward.testing.oncall import MONDAY, MovableClock

pytestmark = pytest.mark.slow


def path(desk: Desk, action: Answer = Answer.ACKNOWLEDGE, person: str = "ann", page_id: int | None = None) -> str:
    url = sign(desk.context.settings, page_id or desk.page_id, action, person, now=MONDAY)
    return httpx.URL(url).path


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_opening_it_does_nothing(desk: Desk, method: str) -> None:
    answer = await desk.ask(method, path(desk))
    assert answer.status_code in {200, 405}
    assert desk.page().state == "open"


async def test_the_form_says_what_it_would_do_and_leads_to_itself(desk: Desk) -> None:
    at = path(desk)
    text = (await desk.ask("GET", at)).text
    assert re.findall(r'<form method="post" action="([^"]+)"', text) == [at]
    assert "Acknowledge as Ann Alder" in text
    assert "APIDown" in text


async def test_its_button_acts_in_the_name_of_who_was_told(desk: Desk) -> None:
    answer = await desk.ask("POST", path(desk))
    assert answer.status_code == 200
    assert desk.page().state == "acknowledged"
    assert desk.actors("page.acknowledged") == ["ann"]
    assert "acknowledged by ann" in answer.text
    assert "<form" not in answer.text


async def test_resolves(desk: Desk) -> None:
    await desk.ask("POST", path(desk, Answer.RESOLVE, "lea"))
    assert desk.page().resolved_by == "lea"


async def test_a_browser_s_form_is_taken(desk: Desk) -> None:
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Origin": "http://127.0.0.1:8090",
        "Sec-Fetch-Site": "same-origin",
    }
    assert (await desk.ask("POST", path(desk), content=b"", headers=headers)).status_code == 200


async def test_opening_it_from_a_web_mail_is_no_foreign_request(desk: Desk) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Accept": "text/html"}
    assert (await desk.ask("GET", path(desk), headers=headers)).status_code == 200


async def test_it_does_one_thing_only(desk: Desk) -> None:
    """A link to acknowledge is none to resolve, and one of a page none of another."""
    token = path(desk).removeprefix("/act/")
    for tampered in (token[:-1], token + "A", token.swapcase(), "A" + token, token.replace(".", "..", 1)):
        answer = await desk.ask("POST", f"/act/{tampered}")
        assert answer.status_code == 403
    assert desk.page().state == "open"


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_what_is_no_link_of_ours_is_refused_and_not_shown(desk: Desk, method: str) -> None:
    for token in ("x1x", "a.b", "." * 50, "%00", "A" * 5_000, "é", "<script>"):
        answer = await desk.ask(method, f"/act/{token}")
        assert answer.status_code == 403
        assert token not in answer.text


async def test_another_key_s_link_is_refused(desk: Desk) -> None:
    at = path(desk)
    for key in ("another", None):
        assert (await desk.set(signing_key=key).ask("POST", at)).status_code == 403
    assert desk.page().state == "open"


async def test_it_ends_after_three_days(desk: Desk, clock: MovableClock) -> None:
    at = path(desk)
    clock.forward(timedelta(days=3) - timedelta(seconds=1))
    assert (await desk.ask("GET", at)).status_code == 200
    clock.forward(timedelta(seconds=1))
    for method in ("GET", "POST"):
        answer = await desk.ask(method, at)
        assert answer.status_code == 410
        assert "2026-03-05" in answer.text
    assert desk.page().state == "open"


async def test_nobody_acts_who_left(desk: Desk) -> None:
    assert (await desk.ask("POST", path(desk, person="gone"))).status_code == 403
    assert desk.page().state == "open"


async def test_a_team_s_mailbox_may_act(desk: Desk) -> None:
    await desk.ask("POST", path(desk, person="sre@shop.example"))
    assert desk.page().acknowledged_by == "sre@shop.example"


async def test_who_comes_second_is_told_so(desk: Desk) -> None:
    await desk.ask("POST", path(desk))
    shown = await desk.ask("GET", path(desk, person="bob"))
    assert "acknowledged by ann" in shown.text
    assert "<form" not in shown.text
    late = await desk.ask("POST", path(desk, person="bob"))
    assert late.status_code == 409
    assert desk.page().acknowledged_by == "ann"


async def test_a_page_that_is_not_there(desk: Desk) -> None:
    assert (await desk.ask("GET", path(desk, page_id=99_999))).status_code == 404
    assert (await desk.ask("POST", path(desk, page_id=99_999))).status_code == 404


async def test_what_labels_hold_is_escaped(desk: Desk) -> None:
    with desk.context.store.write() as connection:
        connection.execute(update(page).values(title="<img src=x onerror=alert(1)>"))
    text = (await desk.ask("GET", path(desk))).text
    assert "<img" not in text
    assert "&lt;img" in text


async def test_it_is_not_kept_by_anybody_on_the_way(desk: Desk) -> None:
    answer = await desk.ask("GET", path(desk))
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] in {"same-origin", "no-referrer"}
