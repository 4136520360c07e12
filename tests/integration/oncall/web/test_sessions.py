"""Logging in, what a session's cookie and forms look like, and how often one may try."""

import asyncio
import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select

from steward.oncall.context import Context
from steward.oncall.domain.states import Role
from steward.oncall.errors import NotFound
from steward.oncall.services import accounts, passwords, sessions, throttle, tokens
from steward.oncall.services.signing_in import sign_in
from steward.oncall.store.database import Store
from steward.oncall.store.tables import event, failed_login, session
from steward.oncall.web.app import create
from steward.testing.oncall import MovableClock
from steward.testing.visitors import Visitors

pytestmark = pytest.mark.slow

Contexts = Callable[..., Context]

COOKIE = "steward-oncall"
CHANGE = "/logout"


@pytest.fixture(autouse=True)
def few_attempts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let tests reach the limits with a few hashes."""
    monkeypatch.setattr(throttle, "PER_ACCOUNT", 4)
    monkeypatch.setattr(throttle, "PER_PEER", 8)


async def log_in(browser: httpx.AsyncClient, password: str, **fields: str) -> httpx.Response:
    return await browser.post("/login", data={"name": "ann", "password": password} | fields)


def csrf_of(store: Store) -> str:
    with store.read() as connection:
        return str(connection.execute(select(session.c.csrf)).scalar_one())


async def test_a_right_password_begins_a_session(visitors: Visitors, ann: str) -> None:
    async with visitors() as browser:
        answer = await log_in(browser, ann, next="/incidents/7")
        assert (answer.status_code, answer.headers["location"]) == (303, "/incidents/7")
        me = await browser.get("/api/v1/monitoring/me")
    assert me.json() == {"name": "ann", "role": "responder", "via": "session"}
    given = answer.headers["set-cookie"].lower()
    assert given.startswith(f"{COOKIE}=")
    for attribute in ("httponly", "samesite=lax", "path=/", "max-age=43200"):
        assert attribute in given
    assert "domain" not in given


async def test_over_https_the_cookie_is_secure_and_of_this_host_alone(contexts: Contexts, ann: str) -> None:
    visitors = Visitors(create(contexts(public_url="https://oncall.example")))
    async with visitors(host="oncall.example", scheme="https") as browser:
        given = (await log_in(browser, ann)).headers["set-cookie"]
        assert given.startswith("__Host-steward-oncall=")
        assert "; secure" in given.lower()
        assert (await browser.get("/api/v1/monitoring/me")).status_code == 200


WRONG = [
    ("ann", "wrong"),
    ("ann", ""),
    ("nobody", "wrong"),
    ("", ""),
    ("ann' OR '1'='1", "x"),
    ("ann", "x" * 1000),
]


async def test_a_wrong_name_and_a_wrong_password_look_the_same(visitors: Visitors, ann: str) -> None:
    async with visitors() as browser:
        for name, password in WRONG:
            typed = {"name": name, "password": password, "next": "/on-call"}
            answer = await browser.post("/login", data=typed)
            assert (answer.status_code, answer.headers["location"]) == (303, "/login?failed=yes&next=/on-call")
            assert "set-cookie" not in answer.headers


async def test_an_unknown_and_a_disabled_name_cost_what_a_known_one_does(
    visitors: Visitors, ann: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The work is the hash's, and what it costs stands in it."""
    costs: list[str] = []
    real = passwords._HASHER

    class Noting:
        def verify(self, hashed: str, password: str) -> bool:
            costs.append(hashed.rsplit("$", 2)[0])
            return real.verify(hashed, password)

    monkeypatch.setattr(passwords, "_HASHER", Noting())
    async with visitors() as browser, visitors.here() as admin:
        await log_in(browser, "wrong")
        await browser.post("/login", data={"name": "nobody", "password": "wrong"})
        await admin.patch("/api/v1/monitoring/accounts/ann", json={"disabled": True})
        await log_in(browser, ann)
    assert costs == ["$argon2id$v=19$m=9216,t=4,p=1"] * 3


async def test_what_is_kept_of_a_session_is_a_digest(visitors: Visitors, context: Context, ann: str) -> None:
    async with visitors() as browser:
        await log_in(browser, ann)
        cookie = browser.cookies[COOKIE]
    with context.store.read() as connection:
        (digest,) = connection.execute(select(session.c.digest)).scalars()
    assert digest == hashlib.sha256(cookie.encode()).hexdigest()
    assert len(cookie) == 43


async def test_logging_in_again_takes_the_place_of_the_session_before(visitors: Visitors, ann: str) -> None:
    async with visitors() as browser:
        await log_in(browser, ann)
        first = browser.cookies[COOKIE]
        await log_in(browser, ann)
        assert browser.cookies[COOKIE] != first
    async with visitors() as thief:
        thief.cookies[COOKIE] = first
        assert (await thief.get("/api/v1/monitoring/me")).status_code == 401


