"""What stands in an address, read back; what our pages never write there names nothing."""

import re
from uuid import UUID

from starlette.requests import Request

from festivals.domain.errors import NotFound

_SLUG = re.compile(r"[a-z0-9](-?[a-z0-9])*")
_SLUG_LENGTH = 40
_HIGHEST_NUMBER = 2**63 - 1


def festival_id(request: Request) -> str:
    """Return the festival that the path names; raises NotFound for what cannot be one."""
    identifier: str = request.path_params["festival_id"]
    if _slug(identifier) is None:
        raise NotFound("no festival is called so")
    return identifier


def after_festival(request: Request) -> str | None:
    """Return the festival after which a list goes on; None for its beginning."""
    return _slug(request.query_params.get("after", ""))


def after_id(request: Request) -> UUID | None:
    """Return the id after which a list goes on; None for its beginning."""
    try:
        return UUID(request.query_params.get("after", ""))
    except ValueError:
        return None


def after_number(request: Request) -> int | None:
    """Return the number after which a list goes on; None for its beginning."""
    text = request.query_params.get("after", "")
    return min(int(text), _HIGHEST_NUMBER) if re.fullmatch(r"[0-9]{1,19}", text) else None


def _slug(text: str) -> str | None:
    return text if len(text) <= _SLUG_LENGTH and _SLUG.fullmatch(text) else None
