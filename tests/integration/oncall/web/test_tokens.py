"""API tokens: shown once, kept as a digest, of no use after their end."""

import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import select

from steward.oncall.context import Context
from steward.oncall.domain.states import Role
from steward.oncall.errors import Conflict, Invalid
from steward.oncall.services import accounts, passwords, tokens
from steward.oncall.store.database import Store
from steward.oncall.store.tables import event, token
from steward.testing.oncall import MovableClock
from steward.testing.visitors import Visitors

pytestmark = pytest.mark.slow

PATH = "/api/v1/monitoring/tokens"
ME = "/api/v1/monitoring/me"


async def test_a_token_is_shown_once_and_kept_as_its_digest(visitors: Visitors, context: Context) -> None:
    async with visitors.here() as admin:
        answer = await admin.post(PATH, json={"name": "ci", "role": "responder"})
        shown = answer.json()["token"]
        listed = (await admin.get(PATH)).text
        audit = (await admin.get("/api/v1/monitoring/audit", params={"kind": "token"})).text
    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "no-store"
    assert len(shown.removeprefix("oncall_")) == 43, "256 bits"
    assert shown not in listed + audit
    with context.store.read() as connection:
        kept = connection.execute(select(token)).one()
        assert kept.digest == hashlib.sha256(shown.encode()).hexdigest()
        assert shown not in repr(kept)
    async with visitors(token=shown) as program:
        assert (await program.get(ME)).json() == {"name": "ci", "role": "responder", "via": "token"}


async def test_a_revoked_token_is_useless_at_once(visitors: Visitors) -> None:
    async with visitors.here() as admin:
        shown = (await admin.post(PATH, json={"name": "ci"})).json()["token"]
        async with visitors(token=shown) as program:
            assert (await program.get(ME)).status_code == 200
            assert (await admin.delete(f"{PATH}/ci")).status_code == 204
            assert (await program.get(ME)).status_code == 401
        assert (await admin.delete(f"{PATH}/ci")).status_code == 409
        assert (await admin.delete(f"{PATH}/other")).status_code == 404
        assert (await admin.get(PATH)).json()["tokens"][0]["revoked_at"] is not None


async def test_a_token_ends_when_it_says(visitors: Visitors, clock: MovableClock) -> None:
    async with visitors.here() as admin:
        ends = clock() + timedelta(hours=1)
        body = {"name": "ci", "expires_at": ends.isoformat()}
        shown = (await admin.post(PATH, json=body)).json()["token"]
        past = await admin.post(PATH, json={"name": "old", "expires_at": clock().isoformat()})
    assert past.status_code == 422
    async with visitors(token=shown) as program:
        clock.forward(timedelta(minutes=59))
        assert (await program.get(ME)).status_code == 200
        clock.forward(timedelta(minutes=1))
        assert (await program.get(ME)).status_code == 401


SPELLINGS = ["Basic {}", "{}", "Bearer", "Bearer ", "Bearer {}x", "Bearer  x {}", "Token {}", "Bearer ü{}"]


async def test_other_spellings_are_refused(visitors: Visitors) -> None:
    async with visitors.here() as admin:
        shown = (await admin.post(PATH, json={"name": "ci"})).json()["token"]
        for value in SPELLINGS:
            answer = await admin.get(ME, headers={b"Authorization": value.format(shown).encode("latin-1")})
            assert answer.status_code == 401, value


async def test_two_tokens_at_once_are_none(visitors: Visitors) -> None:
    async with visitors.here() as admin:
        shown = (await admin.post(PATH, json={"name": "ci"})).json()["token"]
        header = ("Authorization", f"Bearer {shown}")
        assert (await admin.get(ME, headers=[header, header])).status_code == 401


async def test_names_that_nobody_can_have(visitors: Visitors) -> None:
    async with visitors.here() as admin:
        for name in ("", "Ann", "a b", "-a", "a" * 65, "steward", "local", "ä", "a/b"):
            assert (await admin.post(PATH, json={"name": name})).status_code == 422, name


def test_a_name_means_one_in_the_audit(store: Store, clock: MovableClock) -> None:
    hashed = passwords.hashed("a password of length")
    with store.write() as connection:
        tokens.issue(connection, "ci", Role.VIEWER, actor="test", now=clock())
        accounts.add(connection, "ann", hashed, Role.VIEWER, actor="test", now=clock())
        with pytest.raises(Conflict):
            accounts.add(connection, "ci", hashed, Role.VIEWER, actor="test", now=clock())
        with pytest.raises(Conflict):
            tokens.issue(connection, "ann", Role.VIEWER, actor="test", now=clock())
        with pytest.raises(Invalid):
            tokens.issue(connection, "alertmanager", Role.VIEWER, actor="test", now=clock())


def test_the_same_token_twice_is_a_conflict_that_spoils_nothing(store: Store, clock: MovableClock) -> None:
    with store.write() as connection:
        tokens.keep(connection, "one", "the same", Role.VIEWER, actor="test", now=clock())
        with pytest.raises(Conflict):
            tokens.keep(connection, "two", "the same", Role.VIEWER, actor="test", now=clock())
    with store.read() as connection:
        assert [one.name for one in tokens.listed(connection)] == ["one"]
        assert len(connection.execute(select(event.c.id)).all()) == 1
