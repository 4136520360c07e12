"""What drawing costs the browser: main-thread time, in headless Chromium.

    (cd frontend && npm ci && npm run build)
    PYTHONPATH=bench .venv/bin/python -m console.drawing

It serves the bundle that the service serves, on a page like a dashboard's, with data made up: 24 panels of six
lines with 360 moments, and three days of samples every 15 seconds in one panel. Time is that of the thread itself,
so that other programs on the machine do not count; to parse what was answered is part of it.
"""

import json
import math
import random
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import click
from measure import Measured, report
from playwright.sync_api import CDPSession, Page, sync_playwright

_STATIC = Path(__file__).parents[2] / "src/steward/oncall/web/static"
_LINES = 6
_SETTLED = 300
"""Milliseconds after which what was answered is on the screen."""
_BUSY, _DONE = "document.querySelector('.busy') !== null", "document.querySelector('.busy') === null"
_KINDS = {".css": "text/css", ".js": "text/javascript"}
_REFRESH = "document.dispatchEvent(new CustomEvent('refresh', { cancelable: true }))"


@dataclass(frozen=True, slots=True)
class Load:
    """What a page shows."""

    panels: int
    moments: int
    step: int

    @property
    def page(self) -> str:
        """The page, laid out as the service does."""
        sections = "".join(
            f'<section class="panel" data-panel="{id_}" data-kind="timeseries"><h2>{id_}</h2>'
            '<div class="body"></div></section>'
            for id_ in range(1, self.panels + 1)
        )
        return (
            '<!doctype html><html lang="en"><title>Drawing</title><link rel="icon" href="data:,">'
            '<link rel="stylesheet" href="/console.css"><link rel="stylesheet" href="/build/charts.css">'
            '<link rel="stylesheet" href="/dashboards.css">'
            "<style>.panel { grid-column: span 6; grid-row: span 8 }</style>"
            '<script type="module" src="/build/dashboard.js"></script>'
            '<main><div id="dashboard" data-uid="bench" data-config="/d/bench/config"><div class="row">'
            f"{sections}</div></div></main>"
        )

    @property
    def config(self) -> object:
        """The answer to `/d/bench/config`."""
        fixed = {
            "kind": "timeseries",
            "description": "",
            "unit": "reqps",
            "decimals": None,
            "min": None,
            "max": None,
        }
        more = {"thresholds": [], "threshold_lines": False, "mappings": [], "stacked": False, "fill": 0.1}
        rest = {
            "legend": "table",
            "course": False,
            "columns": [],
            "links": [],
            "place": {"x": 0, "y": 0, "w": 6, "h": 8},
        }
        panels = [{"id": id_, "title": str(id_), **fixed, **more, **rest} for id_ in range(1, self.panels + 1)]
        return {
            "uid": "bench",
            "title": "Drawing",
            "from": "now-1h",
            "to": "now",
            "refresh": "",
            "panels": panels,
            "variables": [],
        }

    def data(self, ids: list[int], now: float) -> object:
        """Return the answer to `/d/bench/data`."""
        start = now - self.moments * self.step
        panels = {str(id_): self._panel(start, id_) for id_ in ids}
        return {"start": start, "end": now, "panels": panels, "marks": []}

    def _panel(self, start: float, id_: int) -> object:
        series = [
            {"name": f"line {line}", "ref": "A", "labels": {}, "values": self._values(line + id_)}
            for line in range(_LINES)
        ]
        said = {"state": "ok", "message": "", "count": self.moments}
        return {**said, "start": start, "step": self.step, "series": series}

    def _values(self, line: int) -> list[float]:
        turns = math.tau / self.moments
        return [
            round(100 * (2 + math.sin(at * turns + line)) + 9 * random.random(), 3) for at in range(self.moments)
        ]


@click.command()
@click.option("--rounds", default=7, show_default=True, type=click.IntRange(1))
def main(rounds: int) -> None:
    """Measure, print and write the figures."""
    if not (_STATIC / "build/dashboard.js").is_file():
        raise click.ClickException("the bundle is not built: run `npm ci` and `npm run build` in frontend/")
    many, long = Load(24, 360, 10), Load(1, 3 * 24 * 3600 // 15, 15)
    measured = [_refreshed("24 panels refreshed", many, rounds), *_long(long, rounds)]
    report("drawing", measured, base="24 panels refreshed")


def _refreshed(name: str, load: Load, rounds: int) -> Measured:
    with _page(load) as (page, session):
        return Measured(
            name, "ms", tuple(_cost(page, session, lambda: page.evaluate(_REFRESH)) for _ in range(rounds))
        )


def _long(load: Load, rounds: int) -> Iterator[Measured]:
    yield _refreshed(f"{load.moments} moments refreshed", load, rounds)
    with _page(load) as (page, session):
        costs = [_cost(page, session, lambda: _zoom(page)) for _ in range(rounds)]
    yield Measured(f"{load.moments} moments zoomed into", "ms", tuple(costs))


def _zoom(page: Page) -> None:
    """Drag over a third of the chart."""
    box = page.locator(".u-over").bounding_box()
    assert box is not None
    x, y = box["x"], box["y"] + box["height"] / 2
    page.mouse.move(x + box["width"] / 3, y)
    page.mouse.down()
    page.mouse.move(x + box["width"] * 2 / 3, y, steps=4)
    page.mouse.up()


def _cost(page: Page, session: CDPSession, act: Callable[[], object]) -> float:
    before = _thread_time(session)
    act()
    page.wait_for_function(_BUSY, polling=10)
    page.wait_for_function(_DONE, polling=100)
    page.wait_for_timeout(_SETTLED)
    return _thread_time(session) - before


def _thread_time(session: CDPSession) -> float:
    """Return the milliseconds that the page's main thread has worked."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    return float(next(one["value"] for one in metrics if one["name"] == "TaskDuration") * 1_000)


@contextmanager
def _page(load: Load) -> Iterator[tuple[Page, CDPSession]]:
    with _served(load) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), chromium_sandbox=False, args=["--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 1440, "height": 2600})
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable", {"timeDomain": "threadTicks"})
        page.goto(address)
        page.wait_for_function("document.querySelectorAll('[data-state=ok]').length === " + str(load.panels))
        page.wait_for_timeout(_SETTLED)
        yield page, session
        browser.close()


@contextmanager
def _served(load: Load) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(load))
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()


def _handler(load: Load) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind, content = _answer(load, self.path)
            self.send_response(200 if content else 404)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_request(self, code: object = "-", size: object = "-") -> None:
            """Say nothing."""

    return Handler


def _answer(load: Load, address: str) -> tuple[str, bytes]:
    asked = urlsplit(address)
    query: Mapping[str, list[str]] = parse_qs(asked.query)
    if asked.path == "/":
        return "text/html; charset=utf-8", load.page.encode()
    if asked.path == "/d/bench/config":
        return "application/json", json.dumps(load.config).encode()
    if asked.path == "/d/bench/data":
        ids = [int(id_) for id_ in query["panels"][0].split(",")]
        return "application/json", json.dumps(load.data(ids, time.time())).encode()
    file = (_STATIC / asked.path.removeprefix("/")).resolve()
    there = file.is_file() and file.is_relative_to(_STATIC)
    return _KINDS.get(file.suffix, "text/plain"), file.read_bytes() if there else b""


if __name__ == "__main__":
    main()
