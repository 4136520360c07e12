"""Ours beside the others: ratios, their limits, and whether they are met."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from measure import Measured
from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Comparison:
    """One thing measured in every way."""

    title: str
    ours: Measured
    others: Sequence[Measured]
    limits: Mapping[str, float] = field(default_factory=dict)
    """By the other's name: the greatest that ours may be, as a part of it."""
    ceiling: float | None = None
    """The greatest that ours may be by itself, in its unit."""
    failed: Mapping[str, str] = field(default_factory=dict)
    """Ways that could not be measured, and why."""

    def __post_init__(self) -> None:
        unknown = self.limits.keys() - {other.name for other in self.others} - self.failed.keys()
        assert not unknown, f"{self.title}: a limit for what was not measured: {', '.join(unknown)}"

    def ratio(self, other: Measured) -> float:
        """Return ours as a part of `other`."""
        return self.ours.median / other.median

    @property
    def unmet(self) -> list[str]:
        """What is not as good as it must be, one line each."""
        lines = []
        limited = [other for other in self.others if other.name in self.limits]
        if min(one.median for one in (self.ours, *limited)) <= 0:
            lines.append(f"{self.title}: too much else went on on this machine; nothing can be said")
        if self.ceiling is not None and self.ours.median > self.ceiling:
            unit = self.ours.unit
            lines.append(f"{self.title}: {self.ours.median:.3g} {unit}, at most {self.ceiling:g} {unit}")
        for other in limited:
            ratio, limit = self.ratio(other), self.limits[other.name]
            if ratio > limit:
                lines.append(f"{self.title}: {ratio:.3f} of {other.name}, at most {limit:.3f}")
        lines += [
            f"{self.title}: {name} failed, so nothing can be said" for name in self.limits if name in self.failed
        ]
        return lines

    def figures(self) -> dict[str, object]:
        """Return everything, as JSON."""
        return {
            "title": self.title,
            "unit": self.ours.unit,
            "ceiling": self.ceiling,
            "ways": [
                {
                    "name": one.name,
                    "median": one.median,
                    "rounds": list(one.rounds),
                    "ours as a part of it": None if one is self.ours else self.ratio(one),
                    "limit": self.limits.get(one.name),
                }
                for one in (self.ours, *self.others)
            ],
            "failed": dict(self.failed),
            "unmet": self.unmet,
        }


def show(comparisons: Iterable[Comparison]) -> None:
    """Print the one table."""
    table = Table(
        "way", "median", "lowest to highest", "ours / it", "limit", "", title="Instruments beside their peers"
    )
    for comparison in comparisons:
        table.add_section()
        table.add_row(f"[bold]{comparison.title}")
        table.add_row(
            *_cells(comparison.ours), "1", *_verdict(comparison.ours.median, comparison.ceiling, absolute=True)
        )
        for other in sorted(comparison.others, key=lambda one: one.median):
            ratio = comparison.ratio(other)
            verdict = _verdict(ratio, comparison.limits.get(other.name))
            table.add_row(
                *_cells(other), f"{ratio:.3f}" if min(other.median, comparison.ours.median) > 0 else "", *verdict
            )
        for name, why in comparison.failed.items():
            table.add_row(f"  {name}", "failed", why.strip().rsplit("\n", 1)[-1][:60])
    Console(width=None if Console().is_terminal else 140).print(table)


def _cells(one: Measured) -> tuple[str, str, str]:
    low, high = min(one.rounds), max(one.rounds)
    return f"  {one.name}", f"{one.median:,.4g} {one.unit}", f"{low:,.4g} to {high:,.4g}"


def _verdict(figure: float, limit: float | None, *, absolute: bool = False) -> tuple[str, str]:
    if limit is None:
        return "", ""
    return f"{limit:g}" if absolute else f"{limit:.3f}", "[green]met" if figure <= limit else "[bold red]not met"
