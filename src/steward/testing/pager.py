"""On-call as a whole in one process, with a clock that is moved by hand and receivers that check what they get.

    pager.fire("APIDown")
    pager.expects(ANN, by=LOUD)
    pager.forward(minutes(15))
    pager.expects(LEA, by=LOUD)

Alerts come in as Alertmanager's webhook, and messages go out over sockets. Nothing happens by itself: time passes
when it is moved.
"""

import asyncio
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast

import httpx
from sqlalchemy import func, select

from steward.model import Person, Way
from steward.oncall.context import Context
from steward.oncall.deliver.channels import channels
from steward.oncall.deliver.verdict import Delivered
from steward.oncall.domain.incoming import IncomingAlert
from steward.oncall.domain.states import Kind, OutboxState, PageState
from steward.oncall.services import intake, paging, sending
from steward.oncall.services.notifications import compose
from steward.oncall.services.people import everybody
from steward.oncall.store import outbox
from steward.oncall.store.outbox import OutboxRow
from steward.oncall.store.tables import event, page
from steward.oncall.store.tables import outbox as outbox_table
from steward.oncall.web.app import create
from steward.promql import Duration
from steward.testing.oncall import MovableClock, incoming, webhook
from steward.testing.receivers import Post, Received, pressed
from steward.testing.visitors import Visitors

ROOM = "#incidents"
LOUD = (Way.PAGERDUTY, Way.SLACK, Way.EMAIL)

_LINK = re.compile(r"^(Acknowledge|Resolve): (\S+)$", re.MULTILINE)
_ASKED = re.compile(r"^Please answer: ([^,]+),", re.MULTILINE)
_AT_ONCE = 50
_SECONDS = 60.0
"""Long, because a test may share its machine with many others."""


