"""The dashboard's pages on a real database, as a browser asks for them."""

import base64
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html.parser import HTMLParser
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from markupsafe import escape
from sqlalchemy import text

from festivals.admin.app import build
from festivals.admin.csrf import COOKIE, FIELD
from festivals.admin.settings import AdminSettings
from festivals.catalogue.jobs import ADMIN
from festivals.domain.ticket import Direction, TicketKind
from festivals.domain.transaction import TransactionRefused
from festivals.services.clock import utc_now
from festivals.services.composition import Services
from festivals.services.settling import settle
from festivals.store.database import Database
from steward.model.components import process_metrics
from steward.program.web.headers import SECURITY_HEADERS
from steward.testing.exposed import expect_declared

pytestmark = pytest.mark.slow

Environment = dict[str, str]

HOSTILE = "<script>alert(1)</script> \"quoted\" 'twice' & 🎪 {{ 7 * 7 }} \u202e"
SHORT = "'\"><svg onload=alert(1)>"
LONG = "W" * 80
NOBODY = "127.0.0.1:1"


@asynccontextmanager
async def browser(environment: Environment) -> AsyncIterator[httpx.AsyncClient]:
    dashboard = build(AdminSettings.read(environment))
    transport = httpx.ASGITransport(dashboard.app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:3000") as client:
        yield client
    await dashboard.close()


@pytest.fixture
async def admin(environment: Environment) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(environment) as client:
        yield client


@pytest.fixture
async def hostile(services: Services) -> str:
    """Return a festival in which everything that somebody typed is hostile."""
    festival = "hostile"
    await services.festivals.create(festival, HOSTILE, "EUR")
    await services.festivals.open(festival)
    kind = await services.tickets.add_type(festival, SHORT, TicketKind.VIP, 0, 1)
    ticket = await services.tickets.issue(festival, kind.id, HOSTILE)
    for code in (ticket.code, ticket.code, SHORT):
        await services.gates.scan(festival, code, Direction.IN, LONG)
    wallet = (await services.wallets.create(festival, HOSTILE)).id
    await services.payments.top_up(wallet, 123_456, key=uuid4().hex)
    await services.payments.purchase(wallet, 456, SHORT, key=uuid4().hex)
    with pytest.raises(TransactionRefused):
        await services.payments.purchase(wallet, 900_000, LONG, key=uuid4().hex)
    return festival


class WellFormed(HTMLParser):
    """Complains of what a browser would have to guess."""

    VOID = frozenset({"meta", "link", "input", "br", "hr", "img"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.ids: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(set(names)) == len(names), f"<{tag}> has an attribute twice: {names}"
        self.seen.append(tag)
        for name, value in attrs:
            assert not name.startswith("on"), f"<{tag}> has a handler {name}"
            assert name != "style", f"<{tag}> has a style of its own"
            if name == "id":
                assert value not in self.ids, f"the id {value} stands twice"
                self.ids.add(value or "")
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag, f"</{tag}> closes another tag"


def expect_page(answer: httpx.Response, status: int = 200) -> str:
    assert answer.status_code == status, answer.text[:500]
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    expect_headers(answer)
    parser = WellFormed()
    parser.feed(answer.text)
    parser.close()
    assert not parser.open, f"never closed: {parser.open}"
    assert parser.seen.count("h1") == parser.seen.count("main") == parser.seen.count("title") == 1
    assert "script" not in parser.seen
    assert "Traceback" not in answer.text
    return answer.text


def expect_headers(answer: httpx.Response) -> None:
    for name, value in SECURITY_HEADERS.items():
        assert answer.headers[name] == value, f"{name} of {answer.request.url}"


async def post(admin: httpx.AsyncClient, page: str, action: str, **typed: str) -> httpx.Response:
    """Send the form on `page` to `action` as a browser does."""
    shown = await admin.get(page)
    token = re.search(rf'name="{FIELD}" value="([^"]+)"', shown.text)
    assert token, f"no form on {page}"
    return await admin.post(action, data={FIELD: token[1], **typed})


def sample(exposed: str, series: str) -> float:
    found = [line.rpartition(" ")[2] for line in exposed.splitlines() if line.rpartition(" ")[0] == series]
    return float(found[0]) if found else 0.0


# What is shown

PAGES = (
    "/",
    "/?refresh=10",
    "/festivals",
    "/festivals/hostile",
    "/festivals/hostile/transactions",
    "/festivals/hostile/scans",
    "/festivals/hostile/close",
    "/festivals/hostile/ticket-types/new",
    "/new-festival",
    "/queue",
)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.usefixtures("hostile")
async def test_a_page_shows_hostile_names_as_what_they_are(page: str, admin: httpx.AsyncClient) -> None:
    shown = expect_page(await admin.get(page))
    assert "<script" not in shown
    assert "<svg onload" not in shown
    assert (str(escape(HOSTILE)) in shown) is (page not in {"/new-festival", "/queue"})


@pytest.mark.parametrize("page", ["/", "/festivals", "/queue"])
async def test_an_empty_platform_has_pages_too(page: str, admin: httpx.AsyncClient) -> None:
    expect_page(await admin.get(page))


async def test_the_figures_are_those_of_today(
    hostile: str, admin: httpx.AsyncClient, database: Database, services: Services
) -> None:
    async with database.transaction() as connection:
        await connection.execute(text("UPDATE scans SET scanned_at = scanned_at - interval '2 days' WHERE id = 1"))
    shown = (await admin.get("/")).text
    for figure in ("1\u202f234.56", "4.56"):
        assert (figure in shown) is (figure == "4.56"), "what was loaded is not taken"
    assert "66.6\u202f%" in shown, "two of three transactions succeeded"
    assert re.search(r'<dt>Tickets scanned</dt>\s*<dd class="figure">2</dd>\s*<dd class="note">2 refused', shown)
    assert re.search(r'<dt>People inside</dt>\s*<dd class="figure">1</dd>', shown)
    report = (await admin.get(f"/festivals/{hostile}")).text
    assert "1\u202f230.00" in report, "what is left in wallets"
    await services.festivals.close(hostile)
    assert "The worker is making it" in (await admin.get(f"/festivals/{hostile}")).text
    await settle(database, hostile, utc_now())
    assert "Left to pay back" in expect_page(await admin.get(f"/festivals/{hostile}"))


async def test_lists_go_on_over_pages_without_a_gap(admin: httpx.AsyncClient, services: Services) -> None:
    for number in range(120):
        await services.festivals.create(f"festival-{number:03d}", "Rock", "EUR")
    seen: list[str] = []
    address: str | None = "/festivals"
    while address:
        shown = expect_page(await admin.get(address))
        seen += re.findall(r'<a href="/festivals/([^"]+)">', shown)
        following = re.search(r'<a rel="next" href="([^"]+)">', shown)
        address = following[1] if following else None
    assert seen == [f"festival-{number:03d}" for number in reversed(range(120))]


@pytest.mark.parametrize("after", ["x", "<", "%00", "99999999999999999999", "-1", "a" * 500, "%ff"])
@pytest.mark.usefixtures("hostile")
async def test_an_odd_place_in_a_list_is_its_beginning(after: str, admin: httpx.AsyncClient) -> None:
    for page in ("/festivals", "/festivals/hostile/transactions", "/festivals/hostile/scans", "/queue"):
        expect_page(await admin.get(f"{page}?after={after}"))


async def test_the_queue_page_shows_what_failed(admin: httpx.AsyncClient, database: Database) -> None:
    async with database.transaction() as connection:
        await connection.execute(
            text(
                """
                INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, attempts, scheduled_at) VALUES
                ('q', 'deliver_ticket', jsonb_build_object('ticket_id', CAST(:id AS text)), 'failed', 8, NULL),
                ('q', 'settle_festival', '{"festival_id": "rock"}', 'todo', 2, now() + interval '1 hour'),
                ('q', 'deliver_ticket', '{}', 'todo', 0, NULL)
                """
            ),
            {"id": SHORT},
        )
    shown = expect_page(await admin.get("/queue"))
    assert "<svg onload" not in shown
    assert "again later" in shown
    for title, figure in (("Waiting", 1), ("To be tried again", 1), ("Failed", 1), ("Workers", 0)):
        assert re.search(rf'<dt>{title}</dt>\s*<dd class="figure">{figure}</dd>', shown), title


# What is changed


async def test_a_festival_from_its_plan_to_its_end(admin: httpx.AsyncClient, services: Services) -> None:
    made = await post(admin, "/new-festival", "/new-festival", id="rock", name=HOSTILE, currency="chf")
    assert (made.status_code, made.headers["location"]) == (303, "/festivals/rock")
    added = await post(
        admin,
        "/festivals/rock/ticket-types/new",
        "/festivals/rock/ticket-types/new",
        name="Day",
        kind="day",
        price="89,50",
        capacity="400",
    )
    assert (added.status_code, added.headers["location"]) == (303, "/festivals/rock")
    assert (await services.tickets.types("rock"))[0].price_cents == 8950
    assert (await post(admin, "/festivals/rock", "/festivals/rock/open")).status_code == 303
    assert (await services.festivals.get("rock")).status == "open"
    assert (await post(admin, "/festivals/rock/close", "/festivals/rock/close")).status_code == 303
    festival = await services.festivals.get("rock")
    assert (festival.status, festival.name, festival.currency) == ("closed", HOSTILE.strip(), "CHF")


async def test_a_mistake_is_told_in_the_form_with_what_was_typed(admin: httpx.AsyncClient) -> None:
    wrong = await post(admin, "/new-festival", "/new-festival", id="Rock!", name=SHORT, currency="EURO")
    shown = expect_page(wrong, 422)
    assert shown.count('class="wrong"') == 2
    assert 'value="Rock!"' in shown
    assert 'value="\'"' not in shown
    exposed = (await admin.get("/metrics")).text
    assert sample(exposed, 'festivals_errors_total{type="validation",operation="create_festival"}') == 1


async def test_what_exists_is_told_in_the_form(admin: httpx.AsyncClient, hostile: str) -> None:
    taken = await post(admin, "/new-festival", "/new-festival", id=hostile, name="Rock", currency="EUR")
    assert "choose another" in expect_page(taken, 422)
    page = f"/festivals/{hostile}/ticket-types/new"
    twice = await post(admin, page, page, name=SHORT, kind="day", price="1", capacity="1")
    assert 'role="alert"' in expect_page(twice, 422)


async def test_what_the_state_forbids_is_a_page(admin: httpx.AsyncClient, hostile: str) -> None:
    again = await post(admin, f"/festivals/{hostile}/close", f"/festivals/{hostile}/open")
    assert "only a planned one can be opened" in expect_page(again, 409)
    assert (await post(admin, f"/festivals/{hostile}/close", f"/festivals/{hostile}/close")).status_code == 303
    expect_page(await admin.get(f"/festivals/{hostile}/close"), 409)


# What is refused

POSTS = (
    "/new-festival",
    "/festivals/hostile/open",
    "/festivals/hostile/close",
    "/festivals/hostile/ticket-types/new",
)


@pytest.mark.parametrize("action", POSTS)
async def test_a_form_that_is_not_ours_changes_nothing(
    action: str, admin: httpx.AsyncClient, hostile: str, services: Services
) -> None:
    token = re.search(rf'name="{FIELD}" value="([^"]+)"', (await admin.get("/new-festival")).text)
    assert token
    typed = {"id": "rock", "name": "Rock", "currency": "EUR", "kind": "day", "price": "1", "capacity": "1"}
    signed = {**typed, FIELD: token[1]}
    cookie = {COOKIE: admin.cookies[COOKIE]}
    admin.cookies.clear()
    refused = [
        await admin.post(action, data=typed),
        await admin.post(action, data=signed),
        await admin.post(action, data=typed, headers={"Cookie": f"{COOKIE}={cookie[COOKIE]}"}),
        await admin.post(action, data=signed, headers={"Cookie": f"{COOKIE}=another"}),
        await admin.post(
            action,
            data=signed,
            headers={"Cookie": f"{COOKIE}={cookie[COOKIE]}", "Sec-Fetch-Site": "cross-site"},
        ),
    ]
    for answer in refused:
        assert "Nothing was changed" in expect_page(answer, 403)
    assert (await services.festivals.get(hostile)).status == "open"
    assert [festival.id for festival in await services.festivals.list(limit=9)] == [hostile]
    assert len(await services.tickets.types(hostile)) == 1


async def test_the_cookie_stays_at_home(admin: httpx.AsyncClient) -> None:
    shown = await admin.get("/new-festival")
    cookie = shown.headers["set-cookie"].lower()
    assert "samesite=strict" in cookie
    assert "httponly" in cookie
    assert "set-cookie" not in (await admin.get("/new-festival")).headers, "one is enough"


@pytest.mark.parametrize(
    ("content", "content_type", "status"),
    [
        (b"x" * 20_000, "application/x-www-form-urlencoded", 413),
        (b"name=%ff%fe", "application/x-www-form-urlencoded", 400),
        (b"name=\xff", "application/x-www-form-urlencoded", 400),
        (b"&".join([b"a=b"] * 50), "application/x-www-form-urlencoded", 400),
        (b"{}", "application/json", 400),
        (b"", "", 400),
    ],
)
async def test_what_is_no_form_is_refused(
    content: bytes, content_type: str, status: int, admin: httpx.AsyncClient
) -> None:
    answer = await admin.post("/new-festival", content=content, headers={"Content-Type": content_type})
    expect_page(answer, status)


@pytest.mark.parametrize(
    "path",
    ["/nothing", "/festivals/nowhere", "/festivals/%00", "/festivals/" + "a" * 99, "/static/none", "/festivals/"],
)
async def test_what_is_not_there_is_a_friendly_page(path: str, admin: httpx.AsyncClient) -> None:
    assert "There is nothing here" in expect_page(await admin.get(path), 404)


async def test_a_wrong_method_is_a_page(admin: httpx.AsyncClient) -> None:
    answer = await admin.delete("/festivals")
    expect_page(answer, 405)
    assert answer.headers["allow"]


@pytest.mark.parametrize("host", ["evil.example", "evil.example:3000", "localhost.evil.example", "[", ""])
@pytest.mark.parametrize("path", ["/", "/metrics", "/static/admin.css", "/nothing"])
async def test_on_loopback_only_this_machines_names_are_answered(
    host: str, path: str, admin: httpx.AsyncClient
) -> None:
    expect_page(await admin.get(path, headers={"Host": host}), 403)


@pytest.fixture
def guarded(environment: Environment, tmp_path: Path) -> Environment:
    password = tmp_path / "password"
    password.write_text("ouvre-toi é\n", encoding="utf-8")
    return environment | {"FESTIVALS_HOST": "192.0.2.1", "FESTIVALS_ADMIN_PASSWORD_FILE": str(password)}


async def test_elsewhere_the_password_is_asked_for(guarded: Environment) -> None:
    async with browser(guarded) as admin:
        for given in (
            None,
            "Basic",
            "Basic !",
            "Bearer x",
            credentials("admin", "x"),
            credentials("x", "ouvre-toi é"),
        ):
            answer = await admin.get("/", headers={"Authorization": given} if given else {})
            expect_page(answer, 401)
            assert answer.headers["www-authenticate"].startswith("Basic ")
        known = {"Authorization": credentials("admin", "ouvre-toi é")}
        expect_page(await admin.get("/", headers=known | {"Host": "festivals.example"}))
        for path in ("/healthz", "/readyz", "/metrics"):
            assert (await admin.get(path)).status_code == 200


def credentials(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


# What goes wrong


async def test_without_its_database_it_says_so(environment: Environment) -> None:
    async with browser(environment | {"FESTIVALS_DATABASE_ADDRESS": NOBODY}) as admin:
        for page in PAGES:
            if page != "/new-festival":
                answer = await admin.get(page)
                assert "database does not answer" in expect_page(answer, 503)
                assert answer.headers["retry-after"]
                assert NOBODY not in answer.text
        assert (await admin.get("/healthz")).status_code == 200
        assert (await admin.get("/readyz")).status_code == 503
        exposed = (await admin.get("/metrics")).text
        assert sample(exposed, 'festivals_errors_total{type="database",operation="show_queue"}') == 1
        assert sample(exposed, 'festivals_admin_requests_total{method="GET",path="/queue",status="503"}') == 1


async def test_without_its_cache_it_works(environment: Environment, services: Services) -> None:
    await services.festivals.create("rock", "Rock", "EUR")
    async with browser(environment | {"FESTIVALS_REDIS_ADDRESS": NOBODY}) as admin:
        assert (await post(admin, "/festivals/rock", "/festivals/rock/open")).status_code == 303
        exposed = (await admin.get("/metrics")).text
    assert sample(exposed, 'festivals_errors_total{type="cache",operation="cache_delete"}') == 1


async def test_a_mistake_of_ours_shows_nothing_of_the_inside(admin: httpx.AsyncClient, database: Database) -> None:
    async with database.transaction() as connection:
        await connection.execute(text("ALTER TABLE scans RENAME TO lost"))
    shown = expect_page(await admin.get("/"), 500)
    assert "scans" not in shown
    exposed = (await admin.get("/metrics")).text
    assert sample(exposed, 'festivals_errors_total{type="internal",operation="show_overview"}') == 1
    assert sample(exposed, 'festivals_admin_requests_total{method="GET",path="/",status="500"}') == 1


async def test_static_files_are_kept_and_typed(admin: httpx.AsyncClient) -> None:
    page = (await admin.get("/")).text
    for kind, address in zip(
        ("text/css", "image/svg+xml"), re.findall(r'<link [^>]*href="([^"]+)"', page), strict=True
    ):
        answer = await admin.get(address)
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith(kind)
        assert "immutable" in answer.headers["cache-control"]
        expect_headers(answer)
    assert (await admin.get("/")).headers["cache-control"] == "no-store"


async def test_every_request_is_counted_by_its_template(admin: httpx.AsyncClient, hostile: str) -> None:
    for path in (f"/festivals/{hostile}", "/nothing/at/all", "/readyz"):
        await admin.get(path)
    exposed = (await admin.get("/metrics")).text
    for template, status in (("/festivals/{festival_id}", 200), ("__unmatched__", 404)):
        series = f'festivals_admin_requests_total{{method="GET",path="{template}",status="{status}"}}'
        assert sample(exposed, series) == 1
    assert 'path="/readyz"' not in exposed
    assert sample(exposed, "festivals_admin_requests_in_flight") == 0
    assert 'festivals_db_queries_total{operation="select",table="festivals",status="success"}' in exposed
    told = expect_declared(exposed, ADMIN.metrics)
    assert told >= {metric.name for metric in process_metrics.METRICS}
