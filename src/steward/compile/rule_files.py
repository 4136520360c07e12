"""Every file of rules that Prometheus evaluates."""

from steward.compile.alerts import alert_files
from steward.compile.recordings import recording_files
from steward.compile.rules import RuleFile
from steward.compile.scale import scaled_file
from steward.compile.slo import slo_files
from steward.model import Catalogue, Collection


def rule_files(catalogue: Catalogue, collection: Collection, scale: float = 1) -> tuple[RuleFile, ...]:
    """Return the files for one way of collecting; every length of time in them is divided by `scale`."""
    declared = (*recording_files(catalogue), *alert_files(catalogue))
    if scale != 1:
        declared = tuple(scaled_file(file, scale, collection) for file in declared)
    return (*declared, *slo_files(catalogue, collection, scale))
