"""Recording rules, as the catalogue declares them."""

from steward.compile.rules import Recorded, RuleFile, RuleGroup
from steward.model import Catalogue, RecordingGroup


def recording_files(catalogue: Catalogue) -> tuple[RuleFile, ...]:
    """Return the file of the catalogue's recording rules, if it has any."""
    if not catalogue.recordings:
        return ()
    groups = tuple(_group(group) for group in catalogue.recordings)
    return (RuleFile(f"rules/{catalogue.name}.yml", f"Recording rules of {catalogue.title}", groups),)


def _group(group: RecordingGroup) -> RuleGroup:
    rules = tuple(Recorded(rule.name, rule.expr.strip(), rule.labels, rule.accepts) for rule in group.rules)
    return RuleGroup(group.name, rules)
