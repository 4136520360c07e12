"""The first page in the console of the shop, whose Prometheus does not answer."""

import httpx

from steward.testing.forms import Document
from steward.testing.incidents import Opened


async def read(client: httpx.AsyncClient, path: str) -> Document:
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    return Document(answer.text)


async def test_it_says_that_prometheus_does_not_answer_and_claims_nothing_else(
    ann: httpx.AsyncClient, opened: Opened
) -> None:
    page = await read(ann, "/")

    assert f"/pages/{opened.page}" in page.links()
    assert "Prometheus at http://127.0.0.1:9 does not answer" in page.shown
    assert "targets" not in page.shown.replace("Targets", "").replace("Alerts, targets and budgets", "")
    assert "All quiet" not in page.shown


async def test_it_is_renewed_when_something_happens_and_nobody_types_in_what_is_renewed(
    ann: httpx.AsyncClient, opened: Opened
) -> None:
    page = await read(ann, "/")
    (topics,) = [attributes["data-live"] for _, attributes in page.tags if "data-live" in attributes]

    assert {"pages", "alerts", "incidents", "silences", "on-call"} <= set(topics.split())
    fields = [attributes for tag, attributes in page.tags if tag in {"input", "textarea", "select"}]
    assert {attributes.get("type") for attributes in fields} == {"hidden"}
    assert f"/pages/{opened.page}/acknowledge" in {form.action for form in page.forms}


async def test_what_happened_lately_names_what_it_is_about(ann: httpx.AsyncClient, opened: Opened) -> None:
    page = await read(ann, "/")

    assert f"/incidents/{opened.incident}" in page.links()
    assert 'Page opened: APIDown: API down "><script>alert(1)</script>' in page.shown


async def test_everybody_who_may_look_may_listen_and_nobody_else(
    vic: httpx.AsyncClient, stranger: httpx.AsyncClient
) -> None:
    assert (await vic.get("/live", params={"since": "x"})).status_code == 422
    stranger.cookies.clear()
    assert (await stranger.get("/live", headers={"Accept": "text/event-stream"})).status_code == 401
