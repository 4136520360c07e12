"""On which side of an alert's threshold its examples lie, and what their tests therefore cannot see."""

import math
from collections.abc import Iterator

from steward.model import Alert, CatalogueError, Comparison, Example


def passes(alert: Alert, value: float | None) -> bool:
    """Tell whether a value is wrong; one that is not known counts as wrong."""
    if alert.threshold is None or value is None:
        return True
    bound = alert.threshold.value
    match alert.threshold.comparison:
        case Comparison.ABOVE:
            return value > bound
        case Comparison.BELOW:
            return value < bound
        case Comparison.EQUAL:
            return math.isclose(value, bound)


def halfway(alert: Alert, example: Example) -> float | None:
    """Return what the expression comes to where half a window holds trouble; None where that is not known."""
    calm = alert.silent[0].value
    return None if example.value is None or calm is None else (example.value + calm) / 2


def check_sides(alert: Alert) -> None:
    """Raise CatalogueError where an example's value says the opposite of what the example is for."""
    for example in alert.fires:
        if alert.threshold is not None and example.value is None:
            raise CatalogueError(f"alert {alert.name}: say in a firing example what the expression comes to")
        _check_side(alert, example, fires=True)
    for example in alert.silent if alert.provided is None else ():
        _check_side(alert, example, fires=False)


def _check_side(alert: Alert, example: Example, *, fires: bool) -> None:
    if alert.threshold is None or example.value is None or passes(alert, example.value) == fires:
        return
    state = "firing" if fires else "silent"
    raise CatalogueError(
        f"alert {alert.name}: a {state} example has the value {example.value:g}, which "
        f"{alert.threshold.comparison.value} {alert.threshold.value:g} makes {'silent' if fires else 'firing'}"
    )


def blind_spots(alert: Alert) -> Iterator[tuple[str, str]]:
    """Yield which mistakes in an alert its examples cannot show, each with what to change."""
    threshold = alert.threshold
    if threshold is None or threshold.value == 0 or threshold.comparison is Comparison.EQUAL:
        return
    above = threshold.comparison is Comparison.ABOVE
    tight, loose = (alert.fires, alert.silent) if above else (alert.silent, alert.fires)
    state, other = ("firing", "silent") if above else ("silent", "firing")
    double, half = 2 * threshold.value, threshold.value / 2
    if not any(value < double for value in _values(tight)):
        yield "a threshold twice as high", f"give a {state} example with a value below {double:g}"
    if not any(value > half for value in _values(loose)):
        yield "a threshold half as high", f"give a {other} example with a value above {half:g}"


def _values(examples: tuple[Example, ...]) -> list[float]:
    return [example.value for example in examples if example.value is not None]
