"""The pages about objectives and targets, and the first page, on a real Prometheus."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from urllib.parse import quote

import httpx
import pytest

from steward.dashboards.panels import Panels
from steward.dashboards.prometheus import Prometheus as AskedForCharts
from steward.oncall.clock import utc_now
from steward.oncall.context import Context
from steward.oncall.prometheus import Prometheus
from steward.oncall.services.burning import Reading, readings, worst
from steward.oncall.web.app import create
from steward.testing.forms import Document
from steward.testing.oncall import SHOP, SRE
from steward.testing.polling import eventually
from steward.testing.prometheus import prometheus_server
from steward.testing.shop import AVAILABILITY, GROUPED, LATENCY, shop_with

pytestmark = pytest.mark.slow

SICK = "127.0.0.1:9"
HOSTILE = '<b>"north"</b>'
CATALOGUE = replace(
    shop_with(),
    oncall=SHOP.oncall,
    teams=SHOP.teams,
    slos=tuple(replace(slo, team=SRE) for slo in (AVAILABILITY, LATENCY, GROUPED)),
)
_OF_API = {
    "slo:error_budget_remaining:ratio": 0.42,
    "slo:window_coverage:ratio": 0.0004,
    "slo:sli_total:events_window": 1_000_000,
    "slo:sli_error:events_window": 580,
    "slo:sli_error:rate": 1,
    "slo:sli_error:events1h": 100,
    "slo:sli_error:events6h": 100,
    "slo:sli_error:events3d": 100,
    "slo:error_budget_burn:rate5m": 20,
    "slo:error_budget_burn:rate30m": 9,
    "slo:error_budget_burn:rate1h": 6,
    "slo:error_budget_burn:rate6h": 2,
    "slo:error_budget_burn:rate3d": 0.5,
}


def rules() -> str:
    """Return rules that record what compiled ones would, and alerts that fire."""
    made = [("api-availability", "", name, value) for name, value in _OF_API.items()]
    made += [
        ("shop-availability", HOSTILE, "slo:error_budget_remaining:ratio", -0.3),
        ("shop-availability", HOSTILE, "slo:sli_error:events_window", 9),
        ("shop-availability", HOSTILE, "slo:window_coverage:ratio", 1),
        ("shop-availability", "tiny", "slo:error_budget_remaining:ratio", -70),
        ("shop-availability", "tiny", "slo:sli_error:events_window", 3),
        ("shop-availability", "south", "slo:error_budget_remaining:ratio", 1),
    ]
    lines = [
        f"  - {{record: '{name}', expr: 'vector({value})', labels: {{slo: {slo}{shop and f', shop: {shop!r}'}}}}}"
        for slo, shop, name, value in made
    ]
    lines += [
        "  - {alert: APIAvailabilityBurnRateInfo, expr: vector(1), labels: {slo: api-availability}}",
        "  - {alert: Unheard, expr: vector(1), labels: {severity: critical, team: sre}}",
    ]
    return "\n".join(("groups:", "- name: objectives", "  rules:", *lines, ""))


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    with prometheus_server(tmp_path_factory.mktemp("prometheus"), rules(), scraped=(SICK,)) as url:
        asked = Prometheus(url)
        eventually("the sick target is known", lambda: any(one.health == "down" for one in asked.targets()))
        eventually("the alerts fire", lambda: asked.query('ALERTS{alertname="Unheard",alertstate="firing"}'))
        yield asked
        asked.close()


@pytest.fixture
async def client(context: Context, prometheus: Prometheus) -> AsyncIterator[httpx.AsyncClient]:
    panels = Panels(prometheus=AskedForCharts(prometheus.url), scrape=1)
    asked = replace(context, catalogue=CATALOGUE, prometheus=prometheus, panels=panels, clock=utc_now)
    transport = httpx.ASGITransport(create(asked), client=("127.0.0.1", 50_000))
    headers = {"Accept": "text/html"}
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8090", headers=headers) as client:
        yield client
    await panels.close()


async def shown(client: httpx.AsyncClient, path: str) -> Document:
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    return Document(answer.text)


def reading(prometheus: Prometheus, *, scale: float = 1) -> Reading:
    """Return how the API's objective stands."""
    return readings(prometheus, CATALOGUE, scale=scale)[0]


def test_an_objective_says_what_fires_next_and_when(prometheus: Prometheus) -> None:
    api = reading(prometheus)

    assert {one.alert: (one.seconds, one.state) for one in api.forecasts} == {
        "APIAvailabilityBurnRateInfo": (pytest.approx(259_200 * 0.5 / 19.5), "firing"),
        "APIAvailabilityBurnRatePage": (pytest.approx(3_600 * 8.4 / 14), ""),
        "APIAvailabilityBurnRateTicket": (pytest.approx(21_600 * 4 / 18), ""),
        "APIAvailabilityBudgetSpike": (None, ""),  # too little of the window is known for that
    }
    assert api.next is not None
    assert api.next.alert == "APIAvailabilityBurnRatePage"
    assert api.budget_lasts == pytest.approx(30 * 86_400 * 0.42 / 20)
    assert (api.burn, api.tone) == (20, "good")
    assert api.indicator == pytest.approx(0.99942)


def test_where_time_passes_faster_everything_happens_sooner(prometheus: Prometheus) -> None:
    api = reading(prometheus, scale=60)

    assert api.next is not None
    assert api.next.seconds == pytest.approx(60 * 8.4 / 14)
    assert api.budget_lasts == pytest.approx(12 * 3_600 * 0.42 / 20)


