"""What happens in the tests of an alert."""

from collections.abc import Iterator

from steward.compile.proof.series import Phase
from steward.compile.proof.sides import check_sides, halfway, passes
from steward.compile.proof.story import Expected, Story
from steward.compile.proof.windows import Reach, reach
from steward.compile.proof.world import World
from steward.model import Alert, Example

_MARGIN = 2
"""Intervals after which rates hold nothing of an earlier state."""


def alert_tests(alert: Alert, world: World) -> Iterator[Expected]:
    """Yield the tests of one alert, as promtool reads them."""
    check_sides(alert)
    if not alert.silent:
        yield _always(alert, world)
        return
    looks = reach(alert)
    for number, example in enumerate(alert.fires, start=1):
        if looks.width is not None and not passes(alert, halfway(alert, example)):
            yield _half_a_window(alert, world, looks, number, example)
        yield _life(alert, world, looks, number, example)
    for number, example in enumerate(alert.silent, start=1):
        yield _silence(alert, world, looks, number, example)


def _half_a_window(alert: Alert, world: World, looks: Reach, number: int, example: Example) -> Expected:
    whole, warm = world.steps(looks.widest), _warm(world, looks)
    calm = alert.silent[0]
    story = Story(
        alert,
        world,
        (
            Phase(calm, 2 * warm),
            Phase(example, max(whole // 2, 1)),
            Phase(calm, warm + _MARGIN),
            Phase(example, whole + _MARGIN),
            Phase(calm, warm + world.steps(alert.keep_firing) + _MARGIN),
        ),
    )
    quiet = story.ends(1) if looks.shifted else story.ends(2)
    return story.test(
        f"half a window of trouble is not enough, a whole one is, example {number}",
        values=[
            story.nothing(warm, quiet),
            story.active(story.ends(3)),
            story.nothing(story.ends(4), story.ends(4)),
        ],
    )


def _life(alert: Alert, world: World, looks: Reach, number: int, example: Example) -> Expected:
    warm, whole, keep = _warm(world, looks), world.steps(looks.widest), world.steps(alert.keep_firing)
    calm = alert.silent[0]
    story = Story(
        alert,
        world,
        (
            Phase(calm, 2 * warm),
            Phase(example, whole + world.steps(alert.lasting) + 2 * _MARGIN),
            Phase(calm, whole + keep + 2 * _MARGIN),
        ),
    )
    end, last = story.ends(1), story.ends(2)
    goes_on = keep + _lingering(alert, whole, looks) - 1
    return story.test(
        f"fires, example {number}",
        alerts=[story.firing(end, example), story.over(last)],
        values=[
            story.nothing(warm, story.ends(0)),
            *story.value(end, example),
            *([story.pending(1)] if world.steps(alert.lasting) else []),
            story.waited(1),
            *([story.active(end + goes_on)] if goes_on > 0 else []),
            story.nothing(last, last),
        ],
    )


def _silence(alert: Alert, world: World, looks: Reach, number: int, example: Example) -> Expected:
    warm = _warm(world, looks)
    story = Story(alert, world, (Phase(example, 2 * warm + world.steps(alert.lasting) + _MARGIN),))
    end = story.ends(0)
    return story.test(
        f"silent, example {number}",
        alerts=[story.over(end)],
        values=[*story.value(end, example), story.nothing(warm, end)],
    )


def _always(alert: Alert, world: World) -> Expected:
    story = Story(alert, world, (Phase(alert.fires[0], world.steps(alert.lasting) + _MARGIN),))
    return story.test("always fires", alerts=[story.firing(story.ends(0), alert.fires[0])], values=[])


def _warm(world: World, looks: Reach) -> int:
    """Return after how many intervals every window is full; earlier an expression may come to anything."""
    return world.steps(looks.longest) + _MARGIN


def _lingering(alert: Alert, whole: int, looks: Reach) -> int:
    """Return for how many intervals the rest of the trouble in the window surely keeps the alert active.

    Known where calm lies at the threshold itself, e.g. no failure at all: then the least trouble makes it active
    at once, which cannot tell how long the window is; but it stays active while a window holds any, which can.
    """
    at_threshold = alert.threshold is not None and alert.silent[0].value == alert.threshold.value
    return whole * 3 // 4 if looks.width is not None and not looks.shifted and at_threshold else 0
