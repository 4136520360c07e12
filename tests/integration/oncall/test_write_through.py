"""What became of a command is kept, unless it was about a spare."""

from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest

from steward.oncall.alertmanager import Alertmanagers
from steward.oncall.domain.matchers import Matcher
from steward.oncall.domain.observed import SilencePhase
from steward.oncall.domain.silencing import Command, Create, Expire, Seen, Silence, Wish
from steward.oncall.domain.states import SilenceKind
from steward.oncall.services.write_through import carry_out, note
from steward.oncall.store import silences
from steward.oncall.store.database import Store
from steward.testing.oncall import MONDAY

A, B = "http://a", "http://b"
HOUR = timedelta(hours=1)
WISH = Wish(SilenceKind.MAINTENANCE, (Matcher("team", "sre"),), MONDAY, MONDAY + HOUR, "known", "ann")


@pytest.fixture
def alertmanagers() -> Iterator[Alertmanagers]:
    """Give two, of which only the first answers."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.host == "b":
            raise httpx.ConnectError("refused", request=request)
        return httpx.Response(200, json={"silenceID": "new"})

    asked = Alertmanagers((A, B), httpx.Client(transport=httpx.MockTransport(answer)))
    yield asked
    asked.close()


def kept(store: Store, **observed: Seen) -> Silence:
    with store.write() as connection:
        made = silences.put(connection, WISH, key="0" * 32, now=MONDAY)
        silences.observe(connection, made.id, {f"http://{name}": seen for name, seen in observed.items()})
        found = silences.get(connection, made.id)
    assert found is not None
    return found


def after(store: Store, alertmanagers: Alertmanagers, silence: Silence, *commands: Command) -> dict[str, Seen]:
    outcomes = carry_out(alertmanagers, commands, now=MONDAY - HOUR)
    with store.write() as connection:
        note(connection, outcomes)
        found = silences.get(connection, silence.id)
    assert found is not None
    return dict(found.observed)


def test_what_was_made_is_kept_and_what_could_not_be_told_says_why(
    store: Store, alertmanagers: Alertmanagers
) -> None:
    silence = kept(store)
    seen = after(store, alertmanagers, silence, Create(A, silence), Create(B, silence))
    assert seen[A] == Seen("new", SilencePhase.PENDING)
    assert (seen[B].id, seen[B].phase) == ("", None)
    assert "does not answer" in seen[B].problem


def test_what_was_ended_is_kept(store: Store, alertmanagers: Alertmanagers) -> None:
    active = Seen("one", SilencePhase.ACTIVE)
    silence = kept(store, a=active, b=active)
    seen = after(store, alertmanagers, silence, Expire(A, "one", silence), Expire(B, "one", silence))
    assert seen[A] == Seen("one", SilencePhase.EXPIRED)
    assert seen[B].holds
    assert "does not answer" in seen[B].problem


def test_the_end_of_a_spare_hides_nothing(store: Store, alertmanagers: Alertmanagers) -> None:
    active = Seen("one", SilencePhase.ACTIVE)
    silence = kept(store, a=active)
    assert after(store, alertmanagers, silence, Expire(A, "two", silence)) == {A: active}
