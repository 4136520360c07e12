"""What every page does in a browser: keys, theme, search, copying, diagrams, growing live; nothing is refused."""

import asyncio
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright

from steward.oncall.context import Context
from steward.oncall.services import paging
from steward.oncall.web.app import create
from steward.oncall.web.console.view import STATIC
from steward.oncall.worker import live
from steward.program.serving import serve
from steward.testing.incidents import Opened
from steward.testing.oncall import SHOP

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("chromium") is None, reason="there is no chromium on PATH"),
    pytest.mark.skipif(not (STATIC / "build/shell.js").exists(), reason="the frontend is not built"),
]

RUNBOOK = """\
# Diagrams

```mermaid
flowchart LR
  A[Alert] -- "<b>yes</b>" --> B{Deploy < 30 min?}
```

```bash
$ redis-cli ping
PONG
```

```mermaid
no diagram at all
```
"""


CUT = "Failed to load resource: net::ERR_FAILED"
"""Said of what a test cuts off."""


class Served:
    """The console on a port, with the loop that tells what changes."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=lambda: asyncio.run(self._work()), daemon=True)
        self._stop: Callable[[], object] = lambda: None
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> "Served":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()
        self._thread.join(timeout=5)
        assert not self._thread.is_alive()

    async def _work(self) -> None:
        stopping, loop = asyncio.Event(), asyncio.get_running_loop()
        self._stop = lambda: loop.call_soon_threadsafe(stopping.set)
        await asyncio.gather(
            live.run(self._context, stopping), serve(create(self._context), self._listener, stopping)
        )


@pytest.fixture(scope="module")
def served(console: Context) -> Iterator[str]:
    assert console.settings.runbooks is not None
    (console.settings.runbooks / "diagrams.md").write_text(RUNBOOK)
    with Served(console) as served:
        yield served.address


@pytest.fixture(scope="module")
def browsing(served: str) -> Iterator[BrowserContext]:
    with sync_playwright() as playwright:
        path = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=path, chromium_sandbox=False, args=["--disable-gpu"])
        context = browser.new_context(color_scheme="light", base_url=served)
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=served)
        context.set_default_timeout(10_000)
        yield context
        browser.close()


@pytest.fixture
def tab(browsing: BrowserContext) -> Iterator[Page]:
    page, said = browsing.new_page(), list[str]()
    page.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    yield page
    page.close()
    assert [line for line in said if line != CUT] == []


def test_diagrams_are_drawn_under_the_strict_policy(tab: Page) -> None:
    tab.goto("/runbooks/diagrams")
    drawing = tab.locator("figure.diagram svg")
    expect(drawing).to_contain_text("Deploy < 30 min?")
    assert tab.locator("figure.diagram").first.bounding_box()["height"] > 40  # type: ignore[index]
    assert tab.evaluate("document.querySelectorAll('[style*=url], [onclick], main style').length") == 0
    expect(tab.locator("figure.diagram").nth(1)).to_contain_text("cannot be drawn")
    shape = tab.locator(".diagram polygon").first
    light = shape.evaluate("shape => getComputedStyle(shape).fill")
    tab.keyboard.press("t")
    tab.keyboard.press("t")
    expect(shape).not_to_have_css("fill", light)
    tab.keyboard.press("t")


def test_a_command_is_copied_without_its_prompt(tab: Page) -> None:
    tab.goto("/runbooks/diagrams")
    tab.get_by_role("button", name="Copy").click()
    expect(tab.get_by_role("button", name="Copied")).to_be_visible()
    assert tab.evaluate("navigator.clipboard.readText()") == "redis-cli ping"


def test_the_theme_is_kept_and_is_there_before_the_page(tab: Page) -> None:
    tab.goto("/runbooks")
    tab.evaluate("localStorage.setItem('theme', 'dark')")
    tab.goto("/on-call", wait_until="commit")
    tab.wait_for_selector("body", state="attached")
    assert tab.evaluate("document.documentElement.dataset.theme") == "dark"
    heard = "new Promise(done => document.addEventListener('themechange', () => done(true), {once: true}))"
    tab.wait_for_load_state()
    tab.evaluate(f"void (window.heard = {heard})")
    tab.keyboard.press("t")
    assert tab.evaluate("window.heard")
    assert tab.evaluate("document.documentElement.dataset.theme") is None


def test_keys_lead_where_they_say(tab: Page) -> None:
    tab.goto("/runbooks")
    tab.keyboard.press("?")
    expect(tab.get_by_role("dialog", name="Keys")).to_contain_text("go to Incidents")
    tab.keyboard.press("Escape")
    tab.keyboard.press("/")
    tab.keyboard.type("gi api down")
    expect(tab.get_by_role("option")).to_have_count(0)
    tab.get_by_role("combobox").fill("api down runbook")
    expect(tab.get_by_role("option")).to_have_count(1)
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/runbooks/api-down")
    tab.keyboard.press("g")
    tab.keyboard.press("i")
    tab.wait_for_url("**/incidents")


def test_a_page_grows_as_it_happens_and_keeps_the_focus(
    tab: Page, console: Context, opened: Opened, now: datetime
) -> None:
    tab.goto(f"/pages/{opened.page}")
    state = tab.locator("[data-live~=pages]").first
    expect(state).to_contain_text("open")
    tab.get_by_role("button", name="Resolve", exact=True).focus()
    with console.store.write() as connection:
        paging.acknowledge(connection, opened.page, actor="bob", now=now, catalogue=SHOP)
    expect(state).to_contain_text("bob looks at it")
    assert tab.evaluate("document.activeElement.textContent") == "Resolve"


def test_a_lost_connection_is_said_and_found_again(tab: Page) -> None:
    tab.goto("/incidents")
    tab.route("**/live*", lambda route: route.abort())
    tab.evaluate("window.dispatchEvent(new Event('pagehide'))")
    tab.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    expect(tab.get_by_role("status")).to_contain_text("connection is lost")
    tab.unroute("**/live*")
    expect(tab.get_by_text("connection is lost")).to_have_count(0)
