"""Workers of a real server that are killed one after another while requests come all the time."""

import asyncio
import http.client
import itertools
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from steward.instrument import Instruments
from steward.model import Counter, Gauge, Histogram, Label
from steward.testing.polling import eventually

pytestmark = pytest.mark.slow

WORKERS, KILLS, CLIENTS, SCRAPERS = 4, 20, 6, 2
SUPERVISOR = """
import os, signal, socket, sys
from pathlib import Path
import asyncio
import uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from steward.instrument import HttpMetrics, Instruments, MetricsMiddleware, metrics_app
from steward.model import Counter, Gauge, Histogram, Label

METHOD, PATH, STATUS = (Label.bounded(name, 9, "x") for name in ("method", "path", "status"))
METRICS = HttpMetrics(
    Counter("requests_total", "x", (METHOD, PATH, STATUS)),
    Histogram("duration", "x", (METHOD, PATH), buckets=(0.001, 0.01, 0.1)),
    Gauge("in_flight", "x"),
    Histogram("size", "x", (METHOD, PATH), buckets=(1, 100)),
)
instruments = Instruments(
    [METRICS.requests, METRICS.duration, METRICS.in_flight, METRICS.response_size], directory=Path(sys.argv[1])
)

async def answer(request):
    await asyncio.sleep(0.002)
    return PlainTextResponse("well")

app = Starlette(routes=[Route("/jobs/{number}", answer), Route("/metrics", metrics_app(instruments))])
app.add_middleware(MetricsMiddleware, instruments=instruments, metrics=METRICS)
listener = socket.socket(fileno=int(sys.argv[2]))

def start():
    worker = os.fork()
    if worker == 0:
        os.close(0)
        config = uvicorn.Config(app, log_level="critical", access_log=False, lifespan="off")
        uvicorn.Server(config).run([listener])
        os._exit(0)
    return worker

workers = [start() for _ in range(int(sys.argv[3]))]
print("ready", flush=True)
for line in sys.stdin:
    killed = workers.pop(0)
    os.kill(killed, signal.SIGKILL)
    os.waitpid(killed, 0)
    workers.append(start())
    print("replaced", flush=True)
for worker in workers:
    os.kill(worker, signal.SIGKILL)
    os.waitpid(worker, 0)
"""

METHOD, PATH, STATUS = (Label.bounded(name, 9, "x") for name in ("method", "path", "status"))
REQUESTS = Counter("requests_total", "x", (METHOD, PATH, STATUS))
DURATION = Histogram("duration", "x", (METHOD, PATH), buckets=(0.001, 0.01, 0.1))
IN_FLIGHT = Gauge("in_flight", "x")
SIZE = Histogram("size", "x", (METHOD, PATH), buckets=(1, 100))
GROWING = re.compile(r"(requests_total|duration_|size_|steward_)")


class Load:
    """Clients that send request after request."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.answered = 0
        self.broken = 0
        self._lock = threading.Lock()

    def wait_for(self, more: int) -> None:
        """Wait until `more` further requests were answered."""
        wanted = self.answered + more
        eventually(f"{more} requests answered", lambda: self.answered >= wanted)

    def run(self, stop: threading.Event) -> None:
        for number in itertools.count():
            if stop.is_set():
                return
            answer = _get(self.port, f"/jobs/{number}")
            with self._lock:
                if answer is None:
                    self.broken += 1
                else:
                    self.answered += 1


class Scrapes:
    """Scrapes that follow one another, and what fell between two of them."""

    def __init__(self) -> None:
        self.number = 0
        self.fell: list[str] = []
        self.gone: set[str] = set()
        self._before: dict[str, float] = {}

    def take(self, text: str) -> None:
        lines = [line.rpartition(" ") for line in text.splitlines() if GROWING.match(line)]
        now = {series: float(value) for series, _, value in lines}
        self.fell += [
            f"{series}: {value} -> {now[series]}"
            for series, value in self._before.items()
            if series in now and now[series] < value
        ]
        self.gone |= self._before.keys() - now.keys()
        self._before = now
        self.number += 1


def _get(port: int, path: str) -> str | None:
    """Return the whole answer, None where the server was killed before it was complete."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path, headers={"Connection": "close"})
        response = connection.getresponse()
        body = response.read()
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
    assert response.status == 200
    return body.decode()


def _scrape_by_http(port: int, scrapes: Scrapes, stop: threading.Event) -> None:
    while not stop.is_set():
        text = _get(port, "/metrics")
        if text is not None:
            scrapes.take(text)


def _scrape_by_folder(reader: Instruments, scrapes: Scrapes, stop: threading.Event) -> None:
    while not stop.is_set():
        body, _ = asyncio.run(reader.expose())
        scrapes.take(body.decode())
        stop.wait(0.005)


@contextmanager
def _supervisor(folder: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        arguments = [str(folder), str(listener.fileno()), str(WORKERS)]
        process = subprocess.Popen(
            [sys.executable, "-c", SUPERVISOR, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            pass_fds=[listener.fileno()],
        )
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            yield process, int(listener.getsockname()[1])
        finally:
            process.communicate(timeout=60)


def test_twenty_kills_under_load(tmp_path: Path) -> None:
    reader = Instruments([REQUESTS, DURATION, IN_FLIGHT, SIZE], directory=tmp_path)
    by_http, by_folder = Scrapes(), Scrapes()
    stop = threading.Event()
    with _supervisor(tmp_path) as (supervisor, port):
        assert supervisor.stdin is not None
        assert supervisor.stdout is not None
        load = Load(port)
        threads = [threading.Thread(target=load.run, args=(stop,)) for _ in range(CLIENTS)]
        threads.append(threading.Thread(target=_scrape_by_http, args=(port, by_http, stop)))
        threads.append(threading.Thread(target=_scrape_by_folder, args=(reader, by_folder, stop)))
        for thread in threads:
            thread.start()
        try:
            for _ in range(KILLS):
                load.wait_for(25)
                supervisor.stdin.write("kill\n")
                supervisor.stdin.flush()
                assert supervisor.stdout.readline() == "replaced\n"
        finally:
            stop.set()
            for thread in threads:
                thread.join(60)

        def quiet() -> bool:
            body, _ = asyncio.run(reader.expose())
            by_folder.take(body.decode())
            return "in_flight 0.0" in body.decode().splitlines()

        eventually("nothing in flight", quiet)
        total = reader.total(REQUESTS)

    # One more for the supervisor, which has the instruments too, and one for the reader.
    assert len(list(tmp_path.glob("*.slot"))) <= WORKERS + 2
    assert by_http.number > 10
    assert by_folder.number > 10
    assert (by_http.fell, by_http.gone, by_folder.fell, by_folder.gone) == ([], set(), [], set())
    assert load.answered >= 25 * KILLS
    # A worker may be killed between the last byte of an answer and its accounting.
    assert load.answered - KILLS <= total <= load.answered + load.broken
    assert load.broken <= KILLS * (CLIENTS + 1)
