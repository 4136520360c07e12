"""What a request must pass before anything looks at it: pure ASGI, because every request pays for each layer."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from steward.program.web.problems import Problem, Problems

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Bodies:
    """Which bodies a path takes."""

    media_type: str
    largest: int
    """Bytes."""

    def objection(self, headers: Headers) -> Problem | None:
        """Return what speaks against a body by its headers alone."""
        length = headers.get("content-length")
        if (length is None and "transfer-encoding" not in headers) or length == "0":
            return None
        if length is not None and int(length) > self.largest:
            return Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, self.too_large)
        if headers.get("content-type", "").partition(";")[0].strip().lower() != self.media_type:
            detail = f"send the body as Content-Type: {self.media_type}"
            return Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, detail)
        return None

    @property
    def too_large(self) -> str:
        """What is said of a body over the limit."""
        return f"the body is larger than {self.largest} bytes"


class LastResort:
    """Answers 500 for an exception that nothing inside expected."""

    def __init__(self, app: ASGIApp, *, problems: Problems) -> None:
        self._app = app
        self._problems = problems

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and answer where an exception comes back before a response was begun."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def note(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, note)
        except Exception as error:
            problem = self._problems.unexpected(scope, error)
            if begun:
                raise
            await problem(scope, receive, send)


class BodyGuard:
    """Lets only small bodies of one media type pass."""

    def __init__(self, app: ASGIApp, *, problems: Problems, bodies: Callable[[str], Bodies]) -> None:
        """Ask `bodies` with the path of each request that may have a body."""
        self._app = app
        self._problems = problems
        self._bodies = bodies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, or answer 413 or 415."""
        if scope["type"] != "http" or scope["method"] in {"GET", "HEAD"}:
            await self._app(scope, receive, send)
            return
        bodies = self._bodies(scope["path"])
        problem = bodies.objection(Headers(scope=scope))
        if problem is not None:
            await self._problems.refuse(scope, problem)(scope, receive, send)
            return
        await self._app(scope, _limited(receive, bodies), send)


def _limited(receive: Receive, bodies: Bodies) -> Receive:
    """Return `receive` with an end: raises HTTPException 413 when more comes than was announced, or allowed."""
    total = 0

    async def counted() -> Message:
        nonlocal total
        message = await receive()
        total += len(message.get("body", b""))
        if total > bodies.largest:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, bodies.too_large)
        return message

    return counted