async def test_a_cookie_that_somebody_planted_is_not_what_a_log_in_uses(visitors: Visitors, ann: str) -> None:
    async with visitors() as browser:
        browser.cookies.set(COOKIE, "planted", domain="oncall.example")
        answer = await log_in(browser, ann)
    assert "planted" not in answer.headers["set-cookie"]


async def test_a_form_must_carry_the_sessions_token(visitors: Visitors, context: Context, ann: str) -> None:
    async with visitors() as browser:
        await log_in(browser, ann)
        csrf = csrf_of(context.store)
        assert (await browser.post(CHANGE)).status_code == 403
        assert (await browser.post(CHANGE, data={"csrf": csrf[:-1] + "!"})).status_code == 403
        assert (await browser.post(CHANGE, data={"csrf": browser.cookies[COOKIE]})).status_code == 403
        assert (await browser.get("/api/v1/monitoring/me")).status_code == 200
        assert (await browser.post(CHANGE, data={"csrf": csrf})).status_code == 303
        assert (await browser.get("/api/v1/monitoring/me")).status_code == 401


async def test_a_program_sends_the_sessions_token_as_a_header(
    visitors: Visitors, context: Context, ann: str
) -> None:
    async with visitors() as browser:
        await log_in(browser, ann)
        bare = await browser.delete("/api/v1/monitoring/silences/1")
        carrying = await browser.delete(
            "/api/v1/monitoring/silences/1", headers={"X-CSRF-Token": csrf_of(context.store)}
        )
    assert bare.status_code == 403
    assert "form" in bare.json()["detail"]
    assert carrying.status_code == 404


async def test_a_session_ends_after_twelve_hours(visitors: Visitors, clock: MovableClock, ann: str) -> None:
    async with visitors() as browser:
        await log_in(browser, ann)
        clock.forward(sessions.LASTS - timedelta(seconds=1))
        assert (await browser.get("/api/v1/monitoring/me")).status_code == 200
        clock.forward(timedelta(seconds=1))
        assert (await browser.get("/api/v1/monitoring/me")).status_code == 401


@pytest.mark.parametrize("change", ["disable", "password"])
async def test_disabling_and_a_new_password_end_sessions_at_once(
    visitors: Visitors, context: Context, ann: str, change: str
) -> None:
    async with visitors() as browser, visitors.here() as admin:
        await log_in(browser, ann)
        body = {"disabled": True} if change == "disable" else {"password": "another long password"}
        assert (await admin.patch("/api/v1/monitoring/accounts/ann", json=body)).status_code == 200
        assert (await browser.get("/api/v1/monitoring/me")).status_code == 401
        assert "failed" in (await log_in(browser, ann)).headers["location"]


async def test_a_role_counts_from_the_next_request_on(visitors: Visitors, ann: str) -> None:
    async with visitors() as browser, visitors.here() as admin:
        await log_in(browser, ann)
        assert (await browser.get("/api/v1/monitoring/audit")).status_code == 403
        await admin.patch("/api/v1/monitoring/accounts/ann", json={"role": "admin"})
        assert (await browser.get("/api/v1/monitoring/audit")).status_code == 200


ELSEWHERE = ["https://e.example", "//e.example", "/\\e.example", "/a\\b", "javascript:x", "/\t/e.example", ""]


async def test_a_log_in_leads_nowhere_else(visitors: Visitors, ann: str) -> None:
    async with visitors() as browser:
        for elsewhere in ELSEWHERE:
            assert (await log_in(browser, ann, next=elsewhere)).headers["location"] == "/", elsewhere


async def test_too_many_attempts_at_an_account_must_wait(
    visitors: Visitors, clock: MovableClock, ann: str
) -> None:
    for number in range(throttle.PER_ACCOUNT):
        async with visitors(peer=f"192.0.2.{number}") as browser:
            assert (await log_in(browser, "wrong")).status_code == 303
    async with visitors(peer="198.51.100.1") as browser:
        refused = await log_in(browser, ann)
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "901")
        assert refused.headers["content-type"] == "application/problem+json"
        shown = await browser.post("/login", data={"name": "ann"}, headers={"Accept": "text/html"})
        assert (shown.status_code, shown.headers["retry-after"]) == (429, "901")
        assert "too many attempts" in shown.text.lower()
        clock.forward(throttle.WINDOW + timedelta(seconds=1))
        assert (await log_in(browser, ann)).headers["location"] == "/"


