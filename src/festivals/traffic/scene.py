"""Who is on stage: festivals, people with what they carry, and one person's turn to act."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from festivals.traffic.client import Answer, Client, Request
from festivals.traffic.ledger import Ledger
from festivals.traffic.site import TicketKind


@dataclass(slots=True)
class Festival:
    """A festival that this run has made."""

    id: str
    name: str
    ticket_types: dict[TicketKind, str] = field(default_factory=dict)
    is_open: bool = False
    inside: int = 0
    """People whom its gates let in and not yet out."""

    @property
    def path(self) -> str:
        """Where the API keeps it."""
        return f"/api/v1/festivals/{self.id}"


@dataclass(slots=True)
class Actor:
    """A person and what the platform has given them."""

    name: str
    festival: Festival
    key_prefix: str
    """Of this person's idempotency keys; no other person of any run has it."""
    wallet_id: str | None = None
    ticket_id: str | None = None
    ticket_code: str | None = None
    waved_through: bool = False
    """Let in by hand because the scan got no answer."""
    last_transaction: str | None = None
    last_purchase: tuple[str, int] | None = None
    """(transaction, cents) that a refund can be asked for."""
    unsure: Request | None = None
    """A top-up of which nobody knows whether it went through."""
    _keys: int = 0

    def new_key(self) -> str:
        """Return an idempotency key that was never used."""
        self._keys += 1
        return f"{self.key_prefix}.{self._keys}"


@dataclass(frozen=True, slots=True)
class Scene:
    """What the actors of one day share."""

    api: Client
    admin: Client | None
    actors: Mapping[str, Actor]
    ledger: Ledger


@dataclass(slots=True)
class Turn:
    """One actor acting on one intention."""

    actor: Actor
    scene: Scene
    intended: float | None
    """When the intention's first request was meant to be sent, until that has been sent."""

    @property
    def ledger(self) -> Ledger:
        """Where the run counts."""
        return self.scene.ledger

    async def ask(self, request: Request, client: Client | None = None) -> Answer:
        """Send `request` to the API, or to another server, and return the answer."""
        intended, self.intended = self.intended, None
        return await (client or self.scene.api).ask(request, intended)

    def skip(self) -> None:
        """Count an intention that has nothing to act on."""
        self.ledger.skipped += 1
