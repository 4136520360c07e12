"""No route answers a stranger, and each asks for the role that it names."""

from collections.abc import Callable

import pytest
from fastapi import FastAPI

from steward.oncall.context import Context
from steward.oncall.domain.states import Role
from steward.oncall.web.app import create
from steward.testing.operations import Operation, operations
from steward.testing.visitors import Visitors

pytestmark = pytest.mark.slow

TokenOf = Callable[[Role], str]

OPEN = {
    "GET /healthz": "says that the process lives, and nothing else",
    "GET /login": "shows the form",
    "POST /login": "checks the password, throttled",
}
"""Routes that anybody may call; static files are besides."""
OTHERWISE_GUARDED = {
    "POST /webhooks/alertmanager": "Alertmanager's token",
    "POST /slack/actions": "Slack's signature",
    "GET /act/{token}": "the link's signature",
    "POST /act/{token}": "the link's signature",
    "GET /api/v1/monitoring/calendars/{token}.ics": "the address's signature",
}
REFUSED = {401, 403}


@pytest.fixture
def every(app: FastAPI) -> list[Operation]:
    found = list(operations(app))
    assert len(found) > 20
    return found


def test_every_route_says_who_may_call_it(every: list[Operation]) -> None:
    silent = {one.name for one in every if one.role is None}
    assert silent <= OPEN.keys() | OTHERWISE_GUARDED.keys()


async def test_strangers_get_nothing(every: list[Operation], visitors: Visitors) -> None:
    async with visitors() as stranger:
        for one in every:
            if one.name in OPEN:
                continue
            answer = await stranger.request(one.method, one.path)
            led_to_login = answer.status_code == 303 and answer.headers["location"].startswith("/login")
            assert answer.status_code in REFUSED or led_to_login, f"{one.name}: {answer.status_code} {answer.text}"


async def test_a_wrong_token_gets_nothing_even_here(every: list[Operation], visitors: Visitors) -> None:
    async with visitors(peer="127.0.0.1", host="localhost:8090", token="oncall_wrong") as client:
        for one in every:
            if one.role is not None:
                answer = await client.request(one.method, one.path)
                assert answer.status_code == 401, one.name
                assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("role", [Role.VIEWER, Role.RESPONDER])
async def test_a_lesser_role_is_not_enough(
    every: list[Operation], visitors: Visitors, token_of: TokenOf, role: Role
) -> None:
    async with visitors(token=token_of(role)) as client:
        beyond = [one for one in every if one.role is not None and not role.covers(one.role)]
        assert beyond
        for one in beyond:
            answer = await client.request(one.method, one.path)
            assert answer.status_code == 403, one.name


def test_looking_takes_a_viewer_acting_a_responder_and_access_an_admin(every: list[Operation]) -> None:
    for one in every:
        if one.role is None or one.template == "/logout":
            continue
        about = one.template.removeprefix("/api/v1/monitoring").split("/")[1]
        if about in {"accounts", "tokens", "audit"}:
            assert one.role is Role.ADMIN, one.name
        else:
            assert one.role.covers(Role.VIEWER if one.method == "GET" else Role.RESPONDER), one.name


async def test_a_token_in_a_query_string_is_not_looked_at(visitors: Visitors, token_of: TokenOf) -> None:
    async with visitors() as client:
        for path in ("/api/v1/monitoring/alerts", "/metrics", "/readyz"):
            for name in ("token", "access_token", "authorization", "api_key"):
                answer = await client.get(path, params={name: token_of(Role.ADMIN)})
                assert answer.status_code == 401, (path, name)


async def test_a_browser_is_led_to_the_log_in_and_back(visitors: Visitors) -> None:
    async with visitors() as browser:
        page = await browser.get("/incidents/7?x=1", headers={"Accept": "text/html,*/*"})
        form = await browser.post("/pages/7/resolve", headers={"Accept": "text/html,*/*"})
        program = await browser.get("/api/v1/monitoring/alerts", headers={"Accept": "text/html,*/*"})
    assert (page.status_code, page.headers["location"]) == (303, "/login?next=/incidents/7")
    assert (form.status_code, form.headers["content-type"]) == (401, "text/html; charset=utf-8")
    assert program.status_code == 401


async def test_monitoring_itself_reads_metrics_by_the_hooks_token(visitors: Visitors, context: Context) -> None:
    async with visitors(token=context.settings.webhook_token or "") as prometheus:
        for path in ("/metrics", "/readyz"):
            assert (await prometheus.get(path)).status_code == 200
        assert (await prometheus.get("/api/v1/monitoring/alerts")).status_code == 401


async def test_loopback_is_trusted_as_an_admin_named_local(visitors: Visitors) -> None:
    async with visitors.here() as client:
        assert (await client.get("/api/v1/monitoring/me")).json() == {
            "name": "local",
            "role": "admin",
            "via": "loopback",
        }


async def test_where_nobody_here_is_trusted_the_stack_may_still_see_that_it_works(
    contexts: Callable[..., Context],
) -> None:
    async with Visitors(create(contexts(trust_loopback=False))).here() as client:
        for path in ("/healthz", "/readyz", "/metrics"):
            assert (await client.get(path)).status_code == 200, path
        for path in ("/api/v1/monitoring/alerts", "/", "/api/v1/monitoring/tokens"):
            assert (await client.get(path)).status_code == 401, path
        assert (await client.get("/readyz", headers={"X-Forwarded-For": "192.0.2.7"})).status_code == 401


NOT_HERE: dict[str, tuple[str, str, dict[str, str]]] = {
    "rebound name": ("127.0.0.1", "oncall.example:8090", {}),
    "spoofed name": ("192.0.2.7", "localhost:8090", {}),
    "spoofed hops": (
        "192.0.2.7",
        "localhost:8090",
        {"Forwarded": "for=127.0.0.1", "X-Forwarded-For": "127.0.0.1"},
    ),
    "forwarded": ("127.0.0.1", "localhost:8090", {"Forwarded": "for=192.0.2.7"}),
    "forwarded by several": ("127.0.0.1", "localhost:8090", {"X-Forwarded-For": "192.0.2.7, 127.0.0.1"}),
}


async def test_loopback_is_not_lent(visitors: Visitors) -> None:
    for what, (peer, host, headers) in NOT_HERE.items():
        async with visitors(peer=peer, host=host) as client:
            answer = await client.get("/api/v1/monitoring/alerts", headers=headers)
            assert answer.status_code == 401, what
