"""The pages about alerts while no Prometheus answers: what is kept and declared is shown, and the rest is said."""

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest

from steward.model import Alert as Declared
from steward.model import AlertGroup, Example, Severity, above, given, level
from steward.oncall.context import Context
from steward.oncall.web.app import create
from steward.testing.forms import Document
from steward.testing.incidents import Opened
from steward.testing.oncall import SHOP, SRE
from steward.testing.shop import AVAILABILITY, shop_with
from steward.testing.visitors import Visitors

HOSTILE = '"><script>alert(1)</script>'


def example(load: float) -> Example:
    return given(level("shop_load_ratio", load), value=load)


HIGH_LOAD = Declared(
    "HighLoad",
    Severity.WARNING,
    SRE,
    "shop_load_ratio",
    above(0.8),
    "The shop is {{ $value | humanizePercentage }} busy",
    "Guests wait.",
    "high-load",
    fires=(example(0.9),),
    silent=(example(0.7),),
)


@pytest.fixture(scope="module")
def watching(console: Context) -> Visitors:
    """Give visitors of the same console, which has an objective and an alert of its own."""
    shop = shop_with()
    catalogue = replace(
        SHOP,
        services=shop.services,
        jobs=shop.jobs,
        slos=(replace(AVAILABILITY, team=SRE),),
        alert_groups=(AlertGroup("shop", "The shop", (HIGH_LOAD,)),),
    )
    return Visitors(create(replace(console, catalogue=catalogue)))


@pytest.fixture
async def eve(watching: Visitors) -> AsyncIterator[httpx.AsyncClient]:
    """Give somebody at the machine itself, who may do everything."""
    async with watching.here() as client:
        client.headers["Accept"] = "text/html"
        yield client


async def read(client: httpx.AsyncClient, path: str) -> Document:
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    return Document(answer.text)


async def test_what_fires_is_listed_with_a_button_and_safe(eve: httpx.AsyncClient, opened: Opened) -> None:
    page = await read(eve, "/alerts")
    assert f"/pages/{opened.page}/acknowledge" in [form.action for form in page.forms]
    assert "/alerts/APIDown" in page.links()
    assert f"API down {HOSTILE}" in page.shown
    assert {tag for tag, _ in page.tags}.isdisjoint({"b", "style", "iframe"})


async def test_every_rule_is_listed_and_its_state_is_said_to_be_unknown(eve: httpx.AsyncClient) -> None:
    page = await read(eve, "/alerts")
    assert "does not answer" in page.shown
    assert {"/alerts/HighLoad", "/alerts/APIAvailabilityBurnRatePage"} <= set(page.links())
    assert {"/runbooks/high-load", "/runbooks/slo-api-availability"} <= set(page.links())
    assert "HighLoad unknown warning sre" in page.shown


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=high", {"HighLoad"}),
        ("q=BUSY", {"HighLoad"}),
        ("q=api-availability&severity=critical", {"APIAvailabilityBurnRatePage", "APIAvailabilityBudgetSpike"}),
        ("severity=info", {"APIAvailabilityBurnRateInfo"}),
        ("team=dba", set()),
        ("q=<script>", set()),
    ],
)
async def test_rules_are_found_by_text_severity_and_team(
    eve: httpx.AsyncClient, query: str, found: set[str]
) -> None:
    answer = await eve.get(f"/alerts?{query}")
    if "%00" in query:
        assert answer.status_code == 422
        return
    shown = {
        link.removeprefix("/alerts/") for link in Document(answer.text).links() if link.startswith("/alerts/")
    }
    assert shown - {"APIDown"} == found


async def test_a_filter_hides_what_fires_elsewhere(eve: httpx.AsyncClient, opened: Opened) -> None:
    assert "/alerts/APIDown" in (await read(eve, "/alerts?severity=critical&team=sre&q=apid")).links()
    for query in ("severity=warning", "team=dba", "q=nothing+of+ours"):
        assert "/alerts/APIDown" not in (await read(eve, f"/alerts?{query}")).links(), query


async def test_an_alert_is_shown_with_where_it_fires_and_what_was_before(
    eve: httpx.AsyncClient, opened: Opened
) -> None:
    page = await read(eve, "/alerts/APIDown")
    assert "No rule of this name is loaded" in page.shown
    assert {f"/pages/{opened.page}", f"/incidents/{opened.incident}"} <= set(page.links())
    assert "javascript:alert(1)" not in page.links()
    assert 'alertname="APIDown"' in page.form("/silences").values["matchers"]


async def test_one_series_of_an_alert_can_be_silenced_alone(eve: httpx.AsyncClient, opened: Opened) -> None:
    links = [one for one in (await read(eve, "/alerts/APIDown")).links() if one.startswith("/silences/new?")]
    matchers = (await read(eve, links[0])).form("/silences").values["matchers"].split("\n")
    assert {'alertname="APIDown"', 'severity="critical"', 'team="sre"'} <= {one.strip() for one in matchers}
    assert any(one.startswith("path=") and "<script>" in one for one in matchers)
    about = (await read(eve, f"/pages/{opened.page}")).links()
    assert "/silences/new?alert=APIDown" in about


async def test_an_alert_that_is_only_declared_is_shown_with_its_rule(eve: httpx.AsyncClient) -> None:
    page = await read(eve, "/alerts/HighLoad")
    assert "shop_load_ratio > 0.8" in page.shown
    assert "The shop is … busy" in page.shown
    assert "/runbooks/high-load" in page.links()
    charts = [attributes["data-chart-url"] for tag, attributes in page.tags if tag == "figure"]
    assert charts == ["/alerts/HighLoad/chart?number=0&from=now-3h"]
    burning = await read(eve, "/alerts/APIAvailabilityBurnRatePage")
    assert "/slos/api-availability" in burning.links()
    assert len([tag for tag, _ in burning.tags if tag == "figure"]) == 2


async def test_the_chart_has_the_threshold_and_says_why_it_is_empty(eve: httpx.AsyncClient) -> None:
    answer = await eve.get("/alerts/HighLoad/chart?from=now-5m&width=300")
    chart = answer.json()
    assert chart["panel"]["unit"] == "percentunit"
    assert chart["panel"]["thresholds"] == [{"color": "green", "value": None}, {"color": "red", "value": 0.8}]
    assert chart["data"]["state"] != "ok"
    assert chart["data"]["message"]


@pytest.mark.parametrize(
    "path",
    ["/alerts/Unheard", "/alerts/HighLoad/chart?number=1", "/alerts/Unheard/chart", "/alerts/%3Cscript%3E"],
)
async def test_what_is_unknown_is_said(eve: httpx.AsyncClient, path: str) -> None:
    assert (await eve.get(path)).status_code == 404


async def test_a_viewer_sees_alerts_and_no_button(vic: httpx.AsyncClient, opened: Opened) -> None:
    for path in ("/alerts", "/alerts/APIDown"):
        page = await read(vic, path)
        assert {form.action for form in page.forms} <= {"/logout", "/alerts"}, path
