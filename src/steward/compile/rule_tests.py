"""The files of tests that promtool runs over the rules."""

from steward.compile import yaml
from steward.compile.heading import GENERATED
from steward.compile.proof.script import alert_tests
from steward.compile.proof.world import World, world_of
from steward.compile.slo import slo_tests
from steward.model import AlertGroup, Catalogue, Collection

FOLDER = "tests"


def rule_tests(catalogue: Catalogue, collection: Collection) -> dict[str, bytes]:
    """Return path below Prometheus' configuration -> a file for `promtool test rules`."""
    world = world_of(catalogue, collection)
    ours = {f"{FOLDER}/{group.name}.yml": _tests(group, world) for group in catalogue.alert_groups}
    return ours | slo_tests(catalogue, collection)


def _tests(group: AlertGroup, world: World) -> bytes:
    tests = [test for alert in group.alerts for test in alert_tests(alert, world)]
    return yaml.dump(
        {
            "rule_files": [f"../alerts/{group.name}.yml"],
            "evaluation_interval": str(world.interval),
            "tests": tests,
        },
        f"Tests of {group.title}\n{GENERATED}",
    )
