"""Cases about the status, and about being counted at all."""

from collections.abc import AsyncIterator

from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from steward.testing.http_semantics.case import At, Case, Trial, hello
from steward.testing.http_semantics.hanging import Hanging, endless

_CLIENT_CLOSED = 499


class _Broken(Exception):
    """What an endpoint raises."""


async def _unhandled_exception(trial: Trial) -> None:
    answer = await trial.client(trial.app(At("/items/{item}", _raise))).get("/items/1")
    await trial.counted(("GET", "/items/{item}", 500, 1))
    trial.check(
        f"expected the exception to be raised; got {answer.error!r}", holds=isinstance(answer.error, _Broken)
    )


async def _handled_exception(trial: Trial) -> None:
    async def teapot(_request: Request) -> Response:
        raise HTTPException(418)

    async def conflict(_request: Request, _error: Exception) -> Response:
        return PlainTextResponse("conflict", status_code=409)

    app = trial.app(At("/tea/{cup}", teapot), At("/items/{item}", _raise))
    app.add_exception_handler(_Broken, conflict)
    client = trial.client(app)
    await client.get("/tea/1")
    await client.get("/items/1")
    await trial.counted(("GET", "/items/{item}", 409, 1), ("GET", "/tea/{cup}", 418, 1))


async def _exception_after_start(trial: Trial) -> None:
    async def halves() -> AsyncIterator[str]:
        yield "half"
        raise _Broken

    async def half(_request: Request) -> Response:
        return StreamingResponse(halves())

    await trial.client(trial.app(At("/items/{item}", half))).get("/items/1")
    await trial.counted(("GET", "/items/{item}", 200, 1))


async def _failing_background_task(trial: Trial) -> None:
    async def fail() -> None:
        raise _Broken

    async def answer(_request: Request) -> Response:
        return PlainTextResponse("done", background=BackgroundTask(fail))

    await trial.client(trial.app(At("/items/{item}", answer))).get("/items/1")
    await trial.counted(("GET", "/items/{item}", 200, 1))


async def _disconnect(trial: Trial) -> None:
    client = trial.client(trial.app(At("/items/{item}", endless)))
    for send_fails in (False, True):
        call = client.start("GET", "/items/1", send_fails=send_fails)
        await call.begun()
        call.leave()
        await call.end()
    await trial.counted(("GET", "/items/{item}", _CLIENT_CLOSED, 2))


async def _disconnect_while_sending(trial: Trial) -> None:
    async def read(request: Request) -> Response:
        return PlainTextResponse(str(len(await request.body())))

    call = trial.client(trial.app(At("/items/{item}", read, ("POST",)))).start("POST", "/items/1", body=())
    call.leave()
    await call.end()
    await trial.counted(("POST", "/items/{item}", _CLIENT_CLOSED, 1))


async def _disconnect_after_the_end(trial: Trial) -> None:
    async def answer(request: Request) -> Response:
        await request.body()
        return PlainTextResponse("done", background=BackgroundTask(request.is_disconnected))

    await trial.client(trial.app(At("/items/{item}", answer))).get("/items/1")
    await trial.counted(("GET", "/items/{item}", 200, 1))


async def _cancelled(trial: Trial) -> None:
    hanging = Hanging()
    call = trial.client(trial.app(At("/items/{item}", hanging.answer))).start("GET", "/items/1")
    await hanging.arrived(1)
    call.cancel()
    await call.end()
    await trial.counted(("GET", "/items/{item}", _CLIENT_CLOSED, 1))


async def _concurrent(trial: Trial) -> None:
    hanging = Hanging()

    async def missing(_request: Request) -> Response:
        await hanging.wait()
        return PlainTextResponse("nothing", status_code=404)

    app = trial.app(At("/items/{item}", hanging.answer), At("/gone/{item}", missing))
    client = trial.client(app)
    calls = [client.start("GET", f"/{('items', 'gone')[number % 2]}/{number}") for number in range(50)]
    await hanging.arrived(len(calls))
    hanging.go_on()
    for call in calls:
        await call.end()
    await trial.counted(("GET", "/gone/{item}", 404, 25), ("GET", "/items/{item}", 200, 25))


async def _in_flight(trial: Trial) -> None:
    hanging = Hanging()
    app = trial.app(
        At("/hanging", hanging.answer),
        At("/hello", hello),
        At("/raises", _raise),
        At("/endless", endless),
    )
    client = trial.client(app)
    for path in ("/hello", "/raises", "/nowhere"):
        await client.get(path)
        await trial.in_flight(0, f"after {path}")
    held, cancelled, left = (client.start("GET", path) for path in ("/hanging", "/hanging", "/endless"))
    await hanging.arrived(2)
    await left.begun()
    await trial.in_flight(3, "during three requests")
    cancelled.cancel()
    await cancelled.end()
    await trial.in_flight(2, "after one was cancelled")
    left.leave()
    await left.end()
    await trial.in_flight(1, "after a client left")
    hanging.go_on()
    await held.end()
    await trial.in_flight(0, "after all")


async def _raise(_request: Request) -> Response:
    raise _Broken


OUTCOMES = (
    Case("unhandled-exception", "An exception nobody handles", "500; it is raised on.", _unhandled_exception),
    Case(
        "handled-exception",
        "HTTPException, and an exception with a handler",
        "The status of the answer made of it.",
        _handled_exception,
    ),
    Case(
        "exception-after-start",
        "An exception after the response began",
        "The status that was sent, once.",
        _exception_after_start,
    ),
    Case(
        "failing-background-task",
        "A background task that fails",
        "The status that was sent, once.",
        _failing_background_task,
    ),
    Case("disconnect", "The client leaves a stream", "499, not the status that was begun.", _disconnect),
    Case(
        "disconnect-while-sending",
        "The client leaves while it sends its body",
        "499.",
        _disconnect_while_sending,
    ),
    Case(
        "disconnect-after-the-end",
        "The client leaves after the last byte",
        "The status that was sent.",
        _disconnect_after_the_end,
    ),
    Case("cancelled", "The request is cancelled", "499.", _cancelled),
    Case("concurrent", "50 requests at once", "Each one under its own labels.", _concurrent),
    Case(
        "in-flight",
        "Requests in flight",
        "Each from its start to its end, however it ends; then 0.",
        _in_flight,
    ),
)