@dataclass(slots=True)
class Pager:
    """What a scenario speaks to."""

    context: Context
    clock: MovableClock
    post: Post
    failures: list[str] = field(default_factory=list, init=False)
    """Why attempts to tell somebody failed."""
    _seen: int = field(default=0, init=False)

    def fire(self, *names: str, **labels: str) -> None:
        """Let alerts of these names fire, and do what that makes due."""
        self.hears(_alert(name, self.clock.now, labels, firing=True) for name in names)

    def ends(self, *names: str, **labels: str) -> None:
        """Let alerts of these names end."""
        self.hears(_alert(name, self.clock.now, labels, firing=False) for name in names)

    def hears(self, alerts: Iterable[IncomingAlert]) -> None:
        """Take a webhook with these alerts, and do what it makes due."""
        body = json.dumps(webhook(alerts)).encode()
        intake.receive(self.context.store, body, now=self.clock.now, catalogue=self.context.catalogue)
        self.work()

    def forward(self, by: Duration) -> None:
        """Let so much time pass: whatever becomes due on the way is done at its time."""
        self.until(self.clock.now + timedelta(milliseconds=by.milliseconds))

    def until(self, end: datetime) -> None:
        """Let time pass until then."""
        while (due := self._next_due(end)) is not None:
            self.clock.now = due
            self.work()
        self.clock.now = end
        self.work()

    def asleep(self, by: Duration) -> None:
        """Let so much time pass while on-call is down; then it starts again."""
        self.clock.forward(timedelta(milliseconds=by.milliseconds))
        self.work()

    def work(self) -> None:
        """Do what is due now, until nothing is."""
        context = self.context
        busy = True
        while busy:
            with context.store.write() as connection:
                done = paging.advance(connection, now=self.clock.now, catalogue=context.catalogue, limit=_AT_ONCE)
            with context.store.write() as connection:
                rows = outbox.lease(connection, owner="pager", now=self.clock.now, limit=_AT_ONCE)
            asyncio.run(self._send(rows))
            busy = done.more or bool(rows)

    def expects(self, *who: Person, by: Iterable[Way], kind: Kind = Kind.PAGE) -> list[Received]:
        """Return what arrived since the last question: exactly one message for each of them by each way."""
        wanted = sorted((person.name, way.value, kind.value) for person in who for way in by)
        return self._expect(wanted)

    def expects_answer(self, kind: Kind, *, by: Iterable[Way], mailboxes: Iterable[Person] = ()) -> list[Received]:
        """Return what arrived since the last question: that it was answered, once by each way and mailbox."""
        wanted = [("", way.value, kind.value) for way in by if way is not Way.EMAIL]
        wanted += [(person.name, Way.EMAIL.value, kind.value) for person in mailboxes]
        return self._expect(sorted(wanted))

    def expects_nothing(self) -> None:
        """Nothing arrived since the last question."""
        self._expect([])

    def presses(self, person: Person, message: Received, action: str) -> httpx.Response:
        """Let somebody press a button in Slack; return what Slack is answered."""
        headers, body = pressed(message, action, at=self.clock.now, user=person.slack)
        return self.asks("POST", "/slack/actions", content=body, headers=headers)

    def follows(self, mail: Received, action: str, *, method: str = "POST") -> httpx.Response:
        """Let whoever reads the mail open its link, or press the button there with POST."""
        links = dict(_LINK.findall(mail.text))
        return self.asks(method, httpx.URL(links[action]).path)

    def asks(self, method: str, path: str, **request: object) -> httpx.Response:
        """Ask the application from elsewhere, without a log-in; then do what that makes due."""

        async def ask() -> httpx.Response:
            async with Visitors(create(self.context))() as client:
                return await client.request(method, path, **request)  # type: ignore[arg-type]

        answer = asyncio.run(ask())
        self.work()
        return answer

    def timeline(self, kind: str) -> list[tuple[str, str]]:
        """Return who did it and what is written, of each event of that kind."""
        with self.context.store.read() as connection:
            rows = connection.execute(
                select(event.c.actor, event.c.text).where(event.c.kind == kind).order_by(event.c.id)
            )
            return [(row.actor, row.text) for row in rows]

    def _expect(self, wanted: list[tuple[str, str, str]]) -> list[Received]:
        if self.post.problems:
            raise AssertionError(f"malformed: {self.post.problems}")
        letters = self.post.received[self._seen :]
        self._seen += len(letters)
        found = sorted((self._name(one), one.way.value, one.kind.value) for one in letters)
        if found != wanted:
            raise AssertionError(f"expected {wanted}, and {found} arrived; failed: {self.failures}")
        return letters

    def _name(self, letter: Received) -> str:
        """Return the name of who is told; empty for a message to everybody there."""
        people = everybody(self.context.catalogue)
        match letter.way:
            case Way.EMAIL:
                return next(one.name for one in people if one.email == letter.to)
            case Way.SLACK:
                told = _ASKED.search(letter.text)
                title = told[1] if told else ""
            case _:
                title = letter.content["payload"]["custom_details"].get("told", "").partition(",")[0]
        return next((one.name for one in people if one.title == title), "")

    async def _send(self, rows: list[OutboxRow]) -> None:
        context, ways = self.context, channels(self.context.settings, seconds=_SECONDS)
        for row in rows:
            with context.store.read() as connection:
                told = compose(
                    connection,
                    row,
                    catalogue=context.catalogue,
                    settings=context.settings,
                    now=self.clock.now,
                )
            verdict = await ways[row.way].send(told)
            if not isinstance(verdict, Delivered):
                self.failures.append(verdict.why)
            with context.store.write() as connection:
                sending.mark(connection, row, verdict, now=self.clock.now)

    def _next_due(self, end: datetime) -> datetime | None:
        now = self.clock.now
        pending = outbox_table.c.state == OutboxState.PENDING
        open_pages = page.c.state != PageState.RESOLVED
        moments: list[datetime] = []
        with self.context.store.read() as connection:
            for column, which in (
                (page.c.next_at, open_pages),
                (page.c.closes_at, open_pages),
                (outbox_table.c.due_at, pending),
            ):
                first = connection.execute(
                    select(func.min(column, type_=column.type)).where(which, column > now, column <= end)
                ).scalar()
                if first is not None:
                    moments.append(cast("datetime", first))
        return min(moments, default=None)


def _alert(name: str, now: datetime, labels: Mapping[str, str], *, firing: bool) -> IncomingAlert:
    return incoming(name, firing, starts_at=now, **labels)  # type: ignore[arg-type]
