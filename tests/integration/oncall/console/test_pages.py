"""Every page: readable without scripts, safe whatever labels say, and its forms are ours."""

import re
from datetime import datetime

import httpx

from steward.oncall.context import Context
from steward.oncall.services import timeline
from steward.testing.forms import Document
from steward.testing.incidents import Opened

HOSTILE = "<script>alert(1)</script>"


def paths(opened: Opened) -> list[str]:
    return [
        "/",
        "/?refresh",
        f"/pages/{opened.page}",
        "/incidents",
        f"/incidents/{opened.incident}",
        f"/incidents/{opened.incident}/edit",
        "/on-call",
        "/runbooks",
        "/runbooks/api-down",
    ]


async def read(client: httpx.AsyncClient, path: str) -> Document:
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return Document(answer.text)


async def test_every_page_is_safe_and_needs_no_script(
    ann: httpx.AsyncClient, console: Context, opened: Opened, now: datetime
) -> None:
    with console.store.write() as connection:
        note = f"{HOSTILE} [x](javascript:alert(1))"
        timeline.add_note(connection, opened.incident, note, actor=HOSTILE, now=now)
    for path in (*paths(opened), "/login"):
        answer = await ann.get(path)
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        page = Document(answer.text)
        assert {tag for tag, _ in page.tags}.isdisjoint({"iframe", "style", "b"}), path
        for tag, attributes in page.tags:
            assert tag != "script" or attributes["src"].startswith("/static/build/"), path
            assert not any(name.startswith("on") or name == "style" for name in attributes), (path, tag)
            assert not attributes.get("href", "").startswith(("javascript:", "data:")), path
        assert [tag for tag, _ in page.tags].count("h1") >= 1, path


async def test_every_form_is_ours_and_leads_somewhere(ann: httpx.AsyncClient, opened: Opened) -> None:
    for path in paths(opened):
        for form in (await read(ann, path)).forms:
            assert form.method == "post"
            assert re.fullmatch(r"[\w-]{20,}", form.values["csrf"]), (path, form.action)
            answer = await ann.post(form.action, data={"nothing": "of ours"})
            assert answer.status_code == 403, (path, form.action)


async def test_what_fires_is_shown_with_harmless_links_only(ann: httpx.AsyncClient, opened: Opened) -> None:
    page = await read(ann, f"/pages/{opened.page}")
    assert f'path="> {HOSTILE}'.replace(" ", "") in page.shown.replace(" ", "")
    assert "https://dashboards.example/d/api" in page.links()
    assert "1 of 1 firing" in page.shown
    assert "On-call engineer by PagerDuty, Slack, e-mail (told)" in page.shown


async def test_the_overview_says_what_is_open_and_who_is_on_call(ann: httpx.AsyncClient, opened: Opened) -> None:
    page = await read(ann, "/")
    assert f"/pages/{opened.page}" in page.links()
    assert f"/incidents/{opened.incident}" in page.links()
    assert "open page" in page.shown
    assert "nobody has answered; team lead is told in 15 min" in page.shown
    assert "SRE Ann Alder until 2026-03-09 09:00" in page.shown
    assert "Backend nobody" in page.shown


async def test_who_is_on_call_is_shown_for_two_weeks(ann: httpx.AsyncClient) -> None:
    page = await read(ann, "/on-call")
    assert "mailto:ann@shop.example" in page.links()
    assert "Bob Birch 2026-03-09 09:00 to 2026-03-16 09:00" in page.shown
    assert "When neither answers: Vic Vine" in page.shown


async def test_a_runbook_is_rendered_with_links_to_the_others(ann: httpx.AsyncClient) -> None:
    page = await read(ann, "/runbooks/api-down")
    assert "/runbooks/target-down#fix" in page.links()
    assert "title: API down" not in page.shown
    assert "/runbooks/api-down" in (await read(ann, "/runbooks")).links()


async def test_only_runbooks_are_shown(ann: httpx.AsyncClient) -> None:
    for slug in ("..%2fsecret", "%2e%2e%2fsecret", "secret", "API-DOWN", "api-down.md", "a" * 300, "%00"):
        answer = await ann.get(f"/runbooks/{slug}")
        assert answer.status_code == 404, slug


async def test_whoever_is_not_logged_in_is_led_there_and_back(stranger: httpx.AsyncClient, opened: Opened) -> None:
    for path in paths(opened):
        answer = await stranger.get(path)
        assert answer.status_code == 303
        assert answer.headers["location"] == f"/login?next={path.partition('?')[0]}"
    page = Document((await stranger.get("/login?next=/on-call")).text)
    form = page.form("/login")
    assert set(form.values) == {"next", "name", "password"}
    form.values |= {"name": "ann", "password": "correct horse battery"}
    answer = await stranger.post("/login", data=form.values)
    assert answer.headers["location"] == "/on-call"
    assert (await stranger.get("/on-call")).status_code == 200


async def test_the_log_in_leads_nowhere_else(stranger: httpx.AsyncClient) -> None:
    for address in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
        page = Document((await stranger.get("/login", params={"next": address, "failed": "yes"})).text)
        assert page.form("/login").values["next"] == "/", address
        assert "do not belong together" in page.shown


async def test_a_viewer_sees_everything_and_no_button(vic: httpx.AsyncClient, opened: Opened) -> None:
    for path in paths(opened):
        if path.endswith("/edit"):
            assert (await vic.get(path)).headers["location"] == f"/incidents/{opened.incident}"
            continue
        assert [form.action for form in (await read(vic, path)).forms] == ["/logout"], path


async def test_what_goes_wrong_is_a_page_for_people_and_a_problem_for_programs(ann: httpx.AsyncClient) -> None:
    page = await ann.get("/pages/999")
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "There is no page 999." in Document(page.text).shown
    problem = await ann.get("/pages/999", headers={"Accept": "*/*"})
    assert (problem.status_code, problem.headers["content-type"]) == (404, "application/problem+json")
