"""Accounts and the audit over the API."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from steward.oncall.context import Context
from steward.oncall.domain.states import Role
from steward.oncall.store.tables import account
from steward.testing.visitors import Visitors

pytestmark = pytest.mark.slow

PATH = "/api/v1/monitoring/accounts"
AUDIT = "/api/v1/monitoring/audit"
PASSWORD = "correct horse battery"


async def test_an_account_is_added_without_showing_its_password(visitors: Visitors, context: Context) -> None:
    async with visitors.here() as admin:
        added = await admin.post(PATH, json={"name": "eve", "password": PASSWORD, "role": "responder"})
        listed = await admin.get(PATH)
        audit = await admin.get(AUDIT)
    assert added.status_code == 201
    assert added.json()["role"] == "responder"
    assert added.json().keys() == {"name", "role", "created_at", "disabled_at"}
    assert "argon2" not in added.text + listed.text + audit.text
    assert PASSWORD not in added.text + listed.text + audit.text
    with context.store.read() as connection:
        assert connection.execute(select(account.c.password)).scalar_one().startswith("$argon2id$")


IMPOSSIBLE: list[dict[str, object]] = [
    {"name": "eve"},
    {"name": "eve", "password": "too short"},
    {"name": "eve", "password": "x" * 257},
    {"name": "Eve", "password": PASSWORD},
    {"name": "eve", "password": PASSWORD, "role": "root"},
    {"name": "eve", "password": PASSWORD, "admin": True},
]


async def test_accounts_that_cannot_be(visitors: Visitors) -> None:
    async with visitors.here() as admin:
        for body in IMPOSSIBLE:
            answer = await admin.post(PATH, json=body)
            assert answer.status_code == 422, body
            assert str(body.get("password", "no password")) not in answer.text
        assert (await admin.get(PATH)).json() == {"accounts": []}


async def test_an_account_changes_whole_or_not_at_all(visitors: Visitors) -> None:
    async with visitors.here() as admin:
        await admin.post(PATH, json={"name": "eve", "password": PASSWORD})
        assert (await admin.patch(f"{PATH}/eve", json={"role": "admin", "disabled": False})).status_code == 409
        assert (await admin.get(PATH)).json()["accounts"][0]["role"] == "viewer"
        changed = await admin.patch(f"{PATH}/eve", json={"role": "admin", "disabled": True})
        assert changed.json()["disabled_at"] is not None
        assert (await admin.patch(f"{PATH}/nobody", json={"role": "admin"})).status_code == 404
        assert (await admin.post(PATH, json={"name": "eve", "password": PASSWORD})).status_code == 409


async def test_the_audit_says_who_did_what(visitors: Visitors, token_of: Callable[[Role], str]) -> None:
    async with visitors(token=token_of(Role.ADMIN)) as admin:
        await admin.post(PATH, json={"name": "eve", "password": PASSWORD})
        await admin.patch(f"{PATH}/eve", json={"role": "responder"})
        every = (await admin.get(AUDIT)).json()
        first = (await admin.get(AUDIT, params={"limit": 1})).json()
        second = (await admin.get(AUDIT, params={"limit": 1, "before": first["next"]})).json()
        hers = (await admin.get(AUDIT, params={"actor": "a-admin", "kind": "account"})).json()
        exact = (await admin.get(AUDIT, params={"kind": "account.added"})).json()
        none = (await admin.get(AUDIT, params={"kind": "acc"})).json()
    kinds = [one["kind"] for one in every["events"]]
    assert kinds == ["account.role_changed", "account.added", "token.issued"]
    assert every["next"] is None
    assert [first["events"][0]["kind"], second["events"][0]["kind"]] == kinds[:2]
    assert [one["text"] for one in hers["events"]] == [
        "a-admin made eve a responder",
        "a-admin added the account eve (viewer)",
    ]
    assert [one["kind"] for one in exact["events"]] == ["account.added"]
    assert none["events"] == []
