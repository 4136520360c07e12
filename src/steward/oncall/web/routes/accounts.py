"""Accounts: who may log in, and as what."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field

from steward.oncall.context import Context
from steward.oncall.domain.states import Role
from steward.oncall.services import accounts, passwords
from steward.oncall.web.access import Admin, Viewer

Name = Annotated[str, Path(min_length=1, max_length=64)]
Password = Annotated[str, Field(min_length=passwords.SHORTEST, max_length=passwords.LONGEST)]


class CallerView(BaseModel):
    """Who asks, as the service sees it."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    role: Role
    via: str


class AccountView(BaseModel):
    """An account, without anything of its password."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    role: Role
    created_at: datetime
    disabled_at: datetime | None


class Accounts(BaseModel):
    """Every account, by name."""

    accounts: list[AccountView]


class NewAccount(BaseModel):
    """An account to add."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=64)]
    password: Password
    role: Role = Role.VIEWER


class AccountChange(BaseModel):
    """What shall be different; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    password: Password | None = None
    role: Role | None = None
    disabled: bool | None = None


def router(context: Context) -> APIRouter:
    """Return the operations on accounts."""
    routes = APIRouter(tags=["access"])

    @routes.get("/me")
    def get_caller(caller: Viewer) -> CallerView:
        """Tell who the service takes you for."""
        return CallerView.model_validate(caller)

    @routes.get("/accounts")
    def get_accounts(_caller: Admin) -> Accounts:
        """List the accounts, also the disabled ones."""
        with context.store.read() as connection:
            found = accounts.listed(connection)
        return Accounts(accounts=[AccountView.model_validate(one) for one in found])

    @routes.post("/accounts", status_code=201)
    def add_account(body: NewAccount, caller: Admin) -> AccountView:
        """Let somebody log in."""
        password = passwords.hashed(body.password)
        with context.store.write() as connection:
            now = context.clock()
            accounts.add(connection, body.name, password, body.role, actor=caller.name, now=now)
            return AccountView.model_validate(accounts.named(connection, body.name))

    @routes.patch("/accounts/{name}")
    def change_account(name: Name, body: AccountChange, caller: Admin) -> AccountView:
        """Change a password or a role, disable or enable; a new password and disabling end its sessions."""
        password = None if body.password is None else passwords.hashed(body.password)
        with context.store.write() as connection:
            now = context.clock()
            if password is not None:
                accounts.change_password(connection, name, password, actor=caller.name, now=now)
            if body.role is not None:
                accounts.change_role(connection, name, body.role, actor=caller.name, now=now)
            if body.disabled is not None:
                switch = accounts.disable if body.disabled else accounts.enable
                switch(connection, name, actor=caller.name, now=now)
            return AccountView.model_validate(accounts.named(connection, name))

    return routes
