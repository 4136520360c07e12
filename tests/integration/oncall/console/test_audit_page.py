"""The page of the audit: only for administrators, filtered, and read page by page."""

from collections.abc import AsyncIterator
from itertools import count

import httpx
import pytest

from steward.oncall.context import Context
from steward.oncall.store.events import record_all, row
from steward.testing.forms import Document
from steward.testing.oncall import MONDAY
from steward.testing.visitors import Visitors

_NUMBERS = count()
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
async def admin(visitors: Visitors) -> AsyncIterator[httpx.AsyncClient]:
    """Give a browser on the service's own machine, which may do everything."""
    async with visitors.here() as client:
        client.headers["Accept"] = "text/html"
        yield client


@pytest.fixture
def actor(console: Context) -> str:
    """Name somebody who has made 150 overrides and cancelled one."""
    name = f"eve & {HOSTILE} {next(_NUMBERS)}"
    made = [row("override.made", f"Override number {n}.", at=MONDAY, actor=name) for n in range(150)]
    ended = row("override.cancelled", f"{HOSTILE} ended", at=MONDAY, actor=name, data={"why": HOSTILE})
    with console.store.write() as connection:
        record_all(connection, [*made, ended])
    return name


async def read(client: httpx.AsyncClient, path: str, **query: str) -> Document:
    answer = await client.get(path, params=query or None)
    assert answer.status_code == 200, answer.text
    return Document(answer.text)


async def test_only_administrators_read_it(
    ann: httpx.AsyncClient, vic: httpx.AsyncClient, admin: httpx.AsyncClient
) -> None:
    for client in (ann, vic):
        assert (await client.get("/audit")).status_code == 403
    assert "Who did what" in (await read(admin, "/audit")).shown


async def test_it_is_read_page_by_page_and_the_filter_stays(admin: httpx.AsyncClient, actor: str) -> None:
    first = await read(admin, "/audit", actor=actor, kind="override")
    older = next(link for link in first.links() if "before=" in link)
    second = await read(admin, older)

    assert "Override number 51." in first.shown
    assert "Override number 50." not in first.shown
    assert "Override number 50." in second.shown
    assert "Override number 0." in second.shown
    assert not [link for link in second.links() if "before=" in link]
    (form,) = [one for one in first.forms if one.action == "/audit"]
    assert (form.method, form.values) == ("get", {"actor": actor, "kind": "override"})


async def test_one_kind_is_shown_alone_and_what_people_wrote_is_harmless(
    admin: httpx.AsyncClient, actor: str
) -> None:
    page = await read(admin, "/audit", actor=actor, kind="override.cancelled")

    assert f"{HOSTILE} ended" in page.shown
    assert f"Details why {HOSTILE}" in page.shown
    assert "Override number" not in page.shown
    assert not [tag for tag, attributes in page.tags if tag == "script" and "src" not in attributes]


async def test_where_nothing_fits_it_says_so(admin: httpx.AsyncClient) -> None:
    assert "Nothing that fits" in (await read(admin, "/audit", actor="nobody")).shown
