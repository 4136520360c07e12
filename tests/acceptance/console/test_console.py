"""The console in a browser, at a desk and on a phone, on the stack under traffic."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect

from festivals.catalogue import CATALOGUE
from steward.testing.browser import Size, Visit, tab
from steward.testing.polling import eventually
from steward.testing.stack import Stack

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
SCREENSHOTS = ROOT / "screenshots"
PAGES = {
    "overview": "/",
    "dashboards": "/dashboards",
    "slos": "/slos",
    "slo": "/slos/api-availability",
    "alerts": "/alerts",
    "alert": "/alerts/APIHighErrorRate",
    "silences": "/silences",
    "incidents": "/incidents",
    "on-call": "/on-call",
    "runbooks": "/runbooks",
    "runbook": "/runbooks/api-high-error-rate",
    "targets": "/targets",
    "audit": "/audit",
    "login": "/login",
}
DASHBOARDS = [dashboard.uid for dashboard in CATALOGUE.dashboards]
ALERT = "PostgreSQLDown"
_SETTLED = """() => [...document.querySelectorAll('[data-panel], [data-chart-url]')].every((one) => {
  one.scrollIntoView();
  return one.dataset.state && one.dataset.state !== 'loading';
})"""


def base(stack: Stack) -> str:
    return f"http://127.0.0.1:{stack.ports['oncall']}"


def settled(visit: Visit) -> None:
    """Wait until every chart shows its data or says why there is none."""
    visit.page.wait_for_function(_SETTLED, polling=100)
    visit.page.evaluate("scrollTo(0, 0)")


@pytest.mark.parametrize("size", Size, ids=lambda size: size.name.lower())
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_clean_and_open_to_all(stack: Stack, browser: Browser, name: str, size: Size) -> None:
    with tab(browser, base(stack), size) as visit:
        visit.open(PAGES[name])
        settled(visit)
        visit.picture(SCREENSHOTS, name)

        assert visit.faults() == []
        assert visit.barriers(AXE) == []
        assert visit.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


@pytest.mark.parametrize("size", Size, ids=lambda size: size.name.lower())
@pytest.mark.parametrize("uid", DASHBOARDS)
def test_each_panel_has_data_or_says_why_not(stack: Stack, browser: Browser, uid: str, size: Size) -> None:
    with tab(browser, base(stack), size) as visit:
        visit.open(f"/d/{uid}?from=now-5m")
        settled(visit)
        visit.picture(SCREENSHOTS, uid)
        panels = visit.page.locator("[data-panel]")
        silent = [
            panel.get_attribute("aria-label")
            for panel in panels.all()
            if panel.get_attribute("data-state") != "ok" and not panel.locator(".body").inner_text().strip()
        ]

        assert panels.count() >= len(next(one for one in CATALOGUE.dashboards if one.uid == uid).panels)
        assert silent == []
        assert panels.and_(visit.page.locator("[data-state=error]")).all_inner_texts() == []
        assert visit.faults() == []
        assert visit.barriers(AXE) == []


def fire(stack: Stack) -> None:
    """Tell Alertmanager of an alert, as Prometheus does."""
    now = datetime.now(UTC)
    alert = next(alert for alert in CATALOGUE.alerts if alert.name == ALERT)
    told = {
        "labels": {
            "alertname": ALERT,
            "severity": alert.severity.value,
            "team": alert.team.name,
            "service": "postgres",
            "cluster": "festivals",
        },
        "annotations": {"summary": "The database does not answer"},
        "startsAt": now.isoformat(),
        "endsAt": (now + timedelta(minutes=10)).isoformat(),
    }
    answer = httpx.post(f"http://127.0.0.1:{stack.ports['alertmanager']}/api/v2/alerts", json=[told])
    assert answer.is_success, answer.text


def silences(stack: Stack) -> list[dict[str, str]]:
    """Return the silences that Alertmanager holds for the alert."""
    found = stack.get("alertmanager", "/api/v2/silences", filter=f'alertname="{ALERT}"').json()
    return [one for one in found if one["status"]["state"] == "active"]


def test_from_alert_to_silence_to_acknowledgement_to_the_report(stack: Stack, browser: Browser) -> None:
    fire(stack)
    with tab(browser, base(stack)) as visit:
        visit.open("/")
        page = visit.page
        # It comes by itself: nobody reloads the page.
        expect(page.get_by_role("link", name=ALERT).first).to_be_visible(timeout=30_000)

        visit.open(f"/alerts/{ALERT}")
        page.get_by_label("Reason").fill("The disk is being exchanged")
        expect(page.get_by_text("1 alert that fires is matched now")).to_be_visible()
        settled(visit)
        assert visit.barriers(AXE) == []
        page.get_by_role("button", name="Silence").click()
        eventually("Alertmanager holds the silence", lambda: len(silences(stack)) == 1)
        assert silences(stack)[0]["comment"].startswith("The disk is being exchanged")

        visit.open("/")
        page.get_by_role("link", name=ALERT).first.click()
        page.get_by_role("button", name="Acknowledge").wait_for()
        assert visit.barriers(AXE) == []
        page.get_by_role("button", name="Acknowledge").click()
        eventually("the store knows", lambda: acknowledged(stack))

        page.get_by_role("main").get_by_role("link", name="incident 1", exact=True).click()
        page.get_by_label("Add to the timeline").fill("Replaced the disk")
        page.locator("#timeline").get_by_role("button", name="Add").click()
        expect(page.get_by_text("Replaced the disk").first).to_be_visible()
        settled(visit)
        assert visit.barriers(AXE) == []
        with page.expect_download() as download:
            page.get_by_role("link", name="Markdown").click()
        report = download.value.path().read_text()

        assert "Replaced the disk" in report
        assert ALERT in report
        assert visit.faults() == []


def acknowledged(stack: Stack) -> bool:
    pages = stack.get("oncall", "/api/v1/monitoring/pages").json()["pages"]
    return any(one["state"] == "acknowledged" and ALERT in one["title"] for one in pages)
