"""What on-call says of a real Prometheus: rules, objectives and the summary."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import httpx
import pytest

from steward.model import SLO, Catalogue, RecordingGroup, RecordingRule
from steward.oncall.context import Context
from steward.oncall.errors import Unavailable
from steward.oncall.prometheus import Prometheus
from steward.oncall.services.objectives import ObjectiveState, objectives
from steward.oncall.services.summary import measured
from steward.oncall.web.app import create
from steward.testing.ports import free_port
from steward.testing.prometheus import prometheus_server
from steward.testing.shop import AVAILABILITY, GROUPED, shop_with

pytestmark = pytest.mark.slow

RULES = """\
groups:
- name: shop.rules
  rules:
  - {record: "shop:load:ratio", expr: "vector(0.25)"}
  - {record: "shop:idle:ratio", expr: "vector(0) / 0"}
- name: shop.alerts
  rules:
  - {alert: Quiet, expr: "vector(0) > 1", for: 5m, labels: {severity: warning}}
  - {alert: Loud, expr: "vector(1)", labels: {severity: critical}, annotations: {summary: "It is loud"}}
- name: shop.broken
  rules:
  - {record: "shop:broken:ratio", expr: "label_replace(vector(1), \\"a b\\", \\"x\\", \\"\\", \\"\\")"}
- name: objectives
  rules:
  - {record: "slo:error_budget_remaining:ratio", expr: "vector(0.4)", labels: {slo: api-availability}}
  - {record: "slo:window_coverage:ratio", expr: "vector(0.5)", labels: {slo: api-availability}}
  - {record: "slo:sli_total:events_window", expr: "vector(10000)", labels: {slo: api-availability}}
  - {record: "slo:sli_error:events_window", expr: "vector(6)", labels: {slo: api-availability}}
  - {record: "slo:error_budget_burn:rate1h", expr: "vector(20)", labels: {slo: api-availability}}
  - {record: "slo:error_budget_burn:rate5m", expr: "vector(15)", labels: {slo: api-availability}}
  - {record: "slo:error_budget_burn:rate6h", expr: "vector(20)", labels: {slo: api-availability}}
  - {record: "slo:error_budget_burn:rate30m", expr: "vector(5)", labels: {slo: api-availability}}
  - {record: "slo:error_budget_burn:rate3d", expr: "vector(0) / 0", labels: {slo: api-availability}}
  - {record: "slo:error_budget_remaining:ratio", expr: "vector(-1)", labels: {slo: shop-availability, shop: north}}
  - {record: "slo:error_budget_remaining:ratio", expr: "vector(1)", labels: {slo: shop-availability, shop: south}}
  - {record: "slo:error_budget_remaining:ratio", expr: "vector(1)", labels: {slo: of-somebody-else}}