async def test_too_many_attempts_of_a_peer_must_wait(visitors: Visitors, context: Context) -> None:
    async with visitors(peer="2001:db8::1") as browser:
        for number in range(throttle.PER_PEER):
            answer = await browser.post("/login", data={"name": f"n{number}", "password": "x"})
            assert answer.status_code == 303
        assert (await browser.post("/login", data={"name": "other", "password": "x"})).status_code == 429
    async with visitors(peer="2001:db8::2:3") as neighbour:
        assert (await neighbour.post("/login", data={"name": "other", "password": "x"})).status_code == 429
    async with visitors(peer="2001:db8:1::1") as stranger:
        assert (await stranger.post("/login", data={"name": "other", "password": "x"})).status_code == 303


async def test_attempts_at_the_same_moment_count_each(visitors: Visitors, context: Context, ann: str) -> None:
    async with visitors() as browser:
        answers = await asyncio.gather(*(log_in(browser, "wrong") for _ in range(3 * throttle.PER_ACCOUNT)))
    statuses = [answer.status_code for answer in answers]
    assert statuses.count(429) == 2 * throttle.PER_ACCOUNT
    assert set(statuses) <= {303, 429, 503}, "503 where too many are at the hash"


async def test_success_forgets_what_went_wrong_before(visitors: Visitors, context: Context, ann: str) -> None:
    async with visitors() as browser:
        for _ in range(throttle.PER_ACCOUNT - 1):
            await log_in(browser, "wrong")
        await log_in(browser, ann)
        assert (await log_in(browser, "wrong")).status_code == 303
    with context.store.read() as connection:
        subjects = connection.execute(select(failed_login.c.subject)).scalars().all()
    assert subjects.count("account ann") == 1
    assert subjects.count("peer 192.0.2.7") == throttle.PER_ACCOUNT + 1


async def test_log_ins_stand_in_the_audit_without_what_was_typed(
    visitors: Visitors, context: Context, ann: str
) -> None:
    async with visitors() as browser:
        await browser.post("/login", data={"name": "my-secret-typed-as-a-name", "password": "wrong"})
        await log_in(browser, "wrong-but-secret")
        await log_in(browser, ann)
        await browser.post("/logout", data={"csrf": csrf_of(context.store)})
    with context.store.read() as connection:
        rows = connection.execute(select(event.c.kind, event.c.actor, event.c.text, event.c.data)).all()
    kinds = [(row.kind, row.actor) for row in rows]
    assert kinds[1:] == [
        ("session.refused", "nobody"),
        ("session.refused", "ann"),
        ("session.began", "ann"),
        ("session.ended", "ann"),
    ]
    assert "secret" not in repr(rows)


async def test_another_site_cannot_log_anybody_in(visitors: Visitors, ann: str) -> None:
    async with visitors() as browser:
        for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "http://evil.example"}):
            answer = await browser.post("/login", data={"name": "ann", "password": ann}, headers=headers)
            assert answer.status_code == 403


def test_attempts_of_several_replicas_count_each(store: Store, clock: MovableClock) -> None:
    def attempt(_number: int) -> bool:
        try:
            with store.write() as connection:
                throttle.attempt(connection, "ann", "192.0.2.1", now=clock())
        except throttle.Throttled:
            return False
        return True

    with ThreadPoolExecutor(10) as replicas:
        admitted = list(replicas.map(attempt, range(40)))
    assert admitted.count(True) == throttle.PER_ACCOUNT


@pytest.mark.parametrize("name", ["a\0b", "\udc80", "ann" * 100])
def test_a_name_that_cannot_be_is_one_that_nobody_has(store: Store, clock: MovableClock, name: str) -> None:
    assert sign_in(store, name, "anything", replaces="\0", peer="192.0.2.1", now=clock()) is None
    with store.write() as connection:
        with pytest.raises(NotFound):
            accounts.disable(connection, name, actor="test", now=clock())
        with pytest.raises(NotFound):
            tokens.revoke(connection, name, actor="test", now=clock())
        assert tokens.find(connection, name, now=clock()) is None


async def test_accounts_on_each_database(store: Store, clock: MovableClock) -> None:
    hashed = passwords.hashed("a password of length")
    with store.write() as connection:
        accounts.add(connection, "eve", hashed, Role.VIEWER, actor="test", now=clock())
    with store.write() as connection:
        throttle.attempt(connection, "eve", "192.0.2.1", now=clock())
        eve = accounts.named(connection, "eve")
        begun = sessions.begin(connection, eve, replaces="", peer="192.0.2.1", now=clock())
        throttle.succeeded(connection, "eve", "192.0.2.1", now=clock())
    with store.read() as connection:
        found = sessions.find(connection, begun.cookie, now=clock())
        assert found is not None
        assert (found.account, found.role) == ("eve", Role.VIEWER)
        assert accounts.matches(eve, "a password of length")
        assert connection.execute(select(failed_login.c.subject)).scalars().all() == ["peer 192.0.2.1"]
