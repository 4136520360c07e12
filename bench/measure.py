"""Figures: several ways measured in turn, in one run, as medians and ratios."""

import json
import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True, slots=True)
class Measured:
    """What one way gave, round by round."""

    name: str
    unit: str
    rounds: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.rounds)


def in_turn(ways: Mapping[str, Callable[[], float]], *, rounds: int, unit: str, terse: str = "") -> list[Measured]:
    """Run every way once a round, so that what disturbs the machine disturbs all of them.

    Each figure is told as it comes; with `terse`, a title for them all, only each round is.
    """
    console = Console(stderr=True)
    figures: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(1, rounds + 1):
        if terse:
            console.print(f"{terse}: round {number}/{rounds}", highlight=False)
        for name, way in ways.items():
            figure = way()
            if not terse:
                console.print(f"round {number}/{rounds}  {name}: {figure:.3f} {unit}", highlight=False)
            figures[name].append(figure)
    return [Measured(name, unit, tuple(values)) for name, values in figures.items()]


def report(title: str, measured: list[Measured], *, base: str) -> None:
    """Print medians and their ratios to `base`, and write the raw figures to results/<title>.json."""
    against = next(one for one in measured if one.name == base).median
    table = Table("way", "median", "lowest", "highest", f"ratio to {base}", title=title)
    for one in measured:
        cells = (one.median, min(one.rounds), max(one.rounds))
        table.add_row(one.name, *(f"{cell:.3f} {one.unit}" for cell in cells), f"{one.median / against:.2f}")
    Console().print(table)
    RESULTS.mkdir(exist_ok=True)
    content = {one.name: {"unit": one.unit, "median": one.median, "rounds": one.rounds} for one in measured}
    (RESULTS / f"{title}.json").write_text(json.dumps(content, indent=2) + "\n")
