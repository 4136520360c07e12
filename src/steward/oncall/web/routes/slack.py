"""What Slack calls when somebody presses a button under a message; its app's `Interactivity` leads here."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Depends, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from steward.oncall.context import Context
from steward.oncall.deliver.allow_list import AllowList
from steward.oncall.deliver.http import Outgoing
from steward.oncall.errors import OnCallError
from steward.oncall.services.answers import answer
from steward.oncall.services.people import in_slack
from steward.oncall.settings import SLACK_SIGNING_SECRET
from steward.oncall.web.slack_requests import Pressed, genuine, pressed

PATH = "/slack/actions"

_REFUSED = f"this is not signed by Slack, or older than five minutes; see {SLACK_SIGNING_SECRET.variable}"


def router(context: Context) -> APIRouter:
    """Return the route. Slack's signature is what lets a request in: it needs no log-in."""
    routes = APIRouter(include_in_schema=False)
    outgoing = Outgoing(AllowList.of(context.settings))

    @routes.post(PATH)
    def act(request: Request, body: Annotated[bytes, Depends(_body)], after: BackgroundTasks) -> Response:
        """Answer a page in the name of who pressed; what does not work is told to that person alone."""
        secret = context.settings.slack_signing_secret
        if not genuine(secret, request.headers, body, now=context.clock()):
            raise HTTPException(HTTPStatus.UNAUTHORIZED, _REFUSED)
        button = pressed(body)
        problem = _act(context, button)
        if problem and button.response_url:
            after.add_task(_say, outgoing, button.response_url, problem)
        return Response()

    return routes


def _act(context: Context, button: Pressed) -> str:
    """Return what speaks against it; empty when it is done, or nothing was to do."""
    if button.action is None or button.page_id is None:
        return ""
    person = in_slack(context.catalogue, button.member)
    actor = person.name if person else f"slack:{button.member}"
    now, catalogue = context.clock(), context.catalogue
    try:
        with context.store.write() as connection:
            problem = answer(connection, button.page_id, button.action, actor=actor, now=now, catalogue=catalogue)
    except OnCallError as error:
        return str(error)
    context.wake()
    return problem


async def _say(outgoing: Outgoing, url: str, text: str) -> None:
    content = {"response_type": "ephemeral", "replace_original": False, "text": text}
    await outgoing.post(url, content, called="Slack")


async def _body(request: Request) -> bytes:
    return await request.body()
