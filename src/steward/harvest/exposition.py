"""Families of an exposition: a metric with all its series."""

from dataclasses import dataclass, field

from steward.harvest.errors import NotAnExposition
from steward.harvest.lines import Said, Sample, read_line

__all__ = ["Family", "Sample", "read_exposition"]

TYPES = frozenset(
    {"counter", "gauge", "histogram", "summary", "untyped", "unknown", "info", "stateset", "gaugehistogram"}
)
_PARTS = {
    "histogram": ("_bucket", "_sum", "_count", "_created"),
    "gaugehistogram": ("_bucket", "_gsum", "_gcount"),
    "summary": ("_sum", "_count", "_created"),
    "counter": ("_total", "_created"),
    "info": ("_info",),
}
"""What samples add to the name of their family."""


@dataclass(slots=True)
class Family:
    """A metric as it is exposed."""

    name: str
    """As `# TYPE` writes it; OpenMetrics leaves `_total` out."""
    kind: str = "untyped"
    help: str = ""
    samples: list[Sample] = field(default_factory=list)


def read_exposition(text: str) -> tuple[Family, ...]:
    """Return the families in the order in which they are met; raises NotAnExposition."""
    if text.lstrip()[:1] == "<":
        raise NotAnExposition(0, "this is a web page; metrics usually lie at /metrics")
    families: dict[str, Family] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        match read_line(line, number):
            case Said() as said:
                _say(families, said, number)
            case Sample() as sample:
                _family_of(families, sample.name).samples.append(sample)
    found = tuple(family for family in families.values() if family.samples)
    if not found:
        raise NotAnExposition(0, "there is no sample of any metric in it")
    return found


def _say(families: dict[str, Family], said: Said, number: int) -> None:
    family = families.setdefault(said.name, Family(said.name))
    if said.what == "HELP":
        family.help = said.text
        return
    if said.text not in TYPES:
        raise NotAnExposition(number, f"metric {said.name}: {said.text!r} is no type of metric")
    if family.samples:
        raise NotAnExposition(number, f"metric {said.name}: its type comes after its samples")
    family.kind = said.text


def _family_of(families: dict[str, Family], name: str) -> Family:
    """Return the family that a sample belongs to, a new one where none was announced."""
    for kind, suffixes in _PARTS.items():
        for suffix in suffixes:
            family = families.get(name.removesuffix(suffix)) if name.endswith(suffix) else None
            if family is not None and family.kind == kind:
                return family
    return families.setdefault(name, Family(name))
