from fnmatch import fnmatch

import yaml

from steward.compile.prometheus import RULE_FILES
from steward.compile.tree import tree
from steward.model import (
    SLO,
    Alert,
    AlertGroup,
    Catalogue,
    Counter,
    Events,
    Port,
    Ratio,
    RecordingGroup,
    RecordingRule,
    ScrapeJob,
    Service,
    Severity,
    Team,
    above,
    components,
    given,
    level,
    minutes,
)

SRE = Team("sre", "SRE", "first", "second")
ORDERS = Counter("shop_orders_total", "Orders.")
QUEUE = "shop_queue"
SHOP = Catalogue(
    "shop",
    "Shop",
    services=(components.alertmanager("v1"), Service("shop", "Shop", ports=(Port(80),))),
    jobs=(ScrapeJob("shop", "shop", metrics=(ORDERS,)),),
    teams=(SRE,),
    recordings=(
        RecordingGroup(
            "shop.rules", (RecordingRule("shop:orders:rate5m", "sum(rate(shop_orders_total[5m]))", "Orders."),)
        ),
    ),
    alert_groups=(
        AlertGroup(
            "till",
            "Alerts on the till",
            (
                Alert(
                    "QueueLong",
                    Severity.WARNING,
                    SRE,
                    "shop_queue",
                    above(5),
                    "A long queue",
                    "Customers wait.",
                    "queue-long",
                    fires=(given(level(QUEUE, 6), value=6),),
                    silent=(given(level(QUEUE, 5), value=5),),
                    lasting=minutes(10),
                ),
            ),
        ),
    ),
    slos=(
        SLO(
            "orders",
            "Orders",
            Ratio(Events(ORDERS), Events(ORDERS, 'bad="1"')),
            99,
            SRE,
            "Orders succeed.",
            "orders",
        ),
    ),
)


def test_rules_lie_where_prometheus_looks_for_them() -> None:
    files = {path.removeprefix("prometheus/") for path in tree(SHOP) if path.startswith("prometheus/")}

    assert {"alerts/till.yml", "rules/shop.yml", "slos/orders.yml"} <= files
    rules = {path for path in files if path != "prometheus.yml" and not path.startswith("tests/")}
    assert all(any(fnmatch(path, pattern) for pattern in RULE_FILES) for path in rules)
    assert yaml.safe_load(tree(SHOP)["prometheus/prometheus.yml"])["rule_files"] == list(RULE_FILES)


def test_time_scale_shortens_waits_and_leaves_out_the_tests_of_the_rules() -> None:
    files = tree(SHOP, 60)
    rule = yaml.safe_load(files["prometheus/alerts/till.yml"])["groups"][0]["rules"][0]

    assert rule["for"] == "10s"
    assert rule["expr"] == "shop_queue > 5"
    assert not any("/tests/" in path for path in files)


def test_tests_of_the_rules_are_committed_and_not_read_as_rules() -> None:
    tests = [path for path in tree(SHOP) if path.startswith("prometheus/tests/")]

    assert tests
    assert not any(fnmatch(path.removeprefix("prometheus/"), pattern) for path in tests for pattern in RULE_FILES)


def test_every_file_says_that_it_is_compiled() -> None:
    assert [path for path, content in tree(SHOP).items() if b"steward build" not in content] == []
