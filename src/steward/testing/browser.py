"""A browser for tests: Debian's Chromium, driven by Playwright, which notes everything that a page should not do.

    with open_browser() as browser, tab(browser, base, Size.PHONE) as visit:
        visit.open("/alerts")
        assert visit.faults() == []

It needs the package `playwright`, and none of the browsers that it would bring.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page, Request

_FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_HERE = {"127.0.0.1", "localhost"}
_GRAVE = {"serious", "critical"}


class Size(Enum):
    """What people look at pages with; the value is its width and height."""

    DESKTOP = (1440, 900)
    PHONE = (390, 844)


class NoBrowser(Exception):
    """There is no Chromium on PATH."""


@dataclass
class Visit:
    """One tab, and what went wrong in it."""

    page: "Page"
    base: str
    size: Size
    errors: list[str] = field(default_factory=list)
    """What the browser's console says, refusals of the content security policy among it."""
    abroad: list[str] = field(default_factory=list)
    """Requests that left this machine."""

    def __post_init__(self) -> None:
        # Playwright keeps a mark on the object whose method it calls, so this class has no slots.
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", self._see)

    def open(self, path: str) -> None:
        """Open a page of the site; raises AssertionError for one that cannot be had."""
        answer = self.page.goto(self.base + path, wait_until="load")
        if answer is None or not answer.ok:
            raise AssertionError(f"{path}: {answer.status if answer else 'no answer'}")

    def faults(self) -> list[str]:
        """Return what a page must not do: errors, and requests elsewhere."""
        return [*self.errors, *(f"asks another host: {url}" for url in self.abroad)]

    def barriers(self, axe: Path) -> list[str]:
        """Return the serious faults of accessibility; `axe` is the file axe.min.js of axe-core."""
        self.page.evaluate(axe.read_text())
        found = self.page.evaluate("axe.run({resultTypes: ['violations']})")
        return [
            f"{one['id']}: {one['help']}: {one['nodes'][0]['html'][:200]} ({len(one['nodes'])} times)"
            for one in found["violations"]
            if one["impact"] in _GRAVE
        ]

    def picture(self, folder: Path, name: str) -> None:
        """Keep what is seen, the whole page, as `name-desktop.png` or `name-phone.png`."""
        folder.mkdir(exist_ok=True)
        self.page.screenshot(path=folder / f"{name}-{self.size.name.lower()}.png", full_page=True)

    def _hear(self, message: "ConsoleMessage") -> None:
        if message.type in {"error", "warning"}:
            self.errors.append(f"{message.type}: {message.text}")

    def _see(self, request: "Request") -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in {"data", "blob"} and parts.hostname not in _HERE:
            self.abroad.append(request.url)


@contextmanager
def open_browser() -> "Iterator[Browser]":
    """Give a browser without a screen; raises NoBrowser."""
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium")
    if path is None:
        raise NoBrowser("there is no chromium on PATH; Debian's package of that name brings it")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, chromium_sandbox=False, args=list(_FLAGS))
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def tab(browser: "Browser", base: str, size: Size = Size.DESKTOP) -> Iterator[Visit]:
    """Give a tab of its own, with cookies of its own."""
    width, height = size.value
    context = browser.new_context(viewport={"width": width, "height": height}, has_touch=size is Size.PHONE)
    try:
        yield Visit(context.new_page(), base, size)
    finally:
        context.close()