"""
FIGURES = RecordingGroup(
    "shop.rules",
    (
        RecordingRule("shop:load:ratio", "vector(0.25)", "How busy the shop is."),
        RecordingRule("shop:idle:ratio", "vector(0) / 0", "Nobody knows."),
    ),
)


def shop(*slos: SLO) -> Catalogue:
    return replace(shop_with(*slos), recordings=(FIGURES,))


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with prometheus_server(tmp_path_factory.mktemp("prometheus"), RULES) as address:
        yield address


@pytest.fixture
def prometheus(url: str) -> Iterator[Prometheus]:
    asked = Prometheus(url)
    yield asked
    asked.close()


def test_rules_have_their_state_health_and_time(prometheus: Prometheus) -> None:
    rules = {rule.name: rule for rule in prometheus.rules()}

    assert (rules["Quiet"].state, rules["Quiet"].for_seconds, rules["Quiet"].alerts) == ("inactive", 300, 0)
    assert (rules["Loud"].state, rules["Loud"].alerts, rules["Loud"].annotations) == (
        "firing",
        1,
        {"summary": "It is loud"},
    )
    assert (rules["shop:load:ratio"].kind, rules["shop:load:ratio"].health) == ("recording", "ok")
    assert rules["shop:broken:ratio"].health == "err"
    assert "a b" in rules["shop:broken:ratio"].last_error


def test_objective_has_its_budget_and_what_burns_it(prometheus: Prometheus) -> None:
    (state,) = objectives(prometheus, shop(AVAILABILITY))

    assert (state.budget_remaining, state.coverage, state.events, state.bad_events) == (0.4, 0.5, 10_000, 6)
    assert [(burn.level, burn.long, burn.short, burn.burning) for burn in state.burn_rates] == [
        ("Page", 20, 15, True),
        ("Ticket", 20, 5, False),
        ("Info", None, 20, False),
    ]


def test_each_group_of_an_objective_stands_for_itself(prometheus: Prometheus) -> None:
    found: list[ObjectiveState] = objectives(prometheus, shop(GROUPED))

    assert [(dict(one.group), one.budget_remaining) for one in found] == [
        ({"shop": "north"}, -1),
        ({"shop": "south"}, 1),
    ]


def test_objective_of_which_nothing_is_recorded_is_unknown_and_not_missing(prometheus: Prometheus) -> None:
    (state,) = objectives(prometheus, shop(replace(AVAILABILITY, name="api-latency")))

    assert state.budget_remaining is None
    assert state.coverage is None
    assert not any(burn.burning for burn in state.burn_rates)


def test_summary_tells_figures_and_targets(prometheus: Prometheus) -> None:
    said = measured(prometheus, shop(AVAILABILITY))

    assert said.problem is None
    assert [(one.rule.name, one.value) for one in said.figures] == [("shop:load:ratio", 0.25)]
    assert [(one.job, one.up, one.total) for one in said.targets] == [("prometheus", 1, 1)]
    assert len(said.objectives) == 1


def test_summary_says_that_prometheus_does_not_answer() -> None:
    silent = Prometheus(f"http://127.0.0.1:{free_port()}")

    said = measured(silent, shop(AVAILABILITY))

    assert said.problem is not None
    assert silent.url in said.problem
    assert said.figures == ()
    silent.close()


def test_mistake_in_an_expression_is_what_prometheus_says_of_it(prometheus: Prometheus) -> None:
    with pytest.raises(Unavailable, match=r"answered 400: .*parse error"):
        prometheus.query("sum(")


@pytest.fixture
async def client(context: Context, prometheus: Prometheus) -> AsyncIterator[httpx.AsyncClient]:
    asked = replace(context, catalogue=shop(AVAILABILITY, GROUPED), prometheus=prometheus)
    transport = httpx.ASGITransport(create(asked), client=("127.0.0.1", 50_000))
    async with httpx.AsyncClient(
        transport=transport, base_url="http://127.0.0.1:8090/api/v1/monitoring"
    ) as client:
        yield client


async def test_rules_can_be_asked_for_by_kind_and_state(client: httpx.AsyncClient) -> None:
    async def names(**query: str) -> set[str]:
        return {rule["name"] for rule in (await client.get("/rules", params=query)).json()["rules"]}

    assert await names(kind="alerting") == {"Quiet", "Loud"}
    assert await names(state="firing") == {"Loud"}
    assert await names(kind="recording", state="firing") == set()
    assert await names() > {"Loud", "shop:load:ratio"}


async def test_one_objective_is_shown_by_name_and_an_unknown_one_is_named(client: httpx.AsyncClient) -> None:
    groups = (await client.get("/slos/shop-availability")).json()["slos"]
    unknown = await client.get("/slos/uptime")

    assert [(one["group"], one["budget_remaining"]) for one in groups] == [
        ({"shop": "north"}, -1),
        ({"shop": "south"}, 1),
    ]
    assert unknown.status_code == 404
    assert "known: api-availability, shop-availability" in unknown.json()["detail"]


async def test_summary_is_one_answer(client: httpx.AsyncClient) -> None:
    summary = (await client.get("/summary")).json()

    assert summary["figures"] == [{"name": "shop:load:ratio", "meaning": "How busy the shop is.", "value": 0.25}]
    assert summary["targets"] == [{"job": "prometheus", "up": 1, "total": 1}]
    assert [one["name"] for one in summary["slos"]] == [
        "api-availability",
        "shop-availability",
        "shop-availability",
    ]
    assert summary["problem"] is None
