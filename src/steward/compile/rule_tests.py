"""The files of tests that promtool runs over the rules."""

from collections.abc import Iterable

from steward.compile import yaml
from steward.compile.heading import GENERATED
from steward.compile.proof.script import alert_tests
from steward.compile.proof.world import World, world_of
from steward.compile.slo import slo_tests
from steward.model import Alert, Catalogue, Collection

FOLDER = "tests"


def rule_tests(catalogue: Catalogue, collection: Collection) -> dict[str, bytes]:
    """Return path below Prometheus' configuration -> a file for `promtool test rules`."""
    world = world_of(catalogue, collection)
    ours = {
        f"{FOLDER}/{group.name}.yml": alerts_tested(f"alerts/{group.name}.yml", group.alerts, world, group.title)
        for group in catalogue.alert_groups
    }
    return ours | slo_tests(catalogue, collection)


def alerts_tested(rules: str, alerts: Iterable[Alert], world: World, title: str) -> bytes:
    """Return the tests of some alerts; `rules` is the path of the file in which their rules are."""
    content: dict[str, yaml.Value] = {
        "rule_files": [f"../{rules}"],
        "evaluation_interval": str(world.interval),
        "tests": [test for alert in alerts for test in alert_tests(alert, world)],
    }
    return yaml.dump(content, f"Tests of {title}\n{GENERATED}")
