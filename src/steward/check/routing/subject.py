"""What the checks of routing are given: a tree, its receivers and inhibitions, and the alerts that come in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from steward.check.finding import Level, Place
from steward.model import Inhibition, Receiver, Route, Routing
from steward.promql.labels import ANYTHING, Inferred, LabelState


@dataclass(frozen=True, slots=True)
class AlertLabels:
    """The labels that an alert can arrive with."""

    name: str
    labels: Inferred

    def of(self, label: str) -> LabelState:
        """Return what is known of a label."""
        return self.labels.label(label)


ANY = AlertLabels("any alert", ANYTHING)
"""Takes the place of alerts that are not known."""


@dataclass(frozen=True, slots=True)
class RoutingSubject:
    """One routing, as a catalogue declares it or a file has it."""

    place: Place
    root: Route
    receivers: Mapping[str, bool]
    """Name -> whether it has a channel."""
    inhibitions: tuple[Inhibition, ...] = ()
    alerts: tuple[AlertLabels, ...] = ()
    """Every alert that comes in; empty where they are not known."""

    @property
    def incoming(self) -> Sequence[AlertLabels]:
        """The alerts to ask with."""
        return self.alerts or (ANY,)


@dataclass(frozen=True, slots=True)
class RoutingProblem:
    """What a check found."""

    level: Level
    what: str
    """The part it is about, e.g. `route 2 to critical`."""
    message: str
    mend: str


def subject_of(routing: Routing, alerts: Iterable[AlertLabels], place: Place) -> RoutingSubject:
    """Return the subject of a routing of a catalogue."""
    return RoutingSubject(place, routing.root, channelled(routing.receivers), routing.inhibitions, tuple(alerts))


def channelled(receivers: Iterable[Receiver]) -> dict[str, bool]:
    """Return name -> whether it has a channel."""
    return {receiver.name: bool(receiver.channels) for receiver in receivers}
