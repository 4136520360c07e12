"""Some days of a platform that is watched, scrape by scrape, with the truth about them.

Pods are redeployed every day one after the other, and one of them crashes: their counters start again. A series
is not there before its first event, unless the pods are said to begin all of theirs at 0. Festival weekends
bring sixty requests a second, nights none, or fourteen an hour of which 15 % fail. For two hours nobody scrapes.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

DAY = 86_400
START = 1_717_372_800
"""A Monday at midnight."""
_GOOD = (("200", 0.9), ("201", 0.08), ("404", 0.02))
_BAD = ("500", "503")
_ROUTES = 13
_FEW = 300
"""So many events or fewer in a scrape are thrown one by one; more are spread evenly."""


@dataclass(slots=True)
class Truth:
    """What happened, whoever saw it."""

    total: int = 0
    bad: int = 0

    def budget_used(self, objective: float) -> float:
        return self.bad / self.total / (1 - objective / 100)


@dataclass(slots=True)
class Pod:
    """The counters of one pod; the good ones first."""

    name: str
    good: list[float]
    bad: list[int]
    up: bool = True

    def restart(self) -> int:
        """Begin anew; return how many good events it had counted."""
        counted = sum(map(int, self.good))
        self.good = [0.0] * len(self.good)
        self.bad = [0] * len(self.bad)
        return counted


@dataclass(slots=True)
class Platform:
    """The platform, day after day."""

    days: int
    scrape: int
    pods: int = 8
    from_zero: bool = False
    """Whether a pod exposes every series from its start, at 0."""
    truth: Truth = field(default_factory=Truth)
    _random: random.Random = field(default_factory=lambda: random.Random(7))
    _pods: list[Pod] = field(default_factory=list)
    _weights: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        routes = [1 / (number + 1) for number in range(_ROUTES)]
        self._weights = [route / sum(routes) * share / self.pods for route in routes for _, share in _GOOD]
        good, bad = _ROUTES * len(_GOOD), _ROUTES * len(_BAD)
        self._pods = [Pod(f"pod-{number}", [0.0] * good, [0] * bad) for number in range(self.pods)]

    @property
    def series(self) -> int:
        """How many raw series there are when each label has been seen."""
        return self.pods * _ROUTES * (len(_GOOD) + len(_BAD))

    def labels(self) -> list[str]:
        """Return the labels of each series of events, pod by pod."""
        statuses = [status for status, _ in _GOOD]
        return [
            f'{{instance="{pod.name}",job="api",path="/r{route}",status="{status}"}}'
            for pod in self._pods
            for group in (statuses, _BAD)
            for route in range(_ROUTES)
            for status in group
        ]

    def scrapes(self, day: int) -> Iterator[tuple[int, list[int], list[int]]]:
        """Yield each scrape that takes place: its time, the values of the series, and which pods are up.

        A series that is not there has the value -1.
        """
        for second in range(self.scrape, DAY + 1, self.scrape):
            self._pass(day, second)
            if self._scraped(day, second):
                yield START + day * DAY + second, self._values(), [int(pod.up) for pod in self._pods]

    def finish(self) -> Truth:
        """Return the truth at the end."""
        self.truth.total += sum(pod.restart() for pod in self._pods) + self.truth.bad
        return self.truth

    def _values(self) -> list[int]:
        values: list[int] = []
        for pod in self._pods:
            if pod.up:
                values.extend(map(int, pod.good))
                values.extend(pod.bad)
            else:
                values.extend([-1] * (len(pod.good) + len(pod.bad)))
        return values if self.from_zero else [value or -1 for value in values]

    def _pass(self, day: int, second: int) -> None:
        rate, share = self._load(day, second)
        self._deploy(day, second, rate, share)
        events = self._drawn(rate * self.scrape)
        bad = min(events, self._drawn(events * share))
        self._fail(bad)
        self._succeed(events - bad)

    def _fail(self, events: int) -> None:
        for _ in range(events):
            pod = self._random.choice(self._pods)
            pod.bad[self._random.randrange(len(pod.bad))] += 1
        self.truth.bad += events

    def _succeed(self, events: int) -> None:
        if events > _FEW:
            for pod in self._pods:
                if pod.up:
                    pod.good = [
                        value + events * weight for value, weight in zip(pod.good, self._weights, strict=True)
                    ]
            return
        for _ in range(events):
            pod = self._random.choice(self._pods)
            pod.good[self._random.randrange(len(pod.good))] += 1

    def _deploy(self, day: int, second: int, rate: float, share: float) -> None:
        """Restart the pods whose turn it is; what they counted since the last scrape nobody ever sees."""
        for number, pod in enumerate(self._pods):
            pod.up = True
            since = second - (9 * 3600 + number % 32 * 420)
            crashes = number == day % self.pods and 0 <= second - 15 * 3600 < self.scrape
            if not (0 <= since < self.scrape or crashes):
                continue
            unseen = self._drawn(rate * self.scrape / 2 / self.pods)
            self.truth.total += pod.restart() + unseen
            unseen_bad = min(unseen, self._drawn(unseen * share))
            self.truth.bad += unseen_bad
            self.truth.total -= unseen_bad
            pod.up = crashes

    def _load(self, day: int, second: int) -> tuple[float, float]:
        """Return requests a second, and which share of them fails."""
        hour = second / 3600
        if self._festival(day):
            if 20 <= hour < 20 + 1 / 3 and day % 7 != 5:
                return 60, 0.02
            return (60, 0.0006) if hour >= 12 else (5, 0.0006)
        if hour < 6:
            return (14 / 3600, 0.15) if day % 2 else (0, 0)
        return 1, 0.0004

    def _festival(self, day: int) -> bool:
        return day == 1 if self.days < 7 else day // 7 % 2 == 1 and day % 7 >= 4

    def _scraped(self, day: int, second: int) -> bool:
        return not (day == int(self.days * 0.6) and 10 <= second / 3600 < 12)

    def _drawn(self, mean: float) -> int:
        """Return a number of events that come by chance."""
        if mean > 50:
            return max(0, round(self._random.gauss(mean, mean**0.5)))
        limit, count, product = 2.718281828459045**-mean, 0, self._random.random()
        while product > limit:
            count += 1
            product *= self._random.random()
        return count
