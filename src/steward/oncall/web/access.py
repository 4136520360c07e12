"""Who may call a route: `Viewer`, `Responder` or `Admin` as the type of a parameter says it.

    def acknowledge(page_id: int, caller: Responder) -> ...:

Whoever asks is recognised by an API token (`Authorization: Bearer`), by the cookie of a session, or by asking from
this machine. A session proves besides, where something is changed, that one of our own forms asks: by the form's
field `csrf` or the header `X-CSRF-Token`. Nothing is ever read from a query string.
"""

import secrets
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Annotated, cast

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from steward.oncall.context import Context
from steward.oncall.domain.states import Role
from steward.oncall.services import sessions, tokens
from steward.oncall.services.sessions import Session
from steward.oncall.settings import OnCallSettings
from steward.oncall.web.caller import Caller
from steward.oncall.web.origin import SAFE_METHODS, from_this_machine
from steward.program.web.guards import FORM

LOCAL = "local"
"""The name of whoever asks from this machine."""
CSRF_FIELD = "csrf"
CSRF_HEADER = "X-CSRF-Token"

Dependency = Callable[[Request], Awaitable[Caller]]

_NO_CALLER = "send the header Authorization: Bearer with an API token, or log in"
_BAD_TOKEN = "the API token is unknown, expired or revoked"  # noqa: S105 - a sentence
_NO_CSRF = f"the form is not ours or older than its session; load it again, or send its token as {CSRF_HEADER}"


def context_of(request: Request) -> Context:
    """Return the parts of the service that answers."""
    return cast("Context", request.app.state.context)


async def recognise(request: Request) -> Caller | None:
    """Return who asks, or None for nobody known; raises HTTPException 401 and 403.

    A wrong token is refused even where without any the caller would be trusted.
    """
    context = context_of(request)
    if "authorization" in request.headers:
        return await run_in_threadpool(_by_token, context, bearer(request))
    cookie = request.cookies.get(cookie_name(context.settings))
    session = await run_in_threadpool(_session, context, cookie) if cookie else None
    if session is not None:
        await _expect_our_form(request, session)
        request.state.csrf = session.csrf
        return Caller(session.account, session.role, "session")
    if context.settings.trust_loopback and from_this_machine(request):
        return Caller(LOCAL, Role.ADMIN, "loopback")
    return None


def bearer(request: Request) -> str:
    """Return the token of the header `Authorization`; empty where there is none, several, or another scheme."""
    given = request.headers.getlist("authorization")
    scheme, _, token = given[0].partition(" ") if len(given) == 1 else ("", "", "")
    return token.strip() if scheme.lower() == "bearer" else ""


def csrf_of(request: Request) -> str:
    """Return what a form must carry in its field `csrf`; empty where no session needs it."""
    return cast("str", getattr(request.state, "csrf", ""))


def cookie_name(settings: OnCallSettings) -> str:
    """Return the name of the session's cookie; over https the browser itself sees that no other host sets it."""
    return "__Host-steward-oncall" if is_https(settings) else "steward-oncall"


def is_https(settings: OnCallSettings) -> bool:
    """Tell whether people reach the service over https."""
    return settings.public_url.startswith("https://")


def _at_least(role: Role) -> Dependency:
    async def dependency(request: Request) -> Caller:
        caller = await recognise(request)
        if caller is None:
            raise _unauthorized(_NO_CALLER)
        if not caller.role.covers(role):
            detail = f"this takes the role {role}; {caller.name} has {caller.role}"
            raise HTTPException(HTTPStatus.FORBIDDEN, detail)
        return caller

    return dependency


async def watcher(request: Request) -> Caller:
    """Return who asks for probes and metrics: a viewer, or the monitoring itself.

    That is known by the webhook's token, and on this machine without any, also where else nobody here is trusted:
    the stack could not see otherwise that the service is ready.
    """
    if has_webhook_token(request):
        return Caller("alertmanager", Role.VIEWER, "token")
    if "authorization" not in request.headers and from_this_machine(request):
        return Caller(LOCAL, Role.VIEWER, "loopback")
    return await viewer(request)


def has_webhook_token(request: Request) -> bool:
    """Tell whether the request carries the token that Alertmanager sends; never, where none is set."""
    expected = context_of(request).settings.webhook_token
    return bool(expected) and secrets.compare_digest(bearer(request).encode(), (expected or "").encode())


viewer = _at_least(Role.VIEWER)
responder = _at_least(Role.RESPONDER)
admin = _at_least(Role.ADMIN)

ROLES: dict[Dependency, Role] = {
    watcher: Role.VIEWER,
    viewer: Role.VIEWER,
    responder: Role.RESPONDER,
    admin: Role.ADMIN,
}
"""The role that each dependency asks for."""

Watcher = Annotated[Caller, Depends(watcher)]
"""Somebody who may read the probes and the metrics."""
Viewer = Annotated[Caller, Depends(viewer)]
"""Somebody who may look at everything but accounts and tokens."""
Responder = Annotated[Caller, Depends(responder)]
"""Somebody who may act on pages, silences, schedules and incidents."""
Admin = Annotated[Caller, Depends(admin)]
"""Somebody who may besides give and take access, and read the audit."""


def _by_token(context: Context, token: str) -> Caller:
    with context.store.read() as connection:
        found = tokens.find(connection, token, now=context.clock()) if token else None
    if found is None:
        raise _unauthorized(_BAD_TOKEN)
    return Caller(found.name, found.role, "token")


def _session(context: Context, cookie: str) -> Session | None:
    with context.store.read() as connection:
        return sessions.find(connection, cookie, now=context.clock())


async def _expect_our_form(request: Request, session: Session) -> None:
    if request.method in SAFE_METHODS:
        return
    given: object = request.headers.get(CSRF_HEADER)
    if given is None and request.headers.get("content-type", "").partition(";")[0].strip().lower() == FORM:
        given = (await request.form()).get(CSRF_FIELD)
    if not isinstance(given, str) or not secrets.compare_digest(given.encode(), session.csrf.encode()):
        raise HTTPException(HTTPStatus.FORBIDDEN, _NO_CSRF)


def _unauthorized(detail: str) -> HTTPException:
    return HTTPException(HTTPStatus.UNAUTHORIZED, detail, headers={"WWW-Authenticate": "Bearer"})