def test_of_several_groups_the_worst_stands_for_the_objective(prometheus: Prometheus) -> None:
    found = worst(readings(prometheus, CATALOGUE, scale=1))

    assert [(one.state.slo.name, one.tone) for one in found] == [
        ("api-availability", "good"),
        ("api-latency", ""),
        ("shop-availability", "bad"),
    ]
    assert found[2].state.group == {"shop": HOSTILE}


async def test_every_objective_is_listed_with_what_is_left(client: httpx.AsyncClient) -> None:
    page = await shown(client, "/slos")

    assert {f"/slos/{slo.name}" for slo in CATALOGUE.slos} <= set(page.links())
    for part in ("42% left", "99.942%", "less than 1% of 30d", "not known yet", "overspent by 30%", "there are 3"):
        assert part in page.shown, part


async def test_one_objective_is_shown_with_its_rates_alerts_and_what_is_not_known(
    client: httpx.AsyncClient,
) -> None:
    page = await shown(client, "/slos/api-availability")

    for part in (
        "Less than 1% of 30d is known",
        "580 of 1M; 1,000 may be",
        "Lasts 15 h 7 min at this rate",
        "APIAvailabilityBurnRatePage in 36 min",
        "APIAvailabilityBudgetSpike not at this rate",
        "1h 6× 14.4× Page",
        'bad: shop_requests_total{status=~"5.."}',
    ):
        assert part in page.shown, (part, page.shown)
    assert {"/runbooks/slo-api-availability", "/d/api", "/alerts/APIAvailabilityDataAbsent"} <= set(page.links())


async def test_a_group_is_chosen_by_the_address_and_its_name_is_harmless(client: httpx.AsyncClient) -> None:
    worst_one = await shown(client, "/slos/shop-availability")
    south = await shown(client, "/slos/shop-availability?shop=south")
    nowhere = await shown(client, "/slos/shop-availability?shop=nowhere")

    assert "overspent by 30%" in worst_one.shown
    assert HOSTILE in worst_one.shown
    assert "b" not in {tag for tag, _ in worst_one.tags}
    assert f"/slos/shop-availability?shop={quote(HOSTILE, safe='')}" in worst_one.links()
    assert "Shop south" in south.shown
    assert "Nothing is known of this group" in nowhere.shown


async def test_a_few_bad_events_are_shown_and_alarm_nobody(
    client: httpx.AsyncClient, prometheus: Prometheus
) -> None:
    tiny = next(one for one in readings(prometheus, CATALOGUE, scale=1) if one.state.group == {"shop": "tiny"})
    page = await shown(client, "/slos/shop-availability?shop=tiny")

    assert (tiny.few, tiny.tone) == (True, "")
    assert "overspent by 7,000%" in page.shown


async def test_each_chart_on_the_page_has_its_data(client: httpx.AsyncClient) -> None:
    page = await shown(client, "/slos/api-availability")
    addresses = [attributes["data-chart-url"] for tag, attributes in page.tags if tag == "figure"]
    drawn = [(await client.get(address)).json() for address in addresses]

    assert [(one["panel"]["title"], one["data"]["state"]) for one in drawn] == [
        ("Budget left", "ok"),
        ("How fast it burns", "ok"),
        ("Events a second", "empty"),  # these rules record none of this definition
    ]
    assert "from=now-20m" in addresses[0]
    assert [one["name"] for one in drawn[1]["data"]["series"]] == ["5m", "30m", "1h", "6h", "3d"]
    assert [step["value"] for step in drawn[1]["panel"]["thresholds"]] == [None, 1, 6, 14.4]
    assert drawn[2]["data"]["message"] == "there were no events in this time"


async def test_a_chart_shows_all_groups_or_the_one_that_is_named(client: httpx.AsyncClient) -> None:
    every = await client.get("/slos/shop-availability/charts/budget")
    one = await client.get("/slos/shop-availability/charts/budget", params={"shop": HOSTILE})

    assert {each["name"] for each in every.json()["data"]["series"]} == {HOSTILE, "tiny", "south"}
    assert [each["values"][-1] for each in one.json()["data"]["series"]] == [-0.3]


async def test_an_unknown_objective_or_chart_is_not_found(client: httpx.AsyncClient) -> None:
    answer = await client.get("/slos/uptime")

    assert answer.status_code == 404
    assert "known: api-availability, api-latency, shop-availability" in answer.text
    assert (await client.get("/slos/api-availability/charts/else")).status_code == 422


async def test_what_cannot_be_scraped_is_shown_first_with_the_reason(client: httpx.AsyncClient) -> None:
    page = await shown(client, "/targets")

    assert "1 of 2 targets down" in page.shown
    assert page.shown.index(f"http://{SICK}/metrics") < page.shown.rindex("http://127.0.0.1:")
    assert "connection refused" in page.shown
    assert "The catalogue declares api, and this Prometheus has no target of it" in page.shown


async def test_the_first_page_tells_what_is_down_and_what_nobody_heard_of(client: httpx.AsyncClient) -> None:
    page = await shown(client, "/")

    for part in (
        "Nobody is paged, but not all is well",
        "1 of 2 targets down",
        "1 of 3 budgets in trouble",
        "Unheard it fires in Prometheus; Alertmanager has not told on-call yet critical",
        f"prometheus {SICK}",
        "API availability 42% left",
        "Shop availability overspent by 30%",
    ):
        assert part in page.shown, (part, page.shown)
