"""Going to a page by its name, and the sections that lead everywhere."""

import httpx
import pytest

from steward.oncall.web.console.navigation import SECTIONS, section_of
from steward.testing.forms import Document


async def test_the_sections_are_those_that_somebody_may_see(ann: httpx.AsyncClient) -> None:
    page = Document((await ann.get("/find")).text)
    assert {"/", "/dashboards", "/slos", "/alerts", "/targets"} <= set(page.links())
    assert "/audit" not in page.links()


async def test_a_page_is_found_by_every_word_of_its_name(ann: httpx.AsyncClient) -> None:
    found = Document((await ann.get("/find", params={"q": "api RUNBOOK"})).text)
    assert "/runbooks/api-down" in found.links()
    nothing = Document((await ann.get("/find", params={"q": "no such <b>page</b>"})).text)
    assert "No page is called like that." in nothing.shown
    assert "b" not in {tag for tag, _ in nothing.tags}


async def test_scripts_are_told_every_place_once(ann: httpx.AsyncClient) -> None:
    places = (await ann.get("/find/places")).json()
    assert {"title": "API down", "address": "/runbooks/api-down", "kind": "runbook"} in places
    assert {place["kind"] for place in places} >= {"section", "runbook"}
    assert len({place["address"] for place in places}) == len(places)


async def test_nobody_is_told_without_logging_in(stranger: httpx.AsyncClient) -> None:
    assert (await stranger.get("/find/places")).status_code == 303
    assert (await stranger.get("/diagram")).status_code == 303


@pytest.mark.parametrize(
    ("path", "section"),
    [("/", "/"), ("/pages/7", "/"), ("/d/api/x", "/dashboards"), ("/silences", "/alerts"), ("/slos/a", "/slos")],
)
def test_a_path_lies_in_a_section(path: str, section: str) -> None:
    assert section_of(path) == section


def test_no_key_leads_to_two_sections() -> None:
    keys = [section.key for section in SECTIONS]
    assert len(set(keys)) == len(keys)
