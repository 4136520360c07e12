"""Posted forms: read with a limit, and only from our own pages."""

from urllib.parse import parse_qsl

from starlette.requests import Request

from festivals.admin import csrf
from festivals.admin.forms import Form
from festivals.admin.problems import BAD_FORM, NOT_OUR_FORM, TOO_MUCH, Problem

_LONGEST_BYTES = 16_384
_MOST_FIELDS = 20
_TYPE = "application/x-www-form-urlencoded"


class Refused(Exception):
    """A posted form that is not looked at any further; the problem says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.title)
        self.problem = problem


async def posted(request: Request, tokens: csrf.FormTokens) -> Form:
    """Return what was typed into one of our forms; raises Refused for anything else."""
    if csrf.comes_from_elsewhere(request.headers):
        raise Refused(NOT_OUR_FORM)
    values = _fields(await _body(request), request.headers.get("content-type", ""))
    if not tokens.accepts(request.cookies.get(csrf.COOKIE), values.pop(csrf.FIELD, None)):
        raise Refused(NOT_OUR_FORM)
    return Form(values)


async def _body(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LONGEST_BYTES:
            raise Refused(TOO_MUCH)
    return body


def _fields(body: bytes, content_type: str) -> dict[str, str]:
    if content_type.partition(";")[0].strip().lower() != _TYPE:
        raise Refused(BAD_FORM)
    try:
        text = body.decode("ascii")
        return dict(parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS))
    except ValueError:
        raise Refused(BAD_FORM) from None
