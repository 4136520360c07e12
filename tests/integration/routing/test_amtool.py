"""Where alerts go, asked of `receivers_for` and of the real Alertmanager's own tool."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from steward.check.routing import receivers_for
from steward.compile.alertmanager import alertmanager_yml
from steward.compile.placement import containers
from steward.model import Catalogue, LabelMatch, Receiver, Route, Routing

pytestmark = pytest.mark.slow

LABELS = ("severity", "team", "slo")
VALUES = ("critical", "warning", "a", "ab", "a.b", "")
PATTERNS = ("a", "a.*", "a|b", ".+", ".*", "crit", "critical|warning", r"a\.b", "(a|w).+", "[a-c]+", "")

matchers = st.builds(
    LabelMatch, st.sampled_from(LABELS), st.sampled_from(("=", "!=")), st.sampled_from(VALUES)
) | (st.builds(LabelMatch, st.sampled_from(LABELS), st.sampled_from(("=~", "!~")), st.sampled_from(PATTERNS)))


def routes(depth: int) -> st.SearchStrategy[Route]:
    branches = st.lists(routes(depth - 1), max_size=3).map(tuple) if depth else st.just(())
    return st.builds(
        Route,
        receiver=st.sampled_from(("r1", "r2", "r3", "r4")),
        matches=st.lists(matchers, max_size=2).map(tuple),
        routes=branches,
        goes_on=st.booleans(),
    )


roots = st.builds(Route, receiver=st.just("root"), routes=st.lists(routes(1), max_size=4).map(tuple))
label_sets = st.dictionaries(st.sampled_from(LABELS), st.sampled_from(VALUES))


@given(root=roots, labels=label_sets)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_alerts_go_where_alertmanager_sends_them(root: Route, labels: dict[str, str], tmp_path: Path) -> None:
    names = sorted({route.receiver for route in root.walk()})
    shop = Catalogue("shop", "Shop", routing=Routing(root, tuple(Receiver(name) for name in names)))
    path = tmp_path / "alertmanager.yml"
    path.write_bytes(alertmanager_yml(shop, containers(shop)))

    answer = subprocess.run(
        [
            "amtool",
            "config",
            "routes",
            "test",
            f"--config.file={path}",
            *(f"{k}={v}" for k, v in labels.items() if v),
        ],
        capture_output=True,
        text=True,
        check=True,
    )

    assert receivers_for(root, labels) == tuple(answer.stdout.strip().split(","))
