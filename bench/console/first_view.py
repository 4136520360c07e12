"""How soon a dashboard is seen, and what it weighs, in headless Chromium.

    ./steward up --traffic --detach
    PYTHONPATH=bench .venv/bin/python -m console.first_view

`cold` has an empty cache, `warm` has been there before. It ends when every panel in view has data or says why not,
counted from the start of the navigation. Bytes are those on the wire, compressed as they were sent.
"""

import shutil
from collections.abc import Callable

import click
from measure import in_turn, report
from playwright.sync_api import BrowserContext, Page, sync_playwright

_FLAGS = ("--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
_SEEN = """() => {
  const inView = [...document.querySelectorAll('[data-panel]')].filter((panel) => {
    const place = panel.getBoundingClientRect();
    return place.top < innerHeight && place.bottom > 0;
  });
  return inView.length > 0 && inView.every((panel) => panel.dataset.state && panel.dataset.state !== 'loading');
}"""


@click.command()
@click.option("--url", default="http://127.0.0.1:8090", show_default=True)
@click.option("--dashboard", default="festivals-api-overview", show_default=True)
@click.option("--rounds", default=7, show_default=True, type=click.IntRange(1))
def main(url: str, dashboard: str, rounds: int) -> None:
    """Measure, print and write the figures."""
    address = f"{url}/d/{dashboard}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), chromium_sandbox=False, args=list(_FLAGS)
        )
        kept = browser.new_context(viewport={"width": 1440, "height": 900})
        _seen(kept, address)

        def cold() -> float:
            fresh = browser.new_context(viewport={"width": 1440, "height": 900})
            try:
                return _seen(fresh, address)
            finally:
                fresh.close()

        ways: dict[str, Callable[[], float]] = {"warm": lambda: _seen(kept, address), "cold": cold}
        report("first view", in_turn(ways, rounds=rounds, unit="s"), base="warm")
        weight = _weight(browser.new_context(viewport={"width": 1440, "height": 900}), address)
        click.echo(f"on the wire, cold: {weight / 1024:.0f} KiB")
        browser.close()


def _seen(context: BrowserContext, address: str) -> float:
    """Return the seconds from the start of the navigation until every panel in view is done."""
    page = context.new_page()
    try:
        _open(page, address)
        return float(page.evaluate("performance.now()")) / 1_000
    finally:
        page.close()


def _open(page: Page, address: str) -> None:
    page.goto(address, wait_until="commit")
    page.wait_for_function(_SEEN, polling="raf")


def _weight(context: BrowserContext, address: str) -> float:
    page = context.new_page()
    sizes: list[float] = []
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    _open(page, address)
    page.close()
    return sum(sizes)


if __name__ == "__main__":
    main()
