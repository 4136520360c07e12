"""API tokens: what programs send to be recognised."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from steward.oncall.context import Context
from steward.oncall.domain.states import Role
from steward.oncall.services import tokens
from steward.oncall.web.access import Admin

Name = Annotated[str, Path(min_length=1, max_length=64)]


class TokenView(BaseModel):
    """A token, without what it is."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    role: Role
    created_by: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


class Tokens(BaseModel):
    """Every token, by name."""

    tokens: list[TokenView]


class NewToken(BaseModel):
    """A token to issue."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=64)]
    role: Role = Role.VIEWER
    expires_at: AwareDatetime | None = None


class IssuedToken(BaseModel):
    """A token that was just issued."""

    name: str
    role: Role
    token: Annotated[str, Field(description="Keep it: nobody can show it again.")]


def router(context: Context) -> APIRouter:
    """Return the operations on tokens."""
    routes = APIRouter(tags=["access"])

    @routes.get("/tokens")
    def get_tokens(_caller: Admin) -> Tokens:
        """List the tokens, also the revoked ones."""
        with context.store.read() as connection:
            found = tokens.listed(connection)
        return Tokens(tokens=[TokenView.model_validate(one) for one in found])

    @routes.post("/tokens", status_code=201)
    def issue_token(body: NewToken, caller: Admin) -> IssuedToken:
        """Issue a token; this answer is the only one that shows it."""
        with context.store.write() as connection:
            now = context.clock()
            token = tokens.issue(
                connection, body.name, body.role, actor=caller.name, now=now, expires_at=body.expires_at
            )
        return IssuedToken(name=body.name, role=body.role, token=token)

    @routes.delete("/tokens/{name}", status_code=204)
    def revoke_token(name: Name, caller: Admin) -> None:
        """Make a token useless at once."""
        with context.store.write() as connection:
            tokens.revoke(connection, name, actor=caller.name, now=context.clock())

    return routes
