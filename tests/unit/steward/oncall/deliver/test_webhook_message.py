from steward.oncall.deliver.webhook.message import message
from steward.oncall.domain.states import Kind
from steward.testing.notifications import alert_line, hostile, notification


def test_says_the_same_fields_each_time() -> None:
    page, answer = message(notification()), message(notification(Kind.RESOLVED, alerts=()))
    assert page.keys() == answer.keys()
    assert page["page"].keys() == answer["page"].keys()


def test_about_no_page() -> None:
    assert message(notification(Kind.REMINDER, page_id=None))["page"] is None


def test_holds_no_link_that_acts() -> None:
    assert "/act/" not in str(message(notification()))


def test_labels_are_cut_in_length_and_number() -> None:
    line = alert_line(labels={f"label{number}": "x" * 5_000 for number in range(500)})
    labels = message(notification(alerts=(line,)))["page"]["alerts"][0]["labels"]
    assert len(labels) == 50
    assert max(map(len, labels.values())) == 1_000


def test_times_are_in_utc() -> None:
    assert message(hostile("x"))["created_at"] == "2026-03-02T10:00:00Z"
