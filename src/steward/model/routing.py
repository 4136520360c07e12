"""Routing: which alerts reach whom, by which channel, and which alerts stay quiet because of others.

The shape is Alertmanager's (https://prometheus.io/docs/alerting/latest/configuration/).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from steward.model.errors import CatalogueError
from steward.model.service import Secret
from steward.promql import Duration
from steward.promql.nodes import MatchOperator
from steward.promql.written import quoted


@dataclass(frozen=True, slots=True)
class LabelMatch:
    """A condition on an alert's label."""

    label: str
    operator: MatchOperator
    value: str

    def __str__(self) -> str:
        return f"{self.label}{self.operator}{quoted(self.value)}"


def where(label: str, value: str) -> LabelMatch:
    """Return the condition that a label has this value."""
    return LabelMatch(label, "=", value)


@dataclass(frozen=True, slots=True)
class Slack:
    """A Slack channel, by an incoming webhook."""

    channel: str
    webhook: Secret


@dataclass(frozen=True, slots=True)
class PagerDuty:
    """A PagerDuty service."""

    key: Secret


@dataclass(frozen=True, slots=True)
class Email:
    """A mailbox."""

    to: str


@dataclass(frozen=True, slots=True)
class Webhook:
    """A service of ours that is told as JSON."""

    service: str
    """Name of the service; where it does not run, nothing is sent."""
    path: str
    token: Secret | None = None


Channel = Slack | PagerDuty | Email | Webhook


@dataclass(frozen=True, slots=True)
class Receiver:
    """A name for one or more channels; without any, alerts end there."""

    name: str
    channels: tuple[Channel, ...] = ()


@dataclass(frozen=True, slots=True)
class Route:
    """A branch of the routing tree; an alert takes the first that matches, and goes on where one says so."""

    receiver: str
    matches: tuple[LabelMatch, ...] = ()
    routes: tuple["Route", ...] = ()
    goes_on: bool = False
    """Try the next routes as well; `continue` in Alertmanager."""
    group_by: tuple[str, ...] | None = None
    group_wait: Duration | None = None
    group_interval: Duration | None = None
    repeat_interval: Duration | None = None

    def walk(self) -> Iterator["Route"]:
        """Yield this route and all below it."""
        yield self
        for route in self.routes:
            yield from route.walk()


@dataclass(frozen=True, slots=True)
class Inhibition:
    """While an alert of the source fires, those of the target that agree with it stay quiet."""

    source: tuple[LabelMatch, ...]
    target: tuple[LabelMatch, ...]
    equal: tuple[str, ...]
    """Labels that must be the same in both."""
    reason: str


@dataclass(frozen=True, slots=True)
class Mail:
    """The server that takes e-mail, as far as it is no secret."""

    smarthost: str
    """host:port"""
    sender: str
    username: str = ""
    password: Secret | None = None


@dataclass(frozen=True, slots=True)
class Routing:
    """The whole of it."""

    root: Route
    receivers: tuple[Receiver, ...]
    inhibitions: tuple[Inhibition, ...] = ()
    mail: Mail | None = None
    """Needed where a receiver has an e-mail channel."""

    def __post_init__(self) -> None:
        names = [receiver.name for receiver in self.receivers]
        if len(set(names)) != len(names):
            raise CatalogueError(f"routing: a receiver is declared twice among {', '.join(names)}")
        for route in self.root.walk():
            if route.receiver not in names:
                raise CatalogueError(
                    f"routing: no receiver is called {route.receiver!r}; known: {', '.join(names)}"
                )
        if self.root.matches:
            raise CatalogueError("routing: the root takes every alert, so it can have no conditions")
        if self.mail is None and any(isinstance(one, Email) for r in self.receivers for one in r.channels):
            raise CatalogueError("routing: a receiver sends e-mail, so say in `mail` which server takes it")

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """Every secret that a channel needs, once."""
        found: list[Secret] = []
        for channel in (channel for receiver in self.receivers for channel in receiver.channels):
            match channel:
                case Slack(webhook=secret) | PagerDuty(key=secret):
                    found.append(secret)
                case Webhook(token=Secret() as secret):
                    found.append(secret)
        if self.mail and self.mail.password:
            found.append(self.mail.password)
        return tuple(dict.fromkeys(found))
