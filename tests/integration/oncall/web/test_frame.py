"""What holds for every answer: headers, kinds and sizes of bodies, problems that tell nothing of the inside."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.exc import DataError
from structlog.testing import capture_logs

from steward.oncall.web.policy import CONSOLE_POLICY, EXCEPTIONS
from steward.program.web.headers import SECURITY_HEADERS
from steward.testing.visitors import Visitors

pytestmark = pytest.mark.slow

SILENCE = "/api/v1/monitoring/alerts/Down/silence"


ANSWERS = [
    ("GET", "/healthz"),
    ("GET", "/nothing"),
    ("GET", "/login"),
    ("POST", "/login"),
    ("GET", "/static/none.css"),
    ("GET", "/api/v1/monitoring/alerts"),
    ("POST", "/api/v1/monitoring/alerts"),
]


async def test_every_answer_carries_the_headers(visitors: Visitors) -> None:
    async with visitors() as stranger:
        for method, path in ANSWERS:
            answer = await stranger.request(method, path)
            found = {name: answer.headers.get(name) for name in SECURITY_HEADERS}
            assert found == {**SECURITY_HEADERS, "Content-Security-Policy": CONSOLE_POLICY}, (method, path)


def test_a_page_may_load_our_own_files_and_nothing_else() -> None:
    allowed = dict(part.split(" ", 1) for part in CONSOLE_POLICY.split("; "))
    assert allowed.pop("img-src") == "'self' data:"
    assert allowed.pop("default-src") == allowed.pop("frame-ancestors") == allowed.pop("base-uri") == "'none'"
    assert set(allowed) == {"script-src", "connect-src", "style-src", "frame-src", "form-action"}
    assert set(allowed.values()) == {"'self'"}


async def test_only_where_diagrams_are_drawn_styles_may_be_inline(visitors: Visitors) -> None:
    assert set(EXCEPTIONS) == {"/diagram"}
    async with visitors.here() as client:
        answer = await client.get("/diagram")
    allowed = dict(part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; "))
    assert (answer.status_code, answer.headers["x-frame-options"]) == (200, "SAMEORIGIN")
    assert allowed["style-src"] == "'self' 'unsafe-inline'"
    assert (allowed["script-src"], allowed["frame-ancestors"]) == ("'self'", "'self'")
    assert (allowed["default-src"], allowed["form-action"]) == ("'none'", "'none'")


FOREIGN_KINDS = [
    (SILENCE, "text/plain"),
    (SILENCE, "application/x-www-form-urlencoded"),
    (SILENCE, "multipart/form-data; boundary=x"),
    ("/webhooks/alertmanager", "text/plain"),
    ("/login", "application/json"),
    ("/login", "multipart/form-data; boundary=x"),
]


async def test_a_body_of_another_kind_is_refused(visitors: Visitors) -> None:
    async with visitors.here() as client:
        for path, media_type in FOREIGN_KINDS:
            answer = await client.post(path, content=b"{}", headers={"Content-Type": media_type})
            assert answer.status_code == 415, (path, media_type)


async def test_a_body_that_is_too_large_is_refused_however_it_is_sent(visitors: Visitors) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(257):
            yield b" " * 1024

    json = {"Content-Type": "application/json"}
    async with visitors.here() as client:
        assert (await client.post(SILENCE, content=b" " * (256 * 1024 + 1), headers=json)).status_code == 413
        assert (await client.post(SILENCE, content=pieces(), headers=json)).status_code == 413


FOREIGN_PAGES = [
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "http://evil.example"},
    {"Origin": "null"},
]


async def test_another_sites_page_changes_nothing_on_this_machine(visitors: Visitors) -> None:
    async with visitors.here() as browser:
        for headers in FOREIGN_PAGES:
            answer = await browser.post(SILENCE, json={"duration": "2h", "reason": "x"}, headers=headers)
            assert answer.status_code == 403, headers
            assert (await browser.delete(SILENCE, headers=headers)).status_code == 403


async def test_a_method_that_a_path_does_not_take_is_told_those_that_it_does(visitors: Visitors) -> None:
    async with visitors.here() as client:
        answer = await client.put("/api/v1/monitoring/accounts", json={})
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST")
    assert answer.json()["detail"] == "this path takes GET, POST"


async def test_people_are_told_on_a_page(visitors: Visitors) -> None:
    async with visitors.here() as browser:
        browser.headers["Accept"] = "text/html"
        missing = await browser.get("/<script>alert(1)</script>")
        foreign = await browser.post("/logout", headers={"Origin": "http://evil.example"})
        method = await browser.delete("/on-call")
    for answer, status in ((missing, 404), (foreign, 403), (method, 405)):
        assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")
        assert "<script>" not in answer.text
    assert method.headers["allow"] == "GET"


async def test_an_unexpected_error_tells_nothing(app: FastAPI, visitors: Visitors) -> None:
    @app.get("/broken")
    def broken() -> None:
        raise ZeroDivisionError("the secret of the house")

    with capture_logs() as logged:
        async with visitors() as client:
            answer = await client.get("/broken")
    assert [type(one["exc_info"]) for one in logged] == [ZeroDivisionError]
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert "secret" not in answer.text
    assert "x-content-type-options" in answer.headers


async def test_what_the_store_cannot_keep_is_the_callers_mistake(app: FastAPI, visitors: Visitors) -> None:
    @app.get("/unstorable")
    def unstorable() -> None:
        raise DataError("INSERT secret", {}, ValueError("secret"))

    with capture_logs() as logged:
        async with visitors() as client:
            answer = await client.get("/unstorable")
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert "secret" not in answer.text + str(logged)


async def test_a_body_that_is_no_json_is_a_problem(visitors: Visitors) -> None:
    async with visitors.here() as client:
        for content in (b"{", b"\xff", b"[" * 5000, b'"\\ud800"'):
            answer = await client.post(SILENCE, content=content, headers={"Content-Type": "application/json"})
            assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")


async def test_our_own_files_are_for_everybody_and_nothing_beside_them(visitors: Visitors) -> None:
    async with visitors() as stranger:
        style = await stranger.get("/static/console.css")
        beside = [
            await stranger.get(f"/static/{path}") for path in ("..%2fapp.py", "%2e%2e/app.py", "", "none.css")
        ]
    assert (style.status_code, style.headers["content-type"]) == (200, "text/css; charset=utf-8")
    assert "immutable" in style.headers["cache-control"]
    assert {answer.status_code for answer in beside} == {404}


async def test_no_cross_origin_reading_is_ever_allowed(visitors: Visitors) -> None:
    async with visitors.here() as browser:
        answer: httpx.Response = await browser.options(
            SILENCE, headers={"Origin": "http://evil.example", "Access-Control-Request-Method": "POST"}
        )
    assert answer.status_code in {403, 405}
    assert not [name for name in answer.headers if name.startswith("access-control")]
