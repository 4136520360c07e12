"""Cases about durations and sizes."""

import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response, StreamingResponse

from steward.testing.http_semantics.case import At, Case, Trial, hello

_FILE_SIZE = 100_000


async def _streaming(trial: Trial) -> None:
    async def parts() -> AsyncIterator[str]:
        for _ in range(3):
            yield "part"
            await trial.time.forward(1)

    async def stream(_request: Request) -> Response:
        return StreamingResponse(parts())

    await trial.client(trial.app(At("/items/{item}", stream))).get("/items/1")
    await trial.lasted(2.7, 6)


async def _background_task(trial: Trial) -> None:
    async def answer(_request: Request) -> Response:
        await trial.time.forward(2)
        return PlainTextResponse("done", background=BackgroundTask(trial.time.forward, 8))

    await trial.client(trial.app(At("/items/{item}", answer))).get("/items/1")
    await trial.lasted(1.7, 6)


async def _slow_failure(trial: Trial) -> None:
    async def fail(_request: Request) -> Response:
        await trial.time.forward(2)
        raise ValueError("broken")

    await trial.client(trial.app(At("/items/{item}", fail))).get("/items/1")
    await trial.lasted(1.7, 6)


async def _streamed_size(trial: Trial) -> None:
    async def parts() -> AsyncIterator[bytes]:
        for size in (1, 10, 100, 0):
            yield b"x" * size

    async def stream(_request: Request) -> Response:
        return StreamingResponse(parts())

    await trial.client(trial.app(At("/items/{item}", stream))).get("/items/1")
    await trial.sized(("GET", "/items/{item}", 1, 111))


async def _head(trial: Trial) -> None:
    await trial.client(trial.app(At("/items/{item}", hello, ("GET", "HEAD")))).request("HEAD", "/items/1")
    await trial.counted(("HEAD", "/items/{item}", 200, 1))
    await trial.sized(("HEAD", "/items/{item}", 1, 0))


async def _file(trial: Trial) -> None:
    await _send_file(trial, extensions={})


async def _file_sent_by_the_server(trial: Trial) -> None:
    await _send_file(trial, extensions={"http.response.pathsend": {}})


async def _send_file(trial: Trial, *, extensions: dict[str, dict[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "map.bin"
        path.write_bytes(b"x" * _FILE_SIZE)

        async def send(_request: Request) -> Response:
            return FileResponse(path)

        client = trial.client(trial.app(At("/maps/{name}", send)))
        answer = await client.get("/maps/1", extensions=extensions)
        trial.check("expected a whole response", holds=answer.complete and answer.status == 200)
    await trial.counted(("GET", "/maps/{name}", 200, 1))
    await trial.sized(("GET", "/maps/{name}", 1, _FILE_SIZE))


BODIES = (
    Case("streaming", "A streamed response", "The duration ends with the last byte.", _streaming),
    Case("background-task", "A background task", "It is not in the duration.", _background_task),
    Case("slow-failure", "An exception after a while", "The duration until it was raised.", _slow_failure),
    Case("streamed-size", "The size of a streamed body", "The sum of its parts.", _streamed_size),
    Case("head", "HEAD", "Counted as HEAD, with a size of 0.", _head),
    Case("file", "A file", "Its size.", _file),
    Case(
        "file-sent-by-the-server",
        "A file that the server sends itself (pathsend)",
        "Its size, as the header says.",
        _file_sent_by_the_server,
    ),
)
